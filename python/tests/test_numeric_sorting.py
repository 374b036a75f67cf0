"""The runtime's kernels for sorting and searching, against NumPy: every element type, lengths that take every path, NaNs and zeros of both signs."""

import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numeric_support import BAD_ARGUMENT, DTYPES, FINE, NAN, UNDEFINED, kernel

by_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)


def special(dtype):
    """Values that floats are sorted wrongly by, or the extremes of integers."""
    dtype = np.dtype(dtype)
    if dtype.kind in "fc":
        part = "f4" if dtype.itemsize in (4, 8) and dtype != np.float64 else "f8"
        parts = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, -np.nan, np.finfo(part).tiny, np.finfo(part).smallest_subnormal, np.finfo(part).max], part)
        odd = parts[6:7].copy()
        odd.view("u%d" % odd.itemsize)[:] += 5
        parts = np.concatenate([parts, odd, -odd])
        return parts if dtype.kind == "f" else np.stack([np.repeat(parts, len(parts)), np.tile(parts, len(parts))], -1).view(dtype).reshape(-1)
    if dtype.kind == "b":
        return np.array([False, True])
    return np.array([np.iinfo(dtype).min, np.iinfo(dtype).max, 0, 1, 7], dtype)


def arrays(dtype):
    """Random ones in several widths, sorted, reversed, equal, and of few values; of lengths around the limits of the algorithms."""
    random = np.random.default_rng(5)
    for n in (0, 1, 2, 17, 300, 2047, 2048, 70_000):
        raw = random.integers(0, 256, n * np.dtype(dtype).itemsize, dtype=np.uint8)
        yield (raw & 1 if dtype is np.bool_ else raw).view(dtype)
        small = random.integers(0, 100, n).astype(dtype)
        yield small
        yield np.sort(small)
        yield np.sort(small)[::-1].copy()
        yield np.full(n, 1, dtype)
        yield random.choice(special(dtype), n)
        yield (random.normal(size=n) * 1000).astype(dtype)


def same(a, b):
    """Equal by `==`, NaN being equal to NaN."""
    return np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def equal_order(a, b):
    """Equal as sorting sees it: a complex NaN tells which part it is in."""
    return same(a.real, b.real) and same(a.imag, b.imag) if a.dtype.kind == "c" else same(a, b)


def sorted_by(operation, array):
    copy = array.copy()
    assert kernel(operation, array.dtype, copy, len(copy)) == FINE
    return copy


@by_dtype
def test_sort(dtype):
    for array in arrays(dtype):
        assert equal_order(sorted_by("sort", array), np.sort(array))


@by_dtype
def test_stable_sort_keeps_every_bit(dtype):
    for array in arrays(dtype):
        assert sorted_by("stable_sort", array).tobytes() == array[np.argsort(array, kind="stable")].tobytes()


@by_dtype
def test_argsort_is_stable(dtype):
    for array in arrays(dtype):
        out = np.full(len(array), -1)
        assert kernel("argsort", dtype, array, len(array), out) == FINE
        assert np.array_equal(out, np.argsort(array, kind="stable"))


