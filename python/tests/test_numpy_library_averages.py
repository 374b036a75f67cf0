"""Weighted averages, covariances, gradients, unwrapped phases, cumulative sums without NaN, beside NumPy."""

import numpy as np
import pytest
from lang_support import check, function, layouts

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
SOME = [np.bool_, np.int64, np.uint8, np.float32, np.complex128]
by_dtype = pytest.mark.parametrize("dtype", SOME, ids=lambda dtype: np.dtype(dtype).name)


def values(dtype, shape):
    a = np.random.default_rng(int(np.prod(shape))).integers(0, 50, shape)
    return a.astype(dtype) + (a.T[::-1].T % 7 * 1j).astype(dtype) if np.dtype(dtype).kind == "c" else a.astype(dtype)


def tolerance(dtype):
    return 2e-5 if np.dtype(dtype).name in ("float32", "complex64") else 1e-12


def compare(f, *arguments, rtol):
    """Results whose last digits depend on the order of sums, near zero too."""
    expected, result = f.py_func(*arguments), f(*arguments)
    assert np.shape(result) == np.shape(expected) and np.asarray(result).dtype == np.asarray(expected).dtype, (result, expected)
    np.testing.assert_allclose(result, expected, rtol=rtol, atol=rtol * (np.max(np.abs(expected), initial=0) if np.isfinite(expected).all() else 0))


@by_dtype
@pytest.mark.parametrize("call", ["np.average(a)", "np.average(a, 0)", "np.average(a, weights=a)", "np.average(a, -1, w)", "np.average(a, 0, a, keepdims=True)"])
def test_average(call, dtype):
    f = function(f"def f(a, w): return {call}")
    for a in layouts(values(dtype, (4, 6)) + np.dtype(dtype).type(1)):
        check(f, a, np.arange(1.0, 7), rtol=tolerance(dtype))


def test_average_forms():
    a, w = values(np.float64, (3, 4, 5)), np.arange(1, 6)
    check(function("def f(a, w): return np.average(a, (0, 2), w, returned=True)"), a, np.ones((3, 5)), rtol=1e-12)
    check(function("def f(a, w): return np.average(a, 2, w, True, keepdims=True)"), a, w, rtol=1e-12)
    check(function("def f(a, w): return np.average(a, 1, returned=True)"), a, w, rtol=1e-12)
    check(function("def f(a, w): return np.average(a, returned=True)"), a, w, rtol=1e-12)
    for call in ["np.average(a, weights=w)", "np.average(a, 0, w)", "np.average(a, 2, w * 0)", "np.average(a, 2, w[:3])", "np.average(a, 0, a[0])", "np.average(a, 0, a[:2])"]:
        check(function(f"def f(a, w): return {call}"), a, w, text=True)


@by_dtype
@pytest.mark.parametrize("call", ["np.cov(a)", "np.cov(a, rowvar=False, bias=True)", "np.cov(a[0])", "np.cov(a[0], a[1])", "np.corrcoef(a)", "np.corrcoef(a, a[::-1])"])
def test_covariance(call, dtype):
    f = function(f"def f(a): return {call}")
    whole = values(dtype, (3, 7)) + np.dtype(dtype).type(0)
    for a in (whole, whole[:, ::-1]):
        if dtype is not np.bool_ or "corrcoef" not in call:
            compare(f, a, rtol=tolerance(dtype))


def test_covariance_forms():
    a, w = values(np.float64, (3, 7)), np.arange(1, 8)
    for call in ["fweights=w", "aweights=w * 0.5", "fweights=w, aweights=w * 0.1", "fweights=w, ddof=0", "aweights=w, ddof=2", "dtype=np.float32", "ddof=9", "a[::-1] + 1, False"]:
        compare(function(f"def f(a, w): return np.cov(a, {call})"), a, w, rtol=1e-6)
    compare(function("def f(a, w): return np.corrcoef(a[0])"), a, w, rtol=1e-12)
    compare(function("def f(a, w): return np.cov(a)"), a[:0], w, rtol=0)
    compare(function("def f(a, w): return np.cov(a)"), np.where(a > 40, np.nan, a), w, rtol=1e-12)
    for call in ["a, fweights=w * 0.5", "a, fweights=-w", "a, aweights=-w", "a, fweights=w[:3]", "a, aweights=w[:3]", "a, ddof=0.5", "a, aweights=w * 0", "np.ones((2, 2, 2))"]:
        check(function(f"def f(a, w): return np.cov({call})"), a, w, text=True)


@by_dtype
@pytest.mark.parametrize("call", ["np.gradient(a)", "np.gradient(a, 0.5, axis=1)", "np.gradient(a, x, axis=-1)", "np.gradient(a, 2, x, edge_order=2)", "np.gradient(a, axis=(1, 0))"])
def test_gradient(call, dtype):
    f = function(f"def f(a, x): return {call}")
    if dtype is np.bool_:
        return
    for a in layouts(values(dtype, (3, 5))):
        for x in (np.array([0.0, 1, 4, 5, 9]), np.arange(5) * 2):
            got, expected = f(a, x), f.py_func(a, x)
            for one, other in zip(got, expected) if isinstance(expected, tuple) else [(got, expected)]:
                np.testing.assert_allclose(one, other, rtol=tolerance(dtype), atol=50 * tolerance(dtype))


def test_gradient_forms():
    a = values(np.float64, 9)
    check(function("def f(a): return np.gradient(a)"), a, rtol=1e-12)
    check(function("def f(a): return np.gradient(a, a, edge_order=2)"), np.arange(9.0) ** 2, rtol=1e-9)
    for call in ["a[:1]", "a[:2], edge_order=2", "a, edge_order=3", "a, a[:3]", "a, 1, 2", "a, axis=2", "a, np.ones((9, 1))"]:
        check(function(f"def f(a): return np.gradient({call})"), a, text="axis" not in call)


@pytest.mark.parametrize("dtype", [np.int64, np.float32])
@pytest.mark.parametrize("call", ["np.unwrap(a)", "np.unwrap(a, axis=0)", "np.unwrap(a, period=6)", "np.unwrap(a, 4.5, period=7)", "np.unwrap(a, period=4.5)"])
def test_unwrap(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in [(0,), (1,), (9,), (3, 5)]:
        for a in layouts(values(dtype, shape)):
            compare(f, a, rtol=1e-5 if dtype is np.float32 else 1e-12)


@by_dtype
def test_nan_cumulative(dtype):
    a = (np.arange(12) % 4).astype(dtype).reshape(3, 4)
    if np.dtype(dtype).kind in "fc":
        a[1, 1:3] = np.nan
    f = function("def f(a): return np.nancumsum(a), np.nancumsum(a, axis=0), np.nancumprod(a, 1), np.nancumprod(a + 1)")
    for b in layouts(a):
        if dtype is np.bool_:
            f = function("def f(a): return np.nancumsum(a), np.nancumprod(a, 1)")
        check(f, b, rtol=1e-6)
