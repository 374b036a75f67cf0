"""Named tuples of the program: as arguments, made in compiled code, as results."""

import pickle
import subprocess
import sys
from collections import namedtuple
from typing import NamedTuple

import numpy as np
import pytest
import zouk
from lang_support import check, function

Point = namedtuple("Point", "x y")
Limits = namedtuple("Limits", "low high step", defaults=[10, 0.5])


class Particle(NamedTuple):
    place: Point
    mass: float = 1.0
    trace: np.ndarray = None

    def energy(self):
        return self.mass / 2


class Shifted(Point):
    """Adds functions, changes none."""

    def far(self):
        return self.x > 10


class Odd(Point):
    """Is no tuple like others."""

    def __getitem__(self, i):
        return 7


SCOPE = dict(Point=Point, Limits=Limits, Particle=Particle, Shifted=Shifted, Odd=Odd)


def compiled(text):
    return function(text, **SCOPE)


def same_class(f, *arguments):
    """As `check`; the results are of the same classes, too."""
    check(f, *arguments)
    assert classes(f(*arguments)) == classes(f.py_func(*arguments))


def classes(value):
    """Of the tuple and of those inside."""
    return (type(value), [classes(item) for item in value]) if isinstance(value, tuple) else None


def test_arguments():
    f = compiled("def f(p):\n    x, y = p\n    return p.x + p[1] * y, len(p), p == (1, 2.5), x in p, p\n")
    for point in (Point(1, 2.5), Point(3, 4), Shifted(1, 2.5)):
        same_class(f, point)
    same_class(compiled("def f(q):\n    return q.place.x * q.mass + q.trace.sum(), q\n"), Particle(Point(1, 2), 2.5, np.arange(3.0)))


def test_made():
    same_class(compiled("def f(a, b):\n    p = Point(a, b)\n    return p.x - p.y, p, Point(y=a, x=b), Point(b, y=a)\n"), 1, 2.5)
    same_class(compiled("def f(a):\n    return Limits(a), Limits(a, step=a), Limits(high=a, low=0)\n"), 3)
    same_class(compiled("def f(p):\n    return Particle(p), Particle(mass=2.0, place=Point(p.y, p.x))\n"), Point(1, 2))


def test_order_of_evaluation():
    f = compiled("def f(a):\n    def_ = np.zeros(1)\n    p = Point(y=a.sum(), x=a.fill(3.0) is None)\n    return p, a[0], def_\n")
    check(f, np.arange(3.0))


def test_in_loops_and_branches():
    f = compiled("def f(n):\n    p = Point(0, 1)\n    for i in range(n):\n        p = Point(p.y, p.x + p.y)\n    return p if n % 2 else Point(p.x, -p.y)\n")
    for n in (0, 1, 10, 11):
        same_class(f, n)
    widened = compiled("def f(n):\n    p = Point(0, 1)\n    for i in range(n):\n        p = Point(p.y, p.x + 0.5)\n    return p.x + p.y\n")
    assert widened(5) == widened.py_func(5)


def test_between_functions():
    f = function("@njit\ndef flip(p):\n    return Point(p.y, p.x)\n\n@njit\ndef f(p):\n    return flip(flip(p)), flip(p).x\n", **SCOPE)
    same_class(f, Point(1.5, 2))


def test_isinstance():
    f = compiled("def f(p):\n    return isinstance(p, Point), isinstance(p, tuple), isinstance(p, Limits), isinstance(p, (Limits, Point)), isinstance(p, int)\n")
    for value in (Point(1, 2), Limits(1), (1, 2), 3):
        check(f, value)


@pytest.mark.parametrize(
    "call, message",
    [
        ("Point(1)", "missing `y`"),
        ("Point(1, 2, 3)", "takes 2 items but 3 were given"),
        ("Point(1, x=2)", "multiple values for `x`"),
        ("Point(1, z=2)", "unexpected keyword argument `z`"),
    ],
)
def test_calls_that_do_not_fit(call, message):
    f = compiled(f"def f():\n    return {call}\n")
    with pytest.raises(TypeError):
        f.py_func()
    with pytest.raises(zouk.TypingError, match=message):
        f()


def test_classes_with_meanings_of_their_own():
    f = compiled("def f(p):\n    return p[0]\n")
    with pytest.raises(zouk.TypingError, match="Odd"):
        f(Odd(1, 2))
    assert f(Point(1, 2)) == 1


def test_classes_of_one_name():
    """They are told apart, also where they are not found by their names."""
    classes = [namedtuple("Same", "a b"), namedtuple("Same", "b a"), namedtuple("Same", "a b")]
    results = [function("def f(p):\n    return Same(p.b, p.a)\n", Same=Same)(Same(1, 2)) for Same in classes]
    assert [type(result) for result in results] == classes and [tuple(result) for result in results] == [(2, 1), (1, 2), (2, 1)]


