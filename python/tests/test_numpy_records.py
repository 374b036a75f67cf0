"""Structured dtypes: arrays with fields, records, and arrays whose elements are not aligned, beside NumPy."""

import gc

import numpy as np
import pytest
from lang_support import function

import zouk
from zouk import njit
from zouk.errors import TypingError, UnsupportedError

PACKED = np.dtype([("a", "f8"), ("b", "i4")])
ODD = np.dtype([("k", "i1"), ("a", "f8"), ("b", "u2"), ("z", "c16")])
ALIGNED = np.dtype([("a", "f4"), ("b", "i8"), ("k", "u1")], align=True)
NESTED = np.dtype([("k", "i1"), ("v", "f4", (3,)), ("n", PACKED), ("m", "i4", (2, 2)), ("t", "M8[s]"), ("p", "?"), ("a", "f8"), ("b", "i8")])
ALL = [PACKED, ODD, ALIGNED, NESTED]


def records(dtype, shape):
    """Distinct values in every field."""
    a = np.zeros(shape, dtype)
    fill(a, [1])
    return a


def fill(a, start):
    for name in a.dtype.names:
        if a.dtype[name].names:
            fill(a[name], start)
        else:
            view = a[name]
            view[...] = (np.arange(view.size).reshape(view.shape) * 3 + start[0]).astype(view.dtype)
            start[0] += 7


def layouts(dtype):
    yield records(dtype, 5)
    yield records(dtype, 12)[1::3]
    yield records(dtype, 5)[::-1]
    yield records(dtype, 0)
    # At an odd address.
    whole = records(dtype, 4)
    odd = np.frombuffer(bytearray(b"x" + whole.tobytes()), np.uint8)[1:].view(dtype)
    assert odd.ctypes.data % 2 == 1
    yield odd


def same(ours, expected):
    if isinstance(expected, tuple):
        assert isinstance(ours, tuple) and len(ours) == len(expected)
        for one, other in zip(ours, expected):
            same(one, other)
        return
    if isinstance(expected, (np.ndarray, np.void)):
        assert isinstance(ours, (np.ndarray, np.void)) and isinstance(ours, np.void) == isinstance(expected, np.void)
        assert ours.dtype == expected.dtype, (ours.dtype, expected.dtype)
        assert np.shape(ours) == np.shape(expected)
    np.testing.assert_array_equal(ours, expected)


def copied(value):
    """A copy with the same layout in memory."""
    if not isinstance(value, np.ndarray) or value.base is None:
        return value.copy() if isinstance(value, (np.ndarray, np.void)) else value
    copy = np.empty_like(value)
    copy[...] = value
    return copy


def check(f, *arguments):
    theirs, ours = [copied(a) for a in arguments], [copied(a) for a in arguments]
    expected = f.py_func(*theirs)
    result = f(*ours)
    same(result, expected)
    for one, other in zip(ours, theirs):
        same(one, other)


READ = function(
    """
def f(a):
    total = 0.0
    for r in a:
        total += r['a'] * r['b']
    for i in range(len(a)):
        total += a[i]['a'] - a['b'][i]
    return total, a['a'].sum(), a['a'], a['b'], a.shape, len(a), a.size, a.itemsize, a[1:], a.copy(), a['a'] * 2 + a['b'], a['b'][::-1]
"""
)
WRITE = function(
    """
def f(a, x):
    for i in range(len(a)):
        a[i]['a'] = i + 0.5
    a['b'][1:] = a['b'][:-1] * 2
    a['a'] += 1
    a['a'][:2] = x
    a['b'] = 7
    a[1]['b'] += 3
    r = a[0]
    r['a'] = r['a'] + 0.25
    if len(a) > 3:
        a[2] = a[1]
        a[1:4] = a[:3]
    return a['a']
"""
)


@pytest.mark.parametrize("dtype", ALL)
def test_fields_of_arrays(dtype):
    for a in layouts(dtype):
        check(READ, a)
        if a.size:
            check(WRITE, a, 2)


def test_axes_and_orders():
    f = function("def f(a): return a['a'], a[1], a[1]['b'], a[1, 0]['a'], a[:, 1], a.T['b'], a['a'].sum(axis=0), a.copy(), a[0, 1:]")
    for a in (records(PACKED, (3, 4)), np.asfortranarray(records(PACKED, (3, 4))), records(ODD, (6, 4))[::2, ::-1], records(ALIGNED, (4, 3)).T):
        check(f, a)


