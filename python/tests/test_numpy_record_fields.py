"""`==` and `!=` of records, and several fields at once, beside NumPy."""

import numpy as np
import pytest
from lang_support import function

from zouk import njit
from zouk.errors import TypingError

PLAIN = np.dtype([("x", "f8"), ("y", "i4"), ("z", "f8")])
ALIGNED = np.dtype([("x", "f4"), ("y", "i8"), ("z", "u1")], align=True)
NESTED = np.dtype([("v", "f4", (2,)), ("n", PLAIN), ("m", "i4", (2, 3)), ("t", "M8[s]"), ("p", "?")])
WIDE = np.dtype([(f"f{i}", "f8") for i in range(40)] + [("x", "i2"), ("y", "f8"), ("z", "i1")])


def records(dtype, n, seed=0):
    """Few different values, so that some are equal."""
    rng = np.random.default_rng(seed)
    a = np.zeros(n, dtype)
    fill(a, rng)
    return a


def fill(a, rng):
    for name in a.dtype.names:
        if a.dtype[name].names:
            fill(a[name], rng)
        else:
            a[name] = rng.integers(0, 2, a[name].shape).astype(a[name].dtype)


def same(ours, theirs):
    if isinstance(theirs, tuple):
        assert len(ours) == len(theirs)
        return [same(a, b) for a, b in zip(ours, theirs)]
    if isinstance(theirs, np.ndarray):
        assert isinstance(ours, np.ndarray) and ours.dtype == theirs.dtype and ours.shape == theirs.shape
        assert theirs.dtype.names is None or (ours.dtype.fields, ours.dtype.itemsize) == (theirs.dtype.fields, theirs.dtype.itemsize)
    else:
        assert type(ours) is type(theirs.item() if isinstance(theirs, np.bool_) else theirs)
    np.testing.assert_array_equal(ours, theirs)


EQUAL = function("def f(a, b): return a == b, a != b")
EQUAL_ITEMS = function("def f(a, b): return a[0] == b[1], a[0] != b[1], a[2] == a[2], a[1] == b, b != a[0]")


@pytest.mark.parametrize("dtype", [PLAIN, ALIGNED, NESTED, np.dtype([("k", "i1")])])
def test_equality(dtype):
    a, b = records(dtype, 30), records(dtype, 30, 1)
    b[::3] = a[::3]
    for x, y in ((a, b), (a, a), (a[::-1], b[::2][:30]), (a[:5, None], b[:7]), (a[:0], b[:0]), (a.view(np.recarray), b)):
        if len(x) == len(y) or x.ndim == 2:
            same(EQUAL(x, y), EQUAL.py_func(x, y))
    same(EQUAL_ITEMS(a, b), EQUAL_ITEMS.py_func(a, b))


def test_equality_of_two_dtypes():
    a = records(PLAIN, 20)
    b = np.zeros(20, [("x", "f4"), ("y", "i8"), ("z", "c8")])
    for name in "xyz":
        b[name] = a[name]
    b["z"][::4] += 1
    same(EQUAL(a, b), EQUAL.py_func(a, b))
    a["x"][3] = np.nan
    same(EQUAL(a, a), EQUAL.py_func(a, a))


def test_equality_decides_branches():
    f = function(
        """
def f(a, b):
    count = 0
    for i in range(a.size):
        if a[i] == b[i]:
            count += 1
        elif a[i] != b[0] and a[i] == a[-1]:
            count += 100
    return count
"""
    )
    a, b = records(PLAIN, 50), records(PLAIN, 50, 1)
    assert f(a, b) == f.py_func(a, b) > 0


def test_shapes_that_do_not_fit():
    a, b = records(PLAIN, 3), records(PLAIN, 2)
    with pytest.raises(ValueError) as expected:
        a == b
    with pytest.raises(ValueError) as raised:
        EQUAL(a, b)
    assert str(raised.value) == str(expected.value)


