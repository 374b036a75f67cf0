"""Inner functions, lambdas and closures in compiled functions, beside CPython running the same text."""

import functools
import re
import types
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lang_support import check, function, register

import zouk
from zouk import njit


@njit
def apply(f, x):
    return f(x)


@njit
def twice(f, x):
    return f(f(x))


@njit
def scaled(k):
    return lambda v: v * k


@njit
def pair(a, b):
    def add(v):
        return v + a

    return add, lambda v: v * b


# Those that a compiled function is passed to by name must be plain functions where CPython runs the text.
PLAIN = {name: f.py_func for name, f in {"apply": apply, "twice": twice, "scaled": scaled, "pair": pair}.items()}
JITTED = {"apply": apply, "twice": twice, "scaled": scaled, "pair": pair}


def both(text, *arguments, exact=True):
    """A compiled function of the text does what CPython does; helpers are compiled there and plain here."""
    own = function(text, functools=functools, **JITTED)
    scope = {"np": np, "functools": functools, **PLAIN, "__name__": "language_test"}
    exec(compile(text, register(text), "exec"), scope)
    plain = list(scope.values())[-1]

    class Beside:
        py_func = staticmethod(plain)
        __name__ = plain.__name__

        def __call__(self, *values):
            return own(*values)

    check(Beside(), *arguments, text=exact)


@pytest.mark.parametrize(
    "body",
    [
        "def g(v): return v + y\n    return g(x) + g(2 * x)",
        "g = lambda v: v * y\n    return g(x), g(2.5), g(True)",
        "def g(v, k=3): return v * k + y\n    return g(x), g(x, 4), g(k=5, v=x)",
        "def g(v, *, k=y): return v * k\n    y = 100.0\n    return g(x), g(x, k=2)",
        "def g(v, k=x * 2, m=(1, 2.5)): return v * k + m[1]\n    x = 9\n    return g(1), g(1, 2), g(1, m=(3, 4.5))",
        "def g(v, /, w): return v - w\n    return g(x, w=y)",
        "def g(*rest): return len(rest) + y\n    return g(), g(1), g(1, 2.5)",
        "def g(a, *rest, k=2):\n        s = a * k\n        for r in rest: s += r\n        return s + y\n    return g(x), g(x, 1, 2), g(x, 1, k=y)",
        "def fact(n): return 1 if n < 2 else n * fact(n - 1)\n    return fact(5) + y",
        "f = lambda n: 0 if n < 1 else f(n - 1) + y\n    return f(5)",
        "def even(n): return True if n == 0 else odd(n - 1)\n    def odd(n): return False if n == 0 else even(n - 1)\n    return even(6), odd(6), even(x)",
        "def outer(a):\n        def inner(b): return a + b + y\n        return inner(1) * inner(x)\n    return outer(2)",
        "def a(u):\n        def b(v):\n            def c(w): return u + v + w + x + y\n            return c(v) + c(2.5)\n        return b(u)\n    return a(x)",
        "def f(v):\n        x = v + 1\n        return x * y\n    return f(3), x",
        "def f(v): return v * y\n    def g(v): return f(v) + f(x)\n    def h(v): return g(v) - f(v)\n    return h(1)",
        "def f(y): return y + h(1)\n    def h(v): return v + y\n    return f(50)",
        "return (lambda v: v + x * y)(3)",
        "return (lambda v: lambda w: v + w * y)(3)(x)",
        "return apply(lambda v: v - y, x), twice(lambda v: v * y, x)",
        "f = lambda v: v + y\n    return apply(f, x) + twice(f, 2.5)",
        "def g(h, v): return h(v) + h(y)\n    return g(lambda v: v * x, 1)",
        "fs = (lambda v: v + x, lambda v: v * y, abs)\n    return fs[0](2), fs[1](3), fs[2](-4)",
        "s = 0\n    for f in (lambda v: v + x, lambda v: v * y): s += f(s + 1)\n    return s",
        "f = scaled(x)\n    g = scaled(y)\n    return f(3), g(4), twice(f, 2)",
        "f, g = pair(x, y)\n    x = y = 0\n    return f(3), g(4)",
        "f = scaled(x)\n    h = lambda v: f(v) + y\n    return h(2), apply(h, 3)",
        "def f(v):\n        def g(): return v * y\n        return g\n    return f(1)() + f(x)()",
        "a = np.arange(5) * x\n    def item(i): return a[i] + y\n    s = 0\n    for i in range(5): s += item(i)\n    return s",
        "a = np.zeros(4)\n    def put(i, v): a[i] = v\n    for i in range(4): put(i, i * y)\n    return a",
        "def rows(): return np.full(3, x) + y\n    a = rows()\n    b = rows()\n    a[0] = -1\n    return a, b",
        "return [f(x) for f in (lambda v: v + y, lambda v: v * 2)]",
        "return np.array([(lambda v: v + i)(x) for i in range(4)])",
        "return sum((lambda v: v * i)(x) for i in range(4))",
        "def f(): pass\n    return f()",
        "def f(v):\n        for i in range(10):\n            if i * y > v: return i\n        return -1\n    return f(5), f(500)",
        "def f(v):\n        if v > 1: raise ValueError('large', v)\n        return v\n    return f(0), f(x)",
    ],
)
def test_inner_functions(body):
    both(f"def f(x, y):\n    {body}\n", 3, 2)


