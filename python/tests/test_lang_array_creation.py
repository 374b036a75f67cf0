"""NumPy arrays: making, copying and filling them."""

import numpy as np
import pytest
from lang_support import arrays, check, function

from zouk import njit


@pytest.mark.parametrize("text", ["np.empty", "np.zeros", "np.ones"])
def test_creation(text):
    f = function(f"""
def f(n, m):
    a = {text}(n)
    b = {text}((n, m), np.int32)
    c = {text}((m, n, 2), dtype=np.complex64)
    d = {text}((), np.bool_)
    a[:], b[:], c[:], d[()] = 5, 6, 7, True
    return a, b, c, d
""")
    for n, m in ((1, 2), (3, 4), (0, 5)):
        check(f, n, m)


def test_zeros_ones_full_hold_their_values():
    @njit
    def f(n):
        return np.zeros(n), np.zeros((n, 2), np.int8), np.ones(n), np.ones((2, n), np.uint16), np.full(n, 2.5), np.full((n, n), 7), np.full(n, 3, np.float32)

    for n in (0, 1, 5, 100):
        check(f, n)


def test_creation_like():
    @njit
    def f(a):
        b = np.empty_like(a)
        b[:] = 1
        return b, np.zeros_like(a), np.ones_like(a), np.full_like(a, 3)

    for dtype in (np.int32, np.float64, np.complex128, np.bool_):
        check(f, np.arange(6).astype(dtype))
        check(f, np.arange(6).astype(dtype).reshape(2, 3))


def test_creation_like_with_a_dtype():
    @njit
    def f(a):
        return np.zeros_like(a, np.float32), np.ones_like(a, dtype=np.complex128), np.full_like(a, 2, dtype=np.int8)

    check(f, np.arange(6).reshape(2, 3))


def test_dtypes_as_values():
    @njit
    def f(a):
        b = np.zeros(3, a.dtype)
        c = np.ones(2, dtype="float32")
        return b, c, a.dtype.type(2.5)

    check(f, np.arange(3, dtype=np.float32))


def test_sizes_of_wrong_sign_raise():
    @njit
    def f(n):
        return np.zeros(n)

    check(f, 2)
    check(f, -1)


def test_enormous_arrays_raise():
    @njit
    def f(n, m):
        return np.empty((n, m)).shape

    with pytest.raises((MemoryError, ValueError)):
        f(2**40, 2**40)
    with pytest.raises((MemoryError, ValueError)):
        f(2**31, 2**31)


def test_copy():
    @njit
    def f(a):
        b = a.copy()
        b[0] = 100
        return a, b

    for a in [*arrays((4,)), *arrays((2, 3))]:
        check(f, a)


def test_fill():
    @njit
    def f(a, x):
        a.fill(x)
        return a

    for a in [*arrays((4,)), *arrays((2, 3)), np.zeros(0)]:
        check(f, a, 7)


@njit
def copies(a):
    return np.copy(a), np.zeros_like(a), a.copy("K")


def test_copies_of_strided_arrays():
    a = np.arange(24.0).reshape(2, 3, 4).transpose(1, 0, 2)
    for ours, numpys in zip(copies(a), (np.copy(a), np.zeros_like(a), a.copy("K"))):
        assert ours.flags.c_contiguous and np.array_equal(ours, numpys)
