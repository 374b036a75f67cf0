"""The host's side of a launch: what it takes to hand a kernel to the driver, measured with the stand-in driver, which executes nothing here."""

from rows import HERE, Row, interleaved, new_process

LIBRARY = HERE.parent / "target" / "release" / "libzouk_cuda_standin.so"

# Microseconds of a launch with so many arrays of the device; of a configured kernel, and with the configuration anew each time.
LAUNCH = """
import ctypes, json, os, sys, time, warnings
import numpy as np
from zouk import cuda

warnings.simplefilter("ignore")
count = int(sys.argv[1])
ctypes.CDLL(os.environ["ZOUK_CUDA_DRIVER"]).standin_execute(0)
names = ", ".join(f"a{i}" for i in range(count))
text = f"def kernel({names}):\\n    i = cuda.grid(1)\\n    if i < a0.size:\\n        a0[i] += 1\\n"
import linecache
linecache.cache["<launch>"] = len(text), None, text.splitlines(keepends=True), "<launch>"
scope = {"cuda": cuda}
exec(compile(text, "<launch>", "exec"), scope)
kernel = cuda.jit(scope["kernel"])
arrays = [cuda.to_device(np.zeros(8, np.float32)) for _ in range(count)]
launcher = kernel[128, 128]
launcher(*arrays)

def time_of(launch):
    best = None
    for _ in range(20):
        start = time.perf_counter()
        for _ in range(1000):
            launch()
        cuda.synchronize()
        taken = (time.perf_counter() - start) * 1e3
        best = taken if best is None else min(best, taken)
    return best

print(json.dumps({"configured": time_of(lambda: launcher(*arrays)), "whole": time_of(lambda: kernel[128, 128](*arrays))}))
"""


def launches(repetitions, with_numba):
    """A launch with one array, and with sixteen."""
    variables = {"ZOUK_CUDA_DRIVER": str(LIBRARY), "ZOUK_CUDA_TARGET": "cuda"}
    for count, bar in ((1, 3), (16, 6)):
        times = interleaved(["zouk"], lambda _: new_process(LAUNCH, count, variables=variables), repetitions)["zouk"]
        arrays = "one array" if count == 1 else f"{count} arrays"
        yield Row(f"launch with {arrays}", times["whole"], bar, "us", zouk=f"{times['configured']:.2g} configured")
