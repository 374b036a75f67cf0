"""`with parallel_chunksize(n):` in compiled code."""

import numpy as np
import pytest
from lang_support import function

import zouk
from zouk import njit, objmode, parallel_chunksize, prange
from zouk.errors import UnsupportedError

TEXT = """
def f(n, size):
    a = zouk.get_parallel_chunksize()
    s = 0
    with parallel_chunksize(size):
        b = zouk.get_parallel_chunksize()
        for i in prange(n):
            s += i
        with zouk.parallel_chunksize(n=size + 1):
            c = zouk.get_parallel_chunksize()
        d = zouk.get_parallel_chunksize()
    return a, b, c, d, zouk.get_parallel_chunksize(), s
"""
SCOPE = {"zouk": zouk, "parallel_chunksize": parallel_chunksize, "prange": prange, "objmode": objmode}


def test_in_a_block():
    f = njit(parallel=True)(function(TEXT, **SCOPE).py_func)
    assert f(1000, 7) == f.py_func(1000, 7)
    with parallel_chunksize(3):
        assert f(1000, 7) == f.py_func(1000, 7)


EXITS = """
def f(n):
    total = 0
    for i in range(n):
        with parallel_chunksize(i + 1):
            if i == 2:
                continue
            with parallel_chunksize(50):
                if i == 5:
                    break
                if i == n - 1:
                    return total, zouk.get_parallel_chunksize()
            total += zouk.get_parallel_chunksize()
        total += 1000 * zouk.get_parallel_chunksize()
    return total, zouk.get_parallel_chunksize()
"""


def test_statements_that_leave_it():
    f = function(EXITS, **SCOPE)
    for n in (0, 1, 3, 4, 9):
        assert f(n) == f.py_func(n)
        assert zouk.get_parallel_chunksize() == 0


def test_exceptions_that_leave_it():
    f = function("def f(x):\n    with parallel_chunksize(9):\n        return 1 // x", **SCOPE)
    for size in (0, 4):
        with parallel_chunksize(size):
            for g in (f, f.py_func):
                with pytest.raises(ZeroDivisionError):
                    g(0)
                assert zouk.get_parallel_chunksize() == size
    with pytest.raises(ValueError, match="chunksize must be greater"):
        function("def f(n):\n    with parallel_chunksize(n):\n        return n", **SCOPE)(-1)


def test_exceptions_of_nested_calls():
    inner = function("def inner(x):\n    with parallel_chunksize(9):\n        return 1 // x", **SCOPE)
    outer = function("def outer(x):\n    with parallel_chunksize(5):\n        return inner(x) + 1", inner=inner, **SCOPE)
    for x in (1, 0, 0):
        if x:
            assert outer(x) == outer.py_func(x)
        else:
            with pytest.raises(ZeroDivisionError):
                outer(x)
        assert zouk.get_parallel_chunksize() == 0


def test_python_in_between():
    seen = []

    def failing(x):
        try:
            raiser(x)
        except ZeroDivisionError:
            seen.append(zouk.get_parallel_chunksize())

    raiser = function("def raiser(x):\n    with parallel_chunksize(3):\n        return 1 // x", **SCOPE)
    f = function("def f(x):\n    with parallel_chunksize(8):\n        with objmode():\n            failing(x)\n        return zouk.get_parallel_chunksize()", failing=failing, **SCOPE)
    assert f(0) == f.py_func(0) and zouk.get_parallel_chunksize() == 0
    assert len(seen) == 2 and seen[0] == seen[1]


def test_in_iterations():
    f = njit(parallel=True)(
        function(
            "def f(n, bad):\n    a = np.zeros(n, np.int64)\n    for i in prange(n):\n        with parallel_chunksize(i + 1):\n            a[i] = zouk.get_parallel_chunksize() // (i - bad)\n    return a",
            **SCOPE,
        ).py_func
    )
    np.testing.assert_array_equal(f(500, -1), f.py_func(500, -1))
    with parallel_chunksize(6):
        with pytest.raises(ZeroDivisionError):
            f(500, 321)
        assert zouk.get_parallel_chunksize() == 6


def test_other_context_managers_are_refused():
    class parallel_chunksizes:
        pass

    for manager in ("open('x')", "other(4)", "parallel_chunksize(1, 2)", "parallel_chunksize(1) as x"):
        with pytest.raises(UnsupportedError, match="`with`, but for"):
            function(f"def f(n):\n    with {manager}:\n        return n", other=parallel_chunksizes, **SCOPE)(1)
