"""Stencils beside hand-written loops and Numba's, one thread, in one process that takes turns."""

from rows import Row, new_process

STENCILS = """
import sys, json
from stencils import time_stencils
print(json.dumps(time_stencils(int(sys.argv[1]), sys.argv[2] == "True")))
"""

SOURCE = '''
import numpy as np

@stencil
def five_points(a):
    return 0.25 * (a[0, 1] + a[1, 0] + a[0, -1] + a[-1, 0])

@stencil
def box(a):
    return (a[-1, -1, -1] + a[1, 1, 1] + a[-1, 1, 0] + a[0, -1, 1] + a[1, 0, -1] + a[0, 0, 0]) / 6

@stencil
def square(a):
    return (a[-2, -2] + a[-2, -1] + a[-2, 0] + a[-2, 1] + a[-2, 2] + a[-1, -2] + a[-1, -1] + a[-1, 0] + a[-1, 1] + a[-1, 2] + a[0, -2] + a[0, -1] + a[0, 0] + a[0, 1] + a[0, 2] + a[1, -2] + a[1, -1] + a[1, 0] + a[1, 1] + a[1, 2] + a[2, -2] + a[2, -1] + a[2, 0] + a[2, 1] + a[2, 2]) / 25

@stencil(neighborhood=((-3, 3),), standard_indexing=("w",))
def filtered(a, w):
    total = 0.0
    for i in range(-3, 4):
        total += a[i] * w[i + 3]
    return total

@njit
def laplace(u, v, steps):
    for _ in range(steps):
        five_points(u, out=v)
        u, v = v, u
    return u

@njit
def laplace_loops(u, v, steps):
    m, n = u.shape
    for _ in range(steps):
        for i in range(1, m - 1):
            for j in range(1, n - 1):
                v[i, j] = 0.25 * (u[i, j + 1] + u[i + 1, j] + u[i, j - 1] + u[i - 1, j])
        u, v = v, u
    return u

@njit
def squares(a):
    return square(a)

@njit
def squares_loops(a):
    m, n = a.shape
    r = np.zeros((m, n))
    for i in range(2, m - 2):
        for j in range(2, n - 2):
            r[i, j] = (a[i - 2, j - 2] + a[i - 2, j - 1] + a[i - 2, j] + a[i - 2, j + 1] + a[i - 2, j + 2] + a[i - 1, j - 2] + a[i - 1, j - 1] + a[i - 1, j] + a[i - 1, j + 1] + a[i - 1, j + 2] + a[i, j - 2] + a[i, j - 1] + a[i, j] + a[i, j + 1] + a[i, j + 2] + a[i + 1, j - 2] + a[i + 1, j - 1] + a[i + 1, j] + a[i + 1, j + 1] + a[i + 1, j + 2] + a[i + 2, j - 2] + a[i + 2, j - 1] + a[i + 2, j] + a[i + 2, j + 1] + a[i + 2, j + 2]) / 25
    return r

@njit
def boxes(a):
    return box(a)

@njit
def boxes_loops(a):
    k, m, n = a.shape
    r = np.zeros((k, m, n))
    for h in range(1, k - 1):
        for i in range(1, m - 1):
            for j in range(1, n - 1):
                r[h, i, j] = (a[h - 1, i - 1, j - 1] + a[h + 1, i + 1, j + 1] + a[h - 1, i + 1, j] + a[h, i - 1, j + 1] + a[h + 1, i, j - 1] + a[h, i, j]) / 6
    return r

@njit
def filters(a, w):
    return filtered(a, w)

@njit
def filters_loops(a, w):
    r = np.zeros(a.shape)
    for i in range(3, a.shape[0] - 3):
        total = 0.0
        for k in range(-3, 4):
            total += a[i + k] * w[k + 3]
        r[i] = total
    return r
'''


def functions(compiler):
    """The functions of the source under a compiler."""
    import linecache

    name = f"<stencils {compiler.__name__}>"
    linecache.cache[name] = (len(SOURCE), None, SOURCE.splitlines(True), name)
    scope = {"__name__": "stencils_bench", "njit": compiler.njit, "stencil": compiler.stencil}
    exec(compile(SOURCE, name, "exec"), scope)
    return scope


def time_stencils(repetitions, with_numba):
    """Least milliseconds of every function under every compiler, and of its first call."""
    import time

    import numpy as np

    import zouk

    compilers = [zouk]
    if with_numba:
        import numba

        compilers.append(numba)
    random = np.random.default_rng(1)
    small, plane, cube, line, weights = random.random((150, 150)), random.random((600, 600)), random.random((100, 100, 100)), random.random(1_000_000), random.random(7)
    calls = {"laplace": (small, small.copy(), 200), "squares": (plane,), "boxes": (cube,), "filters": (line, weights)}

    def milliseconds(function, arguments):
        start = time.perf_counter()
        function(*arguments)
        return (time.perf_counter() - start) * 1e3

    sets = {compiler.__name__: functions(compiler) for compiler in compilers}
    times = {}
    for call, arguments in calls.items():
        # The stencil and its loops take turns, too: memory is where the one left it for the other.
        pair = (call, f"{call}_loops")
        first = {own: {name: milliseconds(scope[own], arguments) for name, scope in sets.items()} for own in pair}
        best = {own: dict.fromkeys(sets, float("inf")) for own in pair}
        for _ in range(8 * repetitions + 1):
            for name, scope in sets.items():
                for own in pair:
                    best[own][name] = min(best[own][name], milliseconds(scope[own], arguments))
        times.update({own: {"best": best[own], "first": first[own]} for own in pair})
    return times


def stencils(repetitions, with_numba):
    times = new_process(STENCILS, repetitions, with_numba)
    for call, words in (("laplace", "Laplace, five points"), ("squares", "square of 25 points"), ("boxes", "six points of a cube"), ("filters", "filter of seven weights")):
        best, first, loops = times[call]["best"], times[call]["first"], times[call + "_loops"]["best"]
        yield Row(f"{words}, beside loops", best["zouk"] / loops["zouk"], 1.1, unit="x loops", zouk=f"{best['zouk']:.3g} ms", numba=f"{loops['zouk']:.3g} ms")
        for name, figures, bar in ((words, best, 1 / 2), (f"{words}, first call", first, 1 / 4)):
            if "numba" in figures:
                yield Row(name, figures["zouk"] / figures["numba"], bar, zouk=f"{figures['zouk']:.3g} ms", numba=f"{figures['numba']:.3g} ms")
            else:
                yield Row(name, zouk=f"{figures['zouk']:.3g} ms")
