"""Calls: arguments, defaults, keywords, recursion, closures, globals, functions that call one another."""

import math

import numpy as np
import pytest
from lang_support import check, function, outcome

from zouk import TypingError, UnsupportedError, njit

SCALE = 3
OFFSETS = (10, 2.5, (True, 7))
TABLE = np.array([5, 6, 7])
FLAG = False


@njit
def double(x):
    return x * 2


@njit
def twice(x):
    return double(double(x))


@njit
def with_defaults(a, b=2, c=-1.5, d=None, e=(1, 2)):
    return a + b, c, d is None, e[0]


@njit
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


@njit
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


@njit
def even(n):
    return True if n == 0 else odd(n - 1)


@njit
def odd(n):
    return False if n == 0 else even(n - 1)


def test_chains_of_calls():
    check(twice, 21)
    check(twice, 2.5)
    check(twice, 2j)


def test_instances_of_one_function_for_several_types():
    @njit
    def f(x):
        return double(x), double(x + 0.5), double(x == 1), double(1j)

    check(f, 1)


def test_defaults():
    check(with_defaults, 1)
    check(with_defaults, 1, 5)
    check(with_defaults, 1, 5, 7)
    check(with_defaults, 1.5, 5, 7.5, 1)
    check(with_defaults, 1, 2, 3, None, (4, 5))


def test_keywords_from_python():
    assert with_defaults(b=5, a=1) == with_defaults.py_func(b=5, a=1)
    assert with_defaults(1, c=2.0, e=(7, 8)) == with_defaults.py_func(1, c=2.0, e=(7, 8))


@pytest.mark.parametrize("arguments, keywords", [((), {}), ((1, 2, 3, 4, 5, 6), {}), ((1,), {"a": 1}), ((1,), {"z": 1})])
def test_wrong_arguments_raise_type_errors(arguments, keywords):
    with pytest.raises(TypeError):
        with_defaults.py_func(*arguments, **keywords)
    with pytest.raises(TypeError):
        with_defaults(*arguments, **keywords)


def test_keywords_and_defaults_in_compiled_calls():
    @njit
    def f(x):
        return with_defaults(x), with_defaults(x, 5), with_defaults(b=x, a=1), with_defaults(x, c=0.5, e=(3, 4)), with_defaults(x, d=None)

    check(f, 10)


def test_wrong_arguments_in_compiled_calls_are_refused():
    for text in ("g()", "g(x, x, x)", "g(x, z=1)", "g(x, a=x)"):
        f = function(f"@njit\ndef g(a, b=1):\n    return a\n\ndef f(x):\n    return {text}\n")
        with pytest.raises((TypingError, TypeError)):
            f(1)


def test_recursion():
    for n in (0, 1, 10, 15):
        check(fibonacci, n)
    check(ackermann, 2, 3)


def test_recursion_with_the_base_case_last():
    f = function("@njit\ndef f(n):\n    if n > 0:\n        return f(n - 1) + n\n    return 0\n")
    check(f, 10)


def test_recursion_that_joins_types():
    f = function("@njit\ndef f(n):\n    if n <= 0:\n        return 0\n    return f(n - 1) + 0.5\n")
    assert f(4) == 2.0 and type(f(4)) is float


def test_mutual_recursion():
    for n in (0, 1, 7, 10):
        check(even, n)
        check(odd, n)


def test_recursion_over_arrays():
    @njit
    def reverse(a, low, high):
        if low < high:
            a[low], a[high] = a[high], a[low]
            reverse(a, low + 1, high - 1)

    check(reverse, np.arange(7), 0, 6)


def test_recursion_without_an_end_is_refused():
    f = function("@njit\ndef f(n):\n    return f(n + 1)\n")
    with pytest.raises(TypingError):
        f(1)


def test_globals():
    @njit
    def f(x):
        return x * SCALE, OFFSETS, OFFSETS[2][1], TABLE[x], math.pi, not FLAG, np.inf, math.tau

    check(f, 1)


def test_globals_are_frozen_at_the_first_call():
    f = function("K = 1\n\n@njit\ndef f():\n    return K\n")
    assert f() == 1
    f.py_func.__globals__["K"] = 2
    assert f() == 1
    f.recompile()
    assert f() == 2


def test_global_arrays_are_read_only():
    @njit
    def f():
        TABLE[0] = 1

    with pytest.raises(TypingError):
        f()


def test_large_global_arrays():
    table = np.arange(10_000.0).reshape(100, 100)

    @njit
    def f(i, j):
        return table[i, j], table.shape

    check(f, 99, 98)
    check(f, -1, 0)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint16, np.int64, np.float32, np.complex64, np.complex128])
def test_global_arrays_of_every_kind(dtype):
    table = np.array([[0, 1, 2], [3, 4, 5]]).astype(dtype)
    columns = np.asfortranarray(table)

    @njit
    def f(i, j):
        return table[i, j], columns[i, j], columns.shape

    check(f, 1, 2)


def test_closures():
    def make(factor, offset):
        @njit
        def f(x):
            return x * factor + offset

        return f

    for factor, offset in ((2, 3), (0.5, 1), (2, 3j)):
        check(make(factor, offset), 10)


