"""Operators on scalars: every operator, every pair of types, against the arithmetic of lang_support."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lang_support import COMPARISONS, COMPLEX, FLOATS, INTEGERS, NUMBERS, binary, check, comparison, function, is_integral, plain, same, unary, wrap

from zouk import TypingError, njit

PAIRS = list(itertools.product(NUMBERS, NUMBERS))


def name(value):
    return value.__name__ if isinstance(value, type) else "-".join(map(name, value))


def values(dtype):
    """Scalars of a type, its extremes among them."""
    if dtype is np.bool_:
        return [np.bool_(False), np.bool_(True)]
    if is_integral(dtype):
        info = np.iinfo(dtype)
        return [dtype(v) for v in (info.min, info.max, 0, 1, 3, 7, info.max // 3)] + ([dtype(-1), dtype(-5)] if info.min else [])
    if dtype in COMPLEX:
        return [dtype(v) for v in (0, 1, -2.5 + 1j, 3 - 4j, 0.1j)]
    return [dtype(v) for v in (0.0, -0.0, 1.0, -2.5, 7.0, 0.1, 1e10, np.inf, np.nan)]


def operators(a, b, kinds):
    """A function that computes several operators at once: one compilation for a pair of types."""
    return function("def f(x, y):\n    return " + ", ".join(f"x {kind} y" for kind in kinds) + ",\n"), kinds


def expect(f, kinds, oracle, x, y, rtol=0.0):
    results = f(x, y)
    for kind, result in zip(kinds, results):
        expected = oracle(kind, x, y)
        assert same(result, expected, rtol), f"{x!r} {kind} {y!r} is {result!r}, expected {expected!r}"


def inexact_tolerance(a, b):
    return 1e-6 if {np.float32, np.complex64} & {a, b} else 1e-15


@pytest.mark.parametrize("a, b", PAIRS, ids=name)
def test_arithmetic(a, b):
    f, kinds = operators(a, b, ["+", "-", "*"])
    for x, y in itertools.product(values(a), values(b)):
        if (a in COMPLEX or b in COMPLEX) and not (np.isfinite(x) and np.isfinite(y)):
            continue
        expect(f, kinds, binary, x, y)


@pytest.mark.parametrize("a, b", PAIRS, ids=name)
def test_comparisons(a, b):
    kinds = ["==", "!="] if a in COMPLEX or b in COMPLEX else list(COMPARISONS)
    f, kinds = operators(a, b, kinds)
    for x, y in itertools.product(values(a), values(b)):
        expect(f, kinds, comparison, x, y)


@pytest.mark.parametrize("a, b", [p for p in PAIRS if not set(p) & set(COMPLEX)], ids=name)
def test_division(a, b):
    f, kinds = operators(a, b, ["/", "//", "%"])
    for x, y in itertools.product(values(a), values(b)):
        if y == 0:
            continue
        if not (np.isfinite(x) and np.isfinite(y)):
            continue
        expect(f, kinds, binary, x, y)


@pytest.mark.parametrize("a, b", [p for p in PAIRS if set(p) & set(COMPLEX)], ids=name)
def test_complex_division(a, b):
    f, kinds = operators(a, b, ["/"])
    for x, y in itertools.product(values(a), values(b)):
        if y != 0 and np.isfinite(x) and np.isfinite(y) and abs(complex(x)) < 1e9 and abs(complex(y)) < 1e9:
            (result,), expected = f(x, y), binary("/", x, y)
            assert type(result) is complex and abs(result - expected) <= 4 * inexact_tolerance(a, b) * abs(expected), (x, y, result, expected)


@pytest.mark.parametrize("a, b", list(itertools.product([np.bool_, *INTEGERS], repeat=2)), ids=name)
def test_bits(a, b):
    f, kinds = operators(a, b, ["&", "|", "^"])
    for x, y in itertools.product(values(a), values(b)):
        expect(f, kinds, binary, x, y)


@pytest.mark.parametrize("a, b", list(itertools.product(INTEGERS, INTEGERS)), ids=name)
def test_shifts(a, b):
    f, kinds = operators(a, b, ["<<", ">>"])
    for x in values(a):
        for count in (0, 1, 5, 31, 32, 63):
            expect(f, kinds, binary, x, b(count))


@pytest.mark.parametrize("dtype", INTEGERS, ids=name)
def test_shifts_by_more_than_the_width(dtype):
    f, kinds = operators(dtype, np.int64, ["<<", ">>"])
    for x, count in itertools.product(values(dtype), (64, 65, 1000)):
        expect(f, kinds, binary, x, np.int64(count))


def test_negative_shifts_raise():
    for text in ("x << y", "x >> y"):
        f = function(f"def f(x, y):\n    return {text}\n")
        check(f, 1, -1, text=True)
        check(f, 1, 1)


@pytest.mark.parametrize("a, b", list(itertools.product([np.int8, np.int32, np.int64, np.uint8, np.uint64], repeat=2)), ids=name)
def test_integer_powers(a, b):
    f, kinds = operators(a, b, ["**"])
    for x, y in itertools.product(values(a), values(b)):
        if y < 2**63 and not (x == 0 and y < 0):
            expect(f, kinds, binary, x, y)


@pytest.mark.parametrize("a, b", [(a, b) for a, b in PAIRS if {a, b} & set(FLOATS) and not {a, b} & set(COMPLEX)], ids=name)
def test_float_powers(a, b):
    f, kinds = operators(a, b, ["**"])
    for x, y in itertools.product((0.5, 2.0, 3.0, 10.0), (-3, 0, 1, 2, 5, 0.5)):
        x, y = (t(abs(v) if is_integral(t) and not np.issubdtype(t, np.signedinteger) else v) for t, v in ((a, x), (b, y)))
        if x != 0:
            expect(f, kinds, binary, x, y, inexact_tolerance(a, b))


def test_powers_of_negative_and_special_floats():
    f = function("def f(x, y):\n    return math.pow(x, y)\n")
    for x, y in itertools.product((0.0, -0.0, 1.0, -1.0, -2.0, np.inf, -np.inf, np.nan), (0.0, 1.0, 2.0, 3.0, np.inf, np.nan)):
        check(f, x, y, rtol=1e-15)


@pytest.mark.parametrize("exponent", range(-3, 9))
def test_constant_exponents(exponent):
    f = function(f"def f(x):\n    return x ** {exponent}\n")
    for x in (2.0, -3.0, 0.1):
        check(f, x, rtol=1e-15)
    if exponent >= 0:
        for x in (2, -3, 10**9):
            assert f(x) == wrap(x**exponent)


@pytest.mark.parametrize("dtype", NUMBERS, ids=name)
def test_unary_operators(dtype):
    kinds = ["-", "+"] + (["~"] if is_integral(dtype) and dtype is not np.bool_ else [])
    f = function("def f(x):\n    return " + ", ".join(f"{kind}x" for kind in kinds) + ", not x, bool(x)\n")
    for x in values(dtype):
        expected = tuple(unary(kind, x) for kind in kinds) + (not x, bool(x))
        assert same(f(x), expected), x


@pytest.mark.parametrize("dtype", NUMBERS, ids=name)
def test_arguments_come_back(dtype):
    f = function("def f(x):\n    return x\n")
    for x in values(dtype):
        assert same(f(x), plain(x))


@pytest.mark.parametrize("dtype", NUMBERS, ids=name)
def test_conversions(dtype):
    """`np.float32(x)` and so on, of values that the target can hold."""
    targets = [t for t in NUMBERS if not (dtype in COMPLEX and t not in COMPLEX)]
    f = function("def f(x):\n    return " + ", ".join(f"np.{t.__name__.rstrip('_')}(x)".replace("np.bool(", "np.bool_(") for t in targets) + "\n")
    for x in [dtype(0), dtype(1)] + ([dtype(100)] if dtype is not np.bool_ else []):
        assert same(f(x), tuple(plain(t(x)) for t in targets))


@pytest.mark.parametrize("dtype", INTEGERS, ids=name)
def test_integer_conversions_wrap(dtype):
    f = function("def f(x):\n    return " + ", ".join(f"np.{t.__name__}(x)" for t in INTEGERS) + "\n")
    for x in values(dtype):
        assert same(f(x), tuple(wrap(int(x), t) for t in INTEGERS))


def test_augmented_assignment():
    @njit
    def f(x, y):
        a = x
        a += y
        a -= 3
        a *= y
        a //= 2
        a %= 1000
        a **= 2
        b = a
        b <<= 2
        b >>= 1
        b |= 8
        b &= 1023
        b ^= 5
        c = x / 1
        c /= 3
        return a, b, c

    for x, y in itertools.product((0, 5, -7, 12345), (1, 2, -3)):
        check(f, x, y)


@pytest.mark.parametrize("x, y", [(1, 0), (0, 0), (-5, 0), (1.0, 0.0), (1.5, 0), (0.0, -0.0), (True, False), (np.uint64(3), np.uint64(0))])
def test_division_by_zero(x, y):
    for text in ("x / y", "x // y", "x % y"):
        f = function(f"def f(x, y):\n    return {text}\n")
        if isinstance(x, np.generic):
            with pytest.raises(ZeroDivisionError):
                f(x, y)
        else:
            check(f, x, y, text=True)


@pytest.mark.parametrize("x, y", [(0, -1), (0.0, -1), (0.0, -2.5), (-0.0, -1.0), (0, -0.5)])
def test_zero_to_a_negative_power(x, y):
    check(function("def f(x, y):\n    return x ** y\n"), x, y)


def test_complex_division_by_zero():
    f = function("def f(x, y):\n    return x / y\n")
    check(f, 1j, 0j, text=True)
    check(f, 1j, 0, text=True)


def test_division_of_the_smallest_integer():
    f = function("def f(x, y):\n    return x // y, x % y\n")
    assert f(-(2**63), -1) == (-(2**63), 0)


def test_numpy_error_model():
    f = njit(error_model="numpy")(function("def f(x, y):\n    return x / y\n").py_func)
    assert f(1.0, 0.0) == np.inf and f(-1.0, 0.0) == -np.inf and np.isnan(f(0.0, 0.0))


def test_chained_comparisons():
    @njit
    def f(x, y, z):
        return x < y < z, x < y > z, x == y == z, x <= y != z

    for arguments in itertools.product((0, 1, 2), (0, 1.5, 2), (-1, 1, 2)):
        check(f, *arguments)


def test_wide_literals():
    f = function("def f():\n    return 0x7FFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFFFFF, -0x8000000000000000, 1_000_000, 0b101, 1e308, 2j\n")
    check(f)


def test_order_of_complex_numbers_is_refused():
    f = function("def f(x, y):\n    return x < y\n")
    with pytest.raises(TypingError):
        f(1j, 2j)


def test_bits_of_floats_are_refused():
    for text in ("x & y", "x << y", "x | y"):
        f = function(f"def f(x, y):\n    return {text}\n")
        with pytest.raises(TypingError):
            f(1.0, 2)


def test_equality_with_none():
    f = function("def f(x):\n    return x is None, x is not None\n")
    for x in (None, 1, 2.0):
        check(f, x)


# Random programs: one expression of ints is compared with Python's, cut to 64 bits at every step.

leaves = st.one_of(st.sampled_from(["a", "b", "c"]), st.integers(-100, 100).map(lambda n: f"({n})"))


def extend(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*", "&", "|", "^"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
        inner.map(lambda e: f"(~{e})"),
        st.tuples(inner, st.sampled_from(["//", "%"]), st.integers(2, 50)).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, st.sampled_from(["<<", ">>"]), st.integers(0, 40)).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} < {t[2]} else {t[2]})"),
    )


expressions = st.recursive(leaves, extend, max_leaves=12)
int64s = st.one_of(st.integers(-100, 100), st.integers(-(2**63), 2**63 - 1))


class Wrapping(int):
    """An int whose arithmetic is int64's."""


