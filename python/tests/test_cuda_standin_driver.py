"""The stand-in for the CUDA driver, through ctypes alone: what a call is allowed, what it answers otherwise, and that kernels compute what NumPy does."""

import ctypes
import math
import os
import re
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
LIBRARY = ROOT / "target" / "release" / "libzouk_cuda_standin.so"
ZOUK = ROOT / "target" / "release" / "zouk"
SUCCESS, INVALID_VALUE, OUT_OF_MEMORY, NOT_INITIALIZED, INVALID_CONTEXT, INVALID_PTX = 0, 1, 2, 3, 201, 218
INVALID_HANDLE, NOT_FOUND, NOT_READY, ILLEGAL_ADDRESS, LAUNCH_OUT_OF_RESOURCES, CONTEXT_IS_DESTROYED = 400, 500, 600, 700, 701, 709

# `make build` makes it.
driver = ctypes.CDLL(str(LIBRARY))
driver.standin_last_problem.restype = ctypes.c_char_p
for counter in ("standin_calls", "standin_live", "standin_live_allocations", "standin_live_bytes", "standin_all_calls"):
    getattr(driver, counter).restype = ctypes.c_uint64

EXPORTED = """cuInit cuDriverGetVersion cuGetErrorName cuGetErrorString cuDeviceGetCount cuDeviceGet cuDeviceGetName cuDeviceGetUuid_v2 cuDeviceGetAttribute
cuDeviceTotalMem_v2 cuDeviceGetPCIBusId cuDeviceCanAccessPeer cuDevicePrimaryCtxRetain cuDevicePrimaryCtxRelease_v2 cuDevicePrimaryCtxReset_v2
cuDevicePrimaryCtxGetState cuCtxSetCurrent cuCtxGetCurrent cuCtxPushCurrent_v2 cuCtxPopCurrent_v2 cuCtxGetDevice cuCtxSynchronize cuCtxEnablePeerAccess cuCtxGetLimit cuCtxSetLimit
cuMemAlloc_v2 cuMemFree_v2 cuMemGetInfo_v2 cuMemAllocHost_v2 cuMemFreeHost cuMemHostAlloc cuMemHostGetDevicePointer_v2 cuMemHostRegister_v2
cuMemHostUnregister cuMemAllocManaged cuPointerGetAttribute cuMemGetAddressRange_v2 cuMemcpyHtoD_v2 cuMemcpyDtoH_v2 cuMemcpyDtoD_v2 cuMemcpyHtoDAsync_v2
cuMemcpyDtoHAsync_v2 cuMemcpyDtoDAsync_v2 cuMemsetD8_v2 cuMemsetD16_v2 cuMemsetD32_v2 cuMemsetD8Async cuMemsetD16Async cuMemsetD32Async cuStreamCreate
cuStreamCreateWithPriority cuStreamDestroy_v2 cuStreamSynchronize cuStreamQuery cuStreamWaitEvent cuStreamAddCallback cuLaunchHostFunc cuEventCreate
cuEventDestroy_v2 cuEventRecord cuEventQuery cuEventSynchronize cuEventElapsedTime cuModuleLoadData cuModuleLoadDataEx cuModuleUnload cuModuleGetFunction
cuModuleGetGlobal_v2 cuFuncGetAttribute cuFuncSetAttribute cuFuncSetCacheConfig cuLinkCreate_v2 cuLinkAddData_v2 cuLinkComplete cuLinkDestroy cuLaunchKernel
cuLaunchCooperativeKernel cuOccupancyMaxActiveBlocksPerMultiprocessor cuOccupancyMaxPotentialBlockSize cuIpcGetMemHandle cuIpcOpenMemHandle_v2
cuIpcCloseMemHandle cuProfilerStart cuProfilerStop""".split()

