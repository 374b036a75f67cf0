"""Places in arrays, bits, blocks, and functions that call functions: beside NumPy."""

import numpy as np
import pytest
from lang_support import INTEGERS, arrays, check, function, outcome, same
from zouk import njit

PLACES = """np.unravel_index(5, (3, 4)) | np.unravel_index(i, (3, 4)) | np.unravel_index(i[::-1, None], (3, 4), order='F') | np.unravel_index(5, 8)
np.ravel_multi_index((1, 2), (3, 4)) | np.ravel_multi_index(np.array([[0, 1], [2, 3]]), (3, 4)) | np.ravel_multi_index(np.array([1, 2]), (3, 4)) | np.ravel_multi_index((i[:3], i[1:]), (3, 4)) | np.ravel_multi_index((i[:, None], i), (4, 5), order='F')
np.ravel_multi_index((i, 2), (3, 4), mode='clip') | np.ravel_multi_index((i - 9, 7), (3, 4), mode='wrap') | np.ravel_multi_index((i, 2), (3, 4), mode=('wrap', 'raise'))
np.diag_indices(3) | np.diag_indices(2, 3) | np.diag_indices_from(a[:, :2]) | np.mask_indices(3, np.triu) | np.mask_indices(3, np.tril, -1)
np.ix_(i, i[:2]) | np.ix_(i > 1, i, i[:1]) | a[np.ix_(i[:2], i[1:3])] | np.ix_(i[:0], i) | np.unravel_index(i[:0], (3, 4))"""

PLACE_ERRORS = """np.unravel_index(12, (3, 4)) | np.unravel_index(-1, (3, 4)) | np.unravel_index(1.5, (3, 4)) | np.ravel_multi_index((1, 2), (3,)) | np.ravel_multi_index((i, 2), (3, 4))
np.ravel_multi_index((i * 0.5, 2), (3, 4)) | np.ravel_multi_index(np.array([[0, 1], [2, 9]]), (3, 4)) | np.ravel_multi_index(i, (3, 4)) | np.diag_indices_from(a) | np.diag_indices_from(i) | np.ix_(a) | np.unravel_index(i + 9, (3, 4))"""

BITS = """np.packbits(a) | np.packbits(a, axis=1) | np.packbits(a > 2, axis=0, bitorder='little') | np.packbits(a[:0]) | np.unpackbits(b) | np.unpackbits(b, axis=1)
np.unpackbits(b, axis=0, count=5, bitorder='little') | np.unpackbits(b, count=-3) | np.unpackbits(b, count=100) | np.unpackbits(b[:0])"""

BIT_ERRORS = """np.packbits(a * 0.5) | np.unpackbits(a) | np.packbits(a, bitorder='x') | np.unpackbits(b, axis=3)"""

FUNCTIONS = """np.apply_along_axis(np.sum, 0, a) | np.apply_along_axis(np.sort, 1, a) | np.apply_along_axis(np.cumsum, 0, t) | np.apply_along_axis(np.diag, 1, a)
np.apply_along_axis(twice, -1, t) | np.apply_along_axis(span, 1, t) | np.apply_over_axes(np.sum, t, (0, 2)) | np.apply_over_axes(np.max, t, 1) | np.apply_along_axis(np.max, 0, i)
np.piecewise(x, (x < 2, x >= 5), (np.sin, twice)) | np.piecewise(x, (x < 2, x >= 5), (-1, 1, np.exp)) | np.piecewise(i, (i > 1,), (2.5, twice)) | np.piecewise(x, x > 3, (twice,))
np.fromfunction(np.add, (3, 4)) | np.fromfunction(np.hypot, (3, 4), dtype=np.int64) | np.fromfunction(twice, (3,))"""


@njit
def twice(x):
    return x * 2


@njit
def span(row):
    return row.max() - row.min()


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def arguments():
    a = np.arange(12).reshape(3, 4) % 5
    return a, np.array([[3, 200], [2, 0]], np.uint8), np.arange(4), np.arange(24.0).reshape(2, 3, 4) % 7, np.arange(8.0)


def compiled(call):
    return function(f"def f(a, b, i, t, x): return {call}", twice=twice, span=span)


@pytest.mark.parametrize("call", calls(PLACES) + calls(BITS) + calls(FUNCTIONS))
def test_values(call):
    check(compiled(call), *arguments(), rtol=1e-13 if "sin" in call or "exp" in call or "hypot" in call else 0.0)


@pytest.mark.parametrize("call", calls(PLACE_ERRORS) + calls(BIT_ERRORS))
def test_errors(call):
    check(compiled(call), *arguments(), text=True)


def test_layouts_and_dtypes():
    pack = function("def f(a): return np.packbits(a, axis=0), np.packbits(a, axis=-1), np.apply_along_axis(np.sum, 0, a)")
    for a in arrays((3, 9)):
        check(pack, a)
    unravel = function("def f(i): return np.unravel_index(i, (3, 4)), np.ravel_multi_index((i, i), (12, 12))")
    for dtype in INTEGERS:
        check(unravel, np.arange(12).astype(dtype)[::2])


def nested(x):
    return [nested(y) for y in x] if isinstance(x, tuple) else x


@pytest.mark.parametrize("blocks", ["(a, c)", "((a, c), (c, a))", "(1, v, 2.5)", "(((a,), (a,)),)", "a", "((v, 1), (1, v))", "((a, v),)", "(a, v)"])
def test_block(blocks):
    """Tuples stand for NumPy's lists."""
    scope = {"a": np.ones((2, 2)), "c": np.zeros((2, 3), np.float32), "v": np.arange(3)}
    f = function(f"def f(a, c, v): return np.block({blocks})")
    expected = outcome(lambda a, c, v: np.block(nested(eval(blocks, {}, scope))), list(scope.values()))
    found = outcome(f, list(scope.values()))
    assert found[0] == expected[0]
    assert same(found[1], expected[1]) if found[0] == "returns" else (type(found[1]), str(found[1])) == (type(expected[1]), str(expected[1]))
