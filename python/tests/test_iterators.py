"""`iter` and `next`: iterators that remember where they are, in variables, closures, tuples, calls and one another."""

import numpy as np
import pytest
from lang_support import check, function

import zouk

A = np.array([0.5, 2.0, 1.25, 3.0, -1.0, 4.0])

#: Statements on an array `a` that leave their result in `s`.
PROGRAMS = {
    "two items": "it = iter(a); s = next(it) + 10 * next(it, -3.0)",
    "the rest": "it = iter(a)\n    s = next(it, 7.5)\n    for x in it: s = 2 * s + x",
    "pairs": "it = iter(a)\n    for x, y in zip(it, it): s += x * y\n    s = (s, next(it, -1.0))",
    "triples": "it = iter(a)\n    for x, y, z in zip(it, it, it): s += x * y - z",
    "items taken within the loop": "it = iter(a)\n    for x in it:\n        if x == 2.0: s += 100 * next(it)\n        elif x > 3: break\n        else: s += x\n    else: s -= 1000",
    "continue": "it = iter(a)\n    for x in it:\n        if x < 1: continue\n        s = 3 * s + x",
    "a sentinel": "it = iter(a)\n    while True:\n        x = next(it, None)\n        if x is None: break\n        s = 2 * s + x",
    "a loop in its own": "it = iter(a)\n    for x in it:\n        for y in it:\n            s += x * y\n            if y > 2: break",
    "parts in an outer loop": "it = iter(a)\n    for i in range(4):\n        for x in it:\n            s += x * (i + 1)\n            if x > 1: break",
    "enumerate": "e = enumerate(a, 3)\n    i, x = next(e, (0, 1.5))\n    s = i * x\n    for j, y in e: s += j * y",
    "zip": "z = zip(a, range(5), (2, 3, 4))\n    for x, y, k in z:\n        s += x * y * k\n        if k == 3: break\n    for x, y, k in z: s += 10 * x * y * k",
    "zip of another length": "z = zip(a, iter(a[1:]))\n    for x, y in z: s = 2 * s + x * y\n    s = (s, next(z, (0.0, 1.0)))",
    "reversed": "r = reversed(a)\n    s = next(r, 9.0)\n    for x in r: s = 2 * s + x",
    "map": "m = map(lambda v, w: v - 2 * w, a, a[::-1])\n    s = next(m, 0.25)\n    for x in m: s = 2 * s + x",
    "map is lazy": "it = iter(a)\n    m = map(lambda v: 2 * v, it)\n    s = next(m, 0.0) + 100 * next(it, 0.0) + 10000 * next(m, 0.0)",
    "filter": "f = filter(lambda v: v > 1, a)\n    s = next(f, -5.0)\n    for x in f: s = 2 * s + x",
    "filter(None)": "f = filter(None, a - 2)\n    s = next(f, 0.0) + 10 * next(f, 0.0)",
    "filter in zip": "for x, y in zip(filter(lambda v: v > 1, a), a): s = 2 * s + x * y",
    "filter in enumerate": "for i, x in enumerate(filter(lambda v: v > 1, a), 5): s += i * x",
    "flat": "f = a.reshape(-1, 1).flat\n    s = next(f, 1.0)\n    for x in f: s = 2 * s + x",
    "sums": "it = iter(a)\n    s = (next(it, 0.0), sum(it, 0.0), sum(it, 0.0))",
    "any and all": "it = iter(a)\n    s = (any(x > 2 for x in it), next(it, 0.0), all(x < 3 for x in it), next(it, 0.5))",
    "a closure": "it = iter(a)\n    def g(): return 2 * next(it, 1.0)\n    s = g() + 100 * g()",
    "a function kept in a tuple": "it = iter(a)\n    fs = (lambda: next(it, 1.0), 3.0)\n    s = fs[0]() + 100 * fs[0]() + fs[1]",
    "a tuple of iterators": "t = (iter(a), enumerate(a), 3.0)\n    s = next(t[0], 0.5) + 10 * next(t[0], 0.5) + 100 * next(t[1], (0, 2.0))[1] + 1000 * next(t[1], (0, 2.0))[1]",
    "an argument": "def g(it, e):\n        i, x = next(e, (1, 2.0))\n        return next(it, 0.5) * next(it, 0.25) + i * x + next(e, (3, 4.0))[0]\n    s = g(iter(a), enumerate(a, 1))",
    "a result": "def g(b):\n        it = iter(b)\n        next(it, 0.0)\n        return it\n    it = g(a)\n    s = next(it, 0.5) + 10 * next(it, 0.5)",
    "chosen": "it = iter(a) if len(a) > 3 else iter(a[:1])\n    s = next(it, 0.5) + 10 * next(it, 0.5)",
    "made in a loop": "for k in range(3):\n        it = iter(a)\n        for x in it:\n            s += x * k\n            break\n        s += next(it, 0.5)",
    "rows": "it = iter(a.reshape(-1, 1))\n    for row in it: s = 2 * s + row[0] + next(it, a)[0]",
    "ranges": "it = iter(range(2, 20, 3))\n    s = next(it)\n    for i in it: s = 3 * s + i",
    "tuples": "it = iter((2, 3, 5))\n    s = next(it) + 10 * next(it) + 100 * next(it) + 1000 * next(it, 7)",
    "items that are None": "it = iter((None, None))\n    for x in it: s += 1",
    "no items": "it = iter(())\n    s = next(it, 2.5)",
    "from the start": "for x in iter(a): s = 2 * s + x",
    "an iterator of an iterator": "it = iter(a)\n    s = next(it, 1.0) + 10 * next(iter(it), 2.0)",
    "largest": "it = iter(a)\n    next(it, 0.0)\n    s = (max(it, default=-1.0), next(it, 3.0))",
    "a tuple of a zip": "s = tuple(zip((1, 2.5, 3), (4, 5, 6.5))), tuple(reversed((1, 2.5, 3))), tuple(map(lambda v: v + 1, reversed((1, 2.5)))), tuple(reversed((a.size, (1, 2), 0.5)))",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name):
    f = function(f"def f(a):\n    s = 0.0\n    {PROGRAMS[name]}\n    return s\n")
    for a in (A, A[::-2], A[:1], A[:0]):
        if name != "rows" or a.size % 2 == 0:
            check(f, a)


