"""Pickling and copying of instances: the values of the fields, and the class by its name, or else by what it is made of."""

import sys
from os import urandom

from ... import types

# By the identity that a class has in its pickles.
_known = {}


class _Reference:
    """A class, in a pickle. On the other side it is made when it is asked for: what it is made of may refer to it."""

    def __init__(self, cls=None, identity=None):
        self._cls, self._identity, self._description, self._waiting = cls, identity, None, []

    @property
    def cls(self):
        if self._cls is None:
            self._cls = _known.get(self._identity) or _made(self._identity, *self._description)
            for put in self._waiting:
                put(self._cls)
        return self._cls

    def when_made(self, put):
        """Calls `put` with the class; later, if the pickle has not said yet what the class is made of."""
        if self._cls is None and self._identity not in _known and self._description is None:
            self._waiting.append(put)
        else:
            put(self.cls)

    def __deepcopy__(self, memo):
        return self

    def __setstate__(self, description):
        self._description = description

    def __reduce__(self):
        cls = self.cls
        owner = sys.modules.get(cls.__module__)
        for part in cls.__qualname__.split("."):
            owner = getattr(owner, part, None)
        if owner is cls and cls.__module__ != "__main__":
            return _by_name, (cls.__module__, cls.__qualname__)
        return _Reference, (None, _identity(cls)), _description(cls)


def reference(cls):
    """The one reference to a class: a pickle has it once."""
    known = cls.__dict__.get("_zouk_reference")
    if known is None:
        known = cls._zouk_reference = _Reference(cls)
    return known


def type_of(reference):
    """The type of instances of a class, which may not be made yet."""
    known = reference._cls or _known.get(reference._identity)
    return _Awaited(reference) if known is None else known.class_type.instance_type


class _Awaited(types.DeferredType):
    __slots__ = ("_reference",)

    def __init__(self, reference):
        super().__init__()
        self._reference = reference

    def get(self):
        return self._reference.cls.class_type.instance_type

    def __reduce__(self):
        return type_of, (self._reference,)


def _identity(cls):
    for identity, known in _known.items():
        if known is cls:
            return identity
    identity = urandom(16).hex()
    _known[identity] = cls
    return identity


def _by_name(module, qualified):
    from importlib import import_module

    owner = import_module(module)
    for part in qualified.split("."):
        owner = getattr(owner, part)
    return reference(owner)


def _description(cls):
    """The names, the bases, the fields, the members with their functions as dispatchers, and the options."""
    from .base import JitClassType, _is_function, compiled

    def travelling(value):
        if isinstance(value, property):
            return "property", [None if f is None else compiled(f) for f in (value.fget, value.fset)]
        if isinstance(value, staticmethod):
            return "static", compiled(value.__func__)
        return ("method", compiled(value)) if _is_function(value) else ("value", value)

    members = {name: travelling(value) for name, value in cls._zouk_members.items()}
    bases = [reference(base) for base in cls.__bases__ if isinstance(base, JitClassType)]
    return (cls.__module__, cls.__qualname__, cls.__doc__), bases, dict(cls._zouk_own_fields), members, cls._zouk_options


def _made(identity, names, bases, fields, members, options):
    from .base import make_class

    def arrived(kind, value):
        if kind == "property":
            return property(*(None if f is None else f.py_func for f in value))
        return staticmethod(value.py_func) if kind == "static" else value.py_func if kind == "method" else value

    namespace = {name: arrived(*member) for name, member in members.items()}
    module, qualified, doc = names
    namespace.update(__module__=module, __qualname__=qualified, __doc__=doc)
    plain = type(qualified.rsplit(".", 1)[-1], tuple(base.cls for base in bases), namespace)
    made = _known[identity] = make_class(plain, fields, options)
    return made


def _new(of):
    return of.cls.__new__(of.cls)


def _state(self):
    """The values of the fields that have been assigned."""
    state = {}
    for name in type(self).class_type.struct:
        try:
            state[name] = getattr(self, name)
        except AttributeError:
            pass
    return state


def _set_state(self, state):
    for name, value in state.items():
        setattr(self, name, value)


def _reduce(self, protocol):
    return _new, (reference(type(self)),), self.__getstate__()


METHODS = {"__getstate__": _state, "__setstate__": _set_state, "__reduce_ex__": _reduce}
