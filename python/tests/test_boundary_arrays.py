"""Arrays across the boundary: identity, views, ownership, layouts, and that nothing leaks."""

import gc
import resource
import sys

import numpy as np
import pytest
import zouk
from zouk import njit

DTYPES = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 bool".split()


@njit
def same(a):
    return a


@njit
def tail(a):
    return a[1:]


@njit
def fresh(n):
    return np.zeros(n)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", [(), (0,), (1,), (5,), (2, 3), (0, 3), (2, 1, 4)], ids=str)
def test_identity(dtype, shape):
    for array in (np.ones(shape, dtype), np.ones(shape, dtype, order="F")):
        assert same(array) is array


def test_identity_of_views_and_readonly():
    base = np.arange(24.0).reshape(4, 6)
    for view in (base.T, base[::2], base[:, ::-1], base[::-1, 1::2], np.broadcast_to(base, (2, 4, 6)), base[1:1]):
        assert same(view) is view
    base.flags.writeable = False
    assert same(base) is base


@pytest.mark.parametrize("dtype", DTYPES)
def test_views_keep_their_parent(dtype):
    parent = np.arange(6).astype(dtype)
    before = sys.getrefcount(parent)
    view = tail(parent)
    assert view.base is parent and view.dtype == parent.dtype
    np.testing.assert_array_equal(view, parent[1:])
    assert np.shares_memory(view, parent) and view.flags.writeable
    del view
    assert sys.getrefcount(parent) == before


def test_views_of_readonly_are_readonly():
    parent = np.arange(6)
    parent.flags.writeable = False
    assert not tail(parent).flags.writeable


def test_strided_views():
    @njit
    def every_other(a):
        return a[::-2]

    for parent in (np.arange(10), np.arange(10)[::3], np.arange(10)[::-1]):
        np.testing.assert_array_equal(every_other(parent), parent[::-2])


def test_fresh_arrays_own_their_memory():
    before = zouk._zouk.live_blocks()
    array = fresh(1000)
    assert zouk._zouk.live_blocks() == before + 1
    view = array[10:20]
    del array
    gc.collect()
    assert zouk._zouk.live_blocks() == before + 1
    view[:] = 1
    assert view.sum() == 10 and view.flags.aligned
    del view
    assert zouk._zouk.live_blocks() == before


def test_a_result_may_be_an_argument():
    array = fresh(5)
    assert same(array) is array
    before = zouk._zouk.live_blocks()
    view = tail(array)
    del array
    assert zouk._zouk.live_blocks() == before
    np.testing.assert_array_equal(view, np.zeros(4))


def test_tuples_of_arrays():
    @njit
    def both(a, n):
        return a, np.zeros(n), n

    array = np.arange(3)
    before = zouk._zouk.live_blocks()
    first, second, n = both(array, 4)
    assert first is array and second.shape == (4,) and n == 4
    del second
    assert zouk._zouk.live_blocks() == before


def test_subclasses():
    memmap_like = np.arange(3.0).view(type("Sub", (np.ndarray,), {}))
    assert same(memmap_like) is memmap_like
    for refused in (np.ma.array([1.0]), np.matrix([1.0])):
        with pytest.raises(zouk.TypingError, match="semantics of its own"):
            same(refused)


def test_writes_are_seen():
    @njit
    def fill(a, x):
        for i in range(len(a)):
            a[i] = x

    array = np.zeros(10)
    fill(array[::2], 3.0)
    np.testing.assert_array_equal(array, [3, 0] * 5)


def test_global_arrays_outlive_recompile():
    constant = np.arange(5)

    @njit
    def read():
        return constant

    result = read()
    read.recompile()
    gc.collect()
    np.testing.assert_array_equal(result, constant)
    assert not result.flags.writeable


def growth(work, count):
    """Pages that `count` repetitions add, in KiB, after a warm-up."""
    for _ in range(count // 10):
        work()
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(count):
        work()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def test_calls_do_not_grow_memory():
    array = np.arange(8.0)
    big = 200_000

    @njit
    def refuse(n):
        if n > 0:
            raise ValueError("no", n)
        return n

    def caught():
        try:
            refuse(5)
        except ValueError:
            pass

    for work in (lambda: fresh(64), lambda: tail(array), lambda: same((array, 1)), lambda: same(2**62)):
        assert growth(work, big) < 1024
    assert growth(caught, big // 4) < 1024
    assert zouk._zouk.live_blocks() < 100
