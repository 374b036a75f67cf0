"""Reductions beside NumPy: axes, kept dimensions, dtypes, layouts, empty arrays, NaN, masks; and how exact sums are."""

import math
import warnings

import numpy as np
import pytest
from lang_support import check, function

ARRAYS = {
    "f8": np.linspace(-2, 3, 24).reshape(2, 3, 4),
    "f4": np.linspace(-2, 3, 12, dtype=np.float32).reshape(3, 4),
    "i1": np.arange(-50, 50, 9, dtype=np.int8)[:12].reshape(3, 4),
    "u4": np.arange(12, dtype=np.uint32).reshape(4, 3),
    "b": (np.arange(12) % 5 < 3).reshape(3, 4),
    "c16": np.linspace(-1, 2, 12).reshape(3, 4) * (1 + 2j),
}


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("arguments", ["", "axis=0", "axis=-1", "axis=(0, 1)", "axis=1, keepdims=True", "keepdims=True"])
@pytest.mark.parametrize("name", ["sum", "prod", "min", "max", "any", "all", "mean", "var", "std", "argmin", "argmax", "count_nonzero"])
def test_axes(name, arguments):
    if name.startswith("arg") and "(" in arguments:
        pytest.skip("argmin and argmax take one axis")
    f = function(f"def f(a): return np.{name}(a, {arguments})")
    for key, a in ARRAYS.items():
        if key == "c16" and name in ("min", "max", "argmin", "argmax"):
            continue
        for array in (a, np.asfortranarray(a), a[::-1, ::2]):
            check(f, array, rtol=3e-6 if key == "f4" else 1e-12)


@pytest.mark.parametrize("name", ["sum", "prod", "min", "max", "mean", "var", "std", "argmax"])
def test_nan_variants(name):
    f = function(f"def f(a): return np.nan{name}(a, axis=0), np.nan{name}(a)")
    a = np.array([[1.0, np.nan, 3.0], [4.0, 5.0, np.nan]])
    check(f, a, rtol=1e-14)
    check(function(f"def f(a): return np.{name}(a), np.{name}(a, axis=1)"), a)


@pytest.mark.parametrize("name", ["min", "max", "argmin", "argmax"])
def test_nothing_to_reduce(name):
    f = function(f"def f(a): return np.{name}(a)")
    check(f, np.zeros(0), text=True)
    check(f, np.zeros((3, 0)), text=True)


def test_nothing_has_a_sum():
    for name in ("sum", "prod", "any", "all"):
        check(function(f"def f(a): return np.{name}(a, axis=0)"), np.zeros((0, 3)))
        check(function(f"def f(a): return np.{name}(a)"), np.zeros((0, 3)))


def test_options():
    a = np.arange(12.0).reshape(3, 4)
    mask = a % 2 == 0
    for text in (
        "np.sum(a, axis=0, dtype=np.float32)", "np.sum(a, initial=10)", "np.sum(a, where=m)", "np.mean(a, axis=1, where=m)", "np.max(a, axis=0, initial=-1, where=m)",
        "np.std(a, ddof=1)", "np.var(a, axis=0, ddof=2)", "a.sum(1)", "a.max(axis=-1)", "a.mean()", "np.ptp(a, axis=1)", "(a * 2 + m).sum(axis=0)",
    ):
        check(function(f"def f(a, m): return {text}"), a, mask, rtol=1e-14)
    check(function("def f(a, m, o):\n    np.sum(a, axis=0, out=o)\n    return o"), a, mask, np.empty(4))


def test_infinities_and_nan():
    f = function("def f(a): return np.sum(a), np.mean(a), np.max(a), np.argmax(a)")
    for values in ([1.0, np.inf], [np.inf, -np.inf], [np.nan, 1.0], [1.0, np.nan, np.nan], [-np.inf]):
        check(f, np.array(values))


def test_sums_are_at_least_as_exact_as_pairwise():
    rng = np.random.default_rng(1)
    f = function("def f(a): return np.sum(a)")
    for scale in (1, 1e8):
        a = rng.standard_normal(100_003) * scale + rng.random(100_003)
        exact = math.fsum(a)
        assert abs(f(a) - exact) <= abs(np.sum(a) - exact) + math.ulp(exact)


