"""What a kernel needs of a GPU, where no driver says so: figures of `ptxas`, which knows the chip."""

import numpy as np
import pytest
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import cuda
from zouk.cuda import tools
from zouk.types import float32, int64, void

pytestmark = pytest.mark.skipif(TARGET != "cpu" or tools.find_tool("ptxas") is None, reason="needs ptxas, and kernels on the CPU")

TABLE = np.arange(40)


@cuda.jit
def _needs(out, n):
    table = cuda.const.array_like(TABLE)
    shared = cuda.shared.array(100, float32)
    local = cuda.local.array(50, int64)
    i = cuda.threadIdx.x
    shared[i] = i
    for j in range(n):
        local[(j * i) % 50] = table[j % 40]
    cuda.syncthreads()
    out[i] = shared[99 - i] + local[i % 50]


SIGNATURE = void(float32[::1], int64)


def test_figures_of_a_signature():
    _needs.compile(SIGNATURE)
    assert _needs.get_shared_mem_per_block(SIGNATURE) == 100 * 4
    assert _needs.get_const_mem_size(SIGNATURE) == TABLE.nbytes
    assert _needs.get_local_mem_per_thread(SIGNATURE) >= 50 * 8
    assert 0 < _needs.get_regs_per_thread(SIGNATURE) <= 255
    assert _needs.get_max_threads_per_block(SIGNATURE) % 32 == 0
    assert _needs.get_shared_mem_per_block() == {SIGNATURE.args: 400}


def test_figures_of_a_kernel_for_one_signature():
    @cuda.jit(SIGNATURE, launch_bounds=96)
    def kernel(out, n):
        out[cuda.grid(1)] = n

    assert kernel.get_max_threads_per_block() == 96 and kernel.get_shared_mem_per_block() == 0 == kernel.get_const_mem_size()


def test_many_registers_mean_fewer_threads():
    text, _ = cuda.compile_ptx(lambda out: None, (float32[::1],))
    few = tools.usage(text)
    assert few["max_threads_per_block"] == 1024 and few["regs_per_thread"] < 64


def test_without_ptxas(monkeypatch):
    monkeypatch.setenv("CUDA_HOME", "/nowhere")
    monkeypatch.setenv("PATH", "/nowhere")
    _needs.compile(SIGNATURE)
    with pytest.raises(cuda.CudaSupportError, match="regs_per_thread is known where kernels run on a GPU, and where NVIDIA's ptxas is installed"):
        _needs.get_regs_per_thread(SIGNATURE)


def test_a_kernel_that_waits_for_its_grid():
    @cuda.jit
    def waits(out):
        cuda.cg.this_grid().sync()

    @cuda.jit
    def does_not(out):
        pass

    for kernel, wanted in ((waits, True), (does_not, False)):
        kernel[1, 1](np.zeros(1))
        assert next(iter(kernel.overloads.values())).cooperative is wanted
