"""`prange` loops on several threads: their values are those of the plain function, in whatever chunks they run."""

import math

import numpy as np
import pytest

import zouk
from zouk import njit, parallel_chunksize, prange

CHUNKS = (0, 1, 3, 7, 1000)


def same(got, wanted):
    if isinstance(wanted, tuple):
        assert isinstance(got, tuple) and len(got) == len(wanted)
        for x, y in zip(got, wanted):
            same(x, y)
        return
    if wanted is None:
        assert got is None
        return
    if isinstance(wanted, np.ndarray):
        assert got.dtype == wanted.dtype and got.shape == wanted.shape
    # Sums of chunks round in another order.
    np.testing.assert_allclose(got, wanted, rtol=1e-12, atol=1e-12, equal_nan=True)


def copies(args):
    return [a.copy() if isinstance(a, np.ndarray) else a for a in args]


def check(function, *args, parallel=None):
    """Runs it in chunks of several sizes, beside the plain function; `parallel` loops must be."""
    compiled = njit(parallel=True)(function)
    for size in CHUNKS:
        with parallel_chunksize(size):
            mine, plain = copies(args), copies(args)
            same(compiled(*mine), function(*plain))
            same(tuple(a for a in mine if isinstance(a, np.ndarray)), tuple(a for a in plain if isinstance(a, np.ndarray)))
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    loops = [remark for remark in remarks if remark["kind"] == "prange" and remark["status"] in ("parallel", "fused")]
    assert len({remark["line"] for remark in loops}) == (1 if parallel is None else parallel), remarks


A = np.random.default_rng(1).normal(size=50)
M = np.random.default_rng(2).normal(size=(13, 9))
K = np.random.default_rng(3).integers(-9, 9, 60)


def double(a, b):
    for i in prange(a.shape[0]):
        b[i] = a[i] * 2


def steps(a):
    for i in prange(3, a.shape[0], 4):
        a[i] = -a[i] + i


def backwards(a):
    for i in prange(a.shape[0] - 1, -1, -1):
        a[i] = a[i] + i


def both_steps(a, start, stop, step):
    for i in prange(start, stop, step):
        a[i] = i


def elements(a):
    s = 0.0
    for i in prange(len(a)):
        s += a[i]
    return s


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


def temporaries(a, b):
    t = 0.0
    for i in prange(len(a)):
        t = a[i] * 2
        u = t + 1
        if u > 0:
            t = u
        b[i] = t
    return t


def nested(m):
    out = np.zeros(m.shape)
    for i in prange(m.shape[0]):
        for j in prange(m.shape[1]):
            out[i, j] = m[i, j] * i + j
    return out


def row_sums(m):
    out = np.empty(m.shape[0])
    for i in prange(m.shape[0]):
        s = 0.0
        for j in range(m.shape[1]):
            s += m[i, j]
        out[i] = s
    return out


def row_views(m):
    out = np.empty_like(m)
    for i in prange(m.shape[0]):
        row = m[i]
        out[i] = row * row.sum()
    return out


def row_slices(m):
    out = np.zeros_like(m)
    for i in prange(m.shape[0]):
        out[i, 1:] = m[i, :-1]
        out[i, 0] = i
    return out


def own_arrays(n):
    out = np.empty(n)
    for i in prange(n):
        scratch = np.zeros(5)
        for j in range(5):
            scratch[j] = i * j
        out[i] = scratch.sum()
    return out


def flattened(n, w):
    out = np.empty(n * w)
    for i in prange(n):
        for j in range(w):
            out[i * w + j] = i - j
    return out


def stencil(a):
    out = np.zeros_like(a)
    for i in prange(1, len(a) - 1):
        out[i] = a[i - 1] + 2 * a[i] + a[i + 1]
    return out


def apart_in_one_array(a):
    n = len(a) // 2
    for i in prange(n):
        a[2 * i] = a[2 * i + 1] * 3


def gather(a, k):
    out = np.empty(len(k))
    for i in prange(len(k)):
        out[i] = a[k[i] + 9]
    return out


def inner_while(n):
    out = np.zeros(n, np.int64)
    for i in prange(n):
        x = i + 1
        while x != 1 and out[i] < 1000:
            x = x // 2 if x % 2 == 0 else 3 * x + 1
            out[i] += 1
    return out


def two_loops(a):
    b = np.empty_like(a)
    for i in prange(len(a)):
        b[i] = a[i] + 1
    s = 0.0
    for i in prange(len(a)):
        s += b[i]
    return s, b


def in_a_loop(a):
    for _ in range(3):
        for i in prange(len(a)):
            a[i] = a[i] * 0.5 + 1


def over_items(a):
    s = 0.0
    for i in prange(len(a)):
        for x in (1.0, 2.0):
            s += a[i] * x
    return s


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


