"""Compile time of each NumPy function: what its first call takes more than the first call of a function that does nothing."""

import tempfile
from pathlib import Path

from rows import Row, interleaved, new_process

#: Processor time of any one function, in milliseconds.
BAR = 100

#: Expressions of `a` (4 x 4 float64), `b` (likewise), `v` (12 float64), `n` (12 int64), `m` (12 bool), `z` (4 x 4 complex128), `t` (2 x 3 x 4 float64).
CALLS = """
np.sum(a) | np.sum(t, axis=(0, 2)) | np.prod(a, axis=0) | np.min(a) | np.max(a, axis=1) | np.mean(a, axis=0) | np.var(a, axis=1, ddof=1) | np.std(a)
np.median(v) | np.median(a, axis=0) | np.any(m) | np.all(a, axis=0) | np.argmin(v) | np.argmax(a, axis=1) | np.cumsum(v) | np.cumsum(a, axis=0) | np.cumprod(v)
np.ptp(a, axis=0) | np.count_nonzero(a) | np.nansum(a, axis=0) | np.nanmean(a, axis=1) | np.nanstd(a) | np.nanmedian(v) | np.nanmax(a) | np.nanargmin(v)
np.nancumsum(v) | np.percentile(v, 30) | np.percentile(a, 30, axis=0) | np.quantile(v, [0.2, 0.8]) | np.nanpercentile(v, 30) | np.nanquantile(a, 0.5, axis=1) | np.average(a, axis=0, weights=v[:4])
np.concatenate((a, b)) | np.stack((a, b), axis=1) | np.hstack((a, b)) | np.vstack((a, b)) | np.dstack((a, b)) | np.column_stack((v, n)) | np.block([[a, b], [b, a]]) | np.append(v, n)
np.split(v, 3) | np.array_split(v, 5) | np.hsplit(a, 2) | np.tile(a, (2, 3)) | np.repeat(v, 3) | np.repeat(a, 2, axis=1) | np.pad(a, 2) | np.pad(a, 1, mode="edge") | np.pad(a, 1, mode="mean") | np.pad(a, 1, mode="reflect")
np.meshgrid(v, n) | np.squeeze(t[:1], axis=0) | np.expand_dims(a, 1) | np.reshape(t, (6, 4)) | np.ravel(a.T) | a.flatten() | np.transpose(t, (2, 0, 1)) | np.swapaxes(t, 0, 2) | np.moveaxis(t, 0, 2) | np.rollaxis(t, 2)
np.broadcast_to(v, (3, 12)) | np.broadcast_arrays(v, v[:1]) | np.atleast_2d(v) | np.flip(a, axis=1) | np.fliplr(a) | np.rot90(a) | np.roll(v, 3) | np.roll(a, 1, axis=0) | np.resize(v, (3, 5)) | np.trim_zeros(v)
a @ b | np.dot(a, v[:4]) | np.vdot(v, v) | np.inner(a, b) | np.outer(v, n) | np.matmul(t, a) | np.tensordot(t, a, axes=1) | np.kron(a, b) | np.einsum("ij,jk->ik", a, b) | np.einsum("ijk,kl,il->j", t, a, a[:2]) | np.cross(a[:, :3], b[:, :3])
np.trace(a) | np.diag(a) | np.diag(v) | np.diagonal(a) | np.tril(a) | np.triu(a) | np.tri(4) | np.vander(v, 3) | np.fill_diagonal(a.copy(), 1) | np.diag_indices(4) | np.tril_indices(4) | np.triu_indices_from(a) | np.eye(4) | np.identity(3)
np.linalg.solve(a, b) | np.linalg.inv(a) | np.linalg.det(a) | np.linalg.slogdet(a) | np.linalg.cholesky(a @ a.T + np.eye(4) * 9) | np.linalg.qr(a) | np.linalg.svd(a) | np.linalg.eig(a) | np.linalg.eigh(a + a.T) | np.linalg.eigvals(a) | np.linalg.eigvalsh(a + a.T)
np.linalg.lstsq(a, b) | np.linalg.pinv(a) | np.linalg.matrix_rank(a) | np.linalg.matrix_power(a, 3) | np.linalg.cond(a) | np.linalg.norm(a) | np.linalg.norm(a, 2) | np.linalg.norm(a, axis=1) | np.linalg.multi_dot((a, b, a)) | np.linalg.tensorinv(a.reshape(2, 2, 2, 2))
np.sort(v) | np.sort(a, axis=0) | np.argsort(v) | np.argsort(a, axis=0) | np.partition(v, 3) | np.argpartition(v, 3) | np.searchsorted(v, v) | np.nonzero(a) | np.argwhere(a) | np.flatnonzero(v) | np.extract(m, v) | np.lexsort((v, n)) | np.sort_complex(z)
np.select([m, n > 3], [v, -v], 0.5) | np.unique(n) | np.unique(n, return_index=True, return_inverse=True, return_counts=True) | np.unique(a, axis=0) | np.union1d(v, n) | np.intersect1d(v, n) | np.setdiff1d(v, n) | np.setxor1d(v, n) | np.isin(n, n[:3])
np.bincount(n) | np.bincount(n, weights=v) | np.histogram(v, 5) | np.histogram(v, v[:4].cumsum()) | np.histogram2d(v, v, 4) | np.histogramdd((v, v), 2) | np.digitize(v, v[:4].cumsum()) | np.histogram_bin_edges(v, 5)
np.interp(v, v.cumsum(), v) | np.convolve(v, v[:3]) | np.correlate(v, v[:3], mode="full") | np.cov(a) | np.cov(v, n) | np.corrcoef(a) | np.trapezoid(v) | np.diff(v) | np.diff(a, 2, axis=0) | np.ediff1d(v) | np.gradient(v) | np.gradient(a) | np.gradient(a, 0.5, v[:4].cumsum())
np.clip(a, 0.2, 0.8) | np.round(a, 2) | np.isclose(a, b) | np.allclose(a, b) | np.array_equal(a, b) | np.array_equiv(a, b) | np.nan_to_num(a) | np.where(m, v, 0.0) | np.where(m) | np.unwrap(v) | np.angle(z) | np.i0(v) | np.sinc(v) | np.heaviside(v, 0.5)
np.take(v, n) | np.take(a, n[:2] % 4, axis=1) | np.take_along_axis(a, np.argsort(a, axis=1), axis=1) | np.put(v.copy(), n, 0.0) | np.put_along_axis(a.copy(), np.argsort(a, axis=1), 0.0, axis=1) | np.choose(n % 2, (v, -v)) | np.compress(m, v) | np.place(v.copy(), m, v) | np.copyto(v.copy(), n) | np.putmask(v.copy(), m, n)
np.delete(v, 3) | np.delete(a, 1, axis=0) | np.insert(v, 3, 0.5) | np.insert(a, 1, 0.5, axis=1) | np.lib.stride_tricks.sliding_window_view(v, 3) | np.lib.stride_tricks.as_strided(v, (3, 3), (8, 8)) | v[m] | a[n[:3] % 4, n[:3] % 4] | np.ix_(n, n) | np.indices((3, 4)) | np.unravel_index(n, (4, 5)) | np.ravel_multi_index((n % 4, n % 3), (4, 5))
np.linspace(0, 1, 10) | np.linspace(v, 2 * v, 5) | np.logspace(0, 1, 10) | np.geomspace(1, 10, 5) | np.arange(0, 5, 0.5) | np.full((3, 4), 0.5) | np.zeros_like(a) | np.ones(5) | np.array([[1, 2], [3, 4]]) | np.asarray(v) | np.frombuffer(v, dtype=np.int64) | np.copy(a)
np.hamming(10) | np.kaiser(10, 5.0) | np.bartlett(10) | np.poly(v[:3]) | np.polyval(v[:3], v) | np.polyfit(v, v, 2) | np.roots(v[:4]) | np.polymul(v, v) | np.polydiv(v[:5], v[:2]) | np.polyder(v) | np.polyint(v) | np.polynomial.polynomial.polyval(v, v[:3]) | np.polynomial.polynomial.polyroots(v[:4])
np.fft.fft(v) | np.fft.ifft(z) | np.fft.rfft(v) | np.fft.irfft(v) | np.fft.fft2(a) | np.fft.fftn(t) | np.fft.rfft2(a) | np.fft.hfft(v) | np.fft.fftfreq(10) | np.fft.fftshift(v)
np.random.random(10) | np.random.normal(0, 1, 10) | np.random.randint(0, 10, 10) | np.random.permutation(v) | np.random.shuffle(v.copy()) | np.random.choice(v, 5) | np.random.multivariate_normal(v[:4], a @ a.T, 3) | np.random.dirichlet(v[:3] + 1, 2) | np.random.multinomial(10, v[:3] / 100) | np.random.gamma(2.0, 1.0, 5) | np.random.binomial(10, 0.5, 5)
np.add(a, b) | np.divmod(a, b) | np.hypot(a, b) | np.sin(a) | np.exp(z) | np.power(a, b) | np.floor_divide(n, 3) | np.gcd(n, 6) | np.bitwise_count(n) | np.packbits(m) | np.unpackbits(n.view(np.uint8)) | np.add.accumulate(a) | np.add.reduceat(v, n[:3]) | np.multiply.outer(v, v) | np.modf(a) | np.frexp(a) | np.spacing(v)
np.apply_along_axis(np.sum, 0, a) | np.piecewise(v, [v < 0.5, v >= 0.5], [-1.0, 1.0])
"""

