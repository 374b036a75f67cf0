"""Scratch arrays that every iteration writes anew: each chunk has its own."""

import numpy as np
import pytest

from zouk import ParallelError, njit, parallel_chunksize, prange

M = np.random.default_rng(0).standard_normal((12, 7))


def filled(m):
    out = np.empty(m.shape[0])
    tmp = np.empty(m.shape[1])
    for i in prange(m.shape[0]):
        for j in range(m.shape[1]):
            tmp[j] = m[i, j] * 2
        s = 0.0
        for j in range(m.shape[1]):
            s += tmp[j] * tmp[m.shape[1] - 1 - j]
        out[i] = s
    return out


def whole(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros(m.shape[1])
    for i in prange(m.shape[0]):
        tmp[:] = m[i]
        for j in range(1, m.shape[1]):
            tmp[j] += tmp[j - 1]
        out[i] = tmp[m.shape[1] - 1]
    return out


def constants(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros(3)
    for i in prange(m.shape[0]):
        tmp[0] = m[i, 0]
        tmp[1] = m[i, 1]
        tmp[2] = tmp[0] * tmp[1]
        out[i] = tmp[2] + tmp[0]
    return out


def table(m):
    n, k = m.shape
    out = np.empty(n)
    tmp = np.empty((k, 3))
    for i in prange(n):
        for j in range(k):
            for c in range(3):
                tmp[j, c] = m[i, j] + c
        s = 0.0
        for c in range(3):
            for j in range(k):
                s += tmp[j, c]
        out[i] = s
    return out


def same_subscript(m):
    n, k = m.shape
    out = np.empty(n)
    tmp = np.empty(k)
    for i in prange(n):
        s = 0.0
        for j in range(k):
            tmp[j] = m[i, j]
            s += tmp[j] * tmp[j]
        out[i] = s
    return out


@pytest.mark.parametrize("function", [filled, whole, constants, table, same_subscript])
def test_each_chunk_has_its_own(function):
    compiled = njit(parallel=True)(function)
    for size in (0, 1, 5):
        with parallel_chunksize(size):
            for rows in (0, 1, 12):
                np.testing.assert_allclose(compiled(M[:rows]), function(M[:rows]))
    assert [r for r in compiled.get_metadata(compiled.signatures[0])["parallel"] if r["kind"] == "prange" and r["status"] == "parallel"]


def partly(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros(m.shape[1])
    for i in prange(m.shape[0]):
        for j in range(1, m.shape[1]):
            tmp[j] = m[i, j]
        out[i] = tmp[0] + tmp[1]
        tmp[0] = m[i, 0]
    return out


def sometimes(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros(3)
    for i in prange(m.shape[0]):
        if m[i, 0] > 0:
            tmp[0] = m[i, 0]
        out[i] = tmp[0]
    return out


def afterwards(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros(3)
    for i in prange(m.shape[0]):
        tmp[0] = m[i, 0]
        out[i] = tmp[0]
    return out, tmp


def an_argument(m, tmp):
    out = np.empty(m.shape[0])
    for i in prange(m.shape[0]):
        tmp[0] = m[i, 0]
        out[i] = tmp[0]
    return out


def diagonal(m):
    out = np.empty(m.shape[0])
    tmp = np.zeros((3, 3))
    for i in prange(m.shape[0]):
        for j in range(3):
            tmp[j, j] = m[i, j]
        out[i] = tmp[0, 1]
        tmp[0, 1] = i
    return out


def shorter(m):
    k = m.shape[1]
    out = np.empty(m.shape[0])
    tmp = np.zeros(k)
    for i in prange(m.shape[0]):
        for j in range(i % k):
            tmp[j] = m[i, j]
        s = 0.0
        for j in range(k):
            s += tmp[j]
        out[i] = s
    return out


@pytest.mark.parametrize("function", [partly, sometimes, afterwards, an_argument, diagonal, shorter])
def test_others_are_refused(function):
    with pytest.raises(ParallelError, match="the same element"):
        njit(parallel=True)(function)(M, *[np.zeros(3)] * (function is an_argument))