def test_late_binding():
    """A captured name has the value of now, wherever it was assigned."""
    for body in (
        "k = 1\n    def g(v): return v * k\n    a = g(x)\n    k = 10\n    return a, g(x)",
        "def g(v): return v + k\n    k = 5\n    return g(x)",
        "g = lambda: k\n    s = 0\n    for k in range(5): s += g() * x\n    return s, g()",
        "k = 0\n    def g(v): return v + k\n    while g(x) < 20: k += 3\n    return k, g(0)",
        "k = 0\n    def g(): return k\n    def h(): return g() + k\n    for i in range(3): k += apply(lambda v: v + h(), i)\n    return k",
        "if x > 2: k = 1\n    else: k = 2\n    def g(): return k\n    if g() == 1: k = 7\n    return g()",
        "k = 2\n    f = lambda v, k=k: v + k\n    k = 3\n    return f(x)",
        "g = lambda: k + 1\n    k = 1\n    k = g() + g()\n    return g(), k",
        "def g(): return (k := 3) + x\n    k = 1\n    return g(), k",
        "k = 1\n    g = lambda v: v + k\n    return g((k := 5)), k",
    ):
        both(f"def f(x):\n    {body}\n", 3)


def test_names_that_are_not_bound():
    """Exceptions as Python's, with its texts."""
    for x in (1, 5):
        both("def f(x):\n    def g(v): return v + k\n    if x > 3: k = 5\n    return g(x)\n", x)
        both("def f(x):\n    if x > 3:\n        def g(v): return v\n    return g(x)\n", x)
        both("def f(x):\n    def g(v): return v + k\n    k = 5\n    if x > 3: del k\n    return g(x)\n", x)


def test_a_closure_is_made_again_in_every_round():
    both("def f(n):\n    s = 0\n    for i in range(n):\n        def g(v, k=i): return v * k + i\n        s += g(2)\n    return s + g(3)\n", 5)
    both("def f(n):\n    s = 0\n    for i in range(n):\n        s += apply(lambda v: v * i, 3) + twice(lambda v: v + i, 1)\n    return s\n", 5)
    both("def f(n):\n    t = (lambda v: v, 0)\n    s = 0\n    for i in range(n):\n        t = (lambda v, i=i: v * i, i)\n        s += 1\n    return s\n", 0)