PROGRAM = """
import importlib.util, json, resource, sys
import numpy as np
specification = importlib.util.spec_from_file_location("calls", sys.argv[1])
calls = importlib.util.module_from_spec(specification)
specification.loader.exec_module(calls)
rng = np.random.default_rng(1)
given = (rng.random((4, 4)), rng.random((4, 4)), rng.random(12), rng.integers(0, 9, 12), rng.random(12) < 0.5, rng.random((4, 4)) + 1j, rng.random((2, 3, 4)))

def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime

times = {}
for number, function in enumerate([calls.nothing, calls.nothing_more, *calls.functions]):
    start = processor_time()
    function(*given)
    first = processor_time() - start
    start = processor_time()
    function(*given)
    times[number - 2] = (first - (processor_time() - start)) * 1e3
base = times.pop(-1)
times.pop(-2)
print(json.dumps({number: time - base for number, time in times.items()}))
"""


def expressions():
    return [call.strip() for line in CALLS.strip().splitlines() for call in line.split("|")]


def module_text():
    """A module with a function for each expression."""
    head = "import numpy as np\nfrom zouk import njit\n"
    bodies = [("nothing", "None"), ("nothing_more", "None")] + [(f"call{i}", expression) for i, expression in enumerate(expressions())]
    text = [f"\n@njit\ndef {name}(a, b, v, n, m, z, t):\n    return {body}\n" for name, body in bodies]
    names = ", ".join(name for name, _ in bodies[2:])
    return head + "".join(text) + f"\nfunctions = [{names}]\n"


def compile_times(repetitions, with_numba):
    """One row for all functions within the bar, and one for each that is not."""
    calls = expressions()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "calls.py"
        path.write_text(module_text())
        # The kernels of matrix products are compiled once for the machine: the first process leaves them in the cache.
        times = interleaved(["zouk"], lambda _: new_process(PROGRAM, path, cache=folder), max(2, min(3, repetitions)))["zouk"]
    slow = {calls[int(i)]: time for i, time in times.items() if time > BAR}
    ordered = sorted(times.values())
    shown = f"median {ordered[len(ordered) // 2]:.0f} ms"
    yield Row(f"{len(calls)} library functions, the slowest", ordered[-1], BAR, "ms of processor time", zouk=shown)
    for call, time in sorted(slow.items(), key=lambda item: -item[1]):
        yield Row(f"  {call}", time, BAR, "ms of processor time")
