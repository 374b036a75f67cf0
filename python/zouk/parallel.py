"""Threads of parallel loops: how many there are, how large their chunks are, and what became of each loop."""

import os
import warnings
from contextlib import ContextDecorator

from . import _zouk
from .errors import ZoukPerformanceWarning


def _check_setting():
    """Warns of a number of threads in the environment that is none: it counts for nothing."""
    said = os.environ.get("ZOUK_NUM_THREADS")
    if said and not (said.strip().isdecimal() and int(said) > 0):
        warnings.warn(f"ZOUK_NUM_THREADS={said!r} is no positive number; loops use as many threads as there are processors", RuntimeWarning, stacklevel=2)


_check_setting()


def get_num_threads():
    """How many threads parallel loops use that this thread starts."""
    return _zouk.threads()


def set_num_threads(n):
    """Lets parallel loops that this thread starts use `n` threads: at most as many as `ZOUK_NUM_THREADS` says, or as there are processors."""
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError("The number of threads specified must be an integer")
    n = n.__index__()
    if not 1 <= n <= _zouk.most_threads():
        raise ValueError(f"The number of threads must be between 1 and {_zouk.most_threads()}")
    _zouk.set_threads(n)


def get_thread_id():
    """The number of this thread in the parallel loop that it works on, from 0; 0 outside of one."""
    return _zouk.thread()


def threading_layer():
    """What runs parallel loops."""
    return "rayon"


def get_parallel_chunksize():
    """How many iterations a chunk has: 0 when that is left to zouk."""
    return _zouk.chunk_size()


def set_parallel_chunksize(n):
    """Gives the chunks of parallel loops that this thread starts `n` iterations each; 0 leaves that to zouk. Returns what was set before."""
    if isinstance(n, bool) or not hasattr(n, "__index__"):
        raise TypeError("The parallel chunksize must be an integer")
    n = n.__index__()
    if n < 0:
        raise ValueError("chunksize must be greater than or equal to zero")
    return _zouk.set_chunk_size(n)


class parallel_chunksize(ContextDecorator):
    """`with parallel_chunksize(n):`, in Python or in compiled code: in its block chunks of parallel loops have `n` iterations."""

    def __init__(self, n):
        self._n = n
        self._before = []

    def __enter__(self):
        self._before.append(set_parallel_chunksize(self._n))

    def __exit__(self, *_):
        set_parallel_chunksize(self._before.pop())


def parsed(remarks):
    """The remarks as a list of dicts."""
    import json

    return json.loads(remarks)


def _is_quiet():
    return os.environ.get("ZOUK_DISABLE_PERFORMANCE_WARNINGS", "0") not in ("", "0")


def _warn(remarks):
    """Warns of every loop that is said to be parallel and runs on one thread."""
    for remark in parsed(remarks):
        if remark["warns"] and not _is_quiet():
            message = f"this loop runs on one thread: {remark['reason']}"
            warnings.warn_explicit(message, ZoukPerformanceWarning, remark["file"] or "<unknown>", remark["line"] or 1)


def _warn_of_nothing(dispatcher):
    """Warns that a function has nothing to share out among threads."""
    code = dispatcher.py_func.__code__
    # A loop that is not there any more, as what it computes was known, is not what its author has forgotten.
    if _is_quiet() or "prange" in code.co_names:
        return
    message = f"'parallel=True' was specified but no transformation for parallel execution was possible: {dispatcher.__name__}() has nothing that may be shared out among threads"
    warnings.warn_explicit(message, ZoukPerformanceWarning, code.co_filename, code.co_firstlineno)


_KINDS = {"prange": "loop over prange", "array": "array operation", "reduction": "reduction of an array", "allocation": "array", "loop": "loop around loops"}
_SPREAD = {"parallel": "parallel", "gpu": "on the GPU"}


def report(name, args, remarks, level):
    """The remarks in words: which loops are parallel; from level 2 why others are not; from 3 what is put together and tested; at 4 the lines."""
    import linecache

    lines = [f"Parallel loops of {name} {args}:"]
    for remark in remarks:
        status = remark["status"]
        if status not in _SPREAD and level < 2:
            continue
        text = f"  line {remark['line']}: {_KINDS.get(remark['kind'], remark['kind'])}: {_SPREAD.get(status, status)}"
        if remark["reason"]:
            text += f": {remark['reason']}"
        lines.append(text)
        if level >= 3 and remark["reductions"]:
            lines.append("    put together from chunks: " + ", ".join(remark["reductions"]))
        if level >= 3 and remark["tests"]:
            lines.append(f"    tested at run time: {remark['tests']} (arrays that may overlap, subscripts that may wrap around); where a test fails, it runs on one thread")
        source = linecache.getline(remark["file"], remark["line"]).strip() if level >= 4 else ""
        if source:
            lines.append(f"    {source}")
    count = sum(remark["status"] in _SPREAD for remark in remarks)
    lines.append(f"  {count} of {sum(remark['kind'] not in ('allocation', 'loop') for remark in remarks)} loops run in parallel")
    return "\n".join(lines)
