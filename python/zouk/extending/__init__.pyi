from collections.abc import Callable
from inspect import BoundArguments, Signature as _PySignature
from typing import Any, TypeVar, overload as _overload

from .. import types as types

_F = TypeVar("_F", bound=Callable[..., Any])

def overload(
    func: Any,
    jit_options: dict[str, Any] | None = None,
    strict: bool = True,
    inline: str = "never",
    prefer_literal: bool = False,
    target: str = "cpu",
    **kwargs: Any,
) -> Callable[[_F], _F]: ...
def overload_method(
    typ: type[types.Type],
    attr: str,
    jit_options: dict[str, Any] | None = None,
    strict: bool = True,
    inline: str = "never",
    prefer_literal: bool = False,
    target: str = "cpu",
    **kwargs: Any,
) -> Callable[[_F], _F]: ...
def overload_attribute(
    typ: type[types.Type],
    attr: str,
    jit_options: dict[str, Any] | None = None,
    strict: bool = True,
    inline: str = "never",
    prefer_literal: bool = False,
    target: str = "cpu",
    **kwargs: Any,
) -> Callable[[_F], _F]: ...
def overload_classmethod(
    typ: type[types.Type], attr: str, jit_options: Any = None, strict: bool = True, inline: str = "never", prefer_literal: bool = False, target: str = "cpu", **kwargs: Any
) -> Any: ...
@_overload
def register_jitable(function: _F, /) -> _F: ...
@_overload
def register_jitable(**kwargs: Any) -> Callable[[_F], _F]: ...

class IntrinsicContext:
    def mlir(self, type: Any) -> list[str]: ...

class Intrinsic:
    name: str
    prefer_literal: bool
    def __call__(self, *args: Any, **kwargs: Any) -> Any: ...

@_overload
def intrinsic(function: Callable[..., Any], /, *, prefer_literal: bool = False) -> Intrinsic: ...
@_overload
def intrinsic(*, prefer_literal: bool = False) -> Callable[[Callable[..., Any]], Intrinsic]: ...
def get_cython_function_address(module_name: str, function_name: str) -> int: ...
def is_jitted(function: object) -> bool: ...

class AsType:
    def __call__(self, py_type: Any) -> types.Type: ...
    def register(self, func_or_py_type: Any, numba_type: Any = None) -> Any: ...

as_numba_type: AsType

class BoundLiteralArgs:
    def bind(self, *args: Any, **kwargs: Any) -> BoundArguments: ...

class SentryLiteralArgs:
    literal_args: tuple[str, ...]
    def __init__(self, literal_args: Any) -> None: ...
    def for_function(self, func: Callable[..., Any]) -> BoundLiteralArgs: ...
    def for_pysig(self, pysig: _PySignature) -> BoundLiteralArgs: ...
