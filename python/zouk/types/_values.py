"""None, text, Python objects, optional values, pointers; one known value as a type, and arguments that are left out."""

from .. import types as _types
from ._arrays import Record
from ._base import Type
from ._conversions import as_type, typeof
from ._scalars import Boolean, Integer, Number, _NPTime
from ._sequences import BaseAnonymousTuple, Tuple


class PyObject(Type):
    """Any Python object: what object mode works on."""

    __slots__ = ()


class NoneType(Type):
    __slots__ = ()


class UnicodeType(Type):
    __slots__ = ()


class SliceType(Type):
    __slots__ = ()


class EllipsisType(Type):
    __slots__ = ()


class NumPyRandomGeneratorType(Type):
    __slots__ = ()


class Optional(Type):
    """A value of a type, or None."""

    __slots__ = ("type",)

    def __init__(self, type):
        self.type = as_type(type)
        super().__init__(f"Optional({self.type})", f"!py.optional<{self.type._ty}>")


class CPointer(Type):
    """`CPointer(dtype)`: an address of C, of values of a type."""

    __slots__ = ("dtype",)

    def __init__(self, dtype, addrspace=None):
        if addrspace is not None:
            raise ValueError("pointers have no address space")
        self.dtype = as_type(dtype)
        if not isinstance(self.dtype, (Number, Boolean, Record, _NPTime, CPointer)):
            raise TypeError(f"a pointer cannot be to {self.dtype}")
        super().__init__(f"{self.dtype}*", f"!py.pointer<{self.dtype._ty}>")


class RawPointer(Type):
    """An address of C, of anything."""

    __slots__ = ()


none = void = NoneType("none", "!py.none")
voidptr = RawPointer("void*", "!py.pointer<!py.none>")
pyobject = ffi_forced_object = PyObject("pyobject", "!py.pyobject")
unicode_type = string = UnicodeType("unicode_type", "!py.str")
optional = Optional


class Literal(Type):
    """The type of one value that is known when the program is compiled: `literal_value`, whose own type is `literal_type`."""

    __slots__ = ()

    @property
    def literal_type(self):
        return unliteral(self)

    def __reduce__(self):
        return literal, (self.literal_value, self.literal_type)


class IntegerLiteral(Literal, Integer):
    __slots__ = ("literal_value",)

    def __init__(self, value, of=None):
        of = of or typeof(value)
        Integer.__init__(self, f"Literal[int]({value})", f"literal<{of._ty}, {value}>", of.bitwidth, of.signed)
        self.literal_value = value


class BooleanLiteral(Literal, Boolean):
    __slots__ = ("literal_value",)

    def __init__(self, value):
        Boolean.__init__(self, f"Literal[bool]({value})", f"literal<i1, {value}>", 1)
        self.literal_value = value


class StringLiteral(Literal, UnicodeType):
    __slots__ = ("literal_value",)

    def __init__(self, value):
        Type.__init__(self, f"Literal[str]({value})", f"literal<!py.str, {value!r}>")
        self.literal_value = value


class Omitted(Type):
    """The type of an argument that a call leaves to the parameter's default: `value`."""

    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value
        super().__init__(f"omitted(default={value!r})", f"omitted<{value!r}>")

    @property
    def key(self):
        return type(self.value), self.value

    def __reduce__(self):
        return Omitted, (self.value,)


def literal(value, type=None):
    """The literal type of an int, a bool or a str."""
    if isinstance(value, bool):
        return BooleanLiteral(value)
    if isinstance(value, int):
        return IntegerLiteral(value, type)
    if isinstance(value, str):
        return StringLiteral(value)
    from ..errors import LiteralTypingError

    raise LiteralTypingError(f"{value.__class__.__name__} cannot be used as a literal")


def maybe_literal(value):
    """As `literal`; None of a value of another kind."""
    return literal(value) if isinstance(value, (int, str)) else None


def unliteral(type):
    """The type of which a literal is one value; of a tuple, with such types for its elements; any other type itself."""
    if isinstance(type, Literal):
        return _types._from_ty(type._ty[len("literal<") :].partition(",")[0])
    if isinstance(type, BaseAnonymousTuple):
        return Tuple(tuple(map(unliteral, type.types)))
    return type
