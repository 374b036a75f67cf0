"""Nests of parallel loops on a GPU: threads share the iterations of inner loops too, where they do not need each other; what is computed is what the plain loops compute."""

import copy
import re

import numpy as np
import pytest
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import njit, prange

RANDOM = np.random.default_rng(17)
M = RANDOM.random((37, 53))
CUBE = RANDOM.random((5, 7, 11))


def planes(x, out):
    for i in prange(x.shape[0]):
        for j in prange(x.shape[1]):
            out[i, j] = x[i, j] * 2 + i - j


def plain_inner(x, out):
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            out[i, j] = x[i, j] * 2 + i - j


def cubes(x, out):
    for i in prange(x.shape[0]):
        for j in prange(x.shape[1]):
            for k in prange(x.shape[2]):
                out[i, j, k] = x[i, j, k] + i * j - k


def product(a, b, out):
    for i in prange(a.shape[0]):
        for j in prange(b.shape[1]):
            s = 0.0
            for k in range(a.shape[1]):
                s += a[i, k] * b[k, j]
            out[i, j] = s


def interior(x, out):
    for i in prange(1, x.shape[0] - 1):
        for j in prange(1, x.shape[1] - 1):
            out[i, j] = 0.25 * (x[i - 1, j] + x[i + 1, j] + x[i, j - 1] + x[i, j + 1])


def stepped(x, out):
    for i in prange(0, x.shape[0], 3):
        for j in range(1, x.shape[1], 2):
            out[i, j] = x[i, j]


def backwards(x, out):
    for i in prange(x.shape[0]):
        for j in range(x.shape[1] - 1, -1, -1):
            out[i, j] = x[i, j]


def triangle(x, out):
    for i in prange(x.shape[0]):
        for j in prange(i):
            out[i, j] = x[i, j] - x[j, 0]


def scaled(x, v, out):
    for i in prange(x.shape[0]):
        factor = v[i] * 2
        for j in prange(x.shape[1]):
            out[i, j] = x[i, j] * factor


def total(x):
    s = 0.0
    for i in prange(x.shape[0]):
        for j in prange(x.shape[1]):
            s += x[i, j]
    return s


def largest(x):
    s = -1.0
    n = 0
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            s = max(s, x[i, j])
            n += j
    return s, n


def distances(points, others, out):
    for i in prange(points.shape[0]):
        for j in prange(others.shape[0]):
            d = 0.0
            for k in range(points.shape[1]):
                d += (points[i, k] - others[j, k]) ** 2
            out[i, j] = np.sqrt(d)


def gathered(x, k, out):
    for i in prange(x.shape[0]):
        for j in prange(k.size):
            out[i, j] = x[i, k[j]]


def whole(x, y):
    return x[::2, ::2] * y[::2, ::2] + 1


def rows(x, out):
    for i in prange(x.shape[0]):
        s = 0.0
        for j in range(x.shape[1]):
            s += x[i, j]
        out[i] = s


def running(x):
    """The inner loop hands elements on."""
    for i in prange(x.shape[0]):
        for j in range(1, x.shape[1]):
            x[i, j] += x[i, j - 1]


def first_of_row(x):
    """What is read before the inner loop it writes."""
    for i in prange(x.shape[0]):
        first = x[i, 0]
        for j in range(x.shape[1]):
            x[i, j] -= first


def where(x):
    best, at_i, at_j = -1.0, -1, -1
    for i in prange(x.shape[0]):
        for j in range(x.shape[1]):
            if x[i, j] > best:
                best, at_i, at_j = x[i, j], i, j
    return best, at_i, at_j


def compiled_and_plain(function, args):
    compiled = njit(parallel=True, target="cuda")(function)
    mine, plain = copy.deepcopy(args), copy.deepcopy(args)
    got, wanted = compiled(*mine), function(*plain)
    pairs = list(zip(mine, plain)) + list(zip(got, wanted) if isinstance(wanted, tuple) else [(got, wanted)])
    for x, y in pairs:
        if y is not None:
            np.testing.assert_allclose(x, y, rtol=1e-12)
    return compiled


