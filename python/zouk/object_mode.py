"""Blocks that the interpreter runs in the middle of a compiled function: `with objmode(y="float64[:]"):`."""

import sys
from types import CodeType, FunctionType

from . import types

_NAME = "<objmode>"


class ObjectMode:
    """`with objmode(y="float64[:]"):` in a compiled function: the interpreter runs the block. Each name that the block assigns and that is used
    afterwards is declared with its type. To the interpreter itself it changes nothing.
    """

    def __call__(self, *args, **kwargs):
        if args:
            raise TypeError("objmode() takes the names that its block assigns, with their types, and no positional arguments")
        return self

    def __enter__(self):
        return None

    def __exit__(self, *exception):
        return None

    def __repr__(self):
        return "<objmode>"

    def __reduce__(self):
        return "objmode"


objmode = objmode_context = ObjectMode()
objmode.__name__ = "objmode"


def make_block(function, text, line, inputs, outputs):
    """The function of the statements in `text`, which stand from that line on in the source of `function`, and the types of what it gives back.

    It takes the values of the names `inputs` and returns a tuple of those of `outputs`, a list of (name, text of its type).
    """
    import ast

    code = function.__code__
    names = [name for name, _ in outputs]
    tree = ast.parse("if 1:\n" + text, code.co_filename)
    ast.increment_lineno(tree, line - 2)
    body = tree.body[0].body
    last = body[-1]
    back = ast.Return(ast.Tuple([ast.Name(name, ast.Load()) for name in names], ast.Load()))
    ast.fix_missing_locations(ast.copy_location(back, last))
    given = ast.arguments([], [ast.arg(name) for name in inputs], None, [], [], None, [])
    block = _function(ast, "block", given, [*body, back], body[0])
    # Names of the functions around it become free variables, as they are in the function itself.
    free = [name for name in code.co_freevars if name not in inputs]
    around = ast.arguments([], [ast.arg(name) for name in free], None, [], [], None, [])
    module = ast.Module([_function(ast, "around", around, [block], body[0])], [])
    compiled = compile(module, code.co_filename, "exec", code.co_flags & _FUTURE, dont_inherit=True)
    code_of = _code_in(_code_in(compiled)).replace(co_name=_NAME, co_qualname=f"{function.__qualname__}.<locals>.{_NAME}")
    cells = dict(zip(code.co_freevars, function.__closure__ or ()))
    made = FunctionType(code_of, function.__globals__, _NAME, None, tuple(cells[name] for name in code_of.co_freevars))
    return made, [_declared(function, cells, name, text) for name, text in outputs]


def write(value, nested):
    """Writes what `print` shows for a value, or for one inside of a tuple."""
    if sys.stdout is not None:
        sys.stdout.write(repr(value) if nested else str(value))


def warn_of_fallback(dispatcher, error):
    """Says that the interpreter runs the function, and why."""
    import warnings

    from .errors import ZoukWarning

    why = str(error).strip()
    message = f"{dispatcher.__qualname__} is run by the interpreter, because it cannot be compiled with `nopython=False` as it stands:\n{why}"
    warnings.warn(message, ZoukWarning, stacklevel=2)


# Flags of `from __future__ import …`.
_FUTURE = 0x1FF0000


def _function(ast, name, arguments, body, at):
    made = ast.FunctionDef(name, arguments, body, [], None, None)
    if "type_params" in ast.FunctionDef._fields:
        made.type_params = []
    ast.copy_location(made, at)
    for argument in arguments.args:
        ast.copy_location(argument, at)
    return made


def _code_in(code):
    return next(constant for constant in code.co_consts if isinstance(constant, CodeType))


def _declared(function, cells, name, text):
    """The compiler's spelling of a declared type."""
    known = {}
    for free, cell in cells.items():
        try:
            known[free] = cell.cell_contents
        except ValueError:
            pass
    try:
        return types.as_type(eval(text, function.__globals__, known))._ty
    except Exception as error:
        raise TypeError(f"objmode() declares `{name}` as {text}, which is no type: {error}\nname a type: `objmode({name}=\"float64\")`") from None
