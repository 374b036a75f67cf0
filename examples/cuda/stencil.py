"""Heat that spreads over a plate: every inner point becomes the mean of its four neighbours, step after step on the device."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 1_000, 50
UNIT = "GB/s"

# The four neighbours are not added in NumPy's order.
RTOL = 1e-5
ATOL = 1e-6

STEPS = 10
THREADS = 32, 8
QUARTER = np.float32(0.25)


@cuda.jit
def relax(old, new):
    j, i = cuda.grid(2)
    if 0 < i < old.shape[0] - 1 and 0 < j < old.shape[1] - 1:
        new[i, j] = QUARTER * (old[i - 1, j] + old[i + 1, j] + old[i, j - 1] + old[i, j + 1])


def arguments(size):
    """A cold plate with one hot edge."""
    plate = np.zeros((size, size), np.float32)
    plate[0] = 100
    return (plate,)


def prepare(plate):
    return cuda.to_device(plate), cuda.to_device(plate)


def launch(old, new):
    blocks = (old.shape[1] + THREADS[0] - 1) // THREADS[0], (old.shape[0] + THREADS[1] - 1) // THREADS[1]
    for _ in range(STEPS):
        relax[blocks, THREADS](old, new)
        old, new = new, old
    return old


def expected(plate):
    old, new = plate.copy(), plate.copy()
    for _ in range(STEPS):
        new[1:-1, 1:-1] = QUARTER * (old[:-2, 1:-1] + old[2:, 1:-1] + old[1:-1, :-2] + old[1:-1, 2:])
        old, new = new, old
    return old


def amount(size):
    """Gigabytes that the launches read and write at least."""
    return STEPS * 2 * 4 * size * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
