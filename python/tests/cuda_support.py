"""What tests of CUDA share. They run on the target that the process has: the CPU where there is no GPU, else the GPU. `test_cuda_standin.py` runs them
again on the stand-in driver."""

import cmath
import ctypes
import gc
import linecache
import math
import os
import warnings

import pytest
from zouk import cuda
from zouk.errors import ZoukPerformanceWarning

TARGET = cuda.execution_target()


def _standin():
    name = os.environ.get("ZOUK_CUDA_DRIVER")
    if TARGET != "cuda" or not name or "standin" not in name:
        return None
    library = ctypes.CDLL(name)
    library.standin_live_allocations.restype = ctypes.c_uint64
    library.standin_live_bytes.restype = ctypes.c_uint64
    library.standin_calls.restype = ctypes.c_uint64
    library.standin_calls.argtypes = [ctypes.c_char_p]
    library.standin_fail.argtypes = [ctypes.c_char_p, ctypes.c_int, ctypes.c_int]
    library.standin_last_problem.restype = ctypes.c_char_p
    return library


# The stand-in driver's own functions; None on other targets.
STANDIN = _standin()
on_gpu = pytest.mark.skipif(TARGET != "cuda", reason="about a driver")
on_standin = pytest.mark.skipif(STANDIN is None, reason="about the stand-in driver")


@cuda.jit
def double(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = 2 * x[i]


def settle():
    """Frees what nobody refers to."""
    gc.collect()
    cuda.current_context().deallocations.clear()


@pytest.fixture(autouse=True)
def nothing_leaks():
    """Each test gives back all memory; small grids and copies of host arrays are what tests have."""
    settle()
    before = STANDIN and STANDIN.standin_live_allocations()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ZoukPerformanceWarning)
        yield
    settle()
    assert (STANDIN and STANDIN.standin_live_allocations()) == before


def made(text, **names):
    """The names that a text defines; its lines can be found."""
    namespace = {"cuda": cuda, "math": math, "cmath": cmath, **names}
    file = f"<kernel {len(linecache.cache)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), namespace)
    return namespace
