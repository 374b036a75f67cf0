"""The programs of the pages on C and on object mode run."""

import re
import runpy
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PROGRAMS = [(page, i, text) for page in ("c-functions", "object-mode") for i, text in enumerate(re.findall(r"```python\n(.*?)```", (DOCS / f"{page}.md").read_text(), re.S))]


@pytest.mark.parametrize("page, number, program", PROGRAMS, ids=[f"{page}-{i}" for page, i, _ in PROGRAMS])
def test_program(page, number, program, tmp_path):
    path = tmp_path / "program.py"
    path.write_text(program)
    runpy.run_path(str(path))


def test_there_are_programs():
    assert len(PROGRAMS) == 4
