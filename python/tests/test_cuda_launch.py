"""Launches: configurations, kernels as objects."""

import gc
import pickle
import weakref

import numpy as np
import pytest
import zouk
from cuda_support import double, nothing_leaks, on_gpu, TARGET  # noqa: F401
from zouk import cuda
from zouk.errors import ZoukPerformanceWarning


@cuda.jit
def where(out):
    x, y, z = cuda.grid(3)
    if x < out.shape[0] and y < out.shape[1] and z < out.shape[2]:
        out[x, y, z] = x + 100 * y + 10000 * z


@cuda.jit
def nothing():
    pass


@pytest.mark.parametrize("grid, block", [((4, 3, 2), (2, 3, 4)), ([8, 9, 8], [1, 1, 1]), ((1, 1, 1), (8, 9, 8))])
def test_three_axes(grid, block):
    out = np.zeros((8, 9, 8), np.int64)
    where[grid, block](out)
    x, y, z = np.indices(out.shape)
    np.testing.assert_array_equal(out, x + 100 * y + 10000 * z)


def test_streams():
    stream = cuda.stream()
    x = cuda.to_device(np.arange(64.0), stream)
    y = cuda.device_array(64, stream=stream)
    double[2, 32, stream](x, y)
    found = y.copy_to_host(stream=stream)
    stream.synchronize()
    np.testing.assert_array_equal(found, 2 * np.arange(64.0))
    host, out = np.arange(64.0), np.zeros(64)
    double[2, 32, stream, 0](host, out)
    stream.synchronize()
    np.testing.assert_array_equal(out, 2 * host)
    double[2, 32, stream.handle](x, y)
    stream.synchronize()


def test_forall():
    x, out = np.arange(1000.0), np.zeros(1000)
    double.forall(1000)(x, out)
    np.testing.assert_array_equal(out, 2 * x)
    out[:] = 0
    double.forall(1000, tpb=64)(x, out)
    np.testing.assert_array_equal(out, 2 * x)
    assert double.forall(0)(x, out) is None
    with pytest.raises(ValueError, match="Can't create ForAll with negative task count: -1"):
        double.forall(-1)


CONFIGURATIONS = [
    ((1,), ValueError, "must specify at least the griddim and blockdim"),
    ((1, 1, 0, 0, 0), ValueError, "must specify at least the griddim and blockdim"),
    (1, ValueError, "must specify at least the griddim and blockdim"),
    (((1, 1, 1, 1), 1), ValueError, r"griddim must be a sequence of 1, 2 or 3 integers, got \[1, 1, 1, 1\]"),
    ((1, (1, 1, 1, 1)), ValueError, r"blockdim must be a sequence of 1, 2 or 3 integers, got \[1, 1, 1, 1\]"),
    ((1.5, 1), TypeError, r"griddim must be a sequence of integers, got \[1.5\]"),
    ((1, (1, "2")), TypeError, r"blockdim must be a sequence of integers, got \[1, '2'\]"),
    ((None, 1), ValueError, "Kernel launch configuration was not specified"),
    ((1, None), ValueError, "Kernel launch configuration was not specified"),
    ((1, 1, "stream"), TypeError, "no stream"),
    ((1, 1, 0, "much"), ValueError, "sharedmem is a number of bytes"),
]


@pytest.mark.parametrize("configuration, error, text", CONFIGURATIONS, ids=lambda value: repr(value)[:40])
def test_configurations_that_are_none(configuration, error, text):
    with pytest.raises(error, match=text):
        nothing[configuration]


LAUNCHES = [(0, 1), (1, 0), ((1, 0), 1), (1, 2048), (1, (1024, 2)), (1, (1, 1, 128)), ((1, 70000), 1), (-1, 1), (1, 1, 0, 1 << 24)]


@pytest.mark.parametrize("configuration", LAUNCHES, ids=repr)
def test_launches_that_no_device_makes(configuration):
    with pytest.raises(cuda.CudaAPIError) as caught:
        nothing[configuration]()
    assert caught.value.code == 1 and str(caught.value).startswith("[1] Call to cuLaunchKernel results in CUDA_ERROR_INVALID_VALUE")


def test_calls_that_are_no_launches():
    with pytest.raises(ValueError, match="Kernel launch configuration was not specified"):
        nothing()
    with pytest.raises(TypeError, match="too many arguments: expected 0, got 1"):
        nothing[1, 1](3)
    with pytest.raises(TypeError, match="not enough arguments: expected 2, got 1"):
        double[1, 1](np.zeros(3))
    with pytest.raises(TypeError, match="kernels take no keyword arguments"):
        double[1, 1](x=1)
    with pytest.raises(zouk.errors.TypingError, match="cannot determine the type of argument 'x' of double"):
        double[1, 1]("text", 1)