def test_nested_fields():
    f = function(
        """
def f(a):
    a[0]['v'][1] = 77
    a['v'][1, 2] = 5
    a[1]['n']['b'] = 4
    a['n']['a'][0] = 2.5
    a[2]['v'] = (7, 8.5, 9)
    a[0]['v'] = a[1]['v'] * 2
    a[0]['n'] = (8.5, 9)
    a[1]['n'] = a[0]['n']
    a['m'] = 3
    return (a['v'], a['n'], a[0]['n'], a[1]['v'], a['m'], a['t'], a[1]['t'], a[1]['p'], a['p'], a['n']['a'], a[1]['m'].sum(), a['v'].sum(axis=1), a[1]['n']['b'],
        a['m'][:, 0, 1], a['t'] + np.timedelta64(1, 'h'))
"""
    )
    check(f, records(NESTED, 3))
    check(f, records(NESTED, 6)[::2])


def test_attributes_of_recarrays():
    f = function(
        """
def f(a):
    a[1].a = 4.5
    a[2].b += 3
    a.a[0] = 8
    a.b = a.b + 1
    x = a[0]
    x.a = x.a * 2
    x['b'] = 5
    return a.a, a.b, x.a, a[2].b, a.size
"""
    )
    for dtype in (PACKED, ODD, ALIGNED):
        check(f, records(dtype, 4).view(np.recarray))
    identity = njit(lambda a: a)
    a = records(PACKED, 3).view(np.recarray)
    assert identity(a) is a
    assert type(identity(a[0])) is np.record
    assert type(identity(records(PACKED, 3)[0])) is np.void


def test_records_as_arguments():
    f = function(
        """
def f(r, x):
    r['a'] = x
    r['b'] = r[1] + 2
    return r['a'], r[-1], r
"""
    )
    check(f, records(PACKED, 3)[1].copy(), 2.5)
    a = records(PACKED, 3)
    f(a[1], 9.5)
    assert a[1]["a"] == 9.5
    check(njit(lambda p, q: p["a"] - q["b"]), records(ODD, 3)[1], records(ALIGNED, 2)[0])


def test_new_arrays_and_whole_records():
    text = """
def f(a, n):
    r = np.zeros(n, DTYPE)
    e = np.empty((2, n), DTYPE)
    for i in range(n):
        r[i]['a'] = i
        r[i] = (i * 2, i)
        e[0, i] = r[i]
        e[1, i] = a[i]
    e[1] = r
    e[0][:] = a[0]
    like = np.zeros_like(a)
    like[:] = a
    return r, e, like, r.dtype.itemsize
"""
    for dtype in (PACKED, np.dtype([("a", "i8"), ("b", "f4")])):
        f = function(text, DTYPE=PACKED)
        check(f, records(dtype, 4), 3)


def test_joins_calls_and_lifetimes():
    names = {"DTYPE": PACKED, "NAMES": ("a", "b")}
    text = """
def f(a, c):
    made = np.zeros(3, DTYPE)
    made[2]['b'] = 5
    best = a[0]
    for r in a:
        if r['a'] > best['a']:
            best = r
    other = made[2] if c else a[1]
    none = a[0] if c else None
    return best, other, made[1:]['b'], made[2], (a[0], a[NAMES[1]]), none
"""
    f = function(text, **names)
    for c in (True, False):
        check(f, records(PACKED, 4), c)
    inner = njit(lambda r, x: r["a"] + x[0])
    g = njit(lambda a: inner(a[1], a["a"]) + inner(a[0], a["a"][1:]))
    check(g, records(PACKED, 4))
    gc.collect()


def test_masks_and_places():
    f = function(
        """
def f(a, p):
    a['a'][a['b'] > 10] = 3
    a['b'][p] = 1
    return a[a['b'] > 4], a[p], a['a'][p], a['a'][a['b'] > 4]
"""
    )
    for dtype in ALL:
        check(f, records(dtype, 6), np.array([1, 1, 4]))
    g = function(
        """
def f(a, b, p, m):
    a[p] = b[1, 0]
    a[m] = b[0, 0]
    a[0] = a[-1]
    a[p[:2]] = b[1, :2]
    a[1:3] = (4, 5)
    n = 0
    for r in a.flat:
        n += r['b']
    for (i, j), r in np.ndenumerate(b):
        n += r['b'] * (i - j)
    for r, k in zip(b[1], p):
        n += r['b'] * k
    return a, n, b[b['b'] > 30], a.reshape(2, 3), a.reshape(3, 2).ravel(), b.flatten(), b.T.ravel(), b[:, ::2].reshape(-1), b.flat[4], b.flat[5]['a'], a[p], b[:, p]
"""
    )
    for dtype in (PACKED, np.dtype([("a", "f8"), ("b", "i8")])):
        check(g, records(dtype, 6), records(dtype, (2, 6)), np.array([1, 3, 4]), np.arange(6) % 3 == 0)


