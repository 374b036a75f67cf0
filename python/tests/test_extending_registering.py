"""Registering functions and overloads: what is compiled once, kept in the cache, shared by threads, ufuncs and classes."""

import math
import os
import subprocess
import sys

import numpy as np
import pytest
from extending_support import registered  # noqa: F401
from lang_support import check, same

import zouk
from zouk import njit
from zouk.extending import overload, register_jitable


@register_jitable
def twice(x, k=2):
    return k * x


@register_jitable(inline="always", fastmath=True)
def shifted(x):
    return twice(x) + 1


def test_register_jitable():
    assert twice(3) == 6 and shifted(3) == 7
    f = njit(lambda x: (twice(x), twice(x, k=3), shifted(x), shifted(2.5)))
    check(f, 4)
    check(f, 1.5)


def test_wraps_does_not_make_jitable():
    from functools import wraps

    @wraps(twice)
    def other(x):
        return x

    with pytest.raises(zouk.UnsupportedError, match="undecorated function"):
        njit(lambda x: other(x))(3)


def test_in_threads():
    from concurrent.futures import ThreadPoolExecutor

    def work(i):
        k = i

        def g(x):
            pass

        @overload(g)
        def g_overload(x):
            sys.setswitchinterval(1e-5)
            return lambda x: x + k

        return njit(lambda x: g(x))(10)

    try:
        with ThreadPoolExecutor(4) as pool:
            assert list(pool.map(work, range(8))) == list(range(10, 18))
    finally:
        sys.setswitchinterval(0.005)


def test_what_has_no_hash_is_refused():
    class NoHash:
        __hash__ = None

        def __call__(self, x):
            return x

    with pytest.raises(TypeError):
        overload(NoHash())


PROGRAM = """
from zouk import njit, types
from zouk.extending import intrinsic, overload

K = {k}

def g(x):
    pass

@overload(g)
def g_overload(x):
    if isinstance(x, types.Array):
        return None
    k = K
    def implementation(x):
        return {body}
    return implementation

@intrinsic
def half(context, x):
    return types.float64(types.int64), lambda context, signature: '''{code}'''

@njit(cache=True)
def f(x):
    return g(x) + half(x)

print(f(6), len(f.stats.cache_hits))
"""

CODE = """func.func @half(%x: i64) -> f64 {{
  %y = arith.sitofp %x : i64 to f64
  %h = arith.constant {h} : f64
  %r = arith.mulf %y, %h : f64
  return %r : f64
}}"""


def test_the_cache_depends_on_overloads(tmp_path):
    env = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    known = set()

    def run(k, body, h):
        (tmp_path / "program.py").write_text(PROGRAM.format(k=k, body=body, code=CODE.format(h=h)))
        done = subprocess.run([sys.executable, "program.py"], cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        expected = eval(body, {"x": 6, "k": k}) + 6 * h
        assert done.stdout.split() == [str(float(expected)), str(int((k, body, h) in known))]
        known.add((k, body, h))

    run(1, "x + k", 0.5)
    run(1, "x + k", 0.5)
    run(2, "x + k", 0.5)
    run(2, "x + k", 0.5)
    run(2, "x * k", 0.5)
    run(2, "x * k", 0.25)
    run(2, "x * k", 0.25)


def test_the_stub_names_what_there_is():
    import ast
    from pathlib import Path

    body = ast.parse((Path(zouk.__file__).parent / "extending" / "__init__.pyi").read_text()).body
    stubbed = {node.name for node in body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
    stubbed |= {node.target.id for node in body if isinstance(node, ast.AnnAssign)}
    assert set(zouk.extending.__all__) <= stubbed


def test_in_ufuncs_and_parallel_loops():
    def bounded(x):
        if x < 0:
            raise ValueError("negative")
        return math.sqrt(x)

    @overload(bounded)
    def bounded_overload(x):
        def implementation(x):
            if x < 0:
                raise ValueError("negative")
            return math.sqrt(x)

        return implementation

    @zouk.vectorize
    def v(x):
        return bounded(x) * 2

    @njit(parallel=True)
    def p(a):
        out = np.empty_like(a)
        for i in zouk.prange(len(a)):
            out[i] = bounded(a[i])
        return out

    a = np.arange(500.0)
    assert same(v(a), np.sqrt(a) * 2) and same(p(a), np.sqrt(a))
    for f in (v, p):
        with pytest.raises(ValueError, match="negative"):
            f(-a)


def test_a_class_as_a_function():
    class Pair:
        def __new__(cls, a, b):
            return a, b

    @overload(Pair)
    def pair_overload(a, b):
        return lambda a, b: (a, b)

    check(njit(lambda x: Pair(x, 2.5)), 3)


def test_an_implementation_that_is_jitted_or_shared():
    @njit
    def shared(x):
        return x * 3

    def plain(x):
        return x * 3

    def g(x):
        return x * 3

    def h(x):
        return x * 3

    overload(g)(lambda x: shared)
    overload(h)(lambda x: plain)
    check(njit(lambda x: (g(x), h(x), h(2.5), h(x + 1))), 4)
