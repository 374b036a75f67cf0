"""`for` over ranges of any step, arrays, tuples, `enumerate`, `zip`, `reversed`."""

import itertools

import numpy as np
import pytest
from lang_support import INTEGERS, check, function

from zouk import njit, prange


@njit
def three_ranges(start, stop, step):
    count = total = 0
    last = -1
    for i in range(start, stop, step):
        count += 1
        total += i
        last = i
    for i in range(start, stop):
        total -= 3 * i
    for i in range(stop):
        total ^= i
    return count, total, last


def test_ranges():
    for arguments in itertools.product((-7, 0, 3), (-8, 0, 4, 11), (-5, -1, 1, 2, 100)):
        check(three_ranges, *arguments)


def test_step_zero_raises():
    check(three_ranges, 0, 10, 0, text=True)


@pytest.mark.parametrize("step", [-3, -2, -1, 1, 2, 3, 7])
def test_constant_steps(step):
    f = function(f"def f(a, b):\n    total = 0\n    for i in range(a, b, {step}):\n        total = total * 3 + i\n    return total\n")
    for a, b in itertools.product((-9, 0, 10), repeat=2):
        check(f, a, b)


def test_ranges_near_the_limits():
    @njit
    def f(start, stop, step):
        count = 0
        for _ in range(start, stop, step):
            count += 1
            if count > 10:
                break
        return count

    high, low = 2**63 - 1, -(2**63)
    for arguments in [(high - 3, high, 1), (high - 3, high, 2), (low + 3, low, -1), (low + 3, low, -2), (low, high, high), (high, low, low), (low, low + 5, high)]:
        check(f, *arguments)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_ranges_of_narrow_integers(dtype):
    @njit
    def f(n):
        total = 0
        for i in range(n):
            total += i
        return total

    assert f(dtype(100)) == 4950


def test_the_bounds_are_evaluated_once():
    @njit
    def f(n):
        count = 0
        for i in range(n):
            n = 100
            count += 1
        return count, n

    check(f, 5)


def test_length_of_ranges():
    @njit
    def f(a, b, c):
        return len(range(a)), len(range(a, b)), len(range(a, b, c))

    for arguments in itertools.product((-3, 0, 10), (-10, 5), (-2, 3)):
        check(f, *arguments)


def test_membership_in_ranges():
    @njit
    def f(x, a, b, c):
        return x in range(a, b, c)

    for x in range(-3, 12):
        check(f, x, 0, 10, 3)
        check(f, x, 9, -3, -2)


def test_arrays():
    @njit
    def f(a):
        total = 0.0
        for x in a:
            total = total * 2 + x
        return total

    for a in (np.arange(5), np.arange(5.0), np.arange(10, dtype=np.int8)[::-2], np.zeros(0), np.array([True, False, True])):
        check(f, a)


def test_rows_are_views():
    @njit
    def f(a):
        for row in a:
            row[0] = row[1] + 10
        total = 0
        for row in a:
            for x in row:
                total = total * 3 + x
        return total

    check(f, np.arange(6).reshape(3, 2))
    check(f, np.arange(12).reshape(3, 4)[:, ::2])
    check(f, np.arange(6).reshape(2, 3).T)


def test_the_array_may_change_while_it_is_walked():
    @njit
    def f(a):
        total = 0
        for x in a:
            total += x
            a[-1] = 100
        return total

    check(f, np.arange(4))


def test_enumerate():
    @njit
    def f(a, start):
        total = 0
        for i, x in enumerate(a):
            total += i * x
        for i, x in enumerate(a, start):
            total += i * x
        for i, (j, x) in enumerate(enumerate(a)):
            total += i * j * x
        return total

    for start in (-2, 0, 10):
        check(f, np.arange(5), start)
        check(f, (3, 1, 4), start)


def test_enumerate_of_ranges():
    @njit
    def f(n):
        total = 0
        for i, x in enumerate(range(n, 0, -1)):
            total += i * x
        return total

    check(f, 6)


def test_zip():
    @njit
    def f(a, b, c):
        total = 0.0
        for x, y in zip(a, b):
            total += x * y
        for x, y, z in zip(a, b, c):
            total = total * 0.5 + x - y * z
        for i, (x, y) in enumerate(zip(b, c)):
            total += i * x * y
        return total

    for lengths in itertools.product((0, 3, 5), repeat=3):
        check(f, *(np.arange(float(n)) + 1 for n in lengths))


def test_zip_of_different_kinds():
    @njit
    def f(a, n, t):
        total = 0
        for x, i, y in zip(a, range(n), t):
            total += x * i + y
        for (x,) in zip(a):
            total += x
        return total

    for n in (0, 2, 10):
        check(f, np.arange(4), n, (5, 6, 7))


def test_zip_walks_its_arguments_together():
    """An exhausted second iterable has let the first go on by one, which nobody can see; but the shortest decides."""

    @njit
    def f(n, m):
        count = 0
        for i, j in zip(range(n), range(0, m, 2)):
            count += 1 + i * j
        return count

    for n, m in itertools.product((0, 1, 5), (0, 3, 20)):
        check(f, n, m)


def test_reversed():
    @njit
    def f(a, n):
        total = 0
        for x in reversed(a):
            total = total * 3 + x
        for i in reversed(range(n)):
            total = total * 3 + i
        for i in reversed(range(n, -n, -2)):
            total = total * 3 + i
        return total

    for n in (0, 1, 4):
        check(f, np.arange(n), n)


def test_reversed_tuples():
    @njit
    def f(t):
        total = 0
        for x in reversed(t):
            total = total * 3 + x
        return total

    check(f, (1, 2, 3))


def test_nested_targets():
    @njit
    def f(t, a):
        total = 0
        for (i, j), x in zip(t, a):
            total += i * j * x
        return total

    check(f, ((1, 2), (3, 4)), np.array([10, 20]))


def test_targets_that_are_subscripts():
    @njit
    def f(n):
        a = np.zeros(2, np.int64)
        for i in range(n):
            a[0] = i
            a[1] += a[0]
        return a

    check(f, 5)


def test_prange_is_range():
    @njit
    def f(n):
        total = 0
        for i in prange(n):
            total += i
        for i in prange(2, n, 3):
            total += i
        return total

    for n in (0, 10):
        check(f, n)


def test_unbound_after_an_empty_loop():
    @njit
    def f(n):
        for i in range(n):
            pass
        return i

    check(f, 3)
    check(f, 0)


def test_ranges_as_values():
    @njit
    def f(a, b, c):
        r = range(a, b, c)
        total = 0
        for i in r:
            total += i
        return r.start, r.stop, r.step, len(r), total

    check(f, 1, 10, 3)
    check(f, 10, 1, -2)
