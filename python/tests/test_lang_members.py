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


def test_members_of_modules():
    f = function(
        """
import math
def f(x):
    return getattr(np, "pi") + getattr(math, "sin")(x), getattr(np, "nothing", x), hasattr(np, "pi"), hasattr(math, "nothing"), getattr(np.linalg, "norm")(np.ones(4))
"""
    )
    check(f, 2.5)
    with pytest.raises(AttributeError, match="module `numpy` has no attribute `pie`"):
        njit(lambda: getattr(np, "pie"))()


def test_item_of_numbers():
    for array in (np.array([True]), np.array([3], np.int8), np.array([2.5], np.float32), np.array([1 + 2j])):
        assert njit(lambda a: a[0].item())(array) == array[0].item()


CODES = {
    "x.nothing": AttributeError,
    "np.nothing": AttributeError,
    "nothing + x": NameError,
    "x + (1, 2)": TypeError,
    "-(x, x)": TypeError,
    "x(1)": TypeError,
    "x[0]": TypeError,
    "(x, x)[2]": IndexError,
    "[i for i in x]": TypeError,
    "inner(x, x)": TypeError,
}


@pytest.mark.parametrize("text", CODES)
def test_refusals_are_of_the_class_that_python_raises(text):
    """As well as of the compiler's."""
    f = function(f"from zouk import njit\n@njit\ndef inner(x): return x\ndef f(x): return {text}")
    with pytest.raises(CODES[text]):
        f.py_func(1)
    with pytest.raises(TypingError) as caught:
        f(1)
    assert isinstance(caught.value, CODES[text])


def test_unpacking():
    f = function("def f(t):\n    a, b = t\n    return a")
    for t, wrong in (((1, 2, 3), ValueError), (1, TypeError)):
        with pytest.raises(wrong):
            f.py_func(t)
        with pytest.raises(TypingError) as caught:
            f(t)
        assert isinstance(caught.value, wrong)
