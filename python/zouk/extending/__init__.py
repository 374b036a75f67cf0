"""Extending the compiler: implementations for functions that it does not know, chosen by types. `docs/extending.md` shows how."""

from ..cython_address import get_cython_function_address
from .intrinsics import intrinsic
from .overloads import overload, overload_attribute, overload_classmethod, overload_method, register_jitable
from .typing import SentryLiteralArgs, as_numba_type, is_jitted

__all__ = [
    "get_cython_function_address",
    "SentryLiteralArgs",
    "as_numba_type",
    "intrinsic",
    "is_jitted",
    "overload",
    "overload_attribute",
    "overload_classmethod",
    "overload_method",
    "register_jitable",
]

register_jitable.__module__ = __name__

# What Numba's module has for types of the program's own, in terms of LLVM's IR.
_OF_NUMBA = frozenset(
    "NativeValue box unbox reflect models register_model make_attribute_wrapper lower_builtin lower_getattr lower_setattr lower_cast "
    "lower_constant lower_getattr_generic lower_setattr_generic type_callable typeof_impl infer infer_getattr".split()
)


def __getattr__(name):
    if name in _OF_NUMBA:
        raise AttributeError(f"zouk.extending has no {name!r}: it is of Numba's compiler; `overload` and `intrinsic` are there for what it is used for")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
