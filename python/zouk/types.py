"""Types as values: `float64`, `int32[:]`, `float64(int32, float64[:, ::1])`. Spelled and printed as Numba's are."""

from collections import namedtuple as _namedtuple
from functools import total_ordering as _total_ordering

from . import _zouk
from .addresses import WrapperAddressProtocol as WrapperAddressProtocol


class Type:
    """A type. `_ty` is the compiler's own spelling of it and its identity."""

    __slots__ = ("name", "_ty", "__weakref__")

    def __init__(self, name, ty):
        self.name = name
        self._ty = ty

    def __eq__(self, other):
        return self._ty == other._ty if isinstance(other, Type) else NotImplemented

    def __hash__(self):
        return hash(self._ty)

    def __str__(self):
        return self.name

    def __repr__(self):
        return self.name

    def __reduce__(self):
        return _from_ty, (self._ty,)

    @property
    def key(self):
        return self.name

    def __call__(self, *args):
        """`result(*arguments)` is a signature."""
        return Signature(self, tuple(as_type(arg) for arg in args))

    def __getitem__(self, index):
        """`dtype[:]`, `dtype[::1]`, `dtype[:, ::1]`, `dtype[::1, :]` are array types."""
        slices = index if isinstance(index, tuple) else (index,)
        for part in slices:
            if not isinstance(part, slice) or part.start is not None or part.stop is not None or part.step not in (None, 1):
                raise KeyError(f"Can only index zouk types with slices with no start or stop, got {part!r}.")
        if slices and slices[-1].step == 1:
            layout = "C"
        elif slices and slices[0].step == 1:
            layout = "F"
        else:
            layout = "A" if slices else "C"
        return Array(self, len(slices), layout)

    def cast_python_value(self, value):
        raise NotImplementedError(f"{self} converts no Python values")


class _Scalar(Type):
    """What one machine word (or two, of a complex number) holds."""

    __slots__ = ("bitwidth",)

    def __init__(self, name, ty, bitwidth):
        super().__init__(name, ty)
        self.bitwidth = bitwidth

    def __call__(self, *args):
        """As `Type.__call__`, or, of a number, that number converted."""
        if len(args) == 1 and not isinstance(args[0], (Type, str)):
            return self.cast_python_value(args[0])
        return super().__call__(*args)

    def cast_python_value(self, value):
        import numpy

        return getattr(numpy, "bool_" if self == boolean else self.name)(value)


@_total_ordering
class Number(_Scalar):
    __slots__ = ()

    def __lt__(self, other):
        """Numbers of one kind are ordered by their width."""
        if type(self) is not type(other) or getattr(self, "signed", None) != getattr(other, "signed", None):
            return NotImplemented
        return self.bitwidth < other.bitwidth


class Integer(Number):
    __slots__ = ("signed",)

    def __init__(self, name, ty, bitwidth, signed):
        super().__init__(name, ty, bitwidth)
        self.signed = signed

    @property
    def minval(self):
        return -(1 << self.bitwidth - 1) if self.signed else 0

    @property
    def maxval(self):
        return (1 << self.bitwidth - self.signed) - 1


class Boolean(_Scalar):
    """Not a Number, as in Numba."""

    __slots__ = ()


class Float(Number):
    __slots__ = ()


class Complex(Number):
    __slots__ = ("underlying_float",)

    def __init__(self, name, ty, bitwidth, underlying_float):
        super().__init__(name, ty, bitwidth)
        self.underlying_float = underlying_float


class _NPTime(Type):
    __slots__ = ("unit",)

    def __init__(self, unit=""):
        if unit in ("", "generic"):
            unit, named = "generic", ""
        elif unit.lstrip("0123456789") in _UNITS and not unit.startswith("0"):
            named = f"[{unit}]"
        else:
            raise ValueError(f"unknown unit of time {unit!r}: units are {', '.join(_UNITS)}")
        self.unit = unit
        super().__init__(self._class + named, f'!py.{self._class[:-2]}<"{unit}">')

    def __call__(self, *args):
        """As `Type.__call__`, or, of a time or a count, that one in this unit."""
        value = args[0] if len(args) == 1 else None
        if value is None or isinstance(value, Type) or isinstance(value, str) and value != "NaT" and not value[:1].isdigit():
            return super().__call__(*args)
        return self.cast_python_value(value)

    def cast_python_value(self, value):
        import numpy

        return getattr(numpy, self._class)(value, *([] if self.unit == "generic" else [self.unit]))


_UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")


class NPDatetime(_NPTime):
    """`NPDatetime("D")`: datetime64 of a unit."""

    __slots__ = ()
    _class = "datetime64"


class NPTimedelta(_NPTime):
    """`NPTimedelta("s")`: timedelta64 of a unit."""

    __slots__ = ()
    _class = "timedelta64"


# A field of a record type: its type and where it lies, in bytes.
RecordField = _namedtuple("RecordField", ("type", "offset"))


class Record(Type):
    """The type of a structured dtype: `from_dtype(numpy.dtype([("a", "f8")]))`."""

    __slots__ = ()

    @property
    def dtype(self):
        """NumPy's dtype; where the fields lie as C puts them, an aligned one."""
        import numpy

        dtype = as_dtype(self)
        formats, offsets = zip(*(dtype.fields[name][:2] for name in dtype.names))
        aligned = numpy.dtype({"names": dtype.names, "formats": formats}, align=True)
        return aligned if aligned == dtype else dtype

    @property
    def fields(self):
        """Of every name the type and the offset in bytes."""
        return {name: RecordField(from_dtype(field.base), offset) for name, (field, offset, *_) in as_dtype(self).fields.items()}

    @property
    def members(self):
        """(name, type) of the fields by their offsets."""
        return [(name, field.type) for name, field in sorted(self.fields.items(), key=lambda item: item[1].offset)]

    @property
    def size(self):
        """In bytes."""
        return as_dtype(self).itemsize

    def __len__(self):
        return len(as_dtype(self).names)

    def offset(self, key):
        return self.fields[key].offset

    def typeof(self, key):
        return self.fields[key].type

    @staticmethod
    def make_c_struct(name_types):
        """The struct that C makes of fields, given as (name, type)."""
        import numpy

        names, fields = zip(*name_types)
        return from_dtype(numpy.dtype({"names": names, "formats": [as_dtype(field) for field in fields]}, align=True))


class PyObject(Type):
    """Any Python object: what object mode works on."""

    __slots__ = ()


class NoneType(Type):
    __slots__ = ()


class UnicodeType(Type):
    __slots__ = ()


class FunctionType(Type):
    """`FunctionType(float64(float64, int64))`: any jitted function, compiled for that signature and called by its address."""

    __slots__ = ("signature",)

    def __init__(self, signature):
        if not isinstance(signature, Signature) or signature.return_type is None:
            raise TypeError(f"FunctionType() takes a signature with a result, such as float64(float64), not {signature!r}")
        for part in (signature.return_type, *signature.args):
            if not _is_passed(part):
                raise TypeError(f"FunctionType() takes a signature of numbers, times, arrays and tuples of these, not of {part}")
        self.signature = signature
        parts = ", ".join(part._ty for part in (signature.return_type, *signature.args))
        super().__init__(f"FunctionType[{signature}]", f"!py.function<{parts}>")

    def __repr__(self):
        return self.name


def _is_passed(part):
    """Whether functions that are called by their address take and give it."""
    if isinstance(part, BaseTuple):
        return all(map(_is_passed, part.types))
    return isinstance(part, (Number, Boolean, NoneType, Array, NPDatetime, NPTimedelta))


class IterableType(Type):
    __slots__ = ()


class ArrayCompatible(Type):
    __slots__ = ()


class Buffer(IterableType, ArrayCompatible):
    __slots__ = ()


# NumPy's limit.
_MOST_DIMENSIONS = 64


def _count(number, what):
    if not hasattr(number, "__index__"):
        raise TypeError(f"{what} is an integer, not {number!r}")
    number = number.__index__()
    if number < 0:
        raise ValueError(f"{what} is not negative: {number}")
    return number


