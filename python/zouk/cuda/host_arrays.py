"""Arrays of the host that devices see too."""

import numpy as np

from .errors import DeadMemoryError
from .layouts import layout_at


class OfBoth(np.ndarray):
    """An array of the host that devices see too."""

    __cuda_memory__ = True
    __cuda_ndarray__ = True
    gpu_data = None
    stream = 0

    def __array_finalize__(self, other):
        if isinstance(other, OfBoth):
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
        from .arrays import DeviceNDArray

        return DeviceNDArray._of(layout_at(address, self.shape, self.strides, self.dtype), memory, self.stream)

    @property
    def __cuda_array_interface__(self):
        return self._on_device().__cuda_array_interface__

    def copy_to_host(self, ary=None, stream=0):
        return self._on_device().copy_to_host(ary, stream)

    def copy_to_device(self, ary, stream=0):
        self._on_device().copy_to_device(ary, stream)


class MappedNDArray(OfBoth):
    """An array of pinned memory of the host that devices see."""


class ManagedNDArray(OfBoth):
    """An array of memory that moves to where it is used."""
