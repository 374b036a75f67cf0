"""Blocks and lanes of work for each thread, packed triangles, rows of sparse matrices: places that are looked at before the loop."""

import numpy as np
import pytest
from parallel_support import check

import zouk
from zouk import njit, prange

X = np.random.default_rng(5).normal(size=103)
POINTS = np.random.default_rng(6).normal(size=(12, 3))
KEYS = np.random.default_rng(7).integers(0, 17, size=103)
STARTS = np.concatenate([[0], np.cumsum(np.random.default_rng(8).integers(0, 6, size=20))])
VALUES = np.random.default_rng(9).normal(size=STARTS[-1])


def by_quotients(x, parts):
    n, out = len(x), np.zeros(len(x))
    for t in prange(parts):
        for i in range(t * n // parts, (t + 1) * n // parts):
            out[i] = x[i] * 2.0 + t
    return out


def last_one_longer(x, parts):
    n, out = len(x), np.zeros(len(x))
    size = n // parts
    for t in prange(parts):
        start, end = t * size, (t + 1) * size
        if t == parts - 1:
            end = n
        for i in range(start, end):
            out[i] = x[i] + t
    return out


def lanes(x, parts):
    out = np.zeros(len(x))
    for t in prange(parts):
        for i in range(t, len(x), parts):
            out[i] = x[i] + t
    return out


def lanes_of_slices(x, parts):
    out = x.copy()
    for t in prange(parts):
        out[t::parts] = t
    return out


def slices(x, parts):
    n, out = len(x), np.zeros(len(x))
    for t in prange(parts):
        out[t * n // parts : (t + 1) * n // parts] = x[t * n // parts : (t + 1) * n // parts] * 2
    return out


def by_columns(m):
    out = np.zeros(m.size)
    for i in prange(m.shape[0]):
        for j in range(m.shape[1]):
            out[j * m.shape[0] + i] = m[i, j]
    return out


def triangle(n):
    out = np.zeros(n * (n - 1) // 2)
    for i in prange(n):
        for j in range(i):
            out[i * (i - 1) // 2 + j] = 100.0 * i + j
    return out


def condensed(points):
    n = len(points)
    out = np.zeros(n * (n - 1) // 2)
    for i in prange(n):
        for j in range(i + 1, n):
            out[n * i - i * (i + 1) // 2 + j - i - 1] = np.sqrt(((points[i] - points[j]) ** 2).sum())
    return out


def rows(starts, values):
    out = values.copy()
    for i in prange(len(starts) - 1):
        total = 0.0
        for k in range(starts[i], starts[i + 1]):
            total += abs(values[k])
        for k in range(starts[i], starts[i + 1]):
            out[k] = values[k] / total
    return out


def marks(keys):
    seen = np.zeros(17, np.bool_)
    for i in prange(len(keys)):
        seen[keys[i]] = True
    return seen


def eliminated(a):
    a = a.copy()
    for k in range(len(a) - 1):
        for i in prange(k + 1, len(a)):
            a[i, k] /= a[k, k]
            for j in range(k + 1, len(a)):
                a[i, j] -= a[i, k] * a[k, j]
    return a


def greatest(x, keys):
    high, low, top = np.full(17, -np.inf), np.full(17, np.inf), np.zeros(17, np.int64)
    for i in prange(len(x)):
        high[keys[i]] = max(high[keys[i]], x[i])
        low[keys[i]] = min(low[keys[i]], x[i])
        top[keys[i]] = max(top[keys[i]], i)
    return high, low, top


def three(m):
    high, most = -np.inf, -np.inf
    for i in prange(len(m)):
        high = max(high, m[i, 0], m[i, 1])
        most = np.fmax(most, m[i, 2])
    return high, most


def steps(n):
    total = 0
    for i in prange(n):
        k = i + 1
        while k > 1:
            if k % 2 == 0:
                k //= 2
            else:
                k = 3 * k + 1
            total += 1
    return total


def up_and_down(n):
    a = np.arange(float(n))
    d = 1
    while d < n:
        for i in prange(n // (2 * d)):
            a[(i + 1) * 2 * d - 1] += a[(i + 1) * 2 * d - 1 - d]
        d *= 2
    return a


PROGRAMS = [
    (by_quotients, X, 4), (by_quotients, X, 200), (last_one_longer, X, 4), (lanes, X, 4), (lanes_of_slices, X, 5), (slices, X, 4), (by_columns, POINTS), (triangle, 20), (condensed, POINTS),
    (rows, STARTS, VALUES), (marks, KEYS), (eliminated, POINTS @ POINTS.T + 20 * np.eye(12)), (three, POINTS), (steps, 300), (greatest, X, KEYS), (up_and_down, 64),
]  # fmt: skip


@pytest.mark.parametrize("function, args", [(function, args) for function, *args in PROGRAMS])
def test_runs_in_parallel(function, args):
    check(function, *args)


@pytest.mark.parametrize("starts", [STARTS[::-1].copy(), np.array([0, 9, 4, 20]), np.array([0, 30, 10, 40, 20])])
def test_blocks_that_overlap_run_on_one_thread(starts):
    def f(starts, out):
        for i in prange(len(starts) - 1):
            for k in range(starts[i], starts[i + 1]):
                out[k] = out[k] * 2 + i

    got, wanted = np.ones(64), np.ones(64)
    njit(parallel=True)(f)(starts, got)
    f(starts, wanted)
    np.testing.assert_array_equal(got, wanted)


def test_lanes_closer_than_iterations_run_on_one_thread():
    def f(out, iterations, apart):
        if apart < 1:
            return
        for t in prange(iterations):
            for i in range(t, len(out), apart):
                out[i] = out[i] * 2 + t

    for iterations, apart in ((4, 4), (5, 4), (9, 2), (40, 1)):
        got, wanted = np.ones(64), np.ones(64)
        njit(parallel=True)(f)(got, iterations, apart)
        f(wanted, iterations, apart)
        np.testing.assert_array_equal(got, wanted)


def test_ends_outside_of_the_array_of_ends_raise_as_written():
    def f(starts, out):
        for i in prange(len(starts)):
            for k in range(starts[i], starts[i + 1]):
                out[k] = i

    with pytest.raises(IndexError):
        njit(parallel=True)(f)(STARTS, np.zeros(100))


def test_places_by_data_are_refused():
    def f(x, places, out):
        for i in prange(len(x)):
            out[places[i]] = x[i]

    with pytest.raises(zouk.errors.ParallelError):
        njit(parallel=True)(f)(X, KEYS, np.zeros(17))
