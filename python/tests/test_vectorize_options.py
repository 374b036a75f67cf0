"""Functions under `@vectorize` called in compiled code with `out=`, `where=`, `dtype=`, and their methods with what NumPy's take."""

import numpy as np
import pytest
from lang_support import check, function

import zouk
from zouk import njit, vectorize


@vectorize(["int64(int64, int64)", "float32(float32, float32)", "float64(float64, float64)"], identity=0)
def plus(x, y):
    return x + y


@vectorize(["float64(float64, float64)"])
def quotient(x, y):
    if y == 0:
        raise ValueError("no quotient", x)
    return x / y


@vectorize(["float64(float64, float64)"], identity="reorderable")
def larger(x, y):
    return x if x > y else y


@vectorize
def squared(x):
    return x * x


X, Y = np.array([3.0, -1.0, 2.5, 4.0]), np.array([2.0, 0.0, 5.0, 0.0])
MASK = np.array([True, False, True, False])
M = np.arange(12.0).reshape(3, 4) - 5
SCOPE = {"plus": plus, "quotient": quotient, "larger": larger, "squared": squared}


def both(parameters, expression, *arguments, **options):
    check(function(f"def f({parameters}):\n    return {expression}\n", **SCOPE), *arguments, **options)


@pytest.mark.parametrize("name", ["plus", "quotient", "larger"])
def test_masks(name):
    """Where the mask is false the function is not called, and the output stays as it is."""
    for out in (np.full(4, 9.0), np.full((2, 4), 9.0), np.full(8, 9.0)[::2], np.full(4, 7, np.complex128)):
        both("x, y, m, out", f"{name}(x, y, out=out, where=m)", X, Y, MASK, out)
        both("x, y, m, out", f"{name}(x, y, out, where=m)", X, 2.0, MASK, out)
        both("x, m, out", f"{name}(x, 2.0, out=out, where=m), out", X, True, out)
        both("x, m, out", f"{name}(x, 0.0, out=out, where=m), out", X, False, out)
    both("x, y, m, out", f"{name}(x, y, out=(out,), where=m)", X, Y, MASK, np.zeros(4))
    both("x, y, m, out", f"{name}(x, x, out=out, where=m)", X, Y, np.array([[True], [False]]), np.zeros((2, 4)))
    both("x, y, m", f"{name}(x, y, where=m)[m]", X, Y, MASK)
    both("x, y", f"{name}(x, y, where=True)", X, Y + 1)
    both("x, m", f"{name}(x, x[::-1], out=x, where=m)", X, MASK)


def test_without_masks():
    both("x, y", "quotient(x, y)", X, Y, text=True)
    both("x, y, m", "quotient(x, y, where=m)[m]", X, Y, ~MASK, text=True)
    both("x, y, out", "quotient(x, y, out=None, where=out)[out]", X, Y, MASK)


@pytest.mark.parametrize("dtype", ["np.float32", "np.float64", "np.int64"])
def test_dtypes(dtype):
    both("x, y", f"plus(x, y, dtype={dtype})", np.array([1, 2, 3]), np.array([4, 5, 6]))
    if dtype != "np.int64":
        both("x, y", f"plus(x, y, dtype={dtype})", X, Y)
        both("x, out", f"plus(x, x, out=out, dtype={dtype})", X, np.zeros(4))
        both("x, m", f"plus(x, x, dtype={dtype}, where=m)[m]", X, MASK)
        both("x", f"plus.reduce(x, dtype={dtype})", np.array([1, 2, 3]))
        both("x", f"plus.accumulate(x, dtype={dtype})", np.array([1, 2, 3]))
        both("x, y", f"plus.outer(x, y, dtype={dtype})", np.array([1, 2, 3]), np.array([1, 2]))


