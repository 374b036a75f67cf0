"""Functions of Numba's CUDA driver modules that programs use."""

import numpy as np

from ..cuda import DeviceNDArray, DeviceRecord, as_cuda_array, to_device
from ..cuda.arrays import extent, is_device_memory

USE_NV_BINDING = False

errmsg_contiguous_buffer = (
    "Array contains non-contiguous buffer and cannot be transferred as a single memory region. Please ensure contiguous buffer with numpy .ascontiguousarray()"
)


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
