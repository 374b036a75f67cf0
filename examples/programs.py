"""The example programs, loaded for a compiler of choice, and the comparison of their results.

Every program is a module with `run(*arguments(size))`, `SIZE` for timing, `SMALL` for quick checks, and, where a result may
differ from CPython's in the last places, `RTOL` and `ATOL`. `run` may change its arguments: make fresh ones for every call.
"""

import sys
import types
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).resolve().parent

NAMES = [
    "mandelbrot",
    "nbody",
    "sieve",
    "jacobi",
    "black_scholes",
    "matmul",
    "collatz",
    "spectral_norm",
    "floyd_warshall",
    "quicksort",
    "levenshtein",
    "monte_carlo_pi",
    "k_means",
]

# Kernels, in the folder `cuda`: `launch(*prepare(*arguments(size)))` is the device array with the result, `expected(*arguments(size))` what NumPy computes.
KERNELS = [
    "vector_add",
    "saxpy",
    "matmul",
    "matmul_tiled",
    "reduction",
    "histogram",
    "stencil",
    "nbody",
    "black_scholes",
    "warp_reduction",
    "prefix_sum",
    "mandelbrot",
]

sys.path.extend(str(folder) for folder in (FOLDER, FOLDER / "cuda") if str(folder) not in sys.path)


def load(name, compiler="zouk"):
    """The program as a new module whose `njit` or `cuda` comes from the module named `compiler`: `zouk`, `numba` or `interpreter`. A kernel's name is `cuda/NAME`."""
    path = FOLDER / f"{name}.py"
    text = path.read_text().replace("from zouk import", f"from {compiler} import")
    module = types.ModuleType(f"{name}_with_{compiler}", path.name)
    module.__file__ = str(path)
    sys.modules[module.__name__] = module
    exec(compile(text, str(path), "exec"), vars(module))
    return module


def same(result, expected, rtol=0.0, atol=0.0):
    """Whether two results agree: the same structure and dtypes, numbers equal or within the tolerance, NaN equal to NaN."""
    if isinstance(expected, tuple):
        return isinstance(result, tuple) and len(result) == len(expected) and all(same(r, e, rtol, atol) for r, e in zip(result, expected))
    result, expected = np.asarray(result), np.asarray(expected)
    if result.shape != expected.shape or result.dtype != expected.dtype:
        return False
    if rtol or atol:
        return np.allclose(result, expected, rtol, atol, equal_nan=True)
    return np.array_equal(result, expected, equal_nan=expected.dtype.kind in "fc")


def agrees(module, result, expected):
    """As `same`, within the tolerance that the program states, or as its own `agrees(result, expected)` says."""
    if hasattr(module, "agrees"):
        return module.agrees(result, expected)
    return same(result, expected, getattr(module, "RTOL", 0.0), getattr(module, "ATOL", 0.0))