class Array(Buffer):
    """`Array(dtype, ndim, layout)`; layout is "C", "F" or "A" (any strides)."""

    __slots__ = ("dtype", "ndim", "layout", "readonly", "aligned")

    def __init__(self, dtype, ndim, layout, readonly=False, name=None, aligned=True):
        dtype = as_type(dtype)
        if not isinstance(dtype, (_Scalar, Record, _NPTime)):
            raise TypeError(f"an array cannot have elements of type {dtype}")
        if layout not in ("C", "F", "A"):
            raise ValueError(f"unknown array layout {layout!r}")
        ndim = _count(ndim, "the number of dimensions of an array")
        if ndim > _MOST_DIMENSIONS:
            raise ValueError(f"an array has at most {_MOST_DIMENSIONS} dimensions, not {ndim}")
        # With one dimension or none C and Fortran order are the same.
        if ndim <= 1 and layout == "F":
            layout = "C"
        if not aligned:
            layout = "A"
        self.dtype, self.ndim, self.layout, self.readonly, self.aligned = dtype, ndim, layout, bool(readonly), bool(aligned)
        kind = f"{'readonly ' if readonly else ''}{'' if aligned else 'unaligned '}array"
        ty = f"!py.array<{dtype._ty}, {ndim}, {layout}{', readonly' if readonly else ''}{'' if aligned else ', unaligned'}>"
        super().__init__(name or f"{kind}({dtype}, {ndim}d, {layout})", ty)

    def __repr__(self):
        return f"Array({self.dtype!r}, {self.ndim}, {self.layout!r}, {self.readonly}, aligned={self.aligned})"

    def __getitem__(self, index):
        raise TypeError("an array type cannot be the element type of an array")

    @property
    def mutable(self):
        return not self.readonly

    @property
    def is_contig(self):
        return self.layout in "CF"

    @property
    def is_c_contig(self):
        return self.layout == "C" or (self.ndim <= 1 and self.layout == "F")

    @property
    def is_f_contig(self):
        return self.layout == "F" or (self.ndim <= 1 and self.layout == "C")

    def copy(self, dtype=None, ndim=None, layout=None, readonly=None):
        return Array(
            self.dtype if dtype is None else dtype,
            self.ndim if ndim is None else ndim,
            layout or self.layout,
            self.readonly if readonly is None else readonly,
            aligned=self.aligned,
        )


class Sequence(IterableType):
    __slots__ = ()


class BaseTuple(IterableType):
    __slots__ = ("types",)

    def __init__(self, name, types):
        self.types = types
        super().__init__(name, f"tuple<{', '.join(part._ty for part in types)}>")

    def __len__(self):
        return len(self.types)

    def __iter__(self):
        return iter(self.types)

    def __getitem__(self, index):
        return self.types[index]

    @property
    def count(self):
        return len(self.types)


def _several(types):
    """What makes a tuple of types."""
    if isinstance(types, Type) and not isinstance(types, BaseTuple) or not hasattr(types, "__iter__"):
        from .errors import TypingError

        raise TypingError(f"Argument 'types' is not iterable: {types}")
    return types


class BaseAnonymousTuple(BaseTuple):
    __slots__ = ()


class Tuple(BaseAnonymousTuple):
    """`Tuple((a, b, …))`; of several equal types it makes a UniTuple."""

    __slots__ = ()

    def __new__(cls, types=()):
        types = tuple(as_type(part) for part in _several(types))
        return UniTuple(types[0], len(types)) if len(types) > 1 and len(set(types)) == 1 else object.__new__(cls)

    def __init__(self, types=()):
        types = tuple(as_type(part) for part in types)
        super().__init__(f"Tuple({', '.join(map(str, types))})", types)

    def __repr__(self):
        return f"Tuple({self.types!r})"


# Compiled code keeps the values of a tuple apart.
_MOST_PARTS = 4096


class UniTuple(BaseAnonymousTuple):
    """`UniTuple(dtype, count)`: a tuple of equal types."""

    __slots__ = ()

    def __init__(self, dtype, count):
        count = _count(count, "the number of values of a tuple")
        if count > _MOST_PARTS:
            raise ValueError(f"a tuple of {count} values is too large: {_MOST_PARTS} at most; use an array")
        types = (as_type(dtype),) * count
        name = f"UniTuple({types[0]} x {count})" if count > 1 else f"Tuple({', '.join(map(str, types))})"
        super().__init__(name, types)

    @property
    def dtype(self):
        return self.types[0]

    def __repr__(self):
        return f"UniTuple({self.types[0]!r}, {len(self.types)})" if self.types else "Tuple(())"


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


class ClassType(Type):
    """A compiled class itself; `instance_type` is the type of its instances, `struct` has its fields."""

    __slots__ = ("instance_type", "struct")

    def __init__(self, name, instance_type, struct):
        super().__init__(f"jitclass.{name}", f'!py.ref<"class {instance_type._ty[11:-1]}>')
        self.instance_type, self.struct = instance_type, struct
        instance_type._class_type = self

    @property
    def class_name(self):
        return self.name.removeprefix("jitclass.")


