"""`match`, beside CPython."""

import enum

import pytest
from lang_support import check, function

from zouk import njit
from zouk.errors import UnsupportedError

NUMBERS = """
def f(n):
    match n:
        case 0:
            return 10
        case 1 | 2 | 3:
            n += 100
        case -1:
            r = n * 2
            return r
        case x if x > 50:
            return x - 50
        case 7 as seven:
            return seven * 1000
        case _:
            return -n
    return n
"""


def test_numbers():
    f = function(NUMBERS)
    for n in (0, 1, 2, 3, 4, 7, -1, -5, 51, 1000):
        check(f, n)
    for x in (0.0, 2.0, 51.5, -1.0):
        check(f, x)


def test_no_case_fits():
    f = function("def f(n):\n    r = 5\n    match n:\n        case 1:\n            r = 1\n    return r")
    check(f, 1)
    check(f, 2)
    f = function("def f(n):\n    match n:\n        case 1:\n            r = 1\n    return r")
    check(f, 1)
    check(f, 2)


SEQUENCES = """
def f(t):
    match t:
        case ():
            return (0, 0)
        case (x,):
            return (x, 1)
        case (0, y):
            return (y, 2)
        case (x, y) if x == y:
            return (x, 3)
        case (x, (1 | 2) as y):
            return (x + y, 4)
        case [x, y]:
            return (x - y, 5)
        case (x, *rest, 9):
            return (x + len(rest), 6)
        case (x, *_):
            return (x, 7)
"""


def test_sequences():
    f = function(SEQUENCES)
    for t in ((), (3,), (0, 4), (4, 4), (5, 1), (5, 2), (5, 7), (1, 2, 9), (1, 2, 3, 9), (1, 2, 3)):
        check(f, t)


def test_nested_sequences_and_classes():
    f = function(
        """
def f(t):
    match t:
        case (int(), (a, float(b))):
            return a + b
        case (float(x), *rest):
            return x * 2
        case None:
            return -1.0
        case True:
            return 11.0
        case int(n):
            return n + 0.5
        case float():
            return 99.0
    return 0.0
"""
    )
    for t in ((1, (2, 3.5)), (1.5, 2), (1, 2), None, True, False, 5, 2.5):
        check(f, t)


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


def test_values_are_names_with_dots():
    f = function("def f(n):\n    match n:\n        case Colour.RED:\n            return 1\n        case Colour.BLUE:\n            return 20\n    return 300", Colour=Colour)
    for n in (1, 2, 3):
        check(f, n)


def test_in_loops_and_inner_functions():
    f = function(
        """
def f(n):
    total = 0
    def weight(k):
        match k % 4:
            case 0: return 1
            case 1 | 2 as j: return j * 10
        return 100
    for i in range(n):
        match i % 5:
            case 0:
                continue
            case 4 if i > 20:
                break
            case j:
                match j, i % 2:
                    case 1, 0:
                        total += 1
                    case _, odd:
                        total += odd * 7
        total += weight(i)
    return total
"""
    )
    for n in (0, 3, 10, 50):
        check(f, n)


@pytest.mark.parametrize("case", ["{'a': 1}", "Point(1, 2)"])
def test_patterns_that_are_refused(case):
    with pytest.raises(UnsupportedError, match="`match` with patterns"):
        function(f"def f(n):\n    match n:\n        case {case}:\n            return 1\n    return 0", Point=tuple)(1)


def test_globals_that_are_only_read():
    f = function("K = 5\ndef f(n):\n    global K\n    return n + K")
    check(f, 3)
    with pytest.raises(UnsupportedError, match="`global`"):
        njit(function("K = 5\ndef f(n):\n    global K\n    K = n\n    return K").py_func)(3)
