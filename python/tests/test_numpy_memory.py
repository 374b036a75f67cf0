"""Array programs whose memory is arranged by passes: slices that are computed alone, results in place of operands, allocations before loops, sizes known to be equal."""

import numpy as np
import pytest
from lang_support import arrays, check, function

PROGRAMS = {
    "slices of results": "def f(a): return np.exp(a)[1:-1] * 2, np.sqrt(a * 2 + 3)[::-2], (a + a)[..., 0]",
    "a slice and the whole": """def f(a):
    t = a * 2 + 1
    s = t[1:]
    t[0] = 7
    return s, t""",
    "two slices of one result": """def f(a):
    t = np.sin(a)
    return t[1:] - t[:-1]""",
    "a slice after a write": """def f(a):
    t = a + 1
    a[:] = 0
    return t[1:]""",
    "written over": """def f(a):
    t = a * 2
    t += a
    t *= 3
    t -= t.mean()
    return t""",
    "written over while others look": """def f(a):
    t = a * 2
    s = t
    v = t[1:]
    t += 1
    u = t
    t = t * 2
    return s, v, u, t""",
    "written over in a branch": """def f(a):
    t = a * 2
    if a.sum() > 3:
        t += a
    t += 1
    return t""",
    "in place of operands": """def f(a):
    x = a - a.mean()
    y = x / (x.std() + 1)
    z = y * x[::-1]
    w = z + 1
    return y.max(), w""",
    "swapped": """def f(a):
    u = a * 1.0
    v = u + 1
    for _ in range(3):
        v[1:-1] = u[:-2] + u[2:]
        u, v = v, u
    return u, v""",
    "temporaries of a loop": """def f(a):
    total = 0.0
    for i in range(a.shape[0]):
        t = np.zeros(a.shape[0])
        t[i] += 1
        u = np.sin(a) * t[i]
        u -= u.mean()
        total += t.sum() + (u * u[::-1]).sum()
    return total""",
    "kept by a loop": """def f(a):
    best = a * 0
    for i in range(3):
        t = a * i
        if t.sum() >= best.sum():
            best = t
    return best""",
    "sizes of slices": """def f(a):
    return a[1:] + a[:-1], a[2:] * a[:-2] - a[1:-1], a[::-1] + a, a[:0:-1] + a[1:]""",
}


#: Operations that change nothing make another array all the same.
COPIES = ["+w", "w.astype(np.float64)", "np.array(w)", "np.copy(w)", "np.positive(w)", "np.where(True, w, w)", "w * 1", "w + 0"]


@pytest.mark.parametrize("copy", COPIES)
@pytest.mark.parametrize("made", ["np.zeros(3)", "np.array([1.0, 2.0, 3.0])", "x[np.array([0, 1])]", "same(x, 2)", "x * 2"])
def test_copies_are_other_arrays(made, copy):
    f = function(
        f"""@njit
def same(x, n):
    if n <= 0:
        return x
    return same(x, n - 1)

def f(x):
    w = {made}
    y = {copy}
    y[0] = 9
    z = {copy}
    w[1] = 7
    return w, y, z, x"""
    )
    check(f, np.arange(4.0))


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name):
    f = function(PROGRAMS[name])
    # Of nothing there is no mean.
    for n in (5, 2, 3, 1) if "mean" in PROGRAMS[name] else (5, 2, 3, 1, 0):
        for a in arrays((n,), np.float64):
            check(f, a, rtol=1e-12)


def test_stretched_as_well_as_equal():
    f = function("def f(a, b, c): return (a * b + c) * a - c, a * b, np.where(a > b, c, a + 1)")
    shapes = [(3, 4), (1, 4), (3, 1), (4,), (1,), (1, 1)]
    for x in shapes:
        for y in shapes:
            check(f, np.arange(np.prod(x), dtype=float).reshape(x), np.arange(np.prod(y), dtype=float).reshape(y), np.ones((3, 4)), rtol=1e-12)
    check(f, np.ones((3, 4)), np.ones((2, 4)), np.ones(4), text=True)


def test_calls_are_fused():
    f = function(
        """@njit
def half(x):
    y = x * 0.5
    return np.where(y > 1, 1 - y, y)

@njit
def store(x, out):
    out[:] = x + 1
    return out

def f(a, b):
    s = half(a + b) * half(a - b)
    t = a + b
    u = store(t, a)
    return s + t, u, a"""
    )
    check(f, np.arange(4.0), np.ones(4), rtol=1e-12)
    check(f, np.arange(4.0), np.ones(1), rtol=1e-12)


def test_sizes_below_zero_in_loops(capfd):
    f = function(
        """def f(n, k):
    total = 0
    for i in range(k):
        print(i)
        t = np.empty(n)
        t[:] = i
        total += t.sum()
    return total"""
    )
    assert f(3, 3) == 9
    capfd.readouterr()
    with pytest.raises(ValueError, match="negative dimensions"):
        f(-1, 2)
    assert capfd.readouterr().out == "0\n"
    assert f(-1, 0) == 0 and f(1 << 60, 0) == 0


def test_arrays_of_constant_sizes_are_fused():
    """Sizes that are constants are part of a tensor's type."""

    check(function("def f(c):\n    x, y = np.ones(100), np.ones(100)\n    return x + y + c, (x * y)[:50] + c, np.zeros((3, 4)) + x[:4] + c"), 2.0)
