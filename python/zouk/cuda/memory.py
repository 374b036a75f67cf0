"""Making arrays of a device, and memory of the host that devices see."""

import os
from collections.abc import Mapping
from contextlib import contextmanager
from operator import index

import numpy as np

from .. import _zouk
from .arrays import DeviceNDArray, device_view
from .host_arrays import ManagedNDArray, MappedNDArray, OfBoth
from .layouts import extent, is_device_memory, layout_at
from .records import DeviceRecord
from .streams import external_stream

# Flags of `cuMemHostAlloc`.
_PORTABLE, _MAPPED, _WRITE_COMBINED = 1, 2, 4


def to_device(obj, stream=0, copy=True, to=None):
    """The array or record `obj` on the current device, or in the array `to`.

    With a stream the copy is put into that. With `copy=False` the elements are undefined.
    """
    if to is not None:
        if copy:
            to.copy_to_device(obj, stream=stream)
        return to
    obj = device_view(obj)
    if is_device_memory(obj):
        return obj
    if isinstance(obj, np.void):
        record = DeviceRecord(obj.dtype, stream)
        if copy:
            record._write(np.asarray(obj), stream)
        return record
    array = np.asarray(obj)
    device = device_array_like(array, stream=stream)
    if copy and array.size:
        device._write(array, stream)
    return device


def device_array(shape, dtype=np.float64, strides=None, order="C", stream=0):
    """A new array of the current device, whose elements are undefined."""
    shape, strides, dtype = _checked(shape, strides, dtype, order)
    return DeviceNDArray(shape, strides, dtype, stream)


def device_array_like(ary, stream=0):
    """A new array of the current device with the shape, dtype and order of `ary`."""
    return device_array(ary.shape, ary.dtype, *_like(ary), stream=stream)


def pinned_array(shape, dtype=np.float64, strides=None, order="C"):
    """A new array of the host, in memory that is never paged out."""
    return _host_array(np.ndarray, shape, dtype, strides, order, 0)


def pinned_array_like(ary):
    """A new pinned array with the shape, dtype and order of `ary`."""
    return pinned_array(ary.shape, ary.dtype, *_like(ary))


def mapped_array(shape, dtype=np.float64, strides=None, order="C", stream=0, portable=False, wc=False):
    """A new array of the host, in pinned memory that devices see."""
    flags = _MAPPED | (_PORTABLE if portable else 0) | (_WRITE_COMBINED if wc else 0)
    return _host_array(MappedNDArray, shape, dtype, strides, order, flags, stream)


def mapped_array_like(ary, stream=0, portable=False, wc=False):
    """A new mapped array with the shape, dtype and order of `ary`."""
    return mapped_array(ary.shape, ary.dtype, *_like(ary), stream=stream, portable=portable, wc=wc)


def managed_array(shape, dtype=np.float64, strides=None, order="C", stream=0, attach_global=True):
    """A new array of memory that moves to where it is used."""
    return _host_array(ManagedNDArray, shape, dtype, strides, order, int(attach_global), stream, "managed")


def _host_array(kind, shape, dtype, strides, order, flags, stream=0, memory="host"):
    shape, strides, dtype = _checked(shape, strides, dtype, order)
    low, high = extent(layout_at(1 << 60, shape, strides, dtype))
    memory = _zouk.cuda.allocate(high - low, memory, flags)
    array = np.ndarray(shape, dtype, memory, (1 << 60) - low, strides).view(kind)
    if isinstance(array, OfBoth):
        array.device_setup(memory, stream)
    return array


def _checked(shape, strides, dtype, order):
    dtype = np.dtype(dtype)
    shape = (index(shape),) if hasattr(shape, "__index__") else tuple(map(index, shape))
    if any(size < 0 for size in shape):
        raise ValueError("negative dimensions are not allowed")
    if isinstance(strides, (int, np.integer)):
        strides = (int(strides),)
    if strides is None:
        if order not in ("C", "F"):
            raise ValueError("must supply either strides or order")
        strides = _contiguous(shape if order == "F" else shape[::-1], dtype.itemsize)
        strides = strides if order == "F" else strides[::-1]
    return shape, tuple(strides), dtype


def _contiguous(shape, itemsize):
    strides = []
    for size in shape:
        strides.append(itemsize)
        itemsize *= size
    return strides


