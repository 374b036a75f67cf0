"""The small functions that benchmarks compile. `define(compiler, name)` gives one, decorated by that compiler's `njit`."""

import importlib
import linecache
import math

import numpy as np

SOURCES = {
    "sum_loop": """
def sum_loop(values):
    total = 0.0
    for i in range(len(values)):
        total += values[i]
    return total
""",
    "identity": """
def identity(n):
    return n
""",
    "one_array": """
def one_array(a):
    return a[0]
""",
    "four_arrays": """
def four_arrays(a, b, c, d):
    return a[0] + b[0] + c[0] + d[0]
""",
    "allocate": """
def allocate(n):
    return np.zeros(n)
""",
    "failing": """
def failing(n):
    if n >= 0:
        raise ValueError("no", n)
    return n
""",
    "warm_up": """
def warm_up(n):
    total = 0
    for i in range(n):
        total += i * n
    return total
""",
    **{
        name: f"""
def apply_{name}(x, out):
    for i in range(len(x)):
        out[i] = {text}
"""
        for name, text in [("sin", "math.sin(x[i])"), ("exp", "math.exp(x[i])"), ("log", "math.log(x[i])"), ("pow", "math.pow(x[i], 1.7)")]
    },
}


def from_text(compiler, text, **options):
    """The last function of a text, every one of it decorated by `njit(**options)` of the module named `compiler`."""
    njit = importlib.import_module(compiler).njit
    path = f"<benchmark {abs(hash((compiler, text)))}>"
    text = text.replace("\ndef ", "\n@njit\ndef ")
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)
    scope = {"np": np, "math": math, "njit": (lambda function: njit(**options)(function)) if options else njit, "__name__": "benchmark"}
    exec(compile(text, path, "exec"), scope)
    return [value for value in scope.values() if hasattr(value, "py_func")][-1]


def define(compiler, name, **options):
    return from_text(compiler, SOURCES[name], **options)
