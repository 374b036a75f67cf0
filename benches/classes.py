"""Compiled classes: a simulation of particles with a class, beside the same loops over arrays by hand, which a class should cost nothing over; attributes and methods from Python."""

import gc
import statistics

from rows import Row, against_numba, compilers, interleaved, new_process, seconds

SIZE, STEPS = 10_000, 20

TIMES = """
import sys, json
from classes import times_of
print(json.dumps(times_of(sys.argv[1])))
"""

PROGRAM = """
import numpy as np
from {compiler} import float64, int64, njit
from {compiler}.experimental import jitclass


@jitclass([("x", float64[::1]), ("y", float64[::1]), ("u", float64[::1]), ("v", float64[::1]), ("energy", float64), ("steps", int64)])
class Particles:
    def __init__(self, x, y, u, v):
        self.x = x
        self.y = y
        self.u = u
        self.v = v
        self.energy = 0.0
        self.steps = 0

    def pull(self, i):
        r2 = self.x[i] * self.x[i] + self.y[i] * self.y[i] + 0.01
        return -self.x[i] / r2, -self.y[i] / r2

    def step(self, dt):
        for i in range(self.x.size):
            ax, ay = self.pull(i)
            self.u[i] += ax * dt
            self.v[i] += ay * dt
            self.x[i] += self.u[i] * dt
            self.y[i] += self.v[i] * dt
        self.steps += 1

    def kinetic(self):
        self.energy = 0.0
        for i in range(self.u.size):
            self.energy += 0.5 * (self.u[i] * self.u[i] + self.v[i] * self.v[i])
        return self.energy


@njit
def with_class(x, y, u, v, steps, dt):
    particles = Particles(x, y, u, v)
    for _ in range(steps):
        particles.step(dt)
    return particles.kinetic()


@njit
def by_hand(x, y, u, v, steps, dt):
    for _ in range(steps):
        for i in range(x.size):
            r2 = x[i] * x[i] + y[i] * y[i] + 0.01
            ax, ay = -x[i] / r2, -y[i] / r2
            u[i] += ax * dt
            v[i] += ay * dt
            x[i] += u[i] * dt
            y[i] += v[i] * dt
    energy = 0.0
    for i in range(u.size):
        energy += 0.5 * (u[i] * u[i] + v[i] * v[i])
    return energy


@jitclass([("data", float64[::1]), ("total", float64)])
class Sum:
    def __init__(self, data):
        self.data = data
        self.total = 0.0

    def last(self):
        return self.total

    def add(self):
        for i in range(self.data.size):
            self.total += self.data[i]
        return self.total


@njit
def sum_with_class(x, y, u, v, steps, dt):
    found = Sum(x)
    for _ in range(steps):
        found.add()
    return found.total


@njit
def sum_by_hand(x, y, u, v, steps, dt):
    total = 0.0
    for _ in range(steps):
        for i in range(x.size):
            total += x[i]
    return total
"""

CASES = {"particles": ("with_class", "by_hand"), "a sum in a field": ("sum_with_class", "sum_by_hand")}


def times_of(compiler):
    """Milliseconds with the class and by hand, for each case."""
    import linecache

    import numpy as np

    text = PROGRAM.format(compiler=compiler)
    linecache.cache["<classes>"] = (len(text), None, text.splitlines(True), "<classes>")
    scope = {"__name__": "classes_benchmark"}
    exec(compile(text, "<classes>", "exec"), scope)
    random = np.random.default_rng(7)
    arrays = [random.normal(size=SIZE) for _ in range(4)]

    def measure(name):
        own = [a.copy() for a in arrays]
        gc.collect()
        return seconds(scope[name], *own, STEPS, 1e-3) * 1e3

    times = {}
    for case, names in CASES.items():
        results = [scope[name](*[a.copy() for a in arrays], STEPS, 1e-3) for name in names]
        assert results[0] == results[1], results
        with_class, by_hand = (min(measure(name) for _ in range(50)) for name in names)
        times.update({case: with_class / by_hand, f"{case} with": with_class, f"{case} by hand": by_hand})
    instance = scope["Sum"](arrays[0])
    for use in ("attribute", "assignment", "method"):
        times[use] = statistics.median(from_python(use, instance) for _ in range(9))
    return times


def from_python(use, instance, calls=20000):
    """Nanoseconds of one use of an instance: those of a loop of uses, less those of the same loop that only names the instance."""

    def loop():
        for _ in range(calls):
            instance

    def attribute():
        for _ in range(calls):
            instance.total

    def assignment():
        for _ in range(calls):
            instance.total = 1.5

    def method():
        for _ in range(calls):
            instance.last()

    function = {"attribute": attribute, "assignment": assignment, "method": method}[use]
    return (min(seconds(function) for _ in range(5)) - min(seconds(loop) for _ in range(5))) / calls * 1e9


def classes(repetitions, with_numba):
    times = interleaved(compilers(with_numba), lambda name: new_process(TIMES, name), repetitions)
    for case in CASES:
        zouk = times["zouk"]
        texts = {name: f"{of[f'{case} with']:.2f} ms / {of[f'{case} by hand']:.2f} ms" for name, of in times.items()}
        yield Row(f"{case}: with a class over by hand", zouk[case], 1.15, "", zouk=texts["zouk"], numba=texts.get("numba", ""))
    for use in ("attribute", "assignment", "method"):
        yield against_numba(f"from Python: {use} of an instance", times["zouk"][use], times["numba"][use] if with_numba else None, 1 / 3, "ns")
