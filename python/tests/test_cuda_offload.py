"""Parallel loops of ordinary functions with target="cuda": on a GPU, or the driver that stands in for one, they give what the plain functions give; without one they run on threads."""

import copy
import math
import re
from pathlib import Path

import numpy as np
import pytest
import zouk
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import njit, prange

RANDOM = np.random.default_rng(3)
X, Y = RANDOM.random(1000), RANDOM.random(1000)
M = RANDOM.random((37, 20))


def axpy(a, x, y):
    for i in prange(x.size):
        y[i] = a * x[i] + y[i]


def total(x):
    s = 0.0
    n = 0
    for i in prange(x.size):
        if x[i] > 0.25:
            s += math.sin(x[i]) * x[i]
            n += 1
    return s, n


def rows(a, out):
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += a[i, j] * j
        out[i] = s


def whole(x, y):
    return np.sqrt(x * y) + x, (x * y).sum(), x.max()


def extreme(x):
    best, at = -1.0, -1
    for i in prange(x.size):
        if x[i] > best:
            best, at = x[i], i
    return best, at


def last(x):
    found = 0.0
    for i in prange(x.size):
        found = x[i] * 2
    return found


def any_above(x):
    found = False
    for i in prange(x.size):
        found = found or x[i] > 0.999
    return found


def whole_numbers(k, out):
    for i in prange(k.size):
        out[i] = k[i] // 3 + k[i] % 7 - (k[i] << 2)


def complex_numbers(z, w):
    for i in prange(z.size):
        w[i] = z[i] * z[i].conjugate() + w[i]


def steps(a, b, count):
    for _ in range(count):
        for i in prange(1, a.size - 1):
            b[i] = a[i] + 0.25 * (a[i - 1] - 2 * a[i] + a[i + 1])
        for i in prange(1, a.size - 1):
            a[i] = b[i]


def swapped(a, b, count):
    for _ in range(count):
        for i in prange(1, a.size - 1):
            b[i] = a[i] + 0.25 * (a[i - 1] - 2 * a[i] + a[i + 1])
        a, b = b, a
    return a


def watched(a, b, count):
    seen = 0.0
    for step in range(count):
        for i in prange(a.size):
            b[i] = a[i] + b[i]
        seen += b[step]
        b[step] = -1.0
    return seen


def until_small(a, b):
    count = 0
    change = 1.0
    while change > 1e-3 and count < 50:
        change = 0.0
        for i in prange(1, a.size - 1):
            b[i] = 0.5 * (a[i - 1] + a[i + 1])
        for i in prange(1, a.size - 1):
            change += abs(b[i] - a[i])
        for i in prange(1, a.size - 1):
            a[i] = b[i]
        count += 1
    return count, change


def check(function, *args, status="gpu"):
    compiled = njit(parallel=True, target="cuda")(function)
    mine, plain = copy.deepcopy(args), copy.deepcopy(args)
    got, wanted = compiled(*mine), function(*plain)
    for x, y in [(got, wanted)] if not isinstance(wanted, tuple) else list(zip(got, wanted)):
        if wanted is not None:
            np.testing.assert_allclose(x, y, rtol=1e-12)
    for x, y in zip(mine, plain):
        if isinstance(x, np.ndarray):
            np.testing.assert_allclose(x, y, rtol=1e-12)
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    spread = {remark["status"] for remark in remarks if remark["kind"] != "loop"} - {"serial"}
    assert spread == {status if TARGET == "cuda" else "parallel"}, remarks


