"""NumPy arrays: views, who owns their memory, and names for them."""

import gc
import sys

import numpy as np
import pytest
from lang_support import check, same

from zouk import TypingError, njit


def test_returned_arguments_are_the_same_objects():
    @njit
    def f(a, b):
        return b, a

    a, b = np.arange(3), np.zeros((2, 2))
    assert f(a, b)[0] is b and f(a, b)[1] is a


def test_views_share_memory():
    @njit
    def f(a):
        return a[1:], a[::-1], a.T, a[0]

    a = np.arange(6).reshape(2, 3)
    for result, expected in zip(f(a), f.py_func(a)):
        assert same(result, expected) and np.shares_memory(result, a) and result.strides == expected.strides
        result[...] = 0
    assert not a.any()


def test_views_keep_their_parents_alive():
    @njit
    def of_argument(a):
        return a[1:, ::2]

    @njit
    def of_own(n):
        a = np.ones((n, n))
        return a[1:, ::2]

    a = np.ones((100, 100))
    view = of_argument(a)
    before = sys.getrefcount(a)
    del a
    gc.collect()
    own = [of_own(100) for _ in range(50)]
    assert before > 2 and view.sum() == 99 * 50 and all(v.sum() == 99 * 50 for v in own)


def test_arguments_are_released():
    @njit
    def f(a):
        b = a[1:]
        return b[0]

    a = np.ones(10)
    f(a)
    before = sys.getrefcount(a)
    for _ in range(100):
        f(a)
    assert sys.getrefcount(a) == before


def test_results_are_released():
    @njit
    def f(a):
        return a[1:], a

    a = np.ones(10)
    f(a)
    before = sys.getrefcount(a)
    for _ in range(100):
        f(a)
    assert sys.getrefcount(a) == before


def test_results_are_writable_and_own_their_memory():
    @njit
    def f(n):
        return np.zeros(n)

    a, b = f(4), f(4)
    a[:] = 1
    assert not b.any() and a.flags.writeable and a.flags.c_contiguous and a.flags.aligned


def test_read_only_arrays():
    @njit
    def read(a):
        return a[0], a[1:]

    @njit
    def write(a):
        a[0] = 1

    a = np.arange(3)
    a.flags.writeable = False
    first, rest = read(a)
    assert first == 0 and not rest.flags.writeable
    with pytest.raises((TypingError, TypeError)):
        write(a)


def test_names_for_arrays_are_references():
    @njit
    def f(a):
        b = a
        b[0] = 5
        a = np.ones(2)
        a[0] = 7
        return a, b

    check(f, np.zeros(3))


def test_arrays_swap_names_in_loops():
    @njit
    def f(n, steps):
        a, b = np.zeros(n), np.ones(n)
        for i in range(steps):
            a[0] += 1
            a, b = b, a
        return a, b

    for steps in (0, 1, 4):
        check(f, 3, steps)


def test_arrays_made_in_loops():
    @njit
    def f(n):
        last = np.zeros(1)
        for i in range(n):
            a = np.full(i + 1, float(i))
            if i % 3 == 2:
                continue
            if i == 10:
                break
            last = a
        return last

    for n in (0, 1, 3, 20):
        check(f, n)


def test_arrays_of_different_layouts_join():
    @njit
    def f(a, flag):
        b = a
        if flag:
            b = a[:, ::2]
        return b, b[0, 0]

    for flag in (True, False):
        check(f, np.arange(12).reshape(3, 4), flag)


def test_arrays_of_different_types_do_not_join():
    @njit
    def f(flag):
        if flag:
            a = np.zeros(3)
        else:
            a = np.zeros(3, np.int64)
        return a

    with pytest.raises(TypingError):
        f(True)


def test_an_array_or_none():
    @njit
    def f(a):
        if a is None:
            return -1
        return a[0]

    check(f, None)
    check(f, np.array([5]))
