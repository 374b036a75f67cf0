"""The product of two matrices: one thread for each element of the result, which reads a row and a column."""

import numpy as np
from matrices import RTOL, SIZE, SMALL, UNIT, amount, arguments, expected  # noqa: F401
from zouk import cuda

THREADS = 16, 16


@cuda.jit
def matmul(a, b, c):
    column, row = cuda.grid(2)
    if row < c.shape[0] and column < c.shape[1]:
        total = np.float32(0)
        for k in range(a.shape[1]):
            total += a[row, k] * b[k, column]
        c[row, column] = total


def prepare(a, b):
    return cuda.to_device(a), cuda.to_device(b), cuda.device_array((a.shape[0], b.shape[1]), a.dtype)


def launch(a, b, c):
    blocks = (c.shape[1] + THREADS[0] - 1) // THREADS[0], (c.shape[0] + THREADS[1] - 1) // THREADS[1]
    matmul[blocks, THREADS](a, b, c)
    return c


if __name__ == "__main__":
    from report import report

    report(__file__)
