"""Numbers, and their names; times and spans of time, of a unit each."""

from functools import total_ordering as _total_ordering

from ._base import Type


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
_NUMBERS = (boolean, int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64, complex64, complex128)
_BY_NAME = {ty.name: ty for ty in _NUMBERS}
# As Numba's, without float16.
number_domain = frozenset(_NUMBERS) - {boolean, float16}
integer_domain = frozenset(ty for ty in _NUMBERS if isinstance(ty, Integer))
signed_domain = frozenset(ty for ty in integer_domain if ty.signed)
unsigned_domain = integer_domain - signed_domain
real_domain = frozenset((float32, float64))
complex_domain = frozenset((complex64, complex128))


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
