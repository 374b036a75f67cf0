"""Neighbouring parallel loops become one where that changes nothing; every program is compared with CPython running it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import register

from zouk import njit, parallel_chunksize, prange

A = np.random.default_rng(0).standard_normal(40)


def chain(a):
    n = len(a)
    b = np.empty(n)
    c = np.empty(n)
    for i in prange(n):
        b[i] = a[i] * 2
    for i in prange(n):
        c[i] = b[i] + a[i]
    return b, c


def in_place(a):
    a = a.copy()
    for i in prange(len(a)):
        a[i] += 1
    for i in prange(len(a)):
        a[i] *= a[i]
    return a


def with_sums(a):
    n = len(a)
    b = np.empty(n)
    total = 0.0
    for i in prange(n):
        b[i] = a[i] * a[i]
        total += a[i]
    greatest = -1.0
    at = -1
    count = 0
    for i in prange(n):
        if b[i] > greatest:
            greatest = b[i]
            at = i
        if b[i] > 0.5:
            count += 1
    return b, total, greatest, at, count


def of_rows(a):
    m = a.reshape(-1, 4)
    rows, columns = m.shape
    b = np.empty((rows, columns))
    s = np.empty(rows)
    for i in prange(rows):
        for j in range(columns):
            b[i, j] = m[i, j] * 3
    for i in prange(rows):
        t = 0.0
        for j in range(columns):
            t += b[i, j]
        s[i] = t
    return b, s


def three(a):
    n = len(a)
    b = np.zeros(n)
    for i in prange(n):
        b[i] = a[i] + 1
    for i in prange(n):
        b[i] = b[i] * a[i]
    for i in prange(n):
        b[i] -= a[i]
    return b


def neighbour(a):
    n = len(a)
    b = np.zeros(n)
    c = np.zeros(n)
    for i in prange(n):
        b[i] = a[i] * 2
    for i in prange(1, n):
        c[i] = b[i - 1]
    return b, c


def shifted(a):
    n = len(a)
    b = np.zeros(n + 1)
    c = np.zeros(n)
    for i in prange(n):
        b[i] = a[i] * 2
    for i in prange(n):
        c[i] = b[i + 1]
    return b, c


def overwritten(a):
    n = len(a)
    a = a.copy()
    c = np.zeros(n)
    for i in prange(n):
        c[i] = a[n - 1 - i]
    for i in prange(n):
        a[i] = c[i]
    return a, c


def sum_between(a):
    n = len(a)
    b = np.zeros(n)
    total = 0.0
    for i in prange(n):
        total += a[i]
    for i in prange(n):
        b[i] = a[i] - total
    return b


def written_between(a):
    n = len(a)
    b = np.zeros(n)
    c = np.zeros(n)
    for i in prange(n):
        b[i] = a[i]
    if n > 3:
        b[3] = 100.0
    for i in prange(n):
        c[i] = b[i]
    return b, c


def other_range(a):
    n = len(a)
    b = np.zeros(n)
    for i in prange(n):
        b[i] = a[i]
    for i in prange(n // 2):
        b[i] += 1
    return b


def arrays_beside(a):
    n = len(a)
    b = a * 2
    c = np.empty(n)
    for i in prange(n):
        c[i] = b[i] + a[i]
    return b, c


FUSED = [chain, in_place, with_sums, of_rows, three, arrays_beside]
APART = [neighbour, shifted, overwritten, sum_between, written_between, other_range]


def same(got, wanted):
    for x, y in zip(got, wanted) if isinstance(wanted, tuple) else [(got, wanted)]:
        np.testing.assert_allclose(x, y, rtol=1e-12)


@pytest.mark.parametrize("function", FUSED + APART)
@pytest.mark.parametrize("length", [0, 4, 40])
def test_values(function, length):
    compiled = njit(parallel=True)(function)
    for size in (0, 1, 3):
        with parallel_chunksize(size):
            same(compiled(A[:length]), function(A[:length]))


def statuses(compiled):
    return [remark["status"] for remark in compiled.get_metadata(compiled.signatures[0])["parallel"]]


@pytest.mark.parametrize("function", FUSED)
def test_they_are_one(function):
    compiled = njit(parallel=True)(function)
    compiled(A)
    assert "fused" in statuses(compiled)


@pytest.mark.parametrize("function", APART)
def test_they_stay_apart(function):
    compiled = njit(parallel=True)(function)
    compiled(A)
    assert "fused" not in statuses(compiled) and "parallel" in statuses(compiled)


@settings(max_examples=60, deadline=None)
@given(up=st.integers(0, 4), down=st.integers(0, 4), same_array=st.booleans())
def test_any_distance(up, down, same_array):
    """Constant distances between what the first loop writes and the second reads."""
    source = f"def f(x, y, z):\n    n = len(x) - 4\n    for i in prange(n):\n        y[i + {up}] = x[i + 2] + 1\n    for i in prange(n):\n        z[i + 2] = y[i + {down}] * 2\n"
    scope = {"prange": prange}
    exec(compile(source, register(source), "exec"), scope)
    x = np.arange(20.0)
    got, wanted = ([x.copy(), np.zeros(20), np.zeros(20)] for _ in range(2))
    if same_array:
        got[2], wanted[2] = got[0], wanted[0]
    with parallel_chunksize(2):
        njit(parallel=True)(scope["f"])(*got)
    scope["f"](*wanted)
    same(tuple(got), tuple(wanted))


def test_it_can_be_left_out():
    compiled = njit(parallel={"fusion": False})(chain)
    same(compiled(A), chain(A))
    assert "fused" not in statuses(compiled)
