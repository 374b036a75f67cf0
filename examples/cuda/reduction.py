"""The sum of a vector: each block adds up its part as a tree in shared memory, and a second launch adds up the blocks' sums."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 10_000_000, 10_000
UNIT = "GB/s"

# The order of the additions is not NumPy's.
RTOL = 1e-5

BLOCKS, THREADS = 64, 256


@cuda.jit
def sum_blocks(values, sums):
    shared = cuda.shared.array(THREADS, np.float32)
    thread = cuda.threadIdx.x
    total = np.float32(0)
    for i in range(cuda.grid(1), values.size, cuda.gridsize(1)):
        total += values[i]
    shared[thread] = total
    cuda.syncthreads()
    half = THREADS // 2
    while half > 0:
        if thread < half:
            shared[thread] += shared[thread + half]
        cuda.syncthreads()
        half //= 2
    if thread == 0:
        sums[cuda.blockIdx.x] = shared[0]


def arguments(size):
    return (np.random.default_rng(1).random(size, dtype=np.float32),)


def prepare(values):
    return cuda.to_device(values), cuda.device_array(BLOCKS, np.float32), cuda.device_array(1, np.float32)


def launch(values, sums, total):
    sum_blocks[BLOCKS, THREADS](values, sums)
    sum_blocks[1, THREADS](sums, total)
    return total


def expected(values):
    return np.array([values.sum()])


def amount(size):
    """Gigabytes that the launches read."""
    return 4 * size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
