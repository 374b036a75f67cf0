"""`overload_classmethod`: methods of classes of types, which compiled code calls as `types.Array.make(n)`.

A class has an object with a function for each of its methods; those are overloaded as other functions are, by implementations that get the class as None.
"""

import inspect
import linecache
from itertools import count
from types import FunctionType, SimpleNamespace

from . import registry
from .overloads import Overload

# What the compiler looks for in a class of types.
NAMES = "__zouk_classmethods__"

_count = count()


class ClassOverload(Overload):
    """Its typing function and implementations take the class first."""

    def __init__(self, cls, typing, options, strict, prefer_literal):
        super().__init__(typing, options, strict, prefer_literal)
        self.cls = cls

    def implementation(self, positional, named):
        made = super().implementation((self.cls, *positional), named)
        return None if made is None else registry.dispatcher_for(_without_class(made), self.options, "__zouk_implementation__")


def stub(typ, attr):
    """The function that stands for a method of the class, made when it is first overloaded."""
    # Subclasses find those of their bases.
    methods = vars(typ).get(NAMES)
    if methods is None:
        methods = SimpleNamespace(**vars(getattr(typ, NAMES, SimpleNamespace())))
        setattr(typ, NAMES, methods)
    if not hasattr(methods, attr):
        setattr(methods, attr, _stub(typ, attr))
    return getattr(methods, attr)


def _stub(typ, attr):
    def method(*args):
        raise NotImplementedError(f"{typ.__name__}.{attr}() is there in compiled code only")

    method.__name__ = method.__qualname__ = attr
    return method


def _without_class(dispatcher):
    """A function with all parameters but the first, which calls the implementation."""
    first, *parameters = inspect.signature(dispatcher.py_func).parameters.values()
    scope = {"implementation": dispatcher}
    shown, passed, starred = [], ["None"], False
    for i, parameter in enumerate(parameters):
        keyword = parameter.kind is parameter.KEYWORD_ONLY
        if parameter.kind is parameter.VAR_POSITIONAL:
            shown.append(f"*{parameter.name}")
            passed.append(f"*{parameter.name}")
            starred = True
            continue
        if keyword and not starred:
            shown.append("*")
            starred = True
        default = ""
        if parameter.default is not parameter.empty:
            scope[f"default{i}"], default = parameter.default, f"=default{i}"
        shown.append(parameter.name + default)
        passed.append(f"{parameter.name}={parameter.name}" if keyword else parameter.name)
    name = dispatcher.py_func.__name__.strip("<>")
    name = name if name.isidentifier() and name != "lambda" else "implementation_of_class"
    text = f"def {name}({', '.join(shown)}):\n    return implementation({', '.join(passed)})\n"
    file = f"<classmethod {next(_count)}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    exec(compile(text, file, "exec"), scope)
    made = scope[name]
    assert isinstance(made, FunctionType), first
    return made
