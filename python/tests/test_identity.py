"""What a program calls by the name of another thing is not that thing: classes, modules, functions of the library."""

import builtins
import functools
import gc
import linecache
import math
import types as python_types
import weakref

import numpy as np
import pytest
import zouk
from zouk import njit

EXCEPTIONS = {
    value
    for value in vars(builtins).values()
    if isinstance(value, type) and issubclass(value, BaseException)
}


def raised(f, *args):
    try:
        f(*args)
    except BaseException as error:
        return type(error), error.args
    return None


def from_text(text, **scope):
    file = f"<identity {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), scope)
    return njit(scope["f"])


@pytest.mark.parametrize("name", sorted(c.__name__ for c in EXCEPTIONS))
def test_builtin_exceptions(name):
    f = from_text(f"def f(x):\n    raise {name}('a', x)\n")
    assert raised(f, 1) == raised(f.py_func, 1)


def make_class():
    class E(ValueError):
        pass

    return E


def test_classes_of_one_name():
    first, second = make_class(), make_class()

    @njit
    def f(x):
        if x:
            raise first(1)
        raise second(2)

    for x in (True, False):
        assert raised(f, x) == raised(f.py_func, x)


def test_class_that_claims_to_be_builtin():
    pretender = type("KeyError", (Exception,), {"__module__": "builtins"})

    @njit
    def f(x):
        if x:
            raise pretender(x)
        raise KeyError(x)

    for x in (True, False):
        assert raised(f, x) == raised(f.py_func, x)


def test_no_exception_made():
    class Odd(Exception):
        def __new__(cls, *args):
            return 7

    @njit
    def f(x):
        raise Odd(x)

    assert raised(f, 1)[0] is raised(f.py_func, 1)[0]


def test_modules_of_one_name():
    first, second = python_types.ModuleType("settings"), python_types.ModuleType("settings")
    first.K, second.K = 1, 2

    @njit
    def f():
        return first.K * 10 + second.K

    assert f() == f.py_func()


@pytest.mark.parametrize("name", ["math", "numpy", "random", "operator", "zouk"])
def test_module_with_a_name_of_the_library(name):
    fake = python_types.ModuleType(name)
    fake.pi, fake.sqrt = 5.0, njit(lambda x: x * 100)

    @njit
    def f(x):
        return fake.pi + fake.sqrt(x) + math.pi

    assert f(4.0) == fake.pi + fake.sqrt.py_func(4.0) + math.pi


def test_replaced_functions(monkeypatch):
    real = math.sqrt

    @functools.wraps(real)
    def traced(x):
        return real(x)

    for module, name in ((math, "sqrt"), (np, "sqrt"), (np, "sum")):
        f = from_text(f"def f(x):\n    return m.{name}(x)\n", m=module)
        monkeypatch.setattr(module, name, traced)
        with pytest.raises(zouk.UnsupportedError, match="undecorated function"):
            f(4.0)
        monkeypatch.setattr(module, name, njit(lambda x: x * 100))
        assert f(4.0) == f.py_func.__globals__["m"].__dict__[name].py_func(4.0)
        monkeypatch.undo()


def test_replaced_by_another_of_the_module(monkeypatch):
    monkeypatch.setattr(math, "sin", math.cos)
    f = from_text("def f(x):\n    return m.sin(x)\n", m=math)
    assert f(1.0) == f.py_func(1.0)


def test_from_import_of_a_replaced_function(monkeypatch):
    @functools.wraps(math.sqrt)
    def traced(x):
        return x

    monkeypatch.setattr(math, "sqrt", traced)
    with pytest.raises(zouk.UnsupportedError):
        from_text("def f(x):\n    return sqrt(x)\n", sqrt=math.sqrt)(4.0)


ALIASES = "abs acos acosh asin asinh atan atan2 atanh bitwise_invert bitwise_left_shift bitwise_not conj mod pow true_divide".split()


@pytest.mark.parametrize("alias", ALIASES)
def test_aliases(alias):
    """An alias is compiled where the function is."""
    own = getattr(np, alias).__name__
    two = "2, " if getattr(np, alias).nin == 2 else ""
    number = "3" if "bitwise" in alias else "1.5" if alias == "acosh" else "0.5"
    results = []
    for name in (alias, own):
        f = from_text(f"def f():\n    return np.{name}({two}{number})\n", np=np)
        try:
            results.append((f(), f.py_func()))
        except zouk.ZoukError as error:
            results.append(type(error))
    assert results[0] == results[1]
    if isinstance(results[0], tuple):
        assert results[0][0] == pytest.approx(results[0][1], rel=1e-15)


def test_classes_are_collected():
    def make():
        class E(Exception):
            pass

        @njit
        def f(x):
            if x:
                raise E
            return 1

        E.f = f
        f(0)
        return weakref.ref(f), weakref.ref(E)

    references = make()
    gc.collect()
    gc.collect()
    assert [reference() for reference in references] == [None, None]
