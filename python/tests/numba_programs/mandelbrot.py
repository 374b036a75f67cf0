import numba as nb
import numpy as np
from numba import njit, prange


@njit
def steps(c, limit):
    z = complex(0, 0)
    for i in range(limit):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag > 4.0:
            return i
    return limit


@nb.jit(nopython=True, parallel=True)
def picture(width, height, limit):
    out = np.empty((height, width), dtype=np.int64)
    for i in prange(height):
        for j in nb.prange(width):
            out[i, j] = steps(complex(-2.0 + 3.0 * j / width, -1.0 + 2.0 * i / height), limit)
    return out


print(picture(60, 40, 80).tolist())
