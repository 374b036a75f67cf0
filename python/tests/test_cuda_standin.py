"""All tests of CUDA on the stand-in driver, which executes the PTX."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
LIBRARY = HERE.parent.parent / "target" / "release" / "libzouk_cuda_standin.so"
FILES = [
    f"test_cuda_{name}.py"
    for name in "arguments arrays compile docs examples failures float16 functions language launch libdevice memory narrow numbers offload offload_checks offload_nests ptx random records refusals streams targets ufuncs".split()
]


@pytest.mark.parametrize("file", FILES)
def test_on_the_standin(file):
    assert LIBRARY.exists(), "cargo build --release -p zouk-cuda-standin"
    environment = {**os.environ, "ZOUK_CUDA_DRIVER": str(LIBRARY), "ZOUK_CUDA_TARGET": "cuda"}
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-p", "no:xdist", str(HERE / file)]
    result = subprocess.run(command, env=environment, cwd=HERE, capture_output=True, text=True, timeout=900)
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
