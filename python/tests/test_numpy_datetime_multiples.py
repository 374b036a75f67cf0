"""datetime64 and timedelta64 whose units are multiples, such as `10ms`, beside NumPy."""

import numpy as np
import pytest
from lang_support import function
from test_numpy_datetime import check, identity, same, times

from zouk import njit, typeof
from zouk.errors import TypingError

MULTIPLES = ("10ms", "25s", "7D", "3M", "2Y", "4h", "90m", "2us", "5ns", "6as", "2W")
COUNTS = [0, 1, -1, 7, -7, 100, -101, 2, "NaT"]


@pytest.mark.parametrize("kind", "Mm")
def test_multiples_pass_through(kind):
    for unit in MULTIPLES:
        a = times(kind, unit, COUNTS)
        check(identity, a)
        check(identity, a[::2])
        for x in a:
            check(identity, x)
        check(njit(lambda a: (a, a[0], a[-1])), a)


OPERATIONS = function("def f(a, b): return a - b, a == b, a != b, a < b, a >= b, np.maximum(a, b), np.minimum(a, b)")
SPANS = function("def f(a, b): return a + b, a - b, a / b, a // b, a % b, a < b, -a, np.abs(b), 3 * a, a * 2.5, a // 2, a / 4")
SUMS = function("def f(a, t): return a + t, a - t, t + a, a - 3, 2 + t")


@pytest.mark.parametrize("one, other", [("10ms", "4ms"), ("10ms", "s"), ("25s", "10s"), ("7D", "W"), ("4h", "90m"), ("3M", "2Y"), ("s", "5ns"), ("2Y", "Y"), ("generic", "7D")])
def test_operators(one, other):
    a, b = times("m", one, COUNTS), times("m", other, COUNTS[::-1])
    check(SPANS, a, b)
    check(SPANS, b, a)
    for x, y in zip(a, b):
        check(SPANS, x, y)
    if one != "generic":
        dates = times("M", one, COUNTS)
        check(OPERATIONS, dates, times("M", other, COUNTS[::-1]))
        check(SUMS, dates, b)


@pytest.mark.parametrize("one, other", [("3M", "10D"), ("2Y", "25s"), ("7D", "2M"), ("90m", "3M"), ("10ms", "2Y")])
def test_the_calendar(one, other):
    check(OPERATIONS, times("M", one, COUNTS), times("M", other, COUNTS[::-1]))
    change = function("def f(a, b):\n    b[:] = a\n    return b")
    check(change, times("M", one, COUNTS), times("M", other, COUNTS))


def test_months_beside_days_are_refused():
    with pytest.raises(TypingError, match="incompatible nonlinear base time units"):
        function("def f(a, b): return a + b")(times("m", "3M"), times("m", "7D"))


@pytest.mark.parametrize("kind", "Mm")
def test_change_of_unit(kind):
    name = "datetime64" if kind == "M" else "timedelta64"
    for one, other in (("10ms", "s"), ("s", "10ms"), ("25s", "10s"), ("7D", "W"), ("2W", "7D"), ("h", "90m")):
        f = function(f"def f(a): return a.astype('{kind}8[{other}]'), np.{name}(a[0], '{other}')")
        check(f, times(kind, one, COUNTS))


def test_constants_and_constructors():
    f = function(
        """
T = np.timedelta64(3, '25s')
D = np.datetime64('2021-03-04T05:06:07.089', '10ms')
def f(n, a):
    return (T + T, D, D + np.timedelta64(n, '10ms'), np.timedelta64(n, '7D'), np.datetime64(n, '3M'), np.datetime64('2021-03-04', '2Y'),
        np.datetime64('2021-03-04T05:59', '90m'), np.timedelta64(7, '2s'), a + T, np.datetime64('1969-12-31', '7D'), np.datetime64('1969-05', '3M'))
"""
    )
    check(f, 5, times("m", "10ms", COUNTS))


def test_functions():
    a = times("m", "25s", [5, 3, -2, 8, 0, 3])
    check(function("def f(a): return np.sum(a), a.min(), a.max(), np.sort(a), np.argsort(a), np.diff(a), np.cumsum(a), np.unique(a)"), a)
    d = times("M", "10ms", [5, 3, -2, 8, 0, 3])
    check(function("def f(a): return a.min(), a.max(), np.sort(a), np.diff(a), np.isnat(a), np.where(a > a[1], a, a[0]), np.concatenate((a, a[::-1]))"), d)
    check(function("def f(a, b): return np.searchsorted(np.sort(a), b), np.zeros(3, a.dtype), np.empty_like(a) == a[0], np.full(2, b)"), d, d[1])
    check(function("def f(a): return np.datetime_data(a.dtype)[1]"), d)
    check(function("def f(a, b): return np.arange(a, b)"), times("M", "3M", [2, 9])[0], times("M", "3M", [2, 9])[1])


def test_types():
    assert str(typeof(times("m", "25s"))) == str(typeof(identity(times("m", "25s"))))
    f = njit("timedelta64[10ms](timedelta64[10ms])")(lambda t: t + t)
    same(f(np.timedelta64(3, "s")), np.timedelta64(600, "10ms"))


def test_records_have_them():
    a = np.zeros(3, [("t", "m8[25s]"), ("d", "M8[10ms]")])
    a["t"], a["d"] = [1, 2, 3], [4, 5, 6]
    f = function("def f(a): return a['t'] + a['t'][0], a[1]['d'], a.d.max()")
    check(f, a.view(np.recarray))
