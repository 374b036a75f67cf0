"""Records of a device."""

import numpy as np

from .. import _zouk
from .arrays import DeviceNDArray
from .layouts import layout_at
from .transfers import OnDevice


class DeviceRecord(OnDevice, _zouk.cuda.DeviceArray):
    """A record of a device."""

    _is_record = True

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
