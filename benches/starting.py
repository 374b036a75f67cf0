"""The cost of starting: import, first call in a new process, first call with the object in the cache."""

import tempfile
from pathlib import Path

from rows import Row, against_numba, compilers, interleaved, new_process

IMPORT = """
import sys, time, json, numpy
start = time.perf_counter()
__import__(sys.argv[1])
print(json.dumps((time.perf_counter() - start) * 1e3))
"""

FIRST_CALL = """
import sys, time, json, numpy
values = numpy.ones(1000)
start = time.perf_counter()
__import__(sys.argv[1])
import kernels
assert kernels.define(sys.argv[1], "sum_loop")(values) == 1000.0
print(json.dumps((time.perf_counter() - start) * 1e3))
"""

# The module is a file, as Numba caches only functions of files.
CACHED_MODULE = """
from {compiler} import njit


@njit(cache=True)
def sum_loop(values):
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total
"""

CACHED_CALL = """
import sys, time, json, numpy
sys.path.insert(0, sys.argv[1])
values = numpy.ones(1000)
import cached_module
start = time.perf_counter()
result = cached_module.sum_loop(values)
elapsed = time.perf_counter() - start
assert result == 1000.0
print(json.dumps(elapsed * 1e3))
"""


def import_time(repetitions, with_numba):
    """`import zouk` where NumPy is imported already."""
    times = interleaved(compilers(with_numba), lambda name: new_process(IMPORT, name), repetitions + 2)
    numba = f"{times['numba']:.3g} ms" if with_numba else ""
    yield Row("import, after NumPy's", times["zouk"], 20, "ms", zouk="", numba=numba)


def first_call(repetitions, with_numba):
    """Import and the first call of a sum loop in a new process with an empty cache; NumPy is imported before."""
    times = interleaved(compilers(with_numba), lambda name: new_process(FIRST_CALL, name), repetitions)
    yield against_numba("new process: import and first call", times["zouk"], times.get("numba"), 1 / 6)


def cached_call(repetitions, with_numba):
    """The first call in a new process when another process has compiled the function; past the imports."""
    names = compilers(with_numba)
    with tempfile.TemporaryDirectory(prefix="zouk-bench-") as folder:
        for name in names:
            Path(folder, name).mkdir()
            Path(folder, name, "cached_module.py").write_text(CACHED_MODULE.format(compiler=name))

        def call(name):
            return new_process(CACHED_CALL, f"{folder}/{name}", cache=f"{folder}/{name}/cache")

        for name in names:
            call(name)
        times = interleaved(names, call, repetitions)
    numba = f"{times['numba']:.3g} ms" if with_numba else ""
    yield Row("first call from the object cache", times["zouk"], 15, "ms", numba=numba)
