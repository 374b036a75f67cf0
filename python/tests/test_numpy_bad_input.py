"""Wrong shapes, axes, sizes and values: the class and the text of NumPy's exception, and nothing kept of the arrays on the way."""

import gc
import re

import numpy as np
import pytest
from lang_support import check, function

ARGUMENTS = {
    "a": np.arange(12.0).reshape(3, 4),
    "v": np.arange(3.0),
    "e": np.empty(0),
    "s": np.zeros((3, 3)),
    "w": np.array([1, np.nan, 0.0]),
    "i": np.array([5, 1]),
    "k": 5,
    "n": -1,
    "big": 1 << 62,
}
RAISES = """a + v | a + a[:2] | a @ v | a @ a | np.dot(a, a) | np.concatenate((a, a[:, :3])) | np.stack((a, a[:2])) | np.where(v > 1, a, a) | np.clip(v, a, a)
np.sum(a, axis=k) | np.max(a, axis=k) | np.cumsum(a, axis=k) | np.concatenate((a, a), axis=k) | np.stack((a, a), axis=k) | np.roll(a, 1, axis=k)
np.sum(a, axis=5) | np.sum(a, axis=-4) | a.mean(2) | np.max(a, axis=(0, 5)) | np.max(a, axis=(0, 0)) | np.sum(a, axis=(0, -2)) | np.std(a, axis=3) | np.argmin(a, axis=4)
np.any(a, axis=9) | np.nansum(a, axis=7) | np.count_nonzero(a, axis=7) | np.ptp(a, axis=7) | np.average(a, axis=7) | np.median(a, axis=7) | np.cumprod(a, 3) | np.sort(a, axis=7)
np.take(a, i, axis=7) | np.take_along_axis(a, a.astype(np.int64), axis=7) | np.compress(v > 1, a, axis=7) | np.trapezoid(a, axis=7) | np.split(a, 2, axis=7) | np.tensordot(a, a, axes=5)
np.add.reduce(a, axis=7) | np.cross(a[:, :3], a[:, :3], axis=5) | np.flip(a, 7) | np.expand_dims(a, 7) | np.transpose(a, (0, 7)) | np.concatenate((a, a), axis=7) | np.reshape(a, (5, -5))
np.linalg.inv(s) | np.linalg.solve(s, v) | np.linalg.cholesky(s - 1) | np.linalg.inv(a)
np.max(e) | np.min(a[:0], axis=0) | np.argmax(e) | np.argmin(a[:0]) | np.fft.fft(e) | np.interp(v, e, e)
np.zeros(big) | np.zeros((big, big)) | np.empty((big, 4)) | np.zeros(n) | np.ones((3, n)) | np.full(n, 1.0) | np.linspace(0, 1, n) | np.eye(n) | np.arange(0, 1e300)
a.reshape(5, -1) | a.reshape(7) | a[i] | a[:, i] | np.take(v, i) | v[k] | a[0, k] | np.squeeze(a, axis=0) | np.split(v, 2) | np.broadcast_to(v, (2,))
np.histogram(v, bins=n) | np.histogram(v, bins=v[::-1]) | np.bincount(i - 3) | np.percentile(v, 101 + k) | np.quantile(v, k) | np.partition(v, k + 2)
np.random.randint(k, n) | np.random.normal(0.0, n) | np.random.binomial(n, 0.5) | np.average(v, weights=v * 0) | np.searchsorted(a, 3)
np.insert(v, k + 4, 1.0) | np.delete(v, k + 4) | np.unravel_index(k * 20, (3, 4)) | np.array([1], np.uint8) + (k + 300) | np.power(i, n)"""


def program(text):
    names = [name for name in ARGUMENTS if re.search(rf"(?<![\w.]){name}\b", text)]
    return function(f"def f({', '.join(names)}): return {text}"), [ARGUMENTS[name] for name in names]


@pytest.mark.parametrize("text", [t.strip() for line in RAISES.splitlines() for t in line.split(" | ")])
def test_raises(text):
    f, arguments = program(text)
    with np.errstate(all="ignore"), pytest.raises(Exception):
        f.py_func(*arguments)
    check(f, *arguments, text=True)


@pytest.mark.parametrize("text", ["np.argmax(w)", "np.argmin(w)", "np.sort(w)", "np.argsort(w)", "np.max(w)", "np.digitize(w, w[:2])", "np.digitize(v, w[:2])", "i // 0.0"])
def test_not_a_number(text):
    f, arguments = program(text)
    check(f, *arguments)


def test_nothing_is_kept():
    """The block of an array on the way is given back when what follows raises: memory does not grow."""
    f = function(
        """def f(a, k):
    t = a * 2 + 1
    u = t[::-1] * t
    return np.sum(u, axis=k) + u[k]"""
    )
    a = np.ones(200_000)

    def resident():
        gc.collect()
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1])

    def fail(times):
        for _ in range(times):
            with pytest.raises(np.exceptions.AxisError):
                f(a, 5)

    fail(20)
    before = resident()
    fail(200)
    # 200 arrays of 1.6 MB would be 80,000 pages.
    assert resident() - before < 10_000
