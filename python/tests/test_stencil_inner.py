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
