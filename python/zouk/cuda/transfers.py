"""What arrays and records of a device have in common: attributes, copies between host and device, exchange with other libraries."""

import numpy as np

from .. import _zouk
from .layouts import check_compatible, extent, is_contiguous, is_device_memory, on_cpu, packed
from .streams import handle


class OnDevice:
    """What arrays and records of a device have in common."""

    _is_record = False
    __cuda_memory__ = True
    __cuda_ndarray__ = True
    # NumPy leaves operators and ufuncs to the array, which has none: nothing is copied unnoticed.
    __array_priority__ = 1000

    @classmethod
    def _of(cls, layout, memory, stream=0):
        array = _zouk.cuda.DeviceArray.__new__(cls, layout, memory, cls._is_record)
        array.stream = stream
        return array

    shape = property(lambda self: self._layout.shape)
    strides = property(lambda self: self._layout.strides)
    dtype = property(lambda self: self._layout.dtype)
    ndim = property(lambda self: self._layout.ndim)
    size = property(lambda self: self._layout.size)
    nbytes = property(lambda self: self._layout.nbytes)
    itemsize = property(lambda self: self._layout.itemsize)

    @property
    def flags(self):
        flags = self._layout.flags
        return {"C_CONTIGUOUS": flags.c_contiguous, "F_CONTIGUOUS": flags.f_contiguous}

    @property
    def alloc_size(self):
        low, high = extent(self._layout)
        return high - low

    @property
    def gpu_data(self):
        """The memory from the first element on."""
        memory = self._memory
        offset = self._address - memory.address
        return memory.view(offset) if self.size and offset else memory

    @property
    def device_ctypes_pointer(self):
        from ctypes import c_void_p

        return c_void_p(self._address if self.size else 0)

    @property
    def __cuda_array_interface__(self):
        self._memory.check()
        return {
            "shape": self.shape,
            "strides": None if is_contiguous(self) else self.strides,
            "data": (self._address if self.size else 0, not self._layout.flags.writeable),
            "typestr": self.dtype.str,
            **({"descr": self.dtype.descr} if self.dtype.names else {}),
            "stream": int(self.stream) if self.stream else None,
            "version": 3,
        }

    @property
    def _numba_type_(self):
        from ..types import typeof

        return typeof(self)

    def _default_stream(self, stream):
        return stream if stream else self.stream

    def _check_writeable(self):
        if not self._layout.flags.writeable:
            raise ValueError("assignment destination is read-only")

    def as_cuda_arg(self):
        return self.gpu_data

    def bind(self, stream=0):
        """The same array, whose operations are put into `stream` unless they are told another one."""
        return type(self)._of(self._layout, self._memory, stream)

    def get_ipc_handle(self):
        """What another process opens the array with."""
        from .ipc import IpcArrayHandle

        memory = self._memory
        offset = self._address - memory.address
        return IpcArrayHandle(memory.ipc_handle(), memory.size, offset, self.shape, self.strides, self.dtype)

    # Transfers.

    def copy_to_host(self, ary=None, stream=0):
        """Copies the elements to `ary`, or to a new array, which is the result.

        With a stream the copy is put into that, and may not be done when the call returns.
        """
        stream = handle(self._default_stream(stream))
        if ary is None:
            return self._host_copy(stream)
        check_compatible(self, ary)
        if isinstance(ary, np.void):
            fresh = self._host_copy(stream)
            wait_for(stream)
            for name in ary.dtype.names:
                ary[name] = fresh[name]
            return ary
        if not isinstance(ary, np.ndarray):
            raise TypeError(f"copy_to_host() copies to a NumPy array, not to {type(ary)}")
        if not ary.flags.writeable:
            raise ValueError("the array to copy to is read-only")
        if self.size == 0:
            self._memory.check()
            return ary
        if ary.shape == self.shape and ary.strides == self.strides and packed(ary):
            self._read(ary.ctypes.data, stream)
        else:
            fresh = self._host_copy(stream)
            wait_for(stream)
            ary[...] = fresh.reshape(ary.shape)
        return ary

    def _host_copy(self, stream):
        """A new array with the same strides."""
        layout = self._layout
        low, high = extent(layout)
        buffer = np.empty(high - low, np.uint8)
        if layout.size == 0:
            self._memory.check()
            return np.empty(layout.shape, layout.dtype)
        self._read(buffer.ctypes.data, stream)
        return np.ndarray(layout.shape, layout.dtype, buffer, self._address - low, layout.strides)

    def _read(self, to, stream):
        low, high = extent(self._layout)
        _zouk.cuda.copy_to_host(self._memory, low, to, high - low, stream)

    def copy_to_device(self, ary, stream=0):
        """Copies the elements of `ary`, of the host or of a device, to this array."""
        stream = self._default_stream(stream)
        from .arrays import device_view

        self._check_writeable()
        ary = device_view(ary)
        check_compatible(self, ary)
        if self.size == 0:
            return self._memory.check()
        if is_device_memory(ary):
            self._copy_on_device(ary, stream)
        else:
            self._write(np.asarray(ary).reshape(self.shape), stream)

    def _copy_on_device(self, other, stream):
        if self.shape == other.shape and self.strides == other.strides and packed(self._layout):
            low, high = extent(self._layout)
            start, _ = extent(other._layout)
            _zouk.cuda.copy_on_device(self._memory, low, other._memory, start, high - low, handle(stream))
        else:
            from .copies import assign

            assign(self, other, stream)

    def _write(self, host, stream):
        """The elements of an array of the host, of the same shape and dtype."""
        layout = self._layout
        low, high = extent(layout)
        if packed(layout):
            # A copy only where the strides differ.
            host = np.array(host, order="C" if layout.flags.c_contiguous else "F", copy=None)
            _zouk.cuda.copy_to_device(self._memory, low, host.ctypes.data, high - low, handle(stream))
        elif on_cpu():
            self._memory.check()
            np.copyto(layout, host)
        else:
            from .copies import assign
            from .memory import to_device

            assign(self, to_device(np.ascontiguousarray(host), stream), stream)

    def __array__(self, dtype=None, copy=None):
        if copy is False:
            raise ValueError("an array of a device is copied to make a NumPy array of it")
        host = self.copy_to_host()
        wait_for(handle(self.stream))
        return host if dtype is None else host.astype(dtype, copy=False)

    # Exchange with other libraries, by DLPack.

    def __dlpack_device__(self):
        return _zouk.cuda.dlpack_device(self._memory)

    def __dlpack__(self, *, stream=None, max_version=None, dl_device=None, copy=None):
        if dl_device is not None and tuple(dl_device) != self.__dlpack_device__() or copy:
            raise BufferError("the array is given as it is, on its device")
        if stream not in (None, -1) and self.stream:
            self.stream.synchronize()
        return _zouk.cuda.to_dlpack(self)


def wait_for(stream):
    if stream is not None:
        from .streams import external_stream

        external_stream(stream).synchronize()
