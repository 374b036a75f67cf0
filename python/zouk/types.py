"""Types as values: `float64`, `int32[:]`, `float64(int32, float64[:, ::1])`. Spelled and printed as Numba's are."""

from . import _zouk


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


class Number(Type):
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

        return getattr(numpy, "bool_" if self is boolean else self.name)(value)


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


class Boolean(Number):
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
        elif unit in _UNITS:
            named = f"[{unit}]"
        else:
            raise ValueError(f"unknown unit of time {unit!r}: units are {', '.join(_UNITS)}")
        self.unit = unit
        super().__init__(self._class + named, f'!py.{self._class[:-2]}<"{unit}">')


_UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")


class NPDatetime(_NPTime):
    """`NPDatetime("D")`: datetime64 of a unit."""

    __slots__ = ()
    _class = "datetime64"


class NPTimedelta(_NPTime):
    """`NPTimedelta("s")`: timedelta64 of a unit."""

    __slots__ = ()
    _class = "timedelta64"


class Record(Type):
    """The type of a structured dtype: `from_dtype(numpy.dtype([("a", "f8")]))`."""

    __slots__ = ()


class NoneType(Type):
    __slots__ = ()


class UnicodeType(Type):
    __slots__ = ()


class DispatcherType(Type):
    """The type of a jitted function as an argument: each has its own."""

    __slots__ = ()


class FunctionType(Type):
    """`FunctionType(float64(float64, int64))`: any jitted function, compiled for that signature and called by its address."""

    __slots__ = ("signature",)

    def __init__(self, signature):
        if not isinstance(signature, Signature) or signature.return_type is None:
            raise TypeError(f"FunctionType() takes a signature with a result, such as float64(float64), not {signature!r}")
        for part in (signature.return_type, *signature.args):
            if not isinstance(part, (Number, NoneType)):
                raise TypeError(f"FunctionType() takes a signature of numbers, not of {part}")
        self.signature = signature
        parts = ", ".join(part._ty for part in (signature.return_type, *signature.args))
        super().__init__(f"FunctionType[{signature}]", f"!py.function<{parts}>")

    def __repr__(self):
        return self.name


class Array(Type):
    """`Array(dtype, ndim, layout)`; layout is "C", "F" or "A" (any strides)."""

    __slots__ = ("dtype", "ndim", "layout", "readonly", "aligned")

    def __init__(self, dtype, ndim, layout, readonly=False, name=None, aligned=True):
        dtype = as_type(dtype)
        if not isinstance(dtype, (Number, Record, _NPTime)):
            raise TypeError(f"an array cannot have elements of type {dtype}")
        if layout not in ("C", "F", "A"):
            raise ValueError(f"unknown array layout {layout!r}")
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


class BaseTuple(Type):
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


class Tuple(BaseTuple):
    """`Tuple((a, b, …))`; of several equal types it makes a UniTuple."""

    __slots__ = ()

    def __new__(cls, types=()):
        types = tuple(as_type(part) for part in types)
        return UniTuple(types[0], len(types)) if len(types) > 1 and len(set(types)) == 1 else object.__new__(cls)

    def __init__(self, types=()):
        types = tuple(as_type(part) for part in types)
        super().__init__(f"Tuple({', '.join(map(str, types))})", types)

    def __repr__(self):
        return f"Tuple({self.types!r})"


# Compiled code keeps the values of a tuple apart.
_MOST_PARTS = 4096


class UniTuple(BaseTuple):
    """`UniTuple(dtype, count)`: a tuple of equal types."""

    __slots__ = ()

    def __init__(self, dtype, count):
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
        return f"({', '.join(map(str, self.args))}) -> {self.return_type}"

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
float32 = f4 = float_ = Float("float32", "f32", 32)
float64 = f8 = double = Float("float64", "f64", 64)
complex64 = c8 = Complex("complex64", "complex<f32>", 64, float32)
complex128 = c16 = Complex("complex128", "complex<f64>", 128, float64)
none = void = NoneType("none", "!py.none")
unicode_type = string = UnicodeType("unicode_type", "!py.str")
optional = Optional

_NUMBERS = (boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float32, float64, complex64, complex128)
_BY_TY = {ty._ty: ty for ty in (*_NUMBERS, none, unicode_type)}
_BY_NAME = {ty.name: ty for ty in _NUMBERS}


def __getattr__(name):
    # As a variable of this module it would hide Python's own.
    if name == "bool":
        return boolean
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


number_domain = frozenset(_NUMBERS) - {boolean}
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
        if count == 1:
            return (NPTimedelta if dtype.kind == "m" else NPDatetime)(unit)
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
    """The NumPy dtype of a number type, or of that of a time."""
    import numpy

    return numpy.dtype(as_type(type).name)


def typeof(value, purpose=None):
    """The type that `value` has as an argument."""
    from .errors import TypingError, UntypedValueError

    if isinstance(value, Type):
        raise TypeError(f"{value} is a type, not a value")
    try:
        return _from_ty(_zouk.type_of(value))
    except TypingError as error:
        raise UntypedValueError(str(error)) from None


def _evaluate(text):
    """The value of a spelled type or signature: an expression over the names of this module, which `types.` may precede."""
    import warnings

    names = {name: value for name, value in globals().items() if isinstance(value, Type) or isinstance(value, type) and issubclass(value, Type)}
    names.update(int=int64, float=float64, bool=boolean, complex=complex128, types=_Names(names))
    try:
        with warnings.catch_warnings():
            # `None(f8)` calls a constant, and so on: the error below says it better.
            warnings.simplefilter("ignore")
            return eval(text, {"__builtins__": {}}, names)
    except NameError as error:
        raise NameError(f"{error} (in the signature {text!r})") from None
    except Exception as error:
        raise TypeError(f"invalid signature {text!r}: {error}") from None


class _Names:
    """What `types` is in the text of a signature."""

    __slots__ = ("__dict__",)

    def __init__(self, names):
        self.__dict__.update(names)


def is_signature(value):
    """Whether a decorator's argument is a signature (and not a function)."""
    return isinstance(value, (str, tuple, Signature, Type))


def normalize_signature(value):
    """A Signature, from one, its spelling, a tuple of argument types, or one argument type."""
    if isinstance(value, str):
        value = _evaluate(value)
    if isinstance(value, Signature):
        return value
    if isinstance(value, tuple):
        return Signature(None, tuple(as_type(part) for part in value))
    if isinstance(value, Type):
        return Signature(None, (value,))
    raise TypeError(f"invalid signature: {value!r} (type: {type(value)!r}) evaluates to {type(value)} instead of tuple or Signature")


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
    if head == "!py.ref":
        return DispatcherType(_zouk.user_name(text), text)
    if head == "!py.function":
        result, *arguments = map(_from_ty, parts)
        return FunctionType(Signature(result, tuple(arguments)))
    if head == "!py.optional":
        return Optional(_from_ty(parts[0]))
    return Type(_zouk.user_name(text), text)


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
