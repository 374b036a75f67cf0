"""`nonlocal` and decorators of inner functions."""

import numpy as np
import pytest
from lang_support import check, function

import zouk
from zouk import njit
from zouk.errors import UnsupportedError
from zouk.extending import register_jitable

BODIES = [
    # In a straight line, in branches and in loops.
    """
    k = 0
    def add(n):
        nonlocal k
        k += n
        return k * 10
    a = add(x)
    k = k * 2
    b = add(1) + add(2)
    if x > 2:
        add(100)
    for i in range(x):
        if i % 2:
            add(i)
        elif add(3) > 200:
            break
    return a, b, k
    """,
    # The type grows.
    """
    total = 0
    def add(v):
        nonlocal total
        total = total + v
    add(0.5)
    for i in range(x):
        add(i * 0.5)
    return total
    """,
    # In what is computed only sometimes.
    """
    count = 0
    def seen(v):
        nonlocal count
        count += 1
        return v
    r = seen(x > 1) and seen(x > 2) or seen(x > 3)
    s = seen(1) if x > 2 else (seen(2) + seen(3))
    while seen(count) < 9:
        pass
    return r, s, count
    """,
    # Through functions in between, and of the middle one.
    """
    a = 1
    def outer(n):
        b = 2
        def inner(m):
            nonlocal a, b
            a, b = a + m, b * m
        inner(n)
        inner(n + 1)
        return b
    def twice(n):
        return outer(n) + outer(n)
    r = twice(x)
    return r, a
    """,
    # Several variables, several functions, an early return, and recursion.
    """
    a, b = 0, 1.5
    def f(n):
        nonlocal a, b
        if n < 1:
            return
        a += n
        b *= 2
        f(n - 1)
    def g():
        nonlocal b
        b -= 1
        f(2)
    f(x)
    g()
    return a, b
    """,
    # A read of the variable stands before the call that changes it.
    """
    k = 5
    def change():
        nonlocal k
        k += 1
        return k
    return k + change() * 100 + k, (k, change(), k), x
    """,
    # An array that another one takes the place of.
    """
    a = np.zeros(3)
    def grow():
        nonlocal a
        a = np.append(a, a.size)
    for i in range(x):
        grow()
    return a.sum(), a.size
    """,
]


@pytest.mark.parametrize("body", BODIES)
def test_nonlocal(body):
    f = function(f"def f(x):{body}")
    for x in (0, 1, 2, 3, 4, 9):
        check(f, x)


ERRORS = [
    ("k = 0\n    def g():\n        nonlocal k\n        k += 1\n    h = g\n    return h()", "is no value"),
    ("k = 0\n    def g(v):\n        nonlocal k\n        k += v\n        return k\n    return sum(map(g, (1, 2)))", "is no value"),
    ("k = 0\n    def g():\n        nonlocal k\n        del k\n    g()\n    return k", "`del` of a `nonlocal`"),
    ("def g():\n        nonlocal k\n        k = 1\n    g()\n    k = 2\n    return k", "may have no value yet"),
    ("k = 0\n    def g():\n        nonlocal k\n        k += 1\n    def h():\n        return k\n    hs = (h, h)\n    g()\n    return hs[0]()", "may be assigned while the function is kept"),
]


@pytest.mark.parametrize("body, message", ERRORS)
def test_errors(body, message):
    with pytest.raises(UnsupportedError, match=message):
        function(f"def f(x):\n    {body}")(1)


def test_nonlocal_names_of_python_are_refused():
    def make():
        k = 1

        @njit
        def f(x):
            nonlocal k
            k = x
            return k

        return f, lambda: k

    with pytest.raises(UnsupportedError, match="nonlocal"):
        make()[0](1)


DECORATED = """
def f(x):
    @njit
    def one(v):
        return v + x
    @zouk.njit(fastmath=True)
    def two(v, k=3):
        return one(v) * k
    @register_jitable
    def three(v):
        return two(v) - 1
    @zouk.jit(nopython=True)
    def four(v):
        return four(v - 1) + 1 if v > 0 else 0
    return one(1), two(2), three(3), four(4), sum(map(one, (1, 2)))
"""


def test_decorators_that_compile():
    f = function(DECORATED, zouk=zouk, register_jitable=register_jitable)
    check(f, 5)


@pytest.mark.parametrize(
    "decorator, message",
    [
        ("abs", "a decorator of an inner function"),
        ("zouk.vectorize", "a decorator of an inner function"),
        ("njit('f8(f8)')", "a signature of an inner function"),
        ("njit(error_model='numpy')", "this option of an inner function"),
        ("njit(boundscheck=False)", "this option of an inner function"),
    ],
)
def test_other_decorators(decorator, message):
    with pytest.raises(UnsupportedError, match=message):
        function(f"def f(x):\n    @{decorator}\n    def g(v):\n        return v\n    return g(x)", zouk=zouk)(1.0)


def test_an_array_is_what_it_is_after_an_exception():
    f = function("def f(a):\n    k = 0\n    def g(i):\n        nonlocal k\n        k += 1\n        a[i] = k\n    for i in range(5):\n        g(i)\n    return k")
    a, b = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for g, array in ((f, a), (f.py_func, b)):
        with pytest.raises(IndexError):
            g(array)
    assert np.array_equal(a, b)