def _like(ary):
    """Strides and order of a new array that is like `ary`: without gaps, the axes in the same order."""
    flags = ary.flags
    if flags["C_CONTIGUOUS"] or ary.ndim <= 1:
        return None, "C"
    if flags["F_CONTIGUOUS"]:
        return None, "F"
    strides, stride = [0] * ary.ndim, ary.dtype.itemsize
    for axis in sorted(range(ary.ndim), key=lambda axis: (abs(ary.strides[axis]), -axis)):
        strides[axis] = stride
        stride *= ary.shape[axis]
    return tuple(strides), "C"


# Memory of others.


def is_cuda_array(obj):
    """Whether `obj` has the CUDA array interface."""
    return hasattr(obj, "__cuda_array_interface__")


def as_cuda_array(obj, sync=True):
    """An array of a device over the memory of `obj`, which has the CUDA array interface and is kept alive.

    With `sync` the stream that the interface names is waited for.
    """
    if not is_cuda_array(obj):
        raise TypeError("*obj* doesn't implement the cuda array interface.")
    if isinstance(obj, DeviceNDArray):
        return obj
    return from_cuda_array_interface(obj.__cuda_array_interface__, owner=obj, sync=sync)


def from_cuda_array_interface(desc, owner=None, sync=True):
    """An array of a device from a description by the CUDA array interface. `owner` keeps the memory."""
    if not isinstance(desc, Mapping):
        raise TypeError(f"the CUDA array interface is a dict, not {desc!r}")
    if missing := [name for name in ("shape", "typestr", "data") if desc.get(name) is None]:
        raise ValueError(f"the CUDA array interface has no {missing[0]!r}")
    if desc.get("version", 0) >= 1 and desc.get("mask") is not None:
        raise NotImplementedError("Masked arrays are not supported")
    dtype = np.dtype(desc["typestr"])
    if dtype.kind == "V" and desc.get("descr") and desc["descr"] != [("", desc["typestr"])]:
        dtype = np.lib.format.descr_to_dtype(desc["descr"])
    address, readonly = desc["data"]
    shape, strides, dtype = _checked(desc["shape"], desc.get("strides"), dtype, "C")
    layout = _layout_of_others(index(address), shape, strides, dtype)
    layout.flags.writeable = not readonly
    low, high = extent(layout)
    memory = _zouk.cuda.external(low if layout.size else 0, high - low, owner)
    stream = desc.get("stream")
    if stream is not None:
        stream = external_stream(stream)
        if sync and os.environ.get("NUMBA_CUDA_ARRAY_INTERFACE_SYNC", "1") not in ("", "0"):
            stream.synchronize()
    return DeviceNDArray._of(layout, memory, stream or 0)


def _layout_of_others(address, shape, strides, dtype):
    if strides is not None and len(strides) != len(shape):
        raise ValueError(f"an array of {len(shape)} axes has {len(shape)} strides, not {len(strides)}")
    if address == 0 and all(shape):
        raise ValueError(f"an array of shape {shape} is not at the address 0")
    return layout_at(address, shape, strides, dtype)


def from_dlpack(obj):
    """An array of a device over the memory of `obj`, which has the methods of DLPack."""
    device = tuple(map(int, obj.__dlpack_device__()))
    if hasattr(obj, "__cuda_array_interface__") and isinstance(obj, DeviceNDArray):
        return obj
    address, shape, strides, typestr, capsule = _zouk.cuda.from_dlpack(obj.__dlpack__(), device)
    dtype = np.dtype(typestr)
    layout = _layout_of_others(address, tuple(shape), strides and tuple(stride * dtype.itemsize for stride in strides), dtype)
    low, high = extent(layout)
    return DeviceNDArray._of(layout, _zouk.cuda.external(low, high - low, capsule))


# Pinning and mapping memory of the program.


@contextmanager
def pinned(*arylist):
    """A block in which the memory of arrays is never paged out."""
    memories = []
    try:
        for ary in arylist:
            memories.append(_registered(ary, False))
        yield
    finally:
        _release(memories)


@contextmanager
def mapped(*arylist, stream=0):
    """A block in which devices see the memory of arrays: gives an array of the device for the one, or a list."""
    memories, devices = [], []
    try:
        for ary in arylist:
            memory = _registered(ary, True)
            memories.append(memory)
            low, _ = extent(ary)
            layout = layout_at(memory.address + ary.ctypes.data - low, ary.shape, ary.strides, ary.dtype)
            devices.append(DeviceNDArray._of(layout, memory, stream))
        yield devices[0] if len(devices) == 1 else devices
    finally:
        _release(memories)


def _registered(ary, mapped):
    low, high = extent(ary)
    return _zouk.cuda.register(low, max(high - low, 1), mapped, ary)


def _release(memories):
    for memory in memories:
        if memory.alive:
            memory.free()
    _zouk.cuda.flush()
