"""Comprehensions as arrays and lists, and generator expressions."""

import numpy as np
import pytest
import zouk
from lang_support import FLOATS, INTEGERS, arrays, check, function, layouts

from zouk import njit

V = np.linspace(0.1, 0.9, 7)
W = np.arange(5)


def test_iterables():
    @njit
    def f(v, w, n):
        return (
            np.array([2 * x for x in v]), np.array([k * k for k in range(n)]), np.array([x * y for x, y in zip(v, w)]), np.array([k + x for k, x in enumerate(v)]),
            np.array([x for x in reversed(v)]), np.array([k for k in (1, 2.5, 3)]), np.array([k for k in [n, 2]]), np.array([x for x in w.flat]),
            np.array([v[i + 1] - v[i] for i in range(len(v) - 1)]), np.array([p for p in zip(v, v)]), np.array([x > 0.5 for x in v]),
        )

    check(f, V, W, 4)
    check(f, V[::-2], W.astype(np.uint8), 1)


@pytest.mark.parametrize("dtype", [np.bool_, *INTEGERS, *FLOATS, np.complex64, np.complex128])
def test_element_types(dtype):
    f = function("def f(v): return np.array([x for x in v]), np.array([v[-1] if k > 1 else x for k, x in enumerate(v)])")
    for v in layouts(np.arange(4).astype(dtype)):
        check(f, v)


def test_rows():
    @njit
    def f(a, v):
        return (
            np.array([row.sum() for row in a]), np.array([row * 2 for row in a]), np.array([x for row in a for x in row]), np.array([[x, x + 1] for x in v]),
            np.array([[x * y for x in v] for y in a[0]]), np.array([[[i + j * k for k in range(2)] for j in range(3)] for i in range(4)]),
            np.array([[k for k in (1, 2.5)] for j in range(3)]), np.array([[j * k for k in range(3)] for j in (1, 2.5)]), np.array([[1, 2], [x for x in v[:2]]]),
            np.array([[row for row in a] for k in range(2)]),
        )

    for a in arrays((3, 4)):
        check(f, a, V)


def test_tests():
    @njit
    def f(v, limit):
        return (
            np.array([x for x in v if x > limit]), np.array([x * y for x in v if x > limit for y in v if y > x]), np.array([k for k, x in enumerate(v) if x > limit if k != 3]),
            np.array([[x * y for x in v if x > limit] for y in v]), np.array([v * x for x in v if x > limit]).ndim, np.array([k for k in (1, 2.5, 3) if k > limit]),
        )

    for limit in (0.3, 0.0):
        check(f, V, limit)


def test_many_items_of_several_loops():
    f = function("def f(n, m): return np.array([i * m + j for i in range(n) for j in range(m) if j != 2])")
    for n, m in ((1, 5), (40, 7), (100, 100)):
        check(f, n, m)
    f = function("def f(n, m, v): return np.array([v * i for i in range(n) for j in range(m)])")
    check(f, 7, 9, V)


def test_rows_of_different_lengths_raise():
    f = function("def f(lengths): return np.array([[k for k in range(n)] for n in lengths])")
    g = function("def g(lengths, v): return np.array([v[:n] for n in lengths])")
    for lengths in ((2, 2), (2, 3), (3, 0, 3)):
        check(f, np.array(lengths), text=True)
        check(g, np.array(lengths), V, text=True)


def test_no_items():
    """NumPy's array is one of float64 then; a compiled one has the type that items would have had."""
    f = function("def f(n, v): return np.array([k for k in range(n)]), np.array([v for k in range(n)]), np.array([[k for k in range(n)] for x in v])")
    flat, rows, empty = f(0, V)
    assert (flat.shape, flat.dtype) == ((0,), np.int64)
    assert (rows.shape, rows.dtype) == ((0, 0), np.float64)
    assert empty.shape == (7, 0)


