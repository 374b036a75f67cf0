"""Ranges, diagonals, comparisons, windows and polynomials, beside NumPy."""

import numpy as np
import pytest
from lang_support import NUMBERS, arrays, check, function
from test_numpy_library_shapes import calls

RANGES = """np.linspace(0, 10) | np.linspace(1.5, -3, 7) | np.linspace(0, 1, 1) | np.linspace(0, 1, 0) | np.linspace(0, 1, -1) | np.linspace(0, 10, 7, False)
np.linspace(0, 10, 7, dtype=np.int64) | np.linspace(-5, 2.5, 9, retstep=True) | np.linspace(0, 1, 1, retstep=True) | np.linspace(0, 5e-324, 7)
np.linspace(1 + 2j, 3, 5) | np.linspace(c[0], c[3], 6) | np.linspace(c * 0.5, b[0], 5) | np.linspace(b, c, 3, axis=-1) | np.linspace(0, b, 3, axis=1, retstep=True)
np.linspace(np.float32(0), np.float32(2), 7) | np.linspace(0, 3, 5, dtype=np.float32) | np.linspace(3, 3, 4) | np.linspace(0, 1, 3, dtype=np.bool_)
np.linspace((0, 1), 5, 3) | np.linspace(0, 1, 5, dtype="f4") | np.linspace(0, 1, 5, c[0] > 0)"""

POWERS = """np.logspace(0, 3, 5) | np.logspace(0, 3, 5, base=2) | np.logspace(0, 3, 4, False, 2.0) | np.logspace(c, c + 1, 3) | np.logspace(0, 1 + 1j, 3)
np.geomspace(1, 1000, 4) | np.geomspace(-1, -1000, 4) | np.geomspace(1000, 1, 7, False) | np.geomspace(1, 256, 9, dtype=np.int64) | np.geomspace(0, 1)
np.geomspace(1j, 1000j, 4) | np.geomspace(-1 + 0j, 1 + 0j, 5) | np.geomspace(c + 1, c + 9, 3) | np.geomspace(1, 8, 1) | np.geomspace(1, 9, 3, dtype="f8")"""

DIAGONALS = """np.eye(3) | np.eye(3, 4, 1) | np.eye(3, 4, -2, np.int8) | np.eye(3, 4, 9) | np.eye(3, k=-9, dtype=np.complex64) | np.eye(-1) | np.eye(0) | np.identity(3)
np.identity(2, dtype=np.bool_) | np.diag(c) | np.diag(c, 2) | np.diag(c, -1) | np.diag(b) | np.diag(b, 1) | np.diag(b, 9) | np.diag(b, -1) | np.diag(a)
np.diagflat(b, 1) | np.diagonal(a) | np.diagonal(a, 1, 2, 0) | np.diagonal(a, axis1=1, axis2=1) | np.diagonal(c) | np.trace(b) | np.trace(a)
np.trace(a, 1, 1, 2) | np.trace(a > 3) | np.trace(b, dtype=np.float32) | a.trace() | a.diagonal(1) | np.diag((1, 2.5)) | np.trace(a, axis1=5) | np.trace(b, dtype="f4") | np.eye(3, dtype="i4")"""

QUESTIONS = """np.isclose(a, b) | np.isclose(b, b + 1e-9) | np.isclose(c, 1) | np.isclose(1, 1.000001) | np.isclose(1.5, b) | np.isclose(b, (1, 2, 3, 4)) | np.allclose(b, c, atol=99) | np.isclose((1, 2), 1) | np.allclose(c, 1j)
np.isclose(np.full((2, 2), np.float32(1.00001)), 1) | np.isclose(b, c, atol=3) | np.allclose(a, b) | np.allclose(a, a)
np.allclose(1, 1) | np.array_equal(a, a) | np.array_equal(a, c) | np.array_equal(a, a[:1]) | np.array_equal((1, 2), (1, 2)) | np.array_equiv(c, a)
np.array_equiv(a[:1, :1], a[0, :1]) | np.array_equiv(c, c[:2]) | np.isreal(b) | np.iscomplex(b + 1j) | np.iscomplexobj(b) | np.isrealobj(b)
np.iscomplexobj(1j) | np.isscalar(1) | np.isscalar(a) | np.isscalar("x") | np.size(a) | np.size(a, 1) | np.size(3) | np.size(a, (0, 1)) | np.shape(a)
np.shape(3) | np.ndim(a) | np.ndim((1, 2)) | np.ndim(2) | np.trim_zeros(c) | np.trim_zeros(c - 1, "f") | np.trim_zeros(c[::-1], "b") | np.trim_zeros(c * 0)
np.trim_zeros(c, "x") | a.clip(2, 5) | a.clip(3) | a.clip(max=3) | b.round() | np.angle(a * 1j) | np.angle(-b) | np.angle(b * 1j, True) | np.angle(a - 9)
 (b * 1.51).round(1)"""

