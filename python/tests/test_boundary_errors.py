"""Values that cannot cross: errors that name them, conversions that fail as Python's do, and streams that fail."""

import datetime
import math
import struct
import sys

import numpy as np
import pytest
import zouk
from lang_support import function
from zouk import njit, types


@njit
def same(a):
    return a


def error_of(call):
    try:
        call()
    except Exception as error:
        return type(error), str(error)
    return None


# What Python's own conversion of an int to C's type of 64 bits, or of a float to an int, says.
SIGNED, UNSIGNED = struct.Struct("q"), struct.Struct("Q")
INTEGERS = [types.int8, types.int16, types.int32, types.int64, types.uint8, types.uint16, types.uint32, types.uint64]
VALUES = [0, -1, 300, 2**31, 2**63 - 1, 2**63, 2**64 - 1, -(2**63), 1.7, -0.5, -1.5, 3e9, 1e18, 9.3e18, 2e19, -1e19, math.nan, math.inf, -math.inf, True]
VALUES += [np.int8(-3), np.uint64(2**63), np.float32(-2.5), np.float32(math.nan)]


def expected(value, number):
    """The value as this integer type: through 64 bits of its sign, then the low bits."""
    value = int(value)
    low, high = (-(2**63), 2**63 - 1) if number.signed else (0, 2**64 - 1)
    if not low <= value <= high:
        raise OverflowError
    value &= (1 << number.bitwidth) - 1
    return value - (1 << number.bitwidth) if number.signed and value >> (number.bitwidth - 1) else value


@pytest.mark.parametrize("number", INTEGERS, ids=str)
def test_declared_integers(number):
    for make, wrap, unwrap in (
        (number, lambda x: x, lambda x: x),
        (types.Tuple((number, types.int64)), lambda x: (x, 1), lambda x: x[0]),
        (types.Optional(number), lambda x: x, lambda x: x),
    ):
        f = njit((make,))(lambda a: a)
        for value in VALUES:
            try:
                result = expected(value, number)
            except (OverflowError, ValueError) as error:
                with pytest.raises(type(error)):
                    f(wrap(value))
            else:
                assert unwrap(f(wrap(value))) == result, (number, value)


def test_texts_of_failed_conversions():
    signed, unsigned = njit("i8(i8)")(lambda a: a), njit("u8(u8)")(lambda a: a)
    for value in (math.nan, math.inf):
        assert error_of(lambda: signed(value)) == error_of(lambda: int(value))
    assert error_of(lambda: unsigned(-1)) == (OverflowError, "can't convert negative int to unsigned")
    assert error_of(lambda: signed(2**63)) == error_of(lambda: (2**63).to_bytes(8, "little", signed=True))


HINTS = [
    (np.longdouble(1), "pass float(x)"),
    (np.clongdouble(1), "pass complex(x)"),
    (np.str_("a"), "does not pass this type"),
    (np.void(b"ab"), "does not pass this type"),
    (np.zeros(2, np.longdouble), ".astype(numpy.float64)"),
    (np.zeros(2, np.clongdouble), ".astype(numpy.complex128)"),
    (np.zeros(2, "U3"), "does not pass strings"),
    (np.zeros(2, [("a", "f8"), ("b", [("c", "O")])]), "field 'b.c' of dtype object; pass its fields as arrays of their own"),
    (str, "name them in the function"),
    (np.dtype("U3"), "name them in the function"),
    (datetime.datetime(2020, 1, 1), "datetime"),
    ([1], "pass a tuple or a NumPy array"),
]


@pytest.mark.parametrize("value, hint", HINTS, ids=[repr(value) for value, _ in HINTS])
def test_hints(value, hint):
    with pytest.raises(zouk.TypingError) as caught:
        same(value)
    message = str(caught.value)
    assert hint in message and "asarray" not in message and message.startswith(("argument 'a'", "cannot determine the type of argument 'a'"))


@pytest.mark.parametrize("value, hint", HINTS, ids=[repr(value) for value, _ in HINTS])
def test_culprits_in_tuples(value, hint):
    with pytest.raises(zouk.TypingError) as caught:
        same((1, (2.5, value), 3))
    assert "element 1 of element 1 of argument 'a' of same()" in str(caught.value) and hint in str(caught.value)


def test_too_large_in_tuples():
    with pytest.raises(OverflowError, match="element 1 of argument 'a'"):
        same((1, 2**65))


def helps(text, **scope):
    with pytest.raises(zouk.ZoukError) as caught:
        function(text, **scope)(1)
    return caught.value.diagnostics[0]["help"] or ""


def test_help_for_names():
    assert "@njit" in helps("def f(x):\n    return g(x)\n", g=print_nothing)
    for text in ("def f(x):\n    return g(x)\n", "def f(x):\n    return locals()\n", "def f(x):\n    exec('y = 1')\n"):
        assert "pass the value in" not in helps(text, g=print_nothing)
    assert helps("def f(x):\n    return y + x\n").startswith("define it")
    assert "did you mean `arctan2`" in helps("def f(x):\n    return np.arctann2(x)\n")
    assert "did you mean `length`" in helps("def f(x):\n    return lenght\n", length=3)


def print_nothing(x):
    return x


class Broken:
    def __init__(self, error):
        self.error, self.writes = error, 0

    def write(self, text):
        self.writes += 1
        raise self.error

    def flush(self):
        pass


@pytest.mark.parametrize("error", [OSError("boom"), BrokenPipeError(32, "broken"), KeyboardInterrupt()], ids=repr)
@pytest.mark.parametrize("nogil", [False, True])
def test_broken_streams(error, nogil, monkeypatch):
    @njit(nogil=nogil)
    def f(x):
        print(x)
        print("text", end="")
        return x

    @njit(nogil=nogil)
    def raises(x):
        print(x)
        return 1 // (x - x)

    assert f(1) == 1
    for g in (f, raises):
        stream = Broken(error)
        monkeypatch.setattr(sys, "stdout", stream)
        with pytest.raises(type(error)) as caught:
            g(1)
        monkeypatch.undo()
        assert caught.value is error and stream.writes == 1
    assert f(2) == 2


def test_no_stream(monkeypatch):
    @njit
    def f(x):
        print(x)
        return x

    monkeypatch.setattr(sys, "stdout", None)
    assert f(1) == f.py_func(1)


def test_integers_beyond_64_bits_as_floats():
    """Where the signatures declare floats, an int is what `float` makes of it, however large."""
    double, single, both = njit("f8(f8)")(identity), njit("c16(c16)")(identity), njit(["f8(f8)", "i8(i8)"])(identity)
    for value in (2**64, -(2**100), 10**300 + 1):
        assert double(value) == float(value)
        assert single(value) == complex(value)
        with pytest.raises(OverflowError, match="needs more than 64 bits"):
            both(value)
        with pytest.raises(OverflowError, match="needs more than 64 bits"):
            njit(identity)(value)
    with pytest.raises(OverflowError, match="int too large to convert to float"):
        double(10**400)
    assert njit("f8(i8, f8)")(lambda n, x: n * x)(3, 2**70) == 3 * 2.0**70


def identity(x):
    return x
