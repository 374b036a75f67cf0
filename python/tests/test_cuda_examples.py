"""The kernels of `examples/cuda`, at their small sizes and at sizes around those of blocks, on what launches run on: the results are NumPy's."""

import subprocess
import sys
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


@pytest.mark.skipif(STANDIN is not None, reason="too long for an interpreter")
def test_an_example_reports():
    done = subprocess.run([sys.executable, FOLDER / "vector_add.py"], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "right" in done.stdout and "GB/s" in done.stdout
