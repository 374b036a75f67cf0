"""Every example program at its small size: the compiled result agrees with plain CPython's."""

import sys
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).resolve().parents[2] / "examples"))
programs = pytest.importorskip("programs")


@pytest.mark.parametrize("name", programs.NAMES)
def test_example(name):
    python, compiled = programs.load(name, "interpreter"), programs.load(name, "zouk")
    expected = python.run(*python.arguments(python.SMALL))
    for _ in range(2):
        result = compiled.run(*compiled.arguments(compiled.SMALL))
        assert programs.agrees(compiled, result, expected)


def test_the_tour():
    """Every stop of `examples/tour.py` compares its results with what they must be."""
    import tour

    for why, stop in tour.TOUR:
        assert tour.is_right(stop), why
