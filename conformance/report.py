"""Writes docs/conformance.md from what was run last."""

import json
from collections import Counter

from causes import MEANINGS, cause_of
from cuda_tests import FILES as CUDA_FILES
from files import FILES, is_inside
from run import ROOT, WORK, version

PAGE = ROOT / "docs" / "conformance.md"
CUDA_PAGE = ROOT / "docs" / "conformance-cuda.md"

HEAD = """# Numba's own tests

Numba {version} comes with its tests. `make conformance` fetches its wheel, runs {files} files of them on zouk under the name of Numba ([from-numba.md](from-numba.md)), and writes this page;
`conformance/run.py test_numconv …` runs some. Which files: `conformance/files.py`. What passes is listed in `conformance/passing/`; `make test` runs the quick files and fails
when a test that is listed does not pass.

Tests of Numba's inside (its IR, its passes, its sorting routines) are not counted, nor are those that Numba itself skips here. **{passed} of {run} tests pass.**
"""

CUDA_HEAD = """# Numba's own tests of CUDA

Of the tests of CUDA that come with Numba {version}, {files} files are run as the others are ([conformance.md](conformance.md)), with kernels on the CPU: no GPU is needed, and tests that Numba skips in its
simulator are run. Which files: `conformance/cuda_tests.py`. Tests of Numba's driver binding, linker, debug information and memory manager are left out. **{passed} of {run} tests pass.**
"""

TABLE = """
| file | tests | pass | do not | why |
|---|--:|--:|--:|---|
"""


def write():
    write_page(PAGE, HEAD, [file for file in FILES if file not in CUDA_FILES])
    write_page(CUDA_PAGE, CUDA_HEAD, CUDA_FILES)


def write_page(page, head, files):
    """A page about those of the files that were run. None of them leaves the page as it is."""
    found = [json.loads((WORK / f"{file}.json").read_text()) for file in files if (WORK / f"{file}.json").exists()]
    if not found:
        return
    rows, causes, explained, numbers = [], Counter(), [], Counter()
    for each in found:
        file, own, counts = each["file"], Counter(), Counter()
        for name, (status, message, *_) in each["results"].items():
            if status == "skipped" or is_inside(file, name):
                continue
            counts["run"] += 1
            counts["passed"] += status == "passed"
            if status != "passed":
                cause, why = cause_of(file, name, status, message)
                own[cause] += 1
                if why or cause in ("crash", "panic", "time", "result"):
                    explained.append((f"{file}: {name}", why or MEANINGS[cause]))
        numbers += counts
        causes += own
        why = "not run: " + each["broken"].splitlines()[0][:120] if each["broken"] else ", ".join(f"{cause} {count}" for cause, count in own.most_common())
        rows.append(f"| {file} | {counts['run']} | {counts['passed']} | {counts['run'] - counts['passed']} | {why} |")
    text = (head + TABLE).format(version=version(), files=len(files), passed=numbers["passed"], run=numbers["run"]) + "\n".join(rows) + "\n"
    text += "\n## Why tests do not pass\n\n| | tests | |\n|---|--:|---|\n"
    text += "".join(f"| {cause} | {causes[cause]} | {meaning} |\n" for cause, meaning in MEANINGS.items() if causes[cause])
    if explained:
        text += "\n## Other results than Numba's\n\n| test | why |\n|---|---|\n"
    text += "".join(f"| `{name}` | {why} |\n" for name, why in sorted(explained))
    page.write_text(text)
    print(f"{numbers['passed']} of {numbers['run']} tests pass: {page.relative_to(ROOT)}")


if __name__ == "__main__":
    write()
