"""Kernels on the CPU: beside the same algorithms as parallel loops, beside Numba's simulator, and the time to compile one to PTX."""

import math

from ptx import KERNELS
from rows import Row, interleaved, new_process

TIME = """
import sys, json
from kernels_on_cpu import time_kernels
print(json.dumps(time_kernels(int(sys.argv[1]))))
"""

SIMULATE = """
import sys, json
from kernels_on_cpu import time_simulator
print(json.dumps(time_simulator()))
"""

# Sizes for the simulator, where a thread of a block is one of Python's.
SIMULATED = {"vector_add": 512, "saxpy": 16384, "matmul": 16, "matmul_tiled": 16, "reduction": 16384, "histogram": 16384, "stencil": 32,
             "nbody": 128, "black_scholes": 256, "prefix_sum": 512, "mandelbrot": 16}  # fmt: skip


def host_arguments(name, program, arguments):
    """What the loops of `kernel_loops` are called with: as the kernel's, and where the result goes."""
    import numpy as np

    results = {
        "vector_add": lambda x, y: np.empty_like(x),
        "matmul": lambda a, b: np.empty((a.shape[0], b.shape[1]), a.dtype),
        "matmul_tiled": lambda a, b: np.empty((a.shape[0], b.shape[1]), a.dtype),
        "reduction": lambda values: np.empty(1, np.float32),
        "warp_reduction": lambda values: np.empty(1, np.float32),
        "histogram": lambda data: np.empty(program.BINS, np.int32),
        "stencil": lambda plate: plate.copy(),
        "nbody": lambda bodies: np.empty((len(bodies), 3), np.float32),
        "black_scholes": lambda spot, *_: np.empty((2, spot.size)),
        "prefix_sum": lambda values: np.empty(values.size, np.int32),
    }
    return (*arguments, results[name](*arguments)) if name in results else arguments


def time_kernels(repetitions):
    """Seconds of the launches of every example at its size and of the same as loops, best of turns; or the error."""
    import gc
    from time import perf_counter

    import kernel_loops
    import programs

    def seconds(function, arguments):
        start = perf_counter()
        result = function(*arguments)
        return perf_counter() - start, result

    times = {}
    for kernel in KERNELS:
        try:
            program = programs.load(f"cuda/{kernel.name}")
            on_device = program.prepare(*program.arguments(program.SIZE))
            on_host = host_arguments(kernel.name, program, program.arguments(program.SIZE))
            sides = {"kernel": (program.launch, on_device), "loops": (getattr(kernel_loops, kernel.name), on_host)}
            best = dict.fromkeys(sides, math.inf)
            expected = program.expected(*program.arguments(program.SIZE))
            for turn in range(2 * repetitions + 1):
                for side, (function, arguments) in sides.items():
                    gc.collect()
                    elapsed, result = seconds(function, arguments)
                    if turn == 0:
                        computed = result.copy_to_host() if side == "kernel" else result
                        assert programs.agrees(program, computed, expected), f"the {side} computed something else than NumPy"
                    else:
                        best[side] = min(best[side], elapsed)
            times[kernel.name] = best | {"amount": program.amount(program.SIZE)}
        except Exception as error:
            times[kernel.name] = {"error": f"{type(error).__name__}: {error}"}
    return times


def time_simulator():
    """Seconds for the amount of work of one unit, in Numba's simulator."""
    import warnings
    from time import perf_counter

    import programs

    warnings.simplefilter("ignore")
    times = {}
    for name, size in SIMULATED.items():
        program = programs.load(f"cuda/{name}", "numba")
        device_arguments = program.prepare(*program.arguments(size))
        start = perf_counter()
        program.launch(*device_arguments)
        times[name] = (perf_counter() - start) / program.amount(size)
    return times


def kernels_on_cpu(repetitions, with_numba):
    times = new_process(TIME, repetitions, variables={"ZOUK_CUDA_TARGET": "cpu"})
    simulated = new_process(SIMULATE, variables={"NUMBA_ENABLE_CUDASIM": "1"}) if with_numba else {}
    ratios = []
    for name, found in times.items():
        if "error" in found:
            yield Row(f"{name} on the CPU", error=found["error"])
            continue
        kernel, loops = found["kernel"], found["loops"]
        ratios.append(kernel / loops)
        yield Row(f"{name} on the CPU, beside prange", kernel / loops, unit="x prange", zouk=f"{kernel * 1e3:.3g} ms", numba=f"{loops * 1e3:.3g} ms")
        if name in simulated:
            one = kernel / found["amount"]
            yield Row(f"{name} on the CPU, beside the simulator", one / simulated[name], 1 / 1000, "x simulator", f"{1 / one:.3g}/s", f"{1 / simulated[name]:.3g}/s")
    if ratios:
        yield Row(f"{len(ratios)} kernels on the CPU, geometric mean", math.exp(sum(map(math.log, ratios)) / len(ratios)), 2, "x prange")


WARM = """
import sys, json, time, numpy
import programs, ptx
program, other = programs.load("cuda/vector_add"), programs.load("cuda/matmul")
signatures = {kernel.name: ptx.types_of("zouk", kernel.signature) for kernel in ptx.KERNELS}
program.cuda.compile_ptx(other.matmul.py_func, signatures["matmul"], cc=(8, 0))
start = time.perf_counter()
program.cuda.compile_ptx(program.add.py_func, signatures["vector_add"], cc=(8, 0))
print(json.dumps((time.perf_counter() - start) * 1e3))
"""

COLD = """
import sys, json, time, numpy
start = time.perf_counter()
import programs, ptx
program = programs.load("cuda/vector_add")
program.cuda.compile_ptx(program.add.py_func, ptx.types_of("zouk", ptx.KERNELS[0].signature), cc=(8, 0))
print(json.dumps((time.perf_counter() - start) * 1e3))
"""


def compile_to_ptx(repetitions, with_numba):
    """Vector addition to PTX for sm_80: where another kernel was compiled before, and in a new process, import included (not NumPy's)."""
    import ptx

    home = ptx.tools()
    variables = {"CUDA_HOME": str(home)} if home else {}
    times = interleaved(["warm", "cold"], lambda kind: new_process(WARM if kind == "warm" else COLD, variables=variables), repetitions)
    yield Row("vector addition to PTX, warm", times["warm"], 60, "ms")
    yield Row("vector addition to PTX, in a new process", times["cold"], 150, "ms")
