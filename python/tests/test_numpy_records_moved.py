"""Functions of NumPy that move whole elements, on arrays of records."""

import numpy as np
import pytest
from lang_support import function
from test_numpy_records import ALIGNED, NESTED, ODD, PACKED, records, same

from zouk.errors import TypingError

GAPS = np.dtype({"names": ["a", "b"], "formats": ["f8", "i4"], "offsets": [0, 16], "itemsize": 24})
DTYPES = [PACKED, ODD, ALIGNED, NESTED, GAPS]

# Of an array with one axis, one with two, and a mask, places.
MOVED = """
np.concatenate((a, a[::-1]))
np.concatenate((m, m), axis=1)
np.concatenate((m, m), axis=None)
np.concat((a, b))
np.stack((a, a[::-1]))
np.stack((a, b), axis=1)
np.hstack((a, b, a))
np.vstack((a, b))
np.dstack((m, m))
np.column_stack((a, b))
np.block([a, b])
np.append(a, b)
np.append(a, a[1])
np.append(m, m, axis=0)
np.take(a, p)
np.take(m, p % 3, axis=1)
np.take(a, 1)
a.take(p, mode='wrap')
np.repeat(a, 3)
np.repeat(m, p[:3] % 3, axis=1)
a.repeat(2)
np.flip(a)
np.flip(m)
np.flip(m, axis=1)
np.fliplr(m)
np.flipud(m)
np.roll(a, 2)
np.roll(m, 1, axis=1)
np.roll(m, -1)
np.rot90(m)
np.rot90(m, 3)
np.tile(a, 3)
np.tile(m, (2, 1))
np.resize(a, (2, 7))
np.delete(a, 1)
np.delete(a, p[:2])
np.delete(m, slice(0, 2), axis=1)
np.insert(a, 2, a[0])
np.insert(a, p[:2], b[:2])
np.insert(a, 1, b[:2])
np.full(3, a[1])
np.full((2, 2), a[1])
np.zeros_like(a)
np.zeros_like(m, shape=(3,))
np.empty_like(m).shape
np.full_like(m, a[1])
np.where(mask, a, b)
np.where(mask, a[0], b)
np.where(True, a, b)
np.where(mask[:, np.newaxis], m[0, 0], m[1, 1])
np.select([mask, mask], [a, b], a[0])
np.choose(mask.astype(np.int64), (a, b))
np.choose(p, (a, b), mode='clip')
np.choose(1, m)
np.compress(mask, a)
m.compress(mask[:3], axis=1)
np.extract(mask, a)
np.take_along_axis(m, p[np.newaxis, :3] % 2, axis=0)
np.transpose(m)
m.transpose(1, 0)
np.swapaxes(m, 0, 1)
np.moveaxis(m, 0, 1)
np.reshape(m, (3, 2))
m.reshape(-1)
np.ravel(m)
m.T.ravel()
np.ravel(m, order='F')
m.T.flatten()
np.squeeze(m[:1], axis=0)
np.expand_dims(a, 1)
np.atleast_2d(a)
np.broadcast_to(a, (2, 5))
np.broadcast_to(a[1], (3,))
np.broadcast_arrays(a, m[:, :1])
np.diagonal(m)
np.diagonal(m, 1)
np.split(a, [2, 3])
np.array_split(a, 2)
np.ascontiguousarray(m.T)
np.asfortranarray(m)
np.array(m.T, order='C')
np.asarray(a)
np.array(a)
np.copy(a[::2])
"""

CHANGED = """
np.copyto(a, b)
np.copyto(a, b[1])
np.copyto(a, b, where=mask)
np.copyto(a[1:], a[:-1])
np.put(a, p[:2], b[:2])
np.put(a, 1, b[3])
np.put(a, p, b[:2], mode='wrap')
np.place(a, mask, b[:2])
np.putmask(a, mask, b)
np.put_along_axis(m, p[np.newaxis, :3] % 2, b[:3], axis=0)
np.take(a, p, out=b)
np.concatenate((a[:2], a[2:]), out=b)
np.stack((b[:3], a[:3]), out=m)
np.compress(mask, a, out=b[:3])
"""


def lines(text):
    return [line for line in text.splitlines() if line]


def arguments(dtype):
    a, b, m = records(dtype, 5), records(dtype, 10)[::-2], records(dtype, (2, 3))
    return a, b, m, np.array([True, False, True, True, False]), np.array([3, 0, 4, 1, 2])


@pytest.mark.parametrize("text", lines(MOVED))
def test_moved(text):
    f = function(f"def f(a, b, m, mask, p): return {text}")
    for dtype in DTYPES:
        values = arguments(dtype)
        if "choose" in text and "(a, b)" in text and dtype is GAPS:
            # NumPy chooses records without the gaps.
            with pytest.raises(TypingError, match="choose"):
                f(*values)
        else:
            same(_as_tuple(f(*values)), _as_tuple(f.py_func(*values)))


def _as_tuple(value):
    return tuple(value) if isinstance(value, list) else value


