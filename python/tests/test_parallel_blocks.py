"""Blocks of elements whose length is known when the loop runs: tested then, and run as written where they overlap."""

import numpy as np
import pytest

from zouk import ParallelError, njit, parallel_chunksize, prange


def steps(a, n, k):
    for i in prange(n):
        a[i * k] = i
    return a


def negative_steps(a, n, k):
    for i in prange(n):
        a[400 - i * k] = i + 1
    return a


def blocks_of_any_length(a, n, k):
    for i in prange(n):
        for j in range(k):
            a[i * k + j] += i + j
    return a


def rows(a, n, k):
    b = a[:798].reshape(2, 399)
    for i in prange(n):
        for j in range(2):
            b[j, i * k] = i + j
    return a


def every_other(a, n, k):
    for i in prange(0, n, 2):
        for j in range(k):
            a[i * k + j + 1] = i
    return a


def two_numbers(a, n, k):
    m = k + 1
    for i in prange(n):
        for j in range(k):
            a[i * m + j + 2] = a[i * m + j + 2] * 2 + i
    return a


@pytest.mark.parametrize("function", [steps, negative_steps, blocks_of_any_length, rows, every_other, two_numbers])
def test_blocks(function):
    f = njit(parallel=True)(function)
    for k in (3, 1, 0, 19, 20, 21, 30, -1, -3):
        n = 6 if abs(k) > 3 else 19
        for size in (0, 1, 4):
            ours, theirs = np.arange(801) % 9, np.arange(801) % 9
            with parallel_chunksize(size):
                np.testing.assert_array_equal(f(ours, n, k), function(theirs, n, k))
    (remark,) = [r for r in f.get_metadata(f.signatures[0])["parallel"] if r["kind"] == "prange"]
    assert remark["status"] == "parallel" and remark["tests"] > 0


def test_distances_that_are_no_integers_of_floats():
    """Past 2**52 nothing is known of a distance: the loop runs as it is written, and raises what that raises."""
    f = njit(parallel=True)(steps)
    for k in (2**53 + 1, 2**62, -(2**63), 2**63 - 1):
        ours, theirs = np.zeros(801, np.int64), np.zeros(801, np.int64)
        assert np.array_equal(f(ours, 1, k), steps(theirs, 1, k))
        with pytest.raises(IndexError):
            steps(theirs, 2, k)
        with pytest.raises(IndexError):
            f(ours, 2, k if k != 2**62 else 2**61)


def moved(a, k):
    for i in prange(100):
        a[i + k] = a[i]


def moved_blocks(a, k):
    for i in prange(20):
        a[i * k] = a[i * k + 1]


def one_place(a, k):
    for i in prange(20):
        a[k] = i


def unknown(a, k):
    for i in prange(20):
        a[i * i % (k + 1)] = i


@pytest.mark.parametrize("function", [moved, moved_blocks, one_place, unknown])
def test_what_depends_on_another_place_is_refused(function):
    with pytest.raises(ParallelError):
        njit(parallel=True)(function)(np.zeros(400), 3)
