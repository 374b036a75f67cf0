"""Compile time: in a warm process, and how it grows with the size of the program."""

import math
import statistics

from rows import Row, against_numba, compilers, interleaved, new_process

WARM_COMPILE = """
import sys, json, numpy
import kernels, programs
from rows import seconds
compiler = sys.argv[1]
kernels.define(compiler, "warm_up")(3)
programs.load("collatz", compiler).run(5)
times = {}
sum_loop, values = kernels.define(compiler, "sum_loop"), numpy.ones(3)
times["sum loop"] = seconds(sum_loop, values) - seconds(sum_loop, values)
for name in ("mandelbrot", "nbody"):
    module = programs.load(name, compiler)
    times[name] = seconds(module.run, *module.arguments(2)) - seconds(module.run, *module.arguments(2))
print(json.dumps({name: time * 1e3 for name, time in times.items()}))
"""

GROWTH = """
import sys, json
import kernels
from rows import seconds
from compiling import statements, functions
compiler, kind, sizes = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
kernels.define(compiler, "warm_up")(3)
make = {"statements": statements, "functions": functions}[kind]
print(json.dumps({str(n): seconds(kernels.from_text(compiler, make(n)), 1.5, 2) * 1e3 for n in sizes}))
"""

STATEMENTS = [10, 100, 1000]
FUNCTIONS = [1, 5, 10, 25, 50]


def statements(count):
    """A function of `count` assignments, a tenth of them in branches and loops."""
    lines = ["", "def straight(x, n):", "    a, b, c = x, x + 1.0, 0.0"]
    for i in range(count // 10):
        lines += [
            f"    a = a * 0.5 + b + {i}.0",
            "    b = b - a * 0.25",
            f"    if a > {i}.5:",
            "        c = c + a",
            "    else:",
            "        c = c - b",
            "    for k in range(n):",
            "        c = c + k * 0.125",
            "    a = c * 0.5 - b",
            f"    b = a / {i + 2}.0",
        ]
    return "\n".join([*lines, "    return a + b + c", ""])


def functions(count):
    """`count` functions, each of which calls the one before."""
    text = "\ndef f0(x, n):\n    total = x\n    for i in range(n):\n        total = total * 0.5 + i\n    return total\n"
    for i in range(1, count):
        text += f"\ndef f{i}(x, n):\n    total = f{i - 1}(x, n)\n    for i in range(n):\n        total = total * 0.25 + i + {i}\n    return total\n"
    return text


def warm_compile(repetitions, with_numba):
    """The first call less a second one, in a process that has compiled other functions."""
    times = interleaved(compilers(with_numba), lambda name: new_process(WARM_COMPILE, name), repetitions)
    for name in times["zouk"]:
        yield against_numba(f"compile {name}", times["zouk"][name], times["numba"][name] if with_numba else None, 1 / 2)


def exponent(times):
    """The slope of log(time) over log(size) by least squares."""
    x = [math.log(float(size)) for size in times]
    return statistics.linear_regression(x, [math.log(time) for time in times.values()]).slope


def scaling(repetitions, with_numba):
    for kind, sizes, unit in (("statements", STATEMENTS, "statements"), ("functions", FUNCTIONS, "functions calling one another")):
        measured = interleaved(["zouk"], lambda name: new_process(GROWTH, name, kind, sizes), max(1, repetitions // 2 + 1))
        times = measured["zouk"]
        shown = " / ".join(f"{times[str(n)]:.0f}" for n in sizes) + " ms"
        yield Row(f"{'/'.join(map(str, sizes))} {unit}", exponent(times), 1.15, "exponent", zouk=shown)
        last = list(times)[-2:]
        yield Row("  of which the last step", exponent({n: times[n] for n in last}), None, "exponent")
