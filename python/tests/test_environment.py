"""What names outside a function may stand for."""

import math
from math import sqrt as root

import numpy as np
import pytest
import zouk
from zouk import njit

NUMBER, REAL, IMAGINARY, FLAG, NOTHING = 7, 2.5, 1j, True, None
PAIR = (1, 2.5)
NESTED = ((1, 2), (3.5, (True,)))
HUGE = 2**63
SINGLE = np.float32(1.5)
SMALL = np.int8(-3)
TABLE = np.arange(12).reshape(3, 4)
FORTRAN = np.asfortranarray(np.arange(6.0).reshape(2, 3))


def check(f, *args):
    result, expected = f(*args), f.py_func(*args)
    assert result == expected or result is expected


def test_constants():
    check(njit(lambda: NUMBER))
    check(njit(lambda: REAL))
    check(njit(lambda: IMAGINARY))
    check(njit(lambda: FLAG))
    check(njit(lambda: NOTHING))
    check(njit(lambda: PAIR))
    check(njit(lambda: NESTED[1][1][0]))
    check(njit(lambda: HUGE))
    check(njit(lambda: SINGLE))
    check(njit(lambda: SMALL))


def test_arrays():
    @njit
    def at(i, j):
        return TABLE[i, j] + FORTRAN[i, j]

    for i in range(2):
        for j in range(3):
            assert at(i, j) == at.py_func(i, j)


def test_modules():
    check(njit(lambda x: math.sqrt(x) + root(x) + math.pi), 2.0)
    check(njit(lambda x: np.sqrt(x)), 2.0)


def test_user_modules(tmp_path, monkeypatch):
    (tmp_path / "settings_of_zouk.py").write_text("LIMIT = 9\nfrom zouk import njit\n\n@njit\ndef twice(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    import settings_of_zouk

    @njit
    def f(x):
        return settings_of_zouk.LIMIT + settings_of_zouk.twice(x)

    assert f(3) == 15


def test_closures():
    def make(n):
        @njit
        def f(x):
            return x + n

        return f

    assert [make(n)(10) for n in (1, 2.5)] == [11, 12.5]


def test_closures_over_functions():
    def compose(f, g):
        @njit
        def h(x):
            return f(g(x))

        return h

    double, increment = njit(lambda x: 2 * x), njit(lambda x: x + 1)
    assert compose(double, increment)(5) == 12 and compose(increment, double)(5) == 11


@njit
def even(n):
    return True if n == 0 else odd(n - 1)


@njit
def odd(n):
    return False if n == 0 else even(n - 1)


def test_mutual_recursion():
    assert [even(n) for n in range(6)] == [n % 2 == 0 for n in range(6)]


def test_types_as_functions():
    check(njit(lambda x: np.float32(x)), 0.1)
    check(njit(lambda x: zouk.int8(x)), 3)


def test_refused():
    some_list = [1, 2]

    @njit
    def reads_list():
        return some_list

    class Thing:
        pass

    @njit
    def uses_class():
        return Thing()

    for f in (reads_list, uses_class):
        with pytest.raises(zouk.ZoukError):
            f()


def test_unbound_cells():
    def make():
        @njit
        def f():
            return later

        with pytest.raises(zouk.TypingError):
            f()
        later = 1
        return f

    assert make()() == 1


def test_canonical_names():
    """Aliases of one function mean the same."""
    from numpy import absolute as size_of

    check(njit(lambda x: np.abs(x) + size_of(x) + abs(x)), -2.5)