def test_functions_in_closures():
    def compose(f, g):
        @njit
        def h(x):
            return f(g(x))

        return h

    check(compose(double, fibonacci), 10)
    check(compose(compose(double, double), double), 3)


def test_numpy_scalars_as_globals_keep_their_types():
    small = np.float32(0.1)

    @njit
    def f():
        return small

    assert f() == float(np.float32(0.1))


def test_locals_hide_globals_and_builtins():
    @njit
    def f(SCALE, len):
        abs = SCALE + len
        return abs

    check(f, 1, 2)


def test_aliases():
    g = double
    my_abs = abs
    sine = math.sin

    @njit
    def f(x):
        h = g
        return h(x), my_abs(x), sine(x)

    check(f, -2.0)


def test_chosen_by_a_branch_at_run_time_is_refused_or_right():
    @njit
    def f(x):
        if x > 0:
            g = math.sin
        else:
            g = math.cos
        return g(x)

    try:
        assert f(1.0) == math.sin(1.0)
    except TypingError:
        pass


def test_a_plain_python_function_is_refused_with_its_name():
    def plain(x):
        return x

    @njit
    def f(x):
        return plain(x)

    with pytest.raises((TypingError, UnsupportedError), match="plain"):
        f(1)


def test_unknown_names_are_refused_with_the_name():
    f = function("def f(x):\n    return x + undefined_name\n")
    with pytest.raises((TypingError, NameError), match="undefined_name"):
        f(1)


def test_arguments_are_evaluated_in_order():
    f = function("""
@njit
def tick(a, k):
    a[0] = a[0] * 10 + k
    return a[0]

@njit
def three(x, y, z):
    return x, y, z

def f(a):
    return three(tick(a, 1), z=tick(a, 2), y=tick(a, 3)), tick(a, 4) + tick(a, 5) * tick(a, 6)
""")
    check(f, np.zeros(1, np.int64))


def test_functions_that_return_none():
    @njit
    def fill(a, x):
        for i in range(len(a)):
            a[i] = x

    @njit
    def f(a):
        fill(a, 5)
        result = fill(a, 6)
        return result, a

    check(f, np.zeros(3))


def test_many_arguments():
    names = ", ".join(f"a{i}" for i in range(40))
    f = function(f"def f({names}):\n    return a0 - a39 + a17\n")
    check(f, *range(40))


def test_lambdas():
    f = njit(lambda x, y=2: x * y + 1)
    check(f, 3)
    check(f, 3, 5)


def test_methods_of_classes():
    class Holder:
        @staticmethod
        @njit
        def f(x):
            return x + 1

    assert Holder.f(1) == 2 and Holder().f(1) == 2


def test_deep_call_chains():
    text = "@njit\ndef f0(x):\n    return x + 1\n" + "".join(f"\n@njit\ndef f{i}(x):\n    return f{i - 1}(x) + 1\n" for i in range(1, 40))
    assert function(text)(0) == 40


@njit(error_model="numpy")
def divided(a, b):
    return a / b


@njit(fastmath=False)
def rounded(x):
    return (x + 1e16) - 1e16


@njit(boundscheck=True)
def element(a, i):
    return a[i]


def test_options_hold_in_calls():
    through = njit(lambda a, b: divided(a, b))
    assert divided(1.0, 0.0) == through(1.0, 0.0) == np.inf
    careless = njit(lambda x: rounded(x), fastmath=True)
    assert careless(1.0) == rounded(1.0) == rounded.py_func(1.0)
    unchecked = njit(lambda a, i: element(a, i), boundscheck=False)
    with pytest.raises(IndexError):
        unchecked(np.ones(3), 5)


@njit
def left_open(a, b):
    return (a + 1e16) - 1e16, a / b


def test_options_left_open_are_those_of_the_outermost_function():
    for options in ({}, {"fastmath": True}, {"error_model": "numpy"}):
        through, directly = njit(lambda a, b: left_open(a, b), **options), njit(left_open.py_func, **options)
        assert through(1.0, 3.0) == directly(1.0, 3.0)
        assert type(outcome(through, (1.0, 0.0))[1]) is type(outcome(directly, (1.0, 0.0))[1])


@njit("i4(i4)")
def narrow(x):
    return x


@njit("f4(f8)")
def shortened(x):
    return x


@pytest.mark.parametrize("x", [3.7, -3.7, 7, True, 2**40 + 5])
def test_declared_signatures_hold_in_calls(x):
    through = njit(lambda x: (narrow(x), shortened(x)))
    assert through(x) == (narrow(x), shortened(x))


def test_calls_that_no_declared_signature_takes():
    with pytest.raises(TypingError, match="no-matching-signature"):
        njit(lambda z: narrow(z))(1j)


def long_function(**options):
    text = "\n".join(f"    x = x * 0.5 + {i}.0" for i in range(100))
    return njit(**options)(function(f"def long(x):\n{text}\n    return x\n").py_func)


@pytest.mark.parametrize("options, called", [({}, True), ({"inline": "always"}, False), ({"forceinline": True}, False)])
def test_inlining_when_asked(options, called):
    long = long_function(**options)
    caller = njit(lambda x: long(x) + 1.0)
    check(caller, 1.5)
    assert ("call @" in caller.inspect("loops")) == called
