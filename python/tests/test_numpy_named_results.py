"""Results of linear algebra and of `np.unique_…` with names: NumPy's own classes of tuples, and their fields in compiled code."""

import numpy as np
import pytest
from lang_support import function

MATRIX = np.array([[2.0, 1.0, 0.5], [1.0, 3.0, 0.25], [0.5, 0.25, 4.0]])
ITEMS = np.array([3, 1, 3, 2, 1, 1])
CALLS = {
    "np.linalg.slogdet(a)": (MATRIX, ("sign", "logabsdet")),
    "np.linalg.eigh(a)": (MATRIX, ("eigenvalues", "eigenvectors")),
    "np.linalg.qr(a)": (MATRIX[:, :2].copy(), ("Q", "R")),
    "np.linalg.svd(a)": (MATRIX, ("U", "S", "Vh")),
    "np.unique_all(a)": (ITEMS, ("values", "indices", "inverse_indices", "counts")),
    "np.unique_counts(a)": (ITEMS, ("values", "counts")),
    "np.unique_inverse(a)": (ITEMS, ("values", "inverse_indices")),
}


def equal(ours, theirs):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    # Vectors of a basis are defined up to their sign.
    return ours.dtype == theirs.dtype and ours.shape == theirs.shape and np.allclose(np.abs(ours), np.abs(theirs), 1e-10, 1e-12)


@pytest.mark.parametrize("call", CALLS)
def test_class(call):
    a, names = CALLS[call]
    f = function(f"def f(a): return {call}")
    ours, theirs = f(a), f.py_func(a)
    assert type(ours) is type(theirs) and ours._fields == theirs._fields == names
    assert all(equal(x, y) for x, y in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("call", CALLS)
def test_fields(call):
    a, names = CALLS[call]
    for i, name in enumerate(names):
        f = function(f"def f(a): return {call}.{name}")
        assert equal(f(a), f.py_func(a))
        f = function(f"def f(a):\n    r = {call}\n    return r[{i}], r[{i - len(names)}], len(r)")
        assert all(equal(x, y) for x, y in zip(f(a), f.py_func(a), strict=True))


@pytest.mark.parametrize("call", CALLS)
def test_unpacking_and_plain_tuples(call):
    a, names = CALLS[call]
    targets = ", ".join(names)
    for body in (f"{targets} = {call}\n    return ({targets})", f"r = {call}\n    return r[:]", f"return {call} + (a,)", f"r = {call}\n    return tuple_of(r)"):
        scope = {"tuple_of": function("def tuple_of(r): return r[0], r[1]")}
        ours = function(f"def f(a):\n    {body}", **scope)(a)
        theirs = function(f"def f(a):\n    {body}", tuple_of=lambda r: (r[0], r[1])).py_func(a)
        assert type(ours) is type(theirs) is tuple
        assert all(equal(x, y) for x, y in zip(ours, theirs, strict=True))


def test_eig():
    f = function("def f(a):\n    r = np.linalg.eig(a)\n    return r, r.eigenvalues, r.eigenvectors")
    result, values, vectors = f(MATRIX)
    assert type(result) is type(np.linalg.eig(MATRIX)) and np.array_equal(result.eigenvalues, values)
    assert np.allclose(MATRIX @ vectors, vectors * values)


def test_where_names_flow():
    """Through branches, loops, functions and other tuples."""
    f = function("""@njit
def parts(a, k):
    return np.linalg.slogdet(a * k)
def f(a, k):
    best = parts(a, 1.0)
    for i in range(k):
        if i % 2 == 0:
            best = parts(a, i + 2.0)
    return best.logabsdet, (best, k), None if k < 0 else best""")
    for k in (0, 1, 4):
        ours = f(MATRIX, k)
        theirs = np.linalg.slogdet(MATRIX * (1.0 if k == 0 else 2.0 if k == 1 else 4.0))
        assert type(ours[1][0]) is type(ours[2]) is type(theirs)
        assert np.isclose(ours[0], theirs.logabsdet) and np.allclose(ours[1][0], theirs) and np.allclose(ours[2], theirs)
    mixed = function("def f(a, k):\n    r = np.linalg.slogdet(a)\n    if k:\n        r = (1.0, 2.0)\n    return r")
    assert mixed(MATRIX, True) == (1.0, 2.0) and np.allclose(mixed(MATRIX, False), np.linalg.slogdet(MATRIX))


def test_no_such_name():
    with pytest.raises(Exception, match="Unknown attribute 'logdet' of type"):
        function("def f(a): return np.linalg.slogdet(a).logdet")(MATRIX)
