"""`overload` and its kin: implementations, chosen by the types of a call, of functions, methods and attributes."""

import inspect
from types import FunctionType

from ..errors import TypingError, UnsupportedError
from . import registry


class Overload:
    """A typing function, and what becomes of the implementations that it gives."""

    def __init__(self, typing, options, strict, prefer_literal):
        self.typing, self.options, self.strict, self.prefer_literal = typing, options, strict, prefer_literal
        self.name = typing.__qualname__
        self._signature = inspect.signature(typing)

    def implementation(self, positional, named):
        """The dispatcher of the implementation for these types; None where the typing function declines."""
        try:
            self._signature.bind(*positional, **named)
        except TypeError as error:
            raise TypingError(str(error)) from error
        made = self.typing(*positional, **named)
        if made is None:
            return None
        function = made.py_func if registry.is_dispatcher(made) else made
        if not isinstance(function, FunctionType):
            raise TypingError(f"an overload returns a function or None, not {made!r}")
        if self.strict:
            _compare(self._signature, inspect.signature(function))
        return made if function is not made else registry.dispatcher_for(function, self.options, "__zouk_implementation__")


def _compare(typing, implementation):
    """Refuses an implementation with other parameters than the typing function's. A `*` parameter stands for all that follow."""
    ours, theirs = list(typing.parameters.values()), list(implementation.parameters.values())
    for parameter in (*ours, *theirs):
        if parameter.kind is parameter.VAR_KEYWORD:
            raise TypingError(f"`**{parameter.name}` is not supported in overloads")
    both = f"\nof the typing function: {typing}\nof the implementation: {implementation}"
    starred = lambda parameters: next((i for i, p in enumerate(parameters) if p.kind is p.VAR_POSITIONAL), None)  # noqa: E731
    star, other = starred(ours), starred(theirs)
    if star is not None and other is None:
        raise TypingError(f"the typing function takes `*{ours[star].name}`, and the implementation does not; the parameters are{both}")
    if star is None and other is not None:
        ours, theirs = ours[:other], theirs[:other]
    if [p.name for p in ours] != [p.name for p in theirs]:
        raise TypingError(f"the implementation has other parameters than the typing function; they are{both}")
    if not all(_same(a.default, b.default) for a, b in zip(ours, theirs)):
        raise TypingError(f"the implementation has other defaults than the typing function; the parameters are{both}")


def _same(a, b):
    return a is b or (type(a) is type(b) and a == b)


def _decorator(add, jit_options, strict, inline, prefer_literal, target):
    if callable(inline):
        raise UnsupportedError("`inline` is 'never' or 'always': functions that look at Numba's IR have nothing to look at")
    if inline not in ("never", "always"):
        raise ValueError(f"inline must be 'never' or 'always', not {inline!r}")
    if target not in ("cpu", "generic"):
        raise UnsupportedError(f"overloads are for the target 'cpu', not {target!r}")
    options = dict(jit_options or {})
    if inline == "always":
        options["inline"] = inline
    registry.checked_options(options)

    def decorate(typing):
        if not isinstance(typing, FunctionType):
            raise TypeError(f"an overload is a Python function, not {type(typing).__name__}")
        add(Overload(typing, options, strict, prefer_literal))
        return typing

    return decorate


def overload(func, jit_options=None, strict=True, inline="never", prefer_literal=False, target="cpu", **kwargs):
    """Makes compiled code take calls of `func` that zouk itself does not: the decorated function gets the types of the arguments, and
    returns an implementation, with the same parameters, or None."""
    _no_more(kwargs)
    if not callable(func):
        raise TypeError(f"only what can be called is overloaded, not {func!r}")
    if registry.is_dispatcher(func):
        raise TypeError(f"{func!r} is compiled itself: overload a plain function")
    hash(func)
    return _decorator(lambda made: registry.functions.setdefault(func, []).append(made), jit_options, strict, inline, prefer_literal, target)


def overload_method(typ, attr, jit_options=None, strict=True, inline="never", prefer_literal=False, target="cpu", **kwargs):
    """As `overload`, of the method `attr` of values whose type is of the class `typ`; the receiver is the first argument."""
    return _of_class(registry.methods, typ, attr, kwargs, (jit_options, strict, inline, prefer_literal, target))


def overload_attribute(typ, attr, jit_options=None, strict=True, inline="never", prefer_literal=False, target="cpu", **kwargs):
    """As `overload`, of the attribute `attr` of values whose type is of the class `typ`; the receiver is the only argument."""
    return _of_class(registry.attributes, typ, attr, kwargs, (jit_options, strict, inline, prefer_literal, target))


def overload_classmethod(typ, attr, jit_options=None, strict=True, inline="never", prefer_literal=False, target="cpu", **kwargs):
    """As `overload`, of the method `attr` of the class `typ` of types, called as `typ.attr(…)`; the class is the first argument."""
    from .classmethods import ClassOverload, stub

    _checked_member(typ, attr, kwargs)

    def add(made):
        of_class = ClassOverload(typ, made.typing, made.options, made.strict, made.prefer_literal)
        registry.functions.setdefault(stub(typ, attr), []).append(of_class)

    return _decorator(add, jit_options, strict, inline, prefer_literal, target)


def _of_class(registered, typ, attr, kwargs, options):
    _checked_member(typ, attr, kwargs)
    return _decorator(lambda made: registered.setdefault(attr, []).append((typ, made)), *options)


def _checked_member(typ, attr, kwargs):
    from .. import types

    _no_more(kwargs)
    if not (isinstance(typ, type) and issubclass(typ, types.Type)):
        raise TypeError(f"a class of types, such as types.Array, is expected, not {typ!r}")
    if not isinstance(attr, str):
        raise TypeError(f"the name of a method or attribute is a str, not {attr!r}")


def _no_more(kwargs):
    if kwargs:
        raise TypeError(f"unknown options: {', '.join(sorted(kwargs))}")


def register_jitable(*args, **kwargs):
    """A function that Python calls as it is, and compiled code as if it were jitted. Options are those of `njit`."""

    def decorate(function):
        if not isinstance(function, FunctionType):
            raise TypeError(f"register_jitable takes a Python function, not {type(function).__name__}")
        registry.dispatcher_for(function, kwargs, "__zouk_jitable__")
        return function

    if kwargs:
        registry.checked_options(kwargs)
        return decorate
    return decorate(*args) if args else decorate
