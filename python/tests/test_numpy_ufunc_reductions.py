"""Reductions by functions under `@vectorize`, and by NumPy's, along any axes: as those that NumPy makes of the same functions."""

import numpy as np
import pytest
from zouk import float64, njit, vectorize

ARRAYS = {"C": np.arange(24.0).reshape(2, 3, 4) + 1, "F": np.asfortranarray(np.arange(24.0).reshape(2, 3, 4)), "strided": np.arange(48.0).reshape(2, 6, 4)[:, ::2]}
AXES = [None, (), -1, (0, 2), (2, 0, 1)]
FUNCTIONS = {"add": lambda x, y: x + y, "least": lambda x, y: min(x, y), "divide": lambda x, y: x / y}


def outcome(function, *arguments):
    try:
        return np.asarray(function(*arguments))
    except ValueError as error:
        return type(error)


def same(found, expected):
    if isinstance(expected, type):
        return found is expected
    return not isinstance(found, type) and found.shape == expected.shape and found.dtype == expected.dtype and np.allclose(found, expected, equal_nan=True)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("identity", [0, 1, -1, None, "reorderable"])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_the_program(name, identity):
    ufunc = vectorize([float64(float64, float64)], identity=identity)(FUNCTIONS[name])
    for axis in AXES:
        for keepdims in (False, True):

            @njit
            def reduced(a):
                return ufunc.reduce(a, axis=axis, keepdims=keepdims)

            for array in ARRAYS.values():
                expected = outcome(lambda a: ufunc.reduce(a, axis=axis, keepdims=keepdims), array)
                assert same(outcome(reduced, array), expected), (axis, keepdims, array.flags)


@pytest.mark.parametrize("ufunc", [np.bitwise_or, np.logical_xor, np.gcd, np.fmax, np.logaddexp, np.hypot, np.subtract, np.divide], ids=lambda ufunc: ufunc.__name__)
def test_functions_of_numpy(ufunc):
    whole = ufunc in (np.bitwise_or, np.logical_xor, np.gcd)
    for axis in AXES:

        @njit
        def reduced(a):
            return ufunc.reduce(a, axis=axis)

        for array in ARRAYS.values():
            array = array.astype(np.int64) if whole else array
            assert same(outcome(reduced, array), outcome(lambda a: ufunc.reduce(a, axis=axis), array)), axis


def test_several_axes_of_a_function_whose_order_matters():
    ufunc = vectorize([float64(float64, float64)])(lambda x, y: x - y)

    @njit
    def reduced(a):
        return ufunc.reduce(a, axis=(0, 1))

    with pytest.raises(ValueError, match="is not reorderable, so at most one axis may be specified"):
        reduced(np.ones((2, 2)))


@pytest.mark.parametrize("identity", [0, None])
def test_reductions_of_nothing(identity):
    ufunc = vectorize([float64(float64, float64)], identity=identity)(lambda x, y: x + y)

    @njit
    def reduced(a):
        return ufunc.reduce(a)

    for array in (np.zeros((0, 3)), np.zeros((3, 0))):
        assert same(outcome(reduced, array), outcome(ufunc.reduce, array))


def test_ranges_of_complex_numbers():
    @njit
    def ranged(start, stop, step):
        return np.arange(start, stop, step)

    @njit
    def up_to(stop):
        return np.arange(stop)

    for arguments in [(0j, 5 + 7j, 1), (0j, 5 + 7j, 1 + 1j), (1 + 1j, 8 + 9j, 2 + 0.5j), (0, 3 + 4j, 1 + 0j)]:
        assert same(ranged(*arguments), np.arange(*arguments))
    for stop in (1j, 5 + 5j, 0j):
        assert same(up_to(stop), np.arange(stop))
