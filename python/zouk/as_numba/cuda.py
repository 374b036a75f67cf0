"""Functions of Numba's CUDA modules that programs use."""

from collections import namedtuple

import numpy as np

from ..cuda import DeviceNDArray, DeviceRecord, as_cuda_array, device_array, language, runtime, to_device
from ..cuda.layouts import extent, is_device_memory

USE_NV_BINDING = False

errmsg_contiguous_buffer = (
    "Array contains non-contiguous buffer and cannot be transferred as a single memory region. Please ensure contiguous buffer with numpy .ascontiguousarray()"
)


# For these LLVM makes PTX.
_CAPABILITIES = [(5, 0), (5, 2), (5, 3), (6, 0), (6, 1), (6, 2), (7, 0), (7, 2), (7, 5), (8, 0), (8, 6), (8, 7), (8, 9), (9, 0), (10, 0), (10, 1), (12, 0)]


def get_supported_ccs():
    """The compute capabilities that code is compiled for."""
    return list(_CAPABILITIES)


def find_closest_arch(mycc):
    """The newest compute capability that code is compiled for and that a device of `mycc` runs."""
    fitting = [cc for cc in _CAPABILITIES if cc <= tuple(mycc)]
    if not fitting:
        raise ValueError(f"GPU compute capability {mycc[0]}.{mycc[1]} is not supported (requires >= {_CAPABILITIES[0][0]}.{_CAPABILITIES[0][1]})")
    return fitting[-1]


def get_version():
    """The version of CUDA that the driver is for."""
    return runtime.get_version()


_VectorType = namedtuple("_VectorType", "name base_type attr_names num_elements user_facing_object")


def _vector_types():
    from .. import cuda, types

    for name in language._VECTORS:
        element, n = name.rsplit("x", 1)
        yield name, _VectorType(name, getattr(types, element), tuple("xyzw"[: int(n)]), int(n), getattr(cuda, name))


def transpose(a, b=None):
    """`a.T` without gaps, in a new array of the device or in `b`."""
    if b is None:
        b = device_array((a.shape[1], a.shape[0]), a.dtype, stream=a.stream)
    b.copy_to_device(a.transpose())
    return b


def array_core(ary):
    """A view without repeated elements."""
    if not ary.strides or not ary.size:
        return ary
    return ary[tuple(0 if stride == 0 else slice(None) for stride in ary.strides)]


def sentry_contiguous(ary):
    core = array_core(ary)
    if not core.flags["C_CONTIGUOUS"] and not core.flags["F_CONTIGUOUS"]:
        raise ValueError(errmsg_contiguous_buffer)


def auto_device(obj, stream=0, copy=True, user_explicit=False):
    """The array of a device, and whether it is new."""
    if is_device_memory(obj):
        return obj, False
    if hasattr(obj, "__cuda_array_interface__"):
        return as_cuda_array(obj), False
    return to_device(obj, stream, copy), True


def from_array_like(ary, stream=0, gpu_data=None):
    return DeviceNDArray(ary.shape, ary.strides, ary.dtype, stream=stream, gpu_data=gpu_data)


def from_record_like(rec, stream=0, gpu_data=None):
    return DeviceRecord(rec.dtype, stream=stream, gpu_data=gpu_data)


def require_cuda_ndarray(obj):
    if not is_device_memory(obj):
        raise ValueError("require an cuda ndarray object")


def verify_cuda_ndarray_interface(obj):
    require_cuda_ndarray(obj)
    for name, kind in (("shape", tuple), ("strides", tuple), ("dtype", np.dtype), ("size", int)):
        if not isinstance(getattr(obj, name), kind):
            raise AttributeError(f"{name} must be of type {kind}")


def device_memory_size(array):
    """Bytes from the first to behind the last."""
    size = getattr(array, "alloc_size", None)
    if size is not None:
        return size
    if isinstance(array, np.ndarray):
        low, high = extent(array)
        return high - low
    return array.size


def device_pointer(array):
    return array.device_ctypes_pointer.value or 0


def device_memset(dst, val, size, stream=0):
    """Fills `size` bytes."""
    from .. import _zouk
    from ..cuda.streams import handle

    memory = getattr(dst, "gpu_data", dst)
    _zouk.cuda.fill(memory, memory.address, val, size, handle(stream))


def device_to_host(dst, src, size, stream=0):
    """Copies `size` bytes of a device to an array of the host."""
    from .. import _zouk
    from ..cuda.streams import handle

    memory = getattr(src, "gpu_data", src)
    _zouk.cuda.copy_to_host(memory, memory.address, dst.ctypes.data, size, handle(stream))


def host_to_device(dst, src, size, stream=0):
    """Copies `size` bytes of an array of the host to a device."""
    from .. import _zouk
    from ..cuda.streams import handle

    memory = getattr(dst, "gpu_data", dst)
    _zouk.cuda.copy_to_device(memory, memory.address, src.ctypes.data, size, handle(stream))


vector_types = dict(_vector_types())
