"""Arrays of a device that several processes of one machine share."""

from contextlib import contextmanager

import numpy as np

from .. import _zouk
from .arrays import DeviceNDArray
from .layouts import extent, layout_at


class IpcArrayHandle:
    """What another process opens an array with: it can be pickled. Also a context manager, whose value is the array."""

    def __init__(self, handle, size, offset, shape, strides, dtype):
        self._handle, self._size, self._offset = handle, size, offset
        self._shape, self._strides, self._dtype = shape, strides, dtype
        self._memory = None

    handle = property(lambda self: self._handle)

    def open(self):
        """The array, in another process than the one that made the handle."""
        if self._memory is not None:
            raise ValueError("IpcHandle is already opened")
        self._memory = _zouk.cuda.open_ipc(self._handle, self._size)
        layout = layout_at(self._memory.address + self._offset, self._shape, self._strides, self._dtype)
        return DeviceNDArray._of(layout, self._memory)

    def close(self):
        """From now on the array is not used."""
        if self._memory is None:
            raise ValueError("IpcHandle not opened")
        self._memory.free()
        self._memory = None
        _zouk.cuda.flush()

    def __enter__(self):
        return self.open()

    def __exit__(self, *exception):
        self.close()

    def __reduce__(self):
        return IpcArrayHandle, (self._handle, self._size, self._offset, self._shape, self._strides, self._dtype)


@contextmanager
def open_ipc_array(handle, shape, dtype, strides=None, offset=0):
    """A block with the array of a handle (64 bytes) of another process."""
    dtype = np.dtype(dtype)
    shape = (shape,) if isinstance(shape, int) else tuple(shape)
    low, high = extent(layout_at(1 << 60, shape, strides, dtype))
    memory = IpcArrayHandle(bytes(handle), high - low + offset, offset, shape, strides, dtype)
    with memory as array:
        yield array
