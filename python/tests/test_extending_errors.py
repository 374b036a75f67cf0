"""Overloads that are wrong: what the typing function raises, what it returns, and how it is said."""

import numpy as np
import pytest
from extending_support import registered  # noqa: F401
from lang_support import check

import zouk
from zouk import njit, types
from zouk.extending import overload, overload_attribute, overload_method, register_jitable


def limited(a, low):
    return np.maximum(a, low)


def test_all_fail():
    def g(x):
        pass

    @overload(g)
    def first(x):
        return lambda x: x.no_such_attribute

    f = njit(lambda x: g(x))
    with pytest.raises(zouk.TypingError, match="Unknown attribute 'no_such_attribute' of type") as info:
        f(3)
    assert "called from here" in str(info.value)

    @overload(g)
    def second(x):
        raise zouk.TypingError("not these")

    with pytest.raises(zouk.TypingError, match="none of the overloads of .*g\\(\\) takes the types \\(int64\\)") as info:
        f(3)
    assert "not these" in str(info.value) and isinstance(info.value.__cause__, zouk.TypingError)


@pytest.mark.parametrize("error", [ValueError("bad value"), zouk.TypingError("no"), zouk.RequireLiteralValue("literal"), AssertionError("x")])
def test_exceptions_are_the_cause(error):
    def g(x):
        pass

    @overload(g)
    def g_overload(x):
        raise error

    with pytest.raises(zouk.TypingError) as info:
        njit(lambda x: g(x) + 1)(3)
    assert info.value.__cause__ is error
    assert f"{type(error).__name__}: {error}" in str(info.value)
    place = info.value.diagnostics[0]["span"]
    assert place[0] == __file__ and "g(x) + 1" in open(__file__).read().splitlines()[place[1] - 1]


def test_an_interrupt_is_not_held_back():
    def g(x):
        pass

    @overload(g)
    def g_overload(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        njit(lambda x: g(x))(3)


def test_compiling_in_a_typing_function():
    @njit
    def other(x):
        return x + 1

    def g(x):
        pass

    @overload(g)
    def g_overload(x):
        known = other(1)
        return lambda x: x + known

    f = njit(lambda x: g(x))
    with pytest.raises(zouk.TypingError, match="other is not compiled yet and cannot be while this thread compiles") as info:
        f(3)
    assert isinstance(info.value.__cause__, zouk.CompilerError)
    other(1)
    assert f(3) == 5


def wrong(typing, **options):
    """The error of a call of a function with this overload."""

    def g(x, y=1):
        pass

    overload(g, **options)(typing)
    with pytest.raises(zouk.TypingError) as info:
        njit(lambda x: g(x))(3)
    return str(info.value)


def test_signatures_must_agree():
    def names(x, y=1):
        return lambda a, y=1: a

    def defaults(x, y=1):
        return lambda x, y=2: x

    def kinds(x, y=1):
        return lambda x, y=1.0: x

    def fewer(x, y=1):
        return lambda x: x

    def star(x, *rest):
        return lambda x: x

    def stars(x, y=1):
        return lambda x, y=1, **more: x

    assert "other parameters than the typing function" in wrong(names)
    assert "(x, y=1)" in wrong(names) and "(a, y=1)" in wrong(names)
    assert "other defaults than the typing function" in wrong(defaults)
    assert "other defaults than the typing function" in wrong(kinds)
    assert "other parameters than the typing function" in wrong(fewer)
    assert "takes `*rest`, and the implementation does not" in wrong(star)
    assert "`**more` is not supported in overloads" in wrong(stars)


def test_without_strict_the_implementation_counts():
    def g(x):
        return x + 1

    @overload(g, strict=False)
    def g_overload(*args):
        return lambda x: x + 1

    check(njit(lambda x: g(x)), 4)


def test_what_a_typing_function_returns():
    assert "an overload returns a function or None, not 3" in wrong(lambda x, y=1: 3)


def test_options():
    def inverse(x):
        return np.inf if x == 0 else 1 / x

    @overload(inverse, jit_options={"error_model": "numpy"}, inline="always")
    def inverse_overload(x):
        return lambda x: 1 / x

    f = njit(lambda x: inverse(x))
    check(f, 0)
    check(f, 4)


@pytest.mark.parametrize(
    "error, make",
    [
        (TypeError, lambda: overload(3)),
        (TypeError, lambda: overload(njit(lambda x: x))),
        (TypeError, lambda: overload(limited)(3)),
        (TypeError, lambda: overload(limited, no_such_option=1)),
        (KeyError, lambda: overload(limited, jit_options={"no_such_option": 1})),
        (ValueError, lambda: overload(limited, inline="sometimes")),
        (zouk.UnsupportedError, lambda: overload(limited, inline=lambda *args: True)),
        (TypeError, lambda: overload_method(types.float64, "name")),
        (TypeError, lambda: overload_method(int, "name")),
        (TypeError, lambda: overload_attribute(types.Array, 3)),
        (TypeError, lambda: register_jitable(3)),
        (KeyError, lambda: register_jitable(no_such_option=3)),
    ],
)
def test_misuse(error, make):
    with pytest.raises(error):
        make()