@pytest.mark.parametrize("text", lines(CHANGED))
def test_changed_in_place(text):
    f = function(f"def f(a, b, m, mask, p):\n    {text}\n    return a, b, m")
    for dtype in DTYPES:
        same(f(*arguments(dtype)), f.py_func(*arguments(dtype)))


@pytest.mark.parametrize("text", ["np.full(3, 1, D)", "np.ones(3, D)", "np.ones_like(a)", "np.full_like(a, 7)", "np.full((2, 2), 3.5, D)", "np.eye(3, dtype=D)", "np.linspace(0, 1, 3, dtype=D)"])
def test_filled_with_numbers(text):
    for dtype in (PACKED, GAPS):
        f = function(f"def f(a): return {text}", D=dtype)
        same(f(records(dtype, 3)), f.py_func(records(dtype, 3)))


def test_one_number_in_all_fields():
    f = function("def f(a):\n    a[1] = 7\n    a[2:] = 3\n    return a")
    for dtype in (PACKED, ODD, ALIGNED, GAPS):
        same(f(records(dtype, 5)), f.py_func(records(dtype, 5)))


@pytest.mark.parametrize("call", ["np.concatenate((a, b))", "np.where(a['x'] > 1, a, b)", "np.append(a, b)", "np.stack((b, a))"])
def test_dtypes_that_both_fit(call):
    f = function(f"def f(a, b): return {call}")
    kinds = [[("x", "i2"), ("y", "f4")], [("x", "f8"), ("y", "f4")], [("x", "i8"), ("y", "f8")]]
    for first in kinds:
        for second in kinds:
            for align in (False, True):
                a, b = records(np.dtype(first, align=align), 4), records(np.dtype(second, align=align), 4)
                same(f(a, b), f.py_func(a, b))


def test_fortran_order():
    f = function("def f(m):\n    b = np.empty(m.shape, D, order='F')\n    b[...] = m\n    return b, b[0, 1], np.asfortranarray(m), np.copy(m, order='F'), b.strides", D=ODD)
    same(f(records(ODD, (2, 3))), f.py_func(records(ODD, (2, 3))))
    g = function("def g(m):\n    b = np.zeros(m.shape, D, order='F')\n    b[...] = m\n    return b", D=PACKED)
    same(g(records(PACKED, (2, 3, 4))), g.py_func(records(PACKED, (2, 3, 4))))


def test_views_of_some_fields():
    f = function("def f(a): return np.concatenate((a[['a', 'z']], a[['a', 'z']])), np.repeat(a[['z', 'k']], 2)")
    same(f(records(ODD, 4)), f.py_func(records(ODD, 4)))


SORTED = ["np.sort(a)", "np.sort(a, order='b')", "np.sort(a, order=('b', 'a'))", "np.argsort(a, order='b', kind='stable')", "a.argsort(kind='stable')", "np.sort(m, axis=0)", "np.sort(m, axis=None)", "np.argsort(m, axis=1, kind='stable')"]


@pytest.mark.parametrize("text", SORTED)
def test_sorted(text):
    f = function(f"def f(a, m): return {text}")
    rng = np.random.default_rng(3)
    for dtype in (PACKED, ODD, ALIGNED):
        a = np.zeros(40, dtype)
        for name in dtype.names:
            a[name] = rng.integers(0, 4, 40)
        a["a"][3] = np.nan
        m = a[:12].reshape(3, 4).copy()
        ours, theirs = f(a, m), f.py_func(a, m)
        assert ours.dtype == theirs.dtype and ours.shape == theirs.shape and repr(ours) == repr(theirs)


def test_sorted_in_place():
    f = function("def f(a):\n    a.sort(order='b')\n    return a")
    a = records(PACKED, 9)
    a["b"] = [3, 1, 2, 3, 1, 2, 9, 0, 5]
    same(f(a.copy()), f.py_func(a.copy()))


def test_no_such_field():
    f = function("def f(a): return np.sort(a, order='none')")
    for g in (f, f.py_func):
        with pytest.raises(ValueError, match="unknown field name: none"):
            g(records(PACKED, 3))


@pytest.mark.parametrize("call", ["np.concatenate((a, a['a']))", "np.concatenate((a, b))", "np.where(a['a'] > 1, a, 1)", "np.sum(a)", "np.maximum(a, a)", "np.put(a['a'], 0, a)", "np.copyto(a['a'], a)"])
def test_what_does_not_fit(call):
    f = function(f"def f(a, b): return {call}")
    with pytest.raises(TypingError):
        f(records(PACKED, 3), records(ODD, 3))


@pytest.mark.parametrize("call", ["np.take(a, 9)", "np.concatenate((a, m))", "np.stack((a, a[1:]))", "np.delete(a, 9)", "np.copyto(a, a[1:])", "np.rot90(a)", "np.broadcast_to(a, (3,))"])
def test_wrong_places_and_shapes(call):
    f = function(f"def f(a, m): return {call}")
    a, m = records(PACKED, 5), records(PACKED, (2, 3))
    with pytest.raises(Exception) as theirs:
        f.py_func(a, m)
    with pytest.raises(type(theirs.value)) as ours:
        f(a, m)
    assert str(ours.value) == str(theirs.value)
