"""Members of `enum.Enum`: as arguments, results and globals."""

import enum

import numpy as np
import pytest
from lang_support import check, function

from zouk import njit
from zouk.errors import TypingError, UnsupportedError


class Colour(enum.Enum):
    RED = 1
    BLUE = 2
    GREEN = 7


class Size(enum.Enum):
    SMALL = 1
    LARGE = 2.5


class Text(enum.Enum):
    A = "a"


class Outer:
    class Kind(enum.Enum):
        YES = True
        NO = False


KEPT = Colour.BLUE
SCOPE = {"Colour": Colour, "Size": Size, "Outer": Outer, "KEPT": KEPT, "Text": Text}


def test_members_pass_through():
    f = njit(lambda e: e)
    for e in (*Colour, *Size, *Outer.Kind):
        assert f(e) is e
    check(function("def f(e): return (e, 1), Colour.RED, KEPT, [Colour.BLUE, e]", **SCOPE), Colour.GREEN)


def test_comparisons():
    f = function(
        "def f(e, g): return e == g, e != g, e is g, e is not g, e == Colour.RED, e is Colour.BLUE, e == 1, e != 1, e is None, e == Size.SMALL, e is Size.SMALL, e is KEPT, e in (Colour.RED, Colour.BLUE)", **SCOPE
    )
    for e in Colour:
        for g in Colour:
            check(f, e, g)
    g = function("def f(e, s): return e == s, e is s, e != s, e is not s", **SCOPE)
    check(g, Colour.RED, Size.SMALL)
    check(g, Size.SMALL, Size.LARGE)


def test_values_and_branches():
    f = function(
        """
def f(e, n):
    total = 0.0
    last = Colour.GREEN
    for i in range(n):
        if e is Colour.RED:
            total += e.value
        elif e == Colour.BLUE:
            total += Colour.GREEN.value * i
        if i == 2:
            last = e
    return total, last, e.value, isinstance(e, Colour), isinstance(e, Size)
""",
        **SCOPE,
    )
    for e in Colour:
        for n in (0, 3, 5):
            check(f, e, n)


class Planet(enum.Enum):
    VENUS = (4.869e24, 6.0518e6)
    EARTH = (5.976e24, 6.37814e6)
    MARS = (6.421e23, 3.3972e6)

    def __init__(self, mass, radius):
        self.mass, self.radius = mass, radius


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 5


def test_members_by_their_names():
    names = {**SCOPE, "Planet": Planet, "Level": Level, "Kind": Outer.Kind}
    check(function("def f(): return Colour['RED'], Colour['BLUE'] is Colour.BLUE, Kind['YES'], Level['HIGH'] + 1, Planet['MARS'] == Planet.MARS", **names))
    with pytest.raises(TypingError, match='no member "PINK"'):
        function("def f(): return Colour['PINK']", **names)()
    check(function("def f(a, Colour): return Colour['x'][a]", **names), 1, np.array([(np.arange(3.0),)], [("x", "3f8")])[0])


def test_values_that_are_tuples():
    f = function("def f(a, b): return a == b, a is b, a != b, a is Planet.EARTH, Planet.MARS == b, a.value, a.value[1] + Planet.VENUS.value[0], a", Planet=Planet)
    for a in Planet:
        for b in Planet:
            check(f, a, b)


def test_match():
    f = function("def f(e):\n    match e:\n        case Colour.RED: return 1\n        case Colour.BLUE | Colour.GREEN: return 2\n    return 3", **SCOPE)
    for e in (*Colour, Size.SMALL):
        check(f, e)


def test_optional_members():
    f = function("def f(c): return Colour.RED if c else None", **SCOPE)
    check(f, True)
    check(f, False)


@pytest.mark.parametrize("text", ["e + 1", "-e", "e[0]", "len(e)", "e < e", "max(e, e)", "[x for x in e]"])
def test_what_members_are_not(text):
    with pytest.raises(TypingError):
        function(f"def f(e): return {text}")(Colour.RED)


def test_other_errors():
    with pytest.raises(TypingError):
        njit(lambda e: e)(Text.A)
    with pytest.raises(UnsupportedError, match="no number"):
        function("def f(): return Text.A", **SCOPE)()
    with pytest.raises(UnsupportedError, match="a call of an enumeration"):
        function("def f(x): return Colour(x)", **SCOPE)(1)
    with pytest.raises(TypingError):
        function("def f(e):\n    a, = e\n    return a")(Colour.RED)
