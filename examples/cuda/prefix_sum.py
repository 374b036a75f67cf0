"""Running totals: every block scans its part in shared memory, the blocks' sums are scanned in turn, and added to what stands behind them."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 4_000_000, 5_000
UNIT = "M elements/s"

THREADS = 256


@cuda.jit
def scan_blocks(values, totals, sums):
    shared = cuda.shared.array(THREADS, np.int32)
    thread = cuda.threadIdx.x
    i = cuda.grid(1)
    shared[thread] = values[i] if i < values.size else np.int32(0)
    cuda.syncthreads()
    step = 1
    while step < THREADS:
        before = shared[thread - step] if thread >= step else np.int32(0)
        cuda.syncthreads()
        shared[thread] += before
        cuda.syncthreads()
        step *= 2
    if i < totals.size:
        totals[i] = shared[thread]
    if thread == THREADS - 1:
        sums[cuda.blockIdx.x] = shared[thread]


@cuda.jit
def add_sums(totals, sums):
    i = cuda.grid(1) + THREADS
    if i < totals.size:
        totals[i] += sums[cuda.blockIdx.x]


def arguments(size):
    return (np.random.default_rng(1).integers(-100, 100, size, np.int32),)


def blocks(size):
    return (size + THREADS - 1) // THREADS


def prepare(values):
    """The values, and what is computed: running totals of the values, of the blocks' sums, of the sums of those, …"""
    levels = [cuda.device_array(values.size, np.int32), cuda.device_array(blocks(values.size), np.int32)]
    while levels[-1].size > 1:
        levels.append(cuda.device_array(blocks(levels[-1].size), np.int32))
    return cuda.to_device(values), levels


def launch(values, levels):
    scan_blocks[blocks(values.size), THREADS](values, levels[0], levels[1])
    for totals, sums in zip(levels[1:], levels[2:]):
        scan_blocks[blocks(totals.size), THREADS](totals, totals, sums)
    for totals, sums in reversed(list(zip(levels, levels[1:]))):
        add_sums[blocks(totals.size), THREADS](totals, sums)
    return levels[0]


def expected(values):
    return np.cumsum(values, dtype=np.int32)


def amount(size):
    return size / 1e6


if __name__ == "__main__":
    from report import report

    report(__file__)
