"""Whole-array operators and universal functions, beside NumPy: dtypes, broadcasting, layouts, overlap, fusion over statements."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from lang_support import FLOATS, INTEGERS, NUMBERS, check, function

import zouk

REAL = [np.bool_, *INTEGERS, *FLOATS]
VALUES = [0, 1, 2, 3, 5, 100]


def sample(dtype, shape=(2, 3)):
    """A small array of a dtype, with a few signs where it has them."""
    values = np.resize(np.array(VALUES, dtype=np.float64), shape)
    if np.issubdtype(dtype, np.signedinteger) or np.issubdtype(dtype, np.inexact):
        values = values * np.resize([1, -1], shape)
    with np.errstate(invalid="ignore"):
        return (values + 0.5j * values if np.issubdtype(dtype, np.complexfloating) else values).astype(dtype)


@pytest.mark.parametrize("operator", ["+", "*", "-", "<", "==", "&"])
@pytest.mark.parametrize("left", NUMBERS)
def test_operators_of_two_dtypes(operator, left):
    f = function(f"def f(x, y): return x {operator} y")
    for right in [np.bool_, np.int8, np.uint16, np.int64, np.uint64, np.float32, np.complex128]:
        try:
            f.py_func(sample(left), sample(right))
        except TypeError:
            continue
        if operator == "<" and (np.issubdtype(left, np.complexfloating) or np.issubdtype(right, np.complexfloating)):
            continue
        check(f, sample(left), sample(right), rtol=1e-6)


@pytest.mark.parametrize("name", ["negative", "absolute", "square", "sqrt", "exp", "sin", "floor", "sign", "isnan", "logical_not", "invert", "reciprocal"])
@pytest.mark.parametrize("dtype", [np.int16, np.int32, np.uint8, np.float16, np.float32, np.float64])
def test_functions_of_one_array(name, dtype):
    if name == "invert" and np.issubdtype(dtype, np.floating):
        pytest.skip("NumPy has no such loop")
    f = function(f"def f(x): return np.{name}(x)")
    x = np.abs(sample(dtype)) + 1 if name == "reciprocal" else sample(dtype)
    # Between neighbours of float16.
    rtol = {np.float64: 1e-15, np.float16: 1e-3, np.uint8: 1e-3}.get(dtype, 4e-7)
    check(f, x, rtol=rtol)
    check(f, x[:, ::-1], rtol=rtol)


@pytest.mark.parametrize("operator", ["/", "//", "%", "**"])
@pytest.mark.parametrize("dtype", [np.int8, np.uint8, np.int64, np.float32, np.float64])
def test_division_and_powers(operator, dtype):
    f = function(f"def f(x, y): return x {operator} y")
    with np.errstate(all="ignore"):
        check(f, np.abs(sample(dtype)), np.resize(np.array([1, 0, 2, 3], dtype), (2, 3)), rtol=4e-7)


def test_python_numbers_are_weak():
    for dtype in (np.int8, np.uint8, np.float32, np.complex64, np.bool_):
        for number in (2, 2.5):
            check(function("def f(x, n): return x * n"), sample(dtype), number)
    check(function("def f(x): return x + 200"), sample(np.uint8))
    check(function("def f(x, n): return x + n"), sample(np.uint8), 300, text=True)
    check(function("def f(x): return x + True"), sample(np.int8))


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_broadcasting(data):
    shapes = data.draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3)).input_shapes
    x, y = (np.arange(1.0, np.prod(s, dtype=int) + 1).reshape(s) for s in shapes)
    if data.draw(st.booleans()):
        x = np.asfortranarray(x)
    check(BROADCAST, x, y)


BROADCAST = function("def f(x, y):\n    z = x * 2.0 + y\n    return z - x, z")


def test_shapes_that_do_not_fit():
    for shapes in [((2,), (3,)), ((2, 3), (3, 2)), ((4, 1, 2), (3, 3))]:
        check(BROADCAST, *(np.ones(s) for s in shapes), text=True)
    check(function("def f(x, y): x += y"), np.ones(3), np.ones(2), text=True)
    check(function("def f(x, y): x[1:] = y + 1"), np.ones(3), np.ones(3), text=True)


PROGRAMS = [
    "def f(a, b):\n    t = a * b\n    a += t\n    return t + a",
    "def f(a, b):\n    a[:] = a[::-1] + b\n    return a * 2",
    "def f(a, b):\n    a[1:] = a[:-1] + b[1:]\n    b[:] = a",
    "def f(a, b):\n    t = a + 1\n    t[0] = 7\n    return t * 2, t",
    "def f(a, b):\n    t = a + b\n    u = t * 2\n    t *= 3\n    return t, u",
    "def f(a, b):\n    for i in range(3):\n        a = a * 0.5 + b\n    return a",
    "def f(a, b):\n    t = a + b\n    if t.sum() > 3:\n        b[:] = t\n    return t - b",
    "def f(a, b):\n    m = a > b.mean()\n    return np.where(m, a, -b), m.sum()",
    "def f(a, b):\n    a[...] += b\n    a[1:] *= a[:-1]\n    return a - a.max()",
]


@pytest.mark.parametrize("text", PROGRAMS)
def test_programs_over_statements(text):
    f = function(text)
    for make in (lambda: np.arange(1.0, 6.0), lambda: np.linspace(0, 1, 12).reshape(3, 4), lambda: np.asfortranarray(np.ones((2, 2)))):
        a = make()
        check(f, a, a[::-1].copy(), rtol=1e-15)
        a = make()
        check(f, a, a, rtol=1e-15)


def test_out_and_where():
    x, y = np.arange(4.0), np.arange(4, 8)
    check(function("def f(x, y, o):\n    np.add(x, y, o)\n    return o"), x, y, np.empty(4))
    check(function("def f(x, y, o):\n    return np.multiply(x, y, out=o, where=x > 1)"), x, y, np.zeros(4))
    check(function("def f(x, y): return np.subtract(x, y, dtype=np.float32)"), x, y)


def test_results_are_cast_within_their_kind():
    with pytest.raises(zouk.TypingError, match="Cannot cast ufunc 'add' output from dtype\\('float64'\\) to dtype\\('int64'\\) with casting rule 'same_kind'"):
        function("def f(x, y): x += y")(np.arange(3), np.ones(3))


def test_where_of_three():
    f = function("def f(c, x, y): return np.where(c, x, y)")
    check(f, np.array([True, False]), np.arange(2), np.float32([1, 2]))
    check(f, np.array([[1.0], [0.0]]), np.arange(2), 5)
    check(f, True, np.arange(2), np.ones(2))


def test_shapes_and_dtypes():
    a = np.arange(12.0).reshape(3, 4)
    for text in ("a.reshape(4, 3)", "a.reshape((2, -1))", "np.reshape(a, -1)", "a.ravel()", "a.flatten()", "a.T.ravel()", "a.astype(np.int32)", "a.T.astype(np.float32)"):
        check(function(f"def f(a): return {text}"), a)
    check(function("def f(a): return a.reshape(5, -1)"), a, text=True)
    check(function("def f(a, n): return a.reshape(n, 5)"), a, 3, text=True)
    check(function("def f(a):\n    b = a.reshape(12)\n    b[3] = 100\n    return a"), a)


@pytest.mark.parametrize("arguments", ["5", "2, 9", "2, 9, 3", "9, 2, -2", "0.0, 1.0, 0.1", "1, 2.5", "5, 2", "3, dtype=np.float32"])
def test_arange(arguments):
    check(function(f"def f(): return np.arange({arguments})"))


def test_arange_refuses():
    check(function("def f(n): return np.arange(0, 5, n)"), 0)


def test_array_of_tuples():
    check(function("def f(x): return np.array((1, 2, x))"), 2.5)
    check(function("def f(x): return np.array(((1, 2), (3, x)))"), 4)
    check(function("def f(x): return np.asarray(x), np.array(x, dtype=np.float32), np.ascontiguousarray(x)"), np.arange(6).reshape(2, 3).T)


def test_kernels_of_the_runtime_write_into_arrays():
    f = function("def f(a):\n    b = a * 1.0\n    b.sort()\n    return b + 1, b")
    check(f, np.array([3.0, 1.0, 2.0, -5.0]))
    g = function("def g(a):\n    b = a + 0.5\n    c = b * 2\n    b.partition(1)\n    return b[:2] + 1, c")
    check(g, np.array([3.0, 1.0, 2.0, -5.0]))


@pytest.mark.parametrize("name", ["arccosh", "arcsinh"])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_inverse_hyperbolic_functions_of_large_numbers(name, dtype):
    largest = float(np.finfo(dtype).max)
    x = np.array([1.0, 2.0, largest**0.25, largest**0.5 * 4, largest / 2, largest] * 3, dtype)
    found, expected = function(f"def f(x): return np.{name}(x)")(x), getattr(np, name)(x)
    assert np.isfinite(found).all()
    np.testing.assert_array_max_ulp(found, expected, 2)


def test_orders_of_results():
    """An operand with one axis at most has no say in it."""
    c = np.arange(12.0).reshape(3, 4)
    f, row, column = np.asfortranarray(c), np.arange(4.0), np.arange(6.0)[::2][:, None]
    for a, b in itertools.product((c, f, row, row[::-1], 2.5), repeat=2):
        for text in ("a + b", "np.maximum(a, b)", "np.sqrt(a) * b + a"):
            call = function(f"def f(a, b): return {text}")
            expected, found = call.py_func(a, b), call(a, b)
            assert np.array_equal(expected, found)
            assert np.ndim(expected) < 2 or expected.flags.f_contiguous == found.flags.f_contiguous
    assert np.array_equal(function("def f(a, b): return a * b")(f, column), f * column)
