"""Sorting, argsort, partitions and lexsort, functions and methods, beside NumPy."""

import numpy as np
import pytest
from lang_support import COMPLEX, FLOATS, NUMBERS, check, function, layouts, outcome

by_dtype = pytest.mark.parametrize("dtype", NUMBERS, ids=lambda dtype: np.dtype(dtype).name)


def values(dtype, shape, special=True):
    """Numbers without order, equal ones among them; floats have NaN and infinities."""
    random = np.random.default_rng(int(np.prod(shape)))
    a = random.integers(1, 100, shape).astype(dtype)
    if dtype in COMPLEX:
        a += 1j * random.integers(1, 3, shape)
    if special and dtype in FLOATS + COMPLEX and a.size > 4:
        a.reshape(-1)[:5] = [np.nan, np.inf, -np.inf, -3, np.nan]
    return a


@by_dtype
@pytest.mark.parametrize("call", ["np.sort(a)", "np.sort(a, axis=0)", "np.sort(a, None)", "np.argsort(a, kind='stable')", "a.argsort(0, 'mergesort')"])
def test_functions(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in [(0,), (1,), (40,), (3, 0), (5, 7)]:
        for a in layouts(values(dtype, shape)):
            check(f, a)


@by_dtype
@pytest.mark.parametrize("call", ["a.sort()", "a.sort(axis=0, kind='stable')"])
def test_in_place(call, dtype):
    f = function(f"def f(a): {call}")
    for shape in [(0,), (1,), (40,), (3, 0), (5, 7)]:
        for a in layouts(values(dtype, shape)):
            check(f, a)


def test_three_axes():
    for call in ["np.sort(a, 1)", "np.argsort(a, 1, 'stable')", "np.argsort(a, None, stable=True)", "np.sort(a, 0, stable=False)", "np.partition(a, (0, 1, 2), 1)"]:
        f = function(f"def f(a): return {call}")
        for a in layouts(values(np.float64, (2, 3, 4))):
            check(f, a)


def test_numbers_and_tuples():
    check(function("def f(): return np.sort((3, 1.5, 2))"))
    check(function("def f(): return np.argsort(7)"))
    check(function("def f(x): return np.sort(x)"), 3, text=False)


@by_dtype
def test_partition(dtype):
    forms = [function(f"def f(a, k): {text}") for text in ["return np.partition(a, k)", "a.partition(k); return a"]]
    places = function("def f(a, k): return a[np.argpartition(a, k)]")
    method = function("def f(a, k): return a[a.argpartition(k)]")
    for a in layouts(values(dtype, 30, special=False)):
        for k in [0, -1, 11, np.array([3, -4]), np.array([5, 5, 20])]:
            for f in [*forms, places, method]:
                divided(f(a.copy(), k), np.sort(a), k)


def divided(a, ordered, k):
    """What is at a place belongs there, nothing before it is larger."""
    np.testing.assert_array_equal(np.sort(a), ordered)
    for place in np.atleast_1d(k) % len(a):
        assert a[place] == ordered[place]
        np.testing.assert_array_equal(np.sort(a[:place]), ordered[:place])


def test_partition_along_axes():
    a = values(np.float64, (4, 5))
    check(function("def f(a): return np.partition(a, (0, 1, 2, 3), axis=0)"), a)
    check(function("def f(a, k): return np.partition(a, k, axis=None)"), a, np.arange(20))
    check(function("def f(a): return np.take_along_axis(a, np.argpartition(a, (0, 1, 2, 3), axis=0), 0)"), a)
    check(function("def f(a): a.partition((0, 1, 2, 3), 0)"), np.asfortranarray(a))
    check(function("def f(a): return np.partition(a, 4)"), np.ones((3, 0)))


@pytest.mark.parametrize(
    "call",
    [
        "np.sort(a, kind='bad')",
        "np.argsort(a, kind='bad')",
        "a.sort(kind='bad')",
        "np.sort(a, kind='stable', stable=True)",
        "np.sort(a, axis=2)",
        "a.argsort(-2)",
        "np.sort(a, order='x')",
        "np.partition(a, 5)",
        "np.partition(a, -5)",
        "np.argpartition(a, (1, 7))",
        "a.partition(9)",
        "np.partition(a, 1.0)",
        "np.partition(a, True)",
        "np.partition(a, 1, kind='x')",
        "np.lexsort((a, a[:2]))",
    ],
)
def test_refused(call):
    f, a = function(f"def f(a): return {call}"), np.array([3.0, 1.0, 2.0])
    (_, expected), (kind, error) = outcome(f.py_func, [a]), outcome(f, [a])
    assert kind == "raises" and type(error) is type(expected)
    assert str(error) == str(expected)


@by_dtype
def test_lexsort(dtype):
    f = function("def f(a, b): return np.lexsort((a, b))")
    for n in (0, 1, 50):
        for a in layouts(values(dtype, n)):
            check(f, a, np.arange(n) // 5 % 3)
    check(function("def f(a): return np.lexsort(a)"), values(dtype, (3, 40)) )


@by_dtype
def test_sort_complex(dtype):
    check(function("def f(a): return np.sort_complex(a)"), values(dtype, 9))


@by_dtype
def test_methods_that_search_and_accumulate(dtype):
    a = np.sort(values(dtype, 20))
    check(function("def f(a, v): return a.searchsorted(v)"), a, a[3:9])
    check(function("def f(a, v): return a.searchsorted(v, 'right')"), a, a[5])
    small = (np.arange(6) % 3).astype(dtype).reshape(2, 3)
    check(function("def f(a): return a.cumsum(), a.cumsum(axis=0), a.cumprod(-1)"), small)
