"""Compares its input with the lines of a test file that begin with `// OUT:` (or `# OUT:`); with BLESS set it rewrites them.

    zouk-opt test.mlir --canonicalize | expect.py test.mlir [PREFIX]

A test with several RUN lines gives each its own prefix. Lines that are written anew stand where the old ones stood, else at the end.
"""

import difflib
import os
import re
import sys


def normalised(text):
    """Trailing blanks and empty lines at either end do not count; nor does the folder of a file."""
    lines = [line.rstrip() for line in text.splitlines()]
    lines = [re.sub(r"(/[^\s\"':]+)+/([^\s\"':/]+\.(?:mlir|py))", r"\2", line) for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    while lines and not lines[0]:
        lines.pop(0)
    return lines


def main():
    path, prefix = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else "OUT"
    comment = "#" if path.endswith(".py") else "//"
    mark = f"{comment} {prefix}:"
    actual = normalised(sys.stdin.read())
    with open(path) as file:
        lines = file.read().split("\n")
    places = [i for i, line in enumerate(lines) if line.startswith(mark)]
    expected = [lines[i][len(mark) :].removeprefix(" ") for i in places]
    if actual == expected:
        return 0
    if os.environ.get("BLESS") and actual:
        rewrite(path, lines, places, [f"{mark} {line}".rstrip() for line in actual])
        return 0
    sys.stderr.writelines(f"{line}\n" for line in difflib.unified_diff(expected, actual, "expected", "actual", lineterm=""))
    sys.stderr.write("to accept the new output: make bless\n")
    return 1


def rewrite(path, lines, places, new):
    """Puts the new lines where the first old one stood."""
    kept = [line for i, line in enumerate(lines) if i not in set(places)]
    if places:
        at = places[0]
    else:
        while kept and not kept[-1]:
            kept.pop()
        kept.append("")
        at = len(kept)
        new = [*new, ""]
    with open(path, "w") as file:
        file.write("\n".join(kept[:at] + new + kept[at:]))


if __name__ == "__main__":
    sys.exit(main())
