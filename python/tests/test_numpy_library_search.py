"""median, bincount, searchsorted, digitize, cumulative sums and differences, beside NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lang_support import COMPLEX, FLOATS, INTEGERS, NUMBERS, arrays, check, function

SHAPES = [(0,), (1,), (7,), (2, 3), (3, 0), (2, 3, 4)]
SPECIAL = [0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 3.0]


def cases(dtype, shape):
    """Every layout of an array without order in its values."""
    for a in arrays(shape, np.int64):
        values = np.empty_like(a, dtype)
        values[...] = (a * 7 + 3) % 11 % (2 if dtype is np.bool_ else 99)
        yield values.copy() if a.flags.c_contiguous else np.asfortranarray(values) if a.flags.f_contiguous else like(a, values)


def like(a, values):
    """The values with the strides of another array."""
    base = np.zeros([max(2 * n, 1) for n in values.shape], values.dtype)
    step = -2 if any(s < 0 for s in a.strides) else 2
    view = base[tuple(slice(None, None, step) for _ in values.shape)][tuple(slice(n) for n in values.shape)]
    view[...] = values
    return view


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("call", ["np.cumsum(a)", "np.cumprod(a)", "np.cumsum(a, axis=0)", "np.cumsum(a, axis=-1)", "np.cumprod(a, axis=-1)"])
def test_cumulative(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in SHAPES:
        for a in cases(dtype, shape):
            check(f, a, rtol=1e-6)


def test_cumulative_dtype_and_out():
    check(function("def f(a): return np.cumsum(a, dtype=np.float32)"), np.arange(5))
    check(function("def f(a): return np.cumsum(a, 0, np.int8)"), np.arange(60).reshape(30, 2))
    check(function("def f(a): return np.cumprod(a, dtype=np.complex128)"), np.arange(1.0, 5))
    check(function("def f(a, out): return np.cumsum(a, out=out)"), np.arange(5), np.zeros(5, np.int64))
    check(function("def f(a, out): np.cumsum(a, axis=1, out=out)"), np.ones((2, 3)), np.zeros((2, 3)))
    check(function("def f(a, out): np.cumsum(a, axis=1, out=out)"), np.full((2, 3), 100), np.zeros((2, 3), np.int8))
    check(function("def f(a, out): return np.cumsum(a, out=out)"), np.arange(5), np.zeros(4, np.int64))
    check(function("def f(a): return np.cumsum(a, axis=3)"), np.ones((2, 3)), text=True)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("call", ["np.diff(a)", "np.diff(a, 2)", "np.diff(a, axis=0)", "np.diff(a, n=3, axis=0)", "np.diff(a, 9)"])
def test_diff(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in SHAPES:
        for a in cases(dtype, shape):
            check(f, a)


def test_diff_of_more():
    a = np.arange(6).reshape(2, 3) ** 2
    check(function("def f(a): return np.diff(a, prepend=0)"), a)
    check(function("def f(a, b, c): return np.diff(a, 2, 0, b, append=c)"), a, a * 0.5, a[:1])
    check(function("def f(a): return np.diff(a, append=1.5)"), a[0].astype(np.int8))
    check(function("def f(a, b): return np.diff(a, append=b)"), a, a[:1], text=True)
    check(function("def f(a, b): return np.diff(a, append=b)"), a, a[0], text=True)


def test_ediff1d():
    for dtype in [*INTEGERS, *FLOATS]:
        check(function("def f(a): return np.ediff1d(a)"), (np.arange(6) ** 2).astype(dtype).reshape(2, 3))
    check(function("def f(a, b): return np.ediff1d(a, b, to_begin=0.5)"), np.arange(4.0), np.array([7.0, 8.0]))


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("call", ["np.median(a)", "np.median(a, axis=0)", "np.median(a, axis=-1, keepdims=True)", "np.median(a, keepdims=True)"])
def test_median(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in SHAPES:
        for a in cases(dtype, shape):
            if a.size or call == "np.median(a)":
                check(f, a)


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 30), elements=st.sampled_from(SPECIAL) | st.floats(-5, 5)))
def test_median_of_anything(a):
    check(MEDIAN, a)


MEDIAN = function("def f(a): return np.median(a)")
LEFT = function("def f(a, v): return np.searchsorted(a, v)")
RIGHT = function("def f(a, v): return np.searchsorted(a, v, side='right')")


@pytest.mark.parametrize("dtype", NUMBERS)
def test_searchsorted(dtype):
    a = np.sort(np.array([0, 1, 1, 1, 3, 5, 8, 8, 9]).astype(dtype))
    for f in (LEFT, RIGHT):
        for v in cases(dtype, (2, 3)):
            check(f, a, v)
            check(f, a[::-1].copy()[::-1], v)
        check(f, a, a[3])
        check(f, a[:0], a[2:4])


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 30), elements=st.sampled_from(SPECIAL)), hnp.arrays(np.float64, 5, elements=st.sampled_from(SPECIAL)))
def test_searchsorted_special_values(a, v):
    check(LEFT, np.sort(a), v)
    check(RIGHT, np.sort(a), v)


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.complex128, st.integers(0, 20), elements=st.builds(complex, st.sampled_from(SPECIAL), st.sampled_from(SPECIAL))))
def test_searchsorted_complex_special_values(a):
    check(LEFT, np.sort(a), a[:5])
    check(RIGHT, np.sort(a), a[:5])


def test_searchsorted_forms():
    check(function("def f(a, v, s): return np.searchsorted(a, v, sorter=s)"), np.array([3, 1, 2]), np.array([1, 2, 9]), np.array([1, 2, 0]))
    check(function("def f(a, v, s): return np.searchsorted(a, v, sorter=s)"), np.array([3, 1, 2]), 2, np.array([7, 7, 7]), text=True)
    check(function("def f(v): return np.searchsorted((1, 2.5, 4), v)"), 3)
    check(LEFT, np.array([1, 2, 3]), np.array([1.5, 2.5]))
    check(LEFT, np.ones((2, 2)), 1.0, text=True)


@pytest.mark.parametrize("right", ["True", "False"])
@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_digitize(dtype, right):
    f = function(f"def f(x, bins): return np.digitize(x, bins, {right})")
    bins = np.array([1, 3, 3, 8]).astype(dtype)
    for x in cases(dtype, (2, 5)):
        check(f, x, bins)
        check(f, x, bins[::-1].copy())
        check(f, x[0, 0], bins)
    check(f, np.arange(3).astype(dtype), bins[:0])
    check(f, np.arange(3).astype(dtype), np.array([1, 3, 2]).astype(dtype), text=True)


def test_digitize_complex():
    check(function("def f(x): return np.digitize(x, np.zeros(2))"), np.ones(2, complex), text=True)


@pytest.mark.parametrize("dtype", [d for d in NUMBERS if d not in FLOATS and d not in COMPLEX])
def test_bincount(dtype):
    f = function("def f(x): return np.bincount(x)")
    weighted = function("def f(x, w, n): return np.bincount(x, w, minlength=n)")
    for shape in [(0,), (1,), (9,)]:
        for x in cases(dtype, shape):
            check(f, x)
            if x.size:  # NumPy forgets the weights of nothing.
                check(weighted, x, np.linspace(0, 1, x.size), 12)
                check(weighted, x, np.arange(x.size), 0)


def test_bincount_refuses():
    check(function("def f(x): return np.bincount(x)"), np.array([1, -1]), text=True)
    check(function("def f(x): return np.bincount(x)"), np.array([1.0, 2.0]), text=True)
    check(function("def f(x): return np.bincount(x)"), np.ones((2, 2), np.int64), text=True)
    check(function("def f(x, w): return np.bincount(x, w)"), np.array([1, 2]), np.ones(3), text=True)
    check(function("def f(x, n): return np.bincount(x, minlength=n)"), np.array([1, 2]), -1, text=True)