def _wrapping(name):
    def method(self, *others):
        return Wrapping(wrap(int(getattr(int, name)(int(self), *map(int, others)))))

    return method


for _name in ("add", "sub", "mul", "and", "or", "xor", "floordiv", "mod", "lshift", "rshift"):
    setattr(Wrapping, f"__{_name}__", _wrapping(f"__{_name}__"))
    setattr(Wrapping, f"__r{_name}__", _wrapping(f"__r{_name}__"))
for _name in ("neg", "invert"):
    setattr(Wrapping, f"__{_name}__", _wrapping(f"__{_name}__"))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(expressions, st.lists(st.tuples(int64s, int64s, int64s), min_size=3, max_size=6))
def test_random_integer_expressions(expression, arguments):
    f = function(f"def f(a, b, c):\n    return {expression}\n")
    for triple in arguments:
        expected = int(f.py_func(*map(Wrapping, triple)))
        assert f(*triple) == wrap(expected), (expression, triple)


float_leaves = st.one_of(st.sampled_from(["a", "b", "c"]), st.floats(-100, 100).map(lambda x: f"({x!r})"))


def extend_floats(inner):
    return st.one_of(
        st.tuples(inner, st.sampled_from(["+", "-", "*"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda e: f"(-{e})"),
        inner.map(lambda e: f"abs({e})"),
        st.tuples(inner, inner).map(lambda t: f"({t[0]} / (abs({t[1]}) + 1.0))"),
        st.tuples(inner, inner, inner).map(lambda t: f"({t[0]} if {t[1]} < {t[2]} else {t[2]})"),
    )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.recursive(float_leaves, extend_floats, max_leaves=12), st.lists(st.tuples(*[st.floats(-1e6, 1e6)] * 3), min_size=3, max_size=6))
def test_random_float_expressions(expression, arguments):
    f = function(f"def f(a, b, c):\n    return {expression}\n")
    for triple in arguments:
        check(f, *triple)


@njit
def floored(x):
    return math.floor(x), int(x)


@pytest.mark.parametrize("x", [1e300, -1e300, 2.0**63, math.inf, math.nan])
def test_floats_beyond_64_bits(x):
    with pytest.raises(OverflowError if not math.isnan(x) else ValueError):
        floored(x)


@pytest.mark.parametrize("x", [-(2.0**63), 2.0**63 - 1024, -0.5])
def test_floats_within_64_bits(x):
    check(floored, x)