@pytest.mark.parametrize("x", [1.0, 5.0])
def test_one_of_several_functions(x):
    both("def f(x):\n    g = (lambda v: v + x) if x > 3 else (lambda v: v * 2.5)\n    return g(x), apply(g, 2.0)\n", x)
    both("def f(x):\n    if x > 3:\n        def g(v): return v + 1\n    else:\n        def g(v): return v * x\n    return g(10.0)\n", x)
    both("def f(x):\n    a = np.arange(3.0)\n    g = (lambda: a) if x > 3 else (lambda: a * x)\n    return g() + g()\n", x)
    both("def f(x):\n    fs = (lambda v: v + x, lambda v: v * x, np.sqrt)\n    s = 0.0\n    for i in range(3): s += fs[i](x)\n    return s\n", x)
    both("def f(x):\n    s = 0.0\n    for g in (lambda v: v + x, lambda v: v * x, lambda v: v - 1):\n        if s > 4: break\n        s += g(x)\n    return s\n", x)
    both("def f(x):\n    g = np.sin if x > 3 else np.cos\n    return g(0.0), g(np.zeros(2))\n", x)
    both("def f(x):\n    g = lambda v: v\n    for i in range(3):\n        if i == x: g = lambda v: v * 10\n    return g(x)\n", x)
    both("def f(x):\n    g = None\n    if x > 3: g = lambda v: v + x\n    return 0.0 if g is None else g(2.0)\n", x)
    both("def f(x):\n    g = None\n    if x > 3: g = lambda v: v + x\n    elif x > 1: g = lambda v: v\n    return g(2.0)\n", x, exact=False)
    both("def f(x):\n    g = None\n    def h(v):\n        if v > 3: return lambda w: w + v\n        return lambda w: w * v\n    return h(x)(2.0), h(4.0)(1.0)\n", x)


def test_types_are_those_of_each_call():
    f = function("def f(a, b):\n    def g(v): return v * 2\n    return g(a), g(b), g(True)\n")
    check(f, 1, 2.5)
    check(f, np.arange(3), 1j)
    check(f, np.float32(1.5), np.arange(3.0))


def test_shared_names_of_comprehensions():
    both("def f(n):\n    i = 100\n    a = np.array([(lambda v: v + i)(0) for i in range(n)])\n    return a, (lambda: i)()\n", 4)
    both("def f(n):\n    g = lambda v: v + n\n    return np.array([[g(i) * j for j in range(2)] for i in range(n)])\n", 3)


def test_inner_functions_of_closures_of_python():
    def make(k):
        @njit
        def f(x):
            def g(v):
                return v + k

            return g(x) * (lambda: k)()

        return f

    check(make(3), 4)
    check(make(2.5), 4)


NAMES = ["k", "m"]


@st.composite
def statements(draw, depth=0):
    """Lines that assign captured names, call closures, branch and loop."""
    lines = []
    for _ in range(draw(st.integers(1, 4))):
        kind = draw(st.integers(0, 7 if depth < 2 else 5))
        name = draw(st.sampled_from(NAMES))
        value = draw(st.sampled_from(["1", "x", "k", "m", "s", "g(x)", "h(m)"]))
        call = draw(st.sampled_from(["g(k)", "h(x)", "g(h(1))", "apply(lambda v: v + k - m, x)", "apply(g, m)", "twice(h, 1)", "(lambda v: v * m)(k)"]))
        if kind <= 1:
            lines.append(f"{name} = ({name} + {value}) % 97")
        elif kind <= 5:
            lines.append(f"s = (s + {call}) % 9973")
        elif kind == 6:
            lines.append(f"if {draw(st.sampled_from(['s % 2 == 0', 'k > m', 'g(1) > h(1)']))}:")
            lines += ["    " + line for line in draw(statements(depth + 1))]
            if draw(st.booleans()):
                lines.append("else:")
                lines += ["    " + line for line in draw(statements(depth + 1))]
        else:
            target = draw(st.sampled_from(["i", "k"]))
            lines.append(f"for {target} in range({draw(st.integers(0, 3))}):")
            lines += ["    " + line for line in draw(statements(depth + 1))]
    return lines


@settings(max_examples=40, deadline=None)
@given(statements(), statements(), st.integers(0, 20))
def test_programs(first, second, x):
    """Closures are defined between the statements: what is assigned before and after them is seen alike."""
    before = ["k = 1", "m = 2", "s = 0"]
    inner = ["def g(v): return v * 3 + k", "def h(v): return g(v) + m if v > 0 else k"]
    # Nothing may call a closure before it is defined.
    plain = [line for line in first if "g(" not in line and "h(" not in line and not line.startswith((" ", "if", "else", "for")) and "g," not in line and "h," not in line]
    text = "def f(x):\n" + "".join(f"    {line}\n" for line in [*before, *plain, *inner, *second, "return s, k, m, g(x), h(x)"])
    both(text, x)


