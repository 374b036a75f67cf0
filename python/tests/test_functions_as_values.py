"""Functions as arguments from Python, `map` and its like, and functions of a declared signature."""

import functools
import math
import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import check, function

import zouk
from zouk import njit, types


@njit
def square(x):
    return x * x


@njit
def cube(x):
    return x * x * x


@njit
def inverse(x):
    return 1.0 / x


def plainly(f):
    """The Python function, called with the Python functions of jitted arguments."""

    def call(*arguments):
        def unwrapped(value):
            return tuple(map(unwrapped, value)) if isinstance(value, tuple) else getattr(value, "py_func", value)

        return f.py_func(*map(unwrapped, arguments))

    class Beside:
        py_func = staticmethod(call)
        __name__ = f.__name__

        def __call__(self, *arguments):
            return f(*arguments)

    return Beside()


def test_a_function_as_argument():
    f = function("def f(g, x):\n    return g(x) + g(x + 1)\n")
    for g in (square, cube, inverse):
        check(plainly(f), g, 2.5)
        check(plainly(f), g, 3)
    assert len(f.signatures) == 6


def test_functions_in_tuples():
    total = function("def f(gs, x):\n    s = 0.0\n    for g in gs: s += g(x)\n    return s\n")
    one = function("def f(gs, i, x):\n    return gs[i](x)\n")
    chosen = function("def f(g, h, c, x):\n    k = g if c else h\n    return k(x) + k(2.0)\n")
    for x in (0.5, 3.0):
        check(plainly(total), (square, cube, inverse), x)
        check(plainly(total), (square,), x)
        for i in (0, 1, -1):
            check(plainly(one), (square, cube), i, x)
        for c in (True, False):
            check(plainly(chosen), square, cube, c, x)


def test_functions_of_one_name_are_told_apart():
    def make(k):
        @njit
        def inner(x):
            return x + k

        return inner

    f = function("def f(g, x):\n    return g(x)\n")
    makers = [make(k) for k in range(4)]
    assert [f(g, 10) for g in makers] == [g.py_func(10) for g in makers]
    assert [f(g, 10) for g in reversed(makers)] == [g.py_func(10) for g in reversed(makers)]
    both = function("def f(g, h, x):\n    return g(x) * 100 + h(x)\n")
    assert both(makers[1], makers[3], 10) == 11 * 100 + 13


def test_a_function_may_be_passed_to_itself():
    f = function("def f(g, n):\n    return n if n < 1 else g(g, n - 1) + 1\n")
    assert f(f, 5) == 5


def test_a_dead_function_is_not_taken_for_another():
    f = function("def f(g, x):\n    return g(x)\n")
    for k in range(5):
        g = function(f"def g(x):\n    return x + {k}\n")
        assert f(g, 1) == 1 + k
        del g


def test_the_type_of_a_function():
    assert isinstance(zouk.typeof(square), types.DispatcherType)
    assert zouk.typeof(square) == zouk.typeof(square) != zouk.typeof(cube)
    f = function("def f(g, x):\n    return g(x)\n")
    f.compile((zouk.typeof(square), types.float64))
    assert f(square, 2.5) == square.py_func(2.5) and len(f.signatures) == 1


def test_plain_functions_are_not_passed():
    f = function("def f(g, x):\n    return g(x)\n")
    with pytest.raises(zouk.errors.TypingError, match="decorate it with @njit"):
        f(square.py_func, 1.0)


@pytest.mark.parametrize(
    "expression",
    [
        "sum(map(lambda v: v * k, xs))",
        "sum(map(lambda v, w: v * w, xs, xs[::-1]))",
        "sum(filter(lambda v: v > k, xs), 0.0)",
        "sum(map(square, filter(lambda v: v > 1, xs)), 0.0)",
        "any(map(lambda v: v > k, xs))",
        "all(map(lambda v: v > k, xs))",
        "any(filter(None, xs))",
        "max(map(lambda v: -v, xs), default=7.0)",
        "max(xs, key=lambda v: -v, default=7.0)",
        "min(xs, key=abs, default=7.0)",
        "min(3, -5, k, key=abs)",
        "max((3, -5, 2), key=lambda v: v * v)",
        "functools.reduce(lambda a, b: a * 0.5 + b, xs, 10.0)",
        "functools.reduce(lambda a, b: a + b * k, (1.5, 2.5, 3.5))",
        "functools.reduce(lambda a, b: a + b, range(5))",
        "functools.reduce(lambda a, b: a + b, map(lambda v: v * v, xs), 0.0)",
        "np.array(list(map(lambda v: v * 2, xs)))",
        "np.array(list(filter(lambda v: v > 1, xs)))",
        "np.array([v + 1 for v in map(lambda v: v * 2, xs)])",
        "np.array([v + 1 for v in filter(lambda v: v > 1, xs)])",
        "np.array([v for v in map(lambda v: v * 2, filter(lambda v: v > 1, xs))])",
        "list(map(lambda v: v + 1, (1, 2.5)))",
        "tuple(map(lambda v, w: v * w, (1, 2.5, 3), (2, 2, 2)))",
        "sorted((3, 1, 2))",
        "sorted((3, -1, 2, 1), key=abs)",
        "sorted((3, -1, 2, 1), key=lambda v: v * v, reverse=True)",
        "[v for v in map(lambda v: v * k, (1, 2.5, 3))]",
        "max(map(abs, (1, -2.5, 2)))",
        "sum(i * v for i, v in enumerate(map(lambda v: v + 1, xs)))",
        "sum(v * w for v, w in zip(xs, map(lambda v: v + 1, xs)))",
        "np.apply_along_axis(lambda row: row.sum() * k, 0, np.stack((xs, xs)))",
        "np.piecewise(xs, [xs < 1, xs >= 1], [lambda v: v * 2, lambda v: v - k])",
    ],
)
@pytest.mark.parametrize("xs", [np.array([1.0, 2.5, 0.5, -3.0]), np.array([2.0])], ids=["four", "one"])
def test_functions_over_iterables(expression, xs):
    f = function(f"def f(xs):\n    k = 2\n    return {expression}\n", functools=functools, square=square)
    check(f, xs)


