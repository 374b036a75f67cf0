"""Whole-array code beside NumPy, Numba and hand-written loops, one thread, in one process that takes turns."""

import json
import os

from rows import Row, against_numba, new_process

ARRAYS = """
import sys, json
from arrays import time_arrays
print(json.dumps(time_arrays(int(sys.argv[1]), sys.argv[2] == "True")))
"""

STATEMENTS_FIRST = """
import sys, json
from arrays import time_statements
print(json.dumps(time_statements(int(sys.argv[1]), sys.argv[2] == "True")))
"""

SOURCE = '''
import numpy as np

def laplace(u, v, steps):
    for _ in range(steps):
        v[1:-1, 1:-1] = 0.25 * (u[2:, 1:-1] + u[:-2, 1:-1] + u[1:-1, 2:] + u[1:-1, :-2])
        u, v = v, u
    return u

def laplace_loops(u, v, steps):
    m, n = u.shape
    for _ in range(steps):
        for i in range(1, m - 1):
            for j in range(1, n - 1):
                v[i, j] = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1])
        u, v = v, u
    return u

def broadcast(x, y):
    return np.sin(x**2) + np.cos(y**2)

def cdf(x):
    k = 1.0 / (1.0 + 0.2316419 * np.abs(x))
    tail = k * (0.31938153 + k * (-0.356563782 + k * (1.781477937 + k * (-1.821255978 + k * 1.330274429))))
    p = 0.3989422804014327 * np.exp(-0.5 * x * x) * tail
    return np.where(x > 0, 1.0 - p, p)

def black_scholes(s, k, t, r, v):
    root = np.sqrt(t)
    d1 = (np.log(s / k) + (r + 0.5 * v * v) * t) / (v * root)
    d2 = d1 - v * root
    discount = np.exp(-r * t)
    call = s * cdf(d1) - k * discount * cdf(d2)
    put = k * discount * cdf(-d2) - s * cdf(-d1)
    return call, put
'''

STATEMENTS = (
    "np.sqrt(np.abs({0})) + {1}",
    "{0} * {1} - {2}",
    "np.exp(-{0} * {0}) + {1}",
    "{0} / (1.0 + {1} * {1})",
    "np.where({0} > {1}, {2}, {0})",
    "np.sin({0}) * np.cos({1})",
    "{0} - {1}.mean()",
    "np.maximum({0}, {1}) + 0.5 * {2}",
)

REDUCTIONS = ("sum", "mean", "max", "std")


def functions(jit):
    """The functions of the source, jitted; undecorated without a jit."""
    import linecache

    name = f"<arrays {getattr(jit, '__module__', 'numpy')}>"
    text = SOURCE + "".join(f"\ndef {f}{axis}(a):\n    return np.{f}(a{argument})\n" for f in REDUCTIONS for axis, argument in (("", ""), ("0", ", axis=0"), ("1", ", axis=1")))
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope = {"__name__": "arrays_bench"}
    exec(compile(text, name, "exec"), scope)
    if jit is None:
        return scope
    scope["cdf"] = jit(scope["cdf"])
    return scope | {key: jit(value) for key, value in scope.items() if callable(value) and key != "cdf"}


def time_arrays(repetitions, with_numba):
    """Least milliseconds of every function under every compiler that has it, and seconds of its first call."""
    import numpy as np

    import zouk

    random = np.random.default_rng(1)
    grid = random.random((1000, 1000))
    small = random.random((150, 150))
    columns = [random.random(1_000_000) + 1 for _ in range(3)]
    calls = {
        # 150 x 150, 200 times: the grid stays in the cache.
        "laplace": (small, small.copy(), 200),
        "laplace_loops": (small, small.copy(), 200),
        "broadcast": (random.random((1, 1000)), random.random((100, 1))),
        "black_scholes": (*columns, 0.05, 0.2),
        **{f"{f}{axis}": (grid,) for f in REDUCTIONS for axis in ("", "0", "1")},
    }
    jits = {"numpy": None, "zouk": zouk.njit}
    if with_numba:
        import numba

        jits["numba"] = numba.njit
    sets = {name: functions(jit) for name, jit in jits.items()}
    times = {}
    for call, arguments in calls.items():
        # Of reductions by axis Numba has the sum alone; loops are not for NumPy.
        usable = [name for name in sets if not (name == "numba" and call.rstrip("01") in REDUCTIONS or name == "numpy" and call == "laplace_loops")]
        first = {name: _seconds(sets[name][call], arguments) for name in usable}
        best = dict.fromkeys(usable, float("inf"))
        for _ in range(4 * repetitions + 1):
            for name in usable:
                best[name] = min(best[name], _seconds(sets[name][call], arguments))
        times[call] = {"best": {name: t * 1e3 for name, t in best.items()}, "first": first}
    return times


def time_statements(repetitions, with_numba):
    """Least seconds of the first call of a function of 40 array statements, in a process that has compiled something before."""
    import linecache

    import numpy as np

    import zouk

    names = ["a", "b", "c"]
    lines = []
    for i in range(40):
        lines.append(f"    x{i} = " + STATEMENTS[i % len(STATEMENTS)].format(names[-1], names[-2], names[-3]))
        names.append(f"x{i}")
    text = "\n".join(["def chain(a, b, c):", *lines, f"    return {names[-1]}", ""])
    arrays = [np.random.default_rng(i).random(1000) for i in range(3)]
    jits = {"zouk": zouk.njit}
    if with_numba:
        import numba

        jits["numba"] = numba.njit
    best = dict.fromkeys(jits, float("inf"))
    for repetition in range(repetitions + 2):
        for name, jit in jits.items():
            file = f"<statements {name} {repetition}>"
            linecache.cache[file] = (len(text), None, text.splitlines(True), file)
            scope = {"np": np, "__name__": "arrays_bench"}
            exec(compile(text, file, "exec"), scope)
            best[name] = min(best[name], _seconds(jit(scope["chain"]), arrays))
    return best


def _seconds(function, arguments):
    import time

    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def arrays(repetitions, with_numba):
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ[name] = "1"
    times = new_process(ARRAYS, repetitions, with_numba)

    def row(name, call, bar, over, other=None):
        best, base = times[call]["best"], times[other or call]["best"]
        if over not in base:
            return Row(name)
        return Row(name, best["zouk"] / base[over], bar, unit=f"x {over}", zouk=f"{best['zouk']:.3g} ms", numba=f"{base[over]:.3g} ms")

    yield row("Laplace by slices, beside loops", "laplace", 1.2, "zouk", "laplace_loops")
    yield row("Laplace by slices", "laplace", 1 / 4, "numba")
    yield row("sin(x**2) + cos(y**2), stretched", "broadcast", 1.0, "numpy")
    yield row("Black-Scholes as array code", "black_scholes", 1 / 3, "numpy")
    yield row("Black-Scholes as array code", "black_scholes", 1 / 2, "numba")
    for f in REDUCTIONS:
        for axis, words in (("", ""), ("0", ", axis 0"), ("1", ", axis 1")):
            yield row(f"{f} of 1000 x 1000{words}", f + axis, 1.0, "numpy")
    first = new_process(STATEMENTS_FIRST, repetitions, with_numba)
    yield against_numba("first call of 40 array statements", first["zouk"] * 1e3, first["numba"] * 1e3 if with_numba else None, 1 / 10)
