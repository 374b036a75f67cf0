"""Reductions of whole arrays on several threads: extremes and their places, sums of integers, counts and truths are NumPy's exactly, whatever the chunks."""

import linecache

import numpy as np
import pytest

from zouk import njit, parallel_chunksize

EXPRESSIONS = {
    "largest": "a.max()",
    "smallest": "np.min(a)",
    "extent": "np.ptp(a)",
    "place_of_largest": "a.argmax()",
    "place_of_smallest": "np.argmin(a)",
    "place_in_an_expression": "(a * a).argmax()",
    "some": "(a > 2).any()",
    "every": "np.all(a != 3)",
    "number": "np.count_nonzero(a)",
}
INTEGERS = {"total": "a.sum()", "product": "a.prod()"}


def function(name, expression):
    text = f"def {name}(a):\n    return {expression}\n"
    linecache.cache[f"<{name}>"] = (len(text), None, text.splitlines(True), f"<{name}>")
    scope = {"np": np}
    exec(compile(text, f"<{name}>", "exec"), scope)
    return njit(parallel=True)(scope[name])


ALL = {name: function(name, expression) for name, expression in (EXPRESSIONS | INTEGERS).items()}


def same(f, a):
    with np.errstate(all="ignore"):
        expected = np.asarray(f.py_func(a))[()]
    for size in (0, 1, 3, 64, 1000):
        with parallel_chunksize(size):
            actual = f(a)
        np.testing.assert_array_equal(actual, expected)
        assert type(actual) is type(expected.item())


def arrays(dtype):
    """Ties, extremes at either end, special values."""
    random = np.random.default_rng(3)
    a = random.integers(0, 50, 3001).astype(dtype)
    yield a
    yield a[:1]
    yield a[:12].reshape(3, 4)
    yield np.asfortranarray(a[:3000].reshape(60, 50))
    yield a[::-3]
    yield np.full(700, 3, dtype)
    for place in (0, 1500, 3000):
        for value in (0, 49, 60) if np.dtype(dtype).kind != "f" else (-1, 60, np.nan, np.inf, -np.inf, -0.0):
            changed = a.copy()
            changed[place] = value
            yield changed
    if np.dtype(dtype).kind == "f":
        zeros = np.zeros(900, dtype)
        zeros[::2] = -0.0
        yield zeros
        a[[100, 2000]] = np.nan
        yield a
        yield np.full(500, np.nan, dtype)
        yield np.full(500, -np.inf, dtype)


@pytest.mark.parametrize("name", list(EXPRESSIONS))
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int8, np.uint64])
def test_whole_arrays(name, dtype):
    for a in arrays(dtype):
        same(ALL[name], a)


@pytest.mark.parametrize("name", list(INTEGERS))
@pytest.mark.parametrize("dtype", [np.int32, np.uint64])
def test_integers(name, dtype):
    for a in arrays(dtype):
        same(ALL[name], a)


@pytest.mark.parametrize("name", ["some", "every", "number", "place_of_largest"])
def test_booleans(name):
    for a in (np.zeros(2000, bool), np.arange(2000) == 1999, np.ones((20, 30), bool)):
        same(ALL[name], a)


@pytest.mark.parametrize("name", ["largest", "smallest", "place_of_largest", "place_of_smallest"])
def test_of_nothing(name):
    for a in (np.zeros(0), np.zeros((3, 0), np.int64)):
        with pytest.raises(ValueError) as wanted:
            ALL[name].py_func(a)
        with pytest.raises(ValueError) as found:
            ALL[name](a)
        assert found.value.args == wanted.value.args


@pytest.mark.parametrize("name", list(EXPRESSIONS))
def test_they_run_in_parallel(name):
    f = function(name, EXPRESSIONS[name])
    f(np.ones(9))
    loops = f.get_metadata(f.signatures[0])["parallel"]
    assert any(loop["kind"] == "reduction" and loop["status"] == "parallel" for loop in loops)
    assert all(loop["status"] != "serial" for loop in loops)