FUNCTIONS = [
    "np.sort(a['a'])", "np.median(a['a'])", "a['a'].mean()", "a['a'].max() - a['a'].min()", "np.argsort(a['a'])", "np.concatenate((a['a'], a['b']))",
    "np.dot(a['a'], a['a'])", "np.where(a['a'] > 3, a['a'], 0)", "np.cumsum(a['a'])", "a['a'].copy()", "a['a'].astype(np.int64)", "a['a'].reshape(-1, 1)",
    "np.sqrt(a['a'])", "np.asarray(a['a'])", "a['a'].argmax()", "np.unique(a['b'])", "a['a'].T", "len(a['a'])", "a['a'].strides", "np.searchsorted(a['a'], 4.0)",
    "np.isin(a['a'], a['b'])", "a['a'].ravel()", "np.flip(a['a'])", "np.outer(a['a'], a['b'])", "np.diff(a['a'])", "3.0 in a['a']",
]


def test_functions_of_unaligned_fields():
    body = "".join(f"    r{i} = {text}\n" for i, text in enumerate(FUNCTIONS))
    f = function(f"def f(a):\n{body}    return {', '.join(f'r{i}' for i in range(len(FUNCTIONS)))}\n")
    check(f, records(PACKED, 5))
    check(
        function(
            """
def f(a, x):
    a['a'].sort()
    a['a'].fill(2.5)
    np.add(a['a'], x, a['a'])
    np.add(x, x, out=a['a'][:])
    for i, v in enumerate(a['a']):
        a['b'][i] = v
    return a['a'].flat[1]
"""
        ),
        records(PACKED, 4)[::-1],
        np.arange(4.0),
    )
    with pytest.raises(TypingError, match="read-only"):
        function("def f(a): np.copyto(a['a'], 1.0)")(records(PACKED, 3))


def test_unaligned_arguments():
    f = function("def f(a, x):\n    a[1] = x\n    a += 1\n    return a, a.sum(), a[::-1], a[0], a * 2, np.sort(a)\n")
    for values in (records(PACKED, 4)["a"], records(ODD, 4)["z"].real, records(ODD, 4)["b"]):
        check(f, values, 3)
    buffer = np.frombuffer(bytearray(33), np.uint8)[1:].view("f8")
    f(buffer, 2.0)
    assert buffer.tolist() == [1.0, 3.0, 1.0, 1.0]
    view = records(NESTED, 4)["n"]
    check(READ, view)
    assert "unaligned array(float64, 1d, A)" == str(zouk.typeof(records(PACKED, 2)["a"]))


def test_fields_that_overlap():
    union = np.dtype({"names": ["f", "i", "low"], "formats": ["f8", "i8", "i4"], "offsets": [0, 0, 0], "itemsize": 8})
    f = function(
        """
def f(a):
    for i in range(len(a)):
        a[i]['f'] = a[i]['f'] + 1
        a[i]['low'] = a[i]['i'] & 255
    a['i'][1:] = a['i'][:-1] + 1
    a['f'][:] = a['i']
    a['low'][:] = a['f'][::-1] % 1000
    return a['f'], a['i'], a['low']
"""
    )
    a = np.zeros(6, union)
    a["f"] = np.arange(6) * 1.5
    check(f, a)
    swap = function("def f(a):\n    a[:] = a[::-1]\n    a[1:] = a[:-1]\n    a['b'] = a['b'][::-1]\n    a['a'] = a['b']\n    return a\n")
    for dtype in (PACKED, ODD, ALIGNED):
        check(swap, records(dtype, 5))


def test_arrays_of_two_dtypes_over_one_memory():
    # In elements both have strides of two.
    f = function("def f(x, y): y[:] = x\n")
    memory = np.arange(16.0)
    for one, other in ((memory[:8:2], memory.view("i4")[::2][:4]), (memory.view("i4")[:16:2][:4], memory[::2][:4])):
        expected = memory.copy()
        place = lambda v: (v.ctypes.data - memory.ctypes.data, v.strides, v.dtype, v.shape)
        x, y = (np.ndarray(shape, dtype, expected, offset, strides) for offset, strides, dtype, shape in map(place, (one, other)))
        # NumPy reads what it has just written here.
        y[:] = x.copy()
        f(one, other)
        np.testing.assert_array_equal(memory.view("i8"), expected.view("i8"))


def test_read_only():
    frozen = records(PACKED, 3)
    frozen.flags.writeable = False
    f = njit(lambda a: (a[1]["a"], a["b"].sum()))
    check(f, frozen)
    for text in ("a[1]['a'] = 1", "a['a'][0] = 1", "a['a'] = 1", "a[0] = (1.0, 2)", "a[0] = a[1]"):
        with pytest.raises(TypingError, match="Cannot modify readonly array of type|read-only record"):
            function(f"def f(a):\n    {text}\n")(frozen)
    table = records(NESTED, (2, 3))
    check(function("def f(i): return TABLE[1, i]['a'] + TABLE['b'][0, i], TABLE[0, i]['v'].sum(), TABLE[1], TABLE[1, i]\n", TABLE=table), 2)
    with pytest.raises(TypingError, match="read-only record"):
        function("def f(i):\n    r = TABLE[0, i]\n    r['a'] = 3\n", TABLE=table)(1)


