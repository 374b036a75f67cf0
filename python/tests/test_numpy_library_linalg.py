"""numpy.linalg beside NumPy: values, dtypes, shapes, layouts, stacks, and what is refused."""

import numpy as np
import pytest
from lang_support import COMPLEX, SYSTEM_FLOATS, check, function, outcome
from linalg_support import DTYPES, close, layouts, linalg, matrix, tolerance

SOLVE = function("def f(a, b): return np.linalg.solve(a, b)")
LSTSQ = function("def f(a, b): return np.linalg.lstsq(a, b)")


@pytest.mark.parametrize("call", ["inv(a)", "det(a)", "slogdet(a)", "eigvalsh(a)", "eigvalsh(a, 'U')", "svd(a, compute_uv=False)", "matrix_rank(a)", "pinv(a)"])
def test_square(call):
    f = linalg(call)
    for dtype in DTYPES:
        a = matrix(dtype, 3, 3) if dtype is not np.bool_ else np.array([[True, True, False], [False, True, True], [True, True, True]])
        for x in layouts(a) if dtype is np.float64 else [a]:
            close(f, x)
        close(f, matrix(dtype, 1, 1))
        close(f, matrix(dtype, 0, 0) if "pinv" not in call else np.zeros((0, 0)))
    close(f, matrix(np.float64, 2, 3, 4, 4))
    close(f, matrix(np.complex64, 3, 2, 2)[::-1])


def test_solve():
    for dtype in DTYPES[:-1]:
        a = matrix(dtype, 3, 3)
        close(SOLVE, a, matrix(dtype, 3))
        for x in layouts(a)[: 4 if dtype is np.float32 else 1]:
            close(SOLVE, x, np.asfortranarray(matrix(dtype, 3, 2)))
    close(SOLVE, matrix(np.float32, 2, 2), matrix(np.int32, 2))
    close(SOLVE, matrix(np.complex64, 2, 2), matrix(np.float64, 2, 0))
    close(SOLVE, matrix(np.float64, 2, 3, 3), matrix(np.float64, 3, 2))
    close(SOLVE, matrix(np.float64, 3, 3), matrix(np.float64, 4, 3, 2))
    close(SOLVE, matrix(np.float64, 2, 1, 3, 3), matrix(np.float64, 4, 3, 2))
    close(SOLVE, matrix(np.float64, 2, 4, 3, 3), matrix(np.float64, 3))
    close(SOLVE, matrix(np.float64, 0, 0), matrix(np.float64, 0))


@pytest.mark.parametrize("call", ["inv(a)", "det(a)", "slogdet(a)", "cholesky(a)", "eigvals(a)", "eigvalsh(a)", "eigvalsh(a, UPLO='X')", "qr(a)", "qr(a, 'all')", "svd(a)", "matrix_power(a, 2)", "matrix_power(a, 1.5)", "pinv(a)", "cond(a)", "cond(a, 1)"])
def test_errors(call):
    f = linalg(call)
    check(f, np.ones(3), text=True)
    for a in (np.ones((2, 3)), np.zeros((2, 2))):
        if outcome(f.py_func, (a,))[0] == "raises":
            check(f, a, text=True)


def test_errors_of_two_arguments():
    check(SOLVE, np.zeros((2, 2)), np.ones(2), text=True)
    check(SOLVE, np.ones((2, 2)), np.ones(()), text=True)
    check(SOLVE, np.ones((2, 2)), np.ones(3), text=True)
    check(SOLVE, np.ones((2, 2)), np.ones((3, 1)), text=True)
    check(LSTSQ, np.ones(2), np.ones(2), text=True)
    check(LSTSQ, np.ones((2, 2)), np.ones(3), text=True)
    check(LSTSQ, np.ones((2, 2)), np.ones((2, 1, 1)), text=True)
    check(LSTSQ, np.array([[np.nan, 1], [1, 2.0]]), np.ones(2), text=True)
    check(linalg("eigvals(a)"), np.array([[np.nan, 1], [1, 2.0]]), text=True)
    check(linalg("svd(a)"), np.array([[np.nan, 1], [1, 2.0]]), text=True)
    check(linalg("cholesky(a)"), np.array([[1, 2], [2, 1.0]]), text=True)
    check(linalg("cond(a)"), np.zeros((0, 3)), text=True)
    check(linalg("matrix_rank(a, 0.1, rtol=0.1)"), np.ones((2, 2)), text=True)
    check(linalg("pinv(a, 0.1, rtol=0.1)"), np.ones((2, 2)), text=True)
    check(linalg("multi_dot((a,))"), np.ones((2, 2)), text=True)
    check(linalg("multi_dot((a, a, a))"), np.ones((2, 2, 2)), text=True)


