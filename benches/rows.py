"""A row of the table, and the ways to measure: in new processes, and side by side in one."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples"


@dataclass
class Row:
    """`value` must be at most `bar`; where Numba is the measure, `value` is zouk's figure over Numba's."""

    name: str
    value: float | None = None
    bar: float | None = None
    unit: str = "x Numba"
    zouk: str = ""
    numba: str = ""
    error: str = ""

    @property
    def verdict(self):
        if self.error:
            return "FAIL"
        if self.value is None:
            return "SKIP"
        return "" if self.bar is None else "PASS" if self.value <= self.bar else "MISS"

    def text(self):
        if self.error:
            return f"  FAIL  {self.name}: {self.error}"
        value = "" if self.value is None else f"{self.value:.3g} {self.unit}"
        bar = "" if self.bar is None else f"bar {self.bar:.3g}"
        return f"  {self.verdict:4}  {self.name:44} {value:>16}  {bar:10} {self.zouk:>14} {self.numba:>14}".rstrip()


def against_numba(name, zouk, numba, bar, unit="ms"):
    """A row that compares two times; `numba` is None where it is not installed."""
    texts = [f"{x:.3g} {unit}" for x in (zouk, numba) if x is not None]
    return Row(name, zouk / numba if numba else None, bar, zouk=texts[0], numba=texts[1] if numba else "")


def compilers(with_numba):
    return ["numba", "zouk"] if with_numba else ["zouk"]


def environment(cache=None):
    """The environment of a new process: its own empty caches unless `cache` names a folder."""
    paths = [str(HERE), str(EXAMPLES), *filter(None, [os.environ.get("PYTHONPATH")])]
    return os.environ | {"PYTHONPATH": os.pathsep.join(paths), "ZOUK_CACHE_DIR": str(cache), "NUMBA_CACHE_DIR": str(cache)}


def new_process(code, *arguments, cache=None, variables=None):
    """Runs `code` in a new interpreter, with some more environment variables; what it prints is JSON. Its object cache is empty unless a folder is given."""
    own = tempfile.mkdtemp(prefix="zouk-bench-") if cache is None else None
    try:
        command = [sys.executable, "-c", code, *map(str, arguments)]
        done = subprocess.run(command, env=environment(cache or own) | (variables or {}), capture_output=True, text=True, timeout=600)
    finally:
        if own:
            shutil.rmtree(own, ignore_errors=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"exit status {done.returncode}"]
        raise RuntimeError(lines[-1])
    return json.loads(done.stdout.splitlines()[-1])


def interleaved(names, measure, repetitions):
    """The median of `measure(name)` for every name, taken in turns so that a slow minute of the machine hits all alike.

    `measure` returns a number, or a dictionary of numbers.
    """
    taken = {name: [] for name in names}
    for _ in range(repetitions):
        for name in names:
            taken[name].append(measure(name))
    return {name: median(values) for name, values in taken.items()}


def median(values):
    if isinstance(values[0], dict):
        return {key: statistics.median(value[key] for value in values) for key in values[0]}
    return statistics.median(values)


def seconds(function, *arguments):
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start