REDUCTIONS = [
    "plus.reduce(m, axis=1)",
    "plus.reduce(m, axis=0, keepdims=True)",
    "plus.reduce(m, axis=1, initial=10.0)",
    "plus.reduce(m, axis=1, where=m > 0)",
    "plus.reduce(m, where=m[:, :1] < 2)",
    "plus.reduce(m, axis=0, where=True)",
    "plus.reduce(m, axis=0, initial=-3.0, where=m % 2 == 0, keepdims=True)",
    "larger.reduce(m, axis=(0, 1))",
    "larger.reduce(m, axis=None, initial=2.5, where=m < 1)",
    "larger.reduce(m, axis=(0, 1), initial=2.5, where=m < 1, keepdims=True)",
    "quotient.reduce(m, axis=1, initial=2.0, where=m > 3)",
    "np.maximum.reduce(m, axis=1, initial=-2.0, where=m < 4)",
    "np.minimum.reduce(m, axis=None, initial=2.0, where=m < 4)",
    "np.add.reduce(m, axis=1, where=m < 4)",
    "np.multiply.reduce(m, axis=0, where=m < 4, initial=2.0)",
    "np.logaddexp.reduce(m, axis=0, where=m < 4)",
    "np.logical_and.reduce(m, axis=1, where=m < 4)",
    "np.logical_or.reduce(m > 2, axis=0, where=m < 4, keepdims=True)",
    "np.bitwise_or.reduce(m.astype(np.int64), axis=1, where=m < 4)",
    "np.gcd.reduce(m.astype(np.int64), axis=1, where=m < 4)",
    "np.hypot.reduce(m, axis=1, where=m < 4)",
    "plus.accumulate(m, axis=1)",
    "larger.accumulate(m)",
    "plus.reduceat(m, [0, 2, 1], axis=1)",
    "plus.outer(m[0], m[1], where=m[0][:, None] > -4)[m[0] > -4]",
]


@pytest.mark.parametrize("expression", REDUCTIONS)
def test_methods(expression):
    both("m", expression, M, rtol=1e-15)
    both("m", expression, np.asfortranarray(M), rtol=1e-15)


def test_methods_with_outputs():
    both("m, out", "plus.reduce(m, axis=1, out=out, where=m > 0), out", M, np.full(3, 9.0))
    both("m, out", "plus.accumulate(m, axis=1, out=out), out", M, np.zeros((3, 4)))
    both("m, out", "plus.outer(m[0], m[1], out=out), out", M, np.zeros((4, 4)))
    both("m, out", "np.subtract.outer(m[0], m[1], out=out, where=m[1] > 0), out", M, np.full((4, 4), 9.0))
    f = function("def f(x, i, y):\n    plus.at(x, i, y)\n    larger.at(x, i[:1], 50.0)\n", **SCOPE)
    check(f, X, np.array([0, 2, 0]), np.array([1.0, 2.0, 3.0]))


def test_masks_that_need_a_start():
    for expression in ("quotient.reduce(m, axis=1, where=m > 0)", "larger.reduce(m, axis=1, where=m > 0)", "np.maximum.reduce(m, axis=1, where=m > 0)", "quotient.reduce(m, axis=(0, 1), initial=1.0, where=m > 0)"):
        both("m", expression, M, text=True)


def test_errors():
    for expression, message in [
        ("plus(x, x, where=x)", "where= must be bool"),
        ("plus(x, x, dtype=np.complex128)", "No loop matching"),
        ("plus(x, x, dtype=np.int64)", "No loop matching"),
        ("squared(x, dtype=np.float32)", "No loop matching"),
        ("plus(x, x, order='C')", "unexpected keyword"),
        ("plus.reduce(x, where=x)", "where= must be bool"),
    ]:
        with pytest.raises(zouk.errors.ZoukError, match=message):
            function(f"def f(x):\n    return {expression}\n", **SCOPE)(X)
    both("x, m, out", "plus(x, x, out=out, where=m)", X, np.ones(3, bool), np.zeros(4))
    both("x, m", "plus(x, x, where=m)", X, np.ones(3, bool))


def test_without_signatures():
    f = njit(lambda x, m, out: (squared(x, out=out, where=m), out))
    for x in (np.arange(4), np.arange(4.0), np.arange(4) * 1j):
        wanted = np.where(MASK, x * x, 7)
        for part in f(x, MASK, np.full(4, 7, x.dtype)):
            np.testing.assert_array_equal(part, wanted)
    np.testing.assert_array_equal(njit(lambda x: squared(x, dtype=np.float64))(X), X * X)


@pytest.mark.parametrize("options", [{"dtype": np.float32}, {"dtype": "f8"}, {"signature": "ff->f"}, {"signature": (np.float32, np.float32, None)}, {"dtype": np.int16, "casting": "unsafe"}])
def test_a_loop_is_compiled_for_the_types_that_are_asked_for(options):
    """NumPy has these loops; what is compiled when it is first called has the one that a call names."""

    @zouk.vectorize
    def total(x, y):
        return x + y

    a, b = np.arange(5, dtype=np.float32), np.float32(2)
    got, wanted = total(a, b, **options), np.add(a, b, **options)
    assert got.dtype == wanted.dtype and np.array_equal(got, wanted)
    if "dtype" in options and "casting" not in options:
        for method in (lambda f: f.reduce(a, **options), lambda f: f.accumulate(a, **options), lambda f: f.outer(a, a, **options)):
            assert method(total).dtype == method(np.add).dtype and np.array_equal(method(total), method(np.add))