def spread(compiled):
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    return sum("over one grid" in remark["reason"] for remark in remarks), remarks


ZEROS = np.zeros_like(M)


@pytest.mark.parametrize(
    "function, args, inner",
    [
        (planes, (M, ZEROS), 1),
        (planes, (np.asfortranarray(M)[::2], np.zeros((37, 53))[::2]), 1),
        (planes, (M[:0], ZEROS[:0]), 1),
        (planes, (M[:, :0], ZEROS[:, :0]), 1),
        (planes, (M[:1], ZEROS[:1]), 1),
        (plain_inner, (M, ZEROS), 1),
        (cubes, (CUBE, np.zeros_like(CUBE)), 2),
        (product, (M, M.T.copy(), np.zeros((37, 37))), 1),
        (interior, (M, ZEROS), 1),
        (stepped, (M, ZEROS), 1),
        (backwards, (M, ZEROS), 1),
        (triangle, (M[:, :37], np.zeros((37, 37))), 1),
        (scaled, (M, M[:, 0].copy(), ZEROS), 1),
        (total, (M,), 1),
        (largest, (M,), 1),
        (distances, (M, M[:11].copy(), np.zeros((37, 11))), 1),
        (gathered, (M, np.arange(20)[::-1].copy(), np.zeros((37, 20))), 1),
        (whole, (M, M + 1), 0),
        (rows, (M, np.zeros(37)), 0),
        (running, (M,), 0),
        (first_of_row, (M,), 0),
        (where, (np.round(M, 2),), 0),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_value(function, args, inner):
    compiled = compiled_and_plain(function, args)
    if TARGET == "cuda":
        found, remarks = spread(compiled)
        assert found == inner, remarks


def test_random_nests():
    """Bounds, steps and shapes of all kinds."""

    def nest(x, out, a, b, s, c, d, t):
        n = 0
        for i in prange(a, b, s):
            for j in prange(c, d, t):
                out[i, j] += x[i, j] * 3 - i * j
                n += i - j
        return n

    compiled = njit(parallel=True, target="cuda")(nest)
    for _ in range(60):
        shape = RANDOM.integers(1, 30, 2)
        x = RANDOM.random(shape)
        (a, c), (b, d) = RANDOM.integers(0, shape + 1), RANDOM.integers(0, shape + 1)
        s, t = RANDOM.integers(1, 5, 2)
        mine, plain = np.zeros(shape), np.zeros(shape)
        got, wanted = compiled(x, mine, a, b, s, c, d, t), nest(x, plain, a, b, s, c, d, t)
        assert got == wanted
        np.testing.assert_allclose(mine, plain, rtol=1e-13)


def test_views_that_overlap():
    base = RANDOM.random((30, 30))
    mine, plain = base.copy(), base.copy()
    njit(parallel=True, target="cuda")(planes)(mine[:-1], mine[1:])
    planes(plain[:-1], plain[1:])
    np.testing.assert_allclose(mine, plain, rtol=1e-13)


def test_an_exception():
    compiled = njit(parallel=True, target="cuda")(gathered)
    places = np.arange(20)
    places[13] = 99
    mine, plain = np.zeros((37, 20)), np.zeros((37, 20))
    with pytest.raises(IndexError):
        compiled(M, places, mine)
    with pytest.raises(IndexError):
        gathered(M, places, plain)
    if TARGET == "cuda":
        np.testing.assert_array_equal(mine, plain)


def test_what_is_said(capsys):
    compiled = njit(parallel=True, target="cuda")(planes)
    compiled(M, ZEROS.copy())
    compiled.parallel_diagnostics(level=2)
    said = capsys.readouterr().out
    assert bool(re.search("over one grid of threads with the loop around it", said)) == (TARGET == "cuda")
