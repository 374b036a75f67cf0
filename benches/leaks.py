"""Memory: a million calls that allocate and return, and a million that raise, must not make the process grow."""

import os

from rows import Row, new_process

GROWTH = """
import sys, json
import leaks
print(json.dumps(leaks.growth_of(sys.argv[1])))
"""

WARM_UP, CALLS = 100_000, 1_000_000
# Pages that the allocator or the interpreter happens to touch for the first time.
TOLERATED_MIB = 1.0


def resident():
    """The resident set in MiB."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


def repeat(function, argument, count):
    for _ in range(count):
        try:
            function(argument)
        except ValueError:
            pass


def growth_of(kernel):
    import kernels

    function = kernels.define("zouk", kernel)
    repeat(function, 16, WARM_UP)
    before = resident()
    repeat(function, 16, CALLS)
    return resident() - before


def growth(repetitions, with_numba):
    for kernel, text in (("allocate", "allocate and return"), ("failing", "raise")):
        yield Row(f"growth over a million calls that {text}", new_process(GROWTH, kernel), TOLERATED_MIB, "MiB")
