"""The functions of `math`: ordinary and special values against CPython's, or, where CPython raises, the limits that C99 gives."""

import itertools
import math
import time

import numpy as np
import pytest
from lang_support import check, function, same

NAN, INF = math.nan, math.inf

# sin, exp and their like may differ from the C library's in the last place (docs/semantics.md).
ULPS = 4 * 2.3e-16
# CPython has its own gamma functions; near a zero of lgamma the relative difference grows.
TOLERANCE = {"gamma": 1e-13, "lgamma": 1e-12, "fabs": 0.0, "copysign": 0.0, "nextafter": 0.0, "sqrt": 0.0, "fmod": 0.0, "remainder": 0.0}

REAL = [0.0, -0.0, 0.1, 0.5, -0.5, 1.0, -1.0, 1.5, 2.0, -2.7, 10.0, 100.25, -1e-5, 1e-300, 5e-324, 1e5, INF, -INF, NAN]
UNARY = """acos acosh asin asinh atan atanh cos cosh degrees erf erfc exp exp2 expm1 fabs gamma lgamma log log10 log1p log2 cbrt radians sin sinh sqrt
tan tanh""".split()  # fmt: skip
BINARY = ["atan2", "copysign", "hypot", "pow", "nextafter", "fmod", "remainder"]
ROUNDING = ["ceil", "floor", "trunc"]
TESTS = ["isfinite", "isinf", "isnan"]


def reference(name, *arguments):
    """CPython's value; where CPython raises ValueError or OverflowError NumPy's, which has the limits that compiled code returns."""
    numpy_names = {"acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh", "atan": "arctan", "atanh": "arctanh", "pow": "power"}
    try:
        return getattr(math, name)(*arguments)
    except (ValueError, OverflowError):
        if name == "gamma":
            return gamma_at_a_pole_or_beyond(*arguments)
        if name == "lgamma":
            return INF
        if name == "remainder":
            return NAN
        with np.errstate(all="ignore"):
            return float(getattr(np, numpy_names.get(name, name))(*map(np.float64, arguments)))


def gamma_at_a_pole_or_beyond(x):
    if x == 0:
        return math.copysign(INF, x)
    return INF if x > 0 and x != INF or x == INF else NAN


@pytest.mark.parametrize("name", UNARY)
def test_unary_functions(name):
    f = function(f"def f(x):\n    return math.{name}(x)\n")
    for x in REAL + [171.0, 172.5, -3.5, 710.0, -710.0]:
        expected = reference(name, x)
        result = f(x)
        assert same(result, expected, TOLERANCE.get(name, ULPS)), f"{name}({x}) is {result!r}, expected {expected!r}"


@pytest.mark.parametrize("name", UNARY)
def test_unary_functions_of_integers_and_float32(name):
    f = function(f"def f(x):\n    return math.{name}(x)\n")
    for x in (1, np.int8(1), np.uint32(1), True):
        if name != "atanh":
            assert same(f(x), reference(name, 1.0), TOLERANCE.get(name, ULPS))
    x = np.float32(0.75) if name != "acosh" else np.float32(1.75)
    assert same(f(x), reference(name, float(x)), 1e-6)


@pytest.mark.parametrize("name", BINARY)
def test_binary_functions(name):
    f = function(f"def f(x, y):\n    return math.{name}(x, y)\n")
    for x, y in itertools.product([0.0, -0.0, 0.5, -0.5, 1.0, -1.0, 2.0, 3.0, -3.0, 1e200, INF, -INF, NAN], repeat=2):
        expected, result = reference(name, x, y), f(x, y)
        assert same(result, expected, TOLERANCE.get(name, ULPS)), f"{name}({x}, {y}) is {result!r}, expected {expected!r}"


@pytest.mark.parametrize("name", BINARY)
def test_binary_functions_of_integers(name):
    f = function(f"def f(x, y):\n    return math.{name}(x, y)\n")
    for x, y in ((1, 2), (2.5, 3), (True, 2.0), (np.int32(3), np.uint8(2))):
        assert same(f(x, y), reference(name, x, y), ULPS)


@pytest.mark.parametrize("name", ROUNDING)
def test_rounding(name):
    f = function(f"def f(x):\n    return math.{name}(x)\n")
    for x in (0.0, -0.0, 0.5, -0.5, 1.5, -1.5, 2.0**52 + 0.5, -1e15, 0.9999999999999999, 3, -3, True):
        check(f, x)


@pytest.mark.parametrize("name", TESTS)
def test_tests(name):
    f = function(f"def f(x):\n    return math.{name}(x)\n")
    for x in (*REAL, 1, 0, True):
        check(f, x)


def test_frexp():
    f = function("def f(x):\n    return math.frexp(x)\n")
    for x in REAL:
        result, expected = f(x), math.frexp(x)
        assert same(result[0], expected[0]) and (not math.isfinite(x) or result[1] == expected[1])


