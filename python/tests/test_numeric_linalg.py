"""The runtime's linear algebra against NumPy. What LAPACK leaves open, signs and order of vectors, is compared by what they are vectors of."""

import numpy as np
import pytest
from numeric_support import BAD_ARGUMENT, FINE, NO_CONVERGENCE, UNDEFINED, kernel

RANDOM = np.random.default_rng(8)
DTYPES = [np.float32, np.float64, np.complex64, np.complex128]
SIZES = [0, 1, 2, 3, 4, 5, 10, 31, 64, 150]
SHAPES = [(0, 0), (0, 3), (3, 0), (1, 1), (1, 4), (4, 1), (3, 3), (5, 3), (3, 5), (33, 32), (64, 64), (70, 20), (20, 70), (150, 130), (90, 140)]
by_dtype = pytest.mark.parametrize("dtype", DTYPES, ids=lambda dtype: np.dtype(dtype).name)


def matrix(m, n, dtype):
    values = RANDOM.normal(size=(m, n, 2)).astype(real(dtype))
    return np.ascontiguousarray(values[..., 0]) if np.dtype(dtype).kind == "f" else values.view(dtype).reshape(m, n)


def real(dtype):
    return np.empty(0, dtype).real.dtype


def empty(shape, dtype):
    return np.full(shape, np.nan, dtype)


