"""Loops that begin with elements one by one, up to where stores are aligned: wherever arrays begin, and however long they are, results are those of Python and NumPy."""

import numpy as np
import pytest

from zouk import njit, prange

# Around the least numbers of iterations for which loops are split.
LENGTHS = [1, 7, 255, 256, 257, 300]
ROWS = {"f4": [1535, 1540, 1553], "f8": [767, 770, 785], "i4": [1537, 1551], "i8": [771], "c16": [300, 770]}
DTYPES = list(ROWS)


def at(offset, shape, dtype, seed=0):
    """Numbers that begin `offset` elements behind a line of the cache, with others before and after, which nothing may change."""
    dtype = np.dtype(dtype)
    size = int(np.prod(shape))
    space = np.random.default_rng(seed).integers(-1000, 1000, size + 256).astype(dtype)
    start = (-space.ctypes.data % 64) // dtype.itemsize + 64 + offset
    return space, space[start : start + size].reshape(shape)


def scale(a, b):
    for i in range(len(a)):
        b[i] = a[i] * 3 + b[i]


def both(a, b):
    for i in range(1, len(a) - 1):
        b[i] = a[i + 1] - a[i - 1]
        a[i] = b[i]


def ahead(a, b):
    for i in range(len(a) - 1):
        a[i] = a[i + 1] + b[i]


def carried(a, b):
    for i in range(1, len(a)):
        a[i] = a[i - 1] + b[i]


def assign(a, b):
    b[1:] = a[1:] * 2 - b[1:]


def skip(a, b):
    b[::2] = a[::2] + 1


def shared(a, b):
    for i in range(len(a)):
        b[i] = a[i] * 3 + b[i]
        a[i] = a[i] + 1


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [scale, both, ahead, carried, assign, skip, shared])
def test_one_axis(function, dtype):
    compiled = njit(function)
    for n in LENGTHS:
        for offset in range(8):
            spaces, arrays = zip(at(offset, n, dtype, 1), at(3 * offset % 8, n, dtype, 2))
            want = [space.copy() for space in spaces]
            begins = [(a.ctypes.data - space.ctypes.data) // a.itemsize for space, a in zip(spaces, arrays)]
            compiled(*arrays)
            function(*(space[begin : begin + n] for space, begin in zip(want, begins)))
            for got, expected in zip(spaces, want):
                np.testing.assert_array_equal(got, expected)


def five(u, v):
    n, m = u.shape
    for i in range(1, n - 1):
        for j in range(1, m - 1):
            v[i, j] = u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1]


def expected_five(u, v):
    v[1:-1, 1:-1] = u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2]


def parallel_five(u, v):
    n, m = u.shape
    for i in prange(1, n - 1):
        for j in range(1, m - 1):
            v[i, j] = u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", [five, expected_five, parallel_five])
def test_rows(function, dtype):
    compiled = njit(parallel=function is parallel_five)(function)
    for m in [3, 50, *ROWS[dtype]]:
        for offset in range(8):
            (_, u), (_, v) = at(offset, (4, m), dtype, 3), at(offset, (4, m), dtype, 4)
            want = v.copy()
            expected_five(u, want)
            compiled(u, v)
            np.testing.assert_array_equal(v, want)


def test_one_array_in_and_out():
    """The nest reads what it has written, row by row and within a row: in Python's order."""
    compiled = njit(five)
    _, v = at(1, (4, 800), "f8")
    want = v.copy()
    compiled(v, v)
    five(want, want)
    np.testing.assert_array_equal(v, want)


def test_columns():
    """Fortran order, where the first axis has the neighbours, and rows that are apart."""

    @njit
    def add(u, v):
        n, m = u.shape
        for j in range(1, m - 1):
            for i in range(1, n - 1):
                v[i, j] = u[i, j] + u[i, j - 1] + u[i, j + 1] + v[i, j]

    for offset in range(8):
        (_, u), (_, v) = at(offset, (4, 900), "f8", 5), at(offset, (4, 900), "f8", 6)
        for x, y in ((u.T, v.T), (u[:, 50:], v[:, 50:]), (u[:, ::2], v[:, ::2])):
            want = y.copy()
            want[1:-1, 1:-1] += x[1:-1, 1:-1] + x[1:-1, :-2] + x[1:-1, 2:]
            add(x, y)
            np.testing.assert_array_equal(y, want)


def test_elements_that_are_not_aligned():
    """An array whose elements lie at odd addresses has no border that an element begins at."""
    compiled = njit(scale)
    for shift in (1, 4):
        for offset in range(8):
            space = np.zeros(8 * 700, np.uint8)
            b = space[shift + 8 * offset : shift + 8 * offset + 8 * 600].view("f8")
            a = np.arange(600.0)
            b[:] = a + 0.5
            want = a * 3 + b
            compiled(a, b)
            np.testing.assert_array_equal(b, want)