HEAD = ".version 8.0\n.target sm_80\n.address_size 64\n"
SCALE = HEAD + """.visible .entry scale(.param .u64 data, .param .u32 factor)
{ .reg .b64 %a; .reg .b32 %i, %f, %x;
  ld.param.u64 %a, [data]; ld.param.u32 %f, [factor];
  mov.u32 %i, %ctaid.x; mov.u32 %x, %ntid.x; mad.lo.u32 %i, %i, %x, %tid.x;
  mad.wide.u32 %a, %i, 4, %a;
  ld.global.u32 %x, [%a]; mul.lo.u32 %x, %x, %f; st.global.u32 [%a], %x;
  ret; }
.visible .global .align 4 .u32 answer[2] = {41, 42};
"""


class Failed(Exception):
    def __init__(self, code):
        self.code, self.text = code, driver.standin_last_problem().decode()
        super().__init__(f"{code}: {self.text}")


def call(name, *arguments):
    code = getattr(driver, name)(*arguments)
    if code:
        raise Failed(code)


def answer(name, *arguments, kind=ctypes.c_uint64):
    """What the call writes through its first argument."""
    result = kind()
    call(name, ctypes.byref(result), *arguments)
    return result


def size(count):
    return ctypes.c_size_t(count)


def refused(code, part, name, *arguments):
    with pytest.raises(Failed) as caught:
        call(name, *arguments)
    assert caught.value.code == code and part in caught.value.text, caught.value
    return caught.value.text


@pytest.fixture(autouse=True)
def fresh():
    driver.standin_reset()
    yield
    driver.standin_reset()


@pytest.fixture
def context():
    call("cuInit", 0)
    found = answer("cuDevicePrimaryCtxRetain", 0)
    call("cuCtxSetCurrent", found)
    return found


def to_device(array):
    address = answer("cuMemAlloc_v2", size(array.nbytes))
    call("cuMemcpyHtoD_v2", address, ctypes.c_uint64(array.ctypes.data), size(array.nbytes))
    return address


def to_host(address, array):
    result = np.empty_like(array)
    call("cuMemcpyDtoH_v2", ctypes.c_uint64(result.ctypes.data), address, size(result.nbytes))
    return result


def load(text, name):
    module = answer("cuModuleLoadData", text.encode() + b"\0")
    return answer("cuModuleGetFunction", module, name.encode())


def launch(function, grid, block, arguments, shared=0, stream=None, entry="cuLaunchKernel"):
    pointers = (ctypes.c_void_p * len(arguments))(*[ctypes.addressof(argument) for argument in arguments])
    extents = [*grid, *[1] * (3 - len(grid)), *block, *[1] * (3 - len(block))]
    call(entry, function, *extents, shared, stream, pointers, *([None] if entry == "cuLaunchKernel" else []))


def test_all_is_exported():
    assert [name for name in EXPORTED if not hasattr(driver, name)] == []


def test_nothing_works_before_it_may(context):
    call("cuCtxSetCurrent", None)
    refused(INVALID_CONTEXT, "no context is current", "cuMemAlloc_v2", ctypes.byref(ctypes.c_uint64()), size(8))
    driver.standin_reset()
    refused(NOT_INITIALIZED, "cuInit", "cuDeviceGetCount", ctypes.byref(ctypes.c_int()))


def test_a_context_is_current_in_its_thread_only(context):
    codes = []
    thread = threading.Thread(target=lambda: codes.append(driver.cuMemAlloc_v2(ctypes.byref(ctypes.c_uint64()), size(8))))
    thread.start()
    thread.join()
    assert codes == [INVALID_CONTEXT]
    call("cuCtxPushCurrent_v2", context)
    assert answer("cuCtxPopCurrent_v2").value == context.value == answer("cuCtxGetCurrent").value


def test_a_released_context_takes_all_with_it(context):
    to_device(np.arange(10))
    stream = answer("cuStreamCreate", 0)
    assert answer("cuDevicePrimaryCtxRetain", 0).value == context.value
    call("cuDevicePrimaryCtxRelease_v2", 0)
    assert driver.standin_live_allocations() == 1
    call("cuDevicePrimaryCtxRelease_v2", 0)
    assert (driver.standin_live_allocations(), driver.standin_live(b"streams")) == (0, 0)
    refused(CONTEXT_IS_DESTROYED, "destroyed", "cuStreamSynchronize", stream)
    refused(INVALID_CONTEXT, "not retained", "cuDevicePrimaryCtxRelease_v2", 0)


