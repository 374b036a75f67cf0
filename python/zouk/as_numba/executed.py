"""The texts that `exec`, `eval`, `compile` and `python -c` were given.

Numba compiles bytecode, so programs define functions for it by `exec`; zouk compiles source, which for such functions is found here. A text is only
taken for a function's when Python makes the same code of it.
"""

import sys
from collections import deque

# The last ones, and none that are large.
_TEXTS = deque(maxlen=512)
_LARGE = 1 << 20


def remember():
    """From now on texts are remembered, those of files apart."""
    command = next((place for place, option in enumerate(sys.orig_argv) if option.startswith("-") and option.endswith("c")), None)
    if sys.argv[:1] == ["-c"] and command is not None and command + 1 < len(sys.orig_argv):
        _TEXTS.append(("<string>", sys.orig_argv[command + 1]))
    sys.addaudithook(_hear)


def _hear(event, arguments):
    if event == "compile":
        text, file = arguments
        # Files and modules are compiled without their text, or under the name of the file.
        if isinstance(text, (str, bytes)) and isinstance(file, (str, bytes)) and file[:1] in ("<", b"<") and len(text) < _LARGE:
            _TEXTS.append((file, text))


def texts(file):
    """What was compiled under this name, the last first."""
    found = []
    for name, text in reversed(_TEXTS.copy()):
        if (name.decode(errors="replace") if isinstance(name, bytes) else name) == file:
            found.append(text.decode(errors="replace") if isinstance(text, bytes) else text)
    return found
