"""Tuples: building, unpacking, subscripts, comparison, joining, as arguments and results."""

import itertools

import numpy as np
import pytest
from lang_support import check, function

from zouk import TypingError, njit


def test_building_and_returning():
    @njit
    def f(x, y):
        return (), (x,), (x, y), ((x, y), (y, (x, 1.5, True, None)))

    for arguments in itertools.product((1, 2.5, 1j, True), repeat=2):
        check(f, *arguments)


def test_unpacking():
    @njit
    def f(pair, nested):
        a, b = pair
        (c, d), e = nested
        [g, h] = b, a
        i = j = c
        return a, b, c, d, e, g, h, i, j

    check(f, (1, 2.5), ((3, 4.5), True))


def test_unpacking_arrays():
    @njit
    def f(a):
        x, y, z = a
        return x + y * z

    check(f, np.array([1, 2, 3]))
    check(f, np.array([1.5, 2.5, 3.5]))


def test_unpacking_an_array_of_another_length_raises():
    @njit
    def f(a):
        x, y = a
        return x + y

    for n in (1, 2, 3):
        check(f, np.arange(n))


def test_unpacking_a_tuple_of_another_length_is_refused():
    @njit
    def f(t):
        x, y = t
        return x + y

    for t in ((1,), (1, 2, 3)):
        with pytest.raises((TypingError, ValueError)):
            f(t)


def test_swaps():
    @njit
    def f(a, b, c):
        a, b, c = c, a, b
        a, b = b, a
        return a, b, c

    check(f, 1, 2.5, True)


def test_constant_subscripts():
    @njit
    def f(t):
        return t[0], t[-1], t[1][0], t[1][-2]

    check(f, (1, (2.5, 3), True))


def test_subscripts_at_run_time():
    @njit
    def f(t, i):
        return t[i]

    for i in range(-5, 5):
        check(f, (10, 20, 30), i)


def test_slices():
    @njit
    def f(t):
        return t[1:], t[:2], t[-2:], t[::2], t[::-1], t[:], t[5:], t[1:3], t[3:1:-1]

    check(f, (1, 2.5, True, 4))


def test_length_and_truth():
    @njit
    def f(t):
        return len(t), bool(t), not t

    for t in ((), (0,), (1, 2.5)):
        check(f, t)


def test_concatenation_and_repetition():
    @njit
    def f(s, t):
        return s + t, s + (1,), () + t

    check(f, (1, 2.5), (True, 3))


def test_comparison():
    @njit
    def f(s, t):
        return s == t, s != t, s < t, s <= t, s > t, s >= t

    tuples = [(1, 2), (1, 3), (0, 5), (1, 2.5), (2, -1.0)]
    for s, t in itertools.product(tuples, repeat=2):
        check(f, s, t)


def test_comparison_of_lengths():
    @njit
    def f(s, t):
        return s == t, s != t

    for s, t in itertools.product([(), (1,), (1, 2), (1, 2, 3)], repeat=2):
        check(f, s, t)


def test_membership():
    @njit
    def f(x, t):
        return x in t, x not in t

    for x in (1, 2, 5):
        check(f, x, (1, 2, 3))


def test_loops_over_tuples():
    @njit
    def f(t):
        total = 0
        for x in t:
            total += x * x
        for i in range(len(t)):
            total -= t[i]
        return total

    check(f, (1, 2, 3))
    check(f, (1.5,))


def test_a_loop_over_different_types_is_refused_or_right():
    @njit
    def f(t):
        total = 0.0
        for x in t:
            total += x
        return total

    try:
        assert f((1, 2.5, 3)) == 6.5
    except TypingError:
        pass


def test_tuples_of_arrays():
    @njit
    def f(t):
        a, b = t
        b[0] = a[1]
        return t[0].shape, a[0] + t[1][0], t

    check(f, (np.arange(3), np.ones(2)))


