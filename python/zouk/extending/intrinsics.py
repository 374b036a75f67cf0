"""`intrinsic`: functions of compiled code whose body the program writes as MLIR."""

import inspect
import re
from types import FunctionType

from .. import types
from ..errors import TypingError
from . import registry


class IntrinsicContext:
    """What a typing function and its code generator are told."""

    def mlir(self, type):
        """The MLIR types of the parts that values of a type consist of: one of a number or an array, two of a complex number."""
        return _parts(types.unliteral(types.as_type(type)))


class Intrinsic:
    """A function that only compiled code can call."""

    prefer_literal = False
    # It is code for any target.
    target = "generic"

    def __init__(self, typing, prefer_literal=False):
        self.typing, self.prefer_literal = typing, prefer_literal
        self.name = self.__name__ = typing.__name__
        self.__qualname__, self.__module__, self.__doc__ = typing.__qualname__, typing.__module__, typing.__doc__
        self.__wrapped__ = typing
        self._signature = inspect.signature(typing)

    def __call__(self, *args, **kwargs):
        raise NotImplementedError(f"the intrinsic {self.name} is called in compiled code only")

    def __repr__(self):
        return f"<intrinsic {self.name}>"

    def __reduce__(self):
        return self.__qualname__

    def implementation(self, positional, named):
        """Its code for these types, and the signature; None where the typing function declines."""
        context = IntrinsicContext()
        try:
            self._signature.bind(context, *positional, **named)
        except TypeError as error:
            raise TypingError(str(error)) from error
        made = self.typing(context, *positional, **named)
        if made is None:
            return None
        if not (isinstance(made, tuple) and len(made) == 2 and isinstance(made[0], types.Signature) and callable(made[1])):
            raise TypingError(f"an intrinsic returns a signature and a function that gives its code, or None, not {made!r}")
        signature, code = made
        if signature.return_type is None:
            raise TypingError(f"the signature {signature} says no result type: write `types.float64(…)`, or `types.void(…)`")
        parts = [types.unliteral(part) for part in (*signature.args, signature.return_type)]
        for part in parts:
            _parts(part)
        if _has_array(parts[-1]):
            raise TypingError(f"an intrinsic returns numbers, tuples of numbers or None, not {parts[-1]}")
        text = code(context, signature)
        if not isinstance(text, str):
            raise TypingError(f"the code of an intrinsic is the text of a `func.func`, not {text!r}")
        name = re.sub(r"\W", "_", self.name)
        return "intrinsic", name, text, [part._ty for part in parts[:-1]], parts[-1]._ty


def _has_array(type):
    return isinstance(type, types.Array) or any(map(_has_array, getattr(type, "types", ())))


def _parts(type):
    if isinstance(type, types.Boolean):
        return ["i1"]
    if isinstance(type, types.Integer):
        return [f"i{type.bitwidth}"]
    if isinstance(type, types.Float):
        return [f"f{type.bitwidth}"]
    if isinstance(type, types.Complex):
        return [f"f{type.bitwidth // 2}"] * 2
    if isinstance(type, (types.NPDatetime, types.NPTimedelta)):
        return ["i64"]
    if isinstance(type, (types.NoneType, types.UnicodeType, types.Function, types.DType)):
        return []
    if isinstance(type, (types.BaseTuple, types.List)):
        return [part for inner in type.types for part in _parts(inner)]
    if isinstance(type, types.Optional):
        return ["i1", *_parts(type.type)]
    if isinstance(type, types.Array) and type.aligned and not isinstance(type.dtype, types.Record):
        return [_memref(type)]
    raise TypingError(f"an intrinsic does not take values of type {type}")


def _memref(array):
    (element,) = {f"complex<{part}>" for part in _parts(array.dtype)} if isinstance(array.dtype, types.Complex) else _parts(array.dtype)
    if isinstance(array.dtype, types.Boolean):
        element = "i8"
    sizes = "?x" * array.ndim
    if array.ndim == 0 or array.layout == "C":
        return f"memref<{sizes}{element}>"
    strides = ["?"] * array.ndim
    if array.layout == "F":
        strides[0] = "1"
    return f"memref<{sizes}{element}, strided<[{', '.join(strides)}]>>"


def intrinsic(*args, prefer_literal=False, **kwargs):
    """Makes of a typing function a function for compiled code. It gets a context and the types of the arguments, and returns a signature and
    a function of the context and the signature that returns the text of a `func.func`; or None."""
    if kwargs:
        raise TypeError(f"unknown options: {', '.join(sorted(kwargs))}")

    def decorate(typing):
        if not isinstance(typing, FunctionType):
            raise TypeError(f"an intrinsic is a Python function, not {type(typing).__name__}")
        made = Intrinsic(typing, prefer_literal)
        registry.functions[made] = [made]
        return made

    return decorate(*args) if args else decorate
