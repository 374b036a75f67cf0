"""Sorting beside NumPy, in one process that takes turns."""

from rows import Row, new_process

TIMES = """
import json, sys, time
import numpy as np
from zouk import njit

@njit
def sort(a):
    return np.sort(a)

@njit
def argsort(a):
    return np.argsort(a)

@njit
def median(a):
    return np.median(a)

def turn(function, a):
    start = time.thread_time()
    function(a)
    return time.thread_time() - start

random = np.random.default_rng(1)
figures = {}
for size in (100_000, 1_000_000, 10_000_000):
    for dtype in ("f8", "f4", "i8", "i4"):
        a = random.standard_normal(size).astype(dtype) if dtype[0] == "f" else random.integers(0, np.iinfo(dtype).max, size).astype(dtype)
        for function in (sort, argsort, median):
            function(a)
            best, end = [float("inf")] * 2, time.perf_counter() + float(sys.argv[1])
            turns = 0
            while turns < 3 or time.perf_counter() < end:
                best = [min(old, turn(f, a)) for old, f in zip(best, (function, function.py_func))]
                turns += 1
            figures[f"{function.__name__} of {size:.0e} {dtype}"] = best
print(json.dumps(figures))
"""


def sorting(repetitions, with_numba):
    for name, (zouk, numpy) in new_process(TIMES, str(repetitions / 10)).items():
        bar = 1 if name.endswith("f8") else None
        yield Row(name, zouk / numpy, bar, "x NumPy", zouk=f"{zouk * 1e3:.3g} ms", numba=f"NumPy {numpy * 1e3:.3g} ms")
