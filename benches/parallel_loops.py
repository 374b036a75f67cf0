"""Parallel loops beside Numba's, in one process that takes turns: run time, two threads beside one, and what starting a loop costs."""

import math
import os

from rows import Row, against_numba, new_process

TIME = """
import sys, json
from parallel_loops import time_loops
print(json.dumps(time_loops(int(sys.argv[1]), sys.argv[2] == "True")))
"""

SOURCE = '''
import math
import numpy as np

def stencil(u, v, steps):
    m, n = u.shape
    for _ in range(steps):
        for i in prange(1, m - 1):
            for j in range(1, n - 1):
                v[i, j] = 0.25 * (u[i + 1, j] + u[i - 1, j] + u[i, j + 1] + u[i, j - 1])
        u, v = v, u
    return u

def monte_carlo(n):
    inside = 0
    for i in prange(n):
        x = np.random.random()
        y = np.random.random()
        if x * x + y * y <= 1.0:
            inside += 1
    return 4.0 * inside / n

def k_means(points, centres, steps):
    n, d = points.shape
    k = centres.shape[0]
    nearest = np.zeros(n, np.int64)
    for _ in range(steps):
        for i in prange(n):
            best = np.inf
            at = 0
            for c in range(k):
                distance = 0.0
                for j in range(d):
                    x = points[i, j] - centres[c, j]
                    distance += x * x
                if distance < best:
                    best = distance
                    at = c
            nearest[i] = at
        for c in prange(k):
            count = 0
            total = np.zeros(d)
            for i in range(n):
                if nearest[i] == c:
                    count += 1
                    for j in range(d):
                        total[j] += points[i, j]
            if count > 0:
                for j in range(d):
                    centres[c, j] = total[j] / count
    return centres

def pairwise(points):
    n, d = points.shape
    out = np.empty((n, n))
    for i in prange(n):
        for j in range(n):
            s = 0.0
            for k in range(d):
                x = points[i, k] - points[j, k]
                s += x * x
            out[i, j] = math.sqrt(s)
    return out

def histogram(values, bins, parts):
    counts = np.zeros((parts, bins), np.int64)
    size = len(values) // parts
    for p in prange(parts):
        for i in range(p * size, (p + 1) * size):
            counts[p, int(values[i] * bins)] += 1
    return counts.sum(axis=0)

def mandelbrot(height, width, limit):
    out = np.empty((height, width), np.int64)
    for i in prange(height):
        y = -1.0 + 2.0 * i / height
        for j in range(width):
            x = -2.0 + 3.0 * j / width
            a = 0.0
            b = 0.0
            steps = 0
            while steps < limit and a * a + b * b <= 4.0:
                a, b = a * a - b * b + x, 2.0 * a * b + y
                steps += 1
            out[i, j] = steps
    return out

def compute(n):
    total = 0.0
    for i in prange(n):
        x = 0.001 * i
        for _ in range(200):
            x = x * 0.999 + math.sin(x)
        total += x
    return total

def launch(out):
    for i in prange(len(out)):
        out[i] = i
'''

PROGRAMS = ("stencil", "monte_carlo", "k_means", "pairwise", "histogram", "mandelbrot")


def functions(compiler):
    """The functions of the source under `njit(parallel=True)` of the module of that name."""
    import importlib
    import linecache

    module = importlib.import_module(compiler)
    path = f"<parallel loops {compiler}>"
    linecache.cache[path] = (len(SOURCE), None, SOURCE.splitlines(True), path)
    scope = {"prange": module.prange, "__name__": "parallel_loops"}
    exec(compile(SOURCE, path, "exec"), scope)
    return {name: module.njit(parallel=True)(scope[name]) for name in (*PROGRAMS, "compute", "launch")}