def test_tuples_join_element_by_element():
    @njit
    def f(x):
        if x > 0:
            t = (1, x)
        else:
            t = (2.5, x)
        return t

    assert f(1) == (1.0, 1) and type(f(1)[0]) is float and f(-1) == (2.5, -1)


def test_tuples_of_different_lengths_do_not_join():
    @njit
    def f(x):
        if x > 0:
            t = (1, 2)
        else:
            t = (1, 2, 3)
        return t

    with pytest.raises(TypingError):
        f(1)


def test_carried_through_loops():
    @njit
    def f(n):
        state = (0, 1.0)
        for i in range(n):
            state = (state[0] + i, state[1] * 2)
        return state

    for n in (0, 1, 10):
        check(f, n)


def test_minimum_maximum_sum():
    @njit
    def f(t):
        return min(t), max(t), sum(t)

    for t in ((3, 1, 2), (2.5,), (1.5, -2.5, 7.5)):
        check(f, t)


def test_shapes_are_tuples():
    @njit
    def f(a):
        rows, columns = a.shape
        return a.shape == (2, 3), a.shape[0] * columns, a.shape + (1,), rows

    check(f, np.zeros((2, 3)))
    check(f, np.zeros((3, 2)))


def test_long_tuples():
    text = "def f(x):\n    t = (" + ", ".join(f"x + {i}" for i in range(50)) + ")\n    return t, t[49], len(t)\n"
    check(function(text), 1)


def test_methods():
    @njit
    def f(t, x):
        return t.count(x), t.index(x)

    for x in (1, 2, 7):
        check(f, (1, 2, 1, 3), x)


def test_repetition():
    @njit
    def f(x):
        return (x, 1.5) * 3, 2 * (x,), (0,) * 0

    check(f, 4)


@pytest.mark.parametrize("ends", ["1", "2", "-1", "-9", "0, 1", "0, 2", "n", "-3, -1", "n, n", "0, n + 9", "True"])
def test_index_from_a_place(ends):
    f = function(f"def f(n):\n    return (1, 2, 3, n).index(2, {ends})\n")
    for n in (2, 3, -1, -2):
        check(f, n, text=True)


def test_equality_with_what_is_no_tuple():
    f = function(
        "def f(a, b=None):\n    t = (a, 2)\n"
        "    return (a,) == 1, (a,) != 1, 1 == (a,), () == None, t in t, t in (t, 1), 1 in (t, 1), (1, (2,)) == (1, 2), (a, None) == (a, a), (b,) == (None,)\n"
    )
    check(f, 1)
    check(f, 1, 1)


def test_membership_of_none():
    f = function("def f(a, b=None):\n    return None in (1, None), None in (1, a), None not in (a,), b in (1, None), b in (a, 2), None in (b, 1), b not in (b,)\n")
    for arguments in ((1,), (1, 1), (2, 7)):
        check(f, *arguments)


def test_order_of_complex_elements_is_refused():
    with pytest.raises(TypingError, match="<"):
        function("def f(a):\n    return (a, 1) < (a, 2)\n")(1j)


ROWS = """
a[i, 1] = 1, 2, 3
a[i, -1] = x, 2.5, x
a[i, 0] = (x,)
a[i, 0] = 7, 8
a[i, 0] = a[i, 0, 2], a[i, 0, 1], a[i, 0, 0]
a[i, 5] = 1, 2, 3
a[:, 0, 0] = 4, 5
a[i, 0] = True, False, True
"""


@pytest.mark.parametrize("dtype", [np.float64, np.int8, np.complex64])
@pytest.mark.parametrize("statement", ROWS.strip().splitlines())
def test_rows_of_numbers(statement, dtype):
    a = np.arange(18).reshape(2, 3, 3).astype(dtype)
    f = function(f"def f(a, i, x):\n    {statement}\n    return a")
    check(f, a, 1, 3, text="5]" not in statement)
    check(f, a.T, 1, 3, text="5]" not in statement)
