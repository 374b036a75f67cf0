"""Runs every example under CPython, Numba (where it is installed) and zouk; checks zouk's results against CPython's; prints one table.

    python examples/demo.py [names…] [--small]
"""

import argparse
import gc
import importlib.util
import math
import os
import shutil
import statistics
import sys
import tempfile
import time

import programs

WARM_UP = "def warm_up(n):\n    total = 0\n    for i in range(n):\n        total += i\n    return total\n"


def timed(function, arguments):
    start = time.perf_counter()
    result = function(*arguments)
    return time.perf_counter() - start, result


def typical(module, size, repetitions=5):
    """The median time of some calls, each with fresh arguments."""
    gc.collect()
    return statistics.median(timed(module.run, module.arguments(size))[0] for _ in range(repetitions))


def warm_up(compiler):
    """One compilation of anything, so that first calls do not pay for the start of the compiler."""
    with tempfile.NamedTemporaryFile("w", suffix=".py") as file:
        file.write(WARM_UP)
        file.flush()
        scope = {}
        exec(compile(WARM_UP, file.name, "exec"), scope)
        compiler.njit(scope["warm_up"])(3)


def measure(name, compilers, small):
    """The figures of one program, and whether every compiled result agrees with CPython's at both sizes."""
    python = programs.load(name, "interpreter")
    size = python.SMALL if small else python.SIZE
    expected_small = python.run(*python.arguments(python.SMALL))
    row = {"name": name, "size": size, "right": True}
    row["cpython"], expected = timed(python.run, python.arguments(size))
    for compiler in compilers:
        module = programs.load(name, compiler)
        row[compiler, "first"], result_small = timed(module.run, module.arguments(module.SMALL))
        right = programs.agrees(module, result_small, expected_small) and programs.agrees(module, module.run(*module.arguments(size)), expected)
        row[compiler, "time"] = typical(module, size)
        if compiler == "zouk":
            row["right"] = right
        elif not right:
            print(f"note: {compiler}'s result of {name} differs from CPython's", file=sys.stderr)
    return row


COLUMNS = ["program", "size", "CPython s", "Numba ms", "zouk ms", "x CPython", "x Numba", "first call: Numba ms", "zouk ms", "result"]
WIDTHS = [15, 9, 9, 9, 9, 9, 8, 20, 8, 6]


def line(cells):
    return "  ".join(str(cell).rjust(width) if i else str(cell).ljust(width) for i, (cell, width) in enumerate(zip(cells, WIDTHS)))


def cells(row, with_numba):
    if "error" in row:
        return [row["name"], "", "", "", "", "", "", "", "", "FAILED"]

    def milliseconds(key):
        return f"{row[key] * 1e3:.1f}" if key in row else "-"

    return [
        row["name"],
        row["size"],
        f"{row['cpython']:.2f}",
        milliseconds(("numba", "time")),
        milliseconds(("zouk", "time")),
        f"{row['cpython'] / row['zouk', 'time']:.0f}",
        f"{row['numba', 'time'] / row['zouk', 'time']:.2f}" if with_numba else "-",
        milliseconds(("numba", "first")),
        milliseconds(("zouk", "first")),
        "✓" if row["right"] else "WRONG",
    ]


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))


def summary(rows, with_numba):
    for row in rows:
        if "error" in row:
            yield f"{row['name']}: {row['error']}"
    right = sum(row["right"] for row in rows)
    yield f"{right} of {len(rows)} results agree with CPython's"
    rows = [row for row in rows if "error" not in row]
    if not rows:
        return
    yield f"zouk is {geometric_mean([r['cpython'] / r['zouk', 'time'] for r in rows]):.0f} times as fast as CPython (geometric mean)"
    if with_numba:
        yield f"and {geometric_mean([r['numba', 'time'] / r['zouk', 'time'] for r in rows]):.2f} times as fast as Numba;"
        first = geometric_mean([r["numba", "first"] / r["zouk", "first"] for r in rows])
        yield f"its first calls, compilation included, are {first:.1f} times as quick as Numba's"
    else:
        yield "Numba is not installed: its columns are empty"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *programs.NAMES], help="programs to run; all of them by default")
    parser.add_argument("--small", action="store_true", help="the small sizes: a quick check")
    options = parser.parse_args()

    # An empty cache: first calls are to be compilations.
    cache = tempfile.mkdtemp(prefix="zouk-demo-")
    os.environ["ZOUK_CACHE_DIR"] = cache
    try:
        import zouk

        with_numba = importlib.util.find_spec("numba") is not None
        warm_up(zouk)
        if with_numba:
            import numba

            warm_up(numba)
        compilers = ["numba", "zouk"] if with_numba else ["zouk"]
        print(line(COLUMNS))
        rows = []
        for name in options.names or programs.NAMES:
            try:
                rows.append(measure(name, compilers, options.small))
            except Exception as error:
                rows.append({"name": name, "right": False, "error": f"{type(error).__name__}: {error}"})
            print(line(cells(rows[-1], with_numba)), flush=True)
    finally:
        shutil.rmtree(cache, ignore_errors=True)
    print("\n" + "\n".join(summary(rows, with_numba)))
    return 0 if all(row["right"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
