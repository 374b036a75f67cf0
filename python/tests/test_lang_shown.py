"""`print` of what the interpreter shows: arrays, times, records, slices, members of enumerations; and of named tuples. `is`, of what it says something of."""

import enum
import io
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import numpy as np
import pytest
from zouk import cuda, njit, prange, types
from zouk.errors import ParallelError, TypingError
from zouk.experimental import jitclass

ZOUK = Path(__file__).resolve().parents[2] / "target" / "release" / "zouk"
Point = namedtuple("Point", "x y")


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Loud(enum.Enum):
    A = 1

    def __str__(self):
        return "loud!"


@jitclass([("x", types.int64)])
class Held:
    def __init__(self, x):
        self.x = x


RECORDS = np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")])
VALUES = [
    np.arange(5),
    np.linspace(0, 1, 7).reshape(7, 1),
    np.arange(2000.0),
    np.zeros((2, 0)),
    np.array(3.5),
    np.arange(12).reshape(3, 4)[:, ::2],
    np.array([1 + 2j, np.nan]),
    np.array([True, False]),
    np.array(["2020-01-01", "NaT"], dtype="datetime64[D]"),
    RECORDS,
    RECORDS[1],
    np.timedelta64(3, "ms"),
    np.datetime64("2024-02-29T12:00", "s"),
    slice(1, None, 2),
    Colour.GREEN,
    Loud.A,
    Point(1, 2.5),
    Point(np.arange(3), Point(1, True)),
    (1, np.arange(3), (Colour.RED, np.timedelta64(1, "s"))),
    (Point(1, 2),),
]


def shows(value):
    print(value)


def shows_several(value, n):
    print("before", n, value, sep="-", end="|")
    print(value, (value, n))
    print(n)


def printed(f, *args):
    before, sys.stdout = sys.stdout, io.StringIO()
    try:
        f(*args)
        return sys.stdout.getvalue()
    finally:
        sys.stdout = before


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_values(value):
    assert printed(njit(shows), value) == printed(shows, value)
    assert printed(njit(shows_several), value, 7) == printed(shows_several, value, 7)


def test_instances_are_not_shown():
    with pytest.raises(TypingError, match="a value of type Held cannot be printed"):
        njit(shows)(Held(3))


def test_options_of_numpy():
    value = np.array([1 / 3, 2e6])
    with np.printoptions(precision=2, suppress=True):
        assert printed(njit(shows), value) == printed(shows, value)


def test_optional_and_temporary_arrays():
    def f(a, some):
        b = a * 2 if some else None
        print(b)
        print(a + 1, a[1:])

    for some in (True, False):
        assert printed(njit(f), np.arange(4), some) == printed(f, np.arange(4), some)


def test_constant_arrays():
    table = np.arange(3)

    def f():
        print(table)

    assert printed(njit(f)) == printed(f)


def test_in_loops_and_callees():
    @njit
    def inner(a):
        print(a)

    @njit
    def f(n):
        for i in range(n):
            inner(np.full(i, i))

    assert printed(f, 3) == "[]\n[1]\n[2 2]\n"


def test_a_stream_that_fails_raises_at_once():
    class Broken:
        def write(self, text):
            raise OSError("full")

    @njit
    def f(a):
        print(a)
        a[0] = 1

    a, before, sys.stdout = np.zeros(1), sys.stdout, Broken()
    try:
        with pytest.raises(OSError, match="full"):
            f(a)
    finally:
        sys.stdout = before
    assert a[0] == 0


def test_parallel_loops_do_not_ask_the_interpreter():
    @njit(parallel=True)
    def f(a):
        for i in prange(3):
            print(a[i : i + 1])

    with pytest.raises(ParallelError, match="its iterations run Python code"):
        f(np.arange(3))


def identities(a, b):
    return a is b, a is not b


SAME = [(1234567, 1234567), (1.5, 1.5), (True, True), (Colour.RED, Colour.RED), (2 + 1j, 2 + 1j)]
OTHER = [(1, 2), (1, 1.0), (1, True), (1.5, 2.5), (Colour.RED, Colour.GREEN), (np.arange(3), 1), (1, np.arange(3)), (None, 1), (None, np.arange(3))]


@pytest.mark.parametrize("a, b", SAME)
def test_equal_values_of_one_type_are_one(a, b):
    """CPython is free to make one object of equal numbers; compiled code always does."""
    assert njit(identities)(a, b) == (True, False)


@pytest.mark.parametrize("a, b", OTHER)
def test_others_are_not(a, b):
    assert njit(identities)(a, b) == identities(a, b)


def test_arrays():
    a = np.arange(6).reshape(2, 3)
    for b in (a, a.copy(), a[1:], a.T, a[:, :2], a.astype(float), a.ravel()):
        assert njit(identities)(a, b) == identities(a, b)
    assert njit(identities)(a, a[:]) == (True, False)


def test_new_arrays_are_others():
    @njit
    def f(a):
        b, c = a.copy(), a
        return b is a, a + 0 is a, c is a, np.asarray(a) is a

    assert f(np.arange(3)) == f.py_func(np.arange(3)) == (False, False, True, True)


def test_times():
    t = np.datetime64(3, "s")
    assert njit(identities)(t, t) == (True, False)
    assert njit(identities)(t, np.datetime64(3, "ms")) == (False, True)


def test_optional():
    def f(a, some):
        b = a if some else None
        return b is a, b is not a, b is None

    for a in (3, 2.5):
        for some in (True, False):
            assert njit(f)(a, some) == f(a, some)


@pytest.mark.parametrize("value", [(1, 2), (), range(3)])
def test_what_is_made_anew_has_no_identity(value):
    with pytest.raises(TypingError, match=r"unsupported operand types for is: .*\[bad-operands\]"):
        njit(identities)(value, value)


def test_kernels_have_no_interpreter():
    @cuda.jit
    def kernel(a):
        print(a)

    with pytest.raises(TypingError, match="printing whole arrays in a kernel is not supported"):
        kernel[1, 1](np.arange(3))


@pytest.mark.skipif(not ZOUK.exists(), reason="the program `zouk` has not been built")
def test_compiled_without_the_interpreter(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("def show(a):\n    print(a)\n")
    command = [ZOUK, "compile", program, "--entry", "show", "--signature", "(f8[:],)", "--emit", "llvm-ir"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode != 0 and "printing whole arrays without the interpreter is not supported" in done.stderr
