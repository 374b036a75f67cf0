"""Constants that NumPy refuses when the call runs: axes that an array does not have, names of modes and orders. They raise there, with NumPy's class and
text, and code around a call that is not reached runs as in Python."""

import re

import numpy as np
import pytest
from lang_support import check, function, outcome

ARGUMENTS = {
    "a": np.arange(6.0).reshape(2, 3),
    "b": np.array([[True, False, True], [False, True, True]]),
    "i": np.array([[0, 1, 1], [1, 0, 1]]),
    "p": np.array([0, 1]),
    "u": np.arange(6, dtype=np.uint8).reshape(2, 3),
    "v": np.arange(4.0),
    "t": np.arange(4).astype("datetime64[s]"),
}
SUM = function("def along(x): return x.sum()")
ONE_AXIS = """np.sum(a, axis=X) | a.sum(axis=X) | np.prod(a, axis=X) | np.min(a, axis=X) | a.max(axis=X) | np.mean(a, axis=X) | np.var(a, axis=X) | np.std(a, X)
np.any(a, axis=X) | np.all(a, axis=X) | np.argmin(a, axis=X) | a.argmax(X) | np.count_nonzero(a, axis=X) | np.ptp(a, axis=X) | np.sum([[1, 2], [3, 4]], axis=X)
np.nansum(a, axis=X) | np.nanmax(a, axis=X) | np.nanmean(a, axis=X) | np.nanvar(a, axis=X) | np.nanargmax(a, axis=X) | np.nancumsum(a, axis=X) | np.nanmedian(a, axis=X)
np.median(a, axis=X) | np.percentile(a, 50, axis=X) | np.nanquantile(a, 0.5, axis=X) | np.average(a, axis=X) | np.average(a, axis=X, weights=a)
np.cumsum(a, axis=X) | a.cumprod(X) | np.cumulative_sum(a, axis=X) | np.sort(a, axis=X) | a.sort(X) | np.argsort(a, axis=X) | np.partition(a, 1, axis=X) | a.argpartition(1, X)
np.lexsort((a, a), axis=X) | np.concatenate((a, a), axis=X) | np.stack((a, a), axis=X) | np.append(a, a, axis=X) | np.insert(a, 0, 1.0, axis=X) | np.delete(a, 0, axis=X)
np.flip(a, axis=X) | np.roll(a, 1, axis=X) | np.moveaxis(a, X, 0) | np.moveaxis(a, 0, X) | np.swapaxes(a, X, 0) | a.swapaxes(0, X) | np.rollaxis(a, X) | np.rollaxis(a, 0, X)
np.transpose(a, (0, X)) | a.transpose(0, X) | np.expand_dims(a, X) | np.squeeze(a, axis=X) | a.squeeze(X) | np.take(a, 0, axis=X) | a.take(p, axis=X)
np.take_along_axis(a, i, axis=X) | np.put_along_axis(a, i, 1.0, axis=X) | np.compress(p, a, axis=X) | a.compress(p, axis=X) | np.repeat(a, 2, axis=X) | np.diff(a, axis=X)
np.gradient(a, axis=X) | np.unwrap(a, axis=X) | np.split(a, 1, axis=X) | np.array_split(a, 2, axis=X) | np.diagonal(a, 0, 0, X) | a.trace(0, X, 0) | np.rot90(a, 1, (0, X))
np.unique(a, axis=X) | np.cross(a, a, axis=X) | np.cross(a, a, -1, X) | np.tensordot(a, a, axes=((0, X), (0, 1))) | np.apply_along_axis(along, X, a)
np.packbits(b, axis=X) | np.unpackbits(u, axis=X) | np.fft.fft(a, axis=X) | np.fft.irfft(a, axis=X) | np.fft.fft2(a, axes=(0, X)) | np.fft.fftshift(a, axes=X)
np.linalg.norm(a, axis=X) | np.linalg.norm(a, axis=(0, X)) | np.linalg.vector_norm(a, axis=X) | np.linalg.cross(a, a, axis=X) | np.vecdot(a, a, axis=X) | np.linspace(a, a, 3, axis=X)
np.add.reduce(a, axis=X) | np.add.accumulate(a, axis=X) | np.maximum.reduce(a, axis=X) | np.lib.stride_tricks.sliding_window_view(a, 1, axis=X)
np.polynomial.polynomial.polyder(a, axis=X) | np.polynomial.polynomial.polyint(a, axis=X)"""
AXES = """np.sum(a, axis=X) | a.mean(axis=X) | np.any(a, axis=X) | np.count_nonzero(a, axis=X) | np.nansum(a, axis=X) | np.nanmax(a, axis=X) | np.var(a, axis=X) | np.ptp(a, axis=X)
np.median(a, axis=X) | np.quantile(a, 0.5, axis=X) | np.nanmedian(a, axis=X) | np.average(a, axis=X) | np.flip(a, axis=X) | np.roll(a, 1, axis=X) | np.transpose(a, X)
np.moveaxis(a, X, (0, 1)) | np.moveaxis(a, (0, 1), X) | np.expand_dims(a, X) | np.squeeze(a, axis=X) | np.linalg.vector_norm(a, axis=X)
np.fft.fftshift(a, axes=X) | np.rot90(a, 1, X) | np.add.reduce(a, axis=X) | np.gradient(a, axis=X)
np.lib.stride_tricks.sliding_window_view(a, (1, 1), axis=X)"""
VALUES = """np.zeros(3, order="X") | np.zeros(3, order="K") | np.ones((3, 2), order="A") | np.full((3, 2), 1.0, order="K") | np.zeros_like(a, order="X") | np.full_like(a, 1.0, order="X")
a.copy(order="X") | np.copy(a, order="X") | np.array(a, order="X") | np.asarray(a, order="Z") | a.flatten("Q") | np.ravel(a, "Q") | np.reshape(a, (3, 2), order="K") | a.reshape(-1, -1)
np.take(a, 0, mode="bad") | a.put(0, 1.0, mode="bad") | np.choose(p, (v[:2], v[:2]), mode="x") | np.take_along_axis(a, p, 0) | np.take_along_axis(a, i, None) | np.compress(b, a)
np.zeros(-1) | np.ones((2, -1)) | np.eye(-1) | np.repeat(v, -1) | np.tile(v, -1) | np.resize(v, -1) | np.linspace(0, 1, -1) | np.diff(a, n=-1) | np.histogram(v, bins=0)
np.pad(v, 1, mode="bad") | np.pad(v, -1) | np.convolve(v, v, mode="bad") | np.histogram(v, bins="bad") | np.quantile(v, 0.5, method="bad") | np.searchsorted(v, 1.0, side="bad")
np.split(v, 3) | np.array_split(v, 0) | np.bincount(p, minlength=-1) | np.roll(a, (1, 2), axis=(0, 1, 0)) | np.moveaxis(a, (0, 1), (0,)) | np.rot90(a, axes=(0, 0)) | np.stack(())
np.polyfit(v, v, -1) | np.polyint(v, -1) | np.vander(a) | np.diagonal(v) | np.trace(a, 0, 0, 0) | np.linalg.norm(a, "bad") | np.linalg.norm(a, 3) | np.linalg.norm(a, axis=(0, 0))
np.linalg.qr(a, mode="bad") | np.linalg.eigh(a, UPLO="X") | np.linalg.tensorinv(a, 0) | np.fft.fft(v, 0) | np.fft.fft(v, norm="bad") | np.meshgrid(v, v, indexing="zz")
np.unravel_index(9, (2, 3)) | np.unravel_index(5, (1 << 40, 1 << 40)) | np.ravel_multi_index((0, 1), (2, 3), mode="bad") | np.cov(v, ddof=1.5) | np.sort(a, kind="bad")
np.packbits(b, bitorder="bad") | np.unpackbits(u, bitorder="x") | np.unpackbits(u, count=-99) | np.trim_zeros(v, "x") | np.require(a, requirements="Z")
np.lib.stride_tricks.sliding_window_view(a, 1) | np.lib.stride_tricks.sliding_window_view(a, (1, 1), axis=0) | np.gradient(v, edge_order=5) | np.arange(0, 10, 0)
np.arange(0, 10, 0.0) | a.item(9) | np.nanmax(v[:0]) | np.nanmin(v[:0]) | np.cross(v, v) | np.tensordot(a, a, 5) | np.datetime64("2020-13-01") | np.datetime64("nonsense") | range(3, 0, 0)"""


