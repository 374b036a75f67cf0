"""zouk compiles numeric Python functions to machine code: decorate one with `@njit` and call it."""

from . import _zouk, errors, types
from ._zouk import __version__
from .cfuncs import CFunc, carray, cfunc, farray
from .decorators import jit, jit_module, njit, prange
from .dispatcher import Dispatcher
from .errors import *  # noqa: F403
from .literals import literal_unroll, literally
from .parallel import (
    get_num_threads,
    get_parallel_chunksize,
    get_thread_id,
    parallel_chunksize,
    set_num_threads,
    set_parallel_chunksize,
    threading_layer,
)
from .object_mode import objmode
from .stencils import StencilFunc, stencil
from .types import *  # noqa: F403
from .types import as_type, deferred_type, from_dtype, typeof
from .ufuncs import DUFunc, GUFunc, guvectorize, vectorize

_PARALLEL = (
    get_num_threads, get_parallel_chunksize, get_thread_id, parallel_chunksize, set_num_threads, set_parallel_chunksize, threading_layer,
)  # fmt: skip
for _function in (jit, jit_module, njit, prange, carray, farray, objmode, stencil, literally, literal_unroll, *_PARALLEL):
    _function.__module__ = __name__

_ERRORS = [name for name, value in vars(errors).items() if isinstance(value, type)]
_TYPES = [name for name, value in vars(types).items() if isinstance(value, types.Type) and not name.startswith("_")]

__all__ = [
    "jit", "njit", "jit_module", "prange", "vectorize", "guvectorize", "cfunc", "carray", "farray", "objmode", "stencil", "CFunc", "DUFunc", "GUFunc", "StencilFunc", "typeof", "from_dtype", "deferred_type", "Dispatcher", "types", "errors",
    "literally", "literal_unroll", "optional", "bool",
    *(function.__name__ for function in _PARALLEL), *_ERRORS, *_TYPES,
]  # fmt: skip


def __getattr__(name):
    if name == "bool":
        return types.boolean
    if name in ("cuda", "experimental", "extending"):
        from importlib import import_module

        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
