"""`cuda.jit`."""

import os
import warnings

from .. import types
from ..errors import DeprecationError, ZoukInvalidConfigWarning
from .functions import DeviceFunction
from .kernels import Kernel


def jit(func_or_sig=None, device=False, inline="never", forceinline=False, link=None, debug=None, opt=None, lineinfo=False, cache=False, **options):
    """Makes a kernel of a function: `kernel[blocks, threads](…)` runs it in each thread of a grid.

    `@cuda.jit` compiles when a kernel is launched, once for each list of argument types; `@cuda.jit("void(float32[:])")` and lists of signatures compile at
    once, and only that. With `device=True` it is a function that kernels call.

    Options: `fastmath`, `debug` (indices are checked, and threads may raise), `opt`, `lineinfo`, `max_registers`, `launch_bounds`, `fma`, `link` (files that
    the code is linked with), `cache`, `inline`, `extensions`, `shared_memory_carveout`, `lto`.
    """
    if options.get("boundscheck"):
        raise NotImplementedError("bounds checking is not supported for CUDA")
    for name in ("argtypes", "restype", "bind"):
        if options.pop(name, None) is not None:
            raise DeprecationError(f"The `{name}` keyword argument is no longer supported. Signatures are the first argument of the decorator.")
    debug = os.environ.get("NUMBA_CUDA_DEBUGINFO_DEFAULT", "0") not in ("", "0") if debug is None else bool(debug)
    opt, lineinfo = not debug if opt is None else bool(opt), bool(lineinfo)
    if debug and opt:
        _warn("debug=True with opt=True (the default) is not supported by CUDA. This may result in a crash - set debug=False or opt=False.")
    if debug and lineinfo:
        _warn("debug and lineinfo are mutually exclusive. Use debug to get full debug info (this disables some optimizations), or lineinfo for line info only with code generation unaffected.")
    if device and link:
        raise ValueError("link keyword invalid for device function")
    options.update(device=device, inline=_inline(inline), forceinline=forceinline, link=list(link or ()), debug=debug, opt=opt, lineinfo=lineinfo, cache=cache)
    if isinstance(func_or_sig, list):
        signatures, specialized = func_or_sig, False
    elif types.is_signature(func_or_sig):
        signatures, specialized = [func_or_sig], True
    else:
        signatures, specialized = None, False

    def decorate(function):
        if os.environ.get("ZOUK_DISABLE_JIT", "0") not in ("", "0"):
            return function
        made = (DeviceFunction if device else Kernel)._of(function, options)
        if signatures is not None:
            made._declare([types.normalize_signature(signature) for signature in signatures], specialized)
        return made

    return decorate if func_or_sig is None or signatures is not None else decorate(func_or_sig)


def _warn(message):
    warnings.warn(ZoukInvalidConfigWarning(message), stacklevel=3)


def _inline(inline):
    # NVIDIA's own package takes bools too.
    return {True: "always", False: "never"}.get(inline, inline) if isinstance(inline, bool) else inline
