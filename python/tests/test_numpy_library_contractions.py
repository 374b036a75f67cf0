"""einsum, tensordot, products of stacks of vectors and matrices, tensor equations: beside NumPy."""

import numpy as np
import pytest
from lang_support import check, function, layouts

RNG = np.random.default_rng(4)
NAMES = {"a": (3, 4), "b": (4, 5), "s": (3, 3), "t": (2, 3, 4), "u": (2, 4, 5), "v": (4,), "w": (3,)}

EINSUM = """ij,jk->ik a b | ij,jk a b | ij,kj a a | ii s | ii->i s | ij->ji a | ij-> a | ji a | i,i v v | i,j v w | i,j->ji v w | ij,ij->i a a
ij,j->i a v | i,ij->j w a | bij,bjk->bik t u | bij,bjk->kbi t u | bij,bij->b t t | ...ij,...jk t u | ...ij,...jk t b | ...i,...i t t
bij,ij->b t a | bij,bkj->ik t t | ij,jk,kl->il a b b.T | i,j,k v w v | ij,kl-> a b | ij,kl->il a b | ii,i s w | i,i... w a | b...->...b t
iij->j np.stack((a,a,a)) | ij,jk->ik a b[:1] | ij,jk->ik a[:,:1] b | , 2.0 v[0] | ij,ij a>0 a>1 | ij,kj a>0 a>1 | ij,jk a[:0] b | ij,jk a[:,:0] b[:0]
ij,k->i a v"""

EINSUM_ERRORS = """ij,jk a | ij a a | ijk a | i a | i.j a | i....j a | ij->k a | ij->ii a | ij-i a | i$ a | ...i->i a | ii a | ii->i a | ii,i a w | ij->i. a | ij>i a"""

OTHERS = """np.tensordot(a, b, 1) | np.tensordot(a, v, 0) | np.tensordot(t, u, axes=((0, 2), (0, 1))) | np.tensordot(t, t) | np.tensordot(t, t, 3)
np.tensordot(a, b, axes=(1, 0)) | np.tensordot(a, b, axes=(-1, -2)) | np.vecdot(a, a) | np.vecdot(a, a[0]) | np.vecdot(t, t, axis=1)
np.matvec(a, v) | np.matvec(t, u[:, :, 0]) | np.vecmat(w, a) | np.vecmat(w, t) | np.linalg.vecdot(a, v) | np.linalg.tensordot(a, b, axes=1)
np.linalg.cross(s, s[::-1]) | np.linalg.trace(t) | np.linalg.trace(t, offset=1, dtype=np.float32) | np.linalg.diagonal(t, offset=-1)
np.linalg.tensorinv(s + np.eye(3), ind=1) | np.linalg.tensorsolve(np.reshape(np.eye(24) + 1, (6, 4, 2, 3, 4)), np.ones((6, 4)))
np.linalg.tensorsolve(np.reshape(np.eye(24) + 1, (2, 6, 4, 3, 4)), np.ones((6, 4)), axes=(0,)) | np.linalg.tensorinv(np.reshape(np.eye(24) * 2, (4, 6, 8, 3)))
np.einsum('ij,jk', a, b, dtype=np.complex128) | np.einsum('ij,jk', a, b, out=np.empty((3, 5)))"""

OTHER_ERRORS = """np.tensordot(a, b, axes=(0, 0)) | np.tensordot(a, b, axes=((0, 1), (0,))) | np.vecdot(v, w) | np.matvec(a, w) | np.vecmat(v, a) | np.matvec(v, v)
np.vecdot(v, 1.0) | np.linalg.cross(v, v) | np.linalg.tensorinv(s, ind=0) | np.linalg.tensorsolve(a, v) | np.einsum('ij,jk', a, b, dtype=np.float32)"""


def arguments(dtype=np.float64):
    values = {name: RNG.integers(-3, 4, shape) + (0.5 if np.dtype(dtype).kind in "fc" else 0) for name, shape in NAMES.items()}
    return {name: (x + 1j * x[::-1] if np.dtype(dtype).kind == "c" else x).astype(dtype) for name, x in values.items()}


def calls(text):
    return [call.strip() for line in text.splitlines() for call in line.split(" | ")]


def einsum(text):
    subscripts, *operands = text.split(" ")
    return f"np.einsum('{subscripts}', {', '.join(operands)})"


def of_names(expression, **scope):
    return function(f"def f({', '.join(NAMES)}): return {expression}", **scope)


@pytest.mark.parametrize("call", [einsum(c) for c in calls(EINSUM)] + ["np.einsum('i j , j k -> i k', a, b)"])
def test_einsum(call):
    check(of_names(call), *arguments().values(), rtol=1e-12)


@pytest.mark.parametrize("call", [einsum(c) for c in calls(EINSUM_ERRORS)])
def test_einsum_refuses(call):
    check(of_names(call), *arguments().values(), text=True)


def test_einsum_does_not_stretch():
    check(of_names("np.einsum('ij,jk', a, b[:2])"), *arguments().values(), text=True)


@pytest.mark.parametrize("call", calls(OTHERS))
def test_products(call):
    check(of_names(call), *arguments().values(), rtol=1e-9)


@pytest.mark.parametrize("call", calls(OTHER_ERRORS))
def test_products_refuse(call):
    check(of_names(call), *arguments().values(), text="matvec(v" not in call)


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.float32, np.complex64, np.complex128, np.bool_])
def test_dtypes(dtype):
    f = function("def f(a, b): return np.einsum('ij,jk->ki', a, b), np.einsum('ij->j', a), np.einsum('ij,ij->i', a, a), np.tensordot(a, b, 1), np.vecdot(a, a)")
    check(f, arguments(dtype)["a"], arguments(dtype)["b"], rtol=1e-5)


def test_layouts():
    f = function("def f(a, b): return np.einsum('ij,jk->ik', a, b), np.tensordot(a, b, axes=(1, 0)), np.einsum('ij,ij->j', a, a), np.einsum('ij->ji', b)")
    a, b = arguments()["a"], arguments()["b"]
    for x in layouts(a):
        for y in layouts(b):
            check(f, x, y, rtol=1e-12)


@pytest.mark.parametrize("call", ["np.einsum('ij->ji', a)", "np.einsum('ii->i', a)", "np.einsum('iij->ij', np.reshape(a, (1, 1, 9)))", "np.einsum('...j->j...', a)"])
def test_einsum_views(call):
    check(function(f"def f(a):\n    v = {call}\n    v[...] = -1"), np.arange(9.0).reshape(3, 3))
