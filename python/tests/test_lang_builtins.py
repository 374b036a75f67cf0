"""Python's builtin functions: abs any all bool complex divmod float int isinstance len max min pow print range round sum."""

import contextlib
import io
import itertools

import numpy as np
import pytest
from lang_support import INTEGERS, check, function, same

import zouk
from zouk import njit


def test_abs():
    f = function("def f(x):\n    return abs(x)\n")
    for x in (-5, 5, -2.5, -0.0, np.inf, -np.inf, np.nan, 3 - 4j, 0j):
        check(f, x)


def test_any_and_all():
    @njit
    def f(a):
        return any(a), all(a)

    for values in ([], [0], [1], [0, 1], [1, 1], [0, 0]):
        check(f, np.array(values, np.int64))
        check(f, np.array(values, np.bool_))
        check(f, np.array(values, np.float64))
    for t in ((0, 0), (0, 1), (1, 2)):
        check(f, t)


def test_conversions():
    @njit
    def f(x):
        return bool(x), int(x), float(x), complex(x)

    for x in (0, 1, -7, 2.9, -2.9, 1e15, True, False):
        check(f, x)


def test_conversions_without_arguments():
    @njit
    def f():
        return bool(), int(), float(), complex()

    check(f)


def test_complex_from_parts():
    @njit
    def f(x, y):
        z = complex(x, y)
        return z, z.real, z.imag, z.conjugate()

    for arguments in ((1, 2), (1.5, -0.0), (True, 2.5)):
        check(f, *arguments)


def test_divmod():
    @njit
    def f(x, y):
        return divmod(x, y)

    for x, y in itertools.product((-7, 0, 7, 12), (-3, 2, 5)):
        check(f, x, y)
        check(f, float(x), y)
        check(f, x + 0.5, float(y))
    check(f, 1, 0)
    check(f, 1.0, 0.0)


def test_isinstance():
    @njit
    def f(x):
        return isinstance(x, int), isinstance(x, float), isinstance(x, (int, complex)), isinstance(x, tuple), isinstance(x, bool)

    for x in (1, 2.5, 1j, (1, 2)):
        check(f, x)


def test_isinstance_chooses_at_compile_time():
    @njit
    def f(x):
        if isinstance(x, tuple):
            return x[0]
        else:
            return x

    check(f, (1, 2))
    check(f, 5)


def test_length():
    @njit
    def f(x):
        return len(x)

    for x in ((), (1, 2.5), np.zeros(3), np.zeros((2, 5)), np.zeros((0, 3))):
        check(f, x)


def test_minimum_and_maximum_of_arguments():
    @njit
    def f(x, y, z):
        return min(x, y), max(x, y), min(x, y, z), max(x, y, z)

    for arguments in itertools.product((-1, 0, 2), repeat=3):
        check(f, *arguments)
    for arguments in itertools.product((-1.5, 0.0, 2.5), repeat=3):
        check(f, *arguments)


def test_minimum_and_maximum_choose_the_first_of_equals():
    @njit
    def f(x, y):
        return min(x, y), max(x, y)

    for x, y in itertools.product((0.0, -0.0, np.nan, 1.0), repeat=2):
        check(f, x, y)


def test_minimum_of_mixed_types_is_of_the_wider_type():
    @njit
    def f(x, y):
        return min(x, y), max(x, y)

    assert same(f(1, 2.5), (1.0, 2.5)) and same(f(3, 2.5), (2.5, 3.0))


def test_minimum_and_maximum_of_containers():
    @njit
    def f(a):
        return min(a), max(a)

    for a in (np.array([3, 1, 2]), np.array([2.5, -1.5]), np.array([7], np.uint8), (4, 2, 9), (1.5, 0.5)):
        check(f, a)
    check(f, np.zeros(0))


def test_power():
    @njit
    def f(x, y):
        return pow(x, y), x**y

    for x, y in itertools.product((2, -3, 10), (0, 1, 5)):
        check(f, x, y)
    for x, y in itertools.product((2.0, 0.5), (-2, 3, 0.5)):
        check(f, x, y, rtol=1e-15)


