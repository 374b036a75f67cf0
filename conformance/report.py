"""Writes docs/conformance.md from what was run last."""

import json
from collections import Counter

from causes import MEANINGS, cause_of
from classes import KINDS, asked, class_of
from cuda_tests import FILES as CUDA_FILES
from files import ABOUT, FILES, is_inside
from run import ROOT, WORK, tests, version

PAGE = ROOT / "docs" / "conformance.md"
CUDA_PAGE = ROOT / "docs" / "conformance-cuda.md"

HEAD = """# Numba's own tests

Numba {version} comes with its tests. `make conformance` fetches its wheel, runs {files} files of them on zouk under the name of Numba ([from-numba.md](from-numba.md)), and writes this page;
`conformance/run.py test_numconv …` runs some. Which files: `conformance/files.py`. What passes is listed in `conformance/passing/`; `make test` runs the quick files and fails
when a test that is listed does not pass.

Tests that Numba itself skips here are not counted, nor are those of its passes and sorting routines, which are not run. **{passed} of {run} tests pass.**

## By what a test is about

{public_passed} of the {public} tests that touch only what Numba documents, and need no lists, dicts, sets, strings or generators, pass: **{share:.1f} %**.

| a test | tests | pass | |
|---|--:|--:|--:|
{classes}
A test's class does not depend on zouk (`conformance/classes.py`). What it needs was seen by Numba itself: `conformance/needs.py` runs the tests on Numba, and asks its type inference, for
every function that a test has compiled, of which types the arguments and variables are; `conformance/needs/` has the answers. Files about one of the five as a whole are not asked.{unasked} A test
is about Numba's internals when its code, or code of its file that it reaches, names modules, objects or attributes that Numba's documentation does not offer. Numba's own words in messages are
asked for by many public tests: where zouk says what Python or NumPy says, the test does not pass. Nor does one that wants a refusal where CPython and NumPy compute, and so does zouk
("accepted" below), or Numba's result where zouk's is theirs. All of these count: of the public tests that do not pass they are {better}.

## By file
"""

CUDA_HEAD = """# Numba's own tests of CUDA

Of the tests of CUDA that come with Numba {version}, {files} files are run as the others are ([conformance.md](conformance.md)), with kernels on the CPU: no GPU is needed, and tests that Numba skips in its
simulator are run. Which files: `conformance/cuda_tests.py`. Tests of Numba's driver binding and memory manager are left out. **{passed} of {run} tests pass.**
"""

TABLE = """
| file | tests | pass | do not | why |
|---|--:|--:|--:|---|
"""

CLASSES = {
    "public": "touches only the public interface, and needs none of the following",
    **{kind: f"needs {kind}" for kind in KINDS},
    "loops": "is made of a list, for one loop of one universal function",
    "internals": "is about Numba's internals",
}


def class_row(kind, meaning, classes):
    run, passed = classes[kind, "run"], classes[kind, "passed"]
    return f"| {meaning} | {run} | {passed} | {100 * passed / max(1, run):.0f} % |\n"


def write():
    write_page(PAGE, HEAD, [file for file in FILES if file not in CUDA_FILES], by_class=True)
    write_page(CUDA_PAGE, CUDA_HEAD, CUDA_FILES, by_class=False)


def write_page(page, head, files, by_class):
    """A page about those of the files that were run. None of them leaves the page as it is."""
    found = [json.loads((WORK / f"{file}.json").read_text()) for file in files if (WORK / f"{file}.json").exists()]
    if not found:
        return
    rows, causes, public, explained, numbers, classes = [], Counter(), Counter(), [], Counter(), Counter()
    folder = tests()
    for each in found:
        file, own, counts = each["file"], Counter(), Counter()
        for name, (status, message, *_) in each["results"].items():
            if status == "skipped" or is_inside(file, name):
                continue
            kind = class_of(file, name, folder) if by_class else None
            counts["run"] += 1
            classes[kind, "run"] += 1
            classes[kind, "passed"] += status == "passed"
            counts["passed"] += status == "passed"
            if status != "passed":
                cause, why = cause_of(file, name, status, message)
                own[cause] += 1
                public[cause] += kind == "public"
                if why or cause in ("crash", "panic", "time", "result"):
                    explained.append((f"{file}: {name}", why or MEANINGS[cause]))
        numbers += counts
        causes += own
        why = "not run: " + each["broken"].splitlines()[0][:120] if each["broken"] else ", ".join(f"{cause} {count}" for cause, count in own.most_common())
        rows.append(f"| {file} | {counts['run']} | {counts['passed']} | {counts['run'] - counts['passed']} | {why} |")
    unasked = [f"`{file}`" for file in files if by_class and file not in ABOUT and not asked(file)]
    text = (head + TABLE).format(
        version=version(),
        files=len(files),
        passed=numbers["passed"],
        run=numbers["run"],
        public=classes["public", "run"],
        public_passed=classes["public", "passed"],
        share=100 * classes["public", "passed"] / max(1, classes["public", "run"]),
        classes="".join(class_row(kind, meaning, classes) for kind, meaning in CLASSES.items()),
        better=sum(public[cause] for cause in ("message text", "accepted", "other result", "bounds")),
        unasked=f" Not asked yet, so that none of their tests is known to need any: {', '.join(unasked)}." if unasked else "",
    )
    text += "\n".join(rows) + "\n"
    if by_class:
        text += "\n## Why tests do not pass\n\n| | tests | public ones | |\n|---|--:|--:|---|\n"
        text += "".join(f"| {cause} | {causes[cause]} | {public[cause]} | {meaning} |\n" for cause, meaning in MEANINGS.items() if causes[cause])
    else:
        text += "\n## Why tests do not pass\n\n| | tests | |\n|---|--:|---|\n"
        text += "".join(f"| {cause} | {causes[cause]} | {meaning} |\n" for cause, meaning in MEANINGS.items() if causes[cause])
    if explained:
        text += "\n## Other results than Numba's\n\n| test | why |\n|---|---|\n"
    text += "".join(f"| `{name}` | {why} |\n" for name, why in sorted(explained))
    page.write_text(text)
    print(f"{numbers['passed']} of {numbers['run']} tests pass: {page.relative_to(ROOT)}")


if __name__ == "__main__":
    write()