@njit
def helper(row, out):
    out[0] = row[0]
    out[1] = row.sum()


def calls(m):
    out = np.empty((m.shape[0], 2))
    for i in prange(m.shape[0]):
        helper(m[i], out[i])
    return out


CASES = [
    (double, (A, np.zeros(50))), (steps, (A,)), (backwards, (A,)), (both_steps, (A, 2, 45, 5)), (both_steps, (A, 40, 1, -3)), (both_steps, (A, 5, 5, 1)),
    (elements, (A,)), (elements, (np.zeros(0),)), (elements, (A[::2],)), (subtract, (A,)), (product, (A,)), (quotient, (A,)), (integers, (K,)),
    (several_terms, (A,)), (conditional, (A, K)), (complex_sum, (A,)), (greatest, (A,)), (least_of_integers, (K,)), (greatest_by_branch, (A,)),
    (least_by_branch, (A,)), (least_or_equal, (K,)), (argmax, (A,)), (argmax, (np.full(20, -np.inf),)), (argmax, (np.zeros(0),)), (argmin, (K,)), (argmax_of_rows, (M,)), (argmax_where, (A, K)),
    (last_value, (A,)), (last_value, (np.zeros(0),)), (temporaries, (A, np.zeros(50))), (row_sums, (M,)), (row_sums, (M.T,)), (row_views, (M,)), (row_slices, (M,)),
    (own_arrays, (20,)), (flattened, (7, 5)), (stencil, (A,)), (apart_in_one_array, (A,)), (gather, (A, K)), (inner_while, (30,)),
    (in_a_loop, (A,)), (over_items, (A,)), (booleans, (K,)), (of_float32, (A,)), (maximum_ufunc, (A,)), (calls, (M,)),
]  # fmt: skip


@pytest.mark.parametrize("function, args", CASES, ids=[f"{function.__name__}-{i}" for i, (function, _) in enumerate(CASES)])
def test_values(function, args):
    check(function, *args)


def test_nests_and_sequences():
    check(nested, M, parallel=1)
    check(two_loops, A, parallel=2)


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


def test_a_large_loop_runs_on_several_threads():
    @njit(parallel=True)
    def threads(n):
        seen = np.zeros(n, np.int64)
        for i in prange(n):
            x = 0.0
            for j in range(2000):
                x += math.sqrt(i * j)
            seen[i] = zouk.get_thread_id() + (x < 0)
        return seen

    seen = set(threads(4000))
    assert seen <= set(range(zouk.get_num_threads()))
    assert len(seen) > 1 or zouk.get_num_threads() == 1


def test_overlapping_arguments_run_as_written():
    a = np.arange(100.0)
    compiled = njit(parallel=True)(double)

    def shifted(function):
        x = a.copy()
        function(x[:-1], x[1:])
        return x

    with parallel_chunksize(5):
        same(shifted(compiled), shifted(double))
        x, y = a.copy(), a.copy()
        compiled(x, x)
        double(y, y)
        same(x, y)


def test_arrays_whose_places_repeat_run_as_written():
    @njit(parallel=True)
    def number(a):
        for i in prange(a.shape[0]):
            a[i] = i

    x, y = np.zeros(3), np.zeros(3)
    with parallel_chunksize(1):
        number(np.lib.stride_tricks.as_strided(x, (50,), (0,)))
    number.py_func(np.lib.stride_tricks.as_strided(y, (50,), (0,)))
    same(x, y)


def test_random_numbers_are_drawn_by_each_thread():
    @njit(parallel=True)
    def draw(n):
        out = np.empty(n)
        for i in prange(n):
            out[i] = np.random.random()
        return out

    with parallel_chunksize(10):
        numbers = draw(1000)
    assert len(set(numbers)) == 1000 and (0 <= numbers).all() and (numbers < 1).all()


def test_without_parallel_prange_is_range():
    order = []

    @njit
    def plain(a):
        for i in prange(1, len(a)):
            a[i] = a[i - 1] + 1

    x, y = np.zeros(9), np.zeros(9)
    plain(x)
    plain.py_func(y)
    same(x, y)
    assert plain.get_metadata(plain.signatures[0])["parallel"] == [] and order == []


@pytest.mark.parametrize("options", [{"prange": False}, {"prange": True}, {"reduction": False, "prange": True}, {"fusion": True}])
def test_options_as_a_dict(options):
    compiled = njit(parallel=options)(elements)
    same(compiled(A), elements(A))
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    assert bool(remarks) == options.get("prange", True)


def test_wrong_options():
    with pytest.raises(NameError, match="Unrecognized parallel options"):
        njit(parallel={"nothing": True})(elements)
    with pytest.raises(ValueError, match="bool or dict"):
        njit(parallel=3)(elements)
