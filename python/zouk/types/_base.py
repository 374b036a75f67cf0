"""Types, and signatures of them."""

from .. import types as _types
from ._conversions import as_type


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
        return _types._from_ty, (self._ty,)

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
        return _types.Array(self, len(slices), layout)

    def cast_python_value(self, value):
        raise NotImplementedError(f"{self} converts no Python values")


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

    def as_type(self):
        """`FunctionType(self)`, the type of functions of this signature."""
        from . import FunctionType

        return FunctionType(self)


def signature(return_type, *args):
    return Signature(return_type, tuple(as_type(arg) for arg in args))