@pytest.mark.parametrize("expression", ["max(xs, key=abs)", "functools.reduce(lambda a, b: a + b, xs)", "min(map(abs, xs))"])
def test_nothing_to_choose_from(expression):
    check(function(f"def f(xs):\n    return {expression}\n", functools=functools), np.zeros(0))


def test_loops_over_map_and_filter():
    for body in (
        "for v in map(lambda v: v * k, xs): s += v",
        "for i, v in enumerate(map(lambda v: v * k, xs)):\n        if i == 2: break\n        s += v * i\n    else: s = -1.0",
        "for v in filter(lambda v: v > k, xs):\n        if v > 2: continue\n        s += v",
        "for i in range(3):\n        for v in map(lambda v: v * i, xs): s += v",
        "for v in filter(None, xs): s += v\n    else: s += 100",
        "m = map(lambda v: v * k, xs)\n    for v in m: s += v",
        "for v, w in zip(map(lambda v: v + k, xs), xs): s += v * w",
        "for v, w in zip(filter(lambda v: v > k, xs), xs): s += v * w",
        "for i, v in enumerate(filter(None, xs), 3): s += i * v",
        "for v in map(lambda v, w: v - 2 * w, xs, filter(None, xs)): s = 2 * s + v",
        "m = map(lambda v: v * k, xs)\n    for v in m:\n        s += v\n        if v > 2: break\n    for v in m: s += 10 * v",
        "while s < 5:\n        k += 1\n        s += sum(map(lambda v: abs(v) * k, xs))",
    ):
        check(function(f"def f(xs):\n    s = 0.0\n    k = 1\n    {body}\n    return s\n"), np.array([1.0, 2.5, 0.0, 0.5, 3.0]))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-10, 10) | st.just(math.nan), min_size=1, max_size=8), st.booleans())
def test_sorted_is_pythons(xs, reverse):
    """NaNs compare as they do, so the result is that of Python's own steps."""
    f = function(f"def f(xs):\n    return sorted(xs, reverse={reverse}), 0\n")
    g = function(f"def f(xs):\n    return sorted(xs, key=lambda v: -v * v, reverse={reverse}), 0\n")
    check(f, tuple(xs))
    check(g, tuple(xs))


@pytest.mark.parametrize(
    "body, code",
    [
        ("for v in map(lambda v: v + s, xs): s += v", "captured-variable"),
        ("for t in enumerate(zip(xs, xs, strict=True)): s += 1", "unsupported-iterator"),
        ("s += map(3, xs)", "bad-call"),
        ("m = enumerate(xs)\n    for k in range(2):\n        for i, v in m: s += v\n        for i, v in m: s += v\n        m = enumerate(xs)", "iterator-reused"),
        ("return map(lambda v: v, xs)", "unsupported-result"),
        ("s += sum(map(lambda v: v, 3))", "bad-call"),
        ("s += max(xs, 3.0, default=1)", "bad-library-call"),
    ],
)
def test_errors(body, code):
    with pytest.raises(zouk.errors.ZoukError) as caught:
        function(f"def f(xs):\n    s = 0.0\n    {body}\n    return s\n")(np.arange(3.0))
    assert caught.value.diagnostics[0]["code"] == code


SIGNATURE = types.FunctionType(types.float64(types.float64))


def test_functions_of_a_signature():
    f = njit(types.float64(SIGNATURE, types.float64))(lambda g, x: g(x) + g(2))
    for g in (square, cube, inverse, square):
        for x in (0.5, 3, True):
            assert f(g, x) == g.py_func(float(x)) + g.py_func(2.0)
    assert len(f.signatures) == 1


def test_what_such_a_function_raises():
    f = njit(types.float64(SIGNATURE, types.float64))(lambda g, x: g(x) + 1)
    check(plainly(f), inverse, 0.0, text=True)
    check(plainly(f), inverse, 4.0)


class Refused(Exception):
    pass


@njit
def refusing(x):
    if x > 1:
        raise Refused(x)
    return x


