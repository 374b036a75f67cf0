"""`prange` where it is no head of a `for`: it is `range` there."""

import numpy as np
import pytest
from zouk import njit, prange


def comprehension(n): return np.array([i * 2 for i in prange(n)])
def length(n): return len(prange(n))
def total(n): return sum(prange(1, n, 2))
def numbered(n): return np.array([k + i for k, i in enumerate(prange(n))])
def zipped(n): return np.array([i * j for i, j in zip(prange(n), prange(1, n + 1))])
def membership(n): return 3 in prange(n)
def item(n): return prange(n)[1]


def named(n):
    r = prange(n)
    s = 0
    for i in r:
        s += i
    return s, len(r)


def enumerated(n):
    s = 0
    for k, i in enumerate(prange(n)):
        s += k * i
    return s


@pytest.mark.parametrize("function", [comprehension, length, total, numbered, zipped, membership, item, named, enumerated])
@pytest.mark.parametrize("parallel", [False, True])
def test_it_is_range(function, parallel):
    np.testing.assert_equal(njit(parallel=parallel)(function)(6), function(6))
