"""Pickling and copying of instances: the values of the fields, and the class by its name, or else by what it is made of."""

import sys
from os import urandom

# By the identity that a class has in its pickles.
_known = {}


class _Reference:
    """A class, in the pickle of an instance."""

    def __init__(self, cls):
        self.cls = cls

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        cls = self.cls
        owner = sys.modules.get(cls.__module__)
        for part in cls.__qualname__.split("."):
            owner = getattr(owner, part, None)
        if owner is cls and cls.__module__ != "__main__":
            return _by_name, (cls.__module__, cls.__qualname__)
        identity = _identity(cls)
        return _by_value, (identity, *_description(cls))


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
    return _Reference(owner)


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
    bases = [_Reference(base) for base in cls.__bases__ if isinstance(base, JitClassType)]
    fields = {name: ty for name, ty in cls._zouk_own_fields.items()}
    return (cls.__module__, cls.__qualname__, cls.__doc__), bases, fields, members, cls._zouk_options


def _by_value(identity, names, bases, fields, members, options):
    if identity not in _known:
        from .base import make_class

        def arrived(kind, value):
            if kind == "property":
                return property(*(None if f is None else f.py_func for f in value))
            return staticmethod(value.py_func) if kind == "static" else value.py_func if kind == "method" else value

        namespace = {name: arrived(*member) for name, member in members.items()}
        module, qualified, doc = names
        namespace.update(__module__=module, __qualname__=qualified, __doc__=doc)
        plain = type(qualified.rsplit(".", 1)[-1], tuple(base.cls for base in bases), namespace)
        _known[identity] = make_class(plain, fields, options)
    return _Reference(_known[identity])


def _new(reference):
    cls = reference.cls
    return cls.__new__(cls)


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
    return _new, (_Reference(type(self)),), self.__getstate__()


METHODS = {"__getstate__": _state, "__setstate__": _set_state, "__reduce_ex__": _reduce}
