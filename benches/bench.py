"""Speed, one row for each promise: zouk and Numba measured in the same run, interleaved; PASS or MISS against the bar.

    python benches/bench.py [--only SECTION …] [--repetitions N] [--json FILE]

Sections: import, first-call, compile, cached, calls, programs, math, arrays, sorting, stencils, products, classes, parallel, ufuncs, scaling, library, leaks, launches,
ptx, compile-ptx, kernels-on-cpu.
"""

import argparse
import importlib.util
import json
import sys
from dataclasses import asdict

import arrays
import classes
import compiling
import kernels_on_cpu
import launches
import leaks
import library
import parallel_loops
import products
import ptx
import running
import sorting
import starting
import stencils
import ufuncs

SECTIONS = {
    "import": starting.import_time,
    "first-call": starting.first_call,
    "compile": compiling.warm_compile,
    "cached": starting.cached_call,
    "calls": running.call_overhead,
    "programs": running.programs_run_time,
    "math": running.elementary_functions,
    "arrays": arrays.arrays,
    "sorting": sorting.sorting,
    "stencils": stencils.stencils,
    "products": products.products,
    "classes": classes.classes,
    "parallel": parallel_loops.parallel,
    "ufuncs": ufuncs.ufuncs,
    "scaling": compiling.scaling,
    "library": library.compile_times,
    "leaks": leaks.growth,
    "launches": launches.launches,
    "ptx": ptx.ptx,
    "compile-ptx": kernels_on_cpu.compile_to_ptx,
    "kernels-on-cpu": kernels_on_cpu.kernels_on_cpu,
}


def machine():
    """What the figures were taken on."""
    with open("/proc/cpuinfo") as file:
        models = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{models[0] if models else 'unknown processor'}, {len(models)} threads; Python {sys.version.split()[0]}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(SECTIONS), help="sections to run; all of them by default")
    parser.add_argument("--repetitions", type=int, default=5, help="interleaved repetitions whose median counts (5)")
    parser.add_argument("--json", metavar="FILE", help="writes the rows to a file too")
    options = parser.parse_args()

    with_numba = importlib.util.find_spec("numba") is not None
    print(machine() + ("" if with_numba else "\nNumba is not installed: rows that compare with it are skipped"))
    rows = []
    for name in options.only or SECTIONS:
        print(f"\n{name}", flush=True)
        for row in section(SECTIONS[name], options.repetitions, with_numba):
            rows.append(row)
            print(row.text(), flush=True)
    counts = {verdict: sum(row.verdict == verdict for row in rows) for verdict in ("PASS", "MISS", "FAIL", "SKIP")}
    print("\n" + ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if count))
    if options.json:
        with open(options.json, "w") as file:
            json.dump([asdict(row) | {"verdict": row.verdict} for row in rows], file, indent=1)
    return 1 if counts["MISS"] or counts["FAIL"] else 0


def section(measure, repetitions, with_numba):
    """The rows of a section; an error in the middle becomes a row, and the other sections go on."""
    from rows import Row

    try:
        yield from measure(repetitions, with_numba)
    except Exception as error:
        yield Row(measure.__name__.replace("_", " "), error=f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    sys.exit(main())
