"""With this folder on `PYTHONPATH`, `import numba` gives zouk."""

import sys

import zouk.as_numba

zouk.as_numba.install()
sys.modules["numba"] = __import__("importlib").import_module("numba")
