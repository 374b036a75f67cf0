"""Arrays, and the records that they are made of."""

from collections import namedtuple as _namedtuple

from ._base import Type
from ._conversions import as_dtype, as_type, from_dtype
from ._scalars import _NPTime, _Scalar

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
