"""Pickling of dispatchers: by reference where the other side can import the function, else by value, with its source text.

By value a function is its code, its source lines, and the globals and closure values that it names. Those come as the pickle's
state, after the dispatcher itself, because a recursive function is among its own globals.
"""

import sys


def reduce_dispatcher(self):
    from . import _zouk

    name = self.__qualname__
    module = sys.modules.get(self.__module__)
    if self.__module__ != "__main__" and _attribute(module, name) is self:
        return name
    function = self.py_func
    options = {name: value for name, value in self.targetoptions.items() if value is not None}
    state = {
        "signatures": self.nopython_signatures if _zouk.is_frozen(self) else None,
        "defaults": function.__defaults__,
        "keyword_defaults": function.__kwdefaults__,
        "globals": _named_globals(function),
        "cells": [_Value.of(cell.cell_contents) for cell in function.__closure__ or ()],
    }
    return _make, (*_description(function), options), state, None, None, _restore


class _Value:
    """A value, or the name of a module, which pickle does not take."""

    def __init__(self, value, module=None):
        self.value, self.module = value, module

    @classmethod
    def of(cls, value):
        return cls(None, value.__name__) if isinstance(value, type(sys)) else cls(value)

    def get(self):
        if self.module is None:
            return self.value
        from importlib import import_module

        return import_module(self.module)


def _attribute(owner, path):
    for part in path.split("."):
        owner = getattr(owner, part, None)
    return owner


def _named_globals(function):
    import dis

    names = {i.argval for i in dis.get_instructions(function) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME")}
    return {name: _Value.of(function.__globals__[name]) for name in sorted(names) if name in function.__globals__}


def _description(function):
    """(marshalled code, source lines, number of the first of them, names)."""
    import inspect
    import linecache
    import marshal

    code = function.__code__
    lines = linecache.getlines(code.co_filename, function.__globals__)
    first = 1
    if code.co_name != "<lambda>":
        first = code.co_firstlineno
        lines = inspect.getblock(lines[first - 1 :])
    names = {name: getattr(function, name) for name in ("__name__", "__qualname__", "__module__", "__doc__")}
    return marshal.dumps(code), lines, first, names


def _make(code, lines, first, names, options):
    import linecache
    import marshal
    from types import CellType, FunctionType

    from .decorators import _checked, make_dispatcher

    code = marshal.loads(code)
    lines = [*["\n"] * (first - 1), *lines]
    known = linecache.getlines(code.co_filename)
    if known[first - 1 : len(lines)] != lines[first - 1 :]:
        # The file is not here, or another one of that name is.
        code = code.replace(co_filename=f"<{names['__qualname__']} of {code.co_filename}, {hash(tuple(lines)):x}>")
        linecache.cache[code.co_filename] = (sum(map(len, lines)), None, lines, code.co_filename)
    cells = tuple(CellType() for _ in code.co_freevars)
    function = FunctionType(code, {"__builtins__": __builtins__, "__name__": names["__module__"]}, names["__name__"], None, cells)
    for name, value in names.items():
        setattr(function, name, value)
    return make_dispatcher(function, _checked({"locals": {}, **options}))


def _restore(dispatcher, state):
    function = getattr(dispatcher, "py_func", dispatcher)
    function.__globals__.update({name: value.get() for name, value in state["globals"].items()})
    function.__defaults__, function.__kwdefaults__ = state["defaults"], state["keyword_defaults"]
    for cell, value in zip(function.__closure__ or (), state["cells"]):
        cell.cell_contents = value.get()
    if state["signatures"] is not None:
        for signature in state["signatures"]:
            dispatcher.compile(signature)
        dispatcher.disable_compile()
