"""Blocks that the interpreter runs: the same function under CPython is the oracle."""

import sys
import threading
import warnings

import numpy as np
import pytest

import zouk
from zouk import _zouk, njit, objmode, prange, types

GLOBAL_TYPE = types.float64[:]


def same(a, b):
    if isinstance(a, tuple):
        assert isinstance(b, tuple) and len(a) == len(b)
        for x, y in zip(a, b):
            same(x, y)
    elif isinstance(a, np.ndarray):
        assert a.dtype == b.dtype and np.array_equal(a, b)
    else:
        assert a == b and zouk.typeof(a) == zouk.typeof(b)


def check(function, *arguments):
    """Compiled and interpreted give the same, and do the same to the arguments."""
    compiled = njit(function)
    copies = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    expected = function(*arguments)
    same(compiled(*copies), expected)
    same(tuple(copies), tuple(arguments))
    return compiled


def test_values_go_in_and_come_out():
    def f(x, n):
        y = x * 2
        with objmode(a="float64", b="int64[:]"):
            words = {"n": n}
            a = float(f"{y:.3f}") + words["n"]
            b = np.array([int(c) for c in str(n)])
        return a + b.sum(), b

    check(f, 1.23456, 975)


@pytest.mark.parametrize("spelled", ["int8", "uint16", "int32", "int64", "uint64", "float32", "float64", "complex64", "complex128", "boolean"])
def test_numbers_of_every_type(spelled):
    ty = getattr(types, spelled)
    value = True if spelled == "boolean" else 5

    @njit
    def f(x):
        with objmode(y=ty):
            y = x
        return y

    got = f(value)
    assert got == value and zouk.typeof(f(value)) == zouk.typeof(types.as_dtype(ty).type(value).item())


def test_types_by_string_object_and_global():
    local = types.UniTuple(types.int64, 2)

    def f(x):
        with objmode(a="UniTuple(int64, 2)", b=GLOBAL_TYPE, c=types.int32, d=local, e="optional(float64)", g="Tuple((int64, float64[:]))"):
            a = (int(x), 2)
            b = np.ones(3) * x
            c = 3
            d = (5, 6)
            e = None if x > 1 else 2.5
            g = (7, np.zeros(2))
        if e is None:
            return a[0] + d[1] + c, b, 0.0, g[1]
        return a[1] + g[0] + c, b, 2 * e, g[1]

    check(f, 0.5)
    check(f, 1.5)


def test_arrays_are_shared():
    kept = []

    def f(a):
        with objmode(v="float64[:]", w="float64[:, ::1]"):
            a[0] = 10.0
            kept.append(a)
            v = a[::2]
            w = np.arange(6.0).reshape(2, 3)
            kept.append(w)
        v[1] = 20.0
        w[1, 1] = 30.0
        return a.sum(), v.copy(), w[:, 1]

    a = np.arange(5.0)
    result = njit(f)(a)
    assert kept[0] is a and kept[1][1, 1] == 30.0 and np.array_equal(a, [10.0, 1.0, 20.0, 3.0, 4.0])
    same(result, f(np.arange(5.0)))


def test_arrays_of_compiled_code_outlive_it():
    kept = []

    @njit
    def f(n):
        a = np.arange(n)
        with objmode():
            kept.append(a)
        a[0] = 100
        return a[1:]

    view = f(5)
    assert np.array_equal(kept[0], [100, 1, 2, 3, 4])
    kept[0][1] = 50
    assert view[0] == 50


def test_constant_arrays_keep_their_code():
    table = np.arange(4.0)
    kept = []

    def make():
        @njit
        def f():
            a = table
            with objmode():
                kept.append(a)

        return f

    make()()
    import gc

    gc.collect()
    assert np.array_equal(kept[0], table) and not kept[0].flags.writeable


def test_nothing_stays_allocated():
    @njit
    def f(n, fail):
        a = np.ones(n)
        with objmode(b="float64[:]", c="Tuple((float64[:], int64))"):
            b = a * 2
            c = (b + 1, 5)
            if fail == 1:
                raise ValueError("no")
            if fail == 2:
                c = (1, 2)
        return b.sum() + c[0].sum()

    f(3, 0)
    counts = [sys.getrefcount(None)]
    before = _zouk.live_blocks()
    for fail in (0, 1, 2, 0):
        try:
            f(100, fail)
        except (ValueError, TypeError):
            pass
    assert _zouk.live_blocks() == before and counts


def test_objects_are_released():
    class Tracked(np.ndarray):
        pass

    import weakref

    made = []

    @njit
    def f():
        with objmode(a="float64[:]"):
            a = np.ones(4)
            made.append(weakref.ref(a))
        return a.sum()

    assert f() == 4.0 and made[0]() is None


def test_functions_in_their_own_blocks_are_collected():
    import gc
    import weakref

    def make():
        @njit
        def f(x):
            with objmode(y="int64"):
                y = x if f is not None else 0
            return y

        return f

    f = make()
    assert f(3) == 3
    reference = weakref.ref(f)
    del f
    gc.collect()
    assert reference() is None


