"""What carries a dependence from one iteration to another is refused, or runs on one thread with a warning; it is never wrong."""

import warnings

import numpy as np
import pytest

from zouk import ParallelError, ZoukPerformanceWarning, njit, parallel_chunksize, prange

A = np.random.default_rng(1).normal(size=40)


def recurrence(a):
    for i in prange(1, len(a)):
        a[i] = a[i - 1] * 2 + 1


def far(a):
    for i in prange(len(a) - 3):
        a[i] = a[i + 3]


def one_element(a):
    for i in prange(len(a)):
        a[0] = a[i] + i


def horner(a):
    s = 0.0
    for i in prange(len(a)):
        s = s * 0.5 + a[i]
    return s


def running(a):
    out = np.empty_like(a)
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
        out[i] = s
    return out


def flips(a):
    up = False
    n = 0
    for i in prange(len(a)):
        up = not up
        if up:
            n += 1
    return n


def fibonacci(n):
    a, b = 0, 1
    for i in prange(n):
        a, b = b, a + b
    return a


def previous(a):
    out = np.empty_like(a)
    last = 0.0
    for i in prange(len(a)):
        out[i] = a[i] - last
        last = a[i]
    return out


def depends_on_the_maximum(a):
    m, changes = -100.0, 0
    for i in prange(len(a)):
        if a[i] > m:
            m = a[i]
            changes += 1
    return m, changes


def scatter(a, k):
    for i in prange(len(k)):
        a[k[i]] = i


def rows_of_next(m):
    for i in prange(m.shape[0] - 1):
        m[i] = m[i + 1] * 2


def two_subscripts(a):
    n = len(a)
    for i in prange(n):
        a[i] = a[n - 1 - i]


K = np.array([3, 1, 3, 2, 3])
REFUSED = [
    (recurrence, (A,), "1 iteration"), (far, (A,), "3 iterations"), (one_element, (A,), "same"), (horner, (A,), "1 iteration"),
    (running, (A,), "looked at"), (flips, (A,), "1 iteration"), (fibonacci, (20,), "1 iteration"), (previous, (A,), "1 iteration"), (depends_on_the_maximum, (A,), "depends"),
    (scatter, (A, K), "no distance is known"), (rows_of_next, (A.reshape(8, 5),), "write and read"), (two_subscripts, (A,), "no distance is known"),
]  # fmt: skip


@pytest.mark.parametrize("function, args, text", REFUSED, ids=[case[0].__name__ for case in REFUSED])
def test_refused(function, args, text):
    with pytest.raises(ParallelError) as info:
        njit(parallel=True)(function)(*args)
    error = info.value
    assert text in str(error), str(error)
    assert error.diagnostics[0]["code"] == "carried-dependence"
    assert error.loc[0] == __file__


@pytest.mark.parametrize("function, args, text", REFUSED, ids=[case[0].__name__ for case in REFUSED])
def test_serial_with_a_warning(function, args, text):
    def copied():
        return [a.copy() if isinstance(a, np.ndarray) else a for a in args]

    serial = njit(parallel={"serial": True})(function)
    mine, plain = copied(), copied()
    with parallel_chunksize(1):
        with pytest.warns(ZoukPerformanceWarning, match="runs on one thread"):
            got = serial(*mine)
    np.testing.assert_allclose(got, function(*plain)) if got is not None else function(*plain)
    for x, y in zip(mine, plain):
        np.testing.assert_allclose(x, y)
    (remark,) = [remark for remark in serial.get_metadata(serial.signatures[0])["parallel"] if remark["kind"] == "prange"]
    assert remark["status"] == "serial" and remark["reason"]


def leaves(a):
    for i in prange(len(a)):
        if a[i] > 1.5:
            break
        a[i] = 0.0
    return a


def returns(a):
    for i in prange(len(a)):
        if a[i] > 1.0:
            return i
    return -1


@pytest.mark.parametrize("function", [leaves, returns])
def test_early_exits_run_on_one_thread(function):
    compiled = njit(parallel=True)(function)
    with pytest.warns(ZoukPerformanceWarning, match="leaves it early"):
        got = compiled(A.copy())
    np.testing.assert_array_equal(got, function(A.copy()))


def test_no_warnings_without_reason():
    @njit(parallel=True)
    def fine(a):
        s = 0.0
        for i in prange(len(a)):
            s += a[i]
        return s, a + 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fine(A)


def test_a_shared_generator_is_refused():
    @njit(parallel=True)
    def draw(rng, n):
        out = np.empty(n)
        for i in prange(n):
            out[i] = rng.random()
        return out

    with pytest.raises(ParallelError, match="random generator"):
        draw(np.random.default_rng(1), 10)


def array_sum(m):
    acc = np.zeros(m.shape[1])
    for i in prange(m.shape[0]):
        acc += m[i]
    return acc


def array_counts(m):
    low, high = np.zeros(m.shape[1], np.int64), np.ones((2, 3))
    for i in prange(m.shape[0]):
        for j in range(m.shape[1]):
            if m[i, j] < 0:
                low[j] += 1
            high[i % 2, j % 3] *= 1 + m[i, j] * m[i, j]
    return low, high


def histogram(a):
    h = np.zeros(10, np.int64)
    for i in prange(len(a)):
        h[int(abs(a[i]) * 3) % 10] += 1
    return h


def weights(k, w):
    out = np.zeros(3)
    for i in prange(len(k)):
        out[k[i]] += w[i]
    return out


def into_one_element(a):
    out = np.zeros(3)
    for i in prange(len(a)):
        out[0] += a[i]
        out[1] -= 2 * a[i]
    return out


def into_an_argument(acc, m):
    for i in prange(m.shape[0]):
        acc += m[i] * i
    return acc


@pytest.mark.parametrize(
    "function, args",
    [(array_sum, (A.reshape(8, 5),)), (array_sum, (A.reshape(1, 40),)), (array_sum, (np.zeros((0, 4)),)), (array_counts, (A.reshape(8, 5),)), (histogram, (A,)), (weights, (np.arange(40) % 4 - 2, A)), (into_one_element, (A,)), (into_an_argument, (np.arange(5.0), A.reshape(8, 5)))],
)
def test_reductions_into_arrays(function, args):
    compiled = njit(parallel=True)(function)
    for size in (0, 1, 3):
        with parallel_chunksize(size):
            got = compiled(*[a.copy() for a in args])
            wanted = function(*[a.copy() for a in args])
            for x, y in zip(got, wanted) if isinstance(wanted, tuple) else [(got, wanted)]:
                assert x.dtype == y.dtype
                np.testing.assert_allclose(x, y)
    (remark,) = {r["line"]: r for r in compiled.get_metadata(compiled.signatures[0])["parallel"] if r["status"] == "parallel" and r["kind"] == "prange"}.values()
    assert "array" in remark["reductions"]


def test_an_exception_leaves_what_is_reduced_into_as_it_was():
    @njit(parallel=True)
    def f(h, k):
        for i in prange(len(k)):
            h[k[i]] += 1

    for size in (0, 1, 3):
        with parallel_chunksize(size):
            h = np.arange(4)
            with pytest.raises(IndexError):
                f(h, np.array([0, 1, 2, 4, 1]))
            assert np.array_equal(h, np.arange(4))
