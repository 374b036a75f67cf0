"""Which fields a class has, and of which types: the specification, the annotations, and the base classes."""

import types as pytypes
import typing

from ... import types


def fields_of(cls, spec, own_type):
    """The fields of a class in order: those of its bases, of `spec`, and of annotations."""
    fields = {}
    for base in reversed(cls.__mro__[1:]):
        fields.update(base.__dict__.get("_zouk_own_fields", {}))
    own = _private_names(cls.__name__, _checked(_as_dict(spec or {})))
    for name, annotation in _annotations(cls, own_type).items():
        if name not in own and (name in vars(cls).get("__annotations__", {}) or name not in fields):
            own[name] = annotation
    own = _private_names(cls.__name__, own)
    fields.update(own)
    return fields, own


def _as_dict(spec):
    """From a mapping or pairs, each name once."""
    pairs = spec if hasattr(spec, "keys") else list(spec)
    fields = dict(pairs)
    if len(fields) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise TypeError(f"the specification names the field {twice!r} more than once")
    return fields


def _checked(spec):
    for name, ty in spec.items():
        if not isinstance(name, str):
            raise TypeError(f"spec keys should be strings, got {name!r}")
        if not isinstance(ty, types.Type):
            raise TypeError(f"spec values should be Numba type instances, got {ty!r}")
        _check_field(name, ty)
    return spec


def _check_field(name, ty):
    """Refuses types that no field can have."""
    if isinstance(ty, types.UnicodeType) or not _is_field(ty._ty):
        raise TypeError(f"the field {name!r} cannot have the type {ty}: fields are numbers, times, arrays, records, tuples, optionals and jitclasses")


def _is_field(text):
    head = text.partition("<")[0]
    if head in ("!py.list", "!py.named", "!py.str", "!py.generator", "!py.ellipsis", "!py.ref", "!py.range", "!py.slice", "!py.object"):
        return False
    if head in ("tuple", "!py.optional"):
        return all(map(_is_field, types._split(text.partition("<")[2][:-1])))
    return True


def _private_names(name, spec):
    """Two underscores before a name are changed as Python changes them."""
    name = name.lstrip("_")
    private = lambda field: name and field.startswith("__") and not field.endswith("__")
    return {f"_{name}{field}" if private(field) else field: ty for field, ty in spec.items()}


def _annotations(cls, own_type):
    """The types that annotations stand for; the class may name itself."""
    if not any("__annotations__" in vars(base) for base in cls.__mro__):
        return {}
    hints = typing.get_type_hints(cls, localns={cls.__name__: own_type, "__class__": own_type})
    found = {}
    for name, hint in hints.items():
        if typing.get_origin(hint) is not typing.ClassVar and hint is not typing.ClassVar:
            found[name] = as_type(hint)
            _check_field(name, found[name])
    return found


def as_type(hint):
    """The type of an annotation: a type of zouk's, a class, a compiled class, `Optional[…]`, `tuple[…]`."""
    from .base import JitClassType

    if isinstance(hint, types.Type):
        return hint
    if isinstance(hint, JitClassType):
        return hint.class_type.instance_type
    if hint is None or hint is type(None):
        return types.none
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, pytypes.UnionType):
        others = [part for part in arguments if part is not type(None)]
        if len(others) == 1 and len(arguments) == 2:
            return types.Optional(as_type(others[0]))
    elif origin is tuple and arguments and Ellipsis not in arguments:
        return types.Tuple(tuple(map(as_type, arguments)))
    elif origin is typing.Annotated:
        return as_type(arguments[0])
    else:
        try:
            return types.as_type(hint)
        except (TypeError, NotImplementedError):
            pass
    raise TypeError(f"Cannot infer Numba type of Python type {hint}")
