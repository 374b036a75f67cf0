"""`reduce`, `accumulate`, `outer` and `at` of universal functions, beside NumPy."""

import numpy as np
import pytest
from lang_support import arrays, check, function

import zouk

REDUCTIONS = """np.add.reduce(a) | np.add.reduce(a, 1) | np.add.reduce(a, axis=-1, keepdims=True) | np.multiply.reduce(a, axis=0) | np.add.reduce(a, axis=None)
np.maximum.reduce(a, 1) | np.minimum.reduce(a) | np.logical_and.reduce(a, 1) | np.logical_or.reduce(a > 2) | np.add.reduce(a, 0, np.float32) | np.add.reduce(a[0], initial=5)
np.subtract.reduce(a) | np.subtract.reduce(a[1]) | np.bitwise_xor.reduce(a, 1, keepdims=True) | np.fmax.reduce(a, -1) | np.maximum.reduce(a[0], initial=3) | np.subtract.reduce(a, 1, initial=2)
np.add.reduce(a, (0, 1)) | np.maximum.reduce(a, axis=None) | np.gcd.reduce(a[:, 2]) | np.add.reduce(a > 1)"""

ACCUMULATIONS = """np.add.accumulate(a) | np.add.accumulate(a, 1) | np.multiply.accumulate(a, axis=-1) | np.maximum.accumulate(a) | np.maximum.accumulate(a, 1) | np.minimum.accumulate(a[1])
np.subtract.accumulate(a, axis=0) | np.add.accumulate(a, 0, np.float64) | np.bitwise_or.accumulate(a, 1) | np.fmin.accumulate(a, -1) | np.maximum.accumulate(a[:0])"""

OUTER = """np.add.outer(a, b) | np.multiply.outer(b, b) | np.subtract.outer(a, 3) | np.less.outer(b, a) | np.maximum.outer(2, b) | np.power.outer(b, b[:2]) | np.add.outer(2, 3)
np.arctan2.outer(b, a[0] + 1)"""

CHANGES = """np.add.at(b, k, 1) | np.add.at(b, k, c) | np.multiply.at(b, k, c[0]) | np.subtract.at(b, -k, c) | np.maximum.at(b, k, c) | np.negative.at(b, k) | np.add.at(b, b > 1, 10)
np.add.at(b, k.reshape(2, 2), c.reshape(2, 2)) | np.add.at(b, k + 9, 1) | np.add.at(b, 2, 1)"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


@pytest.mark.parametrize("call", calls(REDUCTIONS) + calls(ACCUMULATIONS))
def test_along_an_axis(call):
    f = function(f"def f(a): return {call}")
    for a in list(arrays((3, 4)))[::2]:
        check(f, a)
    if call.startswith(("np.add", "np.maximum", "np.subtract")) and "> " not in call:
        check(f, np.linspace(0.5, 2, 12).reshape(3, 4), rtol=1e-6)


@pytest.mark.parametrize("call", calls(OUTER))
def test_of_all_pairs(call):
    f = function(f"def f(a, b): return {call}")
    for a in list(arrays((2, 3)))[::2]:
        check(f, a, np.arange(4), rtol=1e-15)
    check(f, np.zeros((0, 2)), np.arange(3.0))


@pytest.mark.parametrize("call", calls(CHANGES))
def test_at_places(call):
    f = function(f"def f(b, k, c): {call}")
    for b in (np.arange(5), np.arange(5.0), np.zeros(10, np.float32)[::2]):
        check(f, b, np.array([1, 3, 1, 1]), np.array([5, 6, 7, 8]).astype(b.dtype))


def test_dtypes():
    f = function("def f(a): return np.add.reduce(a), np.maximum.accumulate(a, 1), np.subtract.reduce(a), np.subtract.accumulate(a), np.multiply.outer(a, a[0])")
    for dtype in (np.int8, np.uint16, np.float32, np.complex64):
        ours, theirs = f((np.arange(12).reshape(3, 4) * 9).astype(dtype)), f.py_func((np.arange(12).reshape(3, 4) * 9).astype(dtype))
        assert all(x.dtype == y.dtype and np.array_equal(x, y) for x, y in zip(ours, theirs))


def test_refusals():
    check(function("def f(a): return np.maximum.reduce(a)"), np.empty(0), text=True)
    with pytest.raises(zouk.TypingError, match="same_kind"):
        function("def f(a): np.add.at(a, a, 0.5)")(np.arange(3))
    check(function("def f(a): np.add.at(a, (a, a), 1)"), np.arange(3), text=True)
    with pytest.raises(zouk.TypingError):
        function("def f(a): return np.less.reduce(a)")(np.arange(3))
