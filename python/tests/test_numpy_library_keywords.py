"""Keywords of functions that the tables have too, and forms of the array standard: beside NumPy."""

import numpy as np
import pytest
from lang_support import FLOATS, INTEGERS, check, function, layouts

FORMS = """np.clip(a, min=2, max=6) | np.clip(a, 2, None) | np.clip(a, None, 6, out=b) | a.clip(2, 6, out=b) | a.clip(max=5) | np.round(a, 1, out=b) | a.round(1, out=b) | np.clip(a, None, None)
np.std(a, axis=0, correction=1) | np.var(a, correction=2) | np.var(a, axis=0, mean=np.mean(a, axis=0, keepdims=True)) | np.std(a, axis=1, keepdims=True, mean=3.0) | a.var(axis=0, mean=a.mean(axis=0, keepdims=True))
np.std(a, axis=0, out=v, correction=1) | np.choose(i, (a[0], v), out=v) | i.choose((a[0], v), out=v) | np.compress(i > 0, a, axis=1, out=b[:, :2]) | a.compress((1, 0, 1), axis=0, out=b[:2])
np.cumulative_sum(v) | np.cumulative_sum(i, include_initial=True) | np.cumulative_prod(a, axis=0, include_initial=True) | np.cumulative_prod(a, axis=1, dtype=np.float32) | np.cumulative_sum(a, axis=0, out=b)
np.linalg.multi_dot((a, a.T, a), out=b) | np.fix(a - 5.5) | np.fix(i) | np.fix(-2.7) | np.fix(a - 5.5, out=b) | divmod(a, 3) | divmod(i, 2) | divmod(i, a[0] + 1)
np.logspace(0, 1, 4, base=v + 1) | np.logspace(0, 1, 4, base=v[:, None] + 1, axis=-1) | np.logspace(v, 1, 4, base=v + 1, axis=1) | np.linspace(v, a, 3) | np.linspace(a, 7, 3, axis=1) | np.linspace(v, v, 3)
np.linspace(v, a, 1) | np.linspace(v, a[:, :1], 4, False) | np.linspace(i, v, 4, dtype=np.int32) | np.geomspace(v + 1, 50, 3) | np.asarray(a, order="F") | np.asarray(i, dtype=np.float32, copy=True)
np.var(a, axis=0, where=a > 2, correction=1) | np.std(a, where=a > 2, mean=np.mean(a, where=a > 2, keepdims=True)) | a.std(axis=1, where=a > 2, mean=2.0) | np.std(a, axis=0, where=a > 9, correction=1, out=v)
np.var(a, axis=1, where=i > 0, mean=np.mean(a, axis=1, where=i > 0, keepdims=True), correction=1, keepdims=True) | np.nanstd(a / (a > 1), axis=0, correction=1) | np.nanvar(a, correction=11.5)
np.nanvar(np.where(a > 2, a, np.nan), axis=0, mean=2.5) | np.nanstd(np.where(a > 2, a, np.nan), mean=2.5, where=i > 0, correction=1) | np.nanvar(i, mean=0.5) | np.nanstd(a, axis=(0, 1), correction=1)
np.trace(a[:, :, None] + v, out=v) | a.trace(1, out=np.zeros(())) | np.trace(i[:, None] * i, 0, 1, 0, None, np.zeros((), np.int64)) | np.cross(a[:, :3], a[:, 1:]) | np.row_stack((a, v))
a.astype(np.int32, order="F") | a.astype("f4", "C", "same_kind") | a.astype(np.float64, copy=False) | a.astype(np.float64, "F", copy=False).flags.f_contiguous | a.T.astype(np.complex64, order="C") | i.astype(np.int8, casting="same_kind")
np.asanyarray(a, copy=True) | np.asarray_chkfinite(a, order="F").flags.f_contiguous | np.less(a, v, dtype=bool) | np.logical_and(a, i, dtype=np.bool_) | np.isfinite(a, dtype=np.bool_, out=b)
np.unravel_index([5, 7], (3, 4)) | np.unravel_index(([5, 7], [0, 1]), (3, 4), "F") | np.ravel_multi_index(([1, 2], [0, 1]), (3, 4)) | np.ravel_multi_index(([1, 2], i[:2]), (3, 4)) | np.polynomial.polynomial.polytrim(np.array([1, np.nan]))"""

ERRORS = """np.cumulative_sum(a) | np.std(a, ddof=1, correction=1) | np.cumulative_sum(a, axis=2)
np.var(a, where=a > 1, ddof=1, correction=1) | np.nanvar(a, axis=3, correction=1) | np.trace(a[:, :, None] + v, out=np.zeros(3)) | np.cross(a[:, :3] > 0, a[:, 1:] > 1) | a.astype(np.int64, casting="safe")
a.astype(np.int64, casting="none") | a.astype(np.int64, order="X") | np.unravel_index([5, 70], (3, 4)) | np.ravel_multi_index(([1.0, 2], [0, 1]), (3, 4))"""


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


@pytest.mark.parametrize("call", calls(FORMS))
def test_forms(call):
    f = function(f"def f(a, b, v, i): return {call}")
    a = np.arange(12.0).reshape(3, 4) % 7 + 0.25
    for x in list(layouts(a))[:2]:
        check(f, x, np.zeros((3, 4)), np.arange(4.0), np.array([0, 1, 1, 0]), rtol=1e-12)


@pytest.mark.parametrize("call", calls(ERRORS))
def test_errors(call):
    check(function(f"def f(a, b, v, i): return {call}"), np.ones((3, 4)), np.zeros((3, 4)), np.arange(4.0), np.array([0, 1, 1, 0]), text=True)


@pytest.mark.parametrize("dtype", [*INTEGERS[::3], *FLOATS])
def test_dtypes(dtype):
    f = function("def f(a): return np.cumulative_sum(a, include_initial=True), np.clip(a, min=1), np.fix(a), np.linspace(a, 9, 3)")
    check(f, np.arange(5).astype(dtype), rtol=1e-6)
