"""Flags and axes that the program knows only when it runs, against NumPy."""

import numpy as np
import pytest
from zouk import guvectorize, njit, vectorize

A = np.arange(24.0).reshape(2, 3, 4)
M = np.array([[1.0, 4.0, 2.0], [3.0, 0.5, 9.0]])


def angle(z, deg):
    return np.angle(z, deg)


def cov(m, rowvar, bias):
    return np.cov(m, None, rowvar, bias)


def corrcoef(m, rowvar):
    return np.corrcoef(m, rowvar=rowvar)


def vander(x, increasing):
    return np.vander(x, None, increasing)


def nan_to_num(x, copy):
    return np.nan_to_num(x, copy=copy, nan=5.0)


def fill_diagonal(a, wrap):
    np.fill_diagonal(a, 7.0, wrap)
    return a


def linspace(n, endpoint):
    return np.linspace(0, 1, n, endpoint=endpoint)


def isin(a, b, invert):
    return np.isin(a, b, invert=invert)


@pytest.mark.parametrize(
    "function, make",
    [
        (angle, lambda flag: (np.array([1 + 2j, -3j]), flag)),
        (angle, lambda flag: (2 - 1j, flag)),
        (cov, lambda flag: (M, flag, not flag)),
        (cov, lambda flag: (M, flag, flag)),
        (corrcoef, lambda flag: (M, flag)),
        (vander, lambda flag: (np.array([1.0, 2.0, 3.0]), flag)),
        (nan_to_num, lambda flag: (np.array([1.0, np.nan, np.inf]), flag)),
        (fill_diagonal, lambda flag: (np.zeros((7, 3)), flag)),
        (linspace, lambda flag: (5, flag)),
        (isin, lambda flag: (np.arange(5), np.array([1, 3]), flag)),
    ],
)
def test_flags(function, make):
    compiled = njit(function)
    for flag in (True, False):
        ours, theirs = make(flag), make(flag)
        found, expected = compiled(*ours), function(*theirs)
        np.testing.assert_allclose(found, expected, rtol=1e-14)
        assert np.asarray(found).dtype == np.asarray(expected).dtype
        for mine, its in zip(ours, theirs):
            np.testing.assert_equal(mine, its)


def test_nan_to_num_in_place_is_the_array_itself():
    x = np.array([np.nan, 1.0])
    found = njit(nan_to_num)(x, False)
    assert np.shares_memory(found, x)
    x = np.array([np.nan, 1.0])
    assert not np.shares_memory(njit(nan_to_num)(x, True), x)


def swapaxes(a, i, j):
    return np.swapaxes(a, i, j)


def method(a, i, j):
    return a.swapaxes(i, j)


def trace(a, i, j):
    return np.trace(a, 0, i, j)


def diagonal(a, i, j):
    return np.diagonal(a, axis1=i, axis2=j).copy()


def add_reduce(a, i, j):
    return np.add.reduce(a, axis=i) + j


def or_reduce(a, i, j):
    return np.bitwise_or.reduce(a.astype(np.int64), i) + j


def accumulate(a, i, j):
    return np.maximum.accumulate(a, axis=i) + j


@pytest.mark.parametrize("function", [swapaxes, method, trace, diagonal, add_reduce, or_reduce, accumulate])
def test_axes(function):
    compiled = njit(function)
    outcomes = 0
    for i in range(-4, 4):
        for j in (0, 2, -2, 3):
            try:
                expected = function(A, i, j)
            except Exception as error:
                with pytest.raises(type(error)) as caught:
                    compiled(A, i, j)
                assert str(caught.value) == str(error)
                continue
            outcomes += 1
            found = compiled(A, i, j)
            np.testing.assert_array_equal(found, expected)
            assert found.dtype == expected.dtype
    assert outcomes > 5


def test_axis_of_a_function_under_vectorize():
    @vectorize
    def larger(a, b):
        return a if a > b else b

    @njit
    def reduce(a, axis):
        return larger.reduce(a, axis=axis)

    for axis in (0, 1, 2, -1):
        np.testing.assert_array_equal(reduce(A, axis), np.maximum.reduce(A, axis=axis))
    with pytest.raises(np.exceptions.AxisError) as expected:
        np.maximum.reduce(A, axis=3)
    with pytest.raises(np.exceptions.AxisError) as caught:
        reduce(A, 3)
    assert str(caught.value) == str(expected.value)


def test_a_gufunc_without_outputs_may_write_to_its_arrays():
    @guvectorize(["void(int64[:], int64)"], "(n),()")
    def add(x, k):
        for i in range(x.size):
            x[i] += k

    x = np.arange(6).reshape(2, 3)
    add(x, np.array([10, 20]))
    np.testing.assert_array_equal(x, np.arange(6).reshape(2, 3) + [[10], [20]])
    x.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        add(x, 1)


def sum_of(a, axes):
    return a.sum(axis=axes)


def max_of(a, axes):
    return np.max(a, axis=axes, keepdims=True)


def sum_reduce(a, axes):
    return np.add.reduce(a, axis=axes)


def flip(a, axes):
    return np.flip(a, axes)


def half_known(a, axes):
    return a.sum(axis=(0, axes[1]))


@pytest.mark.parametrize("function", [sum_of, max_of, sum_reduce, flip, half_known])
def test_tuples_of_axes(function):
    compiled = njit(function)
    for axes in [(0, 1), (2, 0), (-1, 1), (0, 1, 2), (1, -3), (0, 0), (-1, 2), (0, 3), (-4, 1)]:
        try:
            expected = function(A, axes)
        except Exception as error:
            with pytest.raises(type(error)) as caught:
                compiled(A, axes)
            assert str(caught.value) == str(error)
            continue
        found = compiled(A, axes)
        np.testing.assert_array_equal(found, expected)
        assert np.shape(found) == np.shape(expected)
