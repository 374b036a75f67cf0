"""`python -m zouk.as_numba program.py …`, `-m module …`, `-c code …`: runs a program written for Numba."""

import os
import runpy
import sys
from types import ModuleType

from . import install

_USAGE = "usage: python -m zouk.as_numba (program.py | -m module | -c code) [arguments]"


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE, file=sys.stderr)
        return 0 if arguments else 2
    kind = arguments[0] if arguments[0] in ("-m", "-c") else None
    if kind and len(arguments) < 2 or not kind and arguments[0].startswith("-"):
        print(_USAGE, file=sys.stderr)
        return 2
    install()
    if kind == "-m":
        sys.argv = arguments[1:]
        sys.path[0] = os.getcwd()
        runpy.run_module(arguments[1], run_name="__main__", alter_sys=True)
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


def _run(text, file):
    """Runs the text as the program that was asked for."""
    main = ModuleType("__main__")
    main.__builtins__ = __builtins__
    if file == "<string>":
        import linecache

        # The compiler looks for the functions' text there.
        linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    else:
        main.__file__ = file
    sys.modules["__main__"] = main
    exec(compile(text, file, "exec"), main.__dict__)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
