"""What a typing function is given: literally, literal types, tuples of several types, texts."""

import numpy as np
import pytest
from extending_support import registered  # noqa: F401
from lang_support import check

import zouk
from zouk import literal_unroll, literally, njit, types
from zouk.extending import overload


def power(x, n):
    return x**n


ASKED = []


@overload(power)
def power_overload(x, n):
    ASKED.append(n)
    if not isinstance(n, types.Literal):
        return lambda x, n: literally(n)
    if n.literal_value == 2:
        return lambda x, n: x * x
    return lambda x, n: x**n


@njit
def raised(x, n):
    return power(x, n)


@njit
def outer(x, n):
    return raised(x, n) + raised(x, 3)


def test_literally():
    for n in (2, 3, 2, 5):
        assert raised(3, n) == 3**n and outer(2, n) == 2**n + 8
    assert [signature[1] for signature in raised.signatures] == [types.literal(n) for n in (2, 3, 5)]
    assert types.literal(2) in ASKED and types.int64 in ASKED
    assert njit(lambda x: power(x, 2))(5) == 25
    raised.recompile()
    assert raised(3, 2) == 9 and [signature[1] for signature in raised.signatures] == [types.literal(n) for n in (2, 3, 5)]


def test_literally_without_compiling():
    @njit
    def f(x):
        return literally(x)

    assert f(2) == 2 and f(3) == 3
    f.disable_compile()
    assert f(3) == 3 and f(2) == 2
    with pytest.raises(TypeError, match="No matching definition"):
        f(4)


def test_literally_of_bools_and_of_each_integer_type():
    @njit
    def f(flag, n):
        return literally(flag), literally(n)

    values = [True, False, 0, -1, 2**63, np.uint8(200), np.int8(-3), np.uint64(2**64 - 1)]
    for n in values:
        assert f(True, n) == (True, n) and f(False, n) == (False, n)
    compiled = f.inspect("typed", f.signatures[0])
    assert "py.constant" in compiled


def test_literally_as_an_index_of_a_tuple():
    @njit
    def pick(t, i):
        return t[literally(i)]

    t = (1, 2.5, 3j)
    for i in (0, 1, 2, -1):
        check(pick, t, i)


def test_literally_refuses():
    with pytest.raises(zouk.TypingError, match="not-constant"):
        njit(lambda x: literally(x + 1))(3)
    with pytest.raises(zouk.TypingError, match="takes an integer, a bool or a string, not float64"):
        njit(lambda x: literally(x))(3.5)
    with pytest.raises(zouk.TypingError, match="literally.. takes one argument"):
        njit(lambda x: literally(x, x))(3)

    @njit
    def inner(x):
        return literally(x)

    with pytest.raises(zouk.TypingError, match="not-constant"):
        njit(lambda x: inner(x * 2))(3)
    with pytest.raises(zouk.TypingError, match="not-constant"):
        njit("int64(int64)")(inner.py_func)
    assert inner(3) == 3


def test_literal_types_of_strings_and_tuples():
    seen = []

    def g(mode, shape):
        return 1 if mode == "a" else 2

    @overload(g, prefer_literal=True)
    def g_overload(mode, shape):
        seen.append((mode, shape))
        result = 1 if mode.literal_value == "a" else 2
        return lambda mode, shape: result

    @njit
    def f(n):
        return g("a", (2, 3)), g("b", (n, 3))

    check(f, 4)
    assert seen[0] == (types.literal("a"), types.Tuple((types.literal(2), types.literal(3))))
    assert seen[1] == (types.literal("b"), types.Tuple((types.int64, types.literal(3))))


def test_strings_go_through():
    def g(mode, x):
        return x if mode == "same" else -x

    @overload(g)
    def g_overload(mode, x):
        return lambda mode, x: x if mode == "same" else -x

    check(njit(lambda x: (g("same", x), g("other", x), g(mode="same", x=2.5))), 3)


def test_literal_unroll():
    @njit
    def total(t):
        result = 0.0
        for i, x in enumerate(literal_unroll(t)):
            result += i * x
        for x in literal_unroll((1, 2, 3)):
            result += (10, 20.5, 30, 40)[x]
        return result

    check(total, (1, 2.5, 4))
    check(total, (1, 2, 3))
    with pytest.raises(zouk.TypingError, match="literal_unroll.. takes a tuple, not array"):
        njit(lambda a: literal_unroll(a))(np.ones(3))
    assert literal_unroll((1, 2)) == (1, 2) and literally(3) == 3


def test_texts_of_all_characters():
    seen = []

    def look(text):
        pass

    @overload(look, prefer_literal=True)
    def look_overload(text):
        seen.append(text.literal_value)
        return lambda text: None

    @njit
    def f():
        look("a \" quote, a \\ and a\nline\t\x01\x7f")
        look("é∑🙂")
        look("")

    f()
    assert seen == ["a \" quote, a \\ and a\nline\t\x01\x7f", "é∑🙂", ""]
