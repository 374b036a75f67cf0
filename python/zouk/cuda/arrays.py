"""Arrays of a device: views and elements.

NumPy slices, reshapes and views the layout as any array; nobody reads or writes its elements, unless the device is the CPU.
"""

import math

import numpy as np

from .. import _zouk
from .host_arrays import OfBoth
from .layouts import extent, is_device_memory, layout_at
from .streams import handle
from .transfers import OnDevice, wait_for


def device_view(value):
    """An array of a device for whatever says that it is one; other values as they are."""
    if isinstance(value, OnDevice):
        return value
    if isinstance(value, OfBoth):
        return value._on_device()
    if not isinstance(value, np.ndarray) and hasattr(value, "__cuda_array_interface__"):
        from .memory import as_cuda_array

        return as_cuda_array(value)
    return value


class DeviceNDArray(OnDevice, _zouk.cuda.DeviceArray):
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

    def transpose(self, *order, axes=None):
        """A view with the axes in another order: given one by one, or together."""
        if len(order) == 1 and (order[0] is None or isinstance(order[0], (tuple, list))):
            order = order[0] or ()
        axes = order if axes is None else axes
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
            from .records import DeviceRecord

            return DeviceRecord._of(view._layout, self._memory, stream)
        host = view.copy_to_host(stream=stream)
        wait_for(handle(stream))
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
        view._check_writeable()
        value = device_view(value)
        if not is_device_memory(value):
            # As NumPy converts it: a number that does not fit is an error.
            host = np.empty(np.shape(value), view.dtype)
            host[...] = value
            value = host
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
            view._write(np.broadcast_to(value, view.shape), stream)


def _check_assigned(to, shape):
    if len(shape) > len(to):
        raise ValueError(f"Can't assign {len(shape)}-D array to {len(to)}-D self")
    shape = (1,) * (len(to) - len(shape)) + tuple(shape)
    for i, (size, given) in enumerate(zip(to, shape)):
        if given != 1 and size != given:
            raise ValueError(f"Can't copy sequence with size {given} to array axis {i} with dimension {size}")
