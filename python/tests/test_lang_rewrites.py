"""Slices and comparisons of ranges, `_replace` and `_fields` of named tuples, numbers in constant texts."""

from collections import namedtuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import check, function

import zouk

Point = namedtuple("Point", "x y z")
SMALL = st.integers(-12, 12)
STEP = SMALL.filter(bool)


SLICED = function("def f(a, b, c, i, j, k):\n    r = range(a, b, c)[i:j:k]\n    s = 0\n    for x in r: s = 3 * s + x\n    return s, len(r), r.start, r.stop, r.step\n")
HALVES = function("def f(a, b, i):\n    r = range(a, b)\n    return sum(r[:i]), sum(r[i:]), len(r[::-1]), r[::2] == r[0::2], r[:i] != r[i:]\n")
COMPARED = function("def f(a, b, c, d, e, g):\n    return range(a, b, c) == range(d, e, g), range(a, b, c) != range(d, e, g)\n")


@settings(max_examples=150, deadline=None)
@given(SMALL, SMALL, STEP, SMALL, SMALL, STEP)
def test_ranges(a, b, c, i, j, k):
    check(SLICED, a, b, c, i, j, k)
    check(HALVES, a, b, i)
    check(COMPARED, a, b, c, i, j, k)
    check(COMPARED, a, b, c, a, b + (c > 0), c)


def test_a_step_of_zero():
    check(SLICED, 0, 9, 1, 0, 5, 0, text=True)


def test_replace():
    for text in ("p._replace(x=5)", "p._replace(z=p.x, x=2.5)", "p._replace()", "p._replace(y=(1, 2)).y[1]", "p._replace(x=1)._replace(y=2)", "len(p._fields)", "p._fields[1] == 'y'", "Point(1, 2, 3)._replace(y=True)"):
        f = function(f"def f(p):\n    return {text}\n", Point=Point)
        check(f, Point(1, 2.5, 3j))
        check(f, Point(1, 2, 3))
    for text in ("p._replace(w=5)", "p._replace(5)", "(1, 2)._replace(x=1)"):
        with pytest.raises(zouk.errors.TypingError, match="_replace"):
            function(f"def f(p):\n    return {text}\n")(Point(1, 2, 3))


NUMBERS = ["inf", "-Infinity", "nan", " 1.5e3\\n", "1_000.25", ".5", "-0.0", "12", "+7", "1__0", "abc", "", "_1", "0x10", " -42 ", "1 2"]


@pytest.mark.parametrize("text", NUMBERS)
def test_numbers_in_texts(text):
    for name in ("float", "int"):
        check(function(f"def f(n):\n    return {name}('{text}') + n\n"), 1)


def test_numbers_that_are_too_large():
    with pytest.raises(zouk.errors.TypingError, match="64 bits"):
        function("def f(n):\n    return int('9223372036854775808')\n")(1)


ARRAYS = [np.array([1.5, -2.0, 0.0]), np.array([[-3, 2]], np.int8), np.array([3 - 4j, 1j]), np.array([-1, 5], "m8[s]"), np.array([-1.5, 2.0], np.float32)]


@pytest.mark.parametrize("a", ARRAYS, ids=lambda a: a.dtype.name)
def test_builtins_of_arrays(a):
    check(function("def f(a):\n    return abs(a), abs(a[::-1]).T\n"), a, rtol=1e-15)
    if a.dtype.kind != "m":
        for power in ("pow(a, 2)", "pow(a, a)", "pow(2, abs(a))", "pow(a[0], 3)"):
            check(function(f"def f(a):\n    return {power}\n"), a, rtol=1e-5 if a.dtype == np.float32 else 1e-15)


def test_abs_of_a_tuple():
    with pytest.raises(zouk.errors.TypingError, match="bad operand type for abs"):
        function("def f(n):\n    return abs((n, n))\n")(1)


def test_asserts_with_formatted_messages():
    f = function("def f(n, x):\n    assert n > 2, f'n is {n}, x is {x}'\n    assert x > 0, ('x', x)\n    assert x > 1\n    return n * x\n")
    for arguments in [(1, 2.5), (3, -1.5), (3, 0.5), (3, 2.5)]:
        check(f, *arguments, text=True)
