"""Arrays of a device.

What an array is, except for its elements, is a NumPy array at the device's address, its *layout*. NumPy slices, reshapes and views it as any array; nobody
reads or writes its elements, unless the device is the CPU.
"""

import math

import numpy as np

from .. import _zouk
from ..errors import TypingError
from .errors import DeadMemoryError
from .streams import handle

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


def _packed(layout):
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


class _Device:
    """What arrays and records of a device have in common."""

    __cuda_memory__ = True
    __cuda_ndarray__ = True
    # NumPy leaves operators and ufuncs to the array, which has none: nothing is copied unnoticed.
    __array_priority__ = 1000

    @classmethod
    def _of(cls, layout, memory, stream=0):
        array = _zouk.cuda.DeviceArray.__new__(cls, layout, memory, cls is DeviceRecord)
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
        return {
            "shape": self.shape,
            "strides": None if is_contiguous(self) else self.strides,
            "data": (self._address if self.size else 0, False),
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
            _wait_for(stream)
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
        if ary.shape == self.shape and ary.strides == self.strides and _packed(ary):
            self._read(ary.ctypes.data, stream)
        else:
            fresh = self._host_copy(stream)
            _wait_for(stream)
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
        ary = device_view(ary)
        check_compatible(self, ary)
        if self.size == 0:
            return self._memory.check()
        if is_device_memory(ary):
            self._copy_on_device(ary, stream)
        else:
            self._write(np.asarray(ary).reshape(self.shape), stream)

    def _copy_on_device(self, other, stream):
        if self.shape == other.shape and self.strides == other.strides and _packed(self._layout):
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
        if _packed(layout):
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
        _wait_for(handle(self.stream))
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


def _wait_for(stream):
    if stream is not None:
        from .streams import external_stream

        external_stream(stream).synchronize()


def device_view(value):
    """An array of a device for whatever says that it is one; other values as they are."""
    if isinstance(value, _Device):
        return value
    if isinstance(value, _OfBoth):
        return value._on_device()
    if not isinstance(value, np.ndarray) and hasattr(value, "__cuda_array_interface__"):
        from .memory import as_cuda_array

        return as_cuda_array(value)
    return value


class DeviceNDArray(_Device, _zouk.cuda.DeviceArray):
    """An array of a device."""

    def __new__(cls, shape, strides, dtype, stream=0, gpu_data=None):
        shape = (shape,) if isinstance(shape, int) else tuple(shape)
        strides = (strides,) if isinstance(strides, int) else strides and tuple(strides)
        if strides and len(strides) != len(shape):
            raise ValueError("strides not match ndim")
        dtype = np.dtype(dtype)
        if gpu_data is None:
            # Sizes first: the layout says how much memory there must be, and where in it the first element is.
            low, high = extent(layout_at(1 << 60, shape, strides, dtype))
            gpu_data = _zouk.cuda.allocate(high - low)
            address = gpu_data.address + (1 << 60) - low
        else:
            address = gpu_data.address
        return cls._of(layout_at(address, shape, strides, dtype), gpu_data, stream)

    def _view(self, layout, stream=0):
        return type(self)._of(layout, self._memory, stream)

    def is_c_contiguous(self):
        return self._layout.flags.c_contiguous

    def is_f_contiguous(self):
        return self._layout.flags.f_contiguous

    def __len__(self):
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __repr__(self):
        return f"<{type(self).__name__} of shape {self.shape} and dtype {self.dtype}>"

    @property
    def T(self):
        return self.transpose()

    def transpose(self, *axes):
        """A view with the axes in another order."""
        if len(axes) == 1 and (axes[0] is None or isinstance(axes[0], (tuple, list))):
            axes = axes[0] or ()
        if axes and sorted(axes) != list(range(self.ndim)):
            raise ValueError(f"invalid axes list {tuple(axes)!r}")
        return self._view(self._layout.transpose(*axes), self.stream)

    def reshape(self, *newshape, order="C"):
        """A view of another shape."""
        if len(newshape) == 1 and isinstance(newshape[0], (tuple, list)):
            newshape = newshape[0]
        return self._view(self._reshaped(tuple(newshape), order), self.stream)

    def _reshaped(self, shape, order):
        try:
            return np.reshape(self._layout, shape, order=order, copy=False)
        except ValueError as error:
            if "copy" not in str(error):
                raise
        raise NotImplementedError("operation requires copying")

    def ravel(self, order="C", stream=0):
        """A view with one axis."""
        return self._view(self._reshaped((-1,), order), self._default_stream(stream))

    def squeeze(self, axis=None, stream=0):
        """A view without axes of size one."""
        return self._view(self._layout.squeeze(axis), self._default_stream(stream))

    def view(self, dtype):
        """A view of the same memory with another dtype."""
        return self._view(self._layout.view(np.dtype(dtype)), self.stream)

    def split(self, section, stream=0):
        """Parts of `section` elements; the last may be shorter."""
        stream = self._default_stream(stream)
        if self.ndim != 1:
            raise ValueError("only support 1d array")
        if self.strides[0] != self.dtype.itemsize:
            raise ValueError("only support unit stride")
        for i in range(math.ceil(self.size / section)):
            yield self._view(self._layout[i * section : (i + 1) * section], stream)

    # Elements and slices.

    def _at(self, key, stream):
        """The view of a key, and whether it is an element."""
        items = key if isinstance(key, tuple) else (key,)
        fields = isinstance(key, str)
        for item in items:
            if isinstance(item, (bool, np.bool_)) or not (fields or item is None or item is Ellipsis or isinstance(item, slice) or hasattr(item, "__index__") and np.ndim(item) == 0):
                raise IndexError("only integers, slices (`:`), ellipsis (`...`) and None are valid indices of an array of a device")
        if fields:
            return self._view(self._layout[key], stream), False
        whole = any(item is Ellipsis for item in items)
        # With an ellipsis NumPy gives a view, never an element.
        layout = self._layout[items if whole else (*items, Ellipsis)]
        return self._view(layout, stream), not whole and layout.ndim == 0

    def __getitem__(self, item):
        return self.getitem(item)

    def getitem(self, item, stream=0):
        """`self[item]`: a view, or the element."""
        stream = self._default_stream(stream)
        view, is_element = self._at(item, stream)
        if not is_element:
            return view
        if self.dtype.names is not None:
            return DeviceRecord._of(view._layout, self._memory, stream)
        host = view.copy_to_host(stream=stream)
        _wait_for(handle(stream))
        return host[()]

    def __iter__(self):
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        return map(self.__getitem__, range(self.shape[0]))

    def __setitem__(self, key, value):
        self.setitem(key, value)

    def setitem(self, key, value, stream=0):
        """`self[key] = value`"""
        stream = self._default_stream(stream)
        view, _ = self._at(key, stream)
        value = device_view(value)
        if not is_device_memory(value):
            value = np.asarray(value)
        _check_assigned(view.shape, value.shape)
        while value.ndim and value.ndim > view.ndim:
            value = value.reshape(value.shape[1:])
        if view.size == 0:
            return view._memory.check()
        if is_device_memory(value):
            shape = np.broadcast_shapes(value.shape, view.shape)
            other = value if value.shape == shape else value._view(np.broadcast_to(value._layout, shape))
            if other.dtype == view.dtype:
                view._copy_on_device(other, stream)
            else:
                from .copies import assign

                assign(view, other, stream)
        else:
            view._write(np.broadcast_to(value.astype(view.dtype), view.shape), stream)


def _check_assigned(to, shape):
    if len(shape) > len(to):
        raise ValueError(f"Can't assign {len(shape)}-D array to {len(to)}-D self")
    shape = (1,) * (len(to) - len(shape)) + tuple(shape)
    for i, (size, given) in enumerate(zip(to, shape)):
        if given != 1 and size != given:
            raise ValueError(f"Can't copy sequence with size {given} to array axis {i} with dimension {size}")


class DeviceRecord(_Device, _zouk.cuda.DeviceArray):
    """A record of a device."""

    def __new__(cls, dtype, stream=0, gpu_data=None):
        dtype = np.dtype(dtype)
        if gpu_data is None:
            gpu_data = _zouk.cuda.allocate(dtype.itemsize)
        return cls._of(layout_at(gpu_data.address, (), None, dtype), gpu_data, stream)

    def _field(self, name, stream):
        if name not in (self.dtype.names or ()):
            raise KeyError(name)
        return DeviceNDArray._of(self._layout[name], self._memory, stream)

    def __getitem__(self, item):
        return self.getitem(item)

    def getitem(self, item, stream=0):
        """The field `item`: its value, or a view of a field that is a record or an array."""
        stream = self._default_stream(stream)
        field = self._field(item, stream)
        if field.dtype.names is not None and field.ndim == 0:
            return DeviceRecord._of(field._layout, self._memory, stream)
        return field if field.ndim else field[()]

    def __setitem__(self, key, value):
        self.setitem(key, value)

    def setitem(self, key, value, stream=0):
        """Assigns the field `key`."""
        stream = self._default_stream(stream)
        self._field(key, stream).setitem(Ellipsis, value, stream)

    def __repr__(self):
        return f"<DeviceRecord of dtype {self.dtype}>"


class _OfBoth(np.ndarray):
    """An array of the host that devices see too."""

    __cuda_memory__ = True
    __cuda_ndarray__ = True
    gpu_data = None
    stream = 0

    def __array_finalize__(self, other):
        if isinstance(other, _OfBoth):
            self.gpu_data, self.stream = other.gpu_data, other.stream

    def device_setup(self, gpu_data, stream=0):
        self.gpu_data, self.stream = gpu_data, stream

    def _on_device(self):
        """The array as devices see it."""
        memory = self.gpu_data
        if memory is None:
            raise DeadMemoryError("the array has no memory that devices see")
        address = memory.address + self.ctypes.data - memory.host
        if self.size and not 0 <= address - memory.address < memory.size:
            # The result of an operation: an array of the host.
            from .memory import to_device

            return to_device(np.asarray(self))
        return DeviceNDArray._of(layout_at(address, self.shape, self.strides, self.dtype), memory, self.stream)

    @property
    def __cuda_array_interface__(self):
        return self._on_device().__cuda_array_interface__

    def copy_to_host(self, ary=None, stream=0):
        return self._on_device().copy_to_host(ary, stream)

    def copy_to_device(self, ary, stream=0):
        self._on_device().copy_to_device(ary, stream)


class MappedNDArray(_OfBoth):
    """An array of pinned memory of the host that devices see."""


class ManagedNDArray(_OfBoth):
    """An array of memory that moves to where it is used."""