def test_cached(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "from collections import namedtuple\nfrom zouk import njit\nP = namedtuple('P', 'x y')\n\n@njit(cache=True)\ndef f(p):\n    return P(p.y, p.x)\n\n"
        "print(f(P(1, 2)), type(f(P(1, 2))) is P, len(f.stats.cache_hits))\n"
    )
    import os

    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    printed = [subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env=environment).stdout for _ in range(2)]
    assert printed == ["P(x=2, y=1) True 0\n", "P(x=2, y=1) True 1\n"]


class Settings(NamedTuple):
    steps: int
    rate: np.float32
    start: Point
    weights: np.ndarray = np.array([1.0, 2.5, 4.0])
    kind: str = "fast"
    limit: float = None


SETTINGS = Settings(4, np.float32(0.5), Shifted(1, -2.0))
USES = """SETTINGS.steps * x | SETTINGS.rate + x | SETTINGS[2].y | SETTINGS.start | SETTINGS.weights[1] * x | SETTINGS.weights.sum() | len(SETTINGS) | SETTINGS[:2] | SETTINGS.limit is None
SETTINGS.start == (1, -2.0) | sum(np.ones(SETTINGS.steps)) | x if SETTINGS.kind == "fast" else SETTINGS.missing | NESTED[1].x + NESTED[0] | SETTINGS.start + (x,)"""


@pytest.mark.parametrize("use", [use.strip() for line in USES.splitlines() for use in line.split("|")])
def test_of_the_module(use):
    """What the program has is a constant, and so are its items."""
    f = function(f"def f(x):\n    return {use}\n", SETTINGS=SETTINGS, NESTED=(1, Point(2, 3)), np=np)
    same_class(f, 3)


def test_of_the_module_in_loops_and_closures():
    f = function(
        "def f(x):\n    total, start = 0.0, SETTINGS.start\n    for i in range(SETTINGS.steps):\n        for w in SETTINGS.weights:\n            total += w * SETTINGS.rate * i\n"
        "    def inner(y):\n        return y + SETTINGS.steps\n    a, b = start\n    return inner(total), a + b + x\n",
        SETTINGS=SETTINGS,
    )
    check(f, 2)

    def make(settings):
        @zouk.njit
        def g(x, point=Point(2, 0.5)):
            return settings.x * x + point.y

        return g

    for settings in (Point(1, 2), Point(2.5, 0)):
        assert make(settings)(3) == make(settings).py_func(3)
        assert make(settings)(3, Point(0, 1)) == make(settings).py_func(3, Point(0, 1))


def test_as_defaults():
    """Of functions that Python calls and of those that compiled code calls."""

    def scaled(x, by=Point(2, 0.5), of=Particle(Shifted(1, -2), 2.5)):
        return x * by.x + by.y + of.place.y, by, of[:2]

    same_class(zouk.njit(scaled), 3)
    same_class(zouk.njit(scaled), 3, Point(1.5, 2))
    f = function("def f(x):\n    return g(x), g(x, of=HEAVY)\n", g=zouk.njit(scaled), HEAVY=Particle(Point(0, 1), 7))
    same_class(f, 3)


@pytest.mark.parametrize("item", [[1, 2], object(), Odd(1, 2)], ids=["list", "object", "odd"])
def test_of_the_module_with_items_that_are_not_compiled(item):
    f = function("def f():\n    return P.x\n", P=Point(item, 1))
    with pytest.raises(zouk.UnsupportedError) as error:
        f()
    assert "P.x" in str(error.value)


def test_of_the_module_cached(tmp_path):
    """Other values are other programs."""
    import os

    program = tmp_path / "program.py"
    text = "from collections import namedtuple\nfrom zouk import njit\nC = namedtuple('C', 'x y')(VALUE, 2)\n\n@njit(cache=True)\ndef f(a):\n    return a * C.x + C.y\n\nprint(f(10), len(f.stats.cache_hits))\n"
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    printed = []
    for value in ("1", "1", "3"):
        program.write_text(text.replace("VALUE", value))
        printed.append(subprocess.run([sys.executable, str(program)], capture_output=True, text=True, env=environment).stdout)
    assert printed == ["12 0\n", "12 1\n", "32 0\n"]


def test_declared_signatures():
    """A plain tuple type takes tuples with names."""
    f = zouk.njit("f8(UniTuple(f8, 2))")(lambda p: p[0] - p[1])
    assert f(Point(1, 2)) == f.py_func(Point(1.0, 2.0))
    assert pickle.loads(pickle.dumps(f))(Point(3, 1)) == 2.0