def test_devices_are_as_asked_for():
    driver.standin_set_devices(2, 9, 0)
    call("cuInit", 0)
    assert answer("cuDeviceGetCount", kind=ctypes.c_int).value == 2
    major, minor, threads = (answer("cuDeviceGetAttribute", attribute, 1, kind=ctypes.c_int).value for attribute in (75, 76, 1))
    assert (major, minor, threads) == (9, 0, 1024)
    refused(101, "no device 2", "cuDeviceGet", ctypes.byref(ctypes.c_int()), 2)
    driver.standin_set_devices(0, 8, 0)
    refused(100, "no device", "cuInit", 0)


def test_errors_have_names():
    name, text = ctypes.c_char_p(), ctypes.c_char_p()
    call("cuGetErrorName", ILLEGAL_ADDRESS, ctypes.byref(name))
    call("cuGetErrorString", ILLEGAL_ADDRESS, ctypes.byref(text))
    assert (name.value, text.value) == (b"CUDA_ERROR_ILLEGAL_ADDRESS", b"an illegal memory access was encountered")
    refused(INVALID_VALUE, "no code", "cuGetErrorName", 12345, ctypes.byref(ctypes.c_char_p()))


def test_memory_is_checked(context):
    array = np.arange(100, dtype=np.int32)
    address = to_device(array)
    np.testing.assert_array_equal(to_host(address, array), array)
    assert (driver.standin_live_allocations(), driver.standin_live_bytes()) == (1, 400)
    host, beyond, inside = ctypes.c_uint64(array.ctypes.data), size(404), ctypes.c_uint64(address.value + 8)
    refused(INVALID_VALUE, "go beyond the end of the allocation of 400 bytes", "cuMemcpyHtoD_v2", address, host, beyond)
    refused(INVALID_VALUE, "is no memory of the host", "cuMemcpyHtoD_v2", address, address, size(4))
    refused(INVALID_VALUE, "not the start of an allocation", "cuMemFree_v2", inside)
    refused(INVALID_VALUE, "no address of the device", "cuMemFree_v2", ctypes.c_uint64(0x1234500000))
    base, extent = ctypes.c_uint64(), size(0)
    call("cuMemGetAddressRange_v2", ctypes.byref(base), ctypes.byref(extent), inside)
    assert (base.value, extent.value) == (address.value, 400)
    call("cuMemsetD32_v2", inside, 7, size(2))
    assert list(to_host(address, array)[:5]) == [0, 1, 7, 7, 4]
    call("cuMemFree_v2", address)
    refused(INVALID_VALUE, "was freed", "cuMemFree_v2", address)
    refused(INVALID_VALUE, "was freed", "cuMemcpyHtoD_v2", address, host, size(4))
    assert driver.standin_live_allocations() == 0
    refused(OUT_OF_MEMORY, "are free", "cuMemAlloc_v2", ctypes.byref(ctypes.c_uint64()), size(1 << 40))
    assert answer("cuMemAlloc_v2", size(400)).value != address.value, "a freed address comes back late"


def test_the_host_cannot_follow_a_device_pointer():
    program = f"""
import ctypes
driver = ctypes.CDLL({str(LIBRARY)!r})
driver.cuInit(0)
value = ctypes.c_uint64()
driver.cuDevicePrimaryCtxRetain(ctypes.byref(value), 0)
driver.cuCtxSetCurrent(value)
assert driver.cuMemAlloc_v2(ctypes.byref(value), ctypes.c_size_t(64)) == 0
ctypes.string_at(value.value, 1)
"""
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == -signal.SIGSEGV


