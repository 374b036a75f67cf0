"""Arguments of launches that are not of a device: arrays of the host are copied there before, and back after."""

import os
import warnings
from enum import Enum

import numpy as np

from .. import _zouk
from ..errors import ZoukPerformanceWarning
from . import memory
from .arrays import device_view
from .layouts import is_device_memory, on_cpu
from .streams import external_stream


class ArgHint:
    """How an array of the host is passed: see `In`, `Out` and `InOut`."""

    def __init__(self, value):
        self.value = value


class In(ArgHint):
    """An array that is copied to the device, and not back."""


class Out(ArgHint):
    """An array that is copied back, and not to the device before."""


class InOut(ArgHint):
    """An array that is copied to the device before a launch, and back after it."""


def wrap_arg(value, default=InOut):
    """The argument with a hint: its own, or the default one."""
    return value if isinstance(value, ArgHint) else default(value)


def prepare(kernel, arguments, stream):
    """The arguments as kernels take them, and what is to be called after the launch."""
    retrieve, copies = [], {}
    if isinstance(stream, int):
        stream = external_stream(stream)
    for extension in reversed(kernel.extensions):
        arguments = tuple(extension.prepare_args(None, value, stream=stream, retr=retrieve)[1] for value in arguments)
    launch = _Launch(stream or 0, retrieve, copies, _zouk.is_frozen(kernel._dispatcher))
    return tuple(map(launch.prepared, arguments)), retrieve


class _Launch:
    def __init__(self, stream, retrieve, copies, declared):
        self.stream, self.retrieve, self.copies, self.declared = stream, retrieve, copies, declared

    def prepared(self, value):
        if type(value) in (int, float, complex, bool):
            return value
        hint = InOut
        if isinstance(value, ArgHint):
            hint, value = type(value), value.value
        value = device_view(value)
        if is_device_memory(value):
            return value
        if isinstance(value, tuple):
            parts = [self.prepared(hint(part) if hint is not InOut else part) for part in value]
            return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
        if isinstance(value, Enum) and isinstance(value, int):
            return value.value
        if isinstance(value, np.ndarray) or isinstance(value, np.void) and value.dtype.names is not None:
            return self.copied(value, hint)
        return value

    def copied(self, value, hint):
        """A copy of the device; one of each array, however often it is passed."""
        if hint is InOut and on_cpu() and not (self.declared and _is_unaligned(value)):
            return value
        known = self.copies.get(id(value))
        if known is not None:
            return known
        if hint is not Out:
            _warn_of_copy()
        readonly = not value.flags.writeable
        device = memory.to_device(value, self.stream, copy=hint is not Out)
        if hint is not In and not readonly:
            self.retrieve.append(lambda: self.brought_back(device, value))
        if readonly:
            layout = device._layout[...]
            layout.flags.writeable = False
            device = type(device)._of(layout, device._memory, device.stream)
        self.copies[id(value)] = device
        return device

    def brought_back(self, device, value):
        if isinstance(value, np.void):
            host = device.copy_to_host(stream=self.stream)
            if self.stream:
                self.stream.synchronize()
            for name in value.dtype.names:
                value[name] = host[name]
        else:
            device.copy_to_host(value, self.stream)


def _is_unaligned(value):
    """Whether elements of an array lie where compiled code for a declared type does not look for them."""
    return isinstance(value, np.ndarray) and value.dtype.names is None and (not value.flags.aligned or any(stride % value.itemsize for stride in value.strides))


def _warn_of_copy():
    if on_cpu() or os.environ.get("NUMBA_CUDA_WARN_ON_IMPLICIT_COPY", "1") in ("", "0"):
        return
    message = "Host array used in CUDA kernel will incur copy overhead to/from device."
    warnings.warn(ZoukPerformanceWarning(message), stacklevel=5)
