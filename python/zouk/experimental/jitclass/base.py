"""The making of compiled classes.

A class's fields lie in blocks of the runtime; `_zouk.Object` is what Python has of an instance. Its methods are jitted functions, compiled for the
types of their arguments when they are called; those that Python alone calls, such as `__repr__`, stay as they are.
"""

import inspect
import types as pytypes
from weakref import WeakKeyDictionary

from ... import _zouk, types
from ...decorators import bare_dispatcher
from ...errors import UnsupportedError
from . import pickling
from .spec import fields_of

# Methods that give texts, or that only the interpreter calls: it runs them.
_INTERPRETED = frozenset((
    "__str__", "__repr__", "__format__", "__bytes__", "__dir__", "__sizeof__", "__getstate__", "__setstate__", "__reduce__", "__reduce_ex__", "__copy__",
    "__deepcopy__", "__getnewargs__", "__getnewargs_ex__",
))  # fmt: skip
_REFUSED = frozenset((
    "__new__", "__del__", "__getattr__", "__getattribute__", "__setattr__", "__delattr__", "__init_subclass__", "__class_getitem__", "__set_name__", "__get__",
    "__set__", "__delete__", "__await__", "__aiter__", "__anext__", "__aenter__", "__aexit__",
))  # fmt: skip
# What every class's body has.
_IGNORED = frozenset((
    "__module__", "__qualname__", "__doc__", "__dict__", "__weakref__", "__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__",
    "__static_attributes__", "__firstlineno__", "__slots__", "__orig_bases__", "__parameters__", "__type_params__", "__hash__", "__match_args__", "__abstractmethods__",
    "_abc_impl",
))  # fmt: skip

# The one dispatcher of each method, also where a derived class has it.
_dispatchers = WeakKeyDictionary()


class JitClassType(type):
    """The type of compiled classes, and, before they are decorated, of classes derived from them."""

    @property
    def __signature__(cls):
        init = getattr(cls, "__init__", None)
        function = getattr(init, "py_func", None)
        if function is None:
            return inspect.Signature()
        signature = inspect.signature(function)
        return signature.replace(parameters=list(signature.parameters.values())[1:])

    def _zouk_fields(cls):
        """Names and types of the fields, as the compiler spells them; deferred types are what they have been defined as."""
        return [(name, types._resolved(ty)._ty) for name, ty in cls.class_type.struct.items()]

    def _zouk_source(cls):
        """What compiled code may call and read: functions by their roles, constants, and compiled bases."""
        functions, constants = [], []
        for name, value in cls._zouk_members.items():
            if isinstance(value, property):
                functions += [(role, name, compiled(f)) for role, f in (("getter", value.fget), ("setter", value.fset)) if f is not None]
            elif isinstance(value, staticmethod):
                functions.append(("static", name, compiled(value.__func__)))
            elif not _is_function(value):
                constants.append((name, value))
            elif name not in _INTERPRETED:
                functions.append(("method", name, compiled(value)))
        return functions, constants, [base for base in cls.__mro__[1:] if isinstance(base, JitClassType)]


def _is_function(value):
    return isinstance(value, (pytypes.FunctionType, _zouk.Dispatcher))


def compiled(function, options=None):
    """The dispatcher of a method."""
    if isinstance(function, _zouk.Dispatcher):
        return function
    known = _dispatchers.get(function)
    if known is None:
        known = _dispatchers[function] = bare_dispatcher(function, options or {})
    return known


