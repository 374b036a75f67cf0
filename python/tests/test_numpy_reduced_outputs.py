"""Outputs of another dtype than the result would have, beside NumPy; what else takes an output, and draws of rows."""

import warnings

import numpy as np
import pytest
from lang_support import function

OUTPUTS = ["c16", "c8", "f8", "f4"]


def outcome(f, *arguments):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            return f(*arguments)
        except (ValueError, TypeError, IndexError) as error:
            return type(error), str(error)


def as_numbers(a):
    """The parts of complex numbers apart, so that each NaN counts."""
    a = np.asarray(a)
    return np.stack([a.real, a.imag]) if a.dtype.kind == "c" else a


def check_outputs(text, kinds, skip=lambda dtype, out: False):
    f = function(f"def f(a, o): return {text}")
    rng = np.random.default_rng(5)
    for dtype in kinds:
        for out in OUTPUTS:
            if np.dtype(dtype).kind == "c" and out[0] == "f" or skip(dtype, out):
                continue
            for n in (0, 1, 6, 9):
                a = (rng.random((n, 2)) * 5).astype(dtype)
                if n and np.dtype(dtype).kind == "f":
                    a[n // 2, 1] = np.nan
                shape = (2,) if "axis" in text else ()
                ours, theirs = np.zeros(shape, out), np.zeros(shape, out)
                result, expected = outcome(f, a, ours), outcome(f.py_func, a, theirs)
                if isinstance(expected, tuple):
                    assert result == expected, (dtype, out, n)
                    continue
                assert np.asarray(result).dtype == np.asarray(expected).dtype
                accuracy = 1e-2 if dtype == "f2" else 1e-6 if "f4" in (dtype, out) or out == "c8" or "float32" in text else 1e-12
                np.testing.assert_allclose(as_numbers(ours), as_numbers(theirs), rtol=accuracy, err_msg=f"{dtype} {out} {n}")


@pytest.mark.parametrize("name", ["sum", "prod", "mean", "var", "std", "median", "nansum", "nanprod", "nanmean", "nanvar", "nanstd", "nanmedian"])
@pytest.mark.parametrize("axis", ["", "axis=0, "])
def test_sums_go_on_in_the_output(name, axis):
    real_only = name in ("var", "std", "nanvar", "nanstd", "median", "nanmedian")
    kinds = ["f8", "f4", "i4", "?", "f2"] + ([] if real_only else ["c16"])
    check_outputs(f"np.{name}(a, {axis}out=o)", kinds)


@pytest.mark.parametrize("text", ["a.sum(out=o)", "a.mean(axis=0, out=o)", "a.std(out=o)", "np.add.reduce(a, axis=0, out=o)", "np.mean(a, dtype=np.float32, axis=0, out=o)"])
def test_methods(text):
    check_outputs(text, ["f8", "f4"])


def test_float32_is_not_rounded_first():
    f = function("def f(a, o): return np.mean(a, out=o), np.sum(a, out=o.copy())")
    a = np.float32([16777216, 1, 1, 3])
    o, p = np.zeros(()), np.zeros(())
    assert [float(x) for x in f(a, o)] == [float(x) for x in f.py_func(a, p)]


@pytest.mark.parametrize("name", ["nanquantile", "nanpercentile"])
def test_quantiles_of_nothing(name):
    f = function(f"def f(a, q, o): return np.{name}(a, q, out=o)")
    g = function(f"def f(a, q, o): return np.{name}(a, q, axis=0, out=o)")
    for h, a, shapes in ((f, np.zeros(0), [(), (2,)]), (g, np.zeros((0, 3)), [(3,), (2, 3)]), (f, np.arange(4.0), [(2,)])):
        for shape in shapes:
            q = np.array([0.25, 0.5])
            result, expected = outcome(h, a, q, np.zeros(shape)), outcome(h.py_func, a, q, np.zeros(shape))
            if isinstance(expected, tuple):
                assert result[0] == expected[0]
            else:
                np.testing.assert_array_equal(result, expected)


@pytest.mark.parametrize("text, shapes", [("np.vecdot(a, b, out=o)", [(2, 3), (2, 3), (2,)]), ("np.vecdot(a, b, o)", [(3,), (3,), ()]), ("np.matvec(a, b, out=o)", [(4, 2, 3), (3,), (4, 2)]), ("np.vecmat(a, b, out=o)", [(2,), (2, 3), (3,)])])
def test_products_of_vectors(text, shapes):
    f = function(f"def f(a, b, o): return {text}")
    rng = np.random.default_rng(2)
    for dtype in ("f8", "c16", "f4"):
        a, b = [(rng.random(shape) * 3).astype(dtype) for shape in shapes[:2]]
        ours, theirs = np.zeros(shapes[2], "c16"), np.zeros(shapes[2], "c16")
        f(a, b, ours), f.py_func(a, b, theirs)
        np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    for shape in ((7, 7), (5,)):
        ours, theirs = [outcome(g, a, b, np.zeros(shape, "c16")) for g in (f, f.py_func)]
        assert isinstance(ours, tuple) == isinstance(theirs, tuple)
        if isinstance(theirs, tuple):
            assert ours[0] == theirs[0]
        else:
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)