SPECIAL = """np.nan_to_num(a) | np.nan_to_num(a, nan=7, posinf=9, neginf=-3) | np.nan_to_num(a, copy=False) | np.nan_to_num(a[1]) | np.isposinf(a) | np.isneginf(a)
np.isclose(a, a) | np.isclose(a, a, equal_nan=True) | np.array_equal(a, a, equal_nan=True) | np.array_equal(a, a) | np.allclose(a, a, equal_nan=True)
np.isposinf(a[2]) | np.isreal(a) | np.iscomplex(a[1])"""

POLYNOMIALS = """np.polyadd(c, b) | np.polysub(c, b[:2]) | np.polysub(b[:2], c) | np.polymul(c, c + 1) | np.polymul(c * 0, c) | np.polyder(c) | np.polyder(c * 0.5, 2)
np.polyder(c, 0) | np.polyder(c, -1) | np.polyint(c) | np.polyint(c, 2, k=(1, 2)) | np.polyint(c * 0.5, 3, 5) | np.polyint(c, 3, (5, 6))
np.polydiv(b + 1, c[1:3]) | np.polydiv(c[1:2], b + 1) | np.polyval(c, 3) | np.polyval(c, a) | np.polyval((1, 2, 3.5), b) | np.polyval(c, c) | np.polyval(b, 1j)"""

A = np.arange(24).reshape(2, 3, 4)
C = np.arange(4).astype(np.int8)


@pytest.mark.parametrize("call", calls(RANGES))
def test_ranges(call):
    check(function(f"def f(b, c): return {call}"), A[0] * 0.5, C, text=True)


@pytest.mark.parametrize("call", calls(POWERS))
def test_powers(call):
    check(function(f"def f(b, c): return {call}"), A[0] * 0.5, C, rtol=1e-12, text=True)


@pytest.mark.parametrize("call", calls(DIAGONALS))
def test_diagonals(call):
    f = function(f"def f(a, b, c): return {call}")
    for a in list(arrays(A.shape))[::2]:
        check(f, a, A[0] * 0.5, C, text=True)


@pytest.mark.parametrize("call", ["np.fill_diagonal(a, 9)", "np.fill_diagonal(a, b)", "np.fill_diagonal(a.T, b, True)", "np.fill_diagonal(a, b[:0])"])
def test_fill_diagonal(call):
    f = function(f"def f(a, b): {call}")
    for shape in [(3, 4), (9, 3), (3, 9), (2, 2), (0, 3), (3, 0)]:
        for a in arrays(shape):
            check(f, a, np.arange(5, 10))
    check(f, np.zeros((3, 3, 3)), C)
    check(f, np.zeros((3, 3, 2)), C, text=True)
    check(f, np.zeros(3), C, text=True)


@pytest.mark.parametrize("call", calls(QUESTIONS))
def test_questions(call):
    check(function(f"def f(a, b, c): return {call}"), A, A * 0.5, C, text=True)


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128, np.int32])
@pytest.mark.parametrize("call", calls(SPECIAL))
def test_special_values(call, dtype):
    a = np.array([1.5, np.nan, np.inf, -np.inf, -0.0, 0.0, 1e20])
    if dtype is np.int32:
        a = np.arange(7)
    if dtype in (np.complex64, np.complex128):
        a = a + np.array([0, 1, np.nan, np.inf, -np.inf, 2, 0]) * 1j
    check(function(f"def f(a): return {call}"), a.astype(dtype), text=True)


@pytest.mark.parametrize("dtype", NUMBERS)
def test_dtypes(dtype):
    check(function("def f(a, b): return np.isclose(a, b), np.array_equal(a, b), np.diag(a), np.trace(np.diag(a))"), np.arange(3).astype(dtype), np.arange(3.0))
    if dtype is not np.bool_:
        f = function("def f(a, b): return np.polyval(a, b), np.polyadd(a, b), np.polymul(a, b), np.polyder(a)")
        check(f, np.arange(4).astype(dtype), np.arange(1, 3).astype(dtype))


@pytest.mark.parametrize("call", calls(POLYNOMIALS))
def test_polynomials(call):
    f = function(f"def f(a, b, c): return {call}")
    for a in list(arrays(A.shape))[1::2]:
        check(f, a, np.arange(4.0), C, text=True)


@pytest.mark.parametrize("call", ["np.blackman(n)", "np.hamming(n)", "np.hanning(n)", "np.kaiser(n, 5)", "np.kaiser(n, 14.5)", "np.bartlett(n)"])
def test_windows(call):
    f = function(f"def f(n): return {call}")
    for n in (0, 1, 2, 7, 12, -3, 5.5):
        check(f, n, rtol=1e-9)


@pytest.mark.parametrize("name", ["sinc", "i0"])
def test_functions_of_windows(name):
    f = function(f"def f(a): return np.{name}(a)")
    for a in (np.linspace(-20, 20, 40).reshape(4, 10), np.arange(5), np.array([True, False]), np.array([np.nan, np.inf]), np.zeros((0, 2))):
        check(f, a, rtol=1e-9)
    check(f, np.linspace(-9, 9, 7).astype(np.float32), rtol=1e-5)
    check(f, np.array([1 + 1j, 0, 0.5j]), rtol=1e-12)
