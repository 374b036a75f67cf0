"""Texts of functions that are in no file: what `python -c` was given, what a program gave to `exec`, or what the bytecode says.

Only candidates come from here: a text counts if Python makes the function's very code of it.
"""

import sys
import textwrap
from weakref import WeakKeyDictionary

# Frames from the decorator outwards whose names are looked at.
_FRAMES = 16
# By code object.
_noted = WeakKeyDictionary()


def note(function):
    """Keeps what texts there are for the function now: the one that `exec` was given is a variable of the program's only as long as the call that made it."""
    code = function.__code__
    if code.co_filename != "<string>" or code in _noted:
        return
    header, found = f"def {code.co_name}(" if code.co_name != "<lambda>" else "lambda", []
    frame = sys._getframe(1)
    for _ in range(_FRAMES):
        if frame is None:
            break
        for value in list(frame.f_locals.values()):
            if isinstance(value, str) and header in value and value not in found:
                found.append(value)
        frame = frame.f_back
    _noted[code] = found


def texts(function):
    """Candidates for the text that the function's definition is in."""
    code = function.__code__
    given = [*_noted.get(code, ()), *_command()] if code.co_filename == "<string>" else []
    executed = sys.modules.get("zouk.as_numba.executed")
    if executed is not None:
        given += executed.texts(code.co_filename)
    found = [text for each in given for text in dict.fromkeys((each, textwrap.dedent(each)))]
    from .bytecode import text_of

    rebuilt = text_of(function)
    return found if rebuilt is None else [*found, rebuilt]


def _command():
    """What the interpreter was given by `-c`."""
    arguments = sys.orig_argv
    for option, text in zip(arguments[1:], arguments[2:]):
        if not option.startswith("-"):
            return
        if not option.startswith("--") and option.endswith("c"):
            yield text
            return
