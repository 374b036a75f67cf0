"""Runs every kernel of this folder, checks the results against NumPy's, and prints one table.

    python examples/cuda/demo.py [names…]
"""

import argparse
import sys

from report import measure, programs, where

WIDTHS = [15, 9, 14, 9, 24, 7]


def line(cells):
    return "  ".join(str(cell).rjust(width) if i else str(cell).ljust(width) for i, (cell, width) in enumerate(zip(cells, WIDTHS)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *programs.KERNELS], help="kernels to run; all of them by default")
    options = parser.parse_args()

    from zouk import cuda

    print(f"Kernels on the {where(cuda)}")
    print(line(["kernel", "size", "first run ms", "ms", "speed", "result"]))
    wrong = 0
    for name in options.names or programs.KERNELS:
        try:
            program = programs.load(f"cuda/{name}")
            right, first, typical = measure(program)
            speed = f"{program.amount(program.SIZE) / typical:.3g} {program.UNIT}"
            print(line([name, program.SIZE, f"{first * 1e3:.1f}", f"{typical * 1e3:.2f}", speed, "✓" if right else "WRONG"]), flush=True)
        except Exception as error:
            right = False
            print(line([name, "", "", "", "", "FAILED"]) + f"\n  {type(error).__name__}: {error}", flush=True)
        wrong += not right
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
