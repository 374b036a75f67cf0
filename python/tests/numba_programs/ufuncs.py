import math

import numpy as np
from numba import float64, guvectorize, vectorize


@vectorize([float64(float64, float64)])
def hypotenuse(a, b):
    return math.sqrt(a * a + b * b)


@vectorize
def clipped(x, low, high):
    return low if x < low else high if x > high else x


@guvectorize(["void(float64[:], float64[:], float64[:])"], "(n),()->(n)")
def shifted(a, by, out):
    for i in range(a.shape[0]):
        out[i] = a[i] + by[0]


# Without compilation the decorators leave functions of elements and cores.
def apply(function, *arrays):
    return np.vectorize(function)(*arrays) if type(function).__name__ == "function" else function(*arrays)


def apply_shifted(a, by):
    if type(shifted).__name__ == "function":
        out = np.empty_like(a)
        for row, result in zip(a, out):
            shifted(row, np.array([by]), result)
        return out
    return shifted(a, by)


a, b = np.linspace(0, 3, 7), np.linspace(1, 2, 7)
print(apply(hypotenuse, a, b).tolist(), apply(clipped, a, 0.5, 2.5).tolist(), apply_shifted(np.arange(6.0).reshape(2, 3), 2.0).tolist())
