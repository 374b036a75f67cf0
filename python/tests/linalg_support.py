"""What the tests of numpy.linalg share: matrices of every layout, and results that are about NumPy's."""

import functools

import numpy as np
from lang_support import COMPLEX, SYSTEM_FLOATS, function, outcome

DTYPES = [*SYSTEM_FLOATS, *COMPLEX, np.int32, np.bool_]
RNG = np.random.default_rng(5)


def tolerance(dtype):
    return 2e-3 if np.dtype(dtype).itemsize // (2 if np.dtype(dtype).kind == "c" else 1) == 4 and np.dtype(dtype).kind in "fc" else 1e-9


def matrix(dtype, *shape):
    """Numbers that make square matrices well-conditioned."""
    values = RNG.integers(-4, 5, shape) + 0.25
    if np.dtype(dtype).kind == "c":
        values = values + 1j * RNG.integers(-4, 5, shape)
    if len(shape) > 1:
        values = values + 9 * np.eye(*shape[-2:])
    return values.astype(dtype)


def layouts(a):
    """The matrices in C and Fortran order, with gaps, and backwards."""
    gaps = np.zeros([2 * n for n in a.shape], a.dtype)[tuple(slice(None, None, 2) for _ in a.shape)]
    gaps[...] = a
    backwards = a[..., ::-1].copy()[..., ::-1]
    return [a, np.asfortranarray(a), gaps, backwards]


def alike(result, expected, rtol, atol):
    if isinstance(expected, tuple):
        return isinstance(result, tuple) and len(result) == len(expected) and all(alike(x, y, rtol, atol) for x, y in zip(result, expected))
    if isinstance(expected, np.ndarray):
        return isinstance(result, np.ndarray) and result.dtype == expected.dtype and result.shape == expected.shape and np.allclose(result, expected, rtol, atol, True)
    return type(result) is type(expected) and np.allclose(result, expected, rtol, atol, True)


def close(f, *arguments, rtol=None):
    """The compiled function gives about what NumPy gives, in its dtypes and shapes, and leaves the arguments as they are."""
    copies = [np.array(x) for x in arguments]
    (kind, expected), (ours, result) = outcome(f.py_func, arguments), outcome(f, arguments)
    assert (ours, kind) == ("returns", "returns"), (result, expected)
    rtol = rtol or max(tolerance(x.dtype) for x in copies)
    assert alike(result, plain_tuple(expected), rtol, rtol), (arguments, result, expected)
    assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(arguments, copies))


def plain_tuple(value):
    return tuple(value) if isinstance(value, tuple) else value


@functools.cache
def linalg(call, parameters="a"):
    return function(f"def f({parameters}): return np.linalg.{call}")
