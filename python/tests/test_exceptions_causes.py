"""`raise … from …`: the cause that an exception has is the one that Python gives it."""

import numpy as np
import pytest
from zouk import TypingError, UnsupportedError, njit, prange


class Mine(Exception):
    pass


def texts(): raise ValueError("a") from KeyError("b")
def none(): raise ValueError("a") from None
def a_class(): raise ValueError from KeyError
def numbers(x): raise ValueError(x, 2.5) from KeyError("k", x + 1, (x, None, True), 1j)
def own(x): raise Mine("a", x) from Mine
def formatted(x): raise ValueError(f"{x} of {x + 1}") from IndexError(x, "{}")
def braces(x): raise ValueError("a {} b {}") from IndexError(x)
def without(): raise ValueError("a")


def in_a_loop(x):
    for i in range(10):
        if i == x:
            raise ValueError(i) from IndexError(x)
    return x


def inner(x):
    if x > 1:
        raise ValueError("a") from Mine(x)
    return x


jitted = njit(inner)


def through_a_call(x):
    return jitted(x) + 1


def raised(function, *args):
    with pytest.raises(Exception) as info:
        function(*args)
    error = info.value
    described = lambda error: error and (type(error), error.args)
    return described(error), described(error.__cause__), error.__suppress_context__, described(error.__context__)


@pytest.mark.parametrize("function", [texts, none, a_class, without])
def test_without_arguments(function):
    assert raised(njit(function)) == raised(function)


@pytest.mark.parametrize("function", [numbers, own, formatted, braces, in_a_loop, through_a_call])
@pytest.mark.parametrize("x", [3, 5.0, np.int8(2)])
def test_with_arguments(function, x):
    assert raised(njit(function), x) == raised(function, x)


def test_the_cause_is_evaluated():
    def divides(x):
        raise ValueError("a") from KeyError(1 // x)

    assert raised(njit(divides), 0)[0][0] is raised(divides, 0)[0][0] is ZeroDivisionError
    assert raised(njit(divides), 1) == raised(divides, 1)


def test_of_a_parallel_loop():
    def loop(n):
        for i in prange(n):
            if i >= 3:
                raise ValueError(i) from KeyError(i)

    assert raised(njit(parallel=True)(loop), 1000) == raised(loop, 1000)


def value(x):
    raise ValueError("a") from x


def no_exception():
    raise ValueError("a") from int


def f_string(x):
    raise ValueError("a") from KeyError(f"{x}")


@pytest.mark.parametrize("function, args, error, text", [
    (value, (1,), UnsupportedError, "a cause that is a value"),
    (no_exception, (), TypingError, "exception causes must derive from BaseException"),
    (f_string, (1,), UnsupportedError, "an f-string in the cause of an exception"),
])  # fmt: skip
def test_refused(function, args, error, text):
    with pytest.raises(error, match=text):
        njit(function)(*args)
