"""What the program has registered, and the answers that the compiler gets.

A question of the compiler is JSON: the kind ("function", "method", "attribute"), the name, the arguments, each with its type in the compiler's
spelling and what is known of its value, and the number of the attempt. Each overload is one attempt by types alone, and one by literal types where
some value is known.
"""

import builtins
import json
import os
import sys
from types import FunctionType

from .. import _zouk, types
from ..decorators import _checked, bare_dispatcher

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# Overloads in the order of their registration: by the function; by the name of a method or attribute, each with the class of its receivers.
functions = {}
methods = {}
attributes = {}


def checked_options(options):
    """All options of a function, from those that are given for it; refuses unknown ones."""
    return _checked({"locals": {}, **options})


def dispatcher_for(function, options, mark):
    """What compiles a function of the program: one for the function, kept with it."""
    known = function.__dict__.get(mark)
    # `functools.wraps` copies what is kept with a function.
    if known is None or known.py_func is not function:
        known = bare_dispatcher(function, checked_options(options))
        setattr(function, mark, known)
    return known


def extension_of(value):
    """The dispatcher of a function under `register_jitable`; True of what has overloads; else None."""
    if isinstance(value, FunctionType):
        known = value.__dict__.get("__zouk_jitable__")
        if known is not None and known.py_func is value:
            return known
    try:
        return True if value in functions else None
    except TypeError:
        # What has no hash is not registered.
        return None


def resolve(question, named_functions, dispatchers, for_kernels):
    """What an attempt comes to: None after the last one, else a tuple whose first part says what the rest is."""
    asked = json.loads(question)
    if asked["attempt"] < 0:
        return ("declined",) if _is_registered(asked, named_functions, for_kernels) else None
    plain, literal = (_arguments(asked, dispatchers, wanted) for wanted in (False, True))
    attempts = [
        (overload, by_value)
        for overload in _for_target(_candidates(asked, plain, named_functions), for_kernels)
        for by_value in ((True, False) if overload.prefer_literal else (False, True))
        if not by_value or literal != plain
    ]
    if asked["attempt"] >= len(attempts):
        return None
    overload, by_value = attempts[asked["attempt"]]
    positional, named = literal if by_value else plain
    try:
        found = overload.implementation(positional, named)
    except Exception as error:
        message = f"{overload.name} raised {type(error).__name__}: {error}"
        return "refused", error, message, _place(error)
    if found is None:
        return ("declined",)
    return found if isinstance(found, tuple) else ("function", found, by_value)


def _for_target(overloads, for_kernels):
    """Those for kernels before those for any code; for the CPU without the former."""
    own = [overload for overload in overloads if overload.target == "cuda"] if for_kernels else []
    return own + [overload for overload in overloads if overload.target != "cuda"]


def _is_registered(asked, named_functions, for_kernels):
    if asked["kind"] == "function":
        found = _candidates(asked, None, named_functions)
    else:
        found = [overload for _, overload in (methods if asked["kind"] == "method" else attributes).get(asked["name"], ())]
    return bool(_for_target(found, for_kernels))


def _candidates(asked, arguments, named_functions):
    if asked["kind"] == "function":
        function = named_functions.get(asked["name"])
        try:
            return functions.get(_by_path(asked["name"]) if function is None else function, ())
        except TypeError:
            # What has no hash is not registered.
            return ()
    registered = methods if asked["kind"] == "method" else attributes
    receiver = arguments[0][0]
    return [overload for of, overload in registered.get(asked["name"], ()) if isinstance(receiver, of)]


def _by_path(path):
    """The object that a name of the compiler's, such as `numpy.linalg.norm`, stands for."""
    module, _, rest = path.rpartition(".")
    names = [rest]
    while module and module not in sys.modules:
        module, _, rest = module.rpartition(".")
        names.insert(0, rest)
    found = sys.modules.get(module, builtins)
    for name in names:
        found = getattr(found, name, None)
    return found


def _arguments(asked, dispatchers, literal):
    make = lambda argument: _type(*argument, dispatchers, literal)  # noqa: E731
    return [make(argument) for argument in asked["positional"]], {name: make(argument) for name, argument in asked["named"].items()}


def _type(spelling, value, dispatchers, literal):
    if spelling.startswith('!py.ref<"@'):
        symbol = spelling[len('!py.ref<"@') : -len('">')]
        return types.DispatcherType(dispatchers[symbol], symbol)
    found = types._from_ty(spelling)
    return _literal(found, value) if literal and value is not None else found


def _literal(type, value):
    """The type of the one value; where parts of a tuple are known, with literal types for these."""
    if isinstance(value, list):
        parts = [_literal(part, known) for part, known in zip(getattr(type, "types", ()), value)]
        return types.Tuple(tuple(parts)) if isinstance(type, types.BaseAnonymousTuple) else type
    if isinstance(value, bool):
        return types.BooleanLiteral(value)
    if isinstance(value, int) and isinstance(type, types.Integer):
        return types.IntegerLiteral(value, type)
    return types.StringLiteral(value) if isinstance(value, str) else type


def _place(error):
    """The file and the line of the program's code that raised."""
    found = None
    traceback = error.__traceback__
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not os.path.abspath(file).startswith(_FOLDER + os.sep):
            found = (file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def is_dispatcher(value):
    return isinstance(value, _zouk.Dispatcher)
