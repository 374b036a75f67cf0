"""Exceptions of compiled code: class, arguments, traceback; compile errors: class, text, parts.

PYTEST_DONT_REWRITE: an `assert` here keeps its own message.
"""

import traceback

import numpy as np
import pytest
import zouk
from zouk import njit


class Custom(Exception):
    pass


class CustomValue(ValueError):
    def __init__(self, *args):
        super().__init__(*args)
        self.extra = len(args)


@njit
def fail(kind, x):
    if kind == 0:
        raise ValueError
    if kind == 1:
        raise ValueError("a message")
    if kind == 2:
        raise KeyError("two", x)
    if kind == 3:
        raise Custom("mine", x)
    if kind == 4:
        raise CustomValue(x, 2)
    if kind == 5:
        assert x < 0, "negative only"
    if kind == 6:
        raise IndexError()
    return kind


@njit
def outer(kind, x):
    return fail(kind, x)


def outcome(f, *args):
    try:
        return f(*args)
    except Exception as error:
        return type(error), error.args


@pytest.mark.parametrize("kind", range(8))
@pytest.mark.parametrize("x", [3, 2.5, True], ids=repr)
@pytest.mark.parametrize("f", [fail, outer], ids=lambda f: f.__name__)
def test_class_and_arguments(f, kind, x):
    assert outcome(f, kind, x) == outcome(fail.py_func, kind, x)


def entries(error):
    return [(entry.filename, entry.name, entry.lineno) for entry in traceback.extract_tb(error.__traceback__)]


def raised(f, *args):
    with pytest.raises(ValueError) as caught:
        f(*args)
    return entries(caught.value)[-1]


def test_traceback_lines():
    innermost = raised(fail.py_func, 1, 2)
    assert raised(fail, 1, 2) == innermost
    with pytest.raises(ValueError) as caught:
        outer(1, 2)
    call = (__file__, "outer", outer.py_func.__code__.co_firstlineno + 2)
    assert entries(caught.value)[-2:] == [call, innermost]


def test_traceback_shows_the_source():
    try:
        fail(1, 0)
    except ValueError:
        text = traceback.format_exc()
    assert 'raise ValueError("a message")' in text and "in fail" in text and "^^^" not in text.split("in fail")[0]


def test_each_raise_is_its_own_exception():
    errors = []
    for x in (1, 2):
        with pytest.raises(KeyError) as caught:
            fail(2, x)
        errors.append(caught.value)
    assert errors[0] is not errors[1] and errors[0].args != errors[1].args
    assert len(traceback.extract_tb(errors[0].__traceback__)) == len(traceback.extract_tb(errors[1].__traceback__))


def test_exceptions_release_what_they_hold():
    @njit
    def allocate(n):
        a = np.zeros(n)
        b = a[1:]
        if n > 3:
            raise ValueError("too many")
        return b

    before = zouk._zouk.live_blocks()
    for _ in range(10):
        with pytest.raises(ValueError):
            allocate(10)
    assert zouk._zouk.live_blocks() == before


def test_compile_errors_are_typing_errors():
    @njit
    def wrong(x):
        return x + unknown_name  # noqa: F821

    with pytest.raises(zouk.TypingError) as caught:
        wrong(1)
    error = caught.value
    assert isinstance(error, zouk.errors.NumbaError) and isinstance(error, zouk.ZoukError)
    assert "unknown_name" in str(error) and "return x + unknown_name" in str(error) and "^" in str(error)
    assert error.diagnostics[0]["code"] == "unknown-name"
    file, line, column, end_line, end_column = error.loc
    assert file == __file__ and end_column - column == len("unknown_name")
    assert error.msg == str(error)


def test_a_failed_compilation_can_be_repeated():
    @njit
    def picky(x):
        return x[0]

    for _ in range(2):
        with pytest.raises(zouk.TypingError):
            picky(1)
    assert picky((5,)) == 5 and len(picky.signatures) == 1


def helper(x):
    return x


def test_undecorated_functions():
    @njit
    def caller(x):
        return helper(x)

    with pytest.raises(zouk.ZoukError, match="njit"):
        caller(1)


def test_unsupported():
    @njit
    def sets(x):
        return {x}

    with pytest.raises(zouk.UnsupportedError):
        sets(1)


def test_hierarchy():
    errors = zouk.errors
    assert issubclass(errors.TypingError, errors.NumbaError) and issubclass(errors.UnsupportedError, errors.ZoukError)
    assert issubclass(errors.NumbaValueError, errors.TypingError) and issubclass(errors.LoweringError, errors.NumbaError)
    assert issubclass(errors.NumbaPerformanceWarning, errors.NumbaWarning)
    assert zouk.TypingError is errors.TypingError and errors.NumbaError is errors.ZoukError
