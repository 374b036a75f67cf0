"""`prange` loops on several threads: their values are those of the plain function, in whatever chunks they run."""

import math

import numpy as np
import pytest
from parallel_support import A, K, M, check, elements, same

import zouk
from zouk import njit, parallel_chunksize, prange


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
    (double, (A, np.zeros(50))), (steps, (A,)), (backwards, (A,)), (both_steps, (A, 2, 45, 5)), (both_steps, (A, 40, 1, -3)),
    (both_steps, (A, 5, 5, 1)), (temporaries, (A, np.zeros(50))), (row_sums, (M,)), (row_sums, (M.T,)), (row_views, (M,)), (row_slices, (M,)),
    (own_arrays, (20,)), (flattened, (7, 5)), (stencil, (A,)), (apart_in_one_array, (A,)), (gather, (A, K)), (inner_while, (30,)), (in_a_loop, (A,)),
    (over_items, (A,)), (calls, (M,)),
]  # fmt: skip


@pytest.mark.parametrize("function, args", CASES, ids=[f"{function.__name__}-{i}" for i, (function, _) in enumerate(CASES)])
def test_values(function, args):
    check(function, *args)


def test_nests_and_sequences():
    check(nested, M, parallel=1)
    check(two_loops, A, parallel=2)


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
