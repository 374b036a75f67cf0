"""numpy.polynomial, roots and fits, beside NumPy. Roots are always complex here."""

import numpy as np
import pytest
from lang_support import check, function, layouts

SERIES = """polyadd(v, w) | polyadd(i, (1, 2)) | polysub(v, v) | polysub(i, v) | polymul(v, w) | polymul(i, (0, 0)) | polydiv(v, w) | polydiv(w, v) | polydiv(v, w[:1]) | polydiv(v, (2, 3))
polyval(0.5, v) | polyval(w, v) | polyval(a, i) | polyval(v, a) | polyval(v, a.T, tensor=False) | polyval(v + 1j, v) | polyval(i, w.astype(np.float32)) | polyint(v) | polyint(v, 2, (1, 2))
polyint(v, 2, 3, lbnd=-1, scl=2) | polyint(a, axis=1) | polyint(w[:1] * 0, 2, (1, 2)) | polyder(v) | polyder(v, 2, 3) | polyder(a, axis=1) | polyder(v, 9) | polyder(i, 0)
polyfromroots(v) | polyfromroots(v[:0]) | polymulx(v) | polymulx((0,)) | polypow(w, 3) | polypow(w, 0) | polyline(1, 2) | polyline(1.5, 0) | polyvander(v, 3) | polyvander(a, 2)
polyint(v, 1, (1, 2)) | polyint(v, -1) | polyder(v, -1) | polydiv(v, w * 0) | polyadd(v[:0], w) | polyadd(a, w) | polypow(w, -1) | polypow(w, 3, maxpower=2)"""

SEVERAL = """polytrim(v) | polytrim(v * 0) | polytrim(v, 0.5) | polytrim(v, -1) | polycompanion(v) | polycompanion(v[:2]) | polycompanion(v[:1]) | polycompanion((1, 2, 3))
polyval2d(v, v, a) | polyval2d(1.5, 2.5, a) | polyval2d(v, w, a) | polyval2d(a, a, a) | polyval2d((1, 2), (3, 4), a) | polyval3d(v, v, v, k) | polyval3d(1.0, 2.0, 3.0, k) | polyval3d(v, v, w, k)
polygrid2d(v, w, a) | polygrid2d(1.5, v, a) | polygrid3d(v, w, v, k) | polygrid2d(v, v, a * 1j) | polyvalfromroots(v, w) | polyvalfromroots(2.0, v) | polyvalfromroots(v, a)
polyvalfromroots(v, a, tensor=False) | polyvalfromroots(a, v, False) | polyvalfromroots(2, i) | polyvander2d(v, v, (1, 2)) | polyvander3d(v, v, v, [1, 0, 2]) | polyvander2d(a, a, (2, 1))
polyvander2d(v, v, (1, 2, 3)) | polyvander2d(v, v, (1, -2)) | polyvander2d(1.5, 2.5, (1, 2)) | polyfit(x, y, 1) | polyfit(x, y, 3) | polyfit(x, y, (2, 0)) | polyfit(x, y, i[1:2])
polyfit(x, np.stack((y, x * y), 1), 2) | polyfit(x, y, 1, w=y + 2) | polyfit(x, y, 2, full=True) | polyfit(x, y, 2, 1e-3) | polyfit(i, v, 2) | polyfit(x, y, -1) | polyfit(x, y[:2], 1)
polyfit(x, y, 1.5) | polyfit(a, y, 1) | polyfit(x[:0], y[:0], 1) | polyfit(x, y, 1, w=a) | polyfit(x, y, 1, w=v)"""

UTILS = """trimseq(v) | trimseq(w * 0) | trimcoef(v, 0.5) | trimcoef(v, 9) | trimcoef(v, -1)"""

FITS = """np.polyfit(x, y, 2) | np.polyfit(x, y, 0) | np.polyfit(x, y, 3, w=y + 2) | np.polyfit(x, np.stack((y, x * y), 1), 2) | np.polyfit(x, y, 2, full=True)
np.polyfit(x, y, 2, cov=True) | np.polyfit(x, y, 2, cov='unscaled', w=y + 2) | np.polyfit(x, np.stack((y, x * y), 1), 1, cov=True) | np.poly(v) | np.poly(i) | np.poly(s) | np.poly(v + 1j)"""

ERRORS = """np.polyfit(x, y, -1) | np.polyfit(a, y, 1) | np.polyfit(x[:0], y[:0], 1) | np.polyfit(x, y[:3], 1) | np.polyfit(x, y, 1, w=a) | np.polyfit(x, y, 1, w=v)
np.polyfit(x[:3], y[:3], 2, cov=True) | np.poly(a) | np.roots(a)"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def arguments():
    r = np.random.default_rng(2)
    a = r.random((3, 4))
    return a, r.random(4) + 0.1, r.random(3) + 0.1, np.arange(4), np.eye(3) + r.random((3, 3)), np.sort(r.random(9)), r.random(9)


def compiled(call):
    return function(f"def f(a, v, w, i, s, x, y): return {call}")


@pytest.mark.parametrize("call", calls(SERIES))
def test_series(call):
    check(compiled(f"np.polynomial.polynomial.{call}"), *arguments(), rtol=1e-12, text=True)


@pytest.mark.parametrize("call", calls(SEVERAL))
def test_several_variables_and_fits(call):
    f = function(f"def f(a, v, w, i, s, x, y, k): return np.polynomial.polynomial.{call}")
    k = np.arange(24.0).reshape(2, 3, 4) / 5
    check(f, *arguments(), k, rtol=1e-9, text=True)


@pytest.mark.parametrize("call", calls(UTILS))
def test_utils(call):
    check(compiled(f"np.polynomial.polyutils.{call}"), *arguments(), rtol=1e-12, text=True)


def test_as_series():
    f = function("def f(a, b):\n    c, d = np.polynomial.polyutils.as_series((a, b))\n    return c, d")
    for a in layouts(np.array([1, 0, 2, 0], np.int8)):
        check(f, a, np.zeros(3, np.float32))
    check(f, np.zeros(0), np.zeros(3), text=True)


@pytest.mark.parametrize("call", calls(FITS))
def test_fits(call):
    check(compiled(call), *arguments(), rtol=1e-8)


@pytest.mark.parametrize("call", calls(ERRORS))
def test_errors(call):
    check(compiled(call), *arguments(), text=True)


ROOTS = function("def f(p): return np.roots(p)")


@pytest.mark.parametrize("p", [[1.0, -3, 2], [2, 0, -8, 0, 0], [0, 0, 1, 5], [1, 0, 1], [0, 0], [], [3], [1j, 2, 1]], ids=str)
def test_roots(p):
    p = np.array(p)
    found, expected = ROOTS(p), np.roots(p)
    assert found.dtype == np.complex128 and np.allclose(np.sort(found), np.sort(expected.astype(complex)))
    series = function("def f(p): return np.polynomial.polynomial.polyroots(p)")
    if p.size and p[0] != 0:
        assert np.allclose(series(p), np.polynomial.polynomial.polyroots(p).astype(complex))
