"""Adds two vectors: one thread for each element."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 10_000_000, 1_000
UNIT = "GB/s"

THREADS = 256


@cuda.jit
def add(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] + y[i]


def arguments(size):
    random = np.random.default_rng(1)
    return random.random(size, dtype=np.float32), random.random(size, dtype=np.float32)


def prepare(x, y):
    """What a launch needs, on the device."""
    return cuda.to_device(x), cuda.to_device(y), cuda.device_array(x.shape, x.dtype)


def launch(x, y, out):
    blocks = (out.size + THREADS - 1) // THREADS
    add[blocks, THREADS](x, y, out)
    return out


def expected(x, y):
    return x + y


def amount(size):
    """Gigabytes that a launch reads and writes."""
    return 3 * 4 * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
