"""Runs an example: checks the result against NumPy's, and prints where it ran and how fast."""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

sys.path.append(str(Path(__file__).resolve().parents[1]))
import programs


def result_of(program, size):
    """What the kernels compute, and what NumPy does."""
    arguments = program.arguments(size)
    computed = program.launch(*program.prepare(*arguments)).copy_to_host()
    return computed, program.expected(*program.arguments(size))


def is_right(program, size):
    computed, expected = result_of(program, size)
    return programs.agrees(program, computed, np.asarray(expected))


def seconds(program, device_arguments, cuda):
    """Seconds that the launches of the program take, without copies between host and device."""
    start = time.perf_counter()
    program.launch(*device_arguments)
    cuda.synchronize()
    return time.perf_counter() - start


def report(path, repetitions=5):
    program = sys.modules["__main__"]
    cuda = program.cuda
    name, where = Path(path).stem, cuda.execution_target()
    where = f"GPU {cuda.get_current_device().name.decode()}" if where == "cuda" else "CPU (no GPU here)" if not cuda.is_available() else "CPU"
    first = seconds(program, program.prepare(*program.arguments(program.SMALL)), cuda)
    right = is_right(program, program.SMALL) and is_right(program, program.SIZE)
    device_arguments = program.prepare(*program.arguments(program.SIZE))
    typical = statistics.median(seconds(program, device_arguments, cuda) for _ in range(repetitions))
    speed = program.amount(program.SIZE) / typical
    print(f"{name}, size {program.SIZE}, on the {where}: {'right' if right else 'WRONG'}")
    print(f"  first run, compilation included: {first * 1e3:.1f} ms; then {typical * 1e3:.2f} ms, {speed:.3g} {program.UNIT}")
    sys.exit(not right)