@pytest.mark.parametrize(
    "body, code",
    [
        ("return lambda v: v", "unsupported-result"),
        ("def g(): return g\n    return g()", "unsupported-result"),
        ("t = []\n    k = 1\n    g = lambda v: v + k\n    t = (g, 1)\n    k = 2\n    return t[0](x)", "captured-variable"),
        ("t = (lambda v: v, 0)\n    for i in range(x): t = (lambda v: v + i, i)\n    return t[1]", "captured-variable"),
        ("k = 1\n    g = apply(lambda u: lambda v: v + k, 1)\n    k = 2\n    return g(1)", "captured-variable"),
        ("k = 1\n    def make(): return lambda v: v + k\n    g = make()\n    k = 2\n    return g(1)", "captured-variable"),
        ("k = 1\n    t = apply(lambda u: (u, lambda v: v + k), 1)\n    k = 2\n    return t[1](1)", "captured-variable"),
        ("def g(): return h()\n    s = g()\n    def h(): return 1\n    return s", "captured-variable"),
        ("def g(a, b): return a\n    return g(x)", "argument-count"),
        ("def g(a): return a\n    return g(x, b=1)", "argument-count"),
        ("def g(v): return v + 'a'\n    return g(x)", "bad-operands"),
        ("@abs\n    def g(v): return v\n    return g(x)", "unsupported-syntax"),
        ("def g():\n        nonlocal x\n        x = 1\n    h = g\n    return h()", "captured-variable"),
        ("g = lambda v: v\n    for i in range(x): g = (lambda h: lambda v: h(v) + 1)(g)\n    return g(2)", "runaway-closure"),
        ("def g(n):\n        return g(n + 1)\n    return g(x)", "recursion-result"),
        ("g = (lambda v: v) if x else 3\n    return g(x)", "cannot-unify"),
        ("async def g(): pass\n    return 1", "unsupported-syntax"),
    ],
)
def test_errors(body, code):
    f = function(f"def f(x):\n    {body}\n", **JITTED)
    with pytest.raises(zouk.errors.ZoukError) as caught:
        f(3)
    found = caught.value.diagnostics[0]
    assert found["code"] == code
    assert found["span"][1] >= 2


def test_a_traceback_has_the_lines_of_inner_functions():
    f = function("def f(x):\n    def g(v):\n        return 1 // v\n    return g(x)\n")
    with pytest.raises(ZeroDivisionError) as caught:
        f(0)
    names, trace = [], caught.value.__traceback__
    while trace:
        names.append((trace.tb_frame.f_code.co_name, trace.tb_lineno))
        trace = trace.tb_next
    assert [line for _, line in names[-2:]] == [4, 3]


def test_closures_do_not_leak():
    f = function("def f(n):\n    a = np.arange(n)\n    g = (lambda: a + 1) if n > 3 else (lambda: a)\n    return apply(lambda i: g()[i] + a[i], 0)\n", **JITTED)
    before = zouk._zouk.live_blocks()
    for n in (2, 5, 2, 5):
        f(n)
    assert zouk._zouk.live_blocks() == before


def test_the_programs_of_the_page():
    page = (Path(__file__).resolve().parents[2] / "docs" / "closures.md").read_text()
    text = "\n".join(re.findall(r"```python\n(.*?)```", page, re.S))
    scope = {"__name__": "language_test"}
    exec(compile(text, register(text), "exec"), scope)
    a = np.arange(5.0)
    plain = dict(scope, apply=scope["apply"].py_func)
    smooth = types.FunctionType(scope["smooth"].py_func.__code__, plain)
    assert scope["smooth"](a, 0.25) == smooth(a, 0.25)
    check(scope["late"], 7)
    check(scope["make"](3), 4)
    assert scope["twice"](scope["half"], 8.0) == scope["half"].py_func(scope["half"].py_func(8.0))
