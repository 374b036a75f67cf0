"""Types from the compiler's own spelling of them."""

from .. import _zouk
from ._arrays import Array, Record
from ._base import Signature, Type
from ._functions import DType, Function, FunctionType
from ._scalars import _BY_NAME, _NUMBERS, NPDatetime, NPTimedelta
from ._sequences import List, NamedTuple, RangeType, Tuple
from ._values import (
    BooleanLiteral,
    CPointer,
    EllipsisType,
    IntegerLiteral,
    NumPyRandomGeneratorType,
    Optional,
    SliceType,
    none,
    unicode_type,
    voidptr,
)

_BY_TY = {ty._ty: ty for ty in (*_NUMBERS, none, unicode_type)}


def _from_ty(text):
    """A type from the compiler's spelling."""
    found = _BY_TY.get(text)
    if found is not None:
        return found
    head, _, rest = text.partition("<")
    parts = _split(rest[:-1])
    if head == "tuple":
        return Tuple(tuple(map(_from_ty, parts)))
    if head == "!py.array":
        return Array(_from_ty(parts[0]), int(parts[1]), parts[2], readonly="readonly" in parts[3:], aligned="unaligned" not in parts[3:])
    if head == "!py.record":
        return Record(_zouk.user_name(text), text)
    if head in ("!py.datetime", "!py.timedelta"):
        return (NPDatetime if head == "!py.datetime" else NPTimedelta)(parts[0].strip('"'))
    if head == "!py.pointer":
        return voidptr if parts[0] == "!py.none" else CPointer(_from_ty(parts[0]))
    if head == "!py.function":
        result, *arguments = map(_from_ty, parts)
        return FunctionType(Signature(result, tuple(arguments)))
    if head == "!py.class":
        return _zouk.class_named(parts[0].strip('"')).class_type.instance_type
    if head == "!py.optional":
        return Optional(_from_ty(parts[0]))
    if head == "!py.list":
        return List(tuple(map(_from_ty, parts)))
    if head == "!py.range":
        return RangeType(_from_ty(parts[0]))
    if head == "!py.named":
        path, *fields = parts[0].strip('"').split(" ")
        return NamedTuple(path, fields, map(_from_ty, parts[1:]))
    if head == "!py.ref":
        return _of_reference(parts[0].strip('"'))
    if head == "literal":
        return BooleanLiteral(parts[1] == "True") if parts[0] == "i1" else IntegerLiteral(int(parts[1]), _from_ty(parts[0]))
    return _PLAIN.get(head, Type)(_zouk.user_name(text), text)


_PLAIN = {"!py.slice": SliceType, "!py.ellipsis": EllipsisType, "!py.generator": NumPyRandomGeneratorType}


def _of_reference(path):
    module, _, name = path.rpartition(".")
    found = _BY_NAME.get(name) if module == "numpy" else None
    return Function(path) if found is None else DType(found)


def _split(text):
    """Splits at the commas that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for i, letter in enumerate(text):
        depth += (letter == "<") - (letter == ">")
        if letter == "," and depth == 0:
            parts.append(text[start:i].strip())
            start = i + 1
    last = text[start:].strip()
    return [*parts, last] if last else parts
