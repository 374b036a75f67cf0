"""`jit` and `njit`: forms, options, and what they refuse."""

import inspect
import os
import subprocess
import sys
import warnings

import numpy as np
import pytest
import zouk
from zouk import jit, njit


def plus(a, b=2):
    """Adds."""
    return a + b


@pytest.mark.parametrize("decorate", [jit, njit, jit(), njit(), njit(nogil=True), jit(nopython=True), njit(cache=False, parallel=True)])
def test_forms(decorate):
    f = decorate(plus)
    assert f(1) == plus(1) and f(2.5, b=1) == plus(2.5, b=1)


def test_metadata():
    f = njit(plus)
    assert f.py_func is plus and f.__wrapped__ is plus
    assert (f.__name__, f.__doc__, f.__module__, f.__qualname__) == (plus.__name__, plus.__doc__, plus.__module__, plus.__qualname__)
    assert repr(f) == f"CPUDispatcher({plus!r})"
    assert inspect.signature(f) == inspect.signature(plus)
    assert f.targetoptions["nopython"] is True


def test_refusals():
    with pytest.raises(TypeError, match="The decorated object is not a function"):
        njit(3.5)
    with pytest.raises(TypeError, match="A jit decorator was called on an already jitted function"):
        njit(njit(plus))
    with pytest.raises(TypeError, match="The decorated object is not a function"):
        njit(int)
    with pytest.raises(KeyError, match="Unrecognized options: {'nonsense'}. Known options are"):
        njit(nonsense=True)(plus)
    with pytest.raises(ValueError):
        jit(forceobj=True, nopython=True)(plus)
    with pytest.raises(zouk.UnsupportedError):
        njit(locals={"x": zouk.int8[:]})(plus)
    with pytest.raises(ValueError):
        njit(fastmath={"fastest"})(plus)
    with pytest.raises(ValueError):
        njit(error_model="c")(plus)
    with pytest.raises(ValueError):
        njit(inline="sometimes")(plus)


def test_warnings():
    with pytest.warns(RuntimeWarning, match="nopython is set for njit and is ignored"):
        njit(nopython=True)(plus)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        njit(plus)(1)


def test_nothing_to_run_in_parallel(monkeypatch):
    with pytest.warns(zouk.errors.ZoukPerformanceWarning, match="'parallel=True' was specified but no transformation for parallel execution was possible"):
        njit(parallel=True)(plus)(1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        njit(parallel=True)(lambda a: a + 1)(np.ones(3))
        monkeypatch.setenv("ZOUK_DISABLE_PERFORMANCE_WARNINGS", "1")
        njit(parallel=True)(plus)(1)


def test_error_model():
    def divide(a, b):
        return a / b

    with pytest.raises(ZeroDivisionError):
        njit(divide)(1.0, 0.0)
    assert njit(error_model="numpy")(divide)(1.0, 0.0) == float("inf")


def test_boundscheck_is_on():
    np = pytest.importorskip("numpy")

    @njit
    def get(a, i):
        return a[i]

    for i in (3, -4):
        with pytest.raises(IndexError):
            get(np.arange(3), i)


def test_methods_bind():
    class Point:
        def __init__(self, x):
            self.x = x

        @staticmethod
        @njit
        def twice(x):
            return 2 * x

        method = njit(lambda x: x)

    assert Point(3).twice(4) == Point.twice(4) == 8
    assert inspect.ismethod(Point(1).method)
    with pytest.raises(zouk.TypingError):
        Point(1).method()


def test_prange_is_range():
    assert list(zouk.prange(2, 7, 2)) == list(range(2, 7, 2))


@pytest.fixture
def script(tmp_path):
    """Runs a script in a new process and gives what it printed."""
    return lambda code, **environment: run(tmp_path / "script.py", code, environment)


def run(path, code, environment):
    path.write_text(code)
    done = subprocess.run([sys.executable, str(path)], env={**os.environ, **environment}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_disable_jit(script):
    code = "import zouk; f = zouk.njit('i8(i8)')(lambda x: [x]); print(type(f).__name__, f(3))"
    assert script(code, ZOUK_DISABLE_JIT="1") == "function [3]"


def test_import_is_light(script):
    heavy = "numpy inspect dataclasses re ast tokenize linecache typing"
    code = f"import sys; before = set(sys.modules); import zouk; print(*(set('{heavy}'.split()) & (set(sys.modules) - before)))"
    assert script(code) == ""


def test_works_without_numpy(script):
    code = "import sys, zouk; f = zouk.njit(lambda x: x + 1); print(f(1), f(1.5), f(True), 'numpy' in sys.modules)"
    assert script(code) == "2 2.5 2 False"


@pytest.mark.parametrize("given", [3, "int64", [("x", zouk.int64)]])
def test_locals_are_a_dict(given):
    with pytest.raises(TypeError, match="locals is a dict from names to types"):
        njit(locals=given)


def test_all_that_a_star_imports():
    names = {}
    exec("from zouk import *", names)
    assert names["optional"] is zouk.optional and names["bool"] is zouk.boolean and names["jit_module"] is zouk.jit_module


def test_the_functions_of_a_module(tmp_path, monkeypatch):
    (tmp_path / "module_for_jit.py").write_text(
        "from os.path import basename\nfrom zouk import jit_module\ndef f(x):\n    return g(x) + 1\ndef g(x):\n    return x * 2\n"
        "jit_module(error_model='numpy')\ndef after(x):\n    return x\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    import module_for_jit as module

    assert isinstance(module.f, zouk.Dispatcher) and isinstance(module.g, zouk.Dispatcher)
    assert module.f.targetoptions["error_model"] == "numpy" and module.f(3) == module.f.py_func(3)
    assert inspect.isfunction(module.after) and inspect.isfunction(module.basename)