def test_in_loops_and_branches():
    def f(a):
        total = 0.0
        for i in range(len(a)):
            if i % 2:
                with objmode(t="float64"):
                    word = "x" * i
                    t = a[i] * len(word)
                total += t
            else:
                t = 1.0
                total += t
        return total

    check(f, np.arange(7.0))


def test_names_assigned_before_and_in_the_block():
    def f(x):
        y = x + 1
        with objmode(y="float64", z="int64"):
            z = int(y)
            y = y * 2.0
        return y, z

    check(f, 2.75)


def test_any_python_in_the_block():
    def f(n):
        with objmode(r="int64"):
            import json
            from collections import Counter

            def helper(k):
                return k + n

            class Box:
                value = 3

            try:
                raise KeyError
            except KeyError as e:
                got = type(e).__name__
            with open("/dev/null") as file:
                text = file.read()
            total = sum(helper(i) for i in range(3)) + len(json.dumps([i for i in range(n)])) + len({k: v for k, v in zip("ab", "cd")})
            for i in range(10):
                if i == 4:
                    break
                if i == 2:
                    continue
                total += i
            lam = lambda q: q * Box.value  # noqa: E731
            total += lam(2) + len(got) + len(text) + Counter("aab")["a"]
            r = total
        return r

    check(f, 4)


def test_closures_globals_and_one_line():
    factor = 3.0
    seen = []

    def f(x):
        with objmode(y="float64"): y = x * factor + len(GLOBAL_LIST); seen.append(x)  # noqa: E701, E702
        return y

    check(f, 2.0)
    GLOBAL_LIST.append(1)
    check(f, 2.0)
    assert seen == [2.0] * 4


GLOBAL_LIST = [1, 2]


def test_methods_and_text_over_several_lines():
    class Holder:
        @staticmethod
        def f(n):
            with objmode(k="int64"):
                text = """first
second"""
                k = len(text) * n
            return k

    assert njit(Holder.f)(3) == Holder.f(3)


def test_called_functions_have_blocks():
    @njit
    def inner(x):
        with objmode(y="float64"):
            y = float(str(x))
        return y

    @njit
    def outer(x):
        return inner(x) + inner(x + 1)

    assert outer(1.5) == outer.py_func(1.5)


def test_other_context_managers():
    @njit
    def f(x):
        with open("file"):
            return x

    with pytest.raises(zouk.UnsupportedError, match="`with`"):
        f(1)


def test_the_interpreter_takes_no_notice():
    with objmode(x="float64") as nothing:
        x = 5
    assert nothing is None and x == 5
    with pytest.raises(KeyError):
        with objmode():
            raise KeyError
    with pytest.raises(TypeError):
        objmode("float64")


@pytest.mark.parametrize("options", [{}, {"nogil": True}])
def test_in_threads(options):
    seen = set()

    @njit(**options)
    def f(k, n):
        total = 0
        for i in range(n):
            with objmode(t="int64"):
                seen.add(threading.get_ident())
                t = k * i
                if i > n:
                    raise ValueError
            total += t
        return total

    results = {}

    def work(k):
        results[k] = f(k, 300)

    f(0, 1)
    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert results == {k: k * sum(range(300)) for k in range(4)} and len(seen) > 1


def test_parallel_loops_refuse_them():
    def f(n):
        total = 0
        for i in prange(n):
            with objmode(t="int64"):
                t = i
            total += t
        return total

    with pytest.raises(zouk.ParallelError, match="run Python code"):
        njit(parallel=True)(f)(10)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert njit(parallel={"serial": True})(f)(10) == f(10)

    @njit(parallel=True)
    def beside(a):
        with objmode(k="float64"):
            k = float("2.5")
        for i in prange(len(a)):
            a[i] = k * i
        return a

    assert np.array_equal(beside(np.zeros(1000)), beside.py_func(np.zeros(1000)))


def test_printing_is_in_order(capfd):
    @njit
    def f():
        print("one", end=" ")
        with objmode():
            print("two", end=" ")
        print("three")

    f()
    assert capfd.readouterr().out == "one two three\n"


def test_calls_of_compiled_functions_from_the_block():
    @njit
    def g(x):
        return x * 2

    def f(x):
        with objmode(y="int64"):
            y = g(int(x))
        return g(y)

    check(f, 3)


def test_the_cache_runs_the_block_of_its_process(tmp_path):
    import os
    import subprocess

    path = tmp_path / "cached.py"
    path.write_text("""
import sys
from zouk import njit, objmode
@njit(cache=True)
def f(x):
    with objmode(y="int64"):
        y = int(sys.argv[1]) * x
    return y
print(f(5), sum(f.stats.cache_hits.values()))
""")
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(factor):
        return subprocess.run([sys.executable, str(path), factor], env=environment, capture_output=True, text=True, check=True).stdout.split()

    assert [run("2"), run("3")] == [["10", "0"], ["15", "1"]]
