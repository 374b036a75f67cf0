"""Reductions into arrays at places that depend on data: every dtype gives what the serial loop gives, integers to the last bit, and the same in every run."""

import linecache
import warnings

import numpy as np
import pytest

from zouk import ParallelError, njit, parallel_chunksize, prange, types

RANDOM = np.random.default_rng(8)
PLACES = RANDOM.integers(-7, 7, 3000)
INTEGERS = ["int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"]
FLOATS = ["float32", "float64", "complex64", "complex128"]


def function(statement, parallel=True):
    text = f"def f(h, k, x):\n    for i in prange(len(k)):\n        {statement}\n    return h\n"
    name = f"<{statement}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    scope = {"np": np, "prange": prange}
    exec(compile(text, name, "exec"), scope)
    return njit(parallel=parallel)(scope["f"])


def start(dtype, shape=7):
    h = RANDOM.integers(0, 100, shape).astype(dtype)
    return h + np.array(1j, dtype) * 3 if h.dtype.kind == "c" else h


def added(dtype):
    """What is large enough to wrap around in the narrow types; of floats also what is not exact."""
    if np.dtype(dtype).kind == "c":
        return (RANDOM.standard_normal(3000) + 1j * RANDOM.standard_normal(3000)).astype(dtype)
    if np.dtype(dtype).kind == "f":
        return RANDOM.standard_normal(3000).astype(dtype)
    return RANDOM.integers(0, 120, 3000).astype(dtype)