@pytest.mark.parametrize(
    "function, args",
    [
        (axpy, (2.0, X, Y)),
        (axpy, (2.0, X[:0], Y[:0])),
        (axpy, (2.0, X[::-3], Y[:334])),
        (total, (X,)),
        (rows, (M, np.zeros(37))),
        (rows, (np.asfortranarray(M)[::2], np.zeros(38)[::2])),
        (whole, (X, Y)),
        (extreme, (np.round(X, 1),)),
        (last, (X,)),
        (any_above, (X,)),
        (whole_numbers, (np.arange(-50, 50), np.zeros(100, int))),
        (complex_numbers, (X[:100] + 1j, Y[:100] * 1j)),
        (steps, (X, Y, 6)),
        (steps, (X[::2], Y[::2], 3)),
        (steps, (X, Y, 0)),
        (swapped, (X, Y, 7)),
        (watched, (X, Y, 5)),
        (until_small, (X[:50], Y[:50])),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_value(function, args):
    check(function, *args)


def test_views_of_one_array():
    """They may overlap: then the loop runs on one thread, here, and sees what kernels have written before."""
    base = X.copy()
    check(axpy, 2.0, base[:-1], base[1:])
    both = RANDOM.random(400)
    copied = both.copy()
    njit(parallel=True, target="cuda")(steps)(both[:-1], both[1:], 4)
    steps(copied[:-1], copied[1:], 4)
    np.testing.assert_allclose(both, copied, rtol=1e-12)


def test_gaps_are_left_alone():
    wide = np.full(200, 7.0)
    njit(parallel=True, target="cuda")(axpy)(1.0, X[:100], wide[::2])
    assert (wide[1::2] == 7.0).all() and (wide[::2] == X[:100] + 7.0).all()


def test_what_stays_on_the_processor():
    def allocates(x, out):
        for i in prange(x.size):
            t = np.empty(i)
            t[:] = x[i]
            out[i] = t.sum()

    check(allocates, X[:20], np.zeros(20), status="parallel")
    if TARGET == "cuda":
        compiled = njit(parallel=True, target="cuda")(allocates)
        compiled(X[:5], np.zeros(5))
        assert "it allocates memory" in " ".join(remark["reason"] for remark in compiled.get_metadata(compiled.signatures[0])["parallel"])


def test_an_exception_brings_arrays_back():
    def fails(a, b, k):
        for step in range(10):
            for i in prange(a.size):
                a[i] = a[i] + b[i]
            if step == k:
                raise ValueError("enough", step)

    compiled = njit(parallel=True, target="cuda")(fails)
    mine, plain = X.copy(), X.copy()
    with pytest.raises(ValueError) as wanted:
        fails(plain, Y, 3)
    with pytest.raises(ValueError) as got:
        compiled(mine, Y, 3)
    assert got.value.args == wanted.value.args
    np.testing.assert_allclose(mine, plain, rtol=1e-15)
    compiled(mine, Y, 99)
    for _ in range(10):
        plain += Y
    np.testing.assert_allclose(mine, plain, rtol=1e-14)


def test_read_only_arrays_are_not_written():
    fixed = X.copy()
    fixed.setflags(write=False)
    check(axpy, 3.0, fixed, Y)


def test_what_is_said(capsys):
    compiled = njit(parallel=True, target="cuda")(axpy)
    compiled(1.0, X.copy(), Y.copy())
    compiled.parallel_diagnostics()
    said = capsys.readouterr().out
    assert ("loop over prange: on the GPU" if TARGET == "cuda" else "loop over prange: parallel") in said and "1 of 1 loops run in parallel" in said


def test_options():
    with pytest.raises(zouk.UnsupportedError, match="goes with parallel=True"):
        njit(target="cuda")(axpy)
    with pytest.raises(ValueError, match="target must be"):
        njit(parallel=True, target="tpu")(axpy)


def test_the_page():
    page = (Path(__file__).resolve().parents[2] / "docs" / "offload.md").read_text()
    program = "\n".join(re.findall(r"```python\n(.*?)```", page, re.S))
    scope = {"__name__": "page"}
    import linecache

    linecache.cache["<offload page>"] = (len(program), None, program.splitlines(True), "<offload page>")
    exec(compile(program, "<offload page>", "exec"), scope)
    got = scope["diffuse"](scope["heat"].copy(), np.zeros(10_000), 100)
    wanted = scope["diffuse"].py_func(scope["heat"].copy(), np.zeros(10_000), 100)
    np.testing.assert_allclose(got, wanted, rtol=1e-13, atol=1e-300)
    np.testing.assert_allclose(scope["out"], scope["m"] @ scope["m"], rtol=1e-13)
