"""Members of `IntEnum`, arrays of records and the functions of `operator`, as programs have them outside of compiled functions, against CPython."""

import enum
import operator

import numpy as np
import pytest
import zouk
from zouk import njit, vectorize


class Shape(enum.IntEnum):
    circle = 2
    square = 5


class Outer:
    class Code(enum.IntEnum):
        good = 200
        bad = 500


CODE = Outer.Code


def member(x):
    return x > Shape.square


def arithmetic(x):
    return Shape.circle * x + Shape.square


def nested(x):
    return x == CODE.good, x + CODE.bad


def cast(x):
    return np.int16(Shape.square) + x


@pytest.mark.parametrize("function", [member, arithmetic, nested, cast])
def test_members_of_an_int_enum(function):
    for x in (2, 5, 7, 200):
        assert njit(function)(x) == function(x)


def test_under_vectorize():
    @vectorize
    def is_square(x):
        return x == Shape.square

    x = np.array([1, 5, 2])
    np.testing.assert_array_equal(is_square(x), x == Shape.square)


RECORDS = np.rec.array([(1, 2.5), (3, 4.5)], dtype=[("a", np.int64), ("b", np.float64)])


def fields(i):
    return RECORDS[i].a, RECORDS["b"][i], RECORDS.size


def test_a_global_record_array():
    for i in range(2):
        assert njit(fields)(i) == fields(i)
    with pytest.raises(IndexError):
        njit(fields)(2)


@pytest.mark.parametrize("name", ["truediv", "floordiv", "mod", "itruediv", "ifloordiv", "imod"])
@pytest.mark.parametrize("pair", [(7, 0), (7.5, 0.0), (7, 2), (7.5, -2.0)])
def test_division_by_the_functions_of_operator(name, pair):
    function = getattr(operator, name)

    def divide(a, b):
        return function(a, b)

    try:
        expected = divide(*pair)
    except ZeroDivisionError:
        with pytest.raises(ZeroDivisionError):
            njit(divide)(*pair)
        found = njit(error_model="numpy")(divide)(*pair)
        assert not np.isfinite(found) or found == 0
        return
    found = njit(divide)(*pair)
    assert found == expected and type(found) is type(expected)
