from collections.abc import Iterator
from typing import Any, TypeAlias, overload

import numpy

_TypeLike: TypeAlias = Type | str | type | numpy.dtype[Any] | tuple[Any, ...] | None
_SignatureLike: TypeAlias = Signature | Type | str | tuple[Any, ...]

class Type:
    name: str
    def __init__(self, name: str, ty: str) -> None: ...
    @property
    def key(self) -> str: ...
    def __call__(self, *args: _TypeLike) -> Signature: ...
    def cast_python_value(self, value: Any) -> Any: ...

class Number(Type):
    bitwidth: int
    @overload
    def __call__(self, value: complex | numpy.generic | numpy.ndarray[Any, Any], /) -> Any: ...
    @overload
    def __call__(self, *args: _TypeLike) -> Signature: ...
    def __getitem__(self, index: slice | tuple[slice, ...]) -> Array: ...

class Integer(Number):
    signed: bool
    @property
    def minval(self) -> int: ...
    @property
    def maxval(self) -> int: ...

class Boolean(Number): ...
class Float(Number): ...

class Complex(Number):
    underlying_float: Float

class Record(Type): ...

class _NPTime(Type):
    unit: str
    def __init__(self, unit: str = "") -> None: ...

class NPDatetime(_NPTime): ...
class NPTimedelta(_NPTime): ...
class NoneType(Type): ...
class UnicodeType(Type): ...

class DispatcherType(Type): ...

class FunctionType(Type):
    signature: Signature
    def __init__(self, signature: Signature) -> None: ...

class Array(Type):
    dtype: Number | Record | _NPTime
    ndim: int
    layout: str
    readonly: bool
    aligned: bool
    def __init__(self, dtype: _TypeLike, ndim: int, layout: str, readonly: bool = False, name: str | None = None, aligned: bool = True) -> None: ...
    @property
    def mutable(self) -> bool: ...
    @property
    def is_contig(self) -> bool: ...
    @property
    def is_c_contig(self) -> bool: ...
    @property
    def is_f_contig(self) -> bool: ...
    def copy(
        self, dtype: _TypeLike = None, ndim: int | None = None, layout: str | None = None, readonly: bool | None = None
    ) -> Array: ...

class BaseTuple(Type):
    types: tuple[Type, ...]
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Type]: ...
    def __getitem__(self, index: int) -> Type: ...
    @property
    def count(self) -> int: ...

class Tuple(BaseTuple):
    def __init__(self, types: tuple[_TypeLike, ...] = ()) -> None: ...

class UniTuple(BaseTuple):
    def __init__(self, dtype: _TypeLike, count: int) -> None: ...
    @property
    def dtype(self) -> Type: ...

class Optional(Type):
    type: Type
    def __init__(self, type: _TypeLike) -> None: ...

class Signature:
    return_type: Type | None
    args: tuple[Type, ...]
    recvr: Any
    pysig: Any
    def __init__(self, return_type: Type | None, args: tuple[Type, ...], recvr: Any = None, pysig: Any = None) -> None: ...

def signature(return_type: Type | None, *args: _TypeLike) -> Signature: ...
def as_type(value: _TypeLike) -> Type: ...
def from_dtype(dtype: object) -> Number: ...
def as_dtype(type: _TypeLike) -> numpy.dtype[Any]: ...
def typeof(value: object, purpose: object = None) -> Type: ...
def is_signature(value: object) -> bool: ...
def normalize_signature(value: _SignatureLike) -> Signature: ...

boolean: Boolean
bool_: Boolean
b1: Boolean
int8: Integer
i1: Integer
char: Integer
int16: Integer
i2: Integer
short: Integer
int32: Integer
i4: Integer
intc: Integer
int64: Integer
i8: Integer
intp: Integer
int_: Integer
long_: Integer
longlong: Integer
ssize_t: Integer
uint8: Integer
u1: Integer
byte: Integer
uchar: Integer
uint16: Integer
u2: Integer
ushort: Integer
uint32: Integer
u4: Integer
uintc: Integer
uint64: Integer
u8: Integer
uintp: Integer
uint: Integer
ulong: Integer
ulonglong: Integer
size_t: Integer
float32: Float
f4: Float
float_: Float
float64: Float
f8: Float
double: Float
complex64: Complex
c8: Complex
complex128: Complex
c16: Complex
none: NoneType
void: NoneType
unicode_type: UnicodeType
string: UnicodeType
optional = Optional
number_domain: frozenset[Number]
integer_domain: frozenset[Number]
signed_domain: frozenset[Number]
unsigned_domain: frozenset[Number]
real_domain: frozenset[Number]
complex_domain: frozenset[Number]
