"""The product of two matrices: one thread for each element of the result, which reads a row and a column."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 512, 40
UNIT = "GFLOP/s"

# Sums of rounded products, in another order than NumPy's.
RTOL = 1e-4

THREADS = 16, 16


@cuda.jit
def matmul(a, b, c):
    column, row = cuda.grid(2)
    if row < c.shape[0] and column < c.shape[1]:
        total = np.float32(0)
        for k in range(a.shape[1]):
            total += a[row, k] * b[k, column]
        c[row, column] = total


def arguments(size):
    """Sizes that are no multiples of a block's."""
    random = np.random.default_rng(1)
    return random.random((size, size + 5), dtype=np.float32), random.random((size + 5, size + 3), dtype=np.float32)


def prepare(a, b):
    return cuda.to_device(a), cuda.to_device(b), cuda.device_array((a.shape[0], b.shape[1]), a.dtype)


def launch(a, b, c):
    blocks = (c.shape[1] + THREADS[0] - 1) // THREADS[0], (c.shape[0] + THREADS[1] - 1) // THREADS[1]
    matmul[blocks, THREADS](a, b, c)
    return c


def expected(a, b):
    return a @ b


def amount(size):
    """Billions of multiplications and additions of a launch."""
    return 2 * size * (size + 5) * (size + 3) / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
