"""Modules under local names."""

import math

import numpy as np
import pytest
import zouk
from cuda_support import nothing_leaks  # noqa: F401
from zouk import cuda, njit


def member(x):
    m = math
    return m.sin(x) + m.pi


def numpys(x):
    n = np
    a = n.zeros(3)
    a[0] = x
    return n.sum(a) + n.linalg.norm(a)


def submodule(x):
    solver = np.linalg
    return solver.norm(np.full(3, x))


def in_a_loop(x):
    m, total = math, 0.0
    for i in range(5):
        total += m.cos(x * i)
        k = m
        total += k.sin(x)
    return total


def bound_twice(x):
    m = np
    first = m.sqrt(x)
    m = math
    return first + m.gamma(x)


def on_one_path(x):
    if x > 0:
        m = math
        return m.exp(x)
    return 0.0


@pytest.mark.parametrize("function", [member, numpys, submodule, in_a_loop, bound_twice, on_one_path], ids=lambda f: f.__name__)
def test_value(function):
    assert njit(function)(0.75) == pytest.approx(function(0.75), rel=1e-14)


def test_two_modules_are_refused():
    def either(x, which):
        if which:
            m = math
        else:
            m = np
        return m.sin(x)

    with pytest.raises(zouk.errors.TypingError, match="cannot unify"):
        njit(either)(0.5, True)


def test_a_name_that_a_module_lacks():
    def wrong(x):
        m = math
        return m.sinn(x)

    with pytest.raises(zouk.errors.ZoukError, match="module `math` has no attribute `sinn`"):
        njit(wrong)(0.5)


def test_a_kernel():
    @cuda.jit
    def reverse_sines(a):
        c, m, shared = cuda, math, cuda.shared
        tile = shared.array(32, np.float64)
        i = c.threadIdx.x
        tile[i] = m.sin(a[i])
        c.syncthreads()
        add = c.atomic
        add.add(a, i, tile[31 - i])

    a = np.linspace(0, 1, 32)
    expected = a + np.sin(a)[::-1]
    reverse_sines[1, 32](a)
    np.testing.assert_allclose(a, expected, rtol=1e-14)