def test_print(capsys):
    @njit
    def f(a, b, c, d):
        print(a, b, c, d)
        print()
        print("text", a)
        print((a, b), "and", (c,), ())
        print(None, True)

    for arguments in ((1, 2.5, True, 1j), (-1, 1e16, False, -2.5 - 0.0j), (2**62, 1e-5, True, complex(0, np.inf)), (0, np.nan, True, complex(-0.0, 1e300))):
        f.py_func(*arguments)
        expected = capsys.readouterr().out
        f(*arguments)
        assert capsys.readouterr().out == expected


def test_print_floats(capsys):
    @njit
    def f(x):
        print(x)

    for x in (0.1, 1 / 3, 1e22, 1e15, 123456789012345678.0, 1e-4, 1e-7, -0.0, np.inf, 5e-324, 1.7976931348623157e308, 100.0):
        f.py_func(x)
        expected = capsys.readouterr().out
        f(x)
        assert capsys.readouterr().out == expected


def test_print_separators(capsys):
    f = function('def f(x):\n    print(x, x, sep=", ", end="!")\n    print(x, end="")\n    print(1, 2, sep="")\n')
    f.py_func(3)
    expected = capsys.readouterr().out
    f(3)
    assert capsys.readouterr().out == expected


def test_round():
    @njit
    def f(x):
        return round(x)

    for x in (0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e15 + 0.5, 7):
        check(f, x)


def test_round_to_digits():
    @njit
    def f(x, n):
        return round(x, n)

    for x, n in itertools.product((2.675, 0.125, 1234.5678, -1.005, 1e-7, 0.5), (-2, -1, 0, 1, 2, 5)):
        check(f, x, n)
    for x in (np.inf, np.nan, -0.0):
        check(f, x, 2)


def test_sum():
    @njit
    def f(a):
        return sum(a)

    for a in (np.arange(5), np.array([0.5, 0.25]), (1, 2, 3), (1.5,)):
        check(f, a)


def test_sum_with_start():
    @njit
    def f(a, start):
        return sum(a, start)

    check(f, np.arange(5), 10)
    check(f, np.array([0.5, 0.25]), 1.5)
    check(f, (1, 2), 3)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_sum_of_narrow_arrays(dtype):
    @njit
    def f(a):
        return sum(a)

    assert f(np.full(10, 100, dtype)) == 1000


def test_attributes_of_numbers():
    @njit
    def f(x):
        return x.real, x.imag, x.conjugate()

    for x in (3, 2.5, 1 + 2j, -0.0 - 1j):
        check(f, x)


def test_builtins_as_values():
    @njit
    def f(x):
        g = max
        return g(x, 0)

    check(f, -3)
    check(f, 3)


def test_methods_of_numbers():
    @njit
    def integers(x):
        return x.bit_length(), x.bit_count(), x.numerator, x.denominator

    @njit
    def floats(x):
        return x.is_integer()

    for x in (0, 1, -1, 255, -256, 2**62, -(2**63)):
        check(integers, x)
    for x in (0.0, 1.5, -3.0, 1e300, np.inf, np.nan):
        check(floats, x)


EXTREMES = "def f(a, d):\n    return max(a, default=d), min(a, default=d)\n"


def test_minimum_and_maximum_with_a_default():
    f = function(EXTREMES)
    for a in (np.array([]), np.array([2.5]), np.array([3.0, -1.0, np.nan]), (), (1.5, 4.5), ((1, 2), (0, 5))):
        check(f, a, a[0] if len(a) and isinstance(a, tuple) else 7.5)
    check(function("def f(n):\n    return max(range(n), default=-1), min(range(n), default=None)\n"), 0)
    check(function("def f(n):\n    return max(range(n), default=-1), min(range(n), default=None)\n"), 4)


@pytest.mark.parametrize("name", ["max", "min"])
def test_the_extremes_of_an_empty_tuple_raise_where_they_are_asked_for(name):
    f = function(f"def f(n):\n    if n:\n        n += 1\n        return {name}(())\n    return 1\n")
    for n in (0, 1):
        check(f, n, text=True)
    with pytest.raises(zouk.TypingError, match="default"):
        function(f"def f(n):\n    return {name}(n, 2, default=3)\n")(1)


