"""Exceptions at run time: class, arguments, traceback; and errors of compilation: class, line, caret."""

import linecache
import traceback

import numpy as np
import pytest
from lang_support import check, function

from zouk import TypingError, UnsupportedError, njit


class CustomError(ValueError):
    pass


class OtherError(Exception):
    def __init__(self, code, detail="none"):
        super().__init__(code, detail)
        self.code = code


RAISES = [
    "ValueError", 'ValueError("text")', 'ValueError("text", x, 2.5)', "KeyError(x)", "IndexError()", "RuntimeError(x, x)", "StopIteration", "ArithmeticError(1j)",
    'OverflowError("large")', "NotImplementedError", "TypeError(True, None)", "CustomError(x)", "CustomError", "OtherError(x)", 'OtherError(3, "seven")', "MemoryError",
]  # fmt: skip


@pytest.mark.parametrize("text", RAISES)
def test_raise(text):
    f = function(f"def f(x):\n    if x > 0:\n        raise {text}\n    return x\n", CustomError=CustomError, OtherError=OtherError)
    check(f, 5, text=True)
    check(f, -5)


def test_raise_from_inner_functions():
    @njit
    def inner(a, i):
        if i > 2:
            raise ValueError("inner", i)
        return a[i]

    @njit
    def outer(a, i):
        b = np.ones(5)
        b[0] = inner(a, i)
        return b

    for i in (0, 2, 3, 7):
        check(outer, np.arange(2), i)
    check(outer, np.arange(5), 3, text=True)


def test_what_was_done_before_the_error_stays():
    @njit
    def f(a, n):
        for i in range(10):
            if i == n:
                raise ValueError("stop")
            a[i] = 1

    for n in (0, 5, 20):
        check(f, np.zeros(10), n)


def test_a_call_after_an_error_works():
    @njit
    def f(x):
        if x < 0:
            raise ValueError("negative", x)
        return x

    for _ in range(3):
        with pytest.raises(ValueError):
            f(-1)
        assert f(2) == 2


def test_errors_are_python_exceptions_of_their_own():
    @njit
    def f(x):
        raise ValueError("no", x)

    errors = []
    for i in range(3):
        try:
            f(i)
        except ValueError as error:
            errors.append(error)
    assert [e.args for e in errors] == [("no", 0), ("no", 1), ("no", 2)]


def frames(error):
    return [(frame.name, frame.lineno, frame.filename) for frame in traceback.extract_tb(error.__traceback__)]


def test_tracebacks_name_function_and_line():
    f = function("""
@njit
def divide(x, y):
    z = x + 1
    return z // y

@njit
def middle(x, y):
    return 2 * divide(
        x,
        y)

def f(x, y):
    a = x * 2
    return middle(a, y)
""")
    with pytest.raises(ZeroDivisionError) as info:
        f(1, 0)
    found = [(name, line) for name, line, file in frames(info.value) if file == f.py_func.__code__.co_filename]
    assert found and found[-1] == ("divide", 5)
    assert [entry for entry in found if entry[0] == "f"] in ([("f", 15)], [])
    text = "".join(traceback.format_exception(info.value))
    assert "return z // y" in text


def test_tracebacks_of_checks():
    f = function("def f(a, i):\n    b = a[0]\n\n    return a[i] + b\n")
    with pytest.raises(IndexError) as info:
        f(np.arange(3), 10)
    assert ("f", 4) in [(name, line) for name, line, _ in frames(info.value)]


def test_unbound_names():
    @njit
    def f(x):
        if x > 0:
            y = 1
        return y

    @njit
    def g(n):
        for i in range(n):
            if i == 2:
                z = i * 10
                break
        return z

    @njit
    def h(x):
        while x > 0:
            t = x
            x -= 1
        else:
            t += 1
        return t

    for x in (1, -1):
        check(f, x, text=True)
        check(h, x, text=True)
    for n in (0, 2, 3):
        check(g, n, text=True)


def test_unbound_arrays():
    @njit
    def f(x):
        if x > 0:
            a = np.ones(3)
        return a[0]

    check(f, 1)
    check(f, 0)


def test_deleted_names():
    f = function("def f(x):\n    y = x\n    if x > 0:\n        del y\n    return y\n")
    check(f, -1)
    check(f, 1, text=True)


def test_names_that_are_always_unbound():
    f = function("def f(x):\n    if x > 100:\n        return y\n    y = 1\n    return y\n")
    check(f, 1)
    with pytest.raises((UnboundLocalError, TypingError, UnsupportedError)):
        f(101)


# Errors of compilation. `where` is the text that the message must point at with a caret line.