def test_types():
    assert str(zouk.typeof(records(PACKED, 2))) == "array(Record(a: float64, b: int32), 1d, C)"
    record = zouk.from_dtype(PACKED)
    f = njit([(record[:], zouk.float64)])(lambda a, x: a[0]["a"] + x)
    assert f(records(PACKED, 4)[::2], 1.5) == records(PACKED, 4)[0]["a"] + 1.5
    assert zouk.typeof(records(PACKED, 2)[0]) == record


@pytest.mark.parametrize(
    "text, message",
    [
        ("return a['x']", "Field 'x' was not found in record with fields"),
        ("return a[0]['x']", "Field 'x' was not found in record with fields"),
        ("return a[0].x", "Unknown attribute 'x' of type"),
        ("a[0]['x'] = 1", "Field 'x' was not found in record with fields"),
        ("a[0].x = 1", "Field 'x' was not found in record with fields"),
        ("a['b'] = a[0]", "cannot assign"),
        ("a[0]['a'] = 1j", "cannot assign"),
        ("a[0] = (1.0, 2, 3)", "cannot assign"),
        ("return a + 1", "unsupported operand types"),
        ("return a[0] < a[1]", "unsupported operand types"),
        ("return a.sum()", "does not take"),
        ("return a.astype(np.float64)", "does not take"),
        ("return np.sqrt(a)", "does not take"),
        ("return np.array((1, 2), a.dtype)", "does not become records"),
        ("return a['a'].astype(a.dtype)", "does not take"),
        ("return np.arange(3, dtype=a.dtype)", "does not take"),
        ("return a['a'].sum(dtype=a.dtype)", "structured dtype cannot be used here"),
        ("np.add(a['a'], a['a'], a)", "does not take"),
        ("a['a'] = a", "cannot assign"),
        ("a[0] += a[1]", "unsupported operand types"),
        ("if a[0]: return 1", "no truth value"),
        ("return a[0]['a', 'b']", "a record is indexed by constant names"),
        ("x, y = a[0]\n    return x", "unpack"),
    ],
)
def test_errors(text, message):
    with pytest.raises(TypingError, match=message):
        function(f"def f(a):\n    {text}\n")(records(PACKED, 3))


def test_other_errors():
    with pytest.raises(UnsupportedError, match="assignment to an attribute"):
        function("def f(a):\n    a.shape = (1,)\n")(np.zeros(3))
    identity = njit(lambda a: a)
    for dtype in ([("a", "O")], [("a", "U3")], [("a", ">f8")], "V8", [("a", "g")]):
        with pytest.raises(TypingError, match="unsupported dtype|cannot determine"):
            identity(np.zeros(2, dtype))
    with pytest.raises(IndexError):
        njit(lambda a, i: a[i]["a"])(records(PACKED, 3), 3)
    with pytest.raises(ValueError, match="broadcast"):
        function("def f(a, b): a[:] = b")(records(PACKED, 3), records(PACKED, 2))


def test_like_one_record():
    """An array without axes, as of any other scalar."""
    dtype = np.dtype([("a", np.int16), ("b", np.float32)])
    other = np.dtype([("c", np.float64)])
    record = np.ones(2, dtype)[1]
    for text in ("np.zeros_like(x)", "np.zeros_like(x, other)", "np.zeros_like(y, dtype)", "np.zeros_like(x, np.float32)"):
        f = function(f"def f(x, y): return {text}", dtype=dtype, other=other)
        expected, got = f.py_func(record, 2.5), f(record, 2.5)
        assert got.dtype == expected.dtype and got.shape == expected.shape == () and got.tobytes() == expected.tobytes()
    got = zouk.njit(lambda x: np.empty_like(x))(record)
    assert got.dtype == dtype and got.shape == ()


def test_global_records():
    """What the globals hold when the function is compiled."""
    array = np.array([(1, 2.5, [1, 2])], dtype=[("a", "i4"), ("b", "f8"), ("c", "i2", 2)])
    for record, b in ((array[0], "record['b']"), (array.view(np.recarray)[0], "record.b")):
        f = function(f"def f(x): return record['a'] + x, {b} * x, record['c'][1], record", record=record)
        got, expected = f(3), f.py_func(3)
        assert got[:3] == expected[:3] and got[3].tobytes() == record.tobytes() and got[3].dtype == array.dtype
    with pytest.raises(TypingError, match="readonly|read-only"):
        function("def f(x): record['a'] = x", record=array[0])(3)
