"""Functions under `@vectorize` called in compiled code: what they give when Python calls them is the oracle."""

import math

import numpy as np
import pytest
from ufunc_support import RNG, blended, outcome, same, sides

import zouk
from zouk import njit, types, vectorize


def call(x, y):
    return sides(x, y) * 2


def call_with_out(x, y, out):
    sides(x, y, out)
    return sides(x, y, out=out) + 1


@pytest.mark.parametrize("shapes", [((4, 5), (4, 5)), ((4, 5), (5,)), ((4, 1), (1, 5)), ((3,), ()), ((), (3,)), ((0,), (0,)), ((2, 3, 4), (3, 1))])
def test_in_compiled_code(shapes):
    a, b = (RNG.random(shape) for shape in shapes)
    same(njit(call)(a, b), call(a, b), exact=False)
    same(njit(call)(a.astype("f4"), b.astype("f4")), call(a.astype("f4"), b.astype("f4")), exact=False)
    out = np.zeros(np.broadcast_shapes(*shapes))
    same(njit(call_with_out)(a, b, out), call_with_out(a, b, np.zeros_like(out)), exact=False)


def test_scalars_in_compiled_code():
    for x, y in ((3.0, 2.0), (1, 2), (np.float32(2), np.float32(1))):
        assert math.isclose(njit(call)(x, y), call(x, y), rel_tol=1e-7)
    for x, y in ((np.ones(3), 2), (np.ones(3, "f4"), 0.5), (np.ones(3, "i4"), 0), (np.ones(3, "i2"), 0)):
        same(njit(call)(x, y), call(x, y), exact=False)


def test_errors_in_compiled_code():
    compiled = njit(call)
    assert outcome(lambda: compiled(np.ones(3), np.ones(4))) == outcome(lambda: call(np.ones(3), np.ones(4)))
    with pytest.raises(zouk.TypingError, match="not supported for the input types"):
        compiled(np.ones(3) + 1j, 2)
    with pytest.raises(zouk.TypingError, match="takes from 2 to 3 positional arguments but 1 were given"):
        njit(lambda x: sides(x))(1.0)
    with pytest.raises(zouk.TypingError, match="unexpected keyword argument 'where'"):
        njit(lambda x: sides(x, x, where=True))(1.0)
    with pytest.raises(zouk.TypingError, match="Cannot cast ufunc"):
        njit(call_with_out)(np.ones(3), np.ones(3), np.zeros(3, "i8"))


def test_loops_and_exceptions_in_compiled_code():
    @vectorize
    def divisor(a, b):
        if a < 0:
            raise ValueError("negative", a)
        while b:
            a, b = b, a % b
        return a

    def use(x, y):
        return divisor(x, y) + 1

    compiled = njit(use)
    a, b = RNG.integers(1, 100, (4, 5)), RNG.integers(1, 100, 5)
    same(compiled(a, b), np.gcd(a, b) + 1)
    same(compiled(a[:, ::2], 6), np.gcd(a[:, ::2], 6) + 1)
    same(compiled(12, 18), np.int64(7))
    a[2, 3] = -4
    assert outcome(lambda: compiled(a, b)) == (ValueError, ("negative", -4))

    @njit
    def unused(x):
        divisor(x, x)
        return 0

    with pytest.raises(ValueError, match="negative"):
        unused(a)


def test_out_that_overlaps_in_compiled_code():
    def shift(a):
        blended(a[:-1], a[1:], a[1:])
        return a

    a = RNG.random(20)
    same(njit(shift)(a.copy()), shift(a.copy()), exact=False)

    @vectorize
    def looping(x, y):
        for _ in range(2):
            x = x * 3 + y
        return x

    def shift_in_a_loop(a):
        looping(a[:-1], a[1:], a[1:])
        return a

    same(njit(shift_in_a_loop)(a.copy()), shift_in_a_loop(a.copy()), exact=False)


def test_several_results_in_compiled_code():
    @vectorize
    def parts(x):
        return x * 0.5, x + 1

    def use(x):
        halves, more = parts(x)
        return halves, more

    for a in (np.arange(5), RNG.random((3, 4))):
        for found, expected in zip(njit(use)(a), use(a)):
            same(found, expected)


def test_methods_in_compiled_code():
    def use(a):
        return blended.reduce(a), blended.accumulate(a), blended.outer(a, a)

    a = RNG.random(7)
    for found, expected in zip(njit(use)(a), use(a)):
        same(found, expected, exact=False)


def test_fused_with_what_stands_around_it():
    """A function of numbers is part of one loop."""

    @vectorize(["f8(f8, f8)"])
    def scaled(x, y):
        return x * y if x > y else y

    @njit
    def use(x, y):
        return (scaled(x, y) + 1) * scaled(y, x)

    a, b = RNG.random(50), RNG.random(50)
    same(use(a, b), use.py_func(a, b))
    own, _, others = use.inspect("tensor").partition("func.func private")
    assert own.count("linalg.generic") == 1 and "(f64" not in others.split("attributes")[0]
