"""Medians, percentiles and quantiles of times are NumPy's, rounding and NaT included."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zouk
from zouk import njit

FUNCTIONS = [
    lambda a: np.median(a),
    lambda a: np.median(a, keepdims=True),
    lambda a: np.nanmedian(a),
    lambda a: np.median(np.stack((a, a[::-1])), axis=0),
    lambda a: np.median(np.stack((a, a[::-1], a)), axis=1),
    lambda a: np.percentile(a, 30),
    lambda a: np.percentile(a, np.array([0, 12.5, 77.7, 100])),
    lambda a: np.quantile(a, 0.37),
    lambda a: np.quantile(a, np.array([[0.2], [0.5]])),
    lambda a: np.quantile(a, 0.4, method="lower"),
    lambda a: np.quantile(a, 0.4, method="hazen"),
    lambda a: np.quantile(a, 0.4, method="midpoint"),
]
COMPILED = [njit(function) for function in FUNCTIONS]

ARRAYS = [
    np.array([5, -3, 8, 2], "m8[s]"),
    np.array([5, -3, 8], "m8[s]"),
    np.array([-3, -4], "m8[s]"),
    np.array([7], "m8[s]"),
    np.array([], "m8[s]"),
    np.array([3, "NaT", 5], "m8[s]"),
    np.array(["NaT", "NaT"], "m8[s]"),
    np.array([2**62, 2**62 + 7], "m8[s]"),
    np.array([1, 4, -2, 9], "m8[25s]"),
]


def same(f, function, a):
    try:
        with np.errstate(all="ignore"):
            expected = function(a)
    except IndexError:
        with pytest.raises(IndexError):
            f(a)
        return
    result = f(a)
    assert result.dtype == expected.dtype and np.shape(result) == np.shape(expected), (a, result, expected)
    assert np.array_equal(np.asarray(result).view(np.int64), np.asarray(expected).view(np.int64)), (a, result, expected)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("number", range(len(FUNCTIONS)))
def test_spans(number):
    for a in ARRAYS:
        if a.size > 0 or number not in (3, 4):
            same(COMPILED[number], FUNCTIONS[number], a)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(-(10**6), 10**6) | st.none(), min_size=1, max_size=9))
def test_random_spans(counts):
    a = np.array([np.timedelta64("NaT", "s") if count is None else np.timedelta64(count, "s") for count in counts], "m8[s]")
    for f, function in zip(COMPILED, FUNCTIONS):
        same(f, function, a)


def test_dates():
    a = np.array(["2020-01-01", "2021-03-04", "2022-12-30"], "M8[D]")
    for number in (5, 6, 7, 9):
        same(COMPILED[number], FUNCTIONS[number], a)
    with pytest.raises(zouk.errors.TypingError, match="datetime64"):
        COMPILED[0](a)
