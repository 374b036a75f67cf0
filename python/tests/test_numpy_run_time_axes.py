"""`axis=` known only at run time: the same as the constant, and NumPy's errors for axes that are not there."""

import numpy as np
import pytest
from lang_support import arrays, check, function

CALLS = [
    "np.sum(a, axis=k)", "np.prod(a, k)", "a.min(k)", "a.max(axis=k)", "np.mean(a, axis=k, keepdims=True)", "np.std(a, axis=k, ddof=1)", "np.any(a, axis=k)", "a.argmin(k)",
    "np.argmax(a, axis=k)", "np.cumsum(a, axis=k)", "a.cumprod(k)", "np.nansum(a, axis=k)", "np.nanmax(a, k)", "np.count_nonzero(a, axis=k)", "np.ptp(a, axis=k)",
    "np.median(a, axis=k)", "np.percentile(a, 30, axis=k)", "np.sort(a, axis=k)", "np.argsort(a, k)", "np.diff(a, axis=k)", "np.flip(a, k)", "np.roll(a, 1, k)",
    "np.repeat(a, 2, axis=k)", "np.take(a, [0, 1], axis=k)", "np.concatenate((a, a), axis=k)", "np.append(a, a, axis=k)", "np.delete(a, 0, axis=k)", "np.insert(a, 1, 5, axis=k)",
]


@pytest.mark.parametrize("at", range(0, len(CALLS), 7))
def test_axes(at):
    f = function("def f(a, k): return (" + ", ".join(CALLS[at : at + 7]) + ",)")
    for k in (0, 1, -1, -2, 2, -3):
        check(f, np.arange(12).reshape(3, 4) % 5, k, text=True, rtol=1e-15)


@pytest.mark.parametrize("call", ["np.sum(a, axis=k)", "np.stack((a, a), axis=k)", "np.expand_dims(a, k)", "np.concatenate([a, a], k)"])
def test_all_axes_and_layouts(call):
    f = function(f"def f(a, k): return {call}")
    for a in arrays((2, 3, 4)):
        for k in range(-5, 5):
            check(f, a, k, text=True)


def test_one_axis_and_types_of_the_axis():
    f = function("def f(a, k): return np.sum(a, axis=k), np.cumsum(a, axis=k)")
    for k in (0, -1, 1):
        check(f, np.arange(5.0), k, text=True)
    for dtype in (np.int8, np.uint64):
        check(f, np.arange(6.0).reshape(2, 3), dtype(1))


def test_statements_and_loops():
    f = function("""
def f(a):
    total = 0.0
    for k in range(a.ndim):
        a.sort(axis=k)
        total += a.sum(axis=k)[0]
    return total
""")
    check(f, np.array([[3.0, 1.0, 2.0], [0.0, 5.0, 4.0]]))


def test_ddof_at_run_time():
    f = function("def f(a, k, d): return np.std(a, axis=k, ddof=d), np.var(a, ddof=d), np.nanvar(a, axis=k, ddof=d)")
    for k, d in ((0, 1), (1, 0), (0, 0.5)):
        check(f, np.arange(12.0).reshape(3, 4), k, d, rtol=1e-15)
