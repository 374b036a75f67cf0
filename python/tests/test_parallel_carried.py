"""What `prange` loops carry: sums and products, extremes and their places, values of the latest iteration."""

import math

import numpy as np
import pytest
from parallel_support import A, K, M, check, elements

from zouk import njit, parallel_chunksize, prange


def subtract(a):
    s = 10.0
    for i in prange(len(a)):
        s -= a[i]
    return s


def product(a):
    s = 2.0
    for i in prange(len(a)):
        s *= 1 + a[i] / 10
    return s


def quotient(a):
    s = 2.0
    for i in prange(len(a)):
        s /= 1.5 + a[i] * a[i]
    return s


def integers(k):
    s, p, x, o, n = 1, 3, 5, 0, -1
    for i in prange(len(k)):
        s += k[i]
        p *= 2 * k[i] + 1
        x ^= k[i]
        o |= k[i]
        n &= k[i] | 64
    return s, p, x, o, n


def several_terms(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
        if a[i] > 0:
            s -= 0.5
        for j in range(3):
            s += j * a[i]
    return s


def conditional(a, k):
    s, count = 0.0, 0
    for i in prange(len(a)):
        if k[i] > 0:
            s += a[i]
            count += 1
    return s, count


def complex_sum(a):
    s = 1j
    for i in prange(len(a)):
        s += a[i] * (1 + 2j)
    return s


def greatest(a):
    m = -1e300
    for i in prange(len(a)):
        m = max(m, a[i])
    return m


def least_of_integers(k):
    m = 100
    for i in prange(len(k)):
        m = min(m, k[i])
    return m


def greatest_by_branch(a):
    m = -1.0
    for i in prange(len(a)):
        if a[i] > m:
            m = a[i]
    return m


def least_by_branch(a):
    m = 1e9
    for i in prange(len(a)):
        if m > a[i]:
            m = a[i]
    return m


def least_or_equal(k):
    m = 1 << 40
    for i in prange(len(k)):
        if k[i] <= m:
            m = k[i]
    return m


def argmax(a):
    best, at = -np.inf, -1
    for i in prange(len(a)):
        if a[i] > best:
            best = a[i]
            at = i
    return best, at


def argmin(k):
    best, at, twice = k[0], 0, 0
    for i in prange(1, len(k)):
        if k[i] < best:
            best = k[i]
            at = i
            twice = 2 * i
    return best, at, twice


def argmax_of_rows(m):
    best, row, column = -np.inf, -1, -1
    for i in prange(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] > best:
                best = m[i, j]
                row = i
                column = j
    return best, row, column


def argmax_where(a, k):
    best, at = -np.inf, -1
    for i in prange(len(a)):
        if k[i] > 0:
            if a[i] > best:
                best = a[i]
                at = i
    return best, at


def last_value(a):
    last, square = 0.0, -1.0
    for i in prange(len(a)):
        last = a[i]
        square = last * last
    return last, square


def booleans(k):
    anything, everything = False, True
    for i in prange(len(k)):
        anything |= k[i] > 5
        everything &= k[i] < 100
    return anything, everything


def of_float32(a):
    b = a.astype(np.float32)
    s = np.float32(0)
    for i in prange(len(b)):
        s += b[i]
    return abs(s - b.sum()) < 1e-4


def maximum_ufunc(a):
    m = -np.inf
    for i in prange(len(a)):
        m = np.maximum(m, a[i])
    return m


CASES = [
    (elements, (A,)), (elements, (np.zeros(0),)), (elements, (A[::2],)), (subtract, (A,)), (product, (A,)), (quotient, (A,)), (integers, (K,)),
    (several_terms, (A,)), (conditional, (A, K)), (complex_sum, (A,)), (greatest, (A,)), (least_of_integers, (K,)), (greatest_by_branch, (A,)),
    (least_by_branch, (A,)), (least_or_equal, (K,)), (argmax, (A,)), (argmax, (np.full(20, -np.inf),)), (argmax, (np.zeros(0),)), (argmin, (K,)),
    (argmax_of_rows, (M,)), (argmax_where, (A, K)), (last_value, (A,)), (last_value, (np.zeros(0),)), (booleans, (K,)), (of_float32, (A,)),
    (maximum_ufunc, (A,)),
]  # fmt: skip


@pytest.mark.parametrize("function, args", CASES, ids=[f"{function.__name__}-{i}" for i, (function, _) in enumerate(CASES)])
def test_values(function, args):
    check(function, *args)


def test_special_values_are_put_together_as_in_a_loop():
    for values in ([1.0, np.nan, 3.0, 2.0], [np.nan] * 5, [-0.0, 0.0, -0.0], [np.inf, -np.inf, np.inf], [0.0, -0.0]):
        a = np.array(values * 3)
        for function in (greatest, greatest_by_branch, least_by_branch, argmax):
            check(function, a)
    # The sign of a zero, and of a sum of zeros.
    for values in ([-0.0, 0.0], [0.0, -0.0], [-0.0, -0.0]):

        @njit(parallel=True)
        def total(a, s):
            for i in prange(len(a)):
                s += a[i]
            return s

        with parallel_chunksize(1):
            assert math.copysign(1, total(np.array(values), -0.0)) == math.copysign(1, total.py_func(np.array(values), -0.0))


def test_results_do_not_vary():
    a = np.random.default_rng(5).normal(size=1_000_000)
    compiled = njit(parallel=True)(elements)
    assert len({compiled(a) for _ in range(20)}) == 1
    assert abs(compiled(a) - math.fsum(a)) < 1e-6
