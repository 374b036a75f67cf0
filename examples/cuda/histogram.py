"""How often each byte occurs: blocks count in shared memory with atomic additions, then add their counts to those of all."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 10_000_000, 10_000
UNIT = "GB/s"

BLOCKS, BINS = 64, 256


@cuda.jit
def histogram(data, counts):
    bins = cuda.shared.array(BINS, np.int32)
    thread = cuda.threadIdx.x
    bins[thread] = 0
    cuda.syncthreads()
    for i in range(cuda.grid(1), data.size, cuda.gridsize(1)):
        cuda.atomic.add(bins, data[i], 1)
    cuda.syncthreads()
    cuda.atomic.add(counts, thread, bins[thread])


@cuda.jit
def clear(counts):
    counts[cuda.grid(1)] = 0


def arguments(size):
    return (np.random.default_rng(1).normal(128, 30, size).clip(0, 255).astype(np.uint8),)


def prepare(data):
    return cuda.to_device(data), cuda.device_array(BINS, np.int32)


def launch(data, counts):
    clear[1, BINS](counts)
    histogram[BLOCKS, BINS](data, counts)
    return counts


def expected(data):
    return np.bincount(data, minlength=BINS).astype(np.int32)


def amount(size):
    """Gigabytes that a launch reads."""
    return size / 1e9


if __name__ == "__main__":
    from report import report

    report(__file__)
