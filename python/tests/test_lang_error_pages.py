"""The pages in docs/errors: every code that the compiler uses has one, and the program on a page gives that error."""

import re
from pathlib import Path

import numpy as np
import pytest
from lang_support import register

import zouk
from zouk import njit

ROOT = Path(__file__).resolve().parents[2]
PAGES = {page.stem: page for page in (ROOT / "docs" / "errors").glob("*.md") if page.stem != "README"}
WITH_PROGRAM = sorted(code for code, page in PAGES.items() if "```python" in page.read_text())
# A code is the text after the class of a diagnostic, or the first argument of a helper named `error`.
CODE = re.compile(r'(?:ErrorClass::\w+|\bclass|\berror\()[\s,]*"([a-z]+(?:-[a-z]+)*)"')


def codes():
    """The codes in the Rust sources, and where."""
    found = {}
    for folder in ("frontend", "passes", "driver", "python"):
        for path in (ROOT / folder / "src").rglob("*.rs"):
            for code in CODE.findall(path.read_text()):
                found.setdefault(code, path.relative_to(ROOT))
    return found


def test_every_code_has_a_page():
    missing = {code: str(path) for code, path in codes().items() if code not in PAGES}
    assert not missing, f"no page in docs/errors for {missing}"


def test_every_page_has_a_code_and_a_line_in_the_table():
    table = (ROOT / "docs" / "errors" / "README.md").read_text()
    assert PAGES.keys() <= codes().keys(), f"no diagnostic has the code {PAGES.keys() - codes().keys()}"
    assert not [code for code in PAGES if f"({code}.md)" not in table]


@pytest.mark.parametrize("code", WITH_PROGRAM)
def test_the_program_on_the_page_gives_the_error(code):
    text = PAGES[code].read_text()
    program = re.search(r"```python\n(.*?)```", text, re.S)[1]
    named = re.search(r"Raised as `(\w+)`", text)[1]
    with pytest.raises(getattr(zouk, named, SyntaxError)) as info:
        exec(compile(program, register(program), "exec"), {"np": np, "njit": njit, "__name__": "page"})
    assert f"[{code}]" in str(info.value)
