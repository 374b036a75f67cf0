"""Runs an example: checks the result against NumPy's, and prints where it ran and how fast."""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1]))
import programs


def is_right(program, size):
    """Whether the kernels compute what NumPy does."""
    computed = program.launch(*program.prepare(*program.arguments(size))).copy_to_host()
    return programs.agrees(program, computed, np.asarray(program.expected(*program.arguments(size))))


def seconds(program, device_arguments):
    """Seconds that the launches of the program take, without copies between host and device."""
    program.cuda.synchronize()
    start = time.perf_counter()
    program.launch(*device_arguments)
    program.cuda.synchronize()
    return time.perf_counter() - start


def where(cuda):
    """What kernels run on, in words."""
    if cuda.execution_target() == "cuda":
        name = cuda.get_current_device().name
        return f"GPU {name.decode() if isinstance(name, bytes) else name}"
    return "CPU" if cuda.is_available() else "CPU, as there is no GPU here"


def measure(program, repetitions=5):
    """Whether the result is right, the seconds of the first run at the small size, and those of a run at the full size."""
    first = seconds(program, program.prepare(*program.arguments(program.SMALL)))
    right = is_right(program, program.SMALL) and is_right(program, program.SIZE)
    device_arguments = program.prepare(*program.arguments(program.SIZE))
    return right, first, statistics.median(seconds(program, device_arguments) for _ in range(repetitions))


def report(path):
    program = sys.modules["__main__"]
    right, first, typical = measure(program)
    print(f"{Path(path).stem}, size {program.SIZE}, on the {where(program.cuda)}: {'right' if right else 'WRONG'}")
    print(f"  first run, compilation included, size {program.SMALL}: {first * 1e3:.1f} ms; then {typical * 1e3:.2f} ms, {program.amount(program.SIZE) / typical:.3g} {program.UNIT}")
    sys.exit(not right)
