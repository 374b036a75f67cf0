"""Loops that count at places computed from floats: the checks of a piece of the loop are made together, and what raises leaves the counts as the plain loop does."""

import types

import numpy as np
import pytest

from zouk import njit, parallel_chunksize, prange


@njit
def whole(x):
    return int(x)


def plain(function):
    """The function as Python runs it, with integers of 64 bits."""
    return types.FunctionType(function.py_func.__code__, {**globals(), "int": whole})


def run(function, counts, *arguments):
    """The counts afterwards, and what was raised; NumPy's integer subscripts say something else of what is outside."""
    counts = counts.copy()
    arguments = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
    try:
        function(counts, *arguments)
    except (ValueError, OverflowError, IndexError) as error:
        said = None if isinstance(error, IndexError) else error.args
        return counts, (type(error), said), arguments
    return counts, None, arguments


def same(function, *arguments):
    expected, actual = run(plain(function), *arguments), run(function, *arguments)
    np.testing.assert_array_equal(expected[0], actual[0])
    assert expected[1] == actual[1], (expected[1], actual[1])
    for a, b in zip(expected[2], actual[2], strict=True):
        np.testing.assert_array_equal(a, b)
    return actual[1]


@njit
def histogram(counts, values, bins):
    for i in range(len(values)):
        counts[int(values[i] * bins)] += 1


@njit
def rows(counts, values, bins):
    """As above, where the counts are made by the function."""
    own = np.zeros((2, len(counts)), np.int64)
    try_all = len(values)
    for i in range(try_all):
        own[1, int(values[i] * bins)] += 1
    for i in range(len(counts)):
        counts[i] = own[1, i]


@njit
def plane(counts, values, bins):
    for i in range(len(values) // 2):
        counts[int(values[i] * 4.0), int(values[len(values) // 2 + i] * bins)] += values[i]


@njit
def two_of_them(counts, values, bins):
    for i in range(len(values) - 1):
        counts[int(values[i] * bins)] += 1
        counts[int(values[i + 1] * bins)] *= 3


@njit
def table(counts, values, bins):
    """The places are read from."""
    for i in range(len(counts)):
        counts[i] += int(values[int(abs(values[i % len(values)]) * bins)] * 8.0)


@njit
def behind_an_index(counts, values, bins):
    """What the second place is computed from lies where the first one, and its check, has led."""
    for i in range(len(values)):
        place = int(values[i] * bins)
        counts[place] += 1
        counts[int(values[place] * bins)] += 2


SPECIAL = [np.nan, np.inf, -np.inf, 1e300, -1e300, 9.3e18, -9.3e18, 1.0, 1.5, -0.5, -1.0, -1.25, -0.01, 7.0]
FUNCTIONS = [histogram, rows, two_of_them, table, behind_an_index]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("size", [0, 1, 7, 511, 512, 513, 1700])
def test_counts(function, size):
    values = np.random.default_rng(size).random(size)
    if function is table and size == 0:
        return
    raised = same(function, np.zeros(16, np.int64), values, 16 if function is not table else min(size, 16))
    # One value leads to a place behind it.
    assert raised is None or function is behind_an_index and size < 16


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("value", SPECIAL)
def test_special_values(function, value):
    raised = set()
    for place in (0, 1, 300, 511, 512, 1023, 1024, 1299):
        values = np.random.default_rng(place).random(1300)
        values[place] = value
        raised.add(same(function, np.zeros(16 if function is not table else 1300, np.int64), values, 16))
    if abs(value) > 1e18 and function is not table:
        assert None not in raised


@pytest.mark.parametrize("value", [0.5, *SPECIAL])
@pytest.mark.parametrize("place", [0, 255, 700, 1399])
def test_two_places(value, place):
    values = np.random.default_rng(5).random(1400)
    values[place] = value
    same(plane, np.zeros((4, 16)), values, 16)


def test_the_first_of_several_raises():
    values = np.random.default_rng(6).random(2000)
    values[[1400, 1401, 1402]] = [2.0, np.nan, np.inf]
    assert same(histogram, np.zeros(16, np.int64), values, 16)[0] is IndexError
    values[1399] = np.inf
    assert same(histogram, np.zeros(16, np.int64), values, 16)[0] is OverflowError
    values[1000] = np.nan
    assert same(histogram, np.zeros(16, np.int64), values, 16)[0] is ValueError


@njit
def onto_itself(counts, values):
    for i in range(len(values)):
        counts[int(values[i])] += 1.0


@pytest.mark.parametrize("shift", [0, 1, 500, 1000])
def test_counts_that_change_the_values(shift):
    """A count that an iteration has changed is the place that a later one looks for."""

    def both(function):
        memory = np.arange(2500.0) % 7
        try:
            function(memory[shift : shift + 1000], memory[:1400])
        except IndexError:
            memory = np.append(memory, -1.0)
        return memory

    np.testing.assert_array_equal(both(plain(onto_itself)), both(onto_itself))


@njit
def floats_to_integers(out, values):
    for i in range(len(values)):
        out[i] = int(values[i] * 3.0)


@pytest.mark.parametrize("value", [0.5, *SPECIAL])
def test_conversions(value):
    values = np.random.default_rng(8).random(1200) * 1e6
    for place in (0, 511, 512, 1199):
        values[place] = value
        same(floats_to_integers, np.zeros(1200, np.int64), values)


@njit(parallel=True)
def in_parts(values, bins, parts):
    counts = np.zeros((parts, bins), np.int64)
    size = len(values) // parts
    for p in prange(parts):
        for i in range(p * size, (p + 1) * size):
            counts[p, int(values[i] * bins)] += 1
    return counts


@pytest.mark.parametrize("chunk", [0, 1, 3])
def test_on_several_threads(chunk):
    values = np.random.default_rng(9).random(16 * 3000)
    with parallel_chunksize(chunk):
        np.testing.assert_array_equal(in_parts(values, 64, 16), in_parts.py_func(values, 64, 16))
        values[30001], values[40001] = np.nan, np.inf
        for _ in range(5):
            with pytest.raises(ValueError, match="cannot convert float NaN to integer"):
                in_parts(values, 64, 16)


@njit(parallel=True)
def triangle(n, m):
    """Inner loops whose length depends on the iteration: how long they are decides about threads."""
    sums = np.zeros(n)
    for i in prange(n):
        for j in range(i * m, (i + 1) * m):
            for k in range(j, j + i):
                sums[i] += k
    return sums


@pytest.mark.parametrize("n", [0, 1, 5, 60])
@pytest.mark.parametrize("m", [-1, 0, 1, 30])
def test_inner_loops_of_any_length(n, m):
    np.testing.assert_array_equal(triangle(n, m), triangle.py_func(n, m))
