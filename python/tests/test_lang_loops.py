"""`for` over ranges of any step, arrays, tuples, `enumerate`, `zip`, `reversed`."""

import itertools

import numpy as np
import pytest
from lang_support import INTEGERS, check, function

from zouk import TypingError, njit, prange


@njit
def three_ranges(start, stop, step):
    count = total = 0
    last = -1
    for i in range(start, stop, step):
        count += 1
        total += i
        last = i
    for i in range(start, stop):
        total -= 3 * i
    for i in range(stop):
        total ^= i
    return count, total, last


def test_ranges():
    for arguments in itertools.product((-7, 0, 3), (-8, 0, 4, 11), (-5, -1, 1, 2, 100)):
        check(three_ranges, *arguments)


def test_step_zero_raises():
    check(three_ranges, 0, 10, 0, text=True)


@pytest.mark.parametrize("step", [-3, -2, -1, 1, 2, 3, 7])
def test_constant_steps(step):
    f = function(f"def f(a, b):\n    total = 0\n    for i in range(a, b, {step}):\n        total = total * 3 + i\n    return total\n")
    for a, b in itertools.product((-9, 0, 10), repeat=2):
        check(f, a, b)


def test_ranges_near_the_limits():
    @njit
    def f(start, stop, step):
        count = 0
        for _ in range(start, stop, step):
            count += 1
            if count > 10:
                break
        return count

    high, low = 2**63 - 1, -(2**63)
    for arguments in [(high - 3, high, 1), (high - 3, high, 2), (low + 3, low, -1), (low + 3, low, -2), (low, high, high), (high, low, low), (low, low + 5, high)]:
        check(f, *arguments)


@pytest.mark.parametrize("dtype", INTEGERS)
def test_ranges_of_narrow_integers(dtype):
    @njit
    def f(n):
        total = 0
        for i in range(n):
            total += i
        return total

    assert f(dtype(100)) == 4950


def test_the_bounds_are_evaluated_once():
    @njit
    def f(n):
        count = 0
        for i in range(n):
            n = 100
            count += 1
        return count, n

    check(f, 5)


def test_length_of_ranges():
    @njit
    def f(a, b, c):
        return len(range(a)), len(range(a, b)), len(range(a, b, c))

    for arguments in itertools.product((-3, 0, 10), (-10, 5), (-2, 3)):
        check(f, *arguments)


def test_membership_in_ranges():
    @njit
    def f(x, a, b, c):
        return x in range(a, b, c)

    for x in range(-3, 12):
        check(f, x, 0, 10, 3)
        check(f, x, 9, -3, -2)


def test_arrays():
    @njit
    def f(a):
        total = 0.0
        for x in a:
            total = total * 2 + x
        return total

    for a in (np.arange(5), np.arange(5.0), np.arange(10, dtype=np.int8)[::-2], np.zeros(0), np.array([True, False, True])):
        check(f, a)


def test_rows_are_views():
    @njit
    def f(a):
        for row in a:
            row[0] = row[1] + 10
        total = 0
        for row in a:
            for x in row:
                total = total * 3 + x
        return total

    check(f, np.arange(6).reshape(3, 2))
    check(f, np.arange(12).reshape(3, 4)[:, ::2])
    check(f, np.arange(6).reshape(2, 3).T)


def test_the_array_may_change_while_it_is_walked():
    @njit
    def f(a):
        total = 0
        for x in a:
            total += x
            a[-1] = 100
        return total

    check(f, np.arange(4))


def test_enumerate():
    @njit
    def f(a, start):
        total = 0
        for i, x in enumerate(a):
            total += i * x
        for i, x in enumerate(a, start):
            total += i * x
        for i, (j, x) in enumerate(enumerate(a)):
            total += i * j * x
        return total

    for start in (-2, 0, 10):
        check(f, np.arange(5), start)
        check(f, (3, 1, 4), start)


def test_enumerate_of_ranges():
    @njit
    def f(n):
        total = 0
        for i, x in enumerate(range(n, 0, -1)):
            total += i * x
        return total

    check(f, 6)


def test_zip():
    @njit
    def f(a, b, c):
        total = 0.0
        for x, y in zip(a, b):
            total += x * y
        for x, y, z in zip(a, b, c):
            total = total * 0.5 + x - y * z
        for i, (x, y) in enumerate(zip(b, c)):
            total += i * x * y
        return total

    for lengths in itertools.product((0, 3, 5), repeat=3):
        check(f, *(np.arange(float(n)) + 1 for n in lengths))


