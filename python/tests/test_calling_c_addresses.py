"""Addresses of functions: of Cython, of compiled functions, as arguments; and the memory that is reached by them."""

import ctypes
import os
import subprocess
import sys

import numpy as np
import pytest
from calling_c_support import c_sin, libc, memcpy

import zouk
from zouk import njit
from zouk.extending import get_cython_function_address


def test_addresses_of_cython_functions():
    address = get_cython_function_address("scipy.special.cython_special", "j0")
    j0 = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)

    @njit
    def f(x):
        return j0(x) + 1

    from scipy import special

    assert f(2.5) == special.j0(2.5) + 1
    with pytest.raises(ValueError, match="No function 'nothing' found in __pyx_capi__ of 'scipy.special.cython_special'"):
        get_cython_function_address("scipy.special.cython_special", "nothing")
    with pytest.raises(ValueError, match="no __pyx_capi__"):
        get_cython_function_address("math", "sin")
    with pytest.raises(ImportError):
        get_cython_function_address("no_such_module_here", "f")


def test_addresses_of_compiled_functions():
    @zouk.cfunc("float64(float64, float64)")
    def weighted(x, y):
        return x + 10 * y

    pointer = weighted.ctypes

    @njit
    def f(x):
        return pointer(x, 2.0)

    assert f(1.5) == weighted(1.5, 2.0)


def test_the_cache_finds_the_address_of_its_process(tmp_path):
    """Machine code on disk has no address in it: another process has its own."""
    path = tmp_path / "cached.py"
    path.write_text("""
import ctypes, sys
from zouk import njit
callback = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(lambda x: x * int(sys.argv[1]))
@njit(cache=True)
def f(x):
    return callback(x) + 1
print(f(5), sum(f.stats.cache_hits.values()))
""")
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(factor):
        return subprocess.run([sys.executable, str(path), factor], env=environment, capture_output=True, text=True, check=True).stdout.split()

    assert [run("2"), run("3")] == [["11", "0"], ["16", "1"]]


def test_addresses_as_arguments():
    """`voidptr` and `CPointer` in signatures: Python passes addresses as ints."""

    @njit("float64(CPointer(float64), intp)")
    def total(p, n):
        s = 0.0
        for i in range(n):
            s += p[i]
        return s

    a = np.arange(5.0)
    assert total(a.ctypes.data, 5) == a.sum()

    @njit("voidptr(voidptr, intp)")
    def clear(p, n):
        libc.memset(p, 0, n)
        return p

    assert clear(a.ctypes.data, 16) == a.ctypes.data and np.array_equal(a, [0, 0, 2, 3, 4])


def test_an_address_from_another_function_keeps_its_array():
    @njit
    def address(a):
        return a.ctypes.data

    @njit(inline="never")
    def indirect(a, n):
        for i in range(n):
            a[i] = a[i] + 0 * i
        return address(a)

    @njit
    def f(n, way):
        a = np.full(n, 7.0)
        p = address(a) if way else indirect(a, n)
        b = np.full(n, 3.0)
        out = np.zeros(n)
        memcpy(out.ctypes, p, 8 * n)
        return out.sum() + 0 * b[0]

    assert f(5, True) == f(5, False) == 35.0


def test_addresses_and_early_exits():
    @njit
    def f(n):
        a = np.full(n, 7.0)
        p = a.ctypes.data
        for i in range(n):
            b = np.full(n, 3.0)
            if i == 3:
                out = np.zeros(n)
                memcpy(out.ctypes, p, 8 * n)
                return out.sum()
            if b[0] > i + 10:
                return -1.0
        return 0.0

    assert f(6) == 42.0 and f(2) == 0.0


def test_what_is_computed_from_an_array_stays_apart_from_it():
    @njit
    def f(x):
        a = x * 2 + 1
        b = a + 1
        libc.memset(a.ctypes, 0, 16)
        c = a + 1
        return a, b, c

    def expected(x):
        a = x * 2 + 1
        b = a + 1
        a[:2] = 0
        return a, b, a + 1

    x = np.arange(6.0)
    for got, wanted in zip(f(x), expected(x)):
        assert np.array_equal(got, wanted)


def test_callbacks_by_their_addresses():
    """Where C takes a function, its address is an int."""

    @zouk.cfunc("intc(CPointer(float64), CPointer(float64))")
    def compare(a, b):
        return (a[0] > b[0]) - (a[0] < b[0])

    qsort, address = libc.qsort, compare.address
    qsort.argtypes, qsort.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, type(compare.ctypes)], None

    @njit
    def ordered(a):
        out = a.copy()
        qsort(out.ctypes, out.size, out.itemsize, address)
        return out

    a = np.random.default_rng(5).random(100)
    assert np.array_equal(ordered(a), np.sort(a))


def test_functions_of_c_in_overloads():
    from zouk.extending import overload

    def sine(x):
        return c_sin(x)

    @overload(sine)
    def of_sine(x):
        return lambda x: c_sin(x)

    @njit
    def f(x):
        return sine(x) + 1

    assert f(0.5) == sine(0.5) + 1


def test_addresses_are_numbers_to_arrays():
    """As an element of an array that holds addresses, and back from an int in a call of a declared function."""

    @njit("intp(voidptr, uintp[:], intp[:])")
    def keep(p, a, b):
        a[1] = p
        b[:] = p
        return a[1] == b[0]

    a, b = np.zeros(3, np.uintp), np.zeros(2, np.intp)
    assert keep(a.ctypes.data, a, b) == 1
    assert a.tolist() == [0, a.ctypes.data, 0] and b.tolist() == [a.ctypes.data] * 2

    @njit("boolean(voidptr, voidptr)")
    def same(p, q):
        return p is q

    @njit
    def compare(x, y):
        return same(x, y), same(x, x)

    assert compare(a.ctypes.data, b.ctypes.data) == (False, True)
    with pytest.raises(zouk.TypingError, match=r"cannot assign void\* to an element of array\(int32"):
        njit("void(voidptr, int32[:])")(stored)


def stored(p, a):
    a[0] = p
