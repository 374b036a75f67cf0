"""Axes, joining, splitting, repeating, inserting and padding, beside NumPy."""

import numpy as np
import pytest
from lang_support import NUMBERS, arrays, check, function, outcome

A = np.arange(24).reshape(2, 3, 4)

VIEWS = """np.transpose(a) | np.transpose(a, (1, 0, 2)) | a.transpose() | a.transpose(2, 0, 1) | a.transpose((2, 0, -2)) | np.permute_dims(a)
np.matrix_transpose(a) | np.swapaxes(a, 0, -1) | a.swapaxes(0, 1) | np.moveaxis(a, 0, -1) | np.moveaxis(a, (0, 1), (2, 0)) | np.rollaxis(a, 2)
np.rollaxis(a, 0, 3) | np.rollaxis(a, -1, 1) | np.expand_dims(a, 1) | np.expand_dims(a, (0, -1)) | np.expand_dims(a, -1) | np.squeeze(a[:, :1], 1)
np.squeeze(a[:1, :, :1], (0, 2)) | a[:1].squeeze(0) | np.atleast_1d(a) | np.atleast_2d(a[0, 0]) | np.atleast_3d(a[0, 0]) | np.atleast_3d(a[0])
np.flip(a) | np.flip(a, 1) | np.flip(a, (0, 2)) | np.fliplr(a) | np.flipud(a) | np.rot90(a) | np.rot90(a, 2) | np.rot90(a, 3)
np.rot90(a, 4, (1, 2)) | np.rot90(a, -1, (2, 0))"""

COPIES = """np.roll(a, 5) | np.roll(a, 5, 1) | np.roll(a, -1, axis=(0, 1)) | np.roll(a, (1, 2), axis=(0, -1)) | np.concatenate((a, b), axis=-1)
np.concatenate((a, b, a)) | np.concatenate((a, b), axis=None) | np.concat((a[:, :, :2], b), 1) | np.concatenate((a[:, :, :2], b), 2)
np.concatenate((a, b), dtype=np.float32) | np.stack((a, b)) | np.stack((a, b, a), -1) | np.hstack((a, b)) | np.vstack((a, b)) | np.dstack((a, b))
np.hstack((c, c, 1.5)) | np.vstack((c, c)) | np.dstack((c, c)) | np.column_stack((c, c * 2)) | np.column_stack((c[:, None], c))
np.append(a, c) | np.append(a, b, 0) | np.append(c, 2) | np.repeat(a, 2) | np.repeat(a, 2, axis=1) | np.repeat(c, c) | np.repeat(a, c, axis=2)
a.repeat(3) | a.repeat(3, axis=0) | np.repeat(a[:0], -1) | np.tile(a, 2) | np.tile(c, (2, 3)) | np.tile(a, (2, 1)) | np.tile(c[:0], (2, 3)) | np.tile(c, 0)
np.delete(a, 1) | np.delete(a, -1, 0) | np.delete(a, c[:3], 1) | np.delete(a, c > 1, 2) | np.delete(a, (0, 2), 1) | np.delete(b, c * 0)
np.insert(a, 1, 9) | np.insert(a, 1, 9, 0) | np.insert(a, -1, c, 1) | np.insert(a, 1, c[:3], 2) | np.insert(a, c[:2], 9.7, 1) | np.insert(a, c, c, 2)
np.insert(a, c[1:2], a[:, :1], 1) | np.insert(c, (1, 3, 1), (7, 8, 9)) | np.insert(c, 2, c) | np.insert(a, 1, a[0], 0) | np.insert(c, c > 1, 9)
np.pad(c, 2) | np.pad(a, 1) | np.pad(a, (1, 2)) | np.pad(a, ((1, 0), (0, 2), (3, 3)), constant_values=7) | np.pad(c[:0], 1) | np.pad(c[:1], 3, "reflect")
np.pad(a, ((1, 2),), "constant", constant_values=((1, 2), (3, 4), (5, 6))) | np.pad(a, 7, "edge") | np.pad(a, 7, "reflect") | np.pad(a, 7, "symmetric")
np.pad(a, 7, "wrap") | np.pad(a, ((1, 0), (0, 2), (3, 3)), "reflect") | np.pad(c[:1], 3, "symmetric") | np.broadcast_to(c, (2, 4)) | np.broadcast_to(2, ())
np.broadcast_to(c, 4) | np.resize(a, 7) | np.resize(c, (3, 4)) | np.resize(c[:0], (2, 2)) | np.indices((2, 3)) | np.indices((2, 3), sparse=True)
np.indices((2,), np.float32) | np.broadcast_shapes((2, 1), (3,), 1) | np.broadcast_shapes(3, (2, 3)) | np.select((c > 2, c > 1), (c, c * 2))
np.select((c > 2, c > 1), (b[0, 0], c), 9) | np.select((c > 2,), (c,), 1.5) | np.kron(c, a) | np.kron(a, c) | np.kron(2, c) | np.kron(2, 3) | np.kron(c > 1, c > 0)
np.hstack((c, c), dtype="f4") | np.concatenate((a, b), dtype=np.int8, casting="unsafe") | np.concatenate((c, c), casting="no") | np.stack((c, c), dtype=np.int64, casting="safe")
np.vstack((c, c * 0.5), dtype=np.float32, casting="same_kind") | np.concatenate((c, c), out=np.empty(8)) | np.pad(c, 2, "linear_ramp", end_values=5)
np.pad(b, 2, "mean") | np.pad(c, 2, "mean") | np.pad(a, (1, 2), "median") | np.pad(c, 3, "median", stat_length=(1, 2)) | np.pad(b, 2, "maximum", stat_length=2) | np.pad(a, 2, "minimum", stat_length=((1, 2), (3, 1), (2, 2)))
np.pad(c, 3, "reflect", reflect_type="odd") | np.pad(b, 11, "symmetric", reflect_type="odd") | np.pad(c[:1], 3, "reflect", reflect_type="odd") | np.pad(a[:, :, :1], 3, "reflect") | np.pad(b, 1, "mean", stat_length=None)
np.ravel(a, "F") | a.ravel(order="F") | a.flatten("F") | a.flatten("C") | np.reshape(a, (4, 6), order="F") | a.reshape(6, 4, order="F") | a.reshape((-1, 3), order="F") | a.reshape(2, 12, copy=True) | a.mT
np.broadcast_arrays(c, b) | np.broadcast_arrays(c[:1], 3, a) | np.asfortranarray(a) | np.asfortranarray(b, np.float32) | np.asfortranarray(c) | np.array(a, order="F") | np.array(c, ndmin=3) | np.array(a, dtype=np.float32, copy=True)
np.zeros_like(a, shape=(2, 2)) | np.full_like(a, 3, shape=4) | np.ones_like(c, dtype=np.float32, shape=2) | np.astype(b, np.int8) | np.asarray_chkfinite(b) | np.real_if_close(b) | np.eye(2, order="F") | np.arange(stop=3) | np.asanyarray(b) | np.isfortran(a) | np.isfortran(a.T)"""

