"""Methods of elementwise functions, and questions about dtypes: beside NumPy."""

import numpy as np
import pytest
from lang_support import check, function, layouts

METHODS = """np.add.reduce(v) | np.add.reduce(a) | np.add.reduce(a, axis=None) | np.add.reduce(a, 1, keepdims=True) | np.multiply.reduce(a) | np.maximum.reduce(a, axis=1) | np.minimum.reduce(a)
np.logical_and.reduce(a > 1) | np.logical_or.reduce(a > 1, axis=1) | np.subtract.reduce(v) | np.subtract.reduce(a, axis=1, keepdims=True) | np.bitwise_xor.reduce(i) | np.hypot.reduce(a)
np.gcd.reduce(i) | np.logical_xor.reduce(a > 1, axis=0) | np.subtract.reduce(a, out=v) | np.add.accumulate(a) | np.maximum.accumulate(v) | np.minimum.accumulate(a, axis=1)
np.subtract.accumulate(a) | np.multiply.accumulate(i, dtype=np.float32) | np.add.outer(v, i) | np.multiply.outer(a, v) | np.less.outer(v, a) | np.subtract.outer(2, v)
np.add.reduceat(v, (0, 2, 1)) | np.maximum.reduceat(a, (0, 2), axis=1) | np.add.reduceat(i.astype(np.int8), (0, 2)) | np.subtract.reduceat(v, i[:2])"""

PLACES = """np.add.at(v, i, 1.5) | np.add.at(v, i // 2, v.copy()) | np.subtract.at(a, (i % 3, i % 4), 1) | np.maximum.at(v, v > 2, 9.0) | np.negative.at(v, i // 2) | np.add.at(i, i * 0, 2)
np.multiply.at(np.reshape(v[:4], (1, 2, 2)), (i * 0, i % 2, i % 2), v[:4]) | np.add.at(v, -1, 3) | np.add.at(v, i[:, None] % 2, v[:2])"""

DTYPES = """np.zeros(2, np.result_type(v, i)) | np.zeros(2, np.promote_types(np.int32, np.float32)) | np.zeros(2, np.common_type(i, v)) | np.result_type(i, np.float32) == np.float64
np.can_cast(np.int32, np.int64) | np.can_cast(np.int64, np.float32) | np.can_cast(np.float64, np.float32, 'same_kind') | np.can_cast(v.dtype, np.complex64) | np.can_cast(np.int8, np.uint8, casting='unsafe')
np.can_cast(np.uint8, np.int8, 'same_kind') | np.can_cast(np.int8, np.uint8, 'same_kind') | np.can_cast(np.int8, np.int8, 'no') | np.require(a, np.float32, 'F') | np.require(a.T, None, ('C', 'A'))"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def arguments():
    return np.arange(12.0).reshape(3, 4) % 5 + 0.5, np.array([3.0, 1, 4, 1.5]), np.array([1, 3, 3, 2])


@pytest.mark.parametrize("call", calls(METHODS) + calls(DTYPES))
def test_values(call):
    check(function(f"def f(a, v, i): return {call}"), *arguments(), rtol=1e-13)


@pytest.mark.parametrize("call", calls(PLACES))
def test_in_place(call):
    f = function(f"def f(a, v, i): {call}")
    check(f, *arguments())


def test_layouts():
    f = function("def f(a): return np.subtract.reduce(a), np.maximum.accumulate(a, axis=1), np.add.outer(a, a[0]), np.add.reduceat(a, (0, 2), axis=1)")
    for a in layouts(arguments()[0]):
        check(f, a)


def test_errors():
    check(function("def f(v): return np.add.accumulate(2.0)"), np.ones(3), text=True)
    check(function("def f(v): np.add.at(v, np.arange(4), 1)"), np.ones(3))
    check(function("def f(v): return np.subtract.reduce(v[:0])"), np.ones(3))
    check(function("def f(v): return np.add.reduceat(v, (0, 9))"), np.ones(3))