def texts(table):
    return [text.strip() for line in table.splitlines() for text in line.split(" | ")]


def raises(text):
    """Compares what the program does with NumPy; whether it raises."""
    names = [name for name in ARGUMENTS if re.search(rf"(?<![\w.]){name}\b", text)]
    f = function(f"def f({', '.join(names)}): return {text}", along=SUM)
    arguments = [ARGUMENTS[name] for name in names]
    check(f, *arguments, text=True)
    return outcome(f, arguments)[0] == "raises"


@pytest.mark.parametrize("text", texts(ONE_AXIS))
def test_axis(text):
    assert any([raises(text.replace("X", axis)) for axis in ("5", "-4")])


@pytest.mark.parametrize("text", texts(AXES))
def test_axes(text):
    assert any([raises(text.replace("X", axes)) for axes in ("(0, 5)", "(0, 0)", "(1, -1)", "(-7, 1)")])


@pytest.mark.parametrize("text", texts(VALUES))
def test_value(text):
    assert raises(text)


def test_calls_that_are_not_reached():
    a = ARGUMENTS["a"]
    branch = function("""def f(a, k):
    if k:
        return np.sum(a, axis=5)
    return np.sum(a, axis=0)""")
    loop = function("""def f(a, k):
    total = 0.0
    for i in range(4):
        if i == k:
            total += np.take(a, 0, axis=9)[0]
        total += a[0, 1]
    return total""")
    endless = function("""def f(a, k):
    while k > 1:
        k -= 1
        x = a.copy(order="X")
    return k""")
    ternary = function("def f(a, k): return a.max(axis=3) if k else 2.0")
    within = function("""@njit
def g(a, k):
    if k:
        np.zeros(3, order="X")
    return np.mean(a)
def f(a, k): return g(a, k) + 1""")
    for f in (branch, loop, endless, ternary):
        for k in (0, 2, 9):
            check(f, a, k, text=True)
    assert within(a, 0) == np.mean(a) + 1
    with pytest.raises(ValueError, match="order must be one of"):
        within(a, 1)


def test_traceback_ends_at_the_call():
    f = function("""def f(a):
    b = a + 1
    return b.sum(axis=2)""")
    with pytest.raises(np.exceptions.AxisError) as info:
        f(ARGUMENTS["a"])
    assert (info.value.axis, info.value.ndim) == (2, 2) and info.traceback[-1].lineno + 1 == 3
