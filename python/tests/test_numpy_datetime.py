"""datetime64 and timedelta64: what compiled functions do with them, beside NumPy."""

import warnings

import numpy as np
import pytest
from lang_support import check, function

import zouk
from zouk import njit
from zouk.errors import TypingError

UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "ns", "ps", "fs", "as")
COUNTS = [0, 1, -1, 7, -7, 100, -100, 12345, -54321, 86399, -86401, 2, "NaT"]


def times(kind, unit, counts=COUNTS):
    return np.array([np.iinfo("i8").min if c == "NaT" else c for c in counts], "i8").view(f"{kind}8[{unit}]")


def same(ours, expected):
    if isinstance(expected, tuple):
        assert isinstance(ours, tuple) and len(ours) == len(expected)
        for one, other in zip(ours, expected):
            same(one, other)
        return
    if isinstance(expected, np.ndarray) and expected.ndim == 0:
        # `np.where` of scalars makes an array without axes, compiled a scalar.
        expected = expected[()]
    if isinstance(expected, (np.ndarray, np.datetime64, np.timedelta64)):
        assert type(ours) is type(expected), (ours, expected)
        assert ours.dtype == expected.dtype
        assert np.shape(ours) == np.shape(expected)
    np.testing.assert_array_equal(ours, expected)


def check(f, *arguments):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = f.py_func(*(a.copy() if isinstance(a, np.ndarray) else a for a in arguments))
    same(f(*(a.copy() if isinstance(a, np.ndarray) else a for a in arguments)), expected)


identity = njit(lambda a: a)


@pytest.mark.parametrize("kind", "Mm")
def test_all_units_pass_through(kind):
    for unit in (*UNITS, "generic"):
        a = times(kind, unit)
        check(identity, a[0])
    for unit in ("D", "generic"):
        a = times(kind, unit)
        assert identity(a) is a
        check(identity, a[::2])
        check(identity, a[:12].reshape(3, 4).T)
        check(identity, a[:0])
        frozen = a.copy()
        frozen.flags.writeable = False
        assert identity(frozen) is frozen
    check(njit(lambda a: (a, a[0], a[-1])), times(kind, "ns"))


def test_foreign_byte_order_is_refused():
    with pytest.raises(TypingError):
        identity(np.zeros(2, ">M8[s]"))


ARITHMETIC = function(
    """
def f(a, b, t, s):
    return a - b, a + t, t + a, a - t, t + s, t - s, -t, +t, np.abs(t), np.sign(t), a - 3, t + 3, 2 + t, 4 - t
"""
)
QUOTIENTS = function(
    """
def f(t, s):
    return t / s, t // s, t % s, np.divmod(t, s), t / 3, t // 3, t // 2.5, t / -0.7, t * 3, 3 * t, t * 2.7, 0.3 * t
"""
)
COMPARISONS = function(
    """
def f(a, b):
    return a == b, a != b, a < b, a <= b, a > b, a >= b, np.maximum(a, b), np.minimum(a, b), np.fmax(a, b), np.fmin(a, b), np.isnat(a), np.where(a < b, a, b)
"""
)


@pytest.mark.parametrize("one, other", [("D", "D"), ("h", "D"), ("W", "h"), ("M", "Y"), ("s", "generic")])
def test_operators_on_arrays(one, other):
    a, b = times("M", one), times("M", other)[::-1]
    t, s = times("m", one), times("m", other)[::-1]
    check(ARITHMETIC, a, b, t, s)
    check(QUOTIENTS, t, s)
    check(COMPARISONS, a, b)
    check(COMPARISONS, t, s)


def test_operators_on_scalars_and_layouts():
    a, b, t, s = (np.datetime64("2020-02-29"), np.datetime64("1960-01-01T05"), np.timedelta64(36, "h"), np.timedelta64(-7, "m"))
    nat = np.timedelta64("NaT", "h")
    for span in (t, nat):
        check(ARITHMETIC, a, b, span, s)
        check(QUOTIENTS, span, s)
        check(COMPARISONS, span, s)
    check(QUOTIENTS, np.timedelta64(5, "s"), np.timedelta64(0, "s"))
    square = times("M", "D")[:12].reshape(3, 4)
    for x, y in ((square, square.T.copy().T), (square[:, ::2], square[:, 1::2]), (square, square[0]), (square, a), (square[:0], square[:0])):
        check(COMPARISONS, x, y)