class ClassInstanceType(Type):
    """The type of the instances of a compiled class."""

    __slots__ = ("_class", "_class_type")

    def __reduce__(self):
        from .experimental.jitclass.pickling import reference, type_of

        return type_of, (reference(self._class),)

    def _define(self, cls):
        self._class = cls

    @property
    def class_type(self):
        return self._class_type

    @property
    def struct(self):
        return self._class_type.struct

    @property
    def classname(self):
        return self._class_type.class_name


class DeferredType(Type):
    """A type that is said later, by `define`: of a class that has a field of its own type."""

    __slots__ = ("_defined",)
    _all: "list[DeferredType]" = []

    def __init__(self):
        super().__init__(f"DeferredType#{len(self._all)}", f'!py.deferred<"{len(self._all)}">')
        self._defined = None
        self._all.append(self)

    def get(self):
        if self._defined is None:
            raise RuntimeError("deferred type not defined")
        return self._defined

    def define(self, type):
        if self._defined is not None:
            raise TypeError("deferred type already defined")
        if not isinstance(type, Type):
            raise TypeError(f"arg is not a Type; got: {type.__class__!r}")
        self._defined = type


def deferred_type():
    """A type to be defined later, with `define`."""
    return DeferredType()


def _resolved(ty):
    """The type with what its deferred parts have been defined as."""
    if isinstance(ty, DeferredType):
        return _resolved(ty.get())
    if isinstance(ty, Optional):
        return Optional(_resolved(ty.type))
    if isinstance(ty, BaseTuple):
        return Tuple(tuple(map(_resolved, ty.types)))
    return ty


class NamedTuple(BaseTuple):
    """The type of a tuple of a class with names: `fields`, and the path of the class, `instance_class`."""

    __slots__ = ("fields", "instance_class")

    def __init__(self, instance_class, fields, types=None):
        if types is None:
            # Numba's order: the types, and the class with the fields' names.
            types, class_ = _several(instance_class), fields
            instance_class, fields = f"{class_.__module__}.{class_.__qualname__}", class_._fields
        self.types, self.fields, self.instance_class = tuple(types), tuple(fields), instance_class
        ty = f'!py.named<"{" ".join((instance_class, *self.fields))}"{"".join(f", {part._ty}" for part in self.types)}>'
        Type.__init__(self, _zouk.user_name(ty), ty)

    def __getattr__(self, name):
        if name in self.fields:
            return self.types[self.fields.index(name)]
        raise AttributeError(f"{self} has no field {name!r}")


class List(Sequence):
    """The type of a list display: each element has its type. `dtype` is that of all, None where they differ."""

    __slots__ = ("types",)

    def __init__(self, types):
        self.types = tuple(as_type(part) for part in types)
        ty = f"!py.list<{', '.join(part._ty for part in self.types)}>"
        super().__init__(_zouk.user_name(ty), ty)

    def __len__(self):
        return len(self.types)

    def __iter__(self):
        return iter(self.types)

    @property
    def dtype(self):
        return self.types[0] if len(set(self.types)) == 1 else None


class RangeType(IterableType):
    __slots__ = ("dtype",)

    def __init__(self, dtype):
        self.dtype = dtype
        super().__init__(f"range({dtype})", f"!py.range<{dtype._ty}>")


class SliceType(Type):
    __slots__ = ()


class EllipsisType(Type):
    __slots__ = ()


class NumPyRandomGeneratorType(Type):
    __slots__ = ()


class DType(Type):
    """What a class of numbers, or a dtype, is as a value: `np.float64` has the type `DType(float64)`."""

    __slots__ = ("dtype",)

    def __init__(self, dtype):
        self.dtype = as_type(dtype)
        super().__init__(f"class({self.dtype})", f'!py.ref<"numpy.{self.dtype}">')

    @property
    def instance_type(self):
        return self.dtype


NumberClass = DType


class Function(Type):
    """The type of a function, class or module as a value; `path` is where Python finds it."""

    __slots__ = ("path",)

    def __init__(self, path):
        self.path = path
        super().__init__(_zouk.user_name(f'!py.ref<"{path}">'), f'!py.ref<"{path}">')


