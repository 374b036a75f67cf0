"""Loops around serial loops: several iterations at once. Results are those of CPython, to the last bit; where something raises, so are exceptions and what has been stored."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from lang_support import layouts, plain, register, same

from zouk import njit, parallel_chunksize, prange

RANDOM = np.random.default_rng(0)
SIZES = [0, 1, 7, 8, 9, 15, 16, 17, 31, 40, 49]


def is_vectorised(compiled):
    return all("vector<" in compiled.inspect("llvm", signature) for signature in compiled.signatures)


def outcome(function, *args):
    try:
        return function(*args), None
    except (ZeroDivisionError, ValueError, OverflowError, IndexError) as error:
        return None, (type(error), str(error))


def check(function, *args, parallel=True, vectorised=True):
    """Compiles, and compares results, exceptions, and what became of the arguments."""
    compiled = njit(parallel=parallel)(function)
    theirs, mine = [[a.copy(order="K") if isinstance(a, np.ndarray) else a for a in args] for _ in range(2)]
    with np.errstate(all="ignore"):
        wanted, got = outcome(function, *theirs), outcome(compiled, *mine)
    assert wanted[1] == got[1]
    assert same(got[0], wanted[0]) if wanted[1] is None else True
    assert all(same(x, y) for x, y in zip(mine, theirs))
    assert is_vectorised(compiled) == vectorised
    return compiled


def row_sums(a):
    out = np.empty(a.shape[0])
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s += float(a[i, j])
        out[i] = s
    return out


def column_sums(a):
    out = np.empty(a.shape[1])
    for j in range(a.shape[1]):
        s = 0.0
        for i in range(a.shape[0]):
            s += float(a[i, j])
        out[j] = s
    return out


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int32])
def test_sums(n, dtype):
    for values in layouts((100 * RANDOM.standard_normal((n, 5))).astype(dtype)):
        check(row_sums, values)
        check(column_sums, values.T, parallel=False)


def mandelbrot(h, w, limit):
    out = np.empty((h, w), np.int64)
    for i in prange(h):
        for j in range(w):
            x, y = -2.0 + 3.0 * j / 40, -1.0 + 2.0 * i / 10
            a, b, n = 0.0, 0.0, 0
            while n < limit and a * a + b * b <= 4.0:
                a, b = a * a - b * b + x, 2.0 * a * b + y
                n += 1
            out[i, j] = n
    return out


@pytest.mark.parametrize("w", SIZES)
def test_escapes(w):
    check(mandelbrot, 5, w, 60)
    check(mandelbrot, 5, w, 60, parallel=False)


def collatz(n):
    out = np.empty(n, np.int64)
    for i in range(n):
        x, c = i + 1, 0
        while x != 1:
            if x % 2 == 0:
                x = x // 2
            else:
                x = 3 * x + 1
            c += 1
        out[i] = c
    return out


@pytest.mark.parametrize("n", SIZES)
def test_integers_until_they_end(n):
    check(collatz, n)


def in_place(a, steps):
    for i in prange(len(a)):
        x = a[i]
        for _ in range(steps):
            x = x * 0.75 + 1.0
        a[i] = x


@pytest.mark.parametrize("n", SIZES)
def test_what_is_read_and_written(n):
    """No iteration may run twice."""
    for values in layouts(RANDOM.standard_normal(n)):
        check(in_place, values, 9)


def triangle(a):
    out = np.empty(a.shape[0])
    for i in prange(a.shape[0]):
        s = 0.5
        for j in range(i % 7, min(i, a.shape[1])):
            if a[i, j] > 0:
                s = s * a[i, j] + 1.0
            else:
                for k in range(j):
                    s -= a[i, k]
        out[i] = s
    return out


@pytest.mark.parametrize("n", SIZES)
def test_loops_of_different_lengths(n):
    for values in layouts(RANDOM.standard_normal((n, 9))):
        check(triangle, values)


def overlapping(out, a, steps):
    for i in range(len(out)):
        x = a[i]
        for _ in range(steps):
            x = x * 0.5 + 1.0
        out[i] = x


@pytest.mark.parametrize("start", [0, 1, 3, 8, 20])
def test_arguments_that_may_overlap(start):
    compiled = njit(overlapping)
    for distance in (0, 1, 9, 30):
        theirs, mine = np.arange(80.0), np.arange(80.0)
        for function, memory in ((overlapping, theirs), (compiled, mine)):
            function(memory[start : start + 25], memory[distance : distance + 25], 9)
        assert same(mine, theirs)
    assert is_vectorised(compiled)


def total(a, steps):
    s, m, odd = 0.0, 0, 0
    for i in prange(len(a)):
        x = a[i]
        for _ in range(steps):
            x = x * 0.5 + 1.0
        s += x
        if x > 1.5:
            m += i
        odd ^= i * 3
    return s, m, odd


@pytest.mark.parametrize("n", SIZES)
def test_what_iterations_are_put_together_to(n):
    values = RANDOM.standard_normal(n)
    compiled = njit(parallel=True)(total)
    for size in (0, 20):
        with parallel_chunksize(size):
            got = compiled(values, 9)
        assert same(got, plain(total(values, 9)), rtol=1e-14)
    assert is_vectorised(compiled)


def newton(a, steps):
    out = np.zeros(len(a))
    for i in prange(len(a)):
        x = a[i]
        for _ in range(steps):
            x = x - (x * x - a[i]) / (2.0 * x)
        out[i] = x
    return out


@pytest.mark.parametrize("n", SIZES)
def test_divisions(n):
    check(newton, RANDOM.random(n) + 1.0, 9)


def newton_into(out, a, steps):
    for i in range(len(a)):
        x = a[i]
        n = 0
        while abs(x * x - a[i]) > 1e-9 and n < steps:
            x = x - (x * x - a[i]) / (2.0 * x)
            n += 1
        if x > 100.0:
            x = 1.0 / (x - a[i])
        out[i] = x


@pytest.mark.parametrize("at", [0, 3, 8, 19, 24])
@pytest.mark.parametrize("bad", [0.0, -4.0, math.nan, math.inf, 1e8])
def test_exceptions(at, bad):
    """What comes before the first iteration that raises is stored, and nothing else."""
    values = RANDOM.random(25) + 1.0
    values[at] = bad
    check(newton_into, np.zeros(25), values, 30, parallel=False)
    values[at:] = 0.0
    check(newton_into, np.zeros(25), values, 30, parallel=False)


def through_functions(a):
    out = np.empty(len(a))
    for i in prange(len(a)):
        x = a[i]
        for _ in range(8):
            x = math.sin(x) + math.atan2(x, 2.0) + math.exp(-x * x) + math.erfc(x) + math.hypot(0.5, 0.25) + math.floor(x)
        out[i] = x
    return out


@pytest.mark.parametrize("n", SIZES)
def test_functions(n):
    """SLEEF's are within one unit in the last place."""
    values = RANDOM.standard_normal(n)
    compiled = njit(parallel=True)(through_functions)
    np.testing.assert_allclose(compiled(values), through_functions(values), rtol=1e-10)


