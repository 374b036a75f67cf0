"""`out=` that overlaps what is read: the result is as if all had been read before."""

import numpy as np
import pytest
from lang_support import function

# Functions of a square matrix `m`, another array `b` of its shape, and a complex matrix `c`.
EXPRESSIONS = [
    "np.cumsum(m[::-1], axis=0, out=m)",
    "np.cumsum(m[:3], axis=0, out=m[1:])",
    "np.cumsum(m[1:], axis=0, out=m[:3])",
    "np.cumsum(m, axis=1, out=m)",
    "np.cumsum(m.T, axis=1, out=m)",
    "np.cumsum(m, out=m.reshape(16))",
    "np.cumprod(m[::-1], axis=0, out=m)",
    "np.nancumsum(m[::-1], axis=0, out=m)",
    "np.cumulative_sum(m[:, ::-1], axis=1, out=m)",
    "np.add.accumulate(m[::-1], axis=0, out=m)",
    "np.maximum.accumulate(m[::-1], axis=0, out=m)",
    "np.add.reduceat(m[::-1], np.array([0, 2, 1, 3]), axis=0, out=m)",
    "np.add.reduce(m, axis=0, out=m[1])",
    "np.add.outer(m[0], m[1], out=m)",
    "np.dot(m, m, out=m)",
    "np.matmul(m.T, m, out=m)",
    "np.einsum('ij,jk->ik', m, m, out=m)",
    "np.einsum('ij->ji', m, out=m)",
    "np.outer(m[0], m[1], out=m)",
    "np.take(m, np.array([3, 2, 1, 0]), axis=0, out=m)",
    "np.compress(np.array([False, True, True, True]), m, axis=0, out=m[:3])",
    "np.choose(np.array([3, 2, 1, 0]), m, out=m[0])",
    "np.concatenate((m[2:], m[:2]), out=m)",
    "np.stack((m[1], m[0]), out=m[:2])",
    *(f"np.{name}(m, axis=0, out=m[1])" for name in ("sum", "prod", "mean", "std", "var", "max", "min", "median", "nansum", "nanmean", "nanmax")),
    "np.mean(m, axis=1, out=m[:, 2])",
    "np.quantile(m, np.array([0.1, 0.5]), axis=0, out=m[:2])",
    "np.clip(m[::-1], m, 2.0, out=m)",
    "np.round(m[::-1], 1, out=m)",
    "np.add(m[::-1], m.T, out=m)",
    "np.add(m[::-1], m.T, out=m, where=m.T > 0.5)",
    "np.divmod(m[::-1], m.T, out=(m, b))[0]",
    "np.modf(m[::-1], m, b)[0]",
    "np.fft.ifft(c[::-1], axis=0, out=c)",
]


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_out_that_overlaps(expression):
    f = function(f"def f(m, b, c):\n    return {expression}\n")

    def made():
        random = np.random.default_rng(1)
        return random.random((4, 4)) * 3, np.zeros((4, 4)), random.random((4, 4)) + 1j * random.random((4, 4))

    ours, theirs = made(), made()
    got, expected = f(*ours), f.py_func(*theirs)
    assert got.dtype == expected.dtype and got.shape == expected.shape
    np.testing.assert_allclose(got, expected, rtol=1e-13)
    for mine, other in zip(ours, theirs):
        np.testing.assert_allclose(mine, other, rtol=1e-13)