def test_memory_of_the_host_that_the_device_knows(context):
    function = load(SCALE, "scale")
    pinned = answer("cuMemHostAlloc", size(128), 2)
    managed = answer("cuMemAllocManaged", size(128), 1)
    own = np.arange(32, dtype=np.uint32)
    registered = ctypes.c_uint64(own.ctypes.data)
    call("cuMemHostRegister_v2", registered, size(128), 0)
    refused(712, "is in the allocation", "cuMemHostRegister_v2", registered, size(4), 0)
    for address in (pinned, managed, registered):
        view = np.ctypeslib.as_array(ctypes.cast(address.value, ctypes.POINTER(ctypes.c_uint32)), (32,))
        view[:] = np.arange(32)
        launch(function, (1,), (32,), [address, ctypes.c_uint32(3)])
        call("cuCtxSynchronize")
        np.testing.assert_array_equal(view, np.arange(32) * 3)
        assert answer("cuMemHostGetDevicePointer_v2", address, 0).value == address.value
    call("cuMemHostUnregister", registered)
    refused(713, "not registered", "cuMemHostUnregister", registered)
    launch(function, (1,), (32,), [registered, ctypes.c_uint32(3)])
    refused(ILLEGAL_ADDRESS, "registered no longer", "cuCtxSynchronize")


def test_asynchronous_work_is_done_later_and_in_order(context):
    driver.standin_background(0)
    function = load(SCALE, "scale")
    stream, other = answer("cuStreamCreate", 1), answer("cuStreamCreate", 1)
    array = np.arange(64, dtype=np.uint32)
    address = to_device(array)
    pinned = answer("cuMemAllocHost_v2", size(256))
    view = np.ctypeslib.as_array(ctypes.cast(pinned.value, ctypes.POINTER(ctypes.c_uint32)), (64,))
    view[:] = 0
    start, end = answer("cuEventCreate", 0), answer("cuEventCreate", 0)
    call("cuEventRecord", start, stream)
    for _ in range(3):
        launch(function, (2,), (32,), [address, ctypes.c_uint32(2)], stream=stream)
    call("cuEventRecord", end, stream)
    call("cuStreamWaitEvent", other, end, 0)
    call("cuMemcpyDtoHAsync_v2", pinned, address, size(256), other)
    assert not view.any(), "who does not wait sees nothing"
    assert driver.cuStreamQuery(other) == driver.cuEventQuery(end) == NOT_READY
    call("cuStreamSynchronize", other)
    np.testing.assert_array_equal(view, array * 8)
    assert answer("cuEventElapsedTime", start, end, kind=ctypes.c_float).value >= 0
    assert driver.cuEventQuery(end) == SUCCESS
    call("cuStreamDestroy_v2", stream)
    refused(INVALID_HANDLE, "no stream", "cuStreamSynchronize", stream)


def test_the_legacy_stream_waits_for_blocking_streams(context):
    driver.standin_background(0)
    function = load(SCALE, "scale")
    blocking, free = answer("cuStreamCreate", 0), answer("cuStreamCreate", 1)
    array = np.arange(32, dtype=np.uint32)
    first, second = to_device(array), to_device(array)
    launch(function, (1,), (32,), [first, ctypes.c_uint32(2)], stream=blocking)
    launch(function, (1,), (32,), [second, ctypes.c_uint32(2)], stream=free)
    np.testing.assert_array_equal(to_host(second, array), array)
    np.testing.assert_array_equal(to_host(first, array), array * 2)
    call("cuCtxSynchronize")
    np.testing.assert_array_equal(to_host(second, array), array * 2)
    # And they for it.
    call("cuMemsetD32Async", first, 7, size(32), None)
    launch(function, (1,), (32,), [first, ctypes.c_uint32(3)], stream=blocking)
    call("cuStreamSynchronize", blocking)
    assert set(to_host(first, array)) == {21}


def test_functions_of_the_host_are_called_without_waiting(context):
    done, seen = threading.Event(), []

    @ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
    def callback(stream, status, data):
        seen.append((status, data, driver.cuMemAlloc_v2(ctypes.byref(ctypes.c_uint64()), size(8))))
        done.set()

    call("cuStreamAddCallback", None, callback, ctypes.c_void_p(77), 0)
    assert done.wait(10)
    call("cuCtxSynchronize")
    assert seen == [(0, 77, 800)], "a callback may not call the driver"


