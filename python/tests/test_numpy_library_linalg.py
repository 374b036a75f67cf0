"""numpy.linalg beside NumPy: values, dtypes, shapes, layouts, stacks, and what is refused."""

import functools

import numpy as np
import pytest
from lang_support import COMPLEX, FLOATS, check, function, outcome

import zouk

DTYPES = [*FLOATS, *COMPLEX, np.int32, np.bool_]
RNG = np.random.default_rng(5)


def tolerance(dtype):
    return 2e-3 if np.dtype(dtype).itemsize // (2 if np.dtype(dtype).kind == "c" else 1) == 4 and np.dtype(dtype).kind in "fc" else 1e-9


def matrix(dtype, *shape):
    """Numbers that make square matrices well-conditioned."""
    values = RNG.integers(-4, 5, shape) + 0.25
    if np.dtype(dtype).kind == "c":
        values = values + 1j * RNG.integers(-4, 5, shape)
    if len(shape) > 1:
        values = values + 9 * np.eye(*shape[-2:])
    return values.astype(dtype)


def layouts(a):
    """The matrices in C and Fortran order, with gaps, and backwards."""
    gaps = np.zeros([2 * n for n in a.shape], a.dtype)[tuple(slice(None, None, 2) for _ in a.shape)]
    gaps[...] = a
    backwards = a[..., ::-1].copy()[..., ::-1]
    return [a, np.asfortranarray(a), gaps, backwards]


def alike(result, expected, rtol, atol):
    if isinstance(expected, tuple):
        return isinstance(result, tuple) and len(result) == len(expected) and all(alike(x, y, rtol, atol) for x, y in zip(result, expected))
    if isinstance(expected, np.ndarray):
        return isinstance(result, np.ndarray) and result.dtype == expected.dtype and result.shape == expected.shape and np.allclose(result, expected, rtol, atol, True)
    return type(result) is type(expected) and np.allclose(result, expected, rtol, atol, True)


def close(f, *arguments, rtol=None):
    """The compiled function gives about what NumPy gives, in its dtypes and shapes, and leaves the arguments as they are."""
    copies = [np.array(x) for x in arguments]
    (kind, expected), (ours, result) = outcome(f.py_func, arguments), outcome(f, arguments)
    assert (ours, kind) == ("returns", "returns"), (result, expected)
    rtol = rtol or max(tolerance(x.dtype) for x in copies)
    assert alike(result, plain_tuple(expected), rtol, rtol), (arguments, result, expected)
    assert all(np.array_equal(x, y, equal_nan=True) for x, y in zip(arguments, copies))


def plain_tuple(value):
    return tuple(value) if isinstance(value, tuple) else value


@functools.cache
def linalg(call):
    return function(f"def f(a): return np.linalg.{call}")


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
    for dtype in [*FLOATS, *COMPLEX]:
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
    for dtype in [*FLOATS, *COMPLEX, np.int32]:
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
    for dtype in [*FLOATS, *COMPLEX, np.int32]:
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
    for dtype in [*FLOATS, *COMPLEX, np.int32]:
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
    for dtype in [*FLOATS, *COMPLEX, np.int32]:
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
    for dtype in [*FLOATS, *COMPLEX, np.int32]:
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


def test_matrix_power():
    f = function("def f(a, n): return np.linalg.matrix_power(a, n)")
    for dtype in [*FLOATS, *COMPLEX, np.int32, np.int8, np.bool_]:
        for n in (0, 1, 2, 3, 6, 7, *(() if np.dtype(dtype).kind in "ib" else (-1, -2))):
            close(f, matrix(dtype, 3, 3), n, rtol=1e-3)
    for n in (0, 1, 5, -3):
        close(f, matrix(np.float64, 2, 3, 3)[:, ::-1], n)
    with pytest.raises(ValueError, match="negative power of a matrix of integers"):
        f(np.eye(2, dtype=int), -1)


def test_multi_dot():
    a, b, c, d = matrix(np.float64, 10, 30), matrix(np.float64, 30, 5), matrix(np.float64, 5, 60), matrix(np.float64, 60, 2)
    f = function("def f(t): return np.linalg.multi_dot(t)")
    for chain in [(a, b), (a, b, c), (a, b, c, d), (a[0], b, c, d), (a, b, c, d[:, 0]), (a[0], b, c, d[:, 0]), (d.T, c.T, b.T), (a.astype(np.complex64), b, c)]:
        assert alike(f(chain), np.linalg.multi_dot(chain) if chain[0].ndim + chain[-1].ndim > 2 else float(np.linalg.multi_dot(chain)), 1e-5, 1e-5)


