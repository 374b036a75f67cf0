"""Slices and ranges as arguments and results."""

import numpy as np
import pytest
from lang_support import check, function

import zouk
from zouk import njit
from zouk.errors import IntegerTooLargeError, TypingError

SLICES = [slice(None), slice(3), slice(1, None), slice(-4, -1), slice(None, None, 2), slice(8, 1, -3), slice(None, None, -1), slice(np.int32(1), np.uint8(5)), slice(50, 60)]


def test_slices_pass_through():
    f = njit(lambda s: s)
    for s in SLICES:
        assert f(s) == s and type(f(s)) is slice
    check(function("def f(n): return slice(n), slice(1, n), slice(None, n, 2), slice(n, None, -1)"), 4)


def test_slices_select():
    f = function("def f(a, s, t): return a[s], a[s, 1], a[:, t], a[s, t], a[1, s].sum()")
    a = np.arange(100).reshape(10, 10)
    for s in SLICES:
        check(f, a, s, SLICES[3])
    assign = function("def f(a, s):\n    a[s] = 5\n    a[s] += a[s]\n    return a")
    for s in SLICES:
        check(assign, np.arange(9.0), s)


def test_parts_of_slices():
    f = function("def f(s): return s.start, s.stop, s.step")
    indices = function("def f(s, n): return s.indices(n)")
    for s in SLICES:
        check(f, s)
        check(indices, s, 7)
    with pytest.raises(ValueError):
        function("def f(a, s): return a[s]")(np.arange(3), slice(None, None, 0))


def test_slices_in_tuples_and_calls():
    g = function("def g(s, a): return a[s[0]], s[1]")
    f = function("def f(a, s): return g((s, 5), a)", g=g)
    check(f, np.arange(9), slice(2, 7, 2))
    check(njit(lambda pair: pair[1]), (1, slice(2, 3)))


RANGES = [range(0), range(5), range(2, 9), range(9, 2, -2), range(-3, 3), range(5, 5, 7)]


def test_ranges_pass_through():
    f = njit(lambda r: r)
    for r in RANGES:
        assert f(r) == r and type(f(r)) is range
    check(function("def f(n): return range(n), (range(1, n, 2), n)"), 9)


def test_loops_over_ranges():
    f = function("def f(r):\n    s = 0\n    for i in r: s = s * 3 + i\n    for i in reversed(r): s += i * s\n    return s, len(r), 4 in r, sum(r)")
    for r in RANGES:
        check(f, r)
    item = function("def f(r, i): return r[i], r[-1]")
    check(item, range(2, 9, 3), 1)
    with pytest.raises(IndexError):
        item(range(2, 9, 3), 3)


def test_types_and_limits():
    assert zouk.typeof(slice(1, 2)).name.startswith("slice")
    with pytest.raises(IntegerTooLargeError):
        njit(lambda r: r)(range(2**70))
    for bad in (slice("a"), slice(1.5, 2)):
        with pytest.raises(TypingError):
            njit(lambda s: s)(bad)


def test_ellipsis_is_an_argument():
    array = np.arange(24).reshape(2, 3, 4)

    @njit
    def item(a, index):
        return a[index]

    for index in [..., (..., 0), (1, ...), (slice(0, 1), ..., None)]:
        assert np.array_equal(item(array, index), array[index])
