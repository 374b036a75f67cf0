"""NumPy arrays: subscripts of every form, layouts, attributes, bounds."""

import itertools

import numpy as np
import pytest
from lang_support import NUMBERS, arrays, check, function, same

from zouk import TypingError, njit


def test_items_of_one_dimension():
    @njit
    def f(a, i):
        return a[i]

    for a in arrays((5,)):
        for i in range(-7, 7):
            check(f, a, i)


def test_items_of_two_and_three_dimensions():
    @njit
    def f(a, i, j):
        return a[i, j], a[i][j]

    @njit
    def g(a, i, j, k):
        return a[i, j, k], a[i, j][k], a[i][j, k]

    for a in arrays((3, 4)):
        for i, j in itertools.product(range(-4, 5), range(-5, 6)):
            check(f, a, i, j)
    for a in arrays((2, 3, 4)):
        for i, j, k in itertools.product((-2, 0, 1, 2), (-3, 1, 3), (-4, 0, 3, -5)):
            check(g, a, i, j, k)


def test_setting_items():
    @njit
    def f(a, i, x):
        a[i] = x
        a[i] += x
        a[-1] -= a[i]

    for a in arrays((4,)):
        for i in range(-6, 6):
            check(f, a, i, 7)
    check(f, np.zeros(3), 1, 2)


def test_setting_items_of_two_dimensions():
    @njit
    def f(a, i, j, x):
        a[i, j] = x
        a[i][j] *= 2
        a[(i, j)] += 1

    for a in arrays((3, 4)):
        for i, j in itertools.product(range(-4, 4), range(-5, 5)):
            check(f, a, i, j, 9)


@pytest.mark.parametrize("dtype", NUMBERS, ids=lambda t: t.__name__)
def test_items_of_every_type(dtype):
    @njit
    def f(a, i, j):
        a[i] = a[j]
        return a[i]

    check(f, np.array([0, 1, 2, 3]).astype(dtype), 1, 3)
    check(f, np.array([0, 1, 2, 3]).astype(dtype), 3, 0)


def test_stores_convert():
    @njit
    def f(a, x):
        a[0] = x

    for dtype, x in [(np.float64, 3), (np.float32, 0.1), (np.int64, True), (np.complex128, 2), (np.complex64, 0.5), (np.bool_, True), (np.float64, False)]:
        check(f, np.zeros(1, dtype), x)
    check(f, np.zeros(1, np.int64), 2.7)
    check(f, np.zeros(1, np.int64), -2.7)


def test_storing_a_complex_number_in_a_real_array_is_refused():
    @njit
    def f(a, x):
        a[0] = x

    with pytest.raises(TypingError):
        f(np.zeros(1), 1j)


def test_every_kind_of_integer_is_an_index():
    @njit
    def f(a, i):
        return a[i]

    for dtype in (np.int8, np.uint8, np.int32, np.uint32, np.uint64, np.bool_):
        if dtype is not np.bool_:
            assert f(np.arange(5), dtype(3)) == 3
    with pytest.raises(IndexError):
        f(np.arange(5), np.uint64(2**64 - 1))
    with pytest.raises(IndexError):
        f(np.arange(5), np.uint8(200))


SLICES = [
    ":", "1:", ":2", "1:3", "::2", "::-1", "-2:", ":-1", "3:1", "3:1:-1", "-1:-4:-2", "100:", ":100", "-100:", ":-100", "100::-1", "5:5", "::3", "-3:3",
]  # fmt: skip


@pytest.mark.parametrize("text", SLICES)
def test_slices(text):
    f = function(f"def f(a):\n    b = a[{text}]\n    return b, b.shape, len(b)\n")
    for n in (0, 1, 4, 7):
        check(f, np.arange(n))
    check(f, np.arange(14)[::2])
    check(f, np.arange(7)[::-1])


def test_slices_at_run_time():
    @njit
    def f(a, low, high, step):
        return a[low:high:step]

    for low, high, step in itertools.product((-9, -2, 0, 3, 9), (-9, -1, 2, 9), (-3, -1, 1, 2)):
        check(f, np.arange(6), low, high, step)
    check(f, np.arange(6), 0, 5, 0)


def test_huge_slice_bounds():
    @njit
    def f(a, low, high, step):
        return a[low:high:step]

    high, low = 2**63 - 1, -(2**63)
    for arguments in itertools.product((low, 0, high), (low, 3, high), (high, -high, 2)):
        check(f, np.arange(6), *arguments)


SUBSCRIPTS = [
    "1", "-1", "1, 2", "1:, 2", ":, -1", "..., 0", "0, ...", "...", "1:, ::2", "::-1, ::-1", "None, 1", "1, None", "None, :, None, 1", "..., None",
    "1, 1:2, ...", "(1, 2)", "np.newaxis, ..., ::-2", ":", "0:0", "1:, 1:, 1:", "1, 2, 3", "1, ..., 3", "..., 1, 2, 3", "0:1, 0:1, 0:1",
]  # fmt: skip


@pytest.mark.parametrize("text", SUBSCRIPTS)
def test_subscripts_of_three_dimensions(text):
    f = function(f"def f(a):\n    return a[{text}]\n")
    for a in arrays((2, 3, 4)):
        check(f, a)


@pytest.mark.parametrize("text", SUBSCRIPTS)
def test_setting_a_scalar_through_subscripts(text):
    f = function(f"def f(a):\n    a[{text}] = 99\n")
    for a in arrays((2, 3, 4)):
        check(f, a)