def check(f, h, *args, exact):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        wanted = f.py_func(h.copy(order="K"), *args)
    for size in (0, 1, 7, 500):
        with parallel_chunksize(size):
            got, again = f(h.copy(order="K"), *args), f(h.copy(order="K"), *args)
        assert got.dtype == wanted.dtype
        np.testing.assert_array_equal(got, again)
        if exact:
            np.testing.assert_array_equal(got, wanted)
        else:
            np.testing.assert_allclose(got, wanted, rtol=1e-4 if got.dtype.itemsize // (1 + (got.dtype.kind == "c")) == 4 else 1e-10)
    (remark,) = [r for r in f.get_metadata(f.signatures[0])["parallel"] if r["status"] == "parallel" and r["kind"] == "prange"][:1]
    assert "array" in remark["reductions"]


@pytest.mark.parametrize("statement", ["h[k[i]] += 1", "h[k[i]] -= 3", "h[k[i]] = 2 + h[k[i]]"])
@pytest.mark.parametrize("dtype", INTEGERS + FLOATS)
def test_counts(dtype, statement):
    check(function(statement), start(dtype), PLACES, added(dtype), exact=True)


@pytest.mark.parametrize("operator", ["+=", "-=", "*=", "&=", "|=", "^="])
@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap_around_as_in_the_serial_loop(dtype, operator):
    f = function(f"h[k[i]] {operator} x[i]")
    check(f, start(dtype), PLACES, added(dtype) | np.array(1, dtype), exact=True)
    # Of a narrower type, and of a literal of the widest.
    narrow = "int8" if dtype.startswith("i") else "uint8"
    check(f, start(dtype), PLACES, added(narrow), exact=True)


@pytest.mark.parametrize("dtype", ["int8", "uint16", "int32", "uint32"])
def test_wide_integers_into_narrow_ones(dtype):
    x = RANDOM.integers(-(2**62), 2**62, 3000)
    f = function("h[k[i]] += x[i]")
    serial = function("h[k[i]] += x[i]", parallel=False)
    for size in (0, 1, 500):
        with parallel_chunksize(size):
            h = start(dtype)
            np.testing.assert_array_equal(f(h.copy(), PLACES, x), serial(h.copy(), PLACES, x))


@pytest.mark.parametrize("operator", ["+=", "-=", "*=", "/="])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("of", ["float32", "float64", "int32"])
def test_floats(dtype, operator, of):
    x = 1 + added("float64") / 1000 if operator in ("*=", "/=") else added("float64") + 4
    x = x.astype(of)
    x[x == 0] = 1
    check(function(f"h[k[i]] {operator} x[i]"), start(dtype), PLACES, x, exact=False)


@pytest.mark.parametrize("operator", ["+=", "-=", "*="])
@pytest.mark.parametrize("dtype, of", [("complex64", "complex64"), ("complex64", "complex128"), ("complex128", "complex128"), ("complex128", "complex64"), ("complex64", "float64"), ("complex128", "float32")])
def test_complex_numbers(dtype, operator, of):
    x = added(of)
    if operator == "*=":
        x = (1 + x / 1000).astype(of)
    check(function(f"h[k[i]] {operator} x[i]"), start(dtype), PLACES, x, exact=False)
    if operator != "-=":
        check(function(f"h[k[i]] = x[i] {operator[0]} h[k[i]]"), start(dtype), PLACES, x, exact=False)


def test_floats_are_rounded_in_every_iteration():
    """A float32 does not see what is too small for it, in a chunk as in the serial loop."""
    x = np.where(np.arange(3000) < 7, 1, 1e-9)
    f = function("h[k[i]] += x[i]")
    h, k = np.zeros(7, np.float32), np.arange(3000) % 7
    with parallel_chunksize(3000):
        np.testing.assert_array_equal(f(h.copy(), k, x), np.ones(7, np.float32))
        np.testing.assert_array_equal(f.py_func(h.copy(), k, x), np.ones(7, np.float32))


@pytest.mark.parametrize("operator", ["|=", "&=", "^="])
def test_truth_values(operator):
    x = RANDOM.integers(0, 2, 3000).astype(bool)
    for h in (np.zeros(7, bool), np.ones(7, bool)):
        check(function(f"h[k[i]] {operator} x[i]"), h, PLACES, x, exact=True)


def with_axes(h, k, x):
    for i in prange(len(k)):
        for j in range(h.shape[1]):
            h[k[i], j] += x[i]
    return h


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64", "complex64"])
def test_any_layout(dtype):
    x = np.arange(3000).astype(dtype)
    exact = dtype == "int32"
    f = function("h[k[i]] += x[i]")
    check(f, start(dtype, 21)[::3], PLACES, x, exact=exact)
    check(function("h[k[i]] += x[i]"), start(dtype, 14)[::-2], PLACES, x, exact=exact)
    m = start(dtype, (14, 14))
    repeated = lambda m: np.lib.stride_tricks.as_strided(m[0], (7, 3), (m.itemsize, 0))
    for view in (lambda m: m[:7], lambda m: np.asfortranarray(m[:7]), lambda m: m[::2, ::-2], lambda m: m.T[:7], repeated):
        f = njit(parallel=True)(with_axes)
        for size in (0, 1, 500):
            with parallel_chunksize(size):
                np.testing.assert_allclose(f(view(m.copy()), PLACES, x), with_axes(view(m.copy()), PLACES, x), rtol=1e-3)


def test_declared_arrays_of_any_layout():
    @njit(types.int32[:](types.int32[:], types.int64[:]), parallel=True)
    def f(h, k):
        for i in prange(len(k)):
            h[k[i]] += 1
        return h

    np.testing.assert_array_equal(f(np.zeros(7, np.int32), PLACES), f.py_func(np.zeros(7, np.int32), PLACES))
    np.testing.assert_array_equal(f(np.zeros(21, np.int32)[::3], PLACES), f.py_func(np.zeros(7, np.int32), PLACES))


@pytest.mark.parametrize("dtype", ["int32", "uint8", "int64"])
def test_what_cuts_off_in_every_iteration_is_refused(dtype):
    h = np.zeros(7, dtype)
    with pytest.raises(ParallelError, match=f"the float64 that comes of this is cut off to {dtype} in every iteration"):
        function("h[k[i]] += x[i]")(h, PLACES, np.full(3000, 0.5))
    with pytest.raises(ParallelError):
        function("h[k[i]] *= 1.5")(h, PLACES, PLACES)


@pytest.mark.parametrize("statement", ["h[k[i]] = 2 * h[k[i]] + 1", "h[k[i]] = x[i] - h[k[i]]", "h[k[i]] = h[k[i]] + h[k[i]]", "h[k[i]] = h[k[i] - 1] + 1", "h[k[i]] += h[0]", "h[k[i]] **= 2", "h[k[i]] = h[k[i]] * h[k[i]]"])
@pytest.mark.parametrize("dtype", ["int32", "uint8", "float32", "complex64", "complex128"])
def test_what_is_no_reduction_is_refused(dtype, statement):
    with pytest.raises(ParallelError):
        function(statement)(start(dtype), PLACES, added(dtype))


def moving_places(h, k, x):
    for i in prange(len(k)):
        before = h[k[i]]
        k[i] = (k[i] + 1) % 7
        h[k[i]] = before + x[i]
    return h


def test_a_place_that_changes_in_between_is_no_reduction():
    with pytest.raises(ParallelError):
        njit(parallel=True)(moving_places)(start("int64"), PLACES, PLACES)


def places_in_itself(h, k):
    for i in prange(len(k)):
        h[k[i]] = h[k[i]] + 1
    return h


def test_places_that_lie_in_the_array_itself():
    """What an iteration adds moves the place of a later one: the loop runs as it is written."""
    f = njit(parallel=True)(places_in_itself)
    for size in (0, 1, 7):
        with parallel_chunksize(size):
            ours, theirs = np.arange(40) % 7, np.arange(40) % 7
            np.testing.assert_array_equal(f(ours, ours), places_in_itself(theirs, theirs))
            ours, theirs = np.arange(40) % 7, np.arange(40) % 7
            np.testing.assert_array_equal(f(ours[5:], ours[:20]), places_in_itself(theirs[5:], theirs[:20]))


def test_two_operations_are_no_reduction():
    with pytest.raises(ParallelError):
        function("h[k[i]] += 1; h[k[i] - 1] *= 2")(start("int32"), PLACES, PLACES)


def test_an_exception_leaves_narrow_arrays_as_they_were():
    f = function("h[k[i]] += 1")
    for dtype in ("int16", "float32", "complex64"):
        h = start(dtype)
        before = h.copy()
        with pytest.raises(IndexError):
            f(h, np.where(np.arange(3000) == 2500, 7, PLACES), PLACES)
        np.testing.assert_array_equal(h, before)
