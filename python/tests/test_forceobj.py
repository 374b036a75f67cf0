"""Functions that the interpreter runs as a whole: asked for, or because they cannot be compiled."""

import warnings

import pytest

import zouk
from zouk import jit, njit, vectorize


def test_forceobj():
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        @jit(forceobj=True)
        def f(x, *more, key=None):
            return {"x": x, "more": more, "key": key}

        @jit("int64(int64)", forceobj=True, looplift=True)
        def g(x):
            return [x]

        assert f(1, 2, key="k") == f.py_func(1, 2, key="k") and g("s") == ["s"]
    assert f.signatures == [] and f.nopython_signatures == []
    with pytest.raises(ValueError):
        jit(nopython=True, forceobj=True)(lambda x: x)

    @njit
    def calls(x):
        return g(x)

    with pytest.raises(zouk.UnsupportedError, match="run by the interpreter"):
        calls(1)
    with pytest.raises(zouk.UnsupportedError):
        vectorize(["f8(f8)"], forceobj=True)(lambda x: x)


def test_falling_back_says_why():
    @jit(nopython=False)
    def f(x, y=2, *, z=3):
        if x == 0:
            return {x: y}
        return [x, y, z]

    with pytest.warns(zouk.ZoukWarning, match="f is run by the interpreter.*\n?.*") as seen:
        assert f(0) == f.py_func(0)
    assert "dict" in str(seen[0].message) and seen[0].filename == __file__
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(5, 6, z=7) == f.py_func(5, 6, z=7)
    with pytest.warns(zouk.ZoukWarning):
        assert f("s", y=[1]) == f.py_func("s", y=[1])


def test_what_can_be_compiled_is():
    @jit(nopython=False)
    def f(x):
        return x + 1

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert f(1) == 2 and f(1.5) == 2.5
    assert len(f.signatures) == 2
    with pytest.warns(zouk.ZoukWarning):
        with pytest.raises(TypeError):
            f("s")
    with pytest.warns(zouk.ZoukWarning):

        @jit("int64(int64)", nopython=False)
        def g(x):
            return {x}

    assert g(3) == {3}
    with pytest.warns(zouk.ZoukWarning, match="args"):

        @jit(nopython=False)
        def h(*args):
            return args

    assert h(1, 2) == (1, 2)


def test_errors_of_the_program_are_no_reason():
    @jit(nopython=False)
    def f(a, b):
        return a // b

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ZeroDivisionError):
            f(1, 0)
