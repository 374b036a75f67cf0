"""Pickling of dispatchers, and of ufuncs made of them: by reference where the other side can import the function, else by value, with its source text.

By value a function is its code, its source lines, and the globals and closure values that it names. Those come as the pickle's
state, after the dispatcher itself, because a recursive function is among its own globals. A process makes one dispatcher of all pickles
of one function: it compiles once, and the function's own process finds the function itself.
"""

import sys
from collections import deque
from os import urandom
from weakref import WeakValueDictionary

# By the identity that a dispatcher has in its pickles.
_known = WeakValueDictionary()
# Those made last stay: a worker may keep none of them from one task to the next.
_recent = deque(maxlen=128)


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
    return _make, (_identity(self), *_description(function), options), state, None, None, _restore


def _identity(dispatcher):
    identity = dispatcher.__dict__.get("_identity")
    if identity is None:
        identity = dispatcher._identity = urandom(16).hex()
        _known[identity] = dispatcher
    return identity


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

    codes, names = [function.__code__], set()
    while codes:
        code = codes.pop()
        names.update(i.argval for i in dis.get_instructions(code) if i.opname in ("LOAD_GLOBAL", "LOAD_NAME"))
        # Inner functions and lambdas.
        codes.extend(constant for constant in code.co_consts if isinstance(constant, type(code)))
    return {name: _Value.of(function.__globals__[name]) for name in sorted(names) if name in function.__globals__}


def _description(function):
    """(marshalled code, source lines, number of the first of them, names)."""
    import inspect
    import linecache
    import marshal

    code = function.__code__
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename, function.__globals__)
    first = 1
    if code.co_name != "<lambda>":
        first = code.co_firstlineno
        lines = inspect.getblock(lines[first - 1 :])
    names = {name: getattr(function, name) for name in ("__name__", "__qualname__", "__module__", "__doc__")}
    return marshal.dumps(code), lines, first, names


def _make(identity, code, lines, first, names, options):
    known = _known.get(identity)
    if known is not None:
        return known
    import marshal
    from types import CellType, FunctionType

    from .decorators import _checked, make_dispatcher

    code = _with_source(marshal.loads(code), lines, first, names["__qualname__"])
    cells = tuple(CellType() for _ in code.co_freevars)
    function = FunctionType(code, {"__builtins__": __builtins__, "__name__": names["__module__"]}, names["__name__"], None, cells)
    for name, value in names.items():
        setattr(function, name, value)
    dispatcher = make_dispatcher(function, _checked({"locals": {}, **options}))
    dispatcher.__dict__.update(_identity=identity, _without_state=True)
    _known[identity] = dispatcher
    _recent.append(dispatcher)
    return dispatcher


def _with_source(code, lines, first, name):
    """The code, with a file name under which `linecache` has its source; the same one in every process: caches are keyed by it."""
    import linecache
    from hashlib import blake2b

    lines = [*["\n"] * (first - 1), *lines]
    if linecache.getlines(code.co_filename)[first - 1 : len(lines)] == lines[first - 1 :]:
        return code
    # The file is not here, or another one of that name is.
    digest = blake2b("".join(lines).encode(errors="surrogatepass"), digest_size=8).hexdigest()
    file = f"<{name} of {code.co_filename}, {digest}>"
    linecache.cache[file] = (sum(map(len, lines)), None, lines, file)
    return code.replace(co_filename=file)


def _restore(dispatcher, state):
    if not dispatcher.__dict__.pop("_without_state", False):
        return
    function = getattr(dispatcher, "py_func", dispatcher)
    function.__globals__.update({name: value.get() for name, value in state["globals"].items()})
    function.__defaults__, function.__kwdefaults__ = state["defaults"], state["keyword_defaults"]
    for cell, value in zip(function.__closure__ or (), state["cells"]):
        cell.cell_contents = value.get()
    if state["signatures"] is not None:
        for signature in state["signatures"]:
            dispatcher.compile(signature)
        dispatcher.disable_compile()


def reduce_ufunc(ufunc, maker):
    """How a ufunc of ours is pickled: `maker` is the object that compiles its loops."""
    from .decorators import bare_dispatcher

    module = sys.modules.get(maker.__module__)
    if maker.__module__ != "__main__" and _attribute(module, maker.__qualname__) is ufunc:
        return _named, (maker.__module__, maker.__qualname__)
    carrier = maker.__dict__.get("_carrier")
    if carrier is None:
        # Its function travels as a jitted one, which is compiled only as part of the ufunc.
        carrier = maker._carrier = bare_dispatcher(maker.py_func, maker._maker.checked)
        carrier.ufunc = maker
    return _make_ufunc, (carrier, ufunc is maker, *maker._description())


def reduce_stencil(stencil):
    """By name where the other side can import it, else its kernel, which travels as a jitted function, and what the decorator was told."""
    from .decorators import bare_dispatcher

    module = sys.modules.get(stencil.__module__)
    if stencil.__module__ != "__main__" and _attribute(module, stencil.__qualname__) is stencil:
        return _named, (stencil.__module__, stencil.__qualname__)
    carrier = stencil.__dict__.get("_carrier")
    if carrier is None:
        carrier = stencil._carrier = bare_dispatcher(stencil.py_func, stencil._maker.checked)
        carrier.stencil = stencil
    return _make_stencil, (carrier, stencil._maker.arguments())


def _make_stencil(carrier, arguments):
    made = carrier.__dict__.get("stencil")
    if made is None:
        from .stencils import stencil

        made = carrier.stencil = stencil(**arguments)(carrier.py_func)
        made._carrier = carrier
    return made


def _named(module, name):
    from importlib import import_module

    return _attribute(import_module(module), name)


def _make_ufunc(carrier, lazy, *description):
    maker = carrier.__dict__.get("ufunc")
    if maker is None:
        from .ufuncs import make_again

        maker = carrier.ufunc = make_again(carrier.py_func, *description)
        maker._carrier = carrier
    return maker if lazy else maker.ufunc


def _reduce_numpy_ufunc(ufunc):
    from . import _zouk

    function = _zouk.ufunc_source(ufunc)
    return _numpys(ufunc) if function is None else reduce_ufunc(ufunc, function.ufunc)


# How NumPy pickles its own ufuncs.
_numpys = None


def travel_by_value():
    """From now on ufuncs of ours are pickled with what they are made of: NumPy looks for them by name alone."""
    global _numpys
    if _numpys is None:
        import copyreg

        import numpy

        _numpys = copyreg.dispatch_table[numpy.ufunc]
        copyreg.pickle(numpy.ufunc, _reduce_numpy_ufunc)
