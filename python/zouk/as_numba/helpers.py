"""Small functions and values of Numba's inner modules that programs use, and that mean the same here."""

import sys
from inspect import signature as pysignature  # noqa: F401

import numpy

from .. import types

PYVERSION = sys.version_info[:2]
numpy_version = tuple(int(part) for part in numpy.__version__.split(".")[:2])

# NumPy's ufuncs that compiled code calls, as Numba lists them: some under two names.
supported_ufuncs = [
    getattr(numpy, name)
    for name in """
        add subtract multiply logaddexp logaddexp2 true_divide floor_divide negative positive power float_power remainder fmod absolute rint sign conjugate
        exp exp2 log log2 log10 expm1 log1p sqrt square cbrt reciprocal divide mod divmod abs fabs gcd lcm sin cos tan arcsin arccos arctan arctan2 hypot sinh
        cosh tanh arcsinh arccosh arctanh deg2rad rad2deg degrees radians bitwise_and bitwise_or bitwise_xor invert left_shift right_shift bitwise_not
        greater greater_equal less less_equal not_equal equal logical_and logical_or logical_xor logical_not maximum minimum fmax fmin isfinite isinf isnan
        signbit copysign nextafter ldexp floor ceil trunc spacing isnat
    """.split()
]

# How Numba's messages about functions begin.
_header_lead = "No implementation of function"


def is_array(value):
    return isinstance(value, numpy.ndarray)


def map_layout(value):
    """The layout of an array as a letter."""
    flags = value.flags
    return "C" if flags.c_contiguous else "F" if flags.f_contiguous else "A"


def map_arrayscalar_type(value):
    """The type of a NumPy scalar."""
    return types.from_dtype(value.dtype)


def normalize_signature(signature):
    """(argument types, result type)."""
    found = types.normalize_signature(signature)
    return found.args, found.return_type


def is_jitted(function):
    """Whether `function` is a dispatcher."""
    from ..dispatcher import Dispatcher

    return isinstance(function, Dispatcher)


def jit_module(**options):
    """Decorates every function of the calling module with `jit`."""
    import logging

    from ..decorators import jit_all

    names = sys._getframe(1).f_globals
    # Where Numba logs it.
    logger = logging.getLogger("numba.core.decorators")
    for function in jit_all(names, options):
        logger.debug("Auto decorating function %s from module %s with jit and options: %s", function, names["__name__"], options)


class _Builder:
    """A ufunc that gets its loops by `add`, and is made by `build_ufunc`."""

    def add(self, sig=None):
        self._lazy.add(sig)

    def __call__(self, *args, **kws):
        return self._lazy(*args, **kws)

    def __getattr__(self, name):
        return getattr(self._lazy, name)

    def build_ufunc(self):
        self._lazy.build_ufunc()
        return self._lazy if self._dynamic else self._lazy.ufunc


class Vectorize(_Builder):
    def __init__(self, function, target="cpu", identity=None, cache=False, targetoptions=None, **options):
        from ..ufuncs import vectorize

        self._lazy = vectorize((), target=target, identity=identity, cache=cache, **(targetoptions or {}), **options)(function)
        self._dynamic = False


class GUVectorize(_Builder):
    def __init__(self, function, layout, target="cpu", identity=None, cache=False, is_dynamic=False, targetoptions=None, writable_args=(), **options):
        from ..ufuncs import guvectorize

        options.update(targetoptions or {})
        self._lazy = guvectorize(layout, target=target, identity=identity, cache=cache, writable_args=writable_args, **options)(function)
        self._dynamic = is_dynamic
