# Every construct of the language of kernels assembles for three generations of chips.
# REQUIRES: ptxas
# RUN: %python %s %zouk %ptxas

import os
import subprocess
import sys
import tempfile
from pathlib import Path

KERNELS = Path(__file__).resolve().parent / "Inputs" / "language.py"

CASES = [
    ("places", ["(i8[:],)"]),
    ("barriers", ["(i4[::1],)"]),
    ("scratch", ["(f4[::1],)"]),
    ("atomics", [f"({t}[::1], {t}[:, :], {t})" for t in ("i4", "u4", "i8", "u8", "f4", "f8")]),
    ("atomics_of_integers", [f"({t}[::1], {t})" for t in ("i4", "u4", "i8", "u8")]),
    ("atomics_unsigned", [f"({t}[::1], {t})" for t in ("u4", "u8")]),
    ("shuffles", [f"({t}[::1],)" for t in ("i4", "i8", "f4", "f8", "u4")]),
    ("votes", [f"({t}[::1], i4[::1])" for t in ("i4", "i8", "f4", "f8")]),
    ("bits", [f"({t}[::1],)" for t in ("i4", "u4", "i8", "u8")]),
    ("instructions", ["(f4[::1],)", "(f8[::1],)"]),
    ("hints", [f"({t}[::1], {t}[:, :])" for t in ("i1", "i2", "i4", "i8", "f4", "f8")]),
    ("devices", ["(f4[::1],)", "(i8[:],)"]),
    ("maths", ["(f4[::1],)", "(f8[::1],)"]),
    ("integers", ["(i8[::1],)", "(i4[::1],)", "(u8[::1],)"]),
    ("complexes", ["(c16[::1],)", "(c8[::1],)"]),
    ("views", ["(f8[:, ::1], f8[::1])", "(f4[:, :], f4[:])"]),
    ("ufuncs", ["(f8[:, ::1], f8[:, ::1], f8[:, ::1])"]),
    ("printing", ["(f4[::1],)", "(i8[::1],)"]),
    ("raising", ["(f4[::1],)"]),
]


def main(zouk, ptxas):
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, signatures in CASES:
            for signature in signatures:
                for chip in ("sm_75", "sm_80", "sm_90"):
                    ptx = os.path.join(folder, "k.ptx")
                    made = subprocess.run([zouk, "compile", KERNELS, "--entry", name, "--signature", signature, "--chip", chip, "--emit", "ptx", "-o", ptx], capture_output=True, text=True)
                    if made.returncode == 0:
                        made = subprocess.run([ptxas, f"-arch={chip}", ptx, "-o", os.path.join(folder, "k.cubin")], capture_output=True, text=True)
                    if made.returncode != 0:
                        failed += 1
                        print(f"{name}{signature} {chip}: {made.stderr.strip()}")
                        break
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