@pytest.mark.parametrize("text", ["np.trapezoid(y)", "np.trapezoid(y, dx=2)", "np.trapezoid(y, dx=0.5)", "np.trapezoid(m, axis=0)", "np.trapezoid(v, t)", "np.trapezoid(v, y)", "np.trapezoid(y, v)"])
def test_areas_of_times(text):
    f = function(f"def f(y, m, v, t): return {text}")
    y = np.array([3, 8, -2, 7], "m8[s]")
    arguments = y, np.array([[1, 5], [2, 9], [4, 4]], "m8[ms]"), np.array([1.5, 2.25, 8, 0.5]), np.array(["2020-01-01", "2020-01-04", "2020-02-01", "2020-02-02"], "M8[D]")
    result, expected = f(*arguments), f.py_func(*arguments)
    assert np.asarray(result).dtype == np.asarray(expected).dtype
    np.testing.assert_array_equal(result, expected)


ROWS = [
    ("r.multinomial(n, p)", [5, 6], [0.2, 0.3, 0.5]),
    ("r.multinomial(n, p)", [[5], [60]], [[0.2, 0.3, 0.5], [1, 0, 0], [0.25, 0.25, 0.5]]),
    ("r.multinomial(20, p)", [0], [[0.2, 0.3, 0.5], [0.1, 0.8, 0.1]]),
    ("r.multinomial(n, p, size=(3, 2))", [5, 6], [0.2, 0.3, 0.5]),
    ("r.multinomial(n, p, size=3)", [5, 6], [0.2, 0.3, 0.5]),
    ("r.multinomial(n, p, size=2)", [[5, 6]], [0.2, 0.3, 0.5]),
    ("r.multinomial(n, p)", [5, -1], [0.2, 0.3, 0.5]),
    ("r.multinomial(n, p)", [5, 1], [0.2, 1.3, 0.5]),
    ("r.multinomial(n, p)", [5, 1], [0.7, 0.7, 0.0]),
    ("r.multinomial(n, p)", [5, 1], [[0.7, 0.7, 0.0], [0, 0, 1]]),
    ("r.multinomial(n, p)", [5, 1, 2], [[0.7, 0.2, 0.1], [0, 0, 1]]),
]


@pytest.mark.parametrize("text, n, p", ROWS)
def test_rows_of_several_trials(text, n, p):
    f = function(f"def f(r, n, p): return {text}, r.random()")
    ours, theirs = [outcome(g, np.random.default_rng(8), np.array(n), np.array(p, float)) for g in (f, f.py_func)]
    if isinstance(theirs[0], type):
        assert ours == theirs
    else:
        np.testing.assert_array_equal(ours[0], theirs[0])
        assert ours[1] == theirs[1]
