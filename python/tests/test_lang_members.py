"""`getattr`, `hasattr`, `type`, `hash` and `a, *b = t`, beside CPython."""

import math
from collections import namedtuple

import numpy as np
import pytest
from lang_support import check, function

from zouk import njit
from zouk.errors import TypingError

Point = namedtuple("Point", "x y")


def test_getattr_and_hasattr():
    f = function(
        """
NAME = "imag"
def f(z):
    real = getattr(z, "real")
    a = getattr(z, NAME, 7)
    b = getattr(z, "shape", 8)
    if hasattr(z, "shape"):
        return z.shape[0] + real[0], a[0], b[0], hasattr(z, "sum"), hasattr(z, "nothing")
    else:
        return real, a, b, hasattr(z, "conjugate"), hasattr(z, "nothing")
"""
    )
    for z in (1 + 2j, 2.5, np.arange(3) * 1j):
        check(f, z)
    check(function("def f(p): return getattr(p, 'x'), getattr(p, 'z', 5), hasattr(p, 'y'), hasattr(p, 'z')"), Point(1, 2.5))
    records = np.zeros(2, [("x", "f8")])
    assert njit(lambda a: (hasattr(a, "x"), hasattr(a, "y"), getattr(a, "x").size))(records) == (True, False, records["x"].size)


def test_names_that_are_not_there():
    with pytest.raises(TypingError, match="Unknown attribute 'nothing'"):
        njit(lambda x: getattr(x, "nothing"))(1.0)
    with pytest.raises(TypingError, match="constant string"):
        njit(lambda x: getattr(x, x))(1.0)


def test_type():
    f = function("def f(x, y): return type(x)(y), type(x) is type(y), type(x) is float, type(x) == int, type(x) is not bool")
    for x in (1, 2.5, True, 3j):
        for y in (1, 2.5, True):
            check(f, x, y)
    check(function("def f(t): return type(t) is tuple, type(t) is list"), (1, 2))


NUMBERS = [0, 1, -1, 5, -7, 2**61 - 1, 2**61, -(2**61), 2**61 - 2, -(2**61 - 1), 2**63 - 1, -(2**63), 2**63, 2**64 - 1, True, False]
FLOATS = [0.0, -0.0, 1.0, -1.0, 0.5, 2.5, -3.75, 1e300, -1e-300, 5e-324, math.pi, 2.0**61, float(2**62), math.inf, -math.inf, 1e16]


def test_hash():
    f = njit(lambda x: hash(x))
    rng = np.random.default_rng(1)
    numbers = [*NUMBERS, *FLOATS, *rng.normal(size=30).tolist(), *rng.integers(-(2**62), 2**62, 20).tolist()]
    for x in numbers:
        assert f(x) == hash(x), x
    for x in (1j, 2 + 3j, -1 - 1j, 0j, 1.5 - 2.5j):
        assert f(x) == hash(x), x
    for t in ((), (1,), (1, 2.5), (-1, (True, 3.5)), (1, 2, 3, 4, 5)):
        assert f(t) == hash(t), t
    assert njit(lambda: hash(math.nan))() == 0


def test_starred_targets():
    f = function(
        """
def f(t):
    a, *b = t
    *c, d = t
    e, *g, h = t
    (i, *[j, *k]), m = t, 5
    return a, b, c, d, e, g, h, i, j, k, len(g)
"""
    )
    for t in ((1, 2), (1, 2.5, 3), (1, (2, 3), 4.5, True)):
        check(f, t)
    check(function("def f(t):\n    s = 0\n    for a, *b in t:\n        s += a + len(b)\n    return s"), ((1, 2, 3), (4, 5, 6)))
    with pytest.raises(TypingError):
        function("def f(t):\n    a, b, *c = t\n    return c")((1,))
