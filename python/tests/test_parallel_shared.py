"""Functions of the library in parallel loops, on arrays that all iterations read."""

import numpy as np
import pytest

import zouk
from zouk import njit, prange

RNG = np.random.default_rng(4)
X = np.sort(RNG.random(10))
Y = RNG.random(10)
V = RNG.random(16)
M = RNG.random((4, 4)) + np.eye(4) * 3
K = RNG.integers(0, 6, 10)

CALLS = """
np.searchsorted(x, x * v[i]).sum()
np.percentile(x, 40 * v[i])
np.quantile(x, v[i])
np.argsort(x)[i % 5]
np.sort(x)[i % 5]
np.median(x - v[i])
np.median(x)
np.unique(x)[0]
np.partition(x, 3)[3]
np.argpartition(x, 3)[3]
np.histogram(x, 3)[0][0]
np.bincount(k)[1]
np.digitize(v[i], x)
np.interp(v[i], x, y)
np.linalg.solve(m, v[:4] * v[i])[1]
np.linalg.inv(m)[1, 0]
np.linalg.det(m)
np.linalg.slogdet(m)[1]
np.linalg.cholesky(m @ m.T)[1, 0]
np.linalg.svd(m)[1][0]
np.linalg.eigh(m + m.T)[0][0]
np.linalg.eigvals(m + m.T)[0].real
np.linalg.qr(m)[1][0, 0]
np.linalg.lstsq(m, v[:4])[0][1]
np.linalg.pinv(m)[0, 1]
np.linalg.norm(m)
np.linalg.norm(m, 2)
np.linalg.matrix_rank(m)
np.linalg.matrix_power(m, 3)[0, 1]
np.linalg.cond(m)
(m @ m)[0, 1]
np.dot(m, v[:4])[1]
m.T.reshape(-1)[i % 5]
np.reshape(m, (2, 8))[1, 1]
np.fft.fft(x)[1].real
np.fft.rfft(x)[1].real
np.convolve(x, y)[i % 4]
np.correlate(x, y)[0]
np.cov(m)[0, 1]
np.corrcoef(m)[0, 1]
np.einsum("ij,jk->ik", m, m)[1, 0]
np.tensordot(m, m)
np.kron(m, m)[0, 1]
np.cumsum(x)[i % 5]
np.std(m, axis=0)[1]
np.concatenate((x, y))[i]
np.polyfit(x, y, 2)[0]
np.polyval(y[:3], v[i])
np.roots(y[:3])[0].real
np.trapezoid(y, x)
np.gradient(x)[1]
np.diff(x)[1]
np.isin(k, k[:3]).sum()
np.intersect1d(k, k[:3])[0]
np.lexsort((k, x))[1]
np.take(x, k)[i % 4]
np.nonzero(k)[0][1]
np.where(x > v[i], x, y).sum()
np.clip(x, v[i], 1.0).sum()
np.roll(x, i)[0]
np.tile(x, 2)[i]
np.repeat(x, 2)[i]
np.pad(x, 4)[i]
np.random.permutation(x).sum()
np.flip(x)[i % 3]
np.nanmedian(x)
np.average(x, weights=y)
np.select([x > 0.5, x < 0.2], [x, y], 0.0).sum()
np.meshgrid(x, y)[0][0, 1]
np.unwrap(x)[2]
x.copy()[1]
np.linalg.eig(m + m.T)[0][0].real
np.vander(x[:3], 3)[1, 0]
np.outer(x, y)[1, 2]
np.cross(x[:3], y[:3])[1]
np.triu(m)[0, 1]
np.trace(m)
np.argmax(x)
np.nanargmin(x)
np.ptp(x)
np.count_nonzero(k)
np.allclose(x, y)
np.array_equal(x, y)
np.append(x, y)[i]
np.delete(x, 1)[1]
np.insert(x, 1, v[i])[1]
np.apply_along_axis(np.sum, 0, m)[1]
np.lib.stride_tricks.sliding_window_view(x, 3)[1].sum()
"""


@pytest.mark.parametrize("call", CALLS.strip().splitlines())
def test_calls(call):
    names = {"np": np, "prange": prange}
    exec(f"def f(x, y, v, m, k):\n    out = np.zeros(len(v))\n    for i in prange(len(v)):\n        out[i] = {call}\n    return out", names)
    f = njit(parallel=True)(names["f"])
    np.testing.assert_allclose(f(X, Y, V, M, K), names["f"](X, Y, V, M, K), rtol=1e-9)
    loops = [remark["status"] for remark in f.get_metadata(f.signatures[0])["parallel"] if remark["kind"] == "prange"]
    assert loops == ["parallel"]


def results_of_their_own(a, b):
    out = np.empty((len(b), a.shape[0]))
    for i in prange(len(b)):
        out[i] = np.linalg.solve(a, b[i])
    return out


def products_into_rows(a, b):
    out = np.empty((len(b), a.shape[0]))
    for i in prange(len(b)):
        np.dot(a, b[i], out=out[i])
    return out


def layers(a, b):
    out = np.zeros(len(b))
    for i in prange(len(b)):
        hidden = np.maximum(a @ b[i], 0.0)
        out[i] = (a.T @ hidden)[0]
    return out


def blocks_of_products(a, b):
    out = np.empty((3, len(b), a.shape[0]))
    for i in prange(3):
        out[i] = (b * (i + 1)) @ a
    return out


@pytest.mark.parametrize("function", [results_of_their_own, products_into_rows, layers, blocks_of_products])
def test_linear_algebra_of_a_shared_matrix(function):
    f = njit(parallel=True)(function)
    b = RNG.random((9, 4))
    np.testing.assert_allclose(f(M, b), function(M, b), rtol=1e-9)


def product_into_one(a, b):
    out = np.zeros(a.shape[0])
    for i in prange(len(b)):
        np.dot(a, b[i], out=out)
    return out


def sorted_by_all(a, b):
    for i in prange(len(b)):
        a[0].sort()
    return a


@pytest.mark.parametrize("function", [product_into_one, sorted_by_all])
def test_what_all_iterations_write_is_refused(function):
    with pytest.raises(zouk.ParallelError, match="write what may be the same element"):
        njit(parallel=True)(function)(M.copy(), RNG.random((9, 4)))
