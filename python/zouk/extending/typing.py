"""Types of Python's classes, and what overloads ask about types."""

import inspect
import types as python
import typing

from .. import types
from ..errors import RequireLiteralValue, TypingError


class AsType:
    """`as_numba_type(cls)`: the type that values of a Python class have. `register` adds classes, or functions that know some."""

    def __init__(self):
        self._known = {}
        self._functions = []

    def __call__(self, py_type):
        found = self._find(py_type)
        if found is None:
            raise TypingError(f"Cannot infer the zouk type of the Python type {py_type}")
        return found

    def register(self, func_or_py_type, numba_type=None):
        if numba_type is not None:
            self._known[func_or_py_type] = types.as_type(numba_type)
            return None
        if isinstance(func_or_py_type, type):
            raise TypeError("register takes a class and its type, or a function")
        self._functions.append(func_or_py_type)
        return func_or_py_type

    def _find(self, py_type):
        if isinstance(py_type, types.Type):
            return py_type
        try:
            if py_type in self._known:
                return self._known[py_type]
        except TypeError:
            return None
        for function in self._functions:
            found = function(py_type)
            if found is not None:
                return found
        return self._generic(py_type) or self._plain(py_type)

    def _generic(self, py_type):
        origin, parts = typing.get_origin(py_type), typing.get_args(py_type)
        if origin in (typing.Union, python.UnionType):
            rest = [part for part in parts if part is not type(None)]
            return types.Optional(self(rest[0])) if len(rest) == 1 and len(parts) == 2 else None
        if origin is tuple and Ellipsis not in parts:
            return types.Tuple(tuple(self(part) for part in parts if part != ()))
        return None

    def _plain(self, py_type):
        if py_type is type(None) or py_type is None:
            return types.none
        try:
            return types.as_type(py_type) if isinstance(py_type, type) else None
        except TypeError:
            return None


as_numba_type = AsType()


def is_jitted(function):
    """Whether it is a function under `jit`."""
    from .registry import is_dispatcher

    return is_dispatcher(function)


class SentryLiteralArgs:
    """`SentryLiteralArgs(["n"]).for_function(typing).bind(*types)`: the types by name, of which those named must be literal."""

    def __init__(self, literal_args):
        self.literal_args = tuple(literal_args)

    def for_function(self, func):
        return self.for_pysig(inspect.signature(func))

    def for_pysig(self, pysig):
        return BoundLiteralArgs(pysig, self.literal_args)


class BoundLiteralArgs:
    def __init__(self, pysig, literal_args):
        self.pysig, self.literal_args = pysig, literal_args

    def bind(self, *args, **kwargs):
        bound = self.pysig.bind(*args, **kwargs)
        bound.apply_defaults()
        for name in self.literal_args:
            given = bound.arguments[name]
            if isinstance(given, types.Type) and not isinstance(given, (types.Literal, types.NoneType, types.Omitted)):
                raise RequireLiteralValue(f"the argument {name} must be known when the function is compiled, not only its type {given}")
        return bound
