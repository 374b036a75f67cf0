"""What an array of a device is, except for its elements: a NumPy array at the device's address, its *layout*."""

import numpy as np

from .. import _zouk
from ..errors import TypingError

# Where arrays without elements lie.
_NOWHERE = 256


class _At:
    def __init__(self, address, shape, strides, itemsize):
        self.__array_interface__ = {
            "version": 3, "data": (address or _NOWHERE, False), "shape": shape, "strides": strides, "typestr": f"|V{itemsize}",
        }  # fmt: skip


def layout_at(address, shape, strides, dtype):
    dtype = np.dtype(dtype)
    if dtype.hasobject:
        raise TypingError(f"arrays of a device have no elements of dtype {dtype}: those are objects of Python")
    return np.asarray(_At(address, tuple(shape), strides and tuple(strides), dtype.itemsize)).view(dtype)


def extent(layout):
    """The addresses of the first byte and behind the last."""
    low = high = layout.__array_interface__["data"][0]
    if layout.size == 0:
        return low, low
    for size, stride in zip(layout.shape, layout.strides):
        if stride < 0:
            low += (size - 1) * stride
        else:
            high += (size - 1) * stride
    return low, high + layout.itemsize


def on_cpu():
    return _zouk.cuda.execution_target() == "cpu"


def is_device_memory(value):
    return getattr(value, "__cuda_memory__", False)


def check_compatible(one, other):
    if one.dtype != other.dtype:
        raise TypeError(f"incompatible dtype: {one.dtype} vs. {other.dtype}")
    if _squeezed(one.shape) != _squeezed(other.shape):
        raise ValueError(f"incompatible shape: {one.shape} vs. {other.shape}")


def _squeezed(shape):
    return tuple(size for size in shape if size != 1)


def packed(layout):
    """Whether the elements lie without gaps, in either order."""
    return layout.flags.c_contiguous or layout.flags.f_contiguous


def is_contiguous(array):
    """Whether the elements lie in C's order, but for axes of one size or that are repeated."""
    size = array.dtype.itemsize
    for length, stride in zip(reversed(array.shape), reversed(array.strides)):
        if length > 1 and stride != 0:
            if size != stride:
                return False
            size *= length
    return True