def test_configurations_are_objects():
    stream = cuda.stream()
    launcher = double[(2, 3), 32, stream, 128]
    assert (launcher.griddim, launcher.blockdim, launcher.stream, launcher.sharedmem) == ((2, 3, 1), (32, 1, 1), stream, 128)
    assert launcher.dispatcher is double
    kept = weakref.ref(stream)
    del stream, launcher
    gc.collect()
    assert kept() is None
    assert double.configure(2, 32).griddim == (2, 1, 1)
    assert double[np.int32(2), (np.int64(32),)].blockdim == (32, 1, 1)


def test_kernels_are_collected():
    kernel = cuda.jit(lambda: None)
    names = {"kernel": kernel, "launcher": kernel[1, 1]}
    kernel.py_func.__dict__["names"] = names
    kept = weakref.ref(kernel)
    del kernel, names
    gc.collect()
    assert kept() is None
    owner = {}
    description = cuda.to_device(np.zeros(3)).__cuda_array_interface__
    array = owner["array"] = cuda.from_cuda_array_interface(description, owner=owner)
    kept = weakref.ref(array)
    del array, owner
    gc.collect()
    assert kept() is None


def test_freed_arrays():
    x, y = cuda.to_device(np.zeros(3)), cuda.to_device(np.zeros(3))
    y.gpu_data.free()
    with pytest.raises(RuntimeError, match="^device memory that has been freed"):
        double[1, 32](x, y)
    with pytest.raises(RuntimeError, match="^device memory that has been freed"):
        double[1, 32]((x, y), y)


def test_kernels_after_closing():
    out = np.zeros(8)
    double[1, 32](np.arange(8.0), out)
    old = cuda.to_device(out)
    cuda.close()
    with pytest.raises(RuntimeError, match="whose context was closed"):
        double[1, 32](old, old)
    double[1, 32](np.arange(8.0), out)
    np.testing.assert_array_equal(out, 2 * np.arange(8.0))


@on_gpu
def test_warnings():
    with pytest.warns(ZoukPerformanceWarning, match="Grid size 3 will likely result in GPU under-utilization due to low occupancy."):
        cuda.jit(nothing.py_func)[3, 1]
    x = np.zeros(3)
    with pytest.warns(ZoukPerformanceWarning, match="Host array used in CUDA kernel will incur copy overhead to/from device."):
        double[128, 32](x, cuda.to_device(x))


