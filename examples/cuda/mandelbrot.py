"""The Mandelbrot set: one thread for each point, which runs until it escapes. Threads of a warp have loops of different length."""

import numpy as np
from zouk import cuda

SIZE, SMALL = 1_000, 40
UNIT = "M points/s"

THREADS = 16, 16
LIMIT = 200


@cuda.jit
def mandelbrot(left, top, step, counts):
    column, row = cuda.grid(2)
    if row < counts.shape[0] and column < counts.shape[1]:
        re = left + column * step
        im = top + row * step
        x = y = 0.0
        count = 0
        while count < LIMIT and x * x + y * y <= 4.0:
            x, y = x * x - y * y + re, 2.0 * x * y + im
            count += 1
        counts[row, column] = count


def arguments(size):
    return -2.0, -1.25, 2.5 / size, np.zeros((size, size), np.int32)


def prepare(left, top, step, counts):
    return left, top, step, cuda.to_device(counts)


def launch(left, top, step, counts):
    blocks = (counts.shape[1] + THREADS[0] - 1) // THREADS[0], (counts.shape[0] + THREADS[1] - 1) // THREADS[1]
    mandelbrot[blocks, THREADS](left, top, step, counts)
    return counts


def expected(left, top, step, counts):
    im, re = top + step * np.arange(counts.shape[0])[:, None], left + step * np.arange(counts.shape[1])
    x, y = np.zeros(counts.shape), np.zeros(counts.shape)
    counts = np.zeros(counts.shape, np.int32)
    for _ in range(LIMIT):
        inside = x * x + y * y <= 4.0
        counts += inside
        x, y = np.where(inside, x * x - y * y + re, x), np.where(inside, 2.0 * x * y + im, y)
    return counts


def amount(size):
    return size * size / 1e6


if __name__ == "__main__":
    from report import report

    report(__file__)
