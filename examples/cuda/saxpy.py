"""y = a x + y in single precision. Each thread goes through the vectors in steps of the whole grid, so any grid fits any size."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 10_000_000, 10_000
UNIT = "GB/s"

# A product and a sum may be rounded once or twice.
RTOL = 1e-6

BLOCKS, THREADS = 64, 256


@cuda.jit
def saxpy(a, x, y):
    for i in range(cuda.grid(1), x.size, cuda.gridsize(1)):
        y[i] = a * x[i] + y[i]


def arguments(size):
    random = np.random.default_rng(1)
    return np.float32(2.5), random.random(size, dtype=np.float32), random.random(size, dtype=np.float32)


def prepare(a, x, y):
    return a, cuda.to_device(x), cuda.to_device(y)


def launch(a, x, y):
    saxpy[BLOCKS, THREADS](a, x, y)
    return y


def expected(a, x, y):
    return a * x + y


def amount(size):
    """Gigabytes that a launch reads and writes."""
    return 3 * 4 * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
