"""The kernels of `examples/cuda`, at their small sizes and at sizes around those of blocks, on what launches run on: the results are NumPy's."""

import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from cuda_support import STANDIN, nothing_leaks  # noqa: F401

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "cuda"
sys.path[:0] = [str(FOLDER.parent), str(FOLDER)]
programs = pytest.importorskip("programs")
report = pytest.importorskip("report")


def test_every_kernel_is_in_the_list():
    others = {"report", "demo", "matrices"}
    assert {path.stem for path in FOLDER.glob("*.py")} - others == set(programs.KERNELS)


@pytest.mark.parametrize("name", programs.KERNELS)
def test_kernel(name):
    program = programs.load(f"cuda/{name}")
    for size in (program.SMALL, 1, 31, 33, 64, 257):
        assert report.is_right(program, size), size


def test_few_points_of_the_mandelbrot_set_are_in_doubt():
    program = programs.load("cuda/mandelbrot")
    least, most = program.expected(*program.arguments(200))
    assert (least <= most).all() and (least == most).mean() > 0.95
    assert not program.agrees(least - 1, np.stack([least, most])) and not program.agrees(most + 1, np.stack([least, most]))


def test_points_of_the_mandelbrot_set_that_rounding_decides():
    program = programs.load("cuda/mandelbrot")
    left, top, step, _ = program.arguments(program.SIZE)
    row = top + program.SIZE // 2 * step
    # Beside the real axis, by as much as a product and a sum that are rounded once are off from 0.
    exactly = Fraction(top) + program.SIZE // 2 * Fraction(step)
    assert row == 0 and exactly != 0
    counts = np.zeros((1, 70), np.int32)
    for column in range(counts.size):
        re, im, x, y = Fraction(left) + column * Fraction(step), Fraction(float(exactly)), Fraction(0), Fraction(0)
        re = Fraction(float(re))
        while counts[0, column] < program.LIMIT and x * x + y * y <= 4:
            x, y = Fraction(float(x * x - y * y + re)), Fraction(float(2 * x * y + im))
            counts[0, column] += 1
    bounds = program.expected(left, row, step, counts)
    assert program.agrees(counts, bounds) and (bounds[0] < bounds[1]).any()


@pytest.mark.skipif(STANDIN is not None, reason="too long for an interpreter")
def test_an_example_reports():
    done = subprocess.run([sys.executable, FOLDER / "vector_add.py"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout and "GB/s" in done.stdout