def add(x, y, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = x[i] + y


def test_declared_signatures():
    kernel = cuda.jit("void(float64[:], int32, float64[:])")(add)
    assert kernel.specialized and len(kernel.signatures) == 1
    out = np.zeros(8)
    kernel[1, 8](np.arange(8.0), 3, out)
    np.testing.assert_array_equal(out, np.arange(8.0) + 3)
    with pytest.raises(TypeError, match="No matching definition for argument type"):
        kernel[1, 8](np.arange(8, dtype=np.int8), 3, out)
    several = cuda.jit([(zouk.float32[:], zouk.int64, zouk.float32[:]), "void(float64[:], int64, float64[:])"])(add)
    assert not several.specialized and len(several.signatures) == 2
    for dtype in (np.float32, np.float64):
        out = np.zeros(8, dtype)
        several[1, 8](np.arange(8, dtype=dtype), 3, out)
        np.testing.assert_array_equal(out, np.arange(8) + 3)
    with pytest.raises(TypeError, match="CUDA kernel must have void return type."):
        cuda.jit("int32(int32)")(lambda x: x)
    with pytest.raises(RuntimeError, match="Compilation disabled"):
        several.compile("void(int8[:], int64, int8[:])")


def test_kernels_as_objects():
    kernel = cuda.jit(add)
    assert kernel.py_func is add and kernel.__name__ == "add" and kernel.signatures == [] and "add" in repr(kernel)
    out = np.zeros(8)
    kernel[1, 8](np.arange(8.0), 3, out)
    (types,) = kernel.signatures
    assert types == (zouk.typeof(out), zouk.int64, zouk.typeof(out))
    assert list(kernel.overloads) == [types] and kernel.overloads[types].argument_types == types
    assert ".entry" in kernel.inspect_asm(types) and list(kernel.inspect_asm()) == [types]
    special = kernel.specialize(np.arange(8.0), 3, out)
    assert special.specialized and kernel.specialize(np.arange(8.0), 3, out) is special
    with pytest.raises(RuntimeError, match="Dispatcher already specialized"):
        special.specialize(out, 3, out)
    out[:] = 0
    special[1, 8](np.arange(8.0), 3, out)
    np.testing.assert_array_equal(out, np.arange(8.0) + 3)
    kernel.recompile()
    assert kernel.signatures == [types]
    kernel[1, 8](np.arange(8.0), 4, out)
    np.testing.assert_array_equal(out, np.arange(8.0) + 4)


def test_options():
    with pytest.raises(NotImplementedError, match="bounds checking is not supported for CUDA"):
        cuda.jit(boundscheck=True)(add)
    with pytest.raises(zouk.errors.DeprecationError):
        cuda.jit(argtypes=())(add)
    with pytest.raises(ValueError, match="link keyword invalid for device function"):
        cuda.jit(device=True, link=["a.ptx"])(add)
    with pytest.raises(KeyError, match="Unrecognized options"):
        cuda.jit(nonsense=1)(add)
    with pytest.warns(zouk.errors.ZoukInvalidConfigWarning, match="debug=True with opt=True"):
        cuda.jit(debug=True, opt=True)(add)
    with pytest.raises(TypeError, match="already jitted"):
        cuda.jit(double)
    out = np.zeros(8)
    cuda.jit(fastmath=True, max_registers=32, lineinfo=True, inline="always")(add)[1, 8](np.arange(8.0), 3, out)
    np.testing.assert_array_equal(out, np.arange(8.0) + 3)


def test_device_functions():
    @cuda.jit(device=True)
    def square(x):
        return x * x

    @zouk.njit
    def half(x):
        return x / 2

    @cuda.jit
    def apply(x, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = half(square(x[i]))

    out = np.zeros(8)
    apply[1, 8](np.arange(8.0), out)
    np.testing.assert_array_equal(out, np.arange(8.0) ** 2 / 2)
    with pytest.raises(TypeError, match="square is a device function"):
        square(3)
    with pytest.raises(RuntimeError, match="Cannot compile a device function as a kernel"):
        square[1, 1]


def test_names_that_are_for_kernels():
    with pytest.raises(RuntimeError, match=r"^cuda.syncthreads\(\) has a meaning only inside a CUDA kernel$"):
        cuda.syncthreads()
    with pytest.raises(RuntimeError, match=r"^cuda.shared.array\(\) has a meaning only"):
        cuda.shared.array(3, zouk.int32)


def test_pickling():
    assert pickle.loads(pickle.dumps(double)) is double
    launcher = pickle.loads(pickle.dumps(double[(2, 3), 32, 0, 64]))
    assert (launcher.dispatcher, launcher.griddim, launcher.blockdim, launcher.sharedmem) == (double, (2, 3, 1), (32, 1, 1), 64)

    def local(x, out):
        i = cuda.grid(1)
        if i < out.size:
            out[i] = x[i] + 1

    kernel = pickle.loads(pickle.dumps(cuda.jit(fastmath=True)(local)))
    assert kernel.targetoptions["fastmath"] is True
    out = np.zeros(4)
    kernel[1, 4](np.arange(4.0), out)
    np.testing.assert_array_equal(out, np.arange(4.0) + 1)


def test_extensions():
    class Extension:
        def prepare_args(self, ty, value, stream, retr):
            retr.append(lambda: done.append(True))
            return ty, value.array if isinstance(value, Wrapped) else value

    class Wrapped:
        def __init__(self, array):
            self.array = array

    done, out = [], np.zeros(8)
    kernel = cuda.jit(extensions=[Extension()])(double.py_func)
    kernel[1, 8](Wrapped(np.arange(8.0)), Wrapped(out))
    np.testing.assert_array_equal(out, 2 * np.arange(8.0))
    assert done
    kernel = cuda.jit(double.py_func)
    kernel.extensions.append(Extension())
    kernel[1, 8](Wrapped(np.arange(8.0) + 1), Wrapped(out))
    np.testing.assert_array_equal(out, 2 * np.arange(8.0) + 2)


@on_gpu
def test_what_a_kernel_needs():
    out = np.zeros(8)
    kernel = cuda.jit(add)
    kernel[1, 8](np.arange(8.0), 3, out)
    (types,) = kernel.signatures
    signature = zouk.types.Signature(zouk.types.none, types)
    for name in ("regs_per_thread", "shared_mem_per_block", "const_mem_size", "local_mem_per_thread", "max_threads_per_block"):
        value = getattr(kernel, f"get_{name}")(signature)
        assert isinstance(value, int) and value >= 0
        assert getattr(kernel, f"get_{name}")() == {types: value}
    assert kernel.overloads[types].max_cooperative_grid_blocks(128) > 0