def make_class(cls, spec, options):
    """The compiled class of a Python class."""
    if not isinstance(cls, type):
        raise TypeError(f"jitclass takes a class, not {cls!r}")
    if isinstance(cls, JitClassType) and "class_type" in vars(cls):
        raise TypeError(f"{cls.__qualname__} is a jitclass already")
    number, name = _zouk.reserve_class(cls.__qualname__)
    instance_type = types.ClassInstanceType(cls.__name__, f'!py.class<"{name}">')
    fields, own_fields = fields_of(cls, spec, instance_type)
    members = _members(cls)
    _check_members(members, fields)
    for function in _functions(members):
        compiled(function, options)
    namespace = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "_zouk_members": members,
        "_zouk_own_fields": own_fields,
        "_zouk_options": options,
        "class_type": types.ClassType(cls.__name__, instance_type, fields),
    }
    bases = tuple(base for base in cls.__bases__ if isinstance(base, JitClassType)) or (_zouk.Object,)
    # References to a class from its own methods, as `super()` makes them, are to the class before the decorator.
    namespace["__slots__"] = () if bases[0] is not _zouk.Object else ("__weakref__",)
    namespace.update(_python_side(members))
    namespace.update({field: _zouk.Field(number, field) for field in fields})
    made = type.__new__(JitClassType, cls.__name__, bases, {**pickling.METHODS, "_numba_type_": property(lambda self: instance_type), **namespace})
    instance_type._define(made)
    _zouk.define_class(number, made)
    return made


def _members(cls):
    """What the class and its bases have, functions as they were written. Bases that are not compiled give their members, too."""
    members = {}
    for base in reversed(cls.__mro__):
        if base is not object and base is not _zouk.Object:
            members.update(base.__dict__.get("_zouk_members") or {k: v for k, v in vars(base).items() if k not in _IGNORED or k == "__hash__" and v is not None})
    return members


def _functions(members):
    for name, value in members.items():
        if isinstance(value, property):
            yield from (f for f in (value.fget, value.fset) if f is not None)
        elif isinstance(value, staticmethod):
            yield value.__func__
        elif _is_function(value) and name not in _INTERPRETED:
            yield value


def _check_members(members, fields):
    callables = {name for name, value in members.items() if _is_function(value) or isinstance(value, (property, staticmethod))}
    shadowed = [name for name in members if name in callables and name in fields]
    if shadowed:
        raise NameError(f"name shadowing: {', '.join(shadowed)}")
    others = [name for name, value in members.items() if name not in callables and (name in fields or isinstance(value, (classmethod, type)) or hasattr(value, "__set__"))]
    if others:
        raise TypeError(f"class members are not yet supported: {', '.join(others)}")
    for name, value in members.items():
        if isinstance(value, property) and value.fdel is not None:
            raise TypeError(f"deleter is not supported: {name}")
        if name in _REFUSED:
            raise TypeError(f"Method '{name}' is not supported.")
        if isinstance(value, property) and not all(isinstance(f, (pytypes.FunctionType, type(None))) for f in (value.fget, value.fset)):
            raise TypeError(f"the property {name!r} is not made of Python functions")
    init = members.get("__init__")
    if isinstance(init, pytypes.FunctionType):
        for parameter in inspect.signature(init).parameters.values():
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD and parameter.kind is not parameter.KEYWORD_ONLY:
                raise UnsupportedError(f"{parameter.kind} argument type unsupported in jitclass")


def _python_side(members):
    """What instances and the class have in Python."""
    namespace = {}
    for name, value in members.items():
        if isinstance(value, property):
            getter, setter = (None if f is None else compiled(f) for f in (value.fget, value.fset))
            namespace[name] = property(getter, setter, None, value.__doc__)
        elif isinstance(value, staticmethod):
            namespace[name] = staticmethod(compiled(value.__func__))
        elif _is_function(value) and name not in _INTERPRETED:
            namespace[name] = compiled(value)
        else:
            namespace[name] = value
    return namespace


def _inherited(cls, name):
    """What `super().name` is in a method of the class: a function, or None for `object.__init__`."""
    for base in cls.__mro__[1:]:
        members = base.__dict__.get("_zouk_members", vars(base))
        value = members.get(name)
        if _is_function(value):
            return compiled(value)
        if isinstance(value, (property, staticmethod)):
            raise TypeError(f"`super().{name}` is no method\ncall the methods of base classes by `super()`, and other members by `self`")
        if base is object:
            break
    if name == "__init__":
        return None
    raise AttributeError(f"no base class of {cls.__qualname__} has a method '{name}'\ncall one that a base class has")