def test_zip_of_different_kinds():
    @njit
    def f(a, n, t):
        total = 0
        for x, i, y in zip(a, range(n), t):
            total += x * i + y
        for (x,) in zip(a):
            total += x
        return total

    for n in (0, 2, 10):
        check(f, np.arange(4), n, (5, 6, 7))


def test_zip_walks_its_arguments_together():
    """An exhausted second iterable has let the first go on by one, which nobody can see; but the shortest decides."""

    @njit
    def f(n, m):
        count = 0
        for i, j in zip(range(n), range(0, m, 2)):
            count += 1 + i * j
        return count

    for n, m in itertools.product((0, 1, 5), (0, 3, 20)):
        check(f, n, m)


def test_reversed():
    @njit
    def f(a, n):
        total = 0
        for x in reversed(a):
            total = total * 3 + x
        for i in reversed(range(n)):
            total = total * 3 + i
        for i in reversed(range(n, -n, -2)):
            total = total * 3 + i
        return total

    for n in (0, 1, 4):
        check(f, np.arange(n), n)


def test_reversed_tuples():
    @njit
    def f(t):
        total = 0
        for x in reversed(t):
            total = total * 3 + x
        return total

    check(f, (1, 2, 3))


def test_nested_targets():
    @njit
    def f(t, a):
        total = 0
        for (i, j), x in zip(t, a):
            total += i * j * x
        return total

    check(f, ((1, 2), (3, 4)), np.array([10, 20]))


def test_targets_that_are_subscripts():
    @njit
    def f(n):
        a = np.zeros(2, np.int64)
        for i in range(n):
            a[0] = i
            a[1] += a[0]
        return a

    check(f, 5)


def test_prange_is_range():
    @njit
    def f(n):
        total = 0
        for i in prange(n):
            total += i
        for i in prange(2, n, 3):
            total += i
        return total

    for n in (0, 10):
        check(f, n)


def test_unbound_after_an_empty_loop():
    @njit
    def f(n):
        for i in range(n):
            pass
        return i

    check(f, 3)
    check(f, 0)


def test_ranges_as_values():
    @njit
    def f(a, b, c):
        r = range(a, b, c)
        total = 0
        for i in r:
            total += i
        return r.start, r.stop, r.step, len(r), total

    check(f, 1, 10, 3)
    check(f, 10, 1, -2)


LEAST, MOST = -(2**63), 2**63 - 1
HUGE = [(LEAST, MOST, 1), (MOST, LEAST, -1), (LEAST, MOST, 2), (MOST, LEAST, -2), (MOST, -1, -1), (LEAST, 3, 1), (LEAST, 0, 1), (LEAST, MOST, 3)]
FIRST_ITEMS = """
def f(a, b, c):
    n, total = 0, 0
    for i in {}:
        n += 1
        total = (total * 3 + {}) % 1000
        if n == 5:
            {}
    return n, total
"""


@pytest.mark.parametrize("exit", ["break", "return total, n", "raise ValueError(n, total)"])
@pytest.mark.parametrize("iterable", ["range(a, b, c)", "reversed(range(a, b, c))"])
def test_ranges_of_2_to_the_63_and_more(iterable, exit):
    f = function(FIRST_ITEMS.format(iterable, "i % 1000", exit))
    for arguments in [*HUGE, (0, 3, 1), (3, 0, -1), (0, MOST, 2)]:
        check(f, *arguments)
    f = function(FIRST_ITEMS.format(f"enumerate({iterable})", "i[0] + i[1] % 1000", exit))
    g = function(FIRST_ITEMS.format(f"zip({iterable}, (1, 2, 3, 4, 5, 6))", "i[0] % 1000 + i[1]", exit))
    for arguments in HUGE:
        check(f, *arguments)
        check(g, *arguments)


@pytest.mark.parametrize("text", ["range(-(2**63), 2**63 - 1)", "range(2**63 - 1, -(2**63), -1)", "range(-(2**63), n)"])
def test_huge_ranges_of_constants(text):
    f = function(f"def f(x, n):\n    for i in {text}:\n        x[i % 7] = i\n")
    check(f, np.zeros(3), 2**63 - 1)
    check(function(f"def f(n):\n    for i in {text}:\n        if i % 7 == 0:\n            return i\n    return 1\n"), 2**63 - 1)


