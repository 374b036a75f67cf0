"""Percentiles and quantiles, also of what is not NaN, and medians of that, beside NumPy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lang_support import FLOATS, INTEGERS, NUMBERS, check, function, layouts

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")
REAL = [*INTEGERS, *FLOATS]
METHODS = ["inverted_cdf", "averaged_inverted_cdf", "closest_observation", "interpolated_inverted_cdf", "hazen", "weibull", "linear"]
METHODS += ["median_unbiased", "normal_unbiased", "lower", "higher", "midpoint", "nearest"]


def values(dtype, shape, nans=False):
    a = np.random.default_rng(int(np.prod(shape))).integers(0, 100, shape).astype(dtype)
    if nans and a.size and dtype in FLOATS:
        a.reshape(-1)[1::4] = np.nan
    return a


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("call", ["np.percentile(a, q)", "np.quantile(a, q / 100, axis=0)", "np.percentile(a, (q, 50), axis=-1, keepdims=True)"])
def test_percentile(call, dtype):
    f = function(f"def f(a, q): return {call}")
    for shape in [(1,), (8,), (5, 7)]:
        for a in layouts(values(dtype, shape)):
            check(f, a, 37.5, rtol=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_methods(method):
    f = function(f"def f(a, q): return np.quantile(a, q, method='{method}')")
    q = np.array([0, 1, 0.5, 0.25, 0.2, 0.7, 0.9, 0.3, 1e-9, 0.04])
    for n in (1, 2, 5, 8, 25):
        for dtype in (np.int64, np.float32, np.float64, np.uint8):
            check(f, values(dtype, n), q, rtol=1e-12)
            check(f, values(dtype, n), 0.35, rtol=1e-6)


@settings(max_examples=200, deadline=None)
@given(hnp.arrays(np.float64, st.integers(1, 20), elements=st.floats(-5, 5) | st.sampled_from([np.nan, np.inf])), st.floats(0, 100))
def test_percentile_of_anything(a, q):
    check(PERCENTILE, a, q)
    check(NANPERCENTILE, a, q)


PERCENTILE = function("def f(a, q): return np.percentile(a, q)")
NANPERCENTILE = function("def f(a, q): return np.nanpercentile(a, q)")


def test_types_of_q():
    a = values(np.int64, 9)
    for b in (a, a.astype(np.float32), a.astype(np.float64), a.astype(np.int16)):
        for q in (np.array([0, 1]), np.array([0.25, 1], np.float32), np.array([0.25, 1]), np.empty(0), np.array([True, False])):
            check(function("def f(a, q): return np.quantile(a, q)"), b, q, rtol=1e-6)
            check(function("def f(a, q): return np.percentile(a, q * 50)"), b, q * 1, rtol=1e-6)
        check(function("def f(a): return np.quantile(a, 1), np.quantile(a, 0)"), b)
    check(function("def f(a): return np.quantile(a, 0.5, method='lower'), np.quantile(a, (0, 1), method='nearest')"), a > 50)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("call", ["np.nanpercentile(a, 30)", "np.nanquantile(a, (0.5, 0.2), axis=0)", "np.nanpercentile(a, 25, -1, keepdims=True)", "np.percentile(a, 30, axis=-1)"])
def test_nan(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in [(1,), (8,), (5, 7)]:
        for a in layouts(values(dtype, shape, nans=True)):
            check(f, a, rtol=1e-6)


@pytest.mark.parametrize("dtype", NUMBERS)
@pytest.mark.parametrize("call", ["np.nanmedian(a)", "np.nanmedian(a, axis=0)", "np.nanmedian(a, axis=-1, keepdims=True)"])
def test_nanmedian(call, dtype):
    f = function(f"def f(a): return {call}")
    for shape in [(1,), (8,), (5, 7), (2, 3, 4)]:
        for a in layouts(values(dtype, shape, nans=True)):
            check(f, a)
    check(function("def f(a): return np.nanmedian(a)"), values(dtype, 0))


@pytest.mark.parametrize(
    "call",
    [
        "np.percentile(a, 101)",
        "np.percentile(a, (50, -1))",
        "np.quantile(a, np.nan)",
        "np.nanpercentile(a, 101)",
        "np.nanquantile(a, 1.5)",
        "np.quantile(a, 0.5, method='bad')",
        "np.percentile(a[:0], 50)",
        "np.percentile(a * 1j, 50)",
        "np.percentile(a > 1, 50)",
    ],
)
def test_refused(call):
    check(function(f"def f(a): return {call}"), np.array([3.0, 1.0, 2.0]), text=True)


def test_nothing_but_nan():
    a = np.full((2, 3), np.nan)
    for call in ["np.nanpercentile(a, 5)", "np.nanquantile(a, (0.1, 0.5), axis=1)", "np.nanmedian(a)", "np.nanmedian(a, axis=0)"]:
        check(function(f"def f(a): return {call}"), a)


WEIGHTED = """np.quantile(a, q, weights=a, method='inverted_cdf') | np.quantile(a, q, axis=1, weights=a[0], method='inverted_cdf') | np.percentile(a, q * 100, axis=0, weights=a, method='inverted_cdf')
np.quantile(a[0], q, weights=a[1] > 3, method='inverted_cdf') | np.nanquantile(n, q, axis=1, weights=a, method='inverted_cdf') | np.quantile(n, q, weights=a, method='inverted_cdf')
np.quantile(a, q, weights=a) | np.quantile(a, q, weights=a * 0, method='inverted_cdf') | np.quantile(a, q, weights=-a, method='inverted_cdf') | np.quantile(a, q, weights=a[0], method='inverted_cdf')
np.quantile(a, q, axis=0, weights=a[0], method='inverted_cdf')"""

STORED = """np.percentile(a, 30, axis=0, out=np.empty(6)) | np.quantile(a, q, axis=1, out=np.empty((2, 3, 4))) | np.median(a, axis=0, out=np.empty(6)) | np.nanmedian(n, axis=1, out=np.empty(4), overwrite_input=False)
np.nanpercentile(n, 30, axis=0, out=np.empty(6)) | np.median(a, 1, None, False, True) | np.quantile(a, q, axis=0, keepdims=True)"""


@pytest.mark.parametrize("call", [c.strip() for line in WEIGHTED.splitlines() for c in line.split(" | ")])
def test_weights(call):
    """NumPy's result is an array without axes where that of other quantiles is a number."""
    f = function(f"def f(a, n, q): return np.asarray({call})")
    a = values(np.float64, (4, 6))
    q = np.array([0.0, 0.2, 0.5, 0.77, 1.0])
    for levels in (q, 0.4):
        check(f, a, values(np.float64, (4, 6), nans=True), levels, text=True)


@pytest.mark.parametrize("call", [c.strip() for line in STORED.splitlines() for c in line.split(" | ")])
def test_stored_results_and_levels_of_two_axes(call):
    q = np.array([[0.0, 0.2, 0.5], [0.7, 0.9, 1.0]])
    check(function(f"def f(a, n, q): return {call}"), values(np.float64, (4, 6)), values(np.float64, (4, 6), nans=True), q, rtol=1e-12)
