"""The programs of the page on CUDA run, one after the other."""

import re
from pathlib import Path

from cuda_support import nothing_leaks  # noqa: F401

PAGE = (Path(__file__).parents[2] / "docs" / "cuda.md").read_text()


def test_the_page(tmp_path, monkeypatch):
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.S)
    assert len(programs) == 6
    path = tmp_path / "page.py"
    path.write_text("\n".join(programs))
    exec(compile(path.read_text(), str(path), "exec"), {"__name__": "page"})
