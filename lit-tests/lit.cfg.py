"""Configuration of `lit lit-tests`: `.mlir` and `.py` files with RUN lines.

Substitutions: %zouk, %zouk-opt, %python, FileCheck, not, count, and %expect, which compares its input with the comment lines of the
test that begin with `OUT:` (see support/expect.py) and rewrites them when BLESS is set.
"""

import os
import sys
from pathlib import Path

import lit.formats

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
LLVM = Path("/usr/lib/llvm-22/bin")
BINARIES = Path(os.environ.get("ZOUK_BINARIES", ROOT / "target" / "release"))

config.name = "zouk"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".py"]
config.excludes = ["lit.cfg.py", "support", "Inputs"]
config.test_source_root = str(HERE)
config.test_exec_root = str(ROOT / "target" / "lit")

config.environment["BLESS"] = os.environ.get("BLESS", "")
config.environment["PATH"] = os.pathsep.join([str(LLVM), os.environ["PATH"]])
config.environment["ZOUK_CACHE_DIR"] = str(ROOT / "target" / "lit" / "cache")

# lit replaces the first that matches: %zouk-opt must come before %zouk.
config.substitutions += [
    ("%zouk-opt", str(BINARIES / "zouk-opt")),
    ("%zouk", str(BINARIES / "zouk")),
    ("%python", sys.executable),
    ("%expect", f"{sys.executable} {HERE / 'support' / 'expect.py'} %s"),
]

ptxas = next((Path(sys.prefix) / "lib").glob("python*/site-packages/nvidia/*/bin/ptxas"), None)
if ptxas is not None:
    config.available_features.add("ptxas")
    config.substitutions.insert(0, ("%ptxas", str(ptxas)))
    config.substitutions.append(("%environment", sys.prefix))
    # Where MLIR finds libdevice.
    config.environment["CUDA_HOME"] = str(ptxas.parent.parent)