def positions(n):
    return [np.array([], int)] if n == 0 else [np.array([], int), np.array([0]), np.array([n // 2]), np.array([n - 1, 0, n // 2, n // 3, n // 2]), np.arange(0, n, max(1, n // 9))]


@by_dtype
def test_partition_and_argpartition(dtype):
    for array in arrays(dtype):
        n, expected = len(array), np.sort(array)
        for kth in positions(n):
            copy, index = array.copy(), np.full(n, -1)
            assert kernel("partition", dtype, copy, n, kth, len(kth)) == FINE
            assert kernel("argpartition", dtype, array, n, kth, len(kth), index) == FINE
            assert np.array_equal(np.sort(index), np.arange(n))
            for parted in (copy, array[index]):
                assert equal_order(np.sort(parted), expected)
                assert equal_order(parted[kth], expected[kth])
                for start, end in zip([0, *np.sort(kth)], [*np.sort(kth), n]):
                    assert equal_order(np.sort(parted[start:end]), expected[start:end])


@by_dtype
def test_select(dtype):
    for array in arrays(dtype):
        expected = np.sort(array)
        for kth in [*positions(len(array)), *([np.array([k]) for k in (1, len(array) // 7, len(array) - 2)] if len(array) > 2 else [])]:
            out, before = np.zeros(len(kth), dtype), array.tobytes()
            assert kernel("select", dtype, array, len(array), kth, len(kth), out) == (NAN if np.isnan(array).any() else FINE)
            assert equal_order(out, expected[kth]) and array.tobytes() == before


@by_dtype
@pytest.mark.parametrize("side", ["left", "right"])
def test_searchsorted(dtype, side):
    for array in arrays(dtype):
        hay, sorter = np.sort(array), np.argsort(array, kind="stable")
        for needles in (array[:1001], hay[::3].copy(), hay[::-7].copy(), special(dtype), array[:0]):
            for searched, order in ((hay, None), (array, sorter)):
                out = np.full(len(needles), -1)
                assert kernel("searchsorted", dtype, searched, len(searched), needles, len(needles), int(side == "right"), order, out) == FINE
                assert np.array_equal(out, np.searchsorted(searched, needles, side, order))


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(DTYPES))
def test_any_array(data, dtype):
    array = data.draw(hnp.arrays(dtype, st.integers(0, 60)))
    assert equal_order(sorted_by("sort", array), np.sort(array))
    out = np.zeros(len(array), int)
    assert kernel("argsort", dtype, array, len(array), out) == FINE and np.array_equal(out, np.argsort(array, kind="stable"))
    for side in ("left", "right"):
        hay = np.sort(array)
        assert kernel("searchsorted", dtype, hay, len(hay), array, len(array), int(side == "right"), None, out) == FINE
        assert np.array_equal(out, np.searchsorted(hay, array, side))


def test_close_floats_far_from_others():
    """Keys whose leading bits are equal, level after level."""
    steps = np.concatenate([1 + np.arange(3000) * 2.0**-52, 1 + np.arange(3000) * 2.0**-30, [1e300, -1e300], np.full(3000, 1.0)])
    array = np.random.default_rng(6).permutation(np.concatenate([steps, -steps]))
    for dtype in (np.float64, np.complex128):
        array, out = array.astype(dtype), np.zeros(len(array), int)
        assert kernel("argsort", dtype, array, len(array), out) == FINE
        assert np.array_equal(out, np.argsort(array, kind="stable"))


def test_bad_arguments():
    array, out = np.zeros(3), np.zeros(3, int)
    for kth in ([3], [-1], [0, 7], [2**62]):
        kth = np.array(kth)
        assert kernel("partition", float, array, 3, kth, len(kth)) == BAD_ARGUMENT
        assert kernel("argpartition", float, array, 3, kth, len(kth), out) == BAD_ARGUMENT
        assert kernel("select", float, array, 3, kth, len(kth), array) == BAD_ARGUMENT
    for n in (-1, -(2**63), 2**61, 2**63 - 1):
        assert kernel("sort", float, array, n) == BAD_ARGUMENT
        assert kernel("argsort", float, array, n, out) == BAD_ARGUMENT
    assert kernel("sort", float, None, 3) == BAD_ARGUMENT and kernel("sort", float, None, 0) == FINE
    for sorter in ([0, 1, 3], [-1, 0, 1]):
        assert kernel("searchsorted", float, array, 3, array, 3, 0, np.array(sorter), out) == UNDEFINED


def test_without_vectors():
    """The ways that are taken where Highway is not installed."""
    tests = [f"{__file__}::{test.__name__}" for test in (test_sort, test_stable_sort_keeps_every_bit, test_argsort_is_stable)]
    run = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests], env={**os.environ, "ZOUK_HIGHWAY": "0"}, capture_output=True, text=True)
    assert run.returncode == 0 and " passed" in run.stdout, run.stdout[-3000:]
