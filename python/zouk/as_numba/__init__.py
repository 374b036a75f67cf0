"""`import numba` gives zouk, so that programs written for Numba run as they are.

`python -m zouk.as_numba program.py` runs one; `zouk.as_numba.install()`, called before anything imports Numba, does the same for the
process that calls it. Processes that it starts get the alias too.

| file | what it is |
|---|---|
| `names` | Numba's modules: where zouk has what they hold, and names that zouk has nothing for |
| `modules` | the modules themselves, made when they are imported |
| `missing` | what stands for such a name |
| `words` | Numba's words for what errors say |
| `executed` | the texts that `exec` was given, for functions defined so |
| `config` | `numba.config`, and the environment variables |
| `helpers`, `cuda` | small functions of Numba's inner modules that programs use |
| `path` | a folder for `PYTHONPATH`, which does what `install` does |
"""

import os
import sys

from .missing import Missing, MissingError

__all__ = ["install", "Missing", "MissingError", "NUMBA_VERSION"]

# Whose interface is mirrored.
NUMBA_VERSION = "0.68.1"

_PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "path")


def install():
    """From now on `import numba` gives zouk, here and in processes started from here."""
    from .. import decorators, errors
    from . import config, executed, modules, words

    if any(isinstance(finder, modules.Finder) for finder in sys.meta_path):
        return
    numba = sys.modules.get("numba")
    if numba is not None and not _is_ours(numba):
        place = getattr(numba, "__file__", None) or "no file"
        raise ImportError(f"Numba itself is imported already (from {place}): call zouk.as_numba.install() before anything imports numba", name="numba")
    config.read_environment()
    # Numba runs such loops, whatever comes of it: here they run on one thread, with a warning.
    decorators._PARALLEL["serial"] = True
    errors.ZoukError._in_other_words = staticmethod(words.of)
    sys.modules.pop("numba", None)
    sys.meta_path.insert(0, modules.Finder())
    executed.remember()
    _for_children()


def _is_ours(module):
    """Whether this is the package in `path`, which is being imported."""
    return os.path.dirname(os.path.dirname(os.path.abspath(getattr(module, "__file__", None) or "/"))) == _PATH


def _for_children():
    """Workers of process pools are new interpreters, which import what they unpickle."""
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    if _PATH not in paths:
        # Where zouk is found here it may be because of `sys.path`.
        os.environ["PYTHONPATH"] = os.pathsep.join([_PATH, *paths])
    if _PATH not in sys.path:
        # `multiprocessing` hands on the path itself; a Numba that is installed comes after.
        sys.path.insert(1, _PATH)