def test_cholesky():
    for dtype in [*SYSTEM_FLOATS, *COMPLEX]:
        a = matrix(dtype, 4, 4)
        a = a @ a.conj().T + 9 * np.eye(4, dtype=dtype)
        for x in layouts(a)[:3]:
            close(linalg("cholesky(a)"), x)
        close(linalg("cholesky(a, upper=True)"), x)
        close(linalg("cholesky(a)"), np.stack([a, 2 * a]))
        close(linalg("cholesky(a)"), np.tril(a))
    close(linalg("cholesky(a)"), np.array([[2, 1], [1, 3]]))


@pytest.mark.parametrize("call", ["qr(a)", "qr(a, mode='complete')", "qr(a, 'r')", "qr(a, 'raw')"])
def test_qr(call):
    f = linalg(call)
    for dtype in DTYPES[:-1]:
        for shape in [(4, 4), (5, 3), (3, 5)]:
            for x in layouts(matrix(dtype, *shape))[:2]:
                close(f, x)
    for shape in [(0, 3), (3, 0), (1, 1), (2, 4, 2)]:
        close(f, matrix(np.float64, *shape))


@pytest.mark.parametrize("full", [True, False])
def test_svd(full):
    f = function("def f(a, full): return np.linalg.svd(a, full_matrices=full)")
    for dtype in [*SYSTEM_FLOATS, *COMPLEX, np.int32]:
        for shape in [(4, 4), (5, 3), (3, 5), (0, 2), (2, 4, 3)]:
            for a in layouts(matrix(dtype, *shape))[:2]:
                parts, expected = f(a, full), np.linalg.svd(a, full)
                rtol = tolerance(dtype)
                for mine, other in zip(parts, expected):
                    assert (mine.dtype, mine.shape) == (other.dtype, other.shape)
                u, s, vh = parts
                k = min(shape[-2:])
                assert np.allclose(s, expected[1], rtol, rtol)
                assert np.allclose((u[..., :k] * s[..., None, :]) @ vh[..., :k, :], a, rtol, rtol)
                assert np.allclose(np.swapaxes(u.conj(), -1, -2) @ u, np.eye(u.shape[-1]), rtol, rtol)
                assert np.allclose(vh @ np.swapaxes(vh.conj(), -1, -2), np.eye(vh.shape[-2]), rtol, rtol)


def test_eigh():
    for dtype in [*SYSTEM_FLOATS, *COMPLEX, np.int32]:
        for shape in [(4, 4), (1, 1), (0, 0), (2, 3, 3)]:
            for triangle in "LU":
                f = linalg(f"eigh(a, '{triangle}')")
                for a in layouts(matrix(dtype, *shape))[:2]:
                    (w, v), expected = f(a), np.linalg.eigh(a, triangle)
                    half = np.tril(a, -1) if triangle == "L" else np.triu(a, 1)
                    whole = half + np.swapaxes(half.conj(), -1, -2) + a.real * np.eye(shape[-1])
                    assert (w.dtype, v.dtype) == (expected[0].dtype, expected[1].dtype)
                    assert np.allclose(w, expected[0], tolerance(dtype), tolerance(dtype))
                    assert np.allclose(whole @ v, v * w[..., None, :], tolerance(dtype), tolerance(dtype) * 10)
    close(linalg("eigh(a)[0], np.linalg.eigvalsh(a)"), matrix(np.float64, 3, 3))


def test_eigenvalues_are_complex():
    for dtype in [*SYSTEM_FLOATS, *COMPLEX, np.int32]:
        kind = np.result_type(dtype, np.complex64) if dtype is not np.int32 else np.complex128
        for shape in [(4, 4), (1, 1), (0, 0), (2, 3, 3)]:
            for a in layouts(matrix(dtype, *shape))[:2]:
                w, v = linalg("eig(a)")(a)
                alone = linalg("eigvals(a)")(a)
                assert w.dtype == v.dtype == alone.dtype == kind and w.shape == a.shape[:-1] == alone.shape and v.shape == a.shape
                rtol = tolerance(dtype)
                assert np.allclose(a @ v, v * w[..., None, :], rtol, 10 * rtol)
                assert np.allclose(np.linalg.norm(v, axis=-2), 1, rtol)
                for values in (w, alone):
                    distances = np.abs(values[..., :, None] - np.linalg.eigvals(a)[..., None, :])
                    assert a.size == 0 or distances.min(axis=-1).max() < 100 * rtol and distances.min(axis=-2).max() < 100 * rtol


