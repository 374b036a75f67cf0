"""What a driver refuses: each call of the paths of transfers and launches fails once, as the stand-in driver is told."""

import os
import subprocess
import sys
import textwrap

import numpy as np
import pytest
from cuda_support import STANDIN, nothing_leaks, on_standin, settle  # noqa: F401
from zouk import cuda


def add(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = x[i] + 1


def fresh_kernel():
    return cuda.jit(add)


def transfer():
    host = np.arange(100.0)
    device = cuda.to_device(host)
    other = cuda.device_array_like(device)
    other.copy_to_device(device)
    np.testing.assert_array_equal(other.copy_to_host(), host)


def transfer_in_stream():
    stream = cuda.stream()
    host = np.arange(100.0)
    device = cuda.to_device(host, stream)
    other = cuda.device_array_like(device, stream)
    other.copy_to_device(device, stream)
    found = other.copy_to_host(stream=stream)
    stream.synchronize()
    np.testing.assert_array_equal(found, host)


def strided():
    device = cuda.to_device(np.arange(12.0).reshape(3, 4))
    device[:, 1] = np.zeros(3)
    device[:, 2] = device[:, 1]
    assert not device.copy_to_host()[:, 1:3].any()


def launch():
    x, y = cuda.to_device(np.arange(100.0)), cuda.device_array(100)
    fresh_kernel()[4, 32](x, y)
    np.testing.assert_array_equal(y.copy_to_host(), np.arange(100.0) + 1)


def launch_with_arrays_of_the_host():
    x, y = np.arange(100.0), np.zeros(100)
    fresh_kernel()[4, 32](x, y)
    np.testing.assert_array_equal(y, x + 1)


def launch_for_all():
    x, y = np.arange(100.0), np.zeros(100)
    fresh_kernel().forall(100)(x, y)
    np.testing.assert_array_equal(y, x + 1)


def much_shared_memory():
    fresh_kernel()[1, 32, 0, 60000](cuda.to_device(np.zeros(3)), cuda.to_device(np.zeros(3)))
    cuda.synchronize()


def memory_of_the_host():
    for make in (cuda.pinned_array, cuda.mapped_array, cuda.managed_array):
        make(10)[:] = 1
    host = np.zeros(10)
    with cuda.pinned(host):
        pass
    with cuda.mapped(host, np.zeros(3)) as (device, _):
        device[0] = 1


def events():
    stream, start, end = cuda.stream(), cuda.event(), cuda.event()
    start.record(stream)
    end.record(stream)
    end.wait(stream)
    end.synchronize()
    assert start.query()
    start.elapsed_time(end)
    stream.add_callback(lambda *_: None)
    stream.synchronize()
    cuda.synchronize()
    assert stream.query()


def questions():
    cuda.current_context().get_memory_info()
    device = cuda.gpus[0]._device
    fresh = type(device)(0)
    assert fresh.name and fresh.uuid and fresh.WARP_SIZE and cuda.runtime.get_version()


PATHS = [transfer, transfer_in_stream, strided, launch, launch_with_arrays_of_the_host, launch_for_all, much_shared_memory, memory_of_the_host, events, questions]
# What a path does at its end, when nobody waits for an answer, and what only names errors.
SILENT = {"cuMemFree_v2", "cuMemFreeHost", "cuMemHostUnregister", "cuStreamDestroy_v2", "cuEventDestroy_v2", "cuModuleUnload", "cuGetErrorName"}
FUNCTIONS = """
    cuCtxGetCurrent cuMemAlloc_v2 cuMemHostAlloc cuMemHostGetDevicePointer_v2 cuMemHostRegister_v2 cuMemAllocManaged cuMemcpyHtoD_v2 cuMemcpyDtoH_v2
    cuMemcpyDtoD_v2 cuMemcpyHtoDAsync_v2 cuMemcpyDtoHAsync_v2 cuMemcpyDtoDAsync_v2 cuStreamCreate cuStreamSynchronize cuStreamQuery cuStreamWaitEvent
    cuStreamAddCallback cuEventCreate cuEventRecord cuEventQuery cuEventSynchronize cuEventElapsedTime cuModuleLoadDataEx cuModuleGetFunction
    cuFuncGetAttribute cuFuncSetAttribute cuLaunchKernel cuOccupancyMaxPotentialBlockSize cuCtxSynchronize cuMemGetInfo_v2 cuDeviceGetName cuDeviceGetUuid_v2
    cuDeviceGetAttribute cuDriverGetVersion cuDeviceGet
""".split()


@on_standin
@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.__name__)
def test_each_call_of_a_path_fails(path):
    # What is made once, such as kernels of copies.
    path()
    settle()
    counts = {name: STANDIN.standin_calls(name.encode()) for name in FUNCTIONS}
    path()
    counts = {name: STANDIN.standin_calls(name.encode()) - before for name, before in counts.items()}
    called = {name: count for name, count in counts.items() if count}
    assert called
    settle()
    live = STANDIN.standin_live_allocations()
    for name, count in called.items():
        for after in {0, count // 2, count - 1}:
            assert STANDIN.standin_fail(name.encode(), 719, after) == 0
            with pytest.raises(cuda.CudaAPIError) as caught:
                path()
            short = name.removesuffix("_v2")
            assert caught.value.code == 719 and str(caught.value).startswith(f"[719] Call to {short} results in CUDA_ERROR_LAUNCH_FAILED")
            caught = None
            settle()
            assert STANDIN.standin_live_allocations() == live, (name, after)
    path()


@on_standin
def test_what_fails_when_memory_is_freed():
    for path, name in ((transfer, "cuMemFree_v2"), (transfer_in_stream, "cuStreamDestroy_v2"), (launch, "cuModuleUnload"), (events, "cuEventDestroy_v2")):
        path()
        STANDIN.standin_fail(name.encode(), 719, 0)
        with pytest.raises(cuda.CudaAPIError, match="CUDA_ERROR_LAUNCH_FAILED"):
            settle()
        settle()
    # With it the memory that was not freed.
    cuda.close()


@on_standin
def test_memory_that_waits_is_freed_when_there_is_no_more():
    arrays = [cuda.to_device(np.zeros(100)) for _ in range(3)]
    del arrays
    assert len(cuda.current_context().deallocations) >= 3
    STANDIN.standin_fail(b"cuMemAlloc_v2", 2, 0)
    cuda.to_device(np.zeros(100))
    settle()
    STANDIN.standin_fail(b"cuMemAlloc_v2", 2, 0)
    with pytest.raises(cuda.CudaAPIError) as caught:
        cuda.to_device(np.zeros(100))
    assert caught.value.code == 2 and "CUDA_ERROR_OUT_OF_MEMORY" in str(caught.value)


@on_standin
@pytest.mark.parametrize("code, name", [(1, "INVALID_VALUE"), (2, "OUT_OF_MEMORY"), (100, "NO_DEVICE"), (209, "NO_BINARY_FOR_GPU"), (700, "ILLEGAL_ADDRESS"), (701, "LAUNCH_OUT_OF_RESOURCES"), (716, "MISALIGNED_ADDRESS"), (999, "UNKNOWN")])  # fmt: skip
def test_codes_have_names(code, name):
    x = cuda.to_device(np.zeros(3))
    kernel = fresh_kernel()
    kernel[1, 32](x, x)
    STANDIN.standin_fail(b"cuLaunchKernel", code, 0)
    with pytest.raises(cuda.CudaAPIError) as caught:
        kernel[1, 32](x, x)
    assert caught.value.code == code and str(caught.value).startswith(f"[{code}] Call to cuLaunchKernel results in CUDA_ERROR_{name}")


def run(text, **environment):
    environment = {**os.environ, **environment}
    return subprocess.run([sys.executable, "-c", textwrap.dedent(text)], env=environment, capture_output=True, text=True, timeout=300)


def test_a_driver_that_is_not_there():
    result = run(
        """
        from zouk import cuda
        assert not cuda.is_available() and "nothing_of_the_kind.so" in cuda.cuda_error()
        for use in (cuda.execution_target, cuda.synchronize, cuda.stream, lambda: cuda.device_array(3), lambda: len(cuda.gpus)):
            try:
                use()
            except cuda.CudaSupportError as error:
                assert isinstance(error, ImportError) and "CUDA driver library cannot be loaded" in str(error), error
            else:
                raise AssertionError
        @cuda.jit
        def k(): pass
        try:
            k[1, 1]()
        except cuda.CudaSupportError:
            print("refused")
        """,
        ZOUK_CUDA_DRIVER="/nothing_of_the_kind.so",
        ZOUK_CUDA_TARGET="",
    )
    assert result.stdout == "refused\n", result.stderr


def test_a_library_that_is_no_driver():
    import _ctypes

    result = run(
        "from zouk import cuda\nprint(cuda.is_available(), cuda.cuda_error())\ncuda.stream()",
        ZOUK_CUDA_DRIVER=_ctypes.__file__,
        ZOUK_CUDA_TARGET="cuda",
    )
    assert result.stdout == "False Error at driver init: Driver missing function: cuInit\n"
    assert "CudaSupportError" in result.stderr


def test_targets():
    assert run("from zouk import cuda\nprint(cuda.execution_target())", ZOUK_CUDA_TARGET="cpu").stdout == "cpu\n"
    wrong = run("from zouk import cuda\ncuda.execution_target()", ZOUK_CUDA_TARGET="tpu")
    assert "CudaSupportError: ZOUK_CUDA_TARGET is 'cuda' or 'cpu', not 'tpu'" in wrong.stderr


@on_standin
def test_a_driver_that_cannot_start():
    result = run(
        """
        import ctypes, os
        library = ctypes.CDLL(os.environ["ZOUK_CUDA_DRIVER"])
        library.standin_fail(b"cuInit", 100, 0)
        from zouk import cuda
        print(cuda.is_available(), cuda.cuda_error())
        """
    )
    assert result.stdout == "False Error at driver init: Call to cuInit results in CUDA_ERROR_NO_DEVICE\n", result.stderr
