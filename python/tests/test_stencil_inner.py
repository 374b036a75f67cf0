"""Stencils that compiled code makes itself."""

import numpy as np
import pytest
from stencil_support import applied, kernel
from ufunc_support import same

import zouk
from zouk import njit, stencil


@njit
def sides(a):
    return a[-1] + a[1] * 2


def test_of_jitted_functions():
    @njit
    def call(a, out):
        stencil(sides)(a, out=out)
        return stencil("wrap")(sides)(a), zouk.stencil(sides, cval=-3, neighborhood=((-2, 2),))(a), stencil(sides, mode="nearest")(a)

    a, out = np.arange(6.0), np.full(6, 9.0)
    wraps, wider, nearest = call(a, out)
    plain = sides.py_func
    same(out, applied(plain, a, out=np.full(6, 9.0)))
    same(wraps, applied(plain, a, mode="wrap"))
    same(wider, applied(plain, a, cval=-3, neighborhood=((-2, 2),)))
    same(nearest, applied(plain, a, mode="nearest"))


def test_in_loops():
    @njit
    def call(a, steps):
        for _ in range(steps):
            a = stencil(sides)(a)
        return a

    a = np.arange(9.0)
    expected = a
    for _ in range(3):
        expected = applied(sides.py_func, expected)
    same(call(a, 3), expected)


def test_in_overloads():
    from zouk.extending import overload

    made = stencil("wrap")(sides.py_func)

    def smoothed(a):
        raise NotImplementedError

    @overload(smoothed)
    def _(a):
        return lambda a: made(a) + stencil(sides)(a)

    a = np.arange(6.0)
    same(njit(lambda a: smoothed(a))(a), applied(sides.py_func, a, mode="wrap") + applied(sides.py_func, a))


def test_of_lambdas():
    @njit
    def call(a, out):
        zouk.stencil(lambda a: 0.25 * (a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0]))(a, out=out)
        return stencil("reflect")(lambda a, w: a[0, 1] * w - a[-1, 0])(a, 3)

    a, out = np.arange(20.0).reshape(4, 5), np.ones((4, 5))
    same(call(a, out), applied(lambda a, w: a[0, 1] * w - a[-1, 0], a, 3, mode="reflect"))
    same(out, applied(lambda a: 0.25 * (a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0]), a, out=np.ones((4, 5))))


def test_of_inner_functions():
    @njit
    def call(a, w, table):
        c = 2

        @stencil
        def plain(a):
            return a[-1] + a[1]

        @stencil("wrap", neighborhood=((-2, 2),), standard_indexing=("k",))
        def captures(a, k):
            return a[-c] * w + a[c - 1] + table[0] * k[1]

        return plain(a), captures(a, (3, 4)), plain(plain(a)) + 1

    a, table = np.arange(9.0), np.array([5.0])
    plain, captures, twice = call(a, 0.5, table)
    ends = lambda a: a[-1] + a[1]
    same(plain, applied(ends, a))
    same(captures, applied(lambda a, k: a[-2] * 0.5 + a[1] + table[0] * k[1], a, (3, 4), mode="wrap", standard=("k",)))
    same(twice, applied(ends, applied(ends, a)) + 1)


def test_of_inner_functions_in_parallel():
    def call(a, steps):
        for _ in range(steps):
            a = stencil(lambda a: a[-1] * 0.5 + a[1])(a) + steps
        return a

    a = np.random.default_rng(1).random(5000)
    expected = a
    for _ in range(3):
        expected = applied(lambda a: a[-1] * 0.5 + a[1], expected) + 3
    same(njit(call)(a, 3), expected)
    same(njit(parallel=True)(call)(a, 3), expected)


@pytest.mark.parametrize(
    "text, why",
    [
        ("stencil(sides, bad=1)(a)", "Unknown stencil option: bad"),
        ("stencil('mirror')(sides)(a)", "Unsupported mode style mirror"),
        ("stencil(sides, cval=n)(a)", "`cval` of a stencil in compiled code must be a constant"),
        ("stencil(sides, neighborhood=((n, 1),))(a)", "`neighborhood` of a stencil in compiled code must be a constant"),
        ("stencil(sides, neighborhood=((0, 1),))(a)", "is outside of its neighborhood"),
        ("stencil(n)(a)", "the kernel of a stencil is a function that stands in the program"),
        ("stencil('wrap')", "a stencil needs its kernel"),
    ],
)
def test_errors(text, why):
    call = kernel(f"def call(a, n):\n    return {text}\n", "call", stencil=stencil, sides=sides)
    with pytest.raises(zouk.NumbaValueError, match=why):
        njit(call)(np.ones(4), 1)
