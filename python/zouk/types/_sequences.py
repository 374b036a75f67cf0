"""Tuples, lists and ranges."""

from .. import _zouk
from ._arrays import IterableType, _count
from ._base import Type
from ._conversions import as_type


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
        from ..errors import TypingError

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