def close(got, expected, slack=1.0):
    """Within some units of the largest value."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape and got.dtype == expected.dtype
    size = max(1, *got.shape) if got.ndim else 1
    limit = 60 * slack * size * np.finfo(got.dtype).eps * max(1e-30, np.abs(expected).max(initial=0))
    assert np.abs(got - expected).max(initial=0) <= limit, (np.abs(got - expected).max(), limit)


@by_dtype
@pytest.mark.parametrize("n", SIZES)
def test_systems_inverses_and_determinants(n, dtype):
    a, b = matrix(n, n, dtype), matrix(n, 3, dtype)
    condition = np.linalg.cond(a) if n else 1
    x, inverse, det, sign, log = empty((n, 3), dtype), empty((n, n), dtype), empty((), dtype), empty((), dtype), empty((), real(dtype))
    assert kernel("solve", dtype, a, n, b, 3, x) == FINE
    close(x, np.linalg.solve(a, b), condition)
    assert kernel("inv", dtype, a, n, inverse) == FINE
    close(inverse, np.linalg.inv(a), condition)
    assert kernel("slogdet", dtype, a, n, sign, log) == FINE
    close(sign, np.linalg.slogdet(a).sign, condition)
    close(log, np.linalg.slogdet(a).logabsdet, condition)
    assert kernel("det", dtype, a, n, det) == FINE
    with np.errstate(over="ignore"):
        expected = np.linalg.det(a)
    close(det, expected, condition) if np.isfinite(expected) else None


@by_dtype
def test_singular_matrices(dtype):
    singular = [np.zeros((1, 1)), np.zeros((3, 3)), np.ones((4, 4)), [[1, 2], [2, 4]], np.diag([1, 2, 0, 3]), np.diag(np.arange(100)), np.ones((70, 70))]
    for a in singular:
        a = np.array(a, dtype)
        n = len(a)
        out, det, sign, log = empty((n, n), dtype), empty((), dtype), empty((), dtype), empty((), real(dtype))
        assert kernel("solve", dtype, a, n, a, n, out) == UNDEFINED
        assert kernel("inv", dtype, a, n, out) == UNDEFINED
        assert kernel("det", dtype, a, n, det) == FINE and det == np.linalg.det(a) == 0
        assert kernel("slogdet", dtype, a, n, sign, log) == FINE and (sign, log) == np.linalg.slogdet(a) == (0, -np.inf)


@by_dtype
def test_determinants_whose_parts_overflow(dtype):
    big = np.finfo(dtype).max / 4
    for diagonal in ([big, big, 1 / big, 1 / big], [1 / big, 1 / big, big, big], [big, big], [-1 / big, 1 / big]):
        a, det = np.diag(np.array(diagonal, dtype)), empty((), dtype)
        assert kernel("det", dtype, a, len(a), det) == FINE
        with np.errstate(all="ignore"):
            expected = np.linalg.det(a)
        assert np.allclose(det, expected, rtol=1e-3, atol=0, equal_nan=True) or np.isinf(abs(expected)) and not np.isfinite(det)


@by_dtype
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("upper", [False, True])
def test_cholesky(n, dtype, upper):
    a = matrix(n, n, dtype)
    a = a @ a.conj().T + np.eye(n, dtype=dtype)
    expected, out = np.linalg.cholesky(a, upper=upper), empty((n, n), dtype)
    # The other triangle does not count.
    given = np.ascontiguousarray(np.triu(a) if upper else np.tril(a)) + (np.tril if upper else np.triu)(matrix(n, n, dtype), -1 if upper else 1)
    assert kernel("cholesky", dtype, given, n, int(upper), out) == FINE
    close(out, expected)
    assert not (np.tril(out, -1) if upper else np.triu(out, 1)).any()


@by_dtype
def test_matrices_that_are_not_positive_definite(dtype):
    for a in ([[0]], [[-1]], [[1, 2], [2, 1]], [[1, 0], [0, 0]], np.diag([1] * 99 + [-1]), np.diag([1, 2, -3, 4])):
        a = np.array(a, dtype)
        for upper in (0, 1):
            assert kernel("cholesky", dtype, a, len(a), upper, empty(a.shape, dtype)) == UNDEFINED


@by_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_qr(shape, dtype):
    m, n = shape
    full, deficient = matrix(m, n, dtype), np.zeros(shape, dtype)
    deficient[:, ::2] = 1
    for a in (full, deficient, np.eye(m, n, dtype=dtype), -np.eye(m, n, dtype=dtype)):
        for mode, columns in (("reduced", min(m, n)), ("complete", m)):
            expected_q, expected_r = np.linalg.qr(a, mode)
            q, r = empty((m, columns), dtype), empty((columns, n), dtype)
            assert kernel("qr", dtype, a, m, n, columns, q, r) == FINE
            close(q @ r, a)
            close(q.conj().T @ q, np.eye(columns, dtype=dtype))
            assert not np.tril(r, -1).any()
            if a is not deficient:
                close(q, expected_q, np.linalg.cond(a) if min(m, n) else 1)
                close(r, expected_r)
        r = empty((min(m, n), n), dtype)
        assert kernel("qr", dtype, a, m, n, 0, None, r) == FINE
        close(r, np.linalg.qr(a, "r")) if a is not deficient else None
    h, tau = empty((n, m), dtype), empty(min(m, n), dtype)
    assert kernel("qr_raw", dtype, full, m, n, h, tau) == FINE
    expected_h, expected_tau = np.linalg.qr(full, "raw")
    close(h, expected_h, 10)
    close(tau, expected_tau, 10)


@by_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_singular_values(shape, dtype):
    m, n = shape
    k = min(m, n)
    for a in (matrix(m, n, dtype), np.ones(shape, dtype), np.zeros(shape, dtype), np.eye(m, n, dtype=dtype)):
        expected = np.linalg.svd(a, compute_uv=False)
        for full in (0, 1):
            u, s, vh = empty((m, m if full else k), dtype), empty(k, real(dtype)), empty((n if full else k, n), dtype)
            assert kernel("svd", dtype, a, m, n, full, u, s, vh) == FINE
            close(s, expected)
            close((u[:, :k] * s) @ vh[:k], a)
            close(u.conj().T @ u, np.eye(u.shape[1], dtype=dtype))
            close(vh @ vh.conj().T, np.eye(len(vh), dtype=dtype))
        s = empty(k, real(dtype))
        assert kernel("svdvals", dtype, a, m, n, s) == FINE
        close(s, expected)


@by_dtype
@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("rcond", [-1.0, 1e-3, 0.5])
def test_least_squares(shape, dtype, rcond):
    m, n = shape
    for a in (matrix(m, n, dtype), np.ones(shape, dtype)):
        b = matrix(m, 2, dtype)
        expected = np.linalg.lstsq(a, b, rcond)
        x, residuals, rank, s = empty((n, 2), dtype), empty(2, real(dtype)), np.array(-1), empty(min(m, n), real(dtype))
        assert kernel("lstsq", dtype, a, m, n, b, 2, rcond, x, residuals, rank, s) == FINE
        close(s, expected[3])
        if rank != expected[2]:
            # Of a matrix of ones the smallest singular values are noise.
            assert rcond == -1.0 and np.ptp(a.real) == 0
            continue
        close(x, expected[0], 20 * (s[0] / s[rank - 1] if rank else 1))
        if len(expected[1]):
            close(residuals, expected[1], 20)


def vectors_are_right(a, w, v, slack=1):
    size = np.abs(a).max(initial=1) * len(a)
    assert np.abs(a @ v - v * w).max(initial=0) <= 60 * slack * size * np.finfo(v.dtype).eps


@by_dtype
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("upper", [0, 1])
def test_symmetric_eigenvalues(n, dtype, upper):
    given = matrix(n, n, dtype)
    triangle = np.triu(given) if upper else np.tril(given)
    whole = triangle + triangle.conj().T
    np.fill_diagonal(whole, np.diag(given).real)
    w, v, only = empty(n, real(dtype)), empty((n, n), dtype), empty(n, real(dtype))
    assert kernel("eigh", dtype, given, n, upper, w, v) == FINE
    assert kernel("eigh", dtype, given, n, upper, only, None) == FINE
    expected = np.linalg.eigvalsh(given, "U" if upper else "L")
    close(w, expected)
    close(only, expected)
    close(v.conj().T @ v, np.eye(n, dtype=dtype))
    vectors_are_right(whole, w, v)


def matched(got, expected):
    """The values of two sets, each with the nearest of the other."""
    rest = list(expected)
    for value in got:
        rest.pop(int(np.argmin(np.abs(np.array(rest) - value)))) if rest else None
    return not rest and len(got) == len(expected) and all(np.abs(expected - value).min() <= 2e-3 * max(1, np.abs(expected).max()) for value in got)


@by_dtype
@pytest.mark.parametrize("n", SIZES)
def test_eigenvalues(n, dtype):
    rotation = np.kron(np.eye(n // 2, dtype=dtype), np.array([[0, -2], [2, 0]], dtype))
    symmetric = matrix(n, n, dtype)
    symmetric = symmetric + symmetric.conj().T
    for a in (matrix(n, n, dtype), np.triu(matrix(n, n, dtype)), symmetric, np.eye(n, dtype=dtype), np.zeros((n, n), dtype), rotation):
        size, kind = len(a), np.result_type(dtype, np.complex64)
        w, v, only = empty(size, kind), empty((size, size), kind), empty(size, kind)
        assert kernel("eig", dtype, a, size, w, v) == FINE
        assert kernel("eig", dtype, a, size, only, None) == FINE
        assert matched(w, np.linalg.eigvals(a)) and matched(only, np.linalg.eigvals(a))
        slack = 1e3 if a is not symmetric else 10
        vectors_are_right(a, w, v, slack)
        assert np.allclose(np.linalg.norm(v, axis=0), 1, atol=1e-5)
        if np.dtype(dtype).kind == "f":
            pairs = np.flatnonzero(w.imag)
            assert (w[pairs[::2]].imag > 0).all() and np.array_equal(w[pairs[::2]].conj(), w[pairs[1::2]])
            assert np.array_equal(v[:, pairs[::2]].conj(), v[:, pairs[1::2]]) and not v[:, w.imag == 0].imag.any()
        for column in v.T[w.imag != 0] if np.dtype(dtype).kind == "f" else v.T:
            assert column[np.argmax(np.abs(column))].imag == 0 or (np.abs(column) >= np.abs(column).max() * (1 - 1e-5)).sum() > 1


@by_dtype
@pytest.mark.parametrize("value", [np.nan, np.inf])
@pytest.mark.parametrize("n", [1, 2, 5, 40])
def test_values_that_are_not_finite(n, dtype, value):
    a = np.eye(n, dtype=dtype)
    a[n - 1, 0] = value
    square, values, complex_ = (lambda: empty((n, n), dtype)), empty(n, real(dtype)), np.result_type(dtype, np.complex64)
    assert kernel("eig", dtype, a, n, empty(n, complex_), empty((n, n), complex_)) == UNDEFINED
    expected = NO_CONVERGENCE if np.isnan(value) else FINE
    assert kernel("svd", dtype, a, n, n, 1, square(), values, square()) == expected
    assert kernel("svdvals", dtype, a, n, n, values) == expected and np.isnan(values).all()
    assert kernel("lstsq", dtype, a, n, n, a, n, -1.0, square(), values, np.array(0), values) == NO_CONVERGENCE
    assert kernel("eigh", dtype, a, n, 0, values, square()) == FINE and np.isnan(values).all()
    out = square()
    try:
        np.linalg.inv(a)
        expected = FINE
    except np.linalg.LinAlgError:
        expected = UNDEFINED
    assert kernel("solve", dtype, a, n, a, n, out) == expected and kernel("inv", dtype, a, n, out) == expected
    assert kernel("cholesky", dtype, a, n, 0, out) in (FINE, UNDEFINED)
    assert kernel("qr", dtype, a, n, n, n, out, square()) == FINE and np.isnan(out).any()


def test_bad_arguments():
    a = np.eye(2)
    for n in (-1, 2**62):
        assert kernel("solve", float, a, n, a, 2, a) == BAD_ARGUMENT
        assert kernel("inv", float, a, n, a) == BAD_ARGUMENT
        assert kernel("eigh", float, a, n, 0, a, a) == BAD_ARGUMENT
        assert kernel("qr", float, a, n, 2, 2, a, a) == BAD_ARGUMENT
        assert kernel("svd", float, a, 2, n, 1, a, a, a) == BAD_ARGUMENT
    for columns in (1, 3, -1):
        assert kernel("qr", float, a, 2, 2, columns, a, a) == BAD_ARGUMENT
