"""Unique items and set operations, beside NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lang_support import COMPLEX, FLOATS, arrays, check, function, layouts, same

SOME = [np.bool_, np.int8, np.int64, np.uint64, np.float32, np.float64, np.complex128]
by_dtype = pytest.mark.parametrize("dtype", SOME, ids=lambda dtype: np.dtype(dtype).name)
PAIR = "np.union1d(a, b)|np.intersect1d(a, b)|np.setdiff1d(a, b)|np.setxor1d(a, b)|np.isin(a, b)|np.isin(a, b, invert=True)".split("|")
PAIR += ["np.intersect1d(a, b, return_indices=True)"]


def values(dtype, shape, seed=1):
    a = np.random.default_rng(seed).integers(0, 12, shape).astype(dtype)
    if dtype in FLOATS + COMPLEX and a.size > 4:
        a.reshape(-1)[[1, 3]] = np.nan
    return a


@by_dtype
@pytest.mark.parametrize(
    "call",
    ["np.unique(a)", "np.unique(a, return_index=True)", "np.unique(a, return_counts=True)", "np.unique(a, True, True, True)", "np.unique(a, return_inverse=True)"],
)
def test_unique(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in [(0,), (1,), (30,), (4, 5)]:
        for a in layouts(values(dtype, shape)):
            check(f, a)


def test_unique_forms():
    a = values(np.float64, 20)
    check(function("def f(a): return np.unique(a, return_counts=True, equal_nan=False)"), a)
    check(function("def f(a): return np.unique(a, equal_nan=False)"), a)
    check(function("def f(a): return np.unique(a, axis=0)"), a)
    check(function("def f(a): return np.unique(a, axis=1)"), a, text=True)
    check(function("def f(): return np.unique((3, 1, 3))"))
    check(function("def f(a): return np.unique(a, return_inverse=True)"), values(np.int64, (2, 3, 4)))


@by_dtype
@pytest.mark.parametrize("call", PAIR)
def test_pairs(call, dtype):
    f = function(f"def f(a, b): return {call}")
    for n in (0, 1, 30):
        a = values(dtype, n)
        for m in (0, 1, 9):
            check(f, a, values(dtype, m, 2) + dtype(1))
    check(f, a[::-2], values(dtype, (4, 5), 3).T)


@pytest.mark.parametrize("call", PAIR)
def test_mixed_types(call):
    f = function(f"def f(a, b): return {call}")
    for first, second in [(np.int8, np.int64), (np.int32, np.float64), (np.float32, np.float64), (np.bool_, np.int16), (np.uint8, np.int8)]:
        check(f, values(first, 9), values(second, 30, 4))


@pytest.mark.parametrize("call", ["np.intersect1d(a, b, True)", "np.setdiff1d(a, b, True)", "np.setxor1d(a, b, True)", "np.intersect1d(a, b, True, True)"])
def test_assumed_unique(call):
    check(function(f"def f(a, b): return {call}"), np.array([5, 1, 9, 4]), np.array([4, 7, 1]))


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.int64, st.integers(0, 30), elements=st.integers(-(2**63), 2**63 - 1) | st.integers(-5, 5)), st.integers(0, 30), st.booleans())
def test_membership_of_any_integers(a, n, invert):
    check(ISIN, a, a[:n], invert)


ISIN = function("def f(a, b, invert): return np.isin(a, b, invert=invert)")


def test_isin_forms():
    check(function("def f(a): return np.isin(a, (1, 2))"), values(np.int64, (2, 3)))
    check(function("def f(a): return np.isin(a, 3, kind='sort')"), values(np.int64, 9))
    check(function("def f(a): return np.isin(a, 3, kind='bad')"), values(np.int64, 9), text=True)
    if hasattr(np, "in1d"):
        check(function("def f(a, b): return np.in1d(a, b)"), values(np.int64, (2, 3)), values(np.int64, 4, 2))


@pytest.mark.parametrize("call", ["np.unique_counts(a)", "np.unique_inverse(a)", "np.unique_all(a)", "np.unique_values(a)"])
def test_names_of_the_array_standard(call):
    f = function(f"def f(a): return {call}")
    for a in (np.array([3, 1, 3, 2]), np.array([[1.5, np.nan], [np.nan, 1.5]]), np.zeros(0, np.uint8)):
        found, expected = f(a), f.py_func(a)
        if call == "np.unique_values(a)":
            assert same(found, np.sort(expected))
        else:
            assert same(found, expected)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_unique_along_an_axis(axis):
    f = function(f"def f(a): return np.unique(a, axis={axis}), np.unique(a, True, True, True, axis={axis})")
    for dtype in (np.int8, np.float64):
        for a in arrays((2, 3, 4), dtype):
            check(f, np.concatenate((a, a % 5, a), axis))
    check(f, np.arange(24).reshape(2, 3, 4) > 7)
    check(f, np.zeros((0, 3, 0)))
    check(function("def f(a): return np.unique(a, axis=2)"), np.zeros((2, 2)))
