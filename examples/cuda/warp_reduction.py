"""The sum of a vector without shared memory: the threads of a warp hand their sums to each other, and one of them adds to the total."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 10_000_000, 10_000
UNIT = "GB/s"

# The order of the additions is not NumPy's.
RTOL = 1e-5

BLOCKS, THREADS = 64, 256
ALL_LANES = 0xFFFFFFFF


@cuda.jit
def sum_warps(values, total):
    mine = np.float32(0)
    for i in range(cuda.grid(1), values.size, cuda.gridsize(1)):
        mine += values[i]
    offset = cuda.warpsize // 2
    while offset > 0:
        mine += cuda.shfl_down_sync(ALL_LANES, mine, offset)
        offset //= 2
    if cuda.laneid == 0:
        cuda.atomic.add(total, 0, mine)


@cuda.jit
def clear(total):
    total[0] = 0


def arguments(size):
    return (np.random.default_rng(1).random(size, dtype=np.float32),)


def prepare(values):
    return cuda.to_device(values), cuda.device_array(1, np.float32)


def launch(values, total):
    clear[1, 1](total)
    sum_warps[BLOCKS, THREADS](values, total)
    return total


def expected(values):
    return np.array([values.sum()])


def amount(size):
    """Gigabytes that a launch reads."""
    return 4 * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