COMPUTED = """
np.abs(a - 2.2).argmin()
(2 * a).argmax()
(-a).argmin(), np.nanargmin(-a)
(a * b).argmax()
(a > 3).argmax()
np.nanargmax(a * b)
(a[:, None] * b).argmax(axis=0)
(a[:, None] * b).argmin(axis=1)
(a[:, None] * b[:3]).argmax()
np.nanargmin(a[:, None] * b, axis=0)
(a * b).argmax(), (a * b).max(), (a * b).sum()
"""


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("text", COMPUTED.strip().splitlines())
def test_places_of_what_is_computed(text, parallel):
    """The expression and the reduction, which has a value and a place, are one loop."""
    a, b = np.arange(6.0) - 2.7, np.array([3.0, 1, np.nan, 2, 8, -1])
    f = function(f"def f(a, b): return {text}", parallel=parallel)
    check(f, a, np.nan_to_num(b, nan=-9.0), rtol=1e-14)
    if "nan" in text:
        check(f, a, b)


WITHOUT_ARRAYS = """
np.arange(n).sum()
np.arange(n).max()
np.arange(1, n).prod()
np.arange(n).mean()
(np.arange(n) ** 2).sum()
np.count_nonzero(np.arange(n) > 3)
np.arange(n).argmax()
(np.arange(n) * -2.5).argmin()
np.arange(n).any(), np.arange(n).all()
np.arange(n, dtype=np.int8).sum()
(np.arange(n)[:, None] * np.arange(n)).sum(axis=0)
(np.arange(n)[:, None] + np.arange(n)).max()
np.linspace(0, 1, n).sum()
"""


@pytest.mark.parametrize("parallel", [False, True])
@pytest.mark.parametrize("text", WITHOUT_ARRAYS.strip().splitlines())
def test_reductions_of_what_is_read_from_no_array(text, parallel):
    f = function(f"def f(n): return {text}", parallel=parallel)
    for n in (10, 1, 0):
        check(f, n, rtol=1e-15)


def test_reductions_of_counts_in_a_loop():
    """What such a reduction runs over takes no memory, however often it runs."""
    f = function("def f(n):\n    total = 0\n    for i in range(n):\n        total += (np.arange(i % 7) * i).sum()\n    return total")
    check(f, 100_000)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "std", "any", "count_nonzero", "median", "nanmedian"])
def test_no_axes_at_all(name):
    constant = function(f"def f(a):\n    return np.{name}(a, axis=())\n")
    passed = function(f"def f(a, axis):\n    return np.{name}(a, axis=axis)\n")
    a = np.arange(6.0).reshape(2, 3)
    for got in (constant(a), passed(a, ())):
        expected = constant.py_func(a)
        assert got.dtype == expected.dtype
        np.testing.assert_array_equal(got, expected)


@pytest.mark.parametrize("name", ["nanargmin", "nanargmax"])
@pytest.mark.parametrize("dtype", ["f4", "f8", "c16"])
def test_nan_counts_as_the_last_of_all(name, dtype):
    """Beside an infinity that is as far behind, the first of the two is the place."""
    whole = function(f"def f(a):\n    return np.{name}(a)\n")
    along = function(f"def f(a):\n    return np.{name}(a, axis=1)\n")
    nan, inf = np.nan, np.inf
    rows = [[nan, -inf], [-inf, nan], [nan, inf], [inf, nan], [-inf, -inf], [inf, -inf], [nan, 1.0], [1.0, nan]]
    for row in rows:
        row = np.array(row, dtype)
        assert whole(row) == whole.py_func(row)
    np.testing.assert_array_equal(along(np.array(rows, dtype)), along.py_func(np.array(rows, dtype)))
    for empty in (np.array([nan, nan], dtype), np.array([[1, 2], [nan, nan]], dtype)):
        with pytest.raises(ValueError, match="All-NaN slice encountered"):
            (whole if empty.ndim == 1 else along)(empty)
