"""Writes docs/conformance.md from what was run last."""

import json
from collections import Counter

from causes import MEANINGS, cause_of
from files import FILES, is_inside
from run import ROOT, WORK, version

PAGE = ROOT / "docs" / "conformance.md"

HEAD = """# Numba's own tests

Numba {version} comes with its tests. `make conformance` fetches its wheel, runs {files} files of them on zouk under the name of Numba ([from-numba.md](from-numba.md)), and writes this page;
`conformance/run.py test_numconv …` runs some. Which files: `conformance/files.py`. What passes is listed in `conformance/passing/`; `make test` runs the quick files and fails
when a test that is listed does not pass.

Tests of Numba's inside (its IR, its passes, its sorting routines) are not counted, nor are those that Numba itself skips here. **{passed} of {run} tests pass.**

| file | tests | pass | do not | why |
|---|--:|--:|--:|---|
"""


def write():
    found = [json.loads((WORK / f"{file}.json").read_text()) for file in FILES if (WORK / f"{file}.json").exists()]
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
    text = HEAD.format(version=version(), files=len(FILES), passed=numbers["passed"], run=numbers["run"]) + "\n".join(rows) + "\n"
    text += "\n## Why tests do not pass\n\n| | tests | |\n|---|--:|---|\n"
    text += "".join(f"| {cause} | {causes[cause]} | {meaning} |\n" for cause, meaning in MEANINGS.items() if causes[cause])
    text += "\n## Other results than Numba's\n\n| test | why |\n|---|---|\n"
    text += "".join(f"| `{name}` | {why} |\n" for name, why in sorted(explained))
    PAGE.write_text(text)
    print(f"{numbers['passed']} of {numbers['run']} tests pass: {PAGE.relative_to(ROOT)}")


if __name__ == "__main__":
    write()