@pytest.mark.parametrize("other", [[("x", "f8"), ("z", "i4"), ("y", "f8")], [("x", "f8"), ("y", "i4")], [("x", "f8", (2,)), ("y", "i4"), ("z", "f8")], [("x", "M8[s]"), ("y", "i4"), ("z", "f8")]])
def test_no_common_dtype(other):
    a, b = records(PLAIN, 3), np.zeros(3, other)
    with pytest.raises(TypeError) as expected:
        a == b
    with pytest.raises(TypingError) as raised:
        EQUAL(a, b)
    assert str(expected.value) in str(raised.value)
    with pytest.raises(TypingError):
        function("def f(a): return a == 1.0")(a)
    with pytest.raises(TypingError):
        function("def f(a): return a < a")(a)


SOME = function("def f(a): return a[['x', 'z']], a[['z']], a[['z', 'y', 'x']], a[1:][['y']], a[2][['z', 'x']]['x']")


@pytest.mark.parametrize("dtype", [PLAIN, ALIGNED, WIDE])
def test_several_fields(dtype):
    a = records(dtype, 9)
    for x in (a, a[::-2], a.reshape(3, 3).T):
        ours, theirs = SOME(x), SOME.py_func(x)
        same(ours[:4], theirs[:4])
        assert np.array_equal(ours[4], theirs[4])
    assert np.shares_memory(SOME(a)[0], a)


WRITES = """
def f(a, b):
    v = a[['x', 'z']]
    v['x'][0] = 5
    v[1] = b[['x', 'z']][2]
    v[3:] = b[['z', 'x']][3:]
    a[['y']] = b[['y']]
    a[['z', 'x']][4:6] = (7, 8)
    a[['x', 'z']] = a[['z', 'x']]
    v[2] = v[0]
    return a
"""


@pytest.mark.parametrize("dtype", [PLAIN, ALIGNED, WIDE])
def test_assignment_to_several_fields(dtype):
    f = function(WRITES)
    a, b = records(dtype, 8), records(dtype, 8, 1)
    ours, theirs = a.copy(), a.copy()
    same(f(ours, b), f.py_func(theirs, b))
    same(ours, theirs)
    # In NumPy, too, what lies between the fields of a dtype stays.
    view = a[["x", "z"]]
    copied, expected = a.copy(), a.copy()
    njit(lambda a, b: a[:].fill(0) if a.size < 0 else None)(copied["x"], copied["x"])
    assign = function("def f(a, b):\n    a[:] = b\n    a[0] = b[1]")
    assign(copied[["x", "z"]], b[["x", "z"]])
    assign.py_func(expected[["x", "z"]], b[["x", "z"]])
    same(copied, expected)
    assert view.shape == a.shape


def test_names_may_be_global():
    f = function("NAMES = ('x', 'y')\nX = 'x'\ndef f(a): return a[[X, 'z']], a[[NAMES[1], NAMES[0]]]")
    a = records(PLAIN, 4)
    same(f(a), f.py_func(a))


@pytest.mark.parametrize(
    "text, message",
    [
        ("a[['x', 'x']]", "duplicate field of name 'x'"),
        ("a[['q']]", "Field 'q' was not found"),
        ("a[0][['q']]", "Field 'q' was not found"),
        ("a['x', 'y']", "index"),
    ],
)
def test_errors(text, message):
    with pytest.raises(TypingError, match=message):
        function(f"def f(a): return {text}")(records(PLAIN, 3))


def test_bad_assignments():
    a, b = records(PLAIN, 3), records(PLAIN, 3)
    for text in ("a[['x', 'y']] = b", "a[['x']] = (1, 2)", "a[['x', 'y']] = b[['x']]"):
        with pytest.raises(TypingError, match="cannot assign"):
            function(f"def f(a, b):\n    {text}")(a, b)
    a.flags.writeable = False
    with pytest.raises(TypingError, match="readonly"):
        function("def f(a):\n    a[['x']] = (1,)")(a)
