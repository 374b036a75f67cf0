"""What is computed although it is not reached, or reached although it is not bound: names, calls that never return, loops over nothing."""

import numpy as np
import pytest
from lang_support import check

from zouk import njit


@njit
def first_then_later(n):
    first = True
    for i in range(n):
        if first:
            best = i
            first = False
        elif i > best:
            best = i
    return best


@njit
def bound_in_the_other_branch(n):
    for i in range(n):
        if i > 0:
            s += i
        else:
            s = 10
    return s


@njit
def bound_by_while(n):
    i = 0
    while i < n:
        if i:
            pair = (pair[1], i)
        else:
            pair = (0, 1)
        i += 1
    return pair


@njit
def never_bound():
    y += 1
    y = 2
    return y


@njit
def never_bound_in_a_loop(n):
    for i in range(n):
        for b in range(5, 3):
            pass
        x = (7,)[b]
    return n


@pytest.mark.parametrize("function", [first_then_later, bound_in_the_other_branch, bound_by_while, never_bound_in_a_loop])
@pytest.mark.parametrize("n", [0, 1, 2, 5])
def test_names_bound_on_some_paths(function, n):
    check(function, n)


def test_a_name_never_bound():
    check(never_bound)


@njit
def always(x):
    raise ValueError(x)


@njit
def returns_it(x):
    return always(x)


@njit
def in_a_branch(x):
    if x > 0:
        return always(x)
    return 3


@njit
def in_a_tuple(x):
    return (always(x), 1)


@njit
def in_an_operation(x):
    y = always(x)
    return y + 1


@njit
def in_a_condition(x):
    if x > 1:
        assert 1 > always(x)
    return returns_it(x) + 2


@njit
def in_a_loop(x):
    total = 0
    for i in range(x):
        if i == 2:
            total += always(i)
        total += i
    return total


@pytest.mark.parametrize("function", [returns_it, in_a_branch, in_a_tuple, in_an_operation, in_a_condition, in_a_loop])
@pytest.mark.parametrize("x", [0, 1, 5])
def test_calls_that_never_return(function, x):
    check(function, x)


@njit
def over(x):
    s = 0
    for a in x:
        s += a
    for a, b in zip(x, x):
        s += a * b
    for a in reversed(x):
        s += 1
    for i, a in enumerate(x):
        s += i * a
        if a == 2:
            break
    else:
        s += 100
    return s


@pytest.mark.parametrize("x", [(), (1,), (1, 2, 3)])
def test_loops_over_tuples_of_any_length(x):
    check(over, x)


# Divisions that no iteration reaches, or only behind the check of their divisor, must not be computed before the loop.


@njit
def divided(out, n, z):
    for i in range(n):
        out[i] = 7 // z


@njit
def remainder(out, n, z):
    for i in range(n):
        out[i] = 7 % z


@njit
def both(out, n, z):
    for i in range(n):
        quotient, rest = divmod(100 + n, z)
        out[i] = quotient + rest


@njit
def raising_first(out, n, z):
    for i in range(n):
        if i == 1:
            raise KeyError(i)
        out[i] = 7 % z


@pytest.mark.parametrize("function", [divided, remainder, both, raising_first])
@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("z", [0, 1, 3])
def test_divisions_in_loops(function, n, z):
    check(function, np.arange(5), n, z)


@njit
def shifted(k, i):
    for j in range(4):
        m = 2
        while True:
            m -= 1
            if m < 0:
                break
            raise ValueError
        for a in range(k % 7, j):
            i = i >> m
    return i


def test_shifts_behind_a_raise():
    check(shifted, 5, 1)


@njit
def power_of_an_unbound_name():
    i0 = False
    i3 = 1 << 40
    n1 = 3
    while n1:
        if i3 < 1:
            i2 = 1
        i0 += 0**i2


def test_the_first_exception_in_program_order_is_raised():
    check(power_of_an_unbound_name)