def test_setting_slices_from_arrays():
    @njit
    def f(a, b):
        a[1:3] = b
        a[:, 1] = a[:, 0]
        a[0] = a[2]

    for a in arrays((4, 3)):
        check(f, a, np.array([[10, 20, 30], [40, 50, 60]]))
        check(f, a, np.array([[10], [40]]))
        check(f, a, np.array([10, 20, 30]))


def test_setting_overlapping_slices():
    @njit
    def f(a):
        a[1:] = a[:-1]

    @njit
    def g(a):
        a[:-1] = a[1:]

    @njit
    def h(a):
        a[:] = a[::-1]

    for function in (f, g, h):
        check(function, np.arange(6))
        check(function, np.arange(12).reshape(4, 3))


def test_setting_slices_of_another_shape_raises():
    @njit
    def f(a, b):
        a[1:3] = b

    check(f, np.arange(5), np.arange(3))
    check(f, np.arange(5), np.arange(2))


def test_too_many_subscripts_are_refused():
    f = function("def f(a):\n    return a[0, 0]\n")
    with pytest.raises((TypingError, IndexError)):
        f(np.arange(3))


def test_zero_dimensions():
    @njit
    def f(a):
        a[()] = a[()] + 1
        return a[()], a.ndim, a.size, a.shape

    check(f, np.array(5))
    check(f, np.array(2.5))


def test_zero_size():
    @njit
    def f(a):
        total = 0.0
        for i in range(a.shape[0]):
            for j in range(a.shape[1]):
                total += a[i, j]
        return total, a.size, a.shape, a[1:], a[:, ::-1]

    for shape in ((0, 3), (3, 0), (0, 0)):
        check(f, np.zeros(shape))


def test_attributes():
    @njit
    def f(a):
        return a.shape, a.ndim, a.size, a.itemsize, a.nbytes, len(a)

    for a in [*arrays((2, 3)), *arrays((4,), np.float32), np.zeros((2, 0, 3), np.complex128)]:
        check(f, a)


def test_strides():
    @njit
    def f(a):
        return a.strides

    for a in [*arrays((2, 3)), *arrays((4,), np.int16)]:
        check(f, a)


def test_transposition():
    @njit
    def f(a):
        return a.T, a.T.shape, a.T[1]

    for a in arrays((2, 3)):
        check(f, a)
    for a in arrays((2, 3, 4)):
        check(f, a)


def test_narrow_elements_widen():
    @njit
    def f(a, b):
        return a[0] + b[0], a[0] * b[0], a[0] - b[0]

    assert f(np.array([100], np.int8), np.array([100], np.int8)) == (200, 10000, 0)
    assert f(np.array([200], np.uint8), np.array([255], np.uint8)) == (455, 51000, 2**64 - 55)


def test_bounds_are_not_checked_when_asked():
    @njit(boundscheck=False)
    def f(a, i):
        return a[i]

    assert f(np.arange(5), 3) == 3 and f(np.arange(5), -1) == 4


@pytest.mark.parametrize("loop", ["range(n)", "range(n - 1, -1, -1)", "range(0, n, 3)", "range(1, n)"])
def test_loops_that_run_out_of_bounds_raise(loop):
    """The check may be moved out of the loop, but what was stored before the error must be stored."""
    f = function(f"def f(a, n):\n    for i in {loop}:\n        a[i] = i + 1\n")
    for n in (0, 1, 4, 5, 6, 9):
        check(f, np.zeros(5, np.int64), n)


def test_offsets_out_of_bounds():
    @njit
    def f(a, b, n):
        total = 0
        for i in range(n):
            b[0] = i
            total += a[i - 1] + a[i + 1]
        return total

    for n in (0, 3, 4, 5):
        check(f, np.arange(5), np.zeros(1, np.int64), n)


@pytest.mark.parametrize("rank", [4, 6])
def test_many_dimensions(rank):
    f = function(f"def f(a):\n    return a[{', '.join(['1'] * rank)}], a[1], a.ndim, a.shape\n")
    for a in arrays((2,) * rank):
        check(f, a)


UNSUITABLE = {
    "object": lambda: np.array([None]),
    "big-endian": lambda: np.arange(3, dtype=">i8"),
    "long": lambda: np.zeros(3, np.longdouble),
    "text": lambda: np.array(["a"]),
}


@pytest.mark.parametrize("kind", UNSUITABLE)
def test_unsuitable_arrays_are_refused(kind):
    @njit
    def f(a):
        return a.shape

    with pytest.raises((TypeError, TypingError, ValueError, NotImplementedError)):
        f(UNSUITABLE[kind]())


def test_order():
    @njit
    def f(a, n):
        return np.zeros((n, 3), order="F"), np.ones((2, n), np.int8, order="C"), a.copy(order="F"), np.copy(a), np.empty_like(a).shape

    for a in arrays((2, 3)):
        expected, result = f.py_func(a, 4), f(a, 4)
        assert same(result, expected)
        assert [r.flags.f_contiguous for r in result[:4]] == [e.flags.f_contiguous for e in expected[:4]]


def test_item():
    @njit
    def f(a, i):
        return a.item(i)

    for i in (-5, -1, 0, 3, 4):
        check(f, np.arange(4), i)
    check(njit(lambda a: a.item()), np.array([[7]]))
    check(njit(lambda a: a.item()), np.array([1, 2]))


@njit
def store_first(a, value):
    a[0] = value
    return a


@pytest.mark.parametrize("value", [300, -1, -2.7, 1e3, 2**40 + 5])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int16, np.uint32])
def test_stores_out_of_range(dtype, value):
    # As C converts by way of 64 bits, and so does NumPy when it is asked to.
    assert store_first(np.zeros(1, dtype), value)[0] == np.array(int(value), np.int64).astype(dtype)