class DispatcherType(Function):
    """The type of a jitted function as a value: `dispatcher`."""

    __slots__ = ("dispatcher",)

    def __init__(self, dispatcher, symbol=None):
        self.dispatcher = dispatcher
        super().__init__("@" + (symbol or dispatcher.__qualname__))
        self.name = f"type({dispatcher!r})"

    def __reduce__(self):
        return DispatcherType, (self.dispatcher, self.path[1:])


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
    from .errors import LiteralTypingError

    raise LiteralTypingError(f"{value.__class__.__name__} cannot be used as a literal")


def maybe_literal(value):
    """As `literal`; None of a value of another kind."""
    return literal(value) if isinstance(value, (int, str)) else None


def unliteral(type):
    """The type of which a literal is one value; of a tuple, with such types for its elements; any other type itself."""
    if isinstance(type, Literal):
        return _from_ty(type._ty[len("literal<") :].partition(",")[0])
    if isinstance(type, BaseAnonymousTuple):
        return Tuple(tuple(map(unliteral, type.types)))
    return type


class Signature:
    """Argument types and, unless it is to be inferred (None), the result type."""

    __slots__ = ("return_type", "args", "recvr", "pysig")

    def __init__(self, return_type, args, recvr=None, pysig=None):
        self.return_type, self.args, self.recvr, self.pysig = return_type, tuple(args), recvr, pysig

    def __eq__(self, other):
        return (self.return_type, self.args) == (other.return_type, other.args) if isinstance(other, Signature) else NotImplemented

    def __hash__(self):
        return hash((self.return_type, self.args))

    def __repr__(self):
        return f"{self.args} -> {self.return_type}"

    def __reduce__(self):
        return Signature, (self.return_type, self.args)


def signature(return_type, *args):
    return Signature(return_type, tuple(as_type(arg) for arg in args))


boolean = bool_ = b1 = Boolean("bool", "i1", 1)
int8 = i1 = char = Integer("int8", "si8", 8, True)
int16 = i2 = short = Integer("int16", "si16", 16, True)
int32 = i4 = intc = Integer("int32", "si32", 32, True)
int64 = i8 = intp = int_ = long_ = longlong = ssize_t = Integer("int64", "si64", 64, True)
uint8 = u1 = byte = uchar = Integer("uint8", "ui8", 8, False)
uint16 = u2 = ushort = Integer("uint16", "ui16", 16, False)
uint32 = u4 = uintc = Integer("uint32", "ui32", 32, False)
uint64 = u8 = uintp = uint = ulong = ulonglong = size_t = Integer("uint64", "ui64", 64, False)
float16 = f2 = Float("float16", "f16", 16)
float32 = f4 = float_ = Float("float32", "f32", 32)
float64 = f8 = double = Float("float64", "f64", 64)
complex64 = c8 = Complex("complex64", "complex<f32>", 64, float32)
complex128 = c16 = Complex("complex128", "complex<f64>", 128, float64)
none = void = NoneType("none", "!py.none")
voidptr = RawPointer("void*", "!py.pointer<!py.none>")
pyobject = ffi_forced_object = PyObject("pyobject", "!py.pyobject")
unicode_type = string = UnicodeType("unicode_type", "!py.str")
optional = Optional

_NUMBERS = (boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, complex64, complex128)
_BY_TY = {ty._ty: ty for ty in (*_NUMBERS, none, unicode_type)}
_BY_NAME = {ty.name: ty for ty in _NUMBERS}


def __getattr__(name):
    # As a variable of this module it would hide Python's own.
    if name == "bool":
        return boolean
    # Nor is it to hide, in `zouk`, the class of jitted functions.
    if name == "Dispatcher":
        return DispatcherType
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# As Numba's, without float16.
number_domain = frozenset(_NUMBERS) - {boolean, float16}
integer_domain = frozenset(ty for ty in _NUMBERS if isinstance(ty, Integer))
signed_domain = frozenset(ty for ty in integer_domain if ty.signed)
unsigned_domain = integer_domain - signed_domain
real_domain = frozenset((float32, float64))
complex_domain = frozenset((complex64, complex128))