COMPILE_ERRORS = {
    "unknown name": ("def f(x):\n    y = x\n    return y + unknown_thing\n", (1,), "unknown_thing"),
    "unknown attribute": ("def f(x):\n    return x.nothing\n", (1,), "x.nothing"),
    "unknown function of a module": ("def f(x):\n    return math.nothing(x)\n", (1,), "math.nothing"),
    "operands do not fit": ("def f(x):\n    z = 1\n    return x + (z, z)\n", (1,), "x + (z, z)"),
    "arrays do not fit": ("def f(x):\n    if x > 0:\n        a = np.zeros(3)\n    else:\n        a = 1\n    return a\n", (1,), ""),
    "subscript of a number": ("def f(x):\n    return x[0]\n", (1,), "x[0]"),
    "call of a number": ("def f(x):\n    return x(0)\n", (1,), "x(0)"),
    "text as an index": ("def f(a):\n    return a['b']\n", (np.zeros(3),), "a['b']"),
    "loop over a number": ("def f(x):\n    for i in x:\n        pass\n", (1,), "for i in x"),
}

UNSUPPORTED = {
    "class": "def f(x):\n    class C:\n        pass\n    return x\n",
    "yield": "def f(x):\n    yield x\n",
    "async": "async def f(x):\n    return x\n",
    "global": "def f(x):\n    global G\n    G = x\n",
    "import": "def f(x):\n    import math\n    return x\n",
    "try": "def f(x):\n    try:\n        return x\n    except ValueError:\n        return 1\n",
    "with": "def f(x):\n    with open(x) as g:\n        return g\n",
    "set": "def f(x):\n    return {x, 1}\n",
}


@pytest.mark.parametrize("kind", COMPILE_ERRORS)
def test_errors_point_at_the_place(kind):
    text, arguments, where = COMPILE_ERRORS[kind]
    f = function(text)
    with pytest.raises((TypingError, UnsupportedError)) as info:
        f(*arguments)
    message = str(info.value)
    line = next((line for line in text.splitlines() if where and where in line), "")
    assert line.strip() in message, message
    assert "^" in message, message


@pytest.mark.parametrize("kind", UNSUPPORTED)
def test_python_that_is_not_compiled_is_named(kind):
    with pytest.raises(UnsupportedError) as info:
        function(UNSUPPORTED[kind])(1)
    assert kind in str(info.value).lower() and ("^" in str(info.value) or kind == "async")


def test_errors_in_called_functions_point_into_them():
    f = function("@njit\ndef inner(a):\n    return a.nothing\n\ndef f(x):\n    return inner(x)\n")
    with pytest.raises(TypingError) as info:
        f(1)
    assert "a.nothing" in str(info.value)


def test_an_error_is_raised_again_at_the_next_call():
    f = function("def f(x):\n    return x.nothing\n")
    messages = []
    for _ in range(2):
        with pytest.raises(TypingError) as info:
            f(1)
        messages.append(str(info.value))
    assert messages[0] == messages[1]


def test_other_argument_types_may_still_compile():
    f = function("def f(x):\n    return x[0]\n")
    with pytest.raises(TypingError):
        f(1)
    assert f((5, 6)) == 5


@pytest.mark.parametrize("value", ["text", [1, 2], {1: 2}, {1}, object(), b"bytes", range(3)], ids=lambda v: type(v).__name__)
def test_arguments_of_other_types_are_refused_or_right(value):
    """Python objects without a compiled type; where a type is known the value must come back."""

    @njit
    def f(x):
        return 1

    try:
        assert f(value) == 1
    except (TypeError, TypingError) as error:
        assert type(value).__name__ in str(error) or "type" in str(error)


def test_integers_that_are_too_large():
    @njit
    def f(x):
        return x

    assert f(2**63 - 1) == 2**63 - 1 and f(2**63) == 2**63 and f(2**64 - 1) == 2**64 - 1
    for x in (2**64, -(2**63) - 1, 10**30):
        with pytest.raises((OverflowError, ValueError)):
            f(x)


def test_source_that_cannot_be_had():
    scope = {}
    exec("def f(x):\n    return x\n", scope)
    linecache.cache.pop("<string>", None)
    with pytest.raises(Exception) as info:
        assert njit(scope["f"])(1) == 1
        raise RuntimeError("compiled from bytecode")
    assert "f" in str(info.value)


def test_results_that_grow_without_end():
    f = function("def f(n):\n    if n > 0:\n        return n, f(n - 1)\n    return n, f(n)\n")
    with pytest.raises(TypingError, match="Return type of recursive function f does not converge|every return of f depends on a call of itself"):
        f(3)
