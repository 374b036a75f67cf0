"""Values that only some iterations of a parallel loop assign, and slices of one row: as the loop on one thread gives them."""

import numpy as np
import pytest
from lang_support import function

import zouk
from zouk import njit, prange


def parallel(text, **scope):
    f = function(text, prange=prange, njit=lambda f: f, **scope)
    return njit(parallel=True)(f.py_func if hasattr(f, "py_func") else f)


def agree(f, *arguments):
    copies = [[a.copy() if isinstance(a, np.ndarray) else a for a in arguments] for _ in range(2)]
    with zouk.parallel_chunksize(7):
        ours = f(*copies[0])
    theirs = f.py_func(*copies[1])
    np.testing.assert_equal(ours, theirs)
    for a, b in zip(*copies):
        np.testing.assert_array_equal(a, b)
    assert {loop["status"] for loop in f.get_metadata(f.signatures[-1])["parallel"] if loop["kind"] == "prange"} == {"parallel"}


LOOPS = {
    "one": "if x[i] > t: last = x[i]",
    "a place": "if x[i] > t: at = i",
    "both branches": "if x[i] > t:\n            last = x[i]\n        elif x[i] < -t:\n            last = -2 * x[i]",
    "nested": "if x[i] > t:\n            if i % 3 == 0:\n                last = x[i]\n            at = i",
    "two values": "if x[i] > t:\n            last, at = x[i] * 2, i\n        if i % 5 == 1:\n            count += 1",
    "other conditions": "if x[i] > t: last = x[i]\n        if x[i] < 0: at = i",
    "an inner loop": "for j in range(i % 4):\n            if x[i] * j > t: last = x[i] + j",
    "beside a sum": "s += 1\n        if x[i] > t:\n            last = x[i]",
    "and": "if x[i] > t and i % 2:\n            last = x[i]",
    "a ternary": "last = x[i] if x[i] > t else last",
}


@pytest.mark.parametrize("name", LOOPS)
def test_the_latest_assignment_counts(name):
    f = parallel(
        f"""
def f(x, t):
    last, at, count, s = -1.0, -7, 0, 0.0
    for i in prange(x.size):
        {LOOPS[name]}
    return last, at, count, s
"""
    )
    rng = np.random.default_rng(0)
    for size in (0, 1, 5, 100, 5000):
        x = rng.normal(size=size)
        for t in (0.0, 1.5, 100.0):
            agree(f, x, t)


def test_names_that_may_have_no_value():
    f = parallel("def f(x, t):\n    for i in prange(x.size):\n        if x[i] > t:\n            last = x[i]\n    return last")
    x = np.arange(1000.0)
    agree(f, x, 500.0)
    with pytest.raises(UnboundLocalError):
        f(x, 2000.0)


def test_ranges_of_all_kinds():
    for loop in ("prange(5, n)", "prange(n - 1, -3, -2)", "prange(-n, n, 3)"):
        f = parallel(f"def f(n, m):\n    last = 0\n    for i in {loop}:\n        if i % m == 1:\n            last = i\n    return last")
        for n in (0, 10, 1000):
            agree(f, n, 7)


def test_a_value_that_is_looked_at_is_refused():
    f = parallel("def f(x):\n    last = 0.0\n    for i in prange(x.size):\n        if x[i] > 0: last = x[i]\n        x[i] = last\n    return last")
    with pytest.raises(zouk.errors.ParallelError):
        f(np.ones(9))


ROWS = [
    "a[i, 1:] = a[i, :-1] + 1",
    "a[i, 1:] = a[i, 1:] + 1",
    "a[i, 1:3] = a[i, 0:2] * 2",
    "a[i, 1:] = b[i, :-1] + 1",
    "a[i, 1:] += a[i, :-1]",
    "a[i] = a[i] + a[i, ::-1]",
    "a[i, 2:] = np.sqrt(a[i, 1:-1] * a[i, :-2])",
    "a[i, 1:] = a[i, :-1]",
]


@pytest.mark.parametrize("row", ROWS)
def test_slices_of_one_row(row):
    f = parallel(f"def f(a, b):\n    for i in prange(a.shape[0]):\n        {row}")
    a, b = np.arange(600.0).reshape(100, 6), np.arange(600.0).reshape(100, 6) * 3
    agree(f, a, b)


def test_rows_of_neighbours_are_still_refused():
    with pytest.raises(zouk.errors.ParallelError):
        parallel("def f(a):\n    for i in prange(1, a.shape[0]):\n        a[i, 1:] = a[i - 1, :-1] + 1")(np.ones((9, 5)))


def test_a_row_before_all_that_are_written():
    f = parallel("def f(a, b):\n    for i in prange(1, a.shape[0]):\n        a[i, 1:] = a[0, :-1] + a[i, 1:]")
    agree(f, np.arange(600.0).reshape(100, 6), np.arange(600.0).reshape(100, 6))