EDGES = [-(2**63), 1 - 2**63, -7, -2, -1, 0, 1, 2, 3, 10, 2**31, 2**32, 2**63 - 1]


def test_powers_modulo():
    f = function("def f(a, b, m):\n    return pow(a, b, m)\n")
    for a, b, m in itertools.product(EDGES, EDGES, EDGES):
        check(f, a, b, m, text=True)
    random = np.random.default_rng(1)
    for bits in random.integers(1, 63, (500, 3)):
        a, b, m = (int(random.integers(-(2**n), 2**n)) for n in bits)
        check(f, a, b, m, text=True)
    check(function("def f(a, b):\n    return pow(a, -1, b)\n"), 3, 10)
    check(function("def f(a):\n    return pow(a, True, 7)\n"), 10)
    with pytest.raises(OverflowError):
        f(2**63, 2, 5)


@pytest.mark.parametrize(
    "expression",
    "pow(x, 3, n) pow(n, -1, x) n%x x%n x//n divmod(x,n)[1] x%(n*2) len(range(0,x,n)) sum(range(0,x,n)) round(x,n)//n math.gcd(x,n)%n "
    "math.lcm(x,n)//n math.comb(x,n) math.perm(x,n)//n math.factorial(n) math.isqrt(n-1) x<<(n-1) np.fmod(x,n-5)".replace("(x, ", "(x,").replace(", ", ",").split(),
)
def test_checks_in_loops_come_before_what_they_check(expression):
    """The stores before the exception are made, and a loop that does not run raises nothing."""
    flat = f"def f(out, x, n, k):\n    for i in range(k):\n        out[i] = i + 1\n        out[i + 4] = {expression}\n"
    inner = f"        for j in range(len(out)):\n            out[j] = i + 1\n        for j in range(k):\n            out[j] += {expression}\n"
    nested = "def f(out, x, n, k):\n    for i in range(k):\n" + inner
    for text, n, k in itertools.product((flat, nested), (0, 3, -1), (0, 4)):
        check(function(text), np.zeros(8, np.int64), 7, n, k, text=True)


class Stream(io.StringIO):
    """Keeps the text between flushes."""

    def __init__(self):
        super().__init__()
        self.pieces = [""]

    def write(self, text):
        self.pieces[-1] += text

    def flush(self):
        self.pieces.append("")


PRINTS = """
def f(x, now):
    print(x, end="")
    print(x, end="", flush=now)
    print(x, x, flush=True)
    print("-", end="", flush=False)
    print(10 // x, end=";")
"""


@pytest.mark.parametrize("now", [True, False])
@pytest.mark.parametrize("options", [{}, {"nogil": True}])
def test_print_without_a_newline(monkeypatch, now, options):
    """Text is in `sys.stdout` when the call has returned or raised, and flushed where the program says so."""
    seen = []
    f = function(PRINTS)
    for call in (f.py_func, njit(**options)(f.py_func)):
        stream = Stream()
        monkeypatch.setattr("sys.stdout", stream)
        for x in (1, 2, 0, 3):
            with contextlib.suppress(ZeroDivisionError):
                call(x, now)
            print("python")
        seen.append(stream.pieces)
    assert seen[0] == seen[1]


def test_print_of_a_compiled_callee(capsys):
    f = function("@njit\ndef g(x):\n    print(x, end='')\n    return x\ndef f(x):\n    return g(x) + g(x + 1)\n")
    f(1)
    print("python")
    assert capsys.readouterr().out == "12python\n"


CLASSES = "int|float int|None None|float str|tuple|bool type(None) (int,type(None)) complex|(float|str)".split()


@pytest.mark.parametrize("classes", CLASSES)
def test_isinstance_of_unions(classes):
    f = function(f"def f(x, y=None):\n    return isinstance(x, {classes}), isinstance(None, {classes}), isinstance(y, {classes})\n")
    for x in (1, 2.5, True, 1j, (1, 2), np.zeros(2)):
        check(f, x)
        check(f, x, x)


def test_isinstance_of_the_type_of_another():
    f = function("def f(x):\n    return isinstance(1, type(x)), isinstance(x, type(x)), isinstance(2.5, type(x))\n")
    for x in (1, 2.5, True):
        assert f(x) == f.py_func(x)