ORDERS = ["None", "np.inf", "-np.inf", "0", "1", "2", "3", "-1", "2.5"]


@pytest.mark.parametrize("ord", ORDERS)
def test_vector_norm(ord):
    flat, along, kept = linalg(f"norm(a, {ord})"), linalg(f"norm(a, {ord}, axis=0)"), linalg(f"norm(a, {ord}, axis=-1, keepdims=True)")
    for dtype in DTYPES:
        a = matrix(dtype, 4, 3)
        close(flat, a[0])
        close(flat, a[::2, 1])
        close(along, a)
        close(kept, a)
    close(flat, np.array([1.0, np.nan, -np.inf]))
    check(flat, np.zeros(0), text=True)


@pytest.mark.parametrize("ord", ["None", "np.inf", "-np.inf", "1", "-1", "2", "-2", "'fro'", "'nuc'"])
def test_matrix_norm(ord):
    flat, along, kept = linalg(f"norm(a, {ord})"), linalg(f"norm(a, {ord}, axis=(2, 0))"), linalg(f"norm(a, {ord}, axis=(0, -2), keepdims=True)")
    for dtype in DTYPES:
        for x in layouts(matrix(dtype, 4, 3))[: 3 if dtype is np.float32 else 2]:
            close(flat, x)
    a = matrix(np.complex64, 2, 4, 3)
    for f in (along, kept):
        close(f, a)
        close(f, a.real.astype(np.float64))


def test_norm_forms():
    close(linalg("norm(a)"), matrix(np.float32, 2, 3, 4))
    close(linalg("norm(a, keepdims=True)"), matrix(np.complex64, 2, 3, 4).T)
    close(linalg("norm(a)"), np.zeros((0, 3)))
    close(linalg("norm(a)"), np.float64(-2.5).reshape(()))
    for call in ["norm(a, 'fro', axis=0)", "norm(a, 3)", "norm(a, 'x')", "norm(a, axis=(0, 0))", "norm(a, axis=2)", "norm(a, 1, axis=(0, 1, 2))"]:
        check(linalg(call), np.ones((2, 2)), text=True)
    check(linalg("norm(a, 2)"), np.ones((2, 2, 2)), text=True)
    with pytest.raises(zouk.TypingError, match="must be a constant"):
        function("def f(a, n): return np.linalg.norm(a, n)")(np.ones(2), 2)


@pytest.mark.parametrize("p", ["None", "2", "-2", "1", "-1", "np.inf", "'fro'", "'nuc'"])
def test_cond(p):
    f = linalg(f"cond(a, {p})")
    for dtype in DTYPES[:-1]:
        close(f, matrix(dtype, 3, 3))
    close(f, matrix(np.float64, 2, 3, 3))
    if p in ("1", "np.inf", "'fro'"):
        close(f, np.zeros((2, 2)))
        close(f, np.array([[np.zeros((2, 2)), np.eye(2), np.full((2, 2), np.nan)]]))


def test_results_of_several_parts_are_tuples():
    f = function("def f(a):\n    w, v = np.linalg.eigh(a)\n    sign, log = np.linalg.slogdet(a)\n    return w.sum() * sign + v[0, 0] * 0 + log")
    close(f, np.array([[2.0, 1.0], [1.0, 3.0]]))


def test_names_of_the_array_standard():
    a = matrix(np.float32, 2, 3, 4)
    for call in ["vector_norm(a)", "vector_norm(a, keepdims=True)", "vector_norm(a, axis=1, ord=1)", "vector_norm(a[0, 0], keepdims=True)", "matrix_norm(a)", "matrix_norm(a, ord=2, keepdims=True)", "matrix_transpose(a)", "outer(a[0, 0], a[0, 1, ::2])", "matmul(a[0], a[1].T)", "svdvals(a)"]:
        close(linalg(call), a)
    check(linalg("outer(a, a)"), a, text=True)
    check(linalg("matrix_transpose(a)"), a[0, 0], text=True)