def as_type(value):
    """A type, from a type, its spelling, a Python class, a NumPy dtype or scalar class, None, or a tuple of such."""
    if isinstance(value, Type):
        return value
    if isinstance(value, str):
        return as_type(_evaluate(value))
    if value is None:
        return none
    if isinstance(value, tuple):
        return Tuple(value)
    python = {bool: boolean, int: int64, float: float64, complex: complex128, str: unicode_type}.get(value)
    if python is not None:
        return python
    if isinstance(getattr(value, "class_type", None), ClassType):
        return value.class_type.instance_type
    try:
        return from_dtype(value)
    except TypeError:
        raise TypeError(f"{value!r} is not a type") from None


def from_dtype(dtype):
    """The type of the elements of arrays with this NumPy dtype."""
    import sys

    numpy = sys.modules.get("numpy")
    if numpy is None or not (isinstance(dtype, numpy.dtype) or isinstance(dtype, type) and issubclass(dtype, numpy.generic)):
        raise TypeError(f"{dtype!r} is not a NumPy dtype")
    dtype = numpy.dtype(dtype)
    if dtype.kind in "mM" and dtype.isnative:
        unit, count = numpy.datetime_data(dtype)
        return (NPTimedelta if dtype.kind == "m" else NPDatetime)(unit if count == 1 else f"{count}{unit}")
    if dtype.names:
        try:
            return typeof(numpy.empty(0, dtype)).dtype
        except TypeError:
            pass
    found = _BY_NAME.get(dtype.name) if dtype.isnative else None
    if found is None:
        from .errors import ZoukNotImplementedError

        raise ZoukNotImplementedError(f"{dtype!r} cannot be represented as a zouk type")
    return found


def as_dtype(type):
    """The NumPy dtype of a number type, of that of a time, or of a record."""
    import numpy

    type = as_type(type)
    return _zouk.record_dtype(type._ty) if isinstance(type, Record) else numpy.dtype(type.name)


def typeof(value, purpose=None):
    """The type that `value` has as an argument."""
    from .errors import TypingError, UntypedValueError

    if isinstance(value, Type):
        raise TypeError(f"{value} is a type, not a value")
    try:
        text = _zouk.type_of(value)
        if isinstance(value, _zouk.Dispatcher):
            return DispatcherType(value, text.split('"')[1][1:])
        return _from_ty(text)
    except TypingError as error:
        raise UntypedValueError(str(error)) from None


def _evaluate(text):
    """The value of a spelled type or signature: an expression over the names of this module, which `types.` may precede."""
    import warnings

    names = {name: value for name, value in globals().items() if isinstance(value, Type) or isinstance(value, type) and issubclass(value, Type)}
    if "datetime64[" in text or "timedelta64[" in text:
        text = _with_units_as_texts(text)
    names.update(int=int64, float=float64, bool=boolean, complex=complex128, types=_Names(names))
    try:
        with warnings.catch_warnings():
            # `None(f8)` calls a constant, and so on: the error below says it better.
            warnings.simplefilter("ignore")
            return eval(text, {"__builtins__": {}}, names)
    except (NameError, SyntaxError, KeyError) as error:
        why = error.msg if isinstance(error, SyntaxError) else error.args[0]
        raise type(error)(f"{why} (in the signature {text!r})") from None
    except Exception as error:
        raise TypeError(f"invalid signature {text!r}: {error}") from None


def _with_units_as_texts(text):
    """Times whose units are multiples: Python reads no `10ms`."""
    # Importing zouk imports little.
    import re

    classes = {"datetime64": "NPDatetime", "timedelta64": "NPTimedelta"}
    return re.sub(r"\b(datetime64|timedelta64)\[\s*(\d+[A-Za-z]+)\s*\]", lambda found: f"{classes[found[1]]}('{found[2]}')", text)


class _Names:
    """What `types` is in the text of a signature."""

    __slots__ = ("__dict__",)

    def __init__(self, names):
        self.__dict__.update(names)


def is_signature(value):
    """Whether a decorator's argument is a signature (and not a function)."""
    return isinstance(value, (str, tuple, Signature))


def normalize_signature(value):
    """A Signature, from one, its spelling, or a tuple of argument types."""
    evaluated = _evaluate(value) if isinstance(value, str) else value
    if isinstance(evaluated, Signature):
        return evaluated
    if isinstance(evaluated, tuple):
        return Signature(None, tuple(as_type(part) for part in evaluated))
    kinds = (type(value).__name__, type(evaluated).__name__)
    raise TypeError("invalid signature: %r (type: %r) evaluates to %r instead of tuple or Signature" % (value, *kinds))


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
