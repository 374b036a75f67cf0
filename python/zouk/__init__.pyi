from collections.abc import Callable, Iterable
from typing import Any, Generic, Literal, ParamSpec, Protocol, TypeVar, overload

from . import cuda as cuda
from . import errors as errors
from . import types as types
from .errors import *
from .types import *

_P = ParamSpec("_P")
_R = TypeVar("_R")
_SignatureLike = str | types.Signature | types.Type | tuple[Any, ...]

class Dispatcher(Protocol, Generic[_P, _R]):
    py_func: Callable[_P, _R]
    __wrapped__: Callable[_P, _R]
    __name__: str
    __qualname__: str
    targetoptions: dict[str, Any]
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    @property
    def signatures(self) -> list[tuple[types.Type, ...]]: ...
    @property
    def nopython_signatures(self) -> list[types.Signature]: ...
    @property
    def overloads(self) -> dict[tuple[types.Type, ...], Any]: ...
    @property
    def stats(self) -> Any: ...
    def compile(self, sig: _SignatureLike) -> Dispatcher[_P, _R]: ...
    def recompile(self) -> None: ...
    def disable_compile(self, val: bool = True) -> None: ...
    def inspect(self, stage: str, signature: _SignatureLike | None = None) -> str: ...
    def inspect_types(self, file: Any = None, pretty: bool = False, style: str = "default") -> None: ...
    def inspect_llvm(self, signature: _SignatureLike | None = None) -> Any: ...
    def inspect_asm(self, signature: _SignatureLike | None = None) -> Any: ...
    def parallel_diagnostics(self, signature: _SignatureLike | None = None, level: int = 1) -> None: ...
    def get_metadata(self, signature: _SignatureLike | None = None) -> dict[Any, Any]: ...

@overload
def jit(signature_or_function: Callable[_P, _R]) -> Dispatcher[_P, _R]: ...
@overload
def jit(
    signature_or_function: _SignatureLike | list[_SignatureLike] | None = None,
    locals: dict[str, types.Type] | None = None,
    cache: bool = False,
    pipeline_class: None = None,
    boundscheck: bool | None = None,
    *,
    nopython: bool = ...,
    nogil: bool = ...,
    parallel: bool | dict[str, bool] = ...,
    fastmath: bool | Iterable[str] | dict[str, bool] = ...,
    error_model: Literal["python", "numpy"] = ...,
    inline: Literal["never", "always"] = ...,
    forceinline: bool = ...,
    debug: bool = ...,
    looplift: bool = ...,
) -> Callable[[Callable[_P, _R]], Dispatcher[_P, _R]]: ...

njit = jit

def prange(*args: int) -> range: ...
def typeof(value: object, purpose: object = None) -> types.Type: ...
def from_dtype(dtype: object) -> types.Type: ...

__version__: str