def arguments():
    """Makers of each program's arguments: some programs write into them."""
    import numpy as np

    random = np.random.default_rng(0)
    grid, points, values = random.random((1000, 1000)), random.random((20000, 8)), random.random(2_000_000)
    return {
        "stencil": lambda: (grid.copy(), grid.copy(), 20),
        "monte_carlo": lambda: (2_000_000,),
        "k_means": lambda: (points, points[:16].copy(), 5),
        "pairwise": lambda: (points[:1000],),
        "histogram": lambda: (values, 64, 16),
        "mandelbrot": lambda: (300, 300, 200),
        "compute": lambda: (20000,),
        "launch": lambda: (np.zeros(16),),
    }


def usual(function, make, repeat, calls=1):
    """Seconds of a call, the median of some: the least is a matter of what else the machine's memory does."""
    import statistics
    import time

    found = []
    for _ in range(repeat):
        given = make()
        start = time.perf_counter()
        for _ in range(calls):
            function(*given)
        found.append((time.perf_counter() - start) / calls)
    return statistics.median(found)


def rest():
    """Lets the other compiler's threads fall asleep: OpenMP's go on looking for work for some milliseconds, on the processor that the next one needs."""
    import time

    time.sleep(0.05)


def time_loops(repetitions, with_numba):
    """Times by program and compiler, in turns; `compute` with one thread too."""
    import importlib

    import numpy as np

    names = ["numba", "zouk"] if with_numba else ["zouk"]
    compiled = {name: functions(name) for name in names}
    makers = arguments()
    for program in set(PROGRAMS) - {"monte_carlo"}:
        results = [compiled[name][program](*makers[program]()) for name in names]
        np.testing.assert_allclose(results[0], results[-1])
    for name in names:
        for program in ("monte_carlo", "compute", "launch"):
            compiled[name][program](*makers[program]())
    taken = {program: {name: math.inf for name in names} for program in (*PROGRAMS, "compute", "launch", "launch in chunks", "one thread")}
    for _ in range(repetitions):
        for program, make in makers.items():
            for name in names:
                rest()
                time = usual(compiled[name][program], make, 10, 200 if program == "launch" else 1)
                taken[program][name] = min(taken[program][name], time)
        for name in names:
            module = importlib.import_module(name)
            threads = module.get_num_threads()
            rest()
            with module.parallel_chunksize(8):
                time = usual(compiled[name]["launch"], makers["launch"], 9, 200)
            taken["launch in chunks"][name] = min(taken["launch in chunks"][name], time)
            module.set_num_threads(1)
            taken["one thread"][name] = min(taken["one thread"][name], usual(compiled[name]["compute"], makers["compute"], 9))
            module.set_num_threads(threads)
    return taken


def parallel(repetitions, with_numba):
    """Run time of programs, the gain of two threads, the cost of starting a loop."""
    if (os.cpu_count() or 1) < 2:
        yield Row("parallel loops: this machine has one processor")
        return
    taken = new_process(TIME, repetitions, with_numba)
    one, two = taken["one thread"]["zouk"], taken["compute"]["zouk"]
    gain = Row("two threads beside one, compute-bound (time)", two / one, 1 / 1.85, "x one", f"{two * 1e3:.3g} ms", "")
    if os.cpu_count() == 2:
        yield gain
    ratios = []
    for program in PROGRAMS:
        zouk, numba = taken[program]["zouk"], taken[program].get("numba")
        yield against_numba(f"parallel {program}".replace("_", " "), zouk * 1e3, numba and numba * 1e3, 1)
        ratios += [zouk / numba] if numba else []
    if ratios:
        yield Row("parallel programs, geometric mean", math.exp(sum(map(math.log, ratios)) / len(ratios)), 0.7)
    for program, text in [("launch", "a prange loop of 16 stores"), ("launch in chunks", "the same in two chunks, one for each thread")]:
        zouk, numba = taken[program]["zouk"], taken[program].get("numba")
        yield against_numba(text, zouk * 1e6, numba and numba * 1e6, 0.5, "us")