@pytest.mark.parametrize("stop", [2**64 - 1, 2**63, 2**63 - 1, 3, 0])
def test_ranges_of_large_unsigned_integers(stop):
    stop = np.uint64(stop)
    f = function("def f(n):\n    k = 0\n    for i in range(n):\n        k += 1\n        if i == 2:\n            break\n    return k\n")
    check(f, stop)
    check(function("def f(n):\n    return len(range(n))\n"), stop, text=True)


def test_length_of_huge_ranges():
    f = function("def f(a, b, c):\n    return len(range(a, b, c))\n")
    for arguments in [*HUGE, (-1, MOST, 1), (0, MOST, 1), (LEAST, -1, 1)]:
        check(f, *arguments, text=True)
    f = function("def f(a, b, c):\n    return bool(range(a, b, c)), b - 1 in range(a, b, c), a in range(a, b, c)\n")
    for a, b, c in HUGE:
        if b != LEAST:
            check(f, a, b, c)


ITERATORS = ["enumerate(x)", "zip(x, x)", "zip(x, range(9))", "reversed(x)", "enumerate(zip(x, x))"]
SECOND_USES = {
    "a second loop": "    for t in e:\n        s += 1\n    for t in e:\n        s += 10\n",
    "a loop in a loop": "    for k in range(2):\n        for t in e:\n            s += 1\n",
    "a loop in a while": "    while s < 2:\n        s += 1\n        for t in e:\n            s += 1\n",
    "an interrupted loop": "    for t in e:\n        break\n    for t in e:\n        s += 1\n",
    "a name for it": "    d = e\n    for t in d:\n        s += 1\n    for t in e:\n        s += 10\n",
    "zip with itself": "    for t in zip(e, e):\n        s += 1\n",
    "an iterator of it": "    for t in zip(e, x):\n        s += 1\n    for t in e:\n        s += 10\n",
    "a tuple of it": "    d = (e, 1)\n    for t in d[0]:\n        s += 1\n    for t in d[0]:\n        s += 10\n",
    "a loop in its own": "    for t in e:\n        for u in e:\n            s += 1\n",
}


@pytest.mark.parametrize("made", ITERATORS)
@pytest.mark.parametrize("used", SECOND_USES)
def test_an_iterator_used_again(made, used):
    f = function(f"def f(x):\n    s = 0\n    e = {made}\n{SECOND_USES[used]}    return s\n")
    for x in ((1, 2, 3), np.arange(3), np.arange(0)):
        check(f, x)


SINGLE_USES = {
    "a loop": "    for t in e:\n        s += 1\n",
    "either branch": "    if len(x) > 2:\n        for t in e:\n            s += 1\n    else:\n        for t in e:\n            s += 10\n",
    "made anew": "    for k in range(3):\n        for t in e:\n            s += k\n        e = {}\n",
    "made in the loop": "    for k in range(3):\n        d = {}\n        for t in d:\n            s += k\n",
    "compared with None": "    if e is not None:\n        for t in e:\n            s += 1\n",
    "one more iterator": "    for i, t in enumerate(e, 5):\n        s += i\n",
}


@pytest.mark.parametrize("made", ITERATORS)
@pytest.mark.parametrize("used", SINGLE_USES)
def test_an_iterator_used_once(made, used):
    f = function(f"def f(x):\n    s = 0\n    e = {made}\n{SINGLE_USES[used].format(made)}    return s\n")
    for x in ((1, 2, 3), np.arange(2)):
        check(f, x)


def test_an_iterator_passed_to_a_function():
    text = "@njit\ndef g(e):\n    s = 0\n    for i, t in e:\n        s += i * t\n    return s\ndef f(x):\n    e = enumerate(x)\n    return {}\n"
    assert function(text.format("g(e)"))(np.arange(4)) == sum(i * i for i in range(4))
    assert function(text.format("g(e) + g(e)"))(np.arange(4)) == sum(i * i for i in range(4))


def test_strict_zip():
    f = function("def f(x):\n    s = 0\n    for a, b in zip(x, (4, 5), strict=False):\n        s += a * b\n    return s\n")
    check(f, (1, 2, 3))
    for call in ("zip(x, x, strict=x[0])", "zip()", "enumerate(zip(x, x, strict=True))", "zip(iter(x), x, strict=True)"):
        with pytest.raises(TypingError, match=r"zip\("):
            function(f"def f(x):\n    for t in {call}:\n        pass\n")((1, 2))
