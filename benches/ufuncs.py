"""Functions under `@vectorize` beside Numba's and beside NumPy's own ufuncs, in one process that takes turns."""

import math

from rows import Row, against_numba, new_process

TIME = """
import sys, json
from ufuncs import time_ufuncs
print(json.dumps(time_ufuncs(int(sys.argv[1]), sys.argv[2] == "True")))
"""

SOURCE = """
def rational(x, y):
    return (x * y + 1.0) / (x * x + y * y + 2.0)

def wave(x, y):
    return math.sin(x) * math.exp(-y)

def add(x, y):
    return x + y
"""

SIZES = {"1e6 elements": 1_000_000, "100 elements": 100}


def functions(compiler):
    """The functions of the source under `vectorize` of the module of that name, for float64."""
    import importlib
    import linecache

    vectorize = importlib.import_module(compiler).vectorize
    path = f"<ufuncs {compiler}>"
    linecache.cache[path] = (len(SOURCE), None, SOURCE.splitlines(True), path)
    scope = {"math": math}
    exec(compile(SOURCE, path, "exec"), scope)
    return {name: vectorize(["float64(float64, float64)"])(scope[name]) for name in ("rational", "wave", "add")}


def call(function, arguments, calls):
    """Seconds of a call, over many."""
    import time

    start = time.perf_counter()
    for _ in range(calls):
        function(*arguments)
    return (time.perf_counter() - start) / calls


def time_ufuncs(repetitions, with_numba):
    """The least seconds of a call by function, size and compiler; `add` beside NumPy's too, on arrays of four elements."""
    import numpy as np

    names = ["numba", "zouk"] if with_numba else ["zouk"]
    compiled = {name: functions(name) for name in names}
    random = np.random.default_rng(0)
    taken = {}

    def least(key, name, function, arguments, calls):
        taken.setdefault(key, {})[name] = min(taken.get(key, {}).get(name, math.inf), call(function, arguments, calls))

    for _ in range(repetitions):
        for text, size in SIZES.items():
            x, y = random.random(size) + 1, random.random(size)
            for function in ("rational", "wave"):
                for name in names:
                    least(f"{function}, {text}", name, compiled[name][function], (x, y, np.empty(size)), 5 if size > 1000 else 2000)
        few = (np.ones(4), np.ones(4), np.empty(4))
        for name, function in [("numpy", np.add), *((name, compiled[name]["add"]) for name in names)]:
            least("a call", name, function, few, 20000)
    return taken


def ufuncs(repetitions, with_numba):
    """Run time at two sizes, and what a call costs."""
    taken = new_process(TIME, repetitions, with_numba)
    for function in ("rational", "wave"):
        for text in SIZES:
            times = taken[f"{function}, {text}"]
            yield against_numba(f"vectorize: {function}, {text}", times["zouk"] * 1e6, times.get("numba") and times["numba"] * 1e6, 1, "us")
    zouk, numpy = taken["a call"]["zouk"] * 1e9, taken["a call"]["numpy"] * 1e9
    yield Row("vectorize: a call, four elements", zouk / numpy, 1.2, "x np.add", f"{zouk:.3g} ns", f"{numpy:.3g} ns")
