"""`and`, `or` and flags in `prange` loops: what Python computes or leaves out, chunks of any size give its value."""

import numpy as np
import pytest
from parallel_support import check

import zouk
from zouk import njit, prange


def all_above(a, low):
    found = True
    for i in prange(a.size):
        found = found and a[i] > low
    return found


def any_above(a, high):
    found = False
    for i in prange(a.size):
        found = found or a[i] > high
    return found


def any_turned(a, high):
    found = False
    for i in prange(a.size):
        found = a[i] > high or found
    return found


def all_turned(a, low):
    found = True
    for i in prange(a.size):
        found = a[i] > low and found
    return found


def flag(a, high):
    seen = False
    for i in prange(a.size):
        if a[i] > high:
            seen = True
    return seen


def flag_taken_back(a, high):
    good = True
    for i in prange(a.size):
        if not a[i] <= high and i % 3 != 0:
            good = False
    return good


def two_at_once(a, x):
    everywhere = True
    somewhere = False
    count = 0
    for i in prange(a.size):
        somewhere = somewhere or a[i] > x
        everywhere = everywhere and a[i] < x
        count += a[i] > x
    return everywhere, somewhere, count


def several_conditions(a, x):
    found = True
    for i in prange(a.size):
        found = found and a[i] > x and (a[i] < 4 * x or i % 2 == 0)
    return found


def given_before(a, x):
    found = a[0] > x
    for i in prange(1, a.size):
        found = found or a[i] * a[i - 1] > x
    return found


def in_an_inner_loop(a, x):
    found = False
    for i in prange(a.size):
        for j in range(3):
            found = found or a[i] + j > x
    return found


ARRAYS = [np.linspace(0.0, 1.0, n) for n in (1, 2, 31, 100)] + [np.full(40, 0.5), np.where(np.arange(60) == 59, 3.0, 0.2), np.array([0.3, np.nan] * 20)]


@pytest.mark.parametrize("x", [-0.5, 0.0, 0.2, 0.99, 2.0, 5.0])
@pytest.mark.parametrize("function", [all_above, any_above, any_turned, all_turned, flag, flag_taken_back, two_at_once, several_conditions, given_before, in_an_inner_loop], ids=lambda f: f.__name__)
def test_value(function, x):
    for a in ARRAYS:
        check(function, a, x)
    if function is not given_before:
        check(function, np.empty(0), x)


def test_what_might_raise_is_not_computed_out_of_turn():
    """With `and`, Python stops at the first false value: the index behind it is never used, so chunks must not use it."""

    @njit(parallel=True)
    def guarded(a, where):
        found = True
        for i in prange(where.size):
            found = found and a[where[i]] > 0
        return found

    with pytest.raises(zouk.ZoukError, match="carried-dependence"):
        guarded(np.array([1.0, -1.0]), np.array([0, 1, 99]))


def test_what_is_written_depends_on_the_value():
    @njit(parallel=True)
    def writes(a, b):
        found = False
        for i in prange(a.size):
            if not found:
                b[i] = 1
                found = a[i] > 0
        return found

    with pytest.raises(zouk.ZoukError, match="carried-dependence"):
        writes(np.ones(5), np.zeros(5))
