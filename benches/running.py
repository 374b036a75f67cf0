"""Run time: calls, the example programs, elementary functions."""

import gc
import json
import math
import statistics
import sys
import timeit

from rows import EXAMPLES, Row, against_numba, compilers, interleaved, new_process

CALLS = """
import sys, json
from running import time_calls
print(json.dumps(time_calls(sys.argv[1])))
"""

PROGRAMS = """
import sys, json
from running import time_program
print(json.dumps(time_program(sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3]))))
"""

ELEMENTARY = """
import sys, json
from running import time_elementary
print(json.dumps(time_elementary(sys.argv[1])))
"""


def time_calls(compiler):
    """Nanoseconds of one call, the loop of `timeit` taken off."""
    import kernels
    import numpy as np

    a = np.ones(8)
    cases = {"int": ("identity", (1,)), "one array": ("one_array", (a,)), "four arrays": ("four_arrays", (a, a, a, a))}
    empty = min(timeit.repeat("pass", number=1_000_000, repeat=3)) * 1e3
    times = {}
    for name, (kernel, arguments) in cases.items():
        function = kernels.define(compiler, kernel)
        function(*arguments)
        names = [f"a{i}" for i in range(len(arguments))]
        timer = timeit.Timer(f"f({', '.join(names)})", globals={"f": function, **dict(zip(names, arguments))})
        times[name] = min(timer.repeat(number=200_000, repeat=5)) / 200_000 * 1e9 - empty
    return times


def call_overhead(repetitions, with_numba):
    times = interleaved(compilers(with_numba), lambda name: new_process(CALLS, name), repetitions)
    for name in times["zouk"]:
        yield against_numba(f"call with {name}", times["zouk"][name], times["numba"][name] if with_numba else None, 1 / 2, "ns")


def time_program(name, compilers, repetitions):
    """Median milliseconds of a program at full size, the compilers taking turns in one process; arguments are fresh every time."""
    import programs
    from rows import seconds

    modules = {compiler: programs.load(name, compiler) for compiler in compilers}
    for module in modules.values():
        module.run(*module.arguments(module.SMALL))

    def measure(compiler):
        module = modules[compiler]
        arguments = module.arguments(module.SIZE)
        gc.collect()
        return seconds(module.run, *arguments) * 1e3

    return interleaved(compilers, measure, repetitions)


def programs_run_time(repetitions, with_numba):
    """Bounds checks are on, as they are by default."""
    sys.path.append(str(EXAMPLES))
    from programs import NAMES

    ratios = []
    for name in NAMES:
        times = new_process(PROGRAMS, name, json.dumps(compilers(with_numba)), 2 * repetitions + 1)
        row = against_numba(name, times["zouk"], times.get("numba"), 1.1)
        ratios.append(row.value)
        yield row
    yield Row("geometric mean of the programs", math.exp(statistics.fmean(map(math.log, ratios))) if with_numba else None, 0.95)


def ulp_distance(result, exact):
    """The largest distance from the exact values (long doubles) in units of the last place of a double."""
    import numpy as np

    unit = np.spacing(np.abs(exact.astype(np.float64)))
    return float(np.max(np.abs(result.astype(np.longdouble) - exact) / unit))


def inputs():
    """A million arguments for every function: moderate ones, and for sin, exp and log the whole range that gives finite results."""
    import numpy as np

    random = np.random.default_rng(6)
    half = 500_000
    wide = 10.0 ** random.uniform(-300, 300, half)
    return {
        "sin": np.concatenate([random.uniform(-10, 10, half), random.uniform(-1e5, 1e5, half)]),
        "exp": np.concatenate([random.uniform(-5, 5, half), random.uniform(-700, 700, half)]),
        "log": np.concatenate([random.uniform(0, 10, half), wide]),
        "pow": np.concatenate([random.uniform(0, 10, half), 10.0 ** random.uniform(-100, 100, half)]),
    }


def time_elementary(compiler):
    """Milliseconds and error of a loop over a million elements, by function."""
    import kernels
    import numpy as np
    from rows import seconds

    exact = {"sin": np.sin, "exp": np.exp, "log": np.log, "pow": lambda x: np.power(x, np.longdouble(1.7))}
    figures = {}
    for name, x in inputs().items():
        function, out = kernels.define(compiler, name), np.empty_like(x)
        function(x, out)
        figures[name] = min(seconds(function, x, out) for _ in range(7)) * 1e3
        figures[name, "ulp"] = ulp_distance(out, exact[name](x.astype(np.longdouble)))
    return {" ".join(key) if isinstance(key, tuple) else key: value for key, value in figures.items()}


def elementary_functions(repetitions, with_numba):
    import numpy as np

    times = interleaved(compilers(with_numba), lambda name: new_process(ELEMENTARY, name), repetitions)
    precise = np.finfo(np.longdouble).nmant > np.finfo(np.float64).nmant
    for name in ("sin", "exp", "log", "pow"):
        yield against_numba(f"{name} of a million floats", times["zouk"][name], times["numba"][name] if with_numba else None, 1 / 2)
        error = times["zouk"][f"{name} ulp"] if precise else None
        numba = f"{times['numba'][f'{name} ulp']:.3g} ULP" if with_numba else ""
        yield Row(f"largest error of {name}", error, 1.0, "ULP", numba=numba)