def test_lstsq():
    for dtype in [*SYSTEM_FLOATS, *COMPLEX, np.int32]:
        for shape in [(4, 4), (5, 3), (3, 5), (0, 2), (2, 0)]:
            a = matrix(dtype, *shape)
            close(LSTSQ, a, matrix(dtype, shape[0]), rtol=1e-4)
            for x in layouts(a)[1:2]:
                close(LSTSQ, x, np.asfortranarray(matrix(dtype, shape[0], 2)), rtol=1e-4)
        a = matrix(dtype, 5, 3)
        a[:, 2] = a[:, 0]
        close(LSTSQ, a, matrix(dtype, 5), rtol=1e-4)
    close(LSTSQ, matrix(np.float64, 3, 2), matrix(np.float64, 3, 0))
    close(LSTSQ, matrix(np.float32, 3, 2), matrix(np.int32, 3), rtol=1e-4)
    close(function("def f(a, b): return np.linalg.lstsq(a, b, rcond=0.5)"), matrix(np.float64, 4, 3) * [1, 1, 0.01], matrix(np.float64, 4))
    close(function("def f(a, b): return np.linalg.lstsq(a, b, -1)"), matrix(np.float64, 4, 3), matrix(np.float64, 4))


def deficient(dtype):
    a = matrix(dtype, 4, 3)
    a[:, 1] = 2 * a[:, 0]
    return a


@pytest.mark.parametrize("call", ["pinv(a)", "pinv(a, 0.2)", "pinv(a, rtol=0.2)", "matrix_rank(a)", "matrix_rank(a, 3.0)", "matrix_rank(a, rtol=0.5)"])
def test_ranks(call):
    f = linalg(call)
    for dtype in [*SYSTEM_FLOATS, *COMPLEX, np.int32]:
        for a in [deficient(dtype), deficient(dtype).T.copy()]:
            close(f, a, rtol=2e-4)
    close(f, matrix(dtype, 2, 4, 3))
    close(f, np.zeros((3, 2)))
    close(f, np.zeros((3, 0)))


def test_hermitian():
    a = matrix(np.complex128, 3, 3)
    a = a + a.conj().T
    close(linalg("pinv(a, hermitian=True)"), a)
    close(linalg("matrix_rank(a, hermitian=True)"), np.stack([a, a * 0]))
    close(linalg("svd(a, True, False, hermitian=True)"), np.tril(a))
    close(linalg("matrix_rank(a)"), np.zeros(3))
    close(linalg("matrix_rank(a)"), np.ones(3))


def test_results_of_several_parts():
    f = function("def f(a):\n    w, v = np.linalg.eigh(a)\n    sign, log = np.linalg.slogdet(a)\n    return w.sum() * sign + v[0, 0] * 0 + log")
    close(f, np.array([[2.0, 1.0], [1.0, 3.0]]))


SMALL_SIZES = [1, 2, 3, 4, 5, 7, 11, 25, 26, 60]


@pytest.mark.parametrize("call", ["svd(a)", "svd(a, False)"])
def test_singular_vectors_have_the_signs_of_lapack(call):
    f = linalg(call)
    rng = np.random.default_rng(7)
    for m in SMALL_SIZES:
        for n in SMALL_SIZES:
            if min(m, n) <= 25:
                a = rng.normal(size=(m, n))
                for found, wanted in zip(f(a), f.py_func(a)):
                    np.testing.assert_allclose(found, wanted, atol=1e-11)


@pytest.mark.parametrize("call", ["eigh(a)", "eigh(a, 'U')"])
def test_eigenvectors_have_the_signs_of_lapack(call):
    f = linalg(call)
    rng = np.random.default_rng(8)
    for n in range(1, 26):
        given = rng.normal(size=(n, n))
        for a in (given, given @ given.T, np.asfortranarray(given), rng.normal(size=(2, n, n))):
            for found, wanted in zip(f(a), f.py_func(a)):
                np.testing.assert_allclose(found, wanted, atol=1e-10)
