"""Writes the tables of docs/cuda-ptx-quality.md: `python benches/ptx_page.py`. The text around them is written by hand."""

import importlib.util
import re
import sys
import tempfile
from pathlib import Path

from ptx import CHIPS, KERNELS, all_codes, tools
from rows import HERE

PAGE = HERE.parent / "docs" / "cuda-ptx-quality.md"
COMPILERS = ("zouk", "nvcc", "numba")


def figures(codes, chip):
    """The table of a chip: registers, and instructions of an iteration of the inner loop, or of the whole kernel where it has none."""
    lines = ["| kernel | registers: zouk | nvcc | Numba | instructions: zouk | nvcc | Numba | of |", "|---|--:|--:|--:|--:|--:|--:|---|"]
    for kernel in KERNELS:
        found = [codes.get((kernel.name, compiler, chip)) for compiler in COMPILERS]
        cells = [str(code.registers) if code else "-" for code in found] + [f"{code.per_unit:.4g}" if code else "-" for code in found]
        lines.append(f"| {kernel.name} | {' | '.join(cells)} | {'an iteration' if found[1].is_loop else 'the kernel'} |")
    return "\n".join(lines)


def memory(codes, chip):
    """How many instructions of each kind touch memory, in the whole kernel."""
    lines = ["| kernel | zouk | nvcc |", "|---|---|---|"]
    for kernel in KERNELS:
        found = [codes.get((kernel.name, compiler, chip)) for compiler in COMPILERS[:2]]
        lines.append(f"| {kernel.name} | {' | '.join(operations(code.memory) if code else '-' for code in found)} |")
    return "\n".join(lines)


def operations(counts):
    return ", ".join(f"{count} {kind}" for kind, count in counts.items() if kind != "LDC")


def main():
    home = tools()
    if home is None:
        sys.exit("nvcc, ptxas, cuobjdump or nvdisasm is not installed")
    with tempfile.TemporaryDirectory() as folder:
        codes, errors = all_codes(home, Path(folder), importlib.util.find_spec("numba") is not None)
    for key, error in errors.items():
        print(*key, error, file=sys.stderr)
    tables = {f"sm_{chip}": figures(codes, chip) for chip in CHIPS} | {"memory": memory(codes, 80)}
    text = PAGE.read_text()
    for name, table in tables.items():
        text, count = re.subn(rf"(<!-- {name} -->\n).*?(<!-- end -->)", lambda match, table=table: f"{match[1]}{table}\n{match[2]}", text, flags=re.DOTALL)
        assert count == 1, f"{PAGE.name} has no place for {name}"
    PAGE.write_text(text)


if __name__ == "__main__":
    main()
