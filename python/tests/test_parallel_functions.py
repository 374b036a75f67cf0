"""Functions by their address in parallel loops: what takes and gives numbers alone touches no array of the loop."""

import ctypes

import numpy as np
import pytest

from zouk import ParallelError, njit, parallel_chunksize, prange, types

REAL = types.FunctionType(types.float64(types.float64))
A = np.arange(900.0) - 3


@njit
def double(x):
    return x * 2


@njit
def root(x):
    if x < 0:
        raise ValueError(x)
    return x**0.5


def mapped(g, a):
    out = np.empty(a.size)
    for i in prange(a.size):
        out[i] = g(a[i]) + 1
    return out


def in_place(g, a):
    for i in prange(a.size):
        a[i] = g(a[i])
    return a


def twice(g, a):
    out = np.zeros((3, a.size))
    for i in prange(a.size):
        for j in range(3):
            if a[i] > 0:
                out[j, i] = g(g(a[i] + j))
    return out


def total(g, a):
    s = 0.0
    for i in prange(a.size):
        s += g(a[i])
    return s


@njit
def apply(g, x):
    return g(x) - g(-x)


def through_a_function(g, a):
    out = np.empty(a.size)
    for i in prange(a.size):
        out[i] = apply(g, a[i])
    return out


@pytest.mark.parametrize("function", [mapped, in_place, twice, total, through_a_function])
def test_calls_by_address(function):
    result = types.float64 if function is total else types.float64[:, :] if function is twice else types.float64[:]
    f = njit(result(REAL, types.float64[:]), parallel=True)(function)
    for size in (0, 1, 70):
        with parallel_chunksize(size):
            np.testing.assert_allclose(f(double, A.copy()), function(double, A.copy()))
    (remark, *_) = [r for r in f.get_metadata(f.signatures[0])["parallel"] if r["kind"] == "prange"]
    assert remark["status"] == "parallel"


def test_the_first_exception_is_raised():
    f = njit(types.float64[:](REAL, types.float64[:]), parallel=True)(mapped)
    for size in (0, 1, 70):
        with parallel_chunksize(size), pytest.raises(ValueError) as raised:
            f(root, A)
        assert raised.value.args == (A[0],)
        with parallel_chunksize(size):
            np.testing.assert_allclose(f(root, A[3:]), mapped(root, A[3:]))


@pytest.mark.parametrize("parallel", [False, True])
def test_many_calls_need_no_more_memory(parallel):
    f = njit(types.float64(REAL, types.float64[:]), parallel=parallel)(total)
    a = np.ones(4_000_000)
    for size in (0, 4_000_000):
        with parallel_chunksize(size):
            assert f(double, a) == 2 * a.size


def test_several_numbers():
    pair = types.FunctionType(types.UniTuple(types.float64, 2)(types.int32, types.boolean))

    @njit
    def g(x, up):
        return (x + 0.5, 1.0) if up else (x - 0.5, 0.0)

    def function(g, a):
        out = np.empty((a.size, 2))
        for i in prange(a.size):
            out[i, 0], out[i, 1] = g(a[i], a[i] % 2 == 0)
        return out

    f = njit(types.float64[:, :](pair, types.int32[:]), parallel=True)(function)
    a = np.arange(300, dtype=np.int32)
    for size in (0, 1, 70):
        with parallel_chunksize(size):
            np.testing.assert_array_equal(f(g, a), function(g, a))


def test_functions_of_arrays_may_touch_all_of_them():
    of_arrays = types.FunctionType(types.float64(types.float64[:]))

    def function(g, a):
        for i in prange(a.size):
            a[i] = g(a)
        return a

    with pytest.raises(ParallelError):
        njit(types.float64[:](of_arrays, types.float64[:]), parallel=True)(function)
    callback = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(lambda x: x * 3)

    def called(a):
        out = np.empty(a.size)
        for i in prange(a.size):
            out[i] = callback(a[i])
        return out

    np.testing.assert_array_equal(njit(parallel=True)(called)(A), called(A))


def test_what_iterations_hand_on_through_a_function_is_refused():
    def function(g, a):
        for i in prange(a.size - 1):
            a[i + 1] = g(a[i])
        return a

    with pytest.raises(ParallelError):
        njit(types.float64[:](REAL, types.float64[:]), parallel=True)(function)
