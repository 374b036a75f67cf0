"""Calls kernels of the runtime as compiled code does: by the names of the extension module, with pointers and sizes."""

import ctypes

import numpy as np
from zouk import _zouk

DTYPES = [np.bool_, np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.float32, np.float64, np.complex64, np.complex128]
FINE, NAN, UNDEFINED, NO_CONVERGENCE, OUT_OF_MEMORY, BAD_ARGUMENT = 0, -1, 1, 2, 3, 4

_library = ctypes.CDLL(_zouk.__file__)


def suffix(dtype):
    """The end of a kernel's name: `f64` of float64."""
    dtype = np.dtype(dtype)
    return "bool" if dtype.kind == "b" else f"{dtype.kind}{dtype.itemsize * 8}"


def kernel(operation, dtype, *arguments):
    """The status of `zouk_<operation>_<dtype>`. Arrays are passed by address: those not packed are an error of the test."""
    function = getattr(_library, f"zouk_{operation}_{suffix(dtype)}")
    function.restype = ctypes.c_int64
    return function(*map(_slot, arguments))


def _slot(value):
    if value is None:
        return ctypes.c_void_p(None)
    if isinstance(value, np.ndarray):
        assert value.flags.c_contiguous
        return ctypes.c_void_p(value.ctypes.data)
    return ctypes.c_double(value) if isinstance(value, float) else ctypes.c_int64(value)