def test_names():
    f = function("""
def f(x, v):
    k = 10
    a = np.array([k * x for k in v for x in (k, 2 * k)])
    b = np.array([x for x in v[:3] if np.array([x for x in v[:2]]).sum() > 0])
    for x in range(2):
        a = np.array([y + x + k for y in a])
    c = np.array([[x for x in range(x)] for x in (3, 3)])
    d = np.array([i for i in v for i in (i, 2 * i)])
    return a, b, c, d, k, x
""")
    check(f, 5, V)
    for text in ("def f(v):\n    a = np.array([k for k in v])\n    return k", "def f(v): return np.array([k for k in k])"):
        with pytest.raises(zouk.ZoukError):
            function(text)(V)


def test_other_functions():
    @njit
    def f(v, n):
        return (
            np.sum([x * x for x in v]), np.mean([x for x in v]), np.max([x + k for k, x in enumerate(v)]), np.any([x > 0.5 for x in v]), np.asarray([x for x in v]),
            np.dot([x for x in v], v), np.array([x for x in v], dtype=np.float32), np.sort([-x for x in v]), np.array([k for k in range(n)]).sum(),
        )

    check(f, V, 5, rtol=1e-15)


def test_indices_and_assignments():
    @njit
    def f(a, n):
        a[[k for k in range(n)]] = 9
        a[:, 1] = [x + 1 for x in a[:, 0]]
        a[0] += [k for k in range(4)]
        a[1:, [k + 1 for k in range(n)]] *= 2
        return a[[k for k in (0, n)]], a[[n - k - 1 for k in range(n)], [k for k in range(n)]], a[[x > 3 for x in a[:, 0]]]

    for a in arrays((3, 4)):
        check(f, a, 2)


def test_builtins():
    @njit
    def f(v, n):
        return (
            sum([x * x for x in v]), max([x - k for k, x in enumerate(v)]), min(x * x for x in v), max(abs(k - 3) for k in range(n)), len([x for x in v if x > 0.3]),
            sum(x * x for x in v), sum(x * y for x in v for y in v if x > y), sum((k for k in range(n)), 10), sum((k for k in range(n)), start=0.5), sum(k for k in (1, 2.5)),
            any(x > 0.5 for x in v), any(x > 5 for x in v), all(x > 0 for x in v), all(x > 0.5 for x in v), any(x * y > 0.8 for x in v for y in v), all(k for k in (1, 0, 2)),
            any(x > 0.8 for x in v if x < 0.3), all([x > 0 for x in v]), any([]), sum(x > 0.5 for x in v),
            max((x for x in v if x > 99), default=-1.5), min((x for x in v), default=0.0),
        )

    check(f, V, 6)
    check(f, V[3:], 3)


def test_searches_stop():
    f = function("def f(v, places): return any(v[i] > 0.5 for i in places), all(v[i] < 0.5 for i in places)")
    for places in ((0, 1), (6, 99), (0, 99), (99, 6)):
        check(f, V, np.array(places))


def test_lists_of_items_of_tuples():
    @njit
    def f(a, b, x):
        parts = [2 * part for part in (a, b)]
        return np.concatenate(parts), np.concatenate([part + x for part in [a, b]]), parts[1], len([k for k in (1, 2.5, x)])

    check(f, V, V[:3], 2)
    for items in ("[2 * k for k in (x, 2.5, True)]", "[(k, v) for k, v in enumerate((x, 2.5))]", "[[j * k for j in (1, 2)] for k in (x, 3)][1]"):
        check(function(f"def f(x): return {items}"), 4)


def test_what_is_refused():
    for program in ("[x for x in v]", "np.array([(y := x) for x in v])", "np.concatenate([v for k in range(3)])", "{x for x in v}", "{x: x for x in v}", "np.array([x for x in 3])",
                    "np.array([v if k > 1 else 2 for k in range(3)])"):
        with pytest.raises((zouk.TypingError, zouk.UnsupportedError)):
            function(f"def f(v): return {program}")(V)