ERRORS = """np.transpose(a, (1, 0)) | np.transpose(a, (1, 1, 0)) | np.swapaxes(a, 0, 3) | np.moveaxis(a, (0, 0), (2, 0)) | np.moveaxis(a, (0, 1), 0) | np.rollaxis(a, 0, 5)
np.expand_dims(a, 7) | np.squeeze(a, 1) | np.fliplr(c) | np.flip(a, 4) | np.rot90(a, 1, (1, 1)) | np.rot90(c) | np.roll(a, 7, 5) | np.concatenate((a, c))
np.concatenate((a, b[:, :2])) | np.concatenate((1, 2)) | np.stack((a, c)) | np.hstack((c, a)) | np.append(a, c, 0) | np.repeat(a, -1) | np.repeat(c, c - 1)
np.repeat(a, c, axis=1) | np.repeat(c, c * 1.5) | np.tile(c, -1) | np.tile(c, 1 << 62) | np.delete(a, 5, 0) | np.delete(a, c > 1, 1) | np.delete(c, c + 2)
np.insert(a, 9, c, 2) | np.insert(c, (1, 3, 7), (7, 8, 9)) | np.insert(c, c[:1] + 9, 1) | np.insert(c, (9,), 1) | np.insert(a, 1, c[:2], 1) | np.pad(c, -1) | np.pad(c[:0], 1, "edge") | np.pad(a, ((1, 2), (1, 1)))
np.broadcast_to(c, 3) | np.broadcast_to(c, (3, -4)) | np.broadcast_to(c[None], 4) | np.resize(c, -1) | np.broadcast_shapes(3, (2, 4)) | np.select((c,), (c,))
np.select((c > 1,), (c, c)) | np.broadcast_shapes(3, -1) | np.concatenate((c, b[0, 0]), dtype=np.float32, casting="safe") | np.concatenate((c, b[0, 0]), casting="no") | np.stack((c, c), dtype=np.bool_)
np.concatenate((c, c), casting="x") | np.pad(c, 2, "maximum", stat_length=0) | np.pad(c, 2, "edge", constant_values=3) | np.pad(c, 2, "zzz") | np.pad(c[:0], 1, "mean") | np.pad(c, 2, "mean", stat_length=-1)
np.pad(c, 2, "wrap", end_values=2) | np.reshape(a, (4, 6), order="Z") | np.reshape(a, (4, 6), order="K") | a.ravel(order="Z") | np.broadcast_arrays(c, b[:, :, :3])
np.asarray_chkfinite(b / 0)"""

