"""Functions of compiled code where a `FunctionType` is declared, and functions that compiled code returns to Python."""

import gc
import os
import subprocess
import sys
import traceback
import weakref

import numpy as np
import pytest
from lang_support import function

import zouk
from zouk import cfunc, njit, types, vectorize

SIGNATURE = types.FunctionType(types.float64(types.float64))


@njit
def half(x):
    return x / 2


@njit
def double(x):
    return x * 2


@njit
def below(x):
    return x // 2


@cfunc("float64(float64)")
def third(x):
    return x / 3


@vectorize
def plus_one(x):
    return x + 1


@njit(types.float64(SIGNATURE, types.float64))
def twice(f, x):
    return f(f(x))


@njit(types.float64(types.UniTuple(SIGNATURE, 2), types.float64))
def one_after_the_other(fs, x):
    for f in fs:
        x = f(x)
    return x


@njit(types.float64(types.optional(SIGNATURE), types.float64))
def perhaps(f, x):
    return x if f is None else f(x)


@njit(types.float64(SIGNATURE, types.int64))
def summed(f, n):
    return 0.0 if n < 1 else f(n) + summed(f, n - 1)


@njit(types.int64(types.FunctionType(types.int64(types.float64)), types.float64))
def whole(f, x):
    return f(x)


@njit
def truncated(x):
    return int(x)


@njit
def chosen_of_two(c):
    return half if c else double


@njit
def itself(f):
    return f


PLAIN = {"third": lambda x: x / 3, "plus_one": lambda x: x + 1}


def plainly(text, **names):
    """What Python computes by the functions under the decorators, and what compiled code computes."""
    decorated = {"half": half, "double": double, "below": below, "third": third, "plus_one": plus_one, "truncated": truncated, **names}
    callers = {"twice": twice, "one_after_the_other": one_after_the_other, "perhaps": perhaps, "summed": summed, "whole": whole, "chosen_of_two": chosen_of_two}
    plain = {name: PLAIN.get(name) or f.py_func for name, f in decorated.items()}

    def bare(f):
        # With globals of its own, so that what it calls is plain as well.
        return type(f)(f.__code__, {**f.__globals__, **plain}, f.__name__)

    bared = {name: bare(f.py_func) for name, f in callers.items()}
    for f in bared.values():
        f.__globals__.update(bared)
    compiled = function(text, **decorated, **callers)
    scope = {**plain, **bared, "np": np}
    exec(text, scope)
    return scope["f"], compiled


@pytest.mark.parametrize(
    "expression",
    [
        "twice(half, x)",
        "twice(third, x)",
        "twice(plus_one, x)",
        "twice(below, x)",
        "twice(lambda v: v - 3, x)",
        "twice(lambda v: v * k, x)",
        "twice(half if x > 1 else double, x)",
        "twice(lambda v: twice(lambda w: w + k, v) * 2, x)",
        "one_after_the_other((half, double), x)",
        "one_after_the_other((lambda v: v + k, third), x)",
        "perhaps(half, x) + perhaps(None, x)",
        "perhaps(half if x > 1 else None, x)",
        "summed(half, 4) + summed(lambda v: v * k, 3)",
        "whole(truncated, x)",
        "whole(lambda v: int(v * k), x)",
        "chosen_of_two(x > 1)(x)",
    ],
)
def test_functions_of_compiled_code(expression):
    plain, compiled = plainly(f"def f(x):\n    k = 1.75\n    return {expression}\n")
    for x in (0.5, 3.0, 7.0):
        got, wanted = compiled(x), plain(x)
        assert got == wanted and type(got) is type(wanted)


def test_arguments_and_results_are_converted():
    """As in calls by address: the function is called with the declared type, and gives it."""
    f = function("def f(n):\n    return twice(below, n), whole(truncated, n)\n", twice=twice, below=below, whole=whole, truncated=truncated)
    assert f(7) == (twice(below, 7), whole(truncated, 7)) and type(f(7)[0]) is float
    g = function("def g(n):\n    return whole(half, n)\n", whole=whole, half=half)
    assert g(7) == 3


def test_what_is_passed_on():
    outer = function("def f(g, x):\n    return twice(g, x)\n", twice=twice)
    for g in (half, double, third):
        assert outer(g, 5.0) == twice(g, 5.0)


def test_what_such_functions_raise():
    f = function("def f(x):\n    return twice(lambda v: 1 / v, x)\n", twice=twice)
    with pytest.raises(ZeroDivisionError) as caught:
        f(0.0)
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)][1:]
    assert frames == ["f", "twice", "<lambda>"]


@pytest.mark.parametrize("expression", ["twice(lambda v, w: v, x)", "twice(lambda v: v['a'], x)", "twice(lambda v: (v, v), x)", "twice(3, x)"])
def test_functions_that_do_not_fit(expression):
    f = function(f"def f(x):\n    return {expression}\n", twice=twice)
    with pytest.raises(zouk.errors.TypingError) as caught:
        f(1.0)
    diagnostic = caught.value.diagnostics[0]
    assert diagnostic["span"] is not None and diagnostic["code"] != "internal-error"


def test_functions_are_returned_to_python():
    assert chosen_of_two(True) is half and chosen_of_two(False) is double
    assert itself(half) is half and itself(double) is double and itself(itself) is itself
    f = function("def f(c, g):\n    return (half if c else None), (g, 1.5), 2\n", half=half)
    assert f(True, double) == (half, (double, 1.5), 2) and f(False, half) == (None, (half, 1.5), 2)
    declared = njit(SIGNATURE(types.boolean))(chosen_of_two.py_func)
    assert declared(True) is half and declared(False) is double


def test_a_returned_function_lives():
    def make():
        inner = njit(lambda x: x + 1)
        return njit(lambda: inner)

    outer = make()
    gc.collect()
    assert outer()(2) == outer.py_func()(2)
    watched = weakref.ref(outer())
    del outer
    gc.collect()
    assert watched() is None


def test_closures_are_not_returned():
    f = function("def f():\n    return lambda v: v\n")
    with pytest.raises(zouk.errors.TypingError):
        f()


def test_the_cache(tmp_path):
    text = "\n".join(
        [
            "from zouk import njit, types",
            "@njit",
            "def half(x): return x / 2",
            "@njit",
            "def double(x): return x * 2",
            "@njit(types.float64(types.FunctionType(types.float64(types.float64)), types.float64))",
            "def twice(f, x): return f(f(x))",
            "@njit(cache=True)",
            "def f(c, x): return (half if c else double), twice(half, x)",
            "got = f(True, 8.0), f(False, 8.0)",
            "print(got[0][0] is half, got[1][0] is double, got[0][1], sum(f.stats.cache_hits.values()))",
        ]
    )
    (tmp_path / "prog.py").write_text(text)
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    runs = [subprocess.run([sys.executable, "prog.py"], capture_output=True, env=environment, cwd=tmp_path, text=True) for _ in range(2)]
    assert [run.stdout.split() for run in runs] == [["True", "True", "2.0", str(hits)] for hits in (0, 1)], runs[1].stderr