def test_pageable_memory_may_be_changed_after_an_asynchronous_copy(context):
    stream = answer("cuStreamCreate", 0)
    array = np.arange(1000, dtype=np.int32)
    kept = array.copy()
    address = answer("cuMemAlloc_v2", size(4000))
    call("cuMemcpyHtoDAsync_v2", address, ctypes.c_uint64(array.ctypes.data), size(4000), stream)
    array[:] = -1
    call("cuStreamSynchronize", stream)
    np.testing.assert_array_equal(to_host(address, array), kept)


def test_modules_are_parsed_and_their_errors_reported(context):
    log, errors = ctypes.create_string_buffer(200), ctypes.create_string_buffer(2000)
    options = (ctypes.c_int * 4)(3, 4, 5, 6)
    values = (ctypes.c_void_p * 4)(ctypes.addressof(log), 200, ctypes.addressof(errors), 2000)
    text = SCALE.replace("mul.lo.u32", "multiply.u32").encode() + b"\0"
    line = 1 + text.decode()[: text.index(b"multiply")].count("\n")
    refused(INVALID_PTX, "multiply", "cuModuleLoadDataEx", ctypes.byref(ctypes.c_uint64()), text, 4, options, values)
    assert f"line {line}".encode() in errors.value and values[3] == len(errors.value)
    refused(INVALID_PTX, "sm_90", "cuModuleLoadData", ctypes.byref(ctypes.c_uint64()), SCALE.replace("sm_80", "sm_90").encode() + b"\0")
    refused(209, "cubin", "cuModuleLoadData", ctypes.byref(ctypes.c_uint64()), b"\x7fELF")
    module = answer("cuModuleLoadData", SCALE.encode() + b"\0")
    refused(NOT_FOUND, "no kernel 'scales'; it has scale", "cuModuleGetFunction", ctypes.byref(ctypes.c_uint64()), module, b"scales")
    address, extent = ctypes.c_uint64(), size(0)
    call("cuModuleGetGlobal_v2", ctypes.byref(address), ctypes.byref(extent), module, b"answer")
    assert extent.value == 8 and list(to_host(address, np.zeros(2, np.uint32))) == [41, 42]
    function = answer("cuModuleGetFunction", module, b"scale")
    attributes = [answer("cuFuncGetAttribute", number, function, kind=ctypes.c_int).value for number in (0, 1, 3, 5, 6)]
    assert attributes == [1024, 0, 0, 80, 80]
    assert 0 < answer("cuFuncGetAttribute", 4, function, kind=ctypes.c_int).value < 32
    call("cuModuleUnload", module)
    refused(INVALID_HANDLE, "no function", "cuFuncGetAttribute", ctypes.byref(ctypes.c_int()), 0, function)


def test_modules_are_linked(context):
    first = HEAD + ".extern .func (.param .b32 r) twice(.param .b32 x);\n.visible .entry k(.param .u64 p) { .reg .b64 %p; .reg .b32 %x; ld.param.u64 %p, [p]; ld.global.u32 %x, [%p]; { .param .b32 a; .param .b32 r; st.param.b32 [a], %x; call.uni (r), twice, (a); ld.param.b32 %x, [r]; } st.global.u32 [%p], %x; ret; }"
    second = HEAD + ".visible .func (.param .b32 r) twice(.param .b32 x) { .reg .b32 %x; ld.param.b32 %x, [x]; add.u32 %x, %x, %x; st.param.b32 [r], %x; ret; }"
    refused(INVALID_PTX, "Unresolved extern function 'twice'", "cuModuleLoadData", ctypes.byref(ctypes.c_uint64()), first.encode() + b"\0")
    linker = ctypes.c_uint64()
    call("cuLinkCreate_v2", 0, None, None, ctypes.byref(linker))
    for text in (first, second):
        call("cuLinkAddData_v2", linker, 1, text.encode(), size(len(text)), b"part", 0, None, None)
    image, extent = ctypes.c_void_p(), size(0)
    call("cuLinkComplete", linker, ctypes.byref(image), ctypes.byref(extent))
    module = answer("cuModuleLoadData", image)
    call("cuLinkDestroy", linker)
    cell = to_device(np.array([21], np.uint32))
    launch(answer("cuModuleGetFunction", module, b"k"), (1,), (1,), [cell])
    assert to_host(cell, np.zeros(1, np.uint32))[0] == 42