def test_ldexp():
    f = function("def f(x, n):\n    return math.ldexp(x, n)\n")
    for x, n in itertools.product([0.0, -0.0, 0.75, -1.5, 5e-324, NAN, INF], [-1100, -5, 0, 3, 1000]):
        check(f, x, n)


def test_greatest_common_divisor():
    f = function("def f(x, y):\n    return math.gcd(x, y)\n")
    for x, y in itertools.product([0, 1, 12, -18, 2**40, 10**18, 3**39, 2**63 - 1, -(2**62) * 2 + 1, -(2**63), *range(-40, 40, 7)], repeat=2):
        if math.gcd(x, y) < 2**63:
            check(f, x, y)


def test_modf():
    f = function("def f(x):\n    return math.modf(x)\n")
    for x in REAL:
        check(f, x)


def test_logarithm_to_a_base():
    f = function("def f(x, base):\n    return math.log(x, base)\n")
    for x, base in itertools.product([0.5, 1.0, 8.0, 1000], [2, 10.0, 0.5]):
        check(f, x, base, rtol=ULPS)


def test_isclose():
    f = function("def f(x, y):\n    return math.isclose(x, y), math.isclose(x, y, rel_tol=0.1), math.isclose(x, y, abs_tol=0.5)\n")
    for x, y in itertools.product([0.0, 1.0, 1.0 + 1e-12, 1.05, -1.0, INF, NAN], repeat=2):
        check(f, x, y)


def test_distance():
    f = function("def f(p, q):\n    return math.dist(p, q)\n")
    check(f, (1.0, 2.0), (4.0, 6.0), rtol=ULPS)
    check(f, (1, 2.5, 3), (0, 0.5, -3), rtol=ULPS)


def test_unit_in_the_last_place():
    f = function("def f(x):\n    return math.ulp(x)\n")
    for x in REAL:
        check(f, x)


@pytest.mark.parametrize("name", ["isqrt", "factorial"])
def test_functions_of_one_integer(name):
    f = function(f"def f(n):\n    return math.{name}(n)\n")
    for n in (0, 1, 2, 10, 15, 16, 20, -1):
        check(f, n)
    if name == "isqrt":
        for n in (2**62, 2**62 - 1, 2**63 - 1, 10**18):
            check(f, n)


@pytest.mark.parametrize("name", ["lcm", "perm", "comb"])
def test_functions_of_two_integers(name):
    f = function(f"def f(n, k):\n    return math.{name}(n, k)\n")
    for n, k in itertools.product((0, 1, 5, 12, 20), (0, 1, 3, 12)):
        check(f, n, k)


def test_hypot_does_not_overflow():
    f = function("def f(x, y):\n    return math.hypot(x, y)\n")
    check(f, 3e200, 4e200, rtol=ULPS)
    check(f, 3e-200, 4e-200, rtol=ULPS)


def test_constants():
    check(function("def f():\n    return math.pi, math.e, math.inf, math.nan, math.tau\n"))


def test_imported_by_name():
    f = function("from math import sin as sine, pi\n\ndef f(x):\n    return sine(x * pi)\n", dummy=None)
    check(f, 0.5, rtol=ULPS)


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "log", "tan", "atan", "erf", "log1p", "expm1", "tanh", "exp2", "sqrt", "asin"])
def test_loops_over_arrays(name):
    """The vector versions, of full vectors and of what is left over; special values among the others."""
    f = function(f"def f(x, out):\n    for i in range(len(x)):\n        out[i] = math.{name}(x[i])\n")
    inside = np.random.default_rng(7).uniform(0.01, 0.99, 37)
    special = inside.copy()
    special[[3, 10, 36]] = [NAN, 0.0, -0.0]
    for x in (inside, special, inside[:1], inside[:0]):
        out = np.empty_like(x)
        f(x, out)
        for value, result in zip(x, out):
            assert same(float(result), reference(name, float(value)), ULPS), (name, value)


def test_special_values_in_vector_loops():
    for name in ("sin", "exp", "log", "sqrt", "tanh"):
        f = function(f"def f(x, out):\n    for i in range(len(x)):\n        out[i] = math.{name}(x[i])\n")
        x = np.array(REAL + [-1000.0, 1000.0, 709.78, -745.0, 1e22])
        out = np.empty_like(x)
        f(x, out)
        for value, result in zip(x, out):
            assert same(float(result), reference(name, float(value)), ULPS), (name, value, result)


def test_time_to_compile_long_chains_of_divisions():
    """Linear in their number: 400 took 7 s of one core, now half a second."""
    f = function("def f(x):\n    s = 0\n" + "".join(f"    s += x // (s + {i})\n" for i in range(1, 401)) + "    return s\n")
    before = time.process_time()
    check(f, 10**15 + 7)
    assert time.process_time() - before < 4
    check(f, -12345)
