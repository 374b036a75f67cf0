"""The Mandelbrot set: one thread for each point, which runs until it escapes. Threads of a warp have loops of different length."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 1_000, 40
UNIT = "M points/s"

THREADS = 16, 16
LIMIT = 200
EPSILON = np.finfo(np.float64).eps


@cuda.jit(device=True)
def iterations(re, im):
    x = y = 0.0
    count = 0
    while count < LIMIT and x * x + y * y <= 4.0:
        x, y = x * x - y * y + re, 2.0 * x * y + im
        count += 1
    return count


@cuda.jit
def mandelbrot(left, top, step, counts):
    column, row = cuda.grid(2)
    if row < counts.shape[0] and column < counts.shape[1]:
        counts[row, column] = iterations(left + column * step, top + row * step)


def arguments(size):
    return -2.0, -1.25, 2.5 / size, np.zeros((size, size), np.int32)


def prepare(left, top, step, counts):
    return left, top, step, cuda.to_device(counts)


def launch(left, top, step, counts):
    blocks = (counts.shape[1] + THREADS[0] - 1) // THREADS[0], (counts.shape[0] + THREADS[1] - 1) // THREADS[1]
    mandelbrot[blocks, THREADS](left, top, step, counts)
    return counts


def expected(left, top, step, counts):
    """The least and the most iterations of each point, however its sums of products are rounded: once, as GPUs do, or twice."""
    im, re = top + step * np.arange(counts.shape[0])[:, None], left + step * np.arange(counts.shape[1])
    x, y = np.zeros(counts.shape), np.zeros(counts.shape)
    # How far off the place of a point may be: from the start, and by the rounding of an iteration.
    error, rounding = np.full(counts.shape, 4 * EPSILON), 32 * EPSILON
    bounds = np.zeros((2, *counts.shape), np.int32)
    inside = np.ones((2, *counts.shape), np.bool_)
    for _ in range(LIMIT):
        square = x * x + y * y
        doubt = 2 * np.sqrt(square) * error + error * error + rounding
        # Where nothing is known any more it is not surely inside.
        inside &= np.stack([(square + doubt <= 4.0) & (error < 1.0), square - doubt <= 4.0])
        bounds += inside
        # Where it is surely outside, or nothing is known any more, a point stays.
        goes_on = inside[1] & (error < 1.0)
        error = np.where(goes_on, doubt + rounding, error)
        x, y = np.where(goes_on, x * x - y * y + re, x), np.where(goes_on, 2.0 * x * y + im, y)
    return bounds


def agrees(counts, bounds):
    return counts.dtype == bounds.dtype and counts.shape == bounds.shape[1:] and bool(((bounds[0] <= counts) & (counts <= bounds[1])).all())


def amount(size):
    return size * size / 1e6


if __name__ == "__main__":
    from report import report

    report(__file__)