def test_launches_have_limits(context):
    function = load(SCALE, "scale")
    arguments = [to_device(np.zeros(4096, np.uint32)), ctypes.c_uint32(1)]

    def too_much(code, part, grid=(1,), block=(1,), shared=0, of=function):
        with pytest.raises(Failed) as caught:
            launch(of, grid, block, arguments, shared)
        assert caught.value.code == code and part in caught.value.text, caught.value

    too_much(INVALID_VALUE, "grid of 0 blocks in x", grid=(0,))
    too_much(INVALID_VALUE, "in y", grid=(1, 65536))
    too_much(INVALID_VALUE, "block of 1056 threads", block=(33, 32))
    too_much(INVALID_VALUE, "in z", block=(1, 1, 65))
    too_much(INVALID_VALUE, "dynamic shared memory", shared=49153)
    call("cuFuncSetAttribute", function, 8, 65536)
    launch(function, (1,), (32,), arguments, 65536)
    refused(INVALID_VALUE, "a block may have", "cuFuncSetAttribute", function, 8, 1 << 20)
    bounded = load(SCALE.replace("factor)\n", "factor)\n.maxntid 64, 1, 1\n"), "scale")
    too_much(LAUNCH_OUT_OF_RESOURCES, "at most 64", block=(65,), of=bounded)
    too_much(INVALID_HANDLE, "no function", of=ctypes.c_uint64(123))
    with pytest.raises(Failed) as caught:
        launch(function, (100000,), (1024,), arguments, entry="cuLaunchCooperativeKernel")
    assert caught.value.code == 720
    assert answer("cuOccupancyMaxActiveBlocksPerMultiprocessor", function, 256, size(0), kind=ctypes.c_int).value == 8


def test_an_error_of_a_kernel_stays(context):
    function = load(SCALE, "scale")
    launch(function, (2,), (32,), [to_device(np.zeros(40, np.uint32)), ctypes.c_uint32(1)])
    text = refused(ILLEGAL_ADDRESS, "behind the end of the allocation of 160 bytes", "cuCtxSynchronize")
    line = 1 + SCALE[: SCALE.index("ld.global")].count("\n")
    assert f"ld.global.u32 in line {line} of the PTX, in scale, thread (8, 0, 0) of block (1, 0, 0)" in text
    refused(ILLEGAL_ADDRESS, "behind the end", "cuMemAlloc_v2", ctypes.byref(ctypes.c_uint64()), size(8))


def test_failures_on_demand_and_counters(context):
    assert driver.standin_fail(b"cuMemAlloc_v2", OUT_OF_MEMORY, 1) == 0
    assert driver.standin_fail(b"cuMemAllocate", OUT_OF_MEMORY, 0) != 0
    answer("cuMemAlloc_v2", size(8))
    refused(OUT_OF_MEMORY, "asked for", "cuMemAlloc_v2", ctypes.byref(ctypes.c_uint64()), size(8))
    answer("cuMemAlloc_v2", size(8))
    assert driver.standin_calls(b"cuMemAlloc_v2") == driver.standin_calls(b"cuMemAlloc") == 3
    array = np.ones(32, np.uint32)
    address, function = to_device(array), load(SCALE, "scale")
    driver.standin_execute(0)
    launch(function, (1,), (32,), [address, ctypes.c_uint32(5)])
    np.testing.assert_array_equal(to_host(address, array), array)
    driver.standin_execute(1)
    launch(function, (1,), (32,), [address, ctypes.c_uint32(5)])
    np.testing.assert_array_equal(to_host(address, array), array * 5)


