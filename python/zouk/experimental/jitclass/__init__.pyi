from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar, overload

from ... import types

_C = TypeVar("_C", bound=type)
_Spec = Mapping[str, types.Type] | Iterable[tuple[str, types.Type]]

class JitClassType(type):
    class_type: types.ClassType

@overload
def jitclass(cls_or_spec: _C, spec: _Spec | None = None, **options: Any) -> _C: ...
@overload
def jitclass(cls_or_spec: _Spec | None = None, spec: _Spec | None = None, **options: Any) -> Callable[[_C], _C]: ...
