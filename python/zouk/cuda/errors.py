"""What goes wrong with drivers, devices and launches. Names and texts are Numba's."""

import numbers
import os
import warnings

from ..errors import LoweringError, ZoukPerformanceWarning


class CudaDriverError(Exception):
    pass


class CudaRuntimeError(Exception):
    pass


class CudaSupportError(ImportError):
    """There is no driver, or no device."""


class NvvmError(Exception):
    pass


class NvvmSupportError(ImportError):
    pass


class NvrtcError(Exception):
    pass


class LinkerError(RuntimeError):
    pass


class DeadMemoryError(RuntimeError):
    pass


class CudaLoweringError(LoweringError):
    pass


class CudaAPIError(CudaDriverError):
    """A function of the driver has failed with `code`."""

    def __init__(self, code, msg):
        self.code = code
        self.msg = msg
        super().__init__(code, msg)

    def __str__(self):
        return f"[{self.code}] {self.msg}"


class KernelRuntimeError(RuntimeError):
    """A thread of a kernel has raised."""

    def __init__(self, msg, tid=None, ctaid=None):
        self.tid = tid
        self.ctaid = ctaid
        self.msg = msg
        super().__init__(f"An exception was raised in thread={tid} block={ctaid}\n\t{msg}")


missing_launch_config_msg = """
Kernel launch configuration was not specified. Use the syntax:

kernel_function[blockspergrid, threadsperblock](arg0, arg1, ..., argn)
"""


def normalize_kernel_dimensions(griddim, blockdim):
    """The sizes of a grid and a block, three each."""

    def check_dim(dim, name):
        dim = list(dim) if isinstance(dim, (tuple, list)) else [dim]
        if len(dim) > 3:
            raise ValueError(f"{name} must be a sequence of 1, 2 or 3 integers, got {dim!r}")
        for value in dim:
            if not isinstance(value, numbers.Integral):
                raise TypeError(f"{name} must be a sequence of integers, got {dim!r}")
        return tuple(dim) + (1,) * (3 - len(dim))

    if griddim is None or blockdim is None:
        raise ValueError(missing_launch_config_msg)
    return check_dim(griddim, "griddim"), check_dim(blockdim, "blockdim")


def _sizes(griddim, blockdim):
    """The same, of sizes that the driver can be told."""
    sizes = normalize_kernel_dimensions(griddim, blockdim)
    for name, dim in zip(("grid", "block"), sizes):
        if not all(0 <= int(size) < 1 << 32 for size in dim):
            raise CudaAPIError(1, f"Call to cuLaunchKernel results in CUDA_ERROR_INVALID_VALUE: {name} {dim}")
    return tuple(tuple(map(int, dim)) for dim in sizes)


def _warn_of_grid(blocks):
    if os.environ.get("NUMBA_CUDA_LOW_OCCUPANCY_WARNINGS", "1") in ("", "0"):
        return
    message = f"Grid size {blocks} will likely result in GPU under-utilization due to low occupancy."
    warnings.warn(ZoukPerformanceWarning(message), stacklevel=2)
