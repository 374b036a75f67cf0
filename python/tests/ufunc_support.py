"""Ufuncs of compiled functions beside those that call the Python function for each element."""

import numpy as np


def in_python(function, dtype=None):
    """What NumPy makes of the Python function itself; an array of that dtype, if it is given."""
    slow = np.frompyfunc(function, function.__code__.co_argcount, 1)

    def compute(*arguments):
        with np.errstate(all="ignore"):
            found = np.asarray(slow(*arguments))
        return found.astype(dtype if dtype is not None else np.result_type(*arguments))

    return compute


def same(found, expected, exact=True):
    """The same dtype, shape and items."""
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.dtype == expected.dtype and found.shape == expected.shape, (found, expected)
    if exact:
        np.testing.assert_array_equal(found, expected)
    else:
        np.testing.assert_allclose(found, expected, rtol=1e-6 if found.dtype in (np.float32, np.complex64) else 1e-13)


def outcome(call):
    """What a call gives, or the class and the arguments of what it raises."""
    try:
        return call()
    except Exception as error:
        return type(error), error.args