def test_exceptions_of_the_program():
    class Local(Exception):
        pass

    f = njit(types.float64(SIGNATURE, types.float64))(lambda g, x: g(x) + 1)
    local = function("def local(x):\n    raise Local(x)\n", Local=Local)
    for g in (refusing, local):
        for x in (0.5, 2.0):
            check(plainly(f), g, x, text=True)


def test_signatures_of_several_types():
    @njit
    def mixed(a, b, c):
        return a + b if c else b - a

    function_type = types.FunctionType(types.complex128(types.int8, types.complex128, types.boolean))
    f = njit(types.complex128(function_type, types.int64))(lambda g, n: g(n, 1.5j, n > 3) + g(-n, n, False))
    for n in (2, 5, 100):
        check(plainly(f), mixed, n)
    single = types.FunctionType(types.float32(types.float32, types.uint64))
    g = njit(types.float64(single, types.float64))(lambda g, x: g(x, 3) * 2)
    assert g(njit(lambda a, n: a * n), 0.1) == float(np.float32(0.1) * np.float32(3)) * 2


def test_tuples_of_functions_of_a_signature():
    functions = types.UniTuple(SIGNATURE, 3)
    f = njit(types.float64(functions, types.float64))(lambda gs, x: gs[0](gs[1](x)) + gs[2](x))
    check(plainly(f), (square, cube, inverse), 2.5)
    total = njit(types.float64(functions, types.float64))(function("def f(gs, x):\n    s = 0.0\n    for g in gs:\n        if s > 30: break\n        s += g(x)\n    return s\n").py_func)
    check(plainly(total), (square, cube, inverse), 2.5)
    chosen = njit(types.float64(SIGNATURE, SIGNATURE, types.float64))(lambda g, h, x: (g if x > 1 else h)(x))
    for x in (0.5, 2.0):
        check(plainly(chosen), square, cube, x)


def test_errors_of_functions_of_a_signature():
    f = njit(types.float64(SIGNATURE, types.float64))(lambda g, x: g(x))
    with pytest.raises(zouk.errors.TypingError):
        f(njit(lambda x: x["a"]), 1.0)
    with pytest.raises(TypeError):
        f(njit(lambda x, y: x), 1.0)
    with pytest.raises(TypeError):
        f(1.0, 1.0)
    with pytest.raises(zouk.errors.TypingError):
        njit(types.float64(SIGNATURE))(lambda g: g(1.0, 2.0))
    with pytest.raises(zouk.errors.TypingError):
        njit(types.float64(SIGNATURE))(lambda g: g(1j))
    with pytest.raises(TypeError, match="takes a signature"):
        types.FunctionType(types.float64)
    assert repr(SIGNATURE) == str(SIGNATURE) and types.FunctionType(types.float64(types.float64)) == SIGNATURE


def test_pickling_and_the_cache(tmp_path):
    """A function with inner functions travels with the globals that those name; the cache on disk finds it, by its text."""
    text = "OFFSET = 7\n@njit(cache=True)\ndef f(x):\n    def g(v):\n        return v + OFFSET\n    return g(x) + (lambda: square(x))()\n"
    scope = {"njit": njit, "square": square, "__name__": "elsewhere"}
    (tmp_path / "made.py").write_text(text)
    exec(compile(text, str(tmp_path / "made.py"), "exec"), scope)
    read = "import pickle, sys; f = pickle.loads(sys.stdin.buffer.read()); print(f(3), sum(f.stats.cache_hits.values()))"
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    runs = [subprocess.run([sys.executable, "-c", read], input=pickle.dumps(scope["f"]), capture_output=True, env=environment, cwd=os.path.dirname(__file__)) for _ in range(2)]
    assert all(run.returncode == 0 for run in runs), runs[0].stderr.decode()
    expected = scope["f"].py_func(3)
    assert [run.stdout.split() for run in runs] == [[str(expected).encode(), str(hits).encode()] for hits in (0, 1)]


@zouk.cfunc("float64(float64)")
def third(x):
    return x / 3


@zouk.vectorize
def plus_one(x):
    return x + 1


@zouk.vectorize(["float64(float64)"])
def minus_one(x):
    return x - 1


@zouk.stencil
def mean_of_two(a):
    return (a[-1] + a[0]) / 2


def test_functions_for_c_ufuncs_and_stencils_as_arguments():
    def applied(f, x):
        return f(x), f(f(x))

    def chosen(functions, x):
        total = 0.0
        for f in zouk.literal_unroll(functions):
            total += f(x)
        return total

    numbers = np.linspace(-2, 2, 7)
    for f, x in [(third, 2.0), (plus_one, 2.0), (minus_one, 2.0), (plus_one, numbers), (minus_one, numbers), (mean_of_two, numbers)]:
        for got, wanted in zip(njit(applied)(f, x), applied(f, x)):
            np.testing.assert_array_equal(got, wanted)
    for functions in [(third, plus_one), (minus_one, third, square)]:
        assert njit(chosen)(functions, 1.5) == plainly(chosen)(functions, 1.5)
    with pytest.raises(zouk.errors.TypingError):
        njit(applied)(third, "text")
