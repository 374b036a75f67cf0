"""`f(1, *rest)` and `(1, *rest)`: the items of a tuple, where they stand, against CPython."""

from collections import namedtuple

import numpy as np
import pytest
import zouk
from zouk import njit

Point = namedtuple("Point", "x y")


@njit
def three(a, b=10, c=100):
    return a - 2 * b + 3 * c


@njit
def rest(first, *others):
    return first, others, len(others)


def same(function, *args):
    expected, found = function(*args), njit(function)(*args)
    assert type(found) is type(expected)
    np.testing.assert_equal(found, expected)


def in_call(t):
    return three(1, *t)


def only(t):
    return three(*t)


def several(t, u):
    return three(*t, *u)


def in_the_middle(t):
    return rest(0, *t, 7, *t)


def with_keyword(t):
    return three(*t, c=5)


def in_tuple(t):
    return (1, *t, 2.5, *t)


def alone(t):
    return (*t,)


def of_list(t):
    return np.array([0, *t])


def nested(t):
    return three(*(1, *t))


def lambda_with_star(t):
    f = lambda a, b: a * 10 + b
    return f(*t)


def inner_with_star(t):
    k = 3

    def g(a, b):
        return a * k + b

    return g(*t)


def method_with_star(a, t):
    return a.reshape(*t)


def builtin_with_star(t):
    n = 0
    for i in range(*t):
        n += i
    return n, max(*t)


def numpy_with_star(t):
    return np.broadcast_arrays(*t)


def in_loop(t, n):
    total = 0
    for i in range(n):
        u = (i, *t)
        total += three(*u)
    return total


def of_result(t):
    return three(*rest(*t)[1])


def index(a, t):
    return float(a[(*t, 0)])


@pytest.mark.parametrize(
    "function, args",
    [
        (in_call, ((2, 3),)),
        (in_call, ((2,),)),
        (in_call, ((),)),
        (in_call, ((2.5, 3),)),
        (in_call, (Point(4, 5),)),
        (only, ((1, 2, 3),)),
        (several, ((1,), (2, 3))),
        (in_the_middle, ((1, 2.5),)),
        (with_keyword, ((1, 2),)),
        (in_tuple, ((4, 5j, True),)),
        (in_tuple, ((),)),
        (alone, ((1, 2.5),)),
        (of_list, ((1, 2, 3),)),
        (nested, ((2, 3),)),
        (lambda_with_star, ((2, 3),)),
        (inner_with_star, ((2, 3),)),
        (method_with_star, (np.arange(6), (2, 3))),
        (builtin_with_star, ((1, 10, 3),)),
        (in_loop, ((2, 3), 5)),
        (of_result, ((1, 2, 3),)),
        (index, (np.arange(24).reshape(2, 3, 4), (1, 2))),
    ],
)
def test_items_of_tuples(function, args):
    same(function, *args)


def test_arrays_that_a_function_of_numpy_takes_one_by_one():
    arrays = (np.arange(3), np.arange(4).reshape(4, 1))
    for found, expected in zip(njit(numpy_with_star)(arrays), numpy_with_star(arrays)):
        np.testing.assert_array_equal(found, expected)


def test_too_many_or_too_few():
    for t in [(1, 2, 3), ()]:
        with pytest.raises(TypeError) as expected:
            (lambda a, b: a)(*t)
        assert "argument" in str(expected.value)
        with pytest.raises(zouk.errors.TypingError, match="argument"):
            njit(inner_with_star)(t)


def test_only_tuples_have_a_known_number_of_items():
    with pytest.raises(zouk.errors.TypingError, match=r"`\*` before a value of type array\(int64, 1d, C\): a tuple is expected"):
        njit(only)(np.arange(3))
    with pytest.raises(zouk.errors.TypingError, match="int64: a tuple is expected"):
        njit(alone)(3)


def test_of_a_mapping():
    def mapping(t):
        return three(**t)

    with pytest.raises(zouk.errors.UnsupportedError, match=r"`\*\*`"):
        njit(mapping)(1)
