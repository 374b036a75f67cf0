"""Norms, condition numbers, powers and products of numpy.linalg beside NumPy."""

import numpy as np
import pytest
from lang_support import COMPLEX, FLOATS, check, function
from linalg_support import DTYPES, alike, close, layouts, linalg, matrix

import zouk


def test_matrix_power():
    f = function("def f(a, n): return np.linalg.matrix_power(a, n)")
    for dtype in [*FLOATS, *COMPLEX, np.int32, np.int8, np.bool_]:
        for n in (0, 1, 2, 3, 6, 7, *(() if np.dtype(dtype).kind in "ib" or dtype is np.float16 else (-1, -2))):
            close(f, matrix(dtype, 3, 3), n, rtol=5e-3 if dtype is np.float16 else 1e-3)
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
        function("def f(a, n): return np.linalg.norm(a, keepdims=n)")(np.ones(2), True)


@pytest.mark.parametrize("p", ["None", "2", "-2", "1", "-1", "np.inf", "'fro'", "'nuc'"])
def test_cond(p):
    f = linalg(f"cond(a, {p})")
    for dtype in DTYPES[:-1]:
        close(f, matrix(dtype, 3, 3))
    close(f, matrix(np.float64, 2, 3, 3))
    if p in ("1", "np.inf", "'fro'"):
        close(f, np.zeros((2, 2)))
        close(f, np.array([[np.zeros((2, 2)), np.eye(2), np.full((2, 2), np.nan)]]))


def test_names_of_the_array_standard():
    a = matrix(np.float32, 2, 3, 4)
    for call in ["vector_norm(a)", "vector_norm(a, keepdims=True)", "vector_norm(a, axis=1, ord=1)", "vector_norm(a[0, 0], keepdims=True)", "matrix_norm(a)", "matrix_norm(a, ord=2, keepdims=True)", "matrix_transpose(a)", "outer(a[0, 0], a[0, 1, ::2])", "matmul(a[0], a[1].T)", "svdvals(a)"]:
        close(linalg(call), a)
    check(linalg("outer(a, a)"), a, text=True)
    check(linalg("matrix_transpose(a)"), a[0, 0], text=True)


def test_orders_known_at_run_time():
    """They are the same as those that are written."""
    norm, along, kept, named = linalg("norm(a, n)", "a, n"), linalg("norm(a, n, axis=1)", "a, n"), linalg("norm(a, n, (0, 1), True)", "a, n"), linalg("norm(a, ord=n, keepdims=True)", "a, n")
    for dtype in (np.float64, np.float32, np.complex128, np.int32):
        a = matrix(dtype, 3, 4)
        for ord in (np.inf, -np.inf, 0, 1, -1, 2, 2.0, -2, 3, 2.5):
            close(norm, a[0], ord)
            close(along, a, ord)
            if ord in (np.inf, -np.inf, 1, -1, 2, -2):
                close(norm, a, ord)
                close(kept, a, ord)
                close(named, a, ord)
                close(linalg("cond(a, n)", "a, n"), a[:, :3], ord)
    for ord in (0, 3, 2.5):
        for f in (norm, linalg("cond(a, n)", "a, n")):
            with pytest.raises(ValueError, match="Invalid norm order for matrices."):
                f(np.eye(3), ord)
    with pytest.raises(ValueError, match="Improper number of dimensions to norm."):
        norm(np.ones((2, 2, 2)), 1)
    optional = linalg("norm(a, n if n else None)", "a, n")
    close(optional, np.arange(4.0), 1)
    close(optional, np.arange(4.0), 0)
