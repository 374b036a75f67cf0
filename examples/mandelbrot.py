"""The Mandelbrot set by complex arithmetic: how many steps each point of a grid takes to leave the disc of radius 2."""

import numpy as np
from zouk import njit

SIZE, SMALL = 640, 40


@njit
def escape_time(c, limit):
    z = 0j
    for step in range(limit):
        z = z * z + c
        if z.real * z.real + z.imag * z.imag > 4.0:
            return step
    return limit


@njit
def mandelbrot(width, height, limit):
    image = np.empty((height, width), np.int64)
    for row in range(height):
        imag = 2.5 * row / height - 1.25
        for column in range(width):
            real = 3.0 * column / width - 2.0
            image[row, column] = escape_time(complex(real, imag), limit)
    return image


def arguments(size):
    return size, size, 200


run = mandelbrot
