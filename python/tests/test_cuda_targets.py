"""What is told apart by processes: caches, several devices, exceptions of threads."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
import zouk
from cuda_support import TARGET, nothing_leaks, on_standin  # noqa: F401
from zouk import cuda


def run(text, folder, **environment):
    path = folder / "program.py"
    path.write_text(textwrap.dedent(text))
    done = subprocess.run([sys.executable, str(path)], env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


CACHED = """
import numpy as np
from zouk import cuda

@cuda.jit(cache=True)
def increment(x):
    i = cuda.grid(1)
    if i < x.size:
        x[i] += 1

x = np.zeros(40)
increment[2, 32](x)
assert (x == 1).all()
stats = increment.stats
print(sum(stats.cache_hits.values()), sum(stats.cache_misses.values()), stats.cache_path is not None)
"""


def test_caching(tmp_path):
    cache = {"ZOUK_CACHE_DIR": str(tmp_path / "cache")}
    assert run(CACHED, tmp_path, **cache) == "0 1 True\n"
    assert run(CACHED, tmp_path, **cache) == "1 0 True\n"


@on_standin
def test_several_devices(tmp_path):
    program = """
    import ctypes, os, threading
    import numpy as np
    library = ctypes.CDLL(os.environ["ZOUK_CUDA_DRIVER"])
    library.standin_set_devices(3, 9, 0)
    from zouk import cuda

    @cuda.jit
    def double(x):
        i = cuda.grid(1)
        if i < x.size:
            x[i] *= 2

    assert len(cuda.gpus) == 3 and cuda.get_current_device().compute_capability == (9, 0)
    arrays = []
    for device in cuda.gpus:
        with device as context:
            assert cuda.get_current_device() == device and context.device.id == device.id
            arrays.append(cuda.to_device(np.arange(5.0) + device.id))
            double[1, 32](arrays[-1])
        assert cuda.get_current_device().id == 0
    for number, array in enumerate(arrays):
        cuda.select_device(number)
        assert (array.copy_to_host() == 2 * (np.arange(5.0) + number)).all()
        assert array.gpu_data.device == number
    seen = []
    thread = threading.Thread(target=lambda: seen.append(cuda.get_current_device().id))
    thread.start(); thread.join()
    assert seen == [0]
    assert "sm_90" in next(iter(double.inspect_asm().values())) or double._versions()[0]["chip"] == "sm_90"
    context, peer = cuda.current_context(0), cuda.gpus[1].get_primary_context()
    assert [context.can_access_peer(number) for number in range(3)] == [False, True, True]
    with cuda.gpus[1]:
        handle = peer.handle
    context.enable_peer_access(peer_context=handle, flags=0)
    for wrong in (handle, context.handle, 1 << 40):
        try:
            context.enable_peer_access(wrong)
            raise SystemExit("nothing was refused")
        except cuda.CudaAPIError as error:
            print(error.code, end=" ")
    del array, arrays
    cuda.close()
    print("done", library.standin_live_allocations())
    """
    assert run(program, tmp_path) == "704 101 201 done 0\n"


def failing(x, n):
    i = cuda.grid(1)
    if i == 3:
        x[n] = 1
    if i == 70:
        raise ValueError("seventy")


def test_exceptions_of_debugged_threads():
    kernel = cuda.jit(debug=True, opt=False)(failing)
    x = cuda.to_device(np.zeros(10))
    kernel[1, 32](x, 5)
    assert x[5] == 1
    with pytest.raises(IndexError):
        kernel[1, 32](x, 10)
    with pytest.raises(ValueError, match="seventy"):
        kernel[3, 32](x, 6)
    assert x[6] == 1
    # It was the launch that failed, not the kernel.
    kernel[1, 32](x, 7)
    assert x[7] == 1


def test_division_by_zero():
    def divide(x, y):
        i = cuda.grid(1)
        if i < x.size:
            x[i] = 1 / y

    x = cuda.to_device(np.zeros(3))
    cuda.jit(divide)[1, 32](x, 0.0)
    assert np.isinf(x.copy_to_host()).all()
    with pytest.raises(ZeroDivisionError):
        cuda.jit(debug=True, opt=False)(divide)[1, 32](x, 0.0)


@pytest.mark.skipif(TARGET != "cpu", reason="a GPU checks nothing")
def test_indices_on_the_cpu():
    x = cuda.to_device(np.zeros(10))
    with pytest.raises(IndexError):
        cuda.jit(failing)[1, 32](x, 10)


def test_compile_errors():
    @cuda.jit
    def wrong(x):
        x[0] = undefined_name  # noqa: F821

    with pytest.raises(zouk.errors.ZoukError, match="undefined_name"):
        wrong[1, 1](np.zeros(3))

    @cuda.jit
    def returns(x):
        return x[0]

    with pytest.raises(zouk.errors.ZoukError):
        returns[1, 1](np.zeros(3))
