"""Functions, dtypes and classes as values; instances of compiled classes, and types that are said later."""

from .. import _zouk
from ._arrays import Array
from ._base import Signature, Type
from ._conversions import as_type
from ._scalars import Boolean, NPDatetime, NPTimedelta, Number
from ._sequences import BaseTuple, Tuple
from ._values import NoneType, Optional


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
        from ..experimental.jitclass.pickling import reference, type_of

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