@pytest.mark.parametrize("made", ["iter(a)", "enumerate(a)", "filter(lambda v: v > 9, a)", "zip(a, ())", "map(lambda v: v, a[:0])", "iter(a.flat)"])
def test_the_end(made):
    f = function(f"def f(a):\n    it = {made}\n    return next(it), 1.0\n")
    check(f, A, text=True)
    check(f, A[:0], text=True)


LENGTHS = [(6, 6, 6), (6, 3, 6), (3, 6, 6), (6, 6, 2), (3, 3, 6), (3, 6, 2), (0, 0, 0), (0, 1, 1)]


@pytest.mark.parametrize("lengths", LENGTHS)
def test_strict_zip_raises_at_its_end(lengths):
    one = function("def f(a, b, out):\n    k = 0\n    for x, y in zip(a, b, strict=True):\n        out[k] = x * y\n        k += 1\n    else:\n        out[0] = -1\n    return k\n")
    three = function("def f(a, b, c, limit, out):\n    for i, (x, y), z in zip(range(len(a)), enumerate(b), c, strict=True):\n        out[i] = x if (x := y) > limit else z\n        if i == limit: break\n    return i\n")
    made = function("def f(a, b):\n    return np.array([x * y for x, y in zip(a, b, strict=True)])\n")
    a, b, c = (A[:n] for n in lengths)
    check(one, a, b, np.zeros(9), text=True)
    check(made, a, b, text=True)
    for limit in (1, 50):
        check(three, a, b, c, limit, np.zeros(9), text=True)


@pytest.mark.parametrize(
    "expression, message",
    [
        ("next(a)", "is not an iterator"),
        ("next(range(3))", "is not an iterator"),
        ("next(3)", "is not an iterator"),
        ("iter(3.5)", "is not iterable"),
        ("iter((1, 2.5))", "different types"),
        ("iter(a)", "cannot return an iterator"),
        ("next(iter(a), 1, 2)", "at most 2 arguments"),
        ("next(iter(a), (1, 2))", "[Uu]nify"),
        ("[x for x in iter(a)]", "comprehension"),
        ("sorted(a)", r"sorted\(\) gives a list"),
    ],
)
def test_errors(expression, message):
    with pytest.raises(zouk.errors.ZoukError, match=message):
        function(f"def f(a):\n    return {expression}\n")(A)


def test_help_for_sorted_arrays():
    with pytest.raises(zouk.errors.TypingError, match=r"np\.sort\(a\)"):
        function("def f(a):\n    for x in sorted(a):\n        return x\n")(A)


def test_memory_is_released():
    """What an iterator runs over is kept as long as the iterator is, and no longer."""
    f = function("def f(n):\n    it = iter(np.arange(n) * 1.5)\n    next(it)\n    s = 0.0\n    for x in it:\n        s += x\n        if x > 30: break\n    return s + next(it)\n")
    check(f, 40)
    before = zouk._zouk.live_blocks()
    for _ in range(50):
        f(40)
    assert zouk._zouk.live_blocks() == before


def test_characters():
    f = function("def f(n):\n    return ord('a') + n, ord('\\u20ac'), ord(chr(97)), chr(97) == 'a', 'b' == chr(97)\n")
    check(f, 3)
    for expression in ("ord('ab')", "ord('')", "chr(-1) == 'a'", "chr(0x110000) == 'a'"):
        check(function(f"def f(n):\n    return {expression}\n"), 1, text=True)
    for expression in ("chr(n) == 'a'", "ord(n)", "chr(1.5) == 'a'"):
        with pytest.raises(zouk.errors.TypingError, match=r"chr\(\)|ord\(\)|integer"):
            function(f"def f(n):\n    return {expression}\n")(1)