SPLITS = """np.split(a, 2) | np.split(a, 3) | np.split(a, 3, 1) | np.split(a, (1, 2), -1) | np.split(a, (1,), -1) | np.split(a, (), -1) | np.array_split(a, 3, -1)
np.array_split(a, 5) | np.hsplit(a, 3) | np.vsplit(a, 2) | np.dsplit(a, (1, 9, 2)) | np.split(a, 0) | np.split(a, -1)
np.hsplit(a[0, 0], 2) | np.vsplit(a[0, 0], 2)"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


@pytest.mark.parametrize("call", calls(VIEWS))
def test_views(call):
    f = function(f"def f(a): return {call}")
    write = function(f"def f(a):\n    v = {call}\n    v[...] = -1\n    v[..., 0] = 7")
    for a in [*arrays(A.shape), np.zeros((2, 1, 4), np.complex64)]:
        check(f, a, text=True)
    for a in arrays(A.shape):
        check(write, a)


@pytest.mark.parametrize("call", calls(COPIES))
def test_copies(call):
    f = function(f"def f(a, b, c): return {call}")
    c = np.arange(4).astype(np.int8)
    for a in list(arrays(A.shape))[::2]:
        check(f, a, A * 0.5, c)


def test_ramps():
    f = function("def f(a): return np.pad(a, ((2, 1), (0, 3), (1, 1)), 'linear_ramp', end_values=((1, 2), (3, 4), (-5, 6)))")
    for a in arrays(A.shape, np.float64):
        check(f, a, rtol=1e-13)
    check(f, A.astype(np.float32), rtol=1e-6)


@pytest.mark.parametrize("call", calls(ERRORS))
def test_errors(call):
    check(function(f"def f(a, b, c): return {call}"), A, A * 0.5, np.arange(4).astype(np.int8), text=True)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_dtypes(dtype):
    f = function("def f(a, b): return np.concatenate((a, b)), np.roll(a, 1), np.tile(a, 2), np.insert(a, 1, 1), np.pad(a, 1, 'wrap'), np.flip(a)")
    check(f, np.arange(5).astype(dtype), np.arange(3.0))
    check(f, np.ones(1, dtype), np.zeros(0, np.uint64))


@pytest.mark.parametrize("call", ["np.roll(a, 1, 0)", "np.flip(a)", "np.repeat(a, 2, 0)", "np.tile(a, 3)", "np.delete(a, a > 1)", "np.concatenate((a, a))"])
def test_small(call):
    f = function(f"def f(a): return {call}")
    for a in (np.zeros(0), np.ones(1), np.array([np.nan, 2.0])):
        check(f, a)


@pytest.mark.parametrize("call", calls(SPLITS))
def test_split(call):
    f = function(f"def f(a): return {call}")
    for a in arrays(A.shape):
        (kind, parts), (expected_kind, expected) = outcome(f, [a]), outcome(f.py_func, [a])
        assert kind == expected_kind
        if kind == "raises":
            assert type(parts) is type(expected) and parts.args == expected.args
        else:
            assert type(parts) is type(expected) and len(parts) == len(expected)
            assert all(np.array_equal(part, other) and part.shape == other.shape for part, other in zip(parts, expected))


def test_parts_are_views():
    f = function("def f(a):\n    x, y = np.split(a, 2, 1)\n    y[0, 0] = 9\n    np.hsplit(a, (1,))[0][1, 0] = 8")
    for a in arrays((2, 4)):
        check(f, a)


def test_out():
    f = function("def f(a, out): return np.concatenate((a, a), 1, out)")
    check(f, np.arange(4).reshape(2, 2), np.zeros((2, 4)))
    check(f, np.arange(4).reshape(2, 2), np.zeros((2, 3)), text=True)
    check(f, np.ones((2, 2)), np.zeros((2, 4), np.int64), text=True)
    check(f, np.ones((2, 2), np.uint8), np.zeros((2, 4), np.int8), text=True)
    check(function("def f(a): return np.hstack((a, a), dtype=np.uint8)"), np.arange(4), text=True)


def test_sizes_that_overflow():
    f = function("def f(a, n): return np.repeat(a, n)")
    for n in (1 << 62, np.arange(4) + (1 << 61)):
        kind, error = outcome(f, [np.arange(4), n])
        assert kind == "raises" and isinstance(error, ValueError)
    kind, error = outcome(function("def f(a, n): return np.pad(a, n)"), [np.arange(4), (1 << 63) - 1])
    assert kind == "raises" and isinstance(error, ValueError)