def stored_on_the_way(a):
    out = np.zeros(a.shape)
    for i in prange(a.shape[0]):
        s = 0.0
        for j in range(a.shape[1]):
            s = 0.25 * a[i, j] + 0.75 * s
            if s > 0.1:
                out[i, j] = s
    return out


@pytest.mark.parametrize("n", SIZES)
def test_stores_in_branches(n):
    for values in layouts(RANDOM.standard_normal((n, 6))):
        check(stored_on_the_way, values)


def along(a):
    for i in range(1, len(a)):
        x = a[i - 1]
        for _ in range(9):
            x = x * 0.5 + 1.0
        a[i] = x


def unrolled(a, w):
    out = np.zeros(a.shape)
    for i in range(1, a.shape[0] - 1):
        for j in range(1, a.shape[1] - 1):
            s = 0.0
            for p in range(3):
                for q in range(3):
                    s += a[i + p - 1, j + q - 1] * w[p, q]
            out[i, j] = s
    return out


def plain_inside(a):
    out = np.zeros(a.shape)
    for i in range(a.shape[0]):
        for j in range(a.shape[1]):
            out[i, j] = 2.0 * a[i, j]
    return out


def test_what_is_left_alone():
    """Iterations that need each other, and loops that LLVM vectorises itself."""
    check(along, RANDOM.standard_normal(30), parallel=False, vectorised=False)
    check(unrolled, RANDOM.standard_normal((20, 20)), RANDOM.standard_normal((3, 3)), parallel=False, vectorised=False)
    check(plain_inside, RANDOM.standard_normal((20, 20)), parallel=False, vectorised=False)


def test_diagnostics(capsys):
    compiled = check(row_sums, RANDOM.standard_normal((20, 5)))
    compiled.parallel_diagnostics(level=2)
    assert "iterations at once" in capsys.readouterr().out
    remarks = compiled.get_metadata(compiled.signatures[0])["parallel"]
    assert [remark["status"] for remark in remarks if remark["kind"] == "loop"] == ["vectorized"]


@pytest.mark.parametrize(
    "function, args, why",
    [(along, (RANDOM.standard_normal(30),), "need each other"), (plain_inside, (RANDOM.standard_normal((20, 20)),), "vectorised"), (unrolled, (RANDOM.standard_normal((20, 20)), RANDOM.standard_normal((3, 3))), "short")],
)
def test_diagnostics_of_what_is_left_alone(capsys, function, args, why):
    compiled = njit(function)
    compiled(*args)
    loops = [remark for remark in compiled.get_metadata(compiled.signatures[0])["parallel"] if remark["kind"] == "loop"]
    assert {remark["status"] for remark in loops} == {"scalar"} and any(why in remark["reason"] for remark in loops)
    assert all(remark["file"] == __file__ and remark["line"] > function.__code__.co_firstlineno for remark in loops)
    compiled.parallel_diagnostics(level=2)
    printed = capsys.readouterr().out
    assert all(f"line {remark['line']}: loop around loops: scalar: {remark['reason']}" in printed for remark in loops)
    compiled.parallel_diagnostics(level=1)
    assert "scalar" not in capsys.readouterr().out


def test_the_page():
    """The programs of docs/parallel.md give what CPython gives."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "parallel.md").read_text()
    scope = {"__name__": "page"}
    for text in re.findall(r"```python\n(.*?)```", page, re.S):
        exec(compile(text, register(text), "exec"), scope)
    mandelbrot, norms, values = scope["mandelbrot"], scope["norms"], RANDOM.standard_normal((9, 4))
    assert same(mandelbrot(30, 40, 50), mandelbrot.py_func(30, 40, 50))
    assert is_vectorised(mandelbrot)
    np.testing.assert_allclose(norms(values), norms.py_func(values), rtol=1e-15)
