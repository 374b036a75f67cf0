"""Interpolation, histograms, convolutions, triangles and grids, beside NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lang_support import FLOATS, INTEGERS, NUMBERS, arrays, check, function

SPECIAL = st.sampled_from([0.0, -0.0, 1.5, -2.5, np.inf, -np.inf, np.nan, 3.0]) | st.floats(-5, 5)
REAL = [np.bool_, *INTEGERS, *FLOATS]

INTERP = function("def f(x, xp, fp): return np.interp(x, xp, fp)")


@settings(max_examples=300, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 12), elements=SPECIAL), st.data())
def test_interp(x, data):
    xp = np.sort(data.draw(hnp.arrays(np.float64, st.integers(1, 9), elements=st.floats(-5, 5))))
    fp = data.draw(hnp.arrays(np.float64, xp.size, elements=SPECIAL))
    check(INTERP, x, xp, fp)


def test_interp_forms():
    xp, fp = np.array([1, 2, 4]), np.array([3.0, 1.0, 2.0])
    for x in (2.5, 0, 9, np.arange(6).reshape(2, 3), np.arange(6.0)[::-2], np.float32(1.5)):
        check(INTERP, x, xp, fp)
        check(INTERP, x, xp, fp + 2j)
        check(function("def f(x, xp, fp): return np.interp(x, xp, fp, left=-1, right=7.5)"), x, xp, fp)
        check(function("def f(x, xp, fp): return np.interp(x, xp, fp, period=3)"), x, np.array([1, 5, 0.5]), fp)
    check(function("def f(x): return np.interp(x, (1, 2, 3), (3.5, 1, 2))"), 1.25)


def test_interp_refuses():
    check(INTERP, 1.0, np.zeros(0), np.zeros(0), text=True)
    check(INTERP, 1.0, np.zeros(2), np.zeros(3), text=True)
    check(INTERP, 1.0, np.zeros((2, 2)), np.zeros(3), text=True)
    check(function("def f(x): return np.interp(x, (1, 2), (3, 4), period=0)"), 1.0, text=True)


@pytest.mark.parametrize("dtype", [d for d in NUMBERS if d is not np.bool_])
def test_trapezoid(dtype):
    for a in arrays((3, 4)):
        y = a.astype(dtype)
        for call in ("np.trapezoid(y)", "np.trapezoid(y, axis=0)", "np.trapezoid(y, dx=0.5)", "np.trapezoid(y[0])"):
            check(function(f"def f(y): return {call}"), y, rtol=1e-6)
    check(function("def f(y, x): return np.trapezoid(y, x)"), y, np.array([0, 1, 3, 4.5]), rtol=1e-6)
    check(function("def f(y, x): return np.trapezoid(y, x, axis=0)"), y, np.arange(12.0).reshape(3, 4) ** 2, rtol=1e-6)


HISTOGRAM = function("def f(a): return np.histogram(a)")
BINS = function("def f(a, bins): return np.histogram(a, bins)")


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(0, 40), elements=SPECIAL))
def test_histogram(a):
    a = a + 0.0  # which zero the smaller one is depends on NumPy's vector code
    check(HISTOGRAM, a, text=True)
    check(BINS, a, np.array([-2.5, 0.0, 0.0, 1.5, 3.0]))


@pytest.mark.parametrize("dtype", [*INTEGERS, *FLOATS])
def test_histogram_dtypes(dtype):
    for a in arrays((3, 5)):
        check(HISTOGRAM, (a * 7 % 23).astype(dtype))
        check(BINS, (a * 7 % 23).astype(dtype), 4)
        check(BINS, (a * 7 % 23).astype(dtype), np.array([1, 3, 9, 20]))
        check(function("def f(a): return np.histogram(a, 5, (2.5, 11))"), (a * 7 % 23).astype(dtype))
        check(function("def f(a, w): return np.histogram(a, bins=3, weights=w)"), a.astype(dtype), np.linspace(0, 1, 15).reshape(3, 5), rtol=1e-12)
        check(function("def f(a): return np.histogram(a, 5, density=True)"), a.astype(dtype), rtol=1e-12)


def test_histogram_refuses():
    check(BINS, np.arange(4.0), 0, text=True)
    check(BINS, np.arange(4.0), 2.5, text=True)
    check(BINS, np.arange(4.0), np.array([2, 1]), text=True)
    check(BINS, np.arange(4.0), np.ones((2, 2)), text=True)
    check(HISTOGRAM, np.array([1.0, np.nan]), text=True)
    check(function("def f(a): return np.histogram(a, 3, (2, 1))"), np.arange(4.0), text=True)
    check(function("def f(a): return np.histogram(a, 3, (2, np.inf))"), np.arange(4.0), text=True)
    check(function("def f(a, w): return np.histogram(a, weights=w)"), np.arange(4.0), np.arange(3.0), text=True)


@pytest.mark.parametrize("mode", ["full", "same", "valid"])
@pytest.mark.parametrize("name", ["convolve", "correlate"])
def test_convolve(name, mode):
    f = function(f"def f(a, v): return np.{name}(a, v, '{mode}')")
    for dtype in NUMBERS:
        for n in (1, 2, 5, 6):
            for m in (1, 2, 3, 6):
                a, v = (np.arange(n) * 7 % 5).astype(dtype), (np.arange(m) * 3 % 4).astype(dtype)
                check(f, a, v, rtol=1e-5)
        check(f, np.arange(9).astype(dtype)[::2], np.arange(4.0)[::-1], rtol=1e-5)


def test_convolve_forms():
    f = function("def f(a, v): return np.convolve(a, v)")
    check(f, 2.0, np.arange(3))
    check(f, np.zeros(0), np.arange(3), text=True)
    check(f, np.arange(3), np.zeros(0), text=True)
    check(f, np.ones((2, 2)), np.arange(3.0), text=True)
    check(function("def f(a, v): return np.correlate(a, v, 'full')"), np.array([1 + 2j, 3j]), np.array([2 - 1j, 4, 5j]))


def test_cross():
    f = function("def f(a, b): return np.cross(a, b)")
    rng = np.random.default_rng(0)
    for dtype in [*INTEGERS, *FLOATS]:
        check(f, (rng.random((4, 3)) * 9).astype(dtype), (rng.random((4, 3)) * 9).astype(dtype), rtol=1e-5)
    a, b = rng.random((4, 1, 3)), rng.random((5, 3))
    check(f, a, b)
    check(f, a[0, 0], b)
    check(f, a[0, 0], b[0])
    check(function("def f(a, b): return np.cross(a, b, axis=0)"), b[:3].copy(), b[1:4].copy())
    check(function("def f(a, b): return np.cross(a, b, 0, 1, 0)"), b[:3, :].copy(), b[:3].copy())
    check(f, a, b[:2, :, None], text=False)


@pytest.mark.parametrize("call", ["np.tril(m)", "np.triu(m)", "np.tril(m, 1)", "np.triu(m, -1)", "np.tril(m, -9)", "np.triu(m, 9)"])
def test_triangles(call):
    f = function(f"def f(m): return {call}")
    for dtype in NUMBERS:
        for shape in [(4,), (3, 4), (4, 3), (2, 3, 3), (0, 3)]:
            for m in arrays(shape):
                check(f, np.asarray(m + 1, dtype))


def test_triangle_indices():
    for k in (-2, 0, 1, 5):
        check(function("def f(n, k): return np.tril_indices(n, k)"), 4, k)
        check(function("def f(n, k): return np.triu_indices(n, k, 6)"), 4, k)
        check(function("def f(a, k): return np.triu_indices_from(a, k)"), np.ones((3, 5)), k)
        check(function("def f(a, k): return np.tril_indices_from(a, k=k)"), np.ones((3, 5)), k)
        check(function("def f(n, k): return np.tri(n, k=k)"), 4, k)
        check(function("def f(n, k): return np.tri(n, 6, k, dtype=np.int8)"), 4, k)


def test_vander():
    for dtype in NUMBERS:
        x = np.array([0, 1, 3, 2]).astype(dtype)
        check(function("def f(x): return np.vander(x)"), x)
        check(function("def f(x): return np.vander(x, 2, increasing=True)"), x)
        check(function("def f(x, n): return np.vander(x, n)"), x[::-1], 5)
    check(function("def f(x): return np.vander(x)"), np.ones((2, 2)), text=True)


def test_meshgrid():
    x, y, z = np.arange(3), np.linspace(0, 1, 4), np.array([True, False])
    for rest in ("", ", indexing='ij'", ", sparse=True", ", sparse=True, indexing='ij'"):
        check(function(f"def f(x): return np.meshgrid(x{rest})"), x)
        check(function(f"def f(x, y): return np.meshgrid(x, y{rest})"), x, y)
        check(function(f"def f(x, y, z): return np.meshgrid(x, y, z{rest})"), x, y[::-2], z)
        check(function(f"def f(x, y): return np.meshgrid(x, y{rest})"), 2.5, y)
    check(function("def f(x, y): return np.meshgrid(x, y, indexing='yx')"), x, y, text=True)
    check(function("def f(): return np.meshgrid()"))
