"""`python -m zouk.as_numba program.py …`, `-m module …`, `-c code …`, `- …` (the program is read from standard input): runs a program written for Numba."""

import os
import runpy
import sys
from types import ModuleType

from . import install

_USAGE = "usage: python -m zouk.as_numba (program.py | -m module | -c code | -) [arguments]"


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stderr)
        return 0 if arguments else 2
    kind = arguments[0] if arguments[0] in ("-m", "-c") else None
    if kind and len(arguments) < 2 or not kind and arguments[0] != "-" and arguments[0].startswith("-"):
        print(_USAGE, file=sys.stderr)
        return 2
    install()
    if kind == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        missing = _missing(arguments[1])
        if missing:
            print(f"{sys.executable}: {missing}", file=sys.stderr)
            return 1
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
    elif arguments[0] == "-":
        sys.argv = arguments
        sys.path[0] = ""
        _run(sys.stdin.read(), "<stdin>")
    elif kind == "-c":
        sys.argv = ["-c", *arguments[2:]]
        sys.path[0] = ""
        _run(arguments[1], "<string>")
    else:
        sys.argv = arguments
        sys.path[0] = os.path.dirname(os.path.abspath(arguments[0]))
        try:
            with open(arguments[0], "rb") as file:
                text = file.read()
        except OSError as error:
            print(f"{sys.executable}: can't open file {arguments[0]!r}: [Errno {error.errno}] {error.strerror}", file=sys.stderr)
            return 2
        _run(text, arguments[0])
    return 0


def _missing(name):
    """Why Python has no such module to run, or None. Errors of the packages that it is in are Python's own."""
    from importlib.util import find_spec

    try:
        spec = find_spec(name)
    except ModuleNotFoundError as error:
        if not name.startswith(f"{error.name}."):
            raise
        return f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
    except ValueError as error:
        return f"Error while finding module specification for {name!r} ({type(error).__name__}: {error})"
    return None if spec else f"No module named {name}"


def _run(text, file):
    """Runs the text as the program that was asked for."""
    main = ModuleType("__main__")
    main.__builtins__ = __builtins__
    if file.startswith("<"):
        import linecache

        # The compiler looks for the functions' text there.
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    else:
        main.__file__ = file
    sys.modules["__main__"] = main
    exec(compile(text, file, "exec"), main.__dict__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