def test_datetimes_of_the_calendar_meet_finer_units():
    f = njit(lambda a, b, t: (a - b, a + t, a < b, b.astype("M8[M]"), b.astype("M8[Y]"), a.astype("M8[D]"), a.astype("M8[h]"), b.astype("M8[W]")))
    days = np.array([-1000000, -719529, -719468, -365, -60, -1, 0, 58, 59, 60, 365, 11016, 11017, 11018, 18321, 500000])
    for unit in ("Y", "M"):
        check(f, (days // 300).astype(f"M8[{unit}]"), days.astype("M8[D]"), days.astype("m8[D]"))


def test_change_of_unit():
    for text in ("a.astype('M8[D]')", "a.astype('M8[ms]')", "a.astype(np.int64)", "a.astype(np.float32)", "a.astype('m8[s]')", "a.astype(np.bool_)"):
        f = function(f"def f(a): return {text}")
        for unit in ("W", "s", "M"):
            check(f, times("M", unit))
    for text in ("a.astype('m8[D]')", "a.astype('m8[h]')", "a.astype('m8')", "a.astype('timedelta64[Y]')"):
        f = function(f"def f(a): return {text}")
        for unit in ("W", "M", "ms"):
            check(f, times("m", unit))
        check(f, times("m", "s")[3])
    check(function("def f(a): return a.astype('m8[s]')"), np.array([1.7, -2.2, np.nan]))
    check(function("def f(a): return a.astype('M8[s]')"), np.arange(4))


def test_constants():
    text = """
def f(a):
    return (a - DAY, a + HOUR, TABLE[2], PAIR[0] * PAIR[1], np.datetime64('2021-03-04'), np.datetime64('1969-12-31T23:59:58.75'), np.datetime64('-0044-03-15'),
        np.datetime64('2020-01-31T05', 'M'), np.datetime64('2020', 'h'), np.datetime64('2021-03-04 05:06Z'), np.datetime64(7, 'W'), np.datetime64('NaT'),
        np.datetime64('nat', 'us'), np.timedelta64(5, 'D'), np.timedelta64(), np.timedelta64('12', 'ns'), np.timedelta64('NaT', 's'), np.timedelta64(HOUR, 's'),
        np.datetime64('2262-01-01T00:00:00.123456'), np.datetime64('20200101'), a.astype(UNIT))
"""
    names = {"DAY": np.datetime64("2020-02-29"), "HOUR": np.timedelta64(1, "h"), "TABLE": times("M", "D"), "PAIR": (np.timedelta64(3, "s"), 4), "UNIT": np.dtype("M8[h]")}
    check(function(text, **names), np.datetime64("2020-03-01"))


def test_numbers_of_times():
    f = njit(lambda t: (int(t), float(t), np.int64(t), bool(t)))
    assert njit(lambda t: abs(t))(np.timedelta64(-5, "D")) == np.timedelta64(5, "D")
    assert f(np.timedelta64(-5, "D")) == (-5, -5.0, -5, True)
    assert f(np.timedelta64(0, "D")) == (0, 0.0, 0, False)
    check(njit(lambda t: (t.astype(np.int64), t.astype("m8[h]"))), np.timedelta64(3, "D"))


def test_items_and_slices():
    f = function(
        """
def f(a, x):
    a[0] = x
    a[1:3] = x
    a[3] = a[4]
    a[5:7] = a[0:2]
    a[np.isnat(a)] = x
    late = a[a > x]
    n = 0
    for t in a:
        if t == x:
            n += 1
    return a, late, n, x in a, a.copy(), np.full(3, x), np.zeros(2, a.dtype), a[::-1], a.reshape(13, 1), max(a[1], a[4]), (a[1], x) == (a[2], x)
"""
    )
    check(f, times("M", "D"), np.datetime64("2020-01-01"))
    check(f, times("m", "s"), np.timedelta64(77, "s"))
    check(f, times("m", "s"), np.timedelta64(3, "m"))


def test_in_place():
    f = function(
        """
def f(a, t, s):
    a += t
    a -= s
    t *= 3
    t //= 2
    return a, t
"""
    )
    check(f, times("M", "D"), times("m", "D"), np.timedelta64(30, "h"))


REDUCTIONS = function("def f(a): return a.min(), a.max(), a.argmin(), a.argmax(), np.ptp(a), a.any(), a.all(), np.count_nonzero(a), np.nanmin(a), np.nanmax(a)")
SUMS = function("def f(a): return a.sum(), np.sum(a), a.mean(), np.nanmax(a)")


def test_reductions():
    for kind in "Mm":
        for counts in (COUNTS, COUNTS[:-1], COUNTS[:1]):
            check(REDUCTIONS, times(kind, "s", counts))
    for counts in (COUNTS, COUNTS[:-1], [5, 6, -4], COUNTS[:1]):
        check(SUMS, times("m", "ms", counts))
    check(function("def f(a): return a.sum(), a.mean()"), times("m", "D", []))
    check(function("def f(a): return a.sum(axis=0), a.min(axis=1), a.max(axis=0, keepdims=True), a.argmin(axis=1), a.mean(axis=1)"), times("m", "D")[1:].reshape(3, 4))
    with pytest.raises(ValueError, match="zero-size array to reduction operation minimum"):
        njit(lambda a: a.min())(times("M", "D", []))


@pytest.mark.parametrize("kind", "Mm")
def test_sorting_and_searching(kind):
    a = times(kind, "D")
    f = function(
        """
def f(a, v):
    b = a.copy()
    b.sort()
    return np.sort(a), np.argsort(a, kind='stable'), b, np.unique(a), np.searchsorted(np.sort(a), v), np.searchsorted(np.sort(a), v, side='right'), np.diff(a), np.diff(a, 2), np.flip(a)
"""
    )
    check(f, a, a[::3].copy())
    check(f, np.concatenate((a, a, a[-1:])), a[-1:])
    check(function("def f(a, b): return np.concatenate((a, b)), np.append(a, b), np.isin(a, b)"), a, a[2:5])
    if kind == "m":
        check(function("def f(a): return np.cumsum(a), np.ediff1d(a)"), a)
    large = times(kind, "s", list(np.random.default_rng(1).integers(-(10**9), 10**9, 5000)))
    large[::50] = "NaT"
    check(function("def f(a): return np.sort(a)"), large)


def test_signatures():
    f = njit("NPTimedelta('D')(NPTimedelta('D'))")(lambda t: t + t)
    assert f(np.timedelta64(3, "D")) == np.timedelta64(6, "D")
    f = njit([(zouk.types.NPDatetime("s")[:],)])(lambda a: a[0])
    assert f(np.array([5], "M8[s]")[::1]) == np.datetime64(5, "s")
    with pytest.raises(TypeError, match="No matching definition"):
        f(np.array([5], "M8[D]"))
    with pytest.raises(TypeError, match="No matching definition"):
        njit([(zouk.types.NPTimedelta("s"),)])(lambda t: t)(np.timedelta64(1, "D"))
    assert zouk.typeof(np.datetime64(3, "D")) == zouk.types.NPDatetime("D")
    assert str(zouk.typeof(np.zeros(2, "m8[ns]"))) == "array(timedelta64[ns], 1d, C)"
    assert zouk.from_dtype(np.dtype("M8[h]")) == zouk.types.NPDatetime("h")


def test_calls_and_branches():
    inner = njit(lambda a, b: a - b)
    f = njit(lambda a, b, c: inner(a, b) if c else None)
    assert f(np.datetime64(5, "D"), np.datetime64(3, "D"), True) == np.timedelta64(2, "D")
    assert f(np.datetime64(5, "D"), np.datetime64(3, "D"), False) is None

    @njit
    def joined(c, a, b):
        if c:
            x = a
        else:
            x = b
        return x

    assert joined(True, np.timedelta64(1, "D"), np.timedelta64(7, "h")) == np.timedelta64(24, "h")


@pytest.mark.parametrize(
    "text, arguments, message",
    [
        ("a + b", (np.datetime64(1, "D"), np.datetime64(1, "D")), "cannot use operands of types datetime64"),
        ("a + b", (np.timedelta64(1, "D"), np.timedelta64(1, "M")), "incompatible nonlinear base time units"),
        ("a < b", (times("m", "Y"), times("m", "s")), "incompatible nonlinear base time units"),
        ("a * b", (times("m", "s"), times("m", "s")), "'multiply' cannot use operands"),
        ("a * b", (times("M", "s"), 2), "'multiply' cannot use operands"),
        ("a - b", (np.timedelta64(1, "D"), np.datetime64(1, "D")), "'subtract' cannot use operands"),
        ("a + b", (np.timedelta64(1, "D"), 1.5), "'add' cannot use operands"),
        ("a ** b", (np.timedelta64(1, "D"), 2), "'power' cannot use operands"),
        ("a & b", (times("m", "s"), times("m", "s")), "cannot use operands"),
        ("np.sin(a)", (times("m", "s"), 1), "cannot use operands"),
        ("np.isnat(a)", (np.arange(3), 1), "isnat"),
        ("a.sum()", (times("M", "s"), 1), "'add' cannot use operands"),
        ("a.prod()", (times("m", "s"), 1), "'multiply' cannot use operands"),
        ("np.datetime64(3)", (1, 1), "requires a specified unit"),
        ("np.datetime64(b, 'parsec')", (1, 1), "Invalid datetime unit"),
        ("np.timedelta64(a, 'D')", (2.5, 1), "Could not convert"),
        ("a.astype('m8[as]')", (times("m", "D"), 1), "Integer overflow"),
        ("a + b", (times("m", "D"), times("m", "as")), "Integer overflow"),
        ("np.full(3, a, np.float64)", (np.timedelta64(1, "D"), 1), "cannot hold"),
    ],
)
def test_errors(text, arguments, message):
    with pytest.raises(TypingError, match=message):
        function(f"def f(a, b): return {text}")(*arguments)


@pytest.mark.parametrize("text", ["2020-13-01", "2021-02-29", "20-x"])
def test_texts_of_no_date(text):
    f = function(f"def f(k): return np.datetime64({text!r}) if k else np.datetime64(0, 'D')")
    assert f(0) == f.py_func(0)
    with pytest.raises(ValueError) as expected:
        f.py_func(1)
    with pytest.raises(ValueError) as info:
        f(1)
    assert info.value.args == expected.value.args


RANGES = """D("2020-01-01"), D("2020-01-05") | D("2020-01-01"), 5 | D("2020-01-01"), T(5, "D") | D("2020-01-01"), D("2020-01-09"), 2 | D("2020-01-01"), D("2020-01-03"), T(12, "h")
T(0, "D"), T(5, "D") | T(5, "s") | T(0, "s"), T(1, "m"), T(20, "s") | D("2020-01-05"), D("2020-01-01"), -1 | D("2020-01-05"), D("2020-01-01") | 0, T(5, "s") | T(0, "s"), 5
D("2020-01"), D("2020-06-01") | D("2020-01-01"), D("2020-01-03"), 1, "M8[h]" | D("2020-01-01T00:00:01"), D("2020-01-01T00:00:09"), T(3, "s") | 0, 5, T(2, "s") | T(0, "s"), T(7, "s"), 2
1, 9, 1, "m8[s]" | D("2020-01-01"), 5, T(12, "h") | T(1), T(5) | D("2020-01-01"), D("2020-01-05"), 0 | D("2020-01-05") | D("NaT"), D("2020-01-03")"""


@pytest.mark.parametrize("arguments", [text.strip() for line in RANGES.splitlines() for text in line.split(" | ")])
def test_ranges(arguments):
    f = function(f"def f(): return np.arange({arguments})", D=np.datetime64, T=np.timedelta64)
    try:
        expected = f.py_func()
    except ValueError as error:
        with pytest.raises(ValueError) as info:
            f()
        assert info.value.args == error.args
        return
    same(f(), expected)


def test_datetime_data():
    f = function("""def f(a):
    unit, count = np.datetime_data(a.dtype)
    return count, unit == "s", unit == "D", np.datetime_data("m8")[0] == "generic" """)
    for a in (times("m", "s"), times("M", "D")):
        assert f(a) == f.py_func(a)


def test_bad_assignments():
    f = function("def f(a, x):\n    a[0] = x\n")
    for a, x in ((np.zeros(2, "m8[D]"), 1.5), (np.zeros(2), np.timedelta64(1, "D")), (np.zeros(2, "m8[D]"), np.timedelta64(1, "M"))):
        with pytest.raises(TypingError, match="cannot assign"):
            f(a, x)


@pytest.mark.parametrize("kind", ["np.datetime64", "np.timedelta64", "np.generic", "np.number", "np.integer", "np.signedinteger", "np.unsignedinteger", "np.floating"])
def test_isinstance(kind):
    scope = {"np": np}
    f = function(f"def f(x):\n    return isinstance(x, {kind})\n", **scope)
    for value in (np.datetime64("2020-01-01"), np.timedelta64(3, "s")):
        check(f, value)
