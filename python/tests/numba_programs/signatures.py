"""Signatures in all spellings, types as values, conversions in compiled code."""

import numpy as np
from numba import boolean, float32, float64, int32, int64, jit, njit, typeof, types, void
from numba.core import types as core_types


@jit("f8(f8, i4)")
def scale(x, n):
    return x * n


@njit(float64(float64[:]))
def total(a):
    s = 0.0
    for x in a:
        s += x
    return s


@njit([int64(int64), float64(float64)])
def square(x):
    return x * x


@njit(void(core_types.Array(types.float64, 2, "C"), float64))
def fill(a, value):
    a[:, :] = value


@njit((types.int64, types.UniTuple(types.int64, 2)))
def pick(x, pair):
    return x + pair[0] * pair[1]


@njit(boolean(float64))
def positive(x):
    return x > 0


@njit
def converted(x):
    return types.int32(x) + int32(1), float32(x)


array = np.ones((2, 3))
fill(array, 2.5)
print(scale(1.5, 4), total(np.arange(5.0)), square(5), square(1.5), array.tolist(), pick(1, (2, 3)), positive(-1.0))
whole, single = converted(7.9)
print(int(whole), float(single))
assert typeof(1.0) is float64 or typeof(1.0) == types.float64
assert types.float64 is core_types.float64 and str(typeof(array)) == "array(float64, 2d, C)"
