"""PTX without a GPU: `cuda.compile` and its like."""

import os
import sys
import warnings
from operator import index
from pathlib import Path

from .. import _zouk, types
from ..decorators import _checked, bare_dispatcher
from ..errors import UnsupportedError, ZoukInvalidConfigWarning
from .functions import checked_limits

# What Numba compiles for unless told.
_DEFAULT = (7, 5)


def find_toolkit():
    """A folder with NVIDIA's libdevice, of a package beside this one; None when there is none."""
    for folder in sys.path:
        for found in sorted(Path(folder or ".", "nvidia").glob("*/nvvm/libdevice/libdevice.10.bc"), reverse=True):
            return found.parents[2]
    return None


def _announce_toolkit():
    if not any(os.environ.get(name) for name in ("CUDA_HOME", "CUDA_PATH", "CUDA_ROOT")):
        found = find_toolkit()
        if found is not None:
            _zouk.set_cuda_toolkit(str(found))


_announce_toolkit()


def _chip(cc):
    if isinstance(cc, str):
        return cc
    try:
        major, minor = map(index, cc or _DEFAULT)
    except (TypeError, ValueError):
        raise ValueError(f"a compute capability is a tuple of two integers, as (8, 0); got {cc!r}") from None
    return f"sm_{major}{minor}"


# Of the types that C++ has letters for.
_LETTERS = {"bool": "b", "int8": "a", "uint8": "h", "int16": "s", "uint16": "t", "int32": "i", "uint32": "j", "int64": "x", "uint64": "y", "float32": "f", "float64": "d"}


def _mangled(function, args):
    """A name as C++ has it for functions of a module and their argument types."""
    escaped = lambda text: "".join(c if c.isascii() and (c.isalnum() or c == "_") else f"_{ord(c):x}_" for c in text)
    names = [escaped(name) for name in [*function.__module__.split("."), *function.__qualname__.replace(".<locals>", "").split(".")]]
    kinds = [_LETTERS.get(str(ty)) or f"{len(escaped(str(ty)))}{escaped(str(ty))}" for ty in args]
    return f"_ZN{''.join(f'{len(name)}{name}' for name in names)}E{''.join(kinds) or 'v'}"


def compile(
    pyfunc, sig, debug=False, lineinfo=False, device=True, fastmath=False, cc=None, opt=None, abi="c", abi_info=None, output="ptx", forceinline=False, launch_bounds=None
):
    """Compiles a function for argument types, by default as a device function that C calls. Gives the PTX and the type of the result.

    `sig` is a signature, or a tuple of argument types. `cc` is the compute capability, `(8, 0)`. `abi_info={"abi_name": …}` names a device function.
    With `abi="numba"` that is one by Numba's convention, as `cuda.declare_device` expects it: `int name(T *result, arguments…)`, with a mangled name unless told.
    With `abi_info={"index_bits": 32}` a kernel is as launches have it: its arrays and its grid are below 2^31, its blocks along x below 2^22, and sizes and strides are parameters of 32 bits.
    """
    if abi not in ("numba", "c"):
        raise NotImplementedError(f"Unsupported ABI: {abi}")
    if abi == "c" and not device:
        raise NotImplementedError("The C ABI is not supported for kernels")
    if output != "ptx":
        if output == "ltoir":
            raise UnsupportedError("output='ltoir': zouk compiles to PTX")
        raise NotImplementedError(f"Unsupported output type: {output}")
    opt = (not debug) if opt is None else opt
    if debug and opt:
        warnings.warn(
            ZoukInvalidConfigWarning("debug=True with opt=True (the default) is not supported by CUDA. This may result in a crash - set debug=False or opt=False."),
            stacklevel=2,
        )
    function = getattr(pyfunc, "py_func", pyfunc)
    cuda = {"opt": bool(opt), "lineinfo": bool(lineinfo)}
    cuda.update(checked_limits({"launch_bounds": launch_bounds}))
    if (index_bits := (abi_info or {}).get("index_bits", 64)) not in (32, 64):
        raise ValueError(f"index_bits is 32 or 64, got {index_bits!r}")
    if index_bits == 32 and not device:
        cuda["narrow"] = True
    signature = types.normalize_signature(sig)
    if device:
        name = function.__name__ if abi == "c" else _mangled(function, signature.args)
        cuda["device"] = (abi_info or {}).get("abi_name", name)
        cuda["status"] = abi == "numba"
    options = _checked({"locals": {}, "error_model": "python" if debug else "numpy", "fastmath": fastmath, "debug": debug})
    dispatcher = bare_dispatcher(function, {**options, "cuda": cuda})
    result = signature.return_type
    if result is not None and not device and result != types.none:
        raise TypeError("CUDA kernel must have void return type.")
    text, _, found = _zouk.compile_to_ptx(dispatcher, [ty._ty for ty in signature.args], None if result is None or not device else result._ty, _chip(cc))
    return text, types.none if not device else types._from_ty(found)


def result_of(dispatcher, args, declared):
    """The type that a device function gives for argument types; `declared` is what its signature says, in the compiler's spelling, or None."""
    return types._from_ty(_zouk.compile_to_ptx(dispatcher, [ty._ty for ty in args], declared, _chip(None))[2])


def compile_ptx(pyfunc, sig, debug=False, lineinfo=False, device=False, fastmath=False, cc=None, opt=None, abi="numba", abi_info=None):
    """As `compile`, by default as a kernel."""
    return compile(pyfunc, sig, debug=debug, lineinfo=lineinfo, device=device, fastmath=fastmath, cc=cc, opt=opt, abi=abi, abi_info=abi_info)


def compile_all(pyfunc, sig, debug=False, lineinfo=False, device=True, fastmath=False, cc=None, opt=None, abi="c", abi_info=None, output="ptx", **options):
    """As `compile`; gives a list of codes, one here: all that is called is in it."""
    text, result = compile(pyfunc, sig, debug=debug, lineinfo=lineinfo, device=device, fastmath=fastmath, cc=cc, opt=opt, abi=abi, abi_info=abi_info, output=output, **options)
    return [text], result


def _current():
    from .devices import get_current_device

    return get_current_device().compute_capability


def compile_for_current_device(
    pyfunc, sig, debug=False, lineinfo=False, device=True, fastmath=False, opt=None, abi="c", abi_info=None, output="ptx", forceinline=False, launch_bounds=None
):
    """`compile` for the compute capability of the current device."""
    return compile(pyfunc, sig, debug, lineinfo, device, fastmath, _current(), opt, abi, abi_info, output, forceinline, launch_bounds)


def compile_ptx_for_current_device(pyfunc, sig, debug=False, lineinfo=False, device=False, fastmath=False, opt=None, abi="numba", abi_info=None):
    """`compile_ptx` for the compute capability of the current device."""
    return compile_ptx(pyfunc, sig, debug, lineinfo, device, fastmath, _current(), opt, abi, abi_info)