def test_a_kernel_without_end_is_ended(context):
    driver.standin_set_time_limit(200)
    launch(load(HEAD + ".visible .entry k() { again: bra again; }", "k"), (1,), (1,), [])
    refused(702, "has not ended", "cuCtxSynchronize")


# Kernels that zouk compiles, against NumPy.

KERNELS = """
import math
from zouk import cuda

@cuda.jit
def maths(x, out):
    i = cuda.grid(1)
    if i < x.shape[0]:
        out[0, i] = math.sin(x[i])
        out[1, i] = math.exp(x[i])
        out[2, i] = math.pow(abs(x[i]), 1.7)
        out[3, i] = math.erf(x[i])
        out[4, i] = math.lgamma(abs(x[i]) + 9.0)

@cuda.jit
def matmul(a, b, c):
    i, j = cuda.grid(2)
    if i < c.shape[0] and j < c.shape[1]:
        total = 0.0
        for k in range(a.shape[1]):
            total += a[i, k] * b[k, j]
        c[i, j] = total
"""
ptxas = next((Path(sys.prefix) / "lib").glob("python*/site-packages/nvidia/*/bin/ptxas"), None)


def compiled(folder, name, signature):
    source = folder / "kernels.py"
    source.write_text(KERNELS)
    environment = {**os.environ, "CUDA_HOME": str(ptxas.parent.parent)}
    command = [ZOUK, "compile", source, "--entry", name, "--signature", signature, "--emit", "ptx"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout


def slots(text, name, arrays):
    """Parameters for arrays: owner, address, perhaps an offset, sizes, strides in elements."""
    declared = len(re.findall(r"\.param", text[text.index(f".entry {name}(") : text.index(")", text.index(f".entry {name}("))]))
    ranks = [array.ndim for array, _ in arrays]
    offset = [ctypes.c_uint64(0)] * ((declared - sum(2 + 2 * rank for rank in ranks)) // len(ranks))
    found = []
    for array, address in arrays:
        strides = [stride // array.itemsize for stride in array.strides]
        found += [ctypes.c_uint64(0), address, *offset, *map(ctypes.c_int64, array.shape), *map(ctypes.c_int64, strides)]
    return found


@pytest.mark.skipif(ptxas is None or not ZOUK.exists(), reason="without NVIDIA's libdevice")
def test_functions_of_libdevice(context, tmp_path):
    text = compiled(tmp_path, "maths", "(f8[::1], f8[:, ::1])")
    x = np.concatenate([np.linspace(-30, 30, 2001), np.random.default_rng(1).normal(size=1000)])
    out = np.zeros((5, x.size))
    arrays = [(x, to_device(x)), (out, to_device(out))]
    launch(load(text, "maths"), (x.size // 128 + 1,), (128,), slots(text, "maths", arrays))
    found = to_host(arrays[1][1], out)
    functions = [math.sin, math.exp, lambda v: math.pow(abs(v), 1.7), math.erf, lambda v: math.lgamma(abs(v) + 9.0)]
    # NVIDIA states 2 units in the last place for most of these.
    for row, function, units in zip(found, functions, [2, 2, 2, 3, 4]):
        expected = np.array([function(value) for value in x.tolist()])
        assert np.max(np.abs(row - expected) / np.spacing(np.abs(expected))) <= units


@pytest.mark.skipif(not ZOUK.exists() or ptxas is None, reason="without the compiler")
def test_a_product_of_matrices(context, tmp_path):
    text = compiled(tmp_path, "matmul", "(f8[:, ::1], f8[:, ::1], f8[:, ::1])")
    random = np.random.default_rng(2)
    a, b, c = random.random((37, 50)), random.random((50, 29)), np.zeros((37, 29))
    arrays = [(array, to_device(array)) for array in (a, b, c)]
    launch(load(text, "matmul"), (5, 4), (8, 8), slots(text, "matmul", arrays))
    np.testing.assert_allclose(to_host(arrays[2][1], c), a @ b, rtol=1e-13)
