"""Checks that the compiler proves, hoists or speculates: programs in which a careless proof would read or write out of bounds."""

import math

import numpy as np
import pytest
from lang_support import check

from zouk import njit


@njit
def size_of_one_branch(n, k, p):
    current = np.ones(n)
    total = 0.0
    for t in range(k):
        if t < p:
            total += current[0]
        else:
            for j in range(n):
                total += current[j]
        current = np.ones(n if t < p else 1)
    return total


@pytest.mark.parametrize("p", [0, 3, 8])
def test_sizes_known_in_a_branch_only(p):
    check(size_of_one_branch, 1000, 8, p)


@njit
def bounded_by_a_hoisted_condition(n, m):
    a = np.zeros(100)
    y = np.zeros(1000)
    t = 100
    for i in range(n):
        if i < m:
            a[i] = 1.0
        t -= 2**46 - 1
    if t >= 0:
        return y[t]
    return -1.0


@pytest.mark.parametrize("n", [1, 90, 150])
def test_what_hoisting_supposes_is_forgotten(n):
    check(bounded_by_a_hoisted_condition, n, 10)


def test_what_hoisting_supposes_is_forgotten_where_it_wraps():
    # Wraps around to a large positive number: out of bounds, where Python's integers go on falling.
    with pytest.raises(IndexError):
        bounded_by_a_hoisted_condition(150_000, 10)


@njit
def large_and_small_steps():
    y = np.zeros(100)
    t = 2**62 - 1
    s = 0.0
    for i in range(1000):
        if t < 100:
            s += y[t]
        if t < 2**62:
            y[1] = 5.0
            t += 2**62
        else:
            y[2] = 7.0
            t += 1
    return s


def test_a_large_step_among_small_ones_wraps():
    # As 64-bit integers do: t becomes -2**63.
    with pytest.raises(IndexError):
        large_and_small_steps()


@njit
def inverses(out, x):
    for i in range(len(x)):
        out[i] = 1.0 / float(x[i].real) - 1.0


@pytest.mark.parametrize("dtype", [np.complex128, np.complex64])
@pytest.mark.parametrize("shift", [1, 255, 256, 400, 499])
def test_overlapping_complex_arrays(dtype, shift):
    def memory():
        return np.ones(1000, dtype)

    def run(function, memory):
        try:
            function(memory[shift : shift + 500], memory[:500])
        except ZeroDivisionError as error:
            return type(error)

    def undecorated(out, x):
        for i in range(len(x)):
            if float(x[i].real) == 0.0:
                raise ZeroDivisionError
            out[i] = 1.0 / float(x[i].real) - 1.0

    expected, actual = memory(), memory()
    assert run(undecorated, expected) == run(inverses, actual)
    assert np.array_equal(expected, actual)


@njit
def last_places(out, x, start, stop):
    for i in range(start, stop):
        out[i - start] = 1.0 / x[i - start]


@pytest.mark.parametrize("stop", [2**63 - 1, 2**63 - 2, 2**63 - 600])
def test_counters_near_the_last_integer(stop):
    check(last_places, np.zeros(10), np.arange(10) + 1.0, stop - 10, stop)


@njit
def remainder_by_a_size(a, m):
    s = 0.0
    for z in a:
        s += z + (m % max(1, len(a)))
    return s


@njit
def divided_in_an_inner_loop(b, n, m):
    v = 0
    for i in range(m):
        j = 0
        while j < n:
            v += n // i + n % i
            b[j] = 1.0
            j += 1
    return v


@njit
def divided_by_a_counter(b, n, m):
    v = 0
    for i in range(m):
        j = 0
        while j < n:
            v = n // i
            b[j] = 1.0
            j += 1
    return v


@njit
def both_signs(a, b, n):
    acc = 0
    b = b[::2]
    for i in range(n // 2, -1, -1):
        acc = (acc + (int(a[-1 % len(b)]) // int(b[abs(i)]))) % 100003
    return acc


def test_divisors_known_in_a_loop_only():
    for size in (0, 1, 3):
        check(remainder_by_a_size, np.ones(size), 5)
    for size in (0, 1):
        check(divided_in_an_inner_loop, np.zeros(size), 1, 3)
        check(divided_by_a_counter, np.zeros(size), 3, 3)
    check(both_signs, np.array([5]), np.arange(1)[1:], 1)
    check(both_signs, np.array([5, 6]), np.arange(1, 5), 2)


@njit
def backwards(a, out):
    b = a[::-1]
    c = a[:, ::-1]
    s = 0.0
    for i in range(b.shape[0]):
        for j in range(b.shape[1]):
            s += b[i, j] * c[i, j]
            out[i, j] = b[i, j]
    return s


def test_negative_strides():
    a = np.arange(35.0).reshape(5, 7)
    for view in (a, a[::-1], a[:, ::-1], a[::-2, ::-3], a.T):
        check(backwards, view, np.zeros(view.shape))


@njit
def power(x, y):
    return x**y


@pytest.mark.parametrize("x", [0.0, -0.0, 2.0, -1.0])
@pytest.mark.parametrize("y", [-math.inf, -1e300, math.inf, -1.0, 0.0])
def test_zero_to_infinite_powers(x, y):
    if x == 2.0 or x == -1.0 or math.isinf(y) or y >= -1.0:
        check(power, x, y)


@njit
def allocated(n, m):
    return np.zeros((n, m, m)).shape


@pytest.mark.parametrize("n", [0, 1, 2**40])
@pytest.mark.parametrize("m", [0, 1, 2**40])
def test_sizes_whose_product_overflows(n, m):
    if n * m == 0 or n * m < 10:
        check(allocated, n, m)
    else:
        with pytest.raises((ValueError, MemoryError)):
            allocated(n, m)


@njit
def from_the_end(a, n):
    for i in range(n):
        a[-1 - i] = i
    return a[-2]


@pytest.mark.parametrize("size", [0, 1, 2, 3])
@pytest.mark.parametrize("n", [0, 1, 3])
def test_messages_name_the_position_as_given(size, n):
    check(from_the_end, np.zeros(size), n, text=True)
