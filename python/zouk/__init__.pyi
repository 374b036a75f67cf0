from collections.abc import Callable, Iterable
from types import CodeType
from typing import Any, Concatenate, Generic, Literal as _Literal, ParamSpec, TypeVar, overload

import numpy as np
from typing_extensions import Self

from . import cuda as cuda
from . import experimental as experimental
from . import errors as errors
from . import extending as extending
from . import types as types
from .errors import *
from .types import *
from .types import deferred_type as deferred_type
from .types import from_dtype as from_dtype
from .types import typeof as typeof

_P = ParamSpec("_P")
_Q = ParamSpec("_Q")
_R = TypeVar("_R")
_SignatureLike = str | types.Signature | types.Type | tuple[Any, ...]

class Dispatcher(Generic[_P, _R]):
    py_func: Callable[_P, _R]
    __wrapped__: Callable[_P, _R]
    __name__: str
    __qualname__: str
    __code__: CodeType
    __defaults__: tuple[Any, ...] | None
    __kwdefaults__: dict[str, Any] | None
    targetoptions: dict[str, Any]
    def __call__(self, *args: _P.args, **kwargs: _P.kwargs) -> _R: ...
    @overload
    def __get__(self, instance: None, owner: type | None = None) -> Self: ...
    @overload
    def __get__(self: Dispatcher[Concatenate[Any, _Q], _R], instance: object, owner: type | None = None) -> Callable[_Q, _R]: ...
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
    def enable_caching(self) -> None: ...
    @overload
    def inspect(self, stage: _Literal["object"], signature: _SignatureLike | None = None) -> bytes: ...  # type: ignore[overload-overlap]
    @overload
    def inspect(self, stage: str, signature: _SignatureLike | None = None) -> str: ...
    def inspect_types(self, file: Any = None, pretty: bool = False, style: str = "default") -> None: ...
    def inspect_llvm(self, signature: _SignatureLike | None = None) -> Any: ...
    def inspect_asm(self, signature: _SignatureLike | None = None) -> Any: ...
    def inspect_cfg(self, signature: _SignatureLike | None = None, show_wrapper: str | None = None, **kwargs: Any) -> Any: ...
    def inspect_disasm_cfg(self, signature: _SignatureLike | None = None) -> Any: ...
    def get_annotation_info(self, signature: _SignatureLike | None = None) -> Any: ...
    def get_overload(self, sig: _SignatureLike) -> Callable[_P, _R]: ...
    def parallel_diagnostics(self, signature: _SignatureLike | None = None, level: int = 1) -> None: ...
    def get_metadata(self, signature: _SignatureLike | None = None) -> dict[Any, Any]: ...

@overload
def jit(signature_or_function: Callable[_P, _R]) -> Dispatcher[_P, _R]: ...  # type: ignore[overload-overlap]
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
    error_model: _Literal["python", "numpy"] = ...,
    inline: _Literal["never", "always"] = ...,
    forceinline: bool = ...,
    debug: bool = ...,
    looplift: bool = ...,
) -> Callable[[Callable[_P, _R]], Dispatcher[_P, _R]]: ...

njit = jit

class _Lazy:
    py_func: Callable[..., Any]
    __wrapped__: Callable[..., Any]
    __name__: str
    @property
    def ufunc(self) -> np.ufunc | None: ...
    @property
    def targetoptions(self) -> dict[str, Any]: ...
    @property
    def nin(self) -> int: ...
    @property
    def nout(self) -> int: ...
    @property
    def nargs(self) -> int: ...
    @property
    def ntypes(self) -> int: ...
    @property
    def types(self) -> list[str]: ...
    @property
    def identity(self) -> Any: ...
    @property
    def signature(self) -> str | None: ...
    def __call__(self, *args: Any, **kws: Any) -> Any: ...
    def add(self, sig: _SignatureLike) -> Self: ...
    def build_ufunc(self) -> Self: ...
    def disable_compile(self) -> None: ...

class DUFunc(_Lazy):
    def reduce(self, array: Any, *args: Any, **kws: Any) -> Any: ...
    def accumulate(self, array: Any, *args: Any, **kws: Any) -> Any: ...
    def reduceat(self, array: Any, *args: Any, **kws: Any) -> Any: ...
    def outer(self, A: Any, B: Any, **kws: Any) -> Any: ...
    def at(self, a: Any, indices: Any, *args: Any) -> None: ...

class GUFunc(_Lazy): ...

_Target = _Literal["cpu", "parallel", "cuda"]
_Identity = _Literal[0, 1, -1, "reorderable"] | None

@overload
def vectorize(ftylist_or_function: Callable[..., Any]) -> DUFunc: ...
@overload
def vectorize(
    ftylist_or_function: tuple[()] = (),
    target: _Target = "cpu",
    identity: _Identity = None,
    **options: Any,
) -> Callable[[Callable[..., Any]], DUFunc]: ...
@overload
def vectorize(
    ftylist_or_function: list[_SignatureLike] | list[str] | str,
    target: _Target = "cpu",
    identity: _Identity = None,
    **options: Any,
) -> Callable[[Callable[..., Any]], np.ufunc]: ...
@overload
def guvectorize(
    ftylist: list[_SignatureLike] | list[str] | str,
    layout: str,
    /,
    *,
    target: _Target = "cpu",
    identity: _Identity = None,
    writable_args: tuple[int | str, ...] = (),
    **options: Any,
) -> Callable[[Callable[..., Any]], np.ufunc]: ...
@overload
def guvectorize(
    layout: str,
    /,
    *,
    target: _Target = "cpu",
    identity: _Identity = None,
    writable_args: tuple[int | str, ...] = (),
    **options: Any,
) -> Callable[[Callable[..., Any]], GUFunc]: ...

_T = TypeVar("_T")

def literally(obj: _T) -> _T: ...
def literal_unroll(container: _T) -> _T: ...
def prange(*args: int) -> range: ...

__version__: str
