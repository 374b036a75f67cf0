"""Views beside NumPy: other dtypes, diagonals, windows, repeated axes; what overlaps or repeats itself; flags, and dtypes as values."""

import cmath

import numpy as np
import pytest
from lang_support import NUMBERS, arrays, check, function, layouts, outcome

import zouk

VIEWED = [np.uint8, np.int16, np.float32, np.int64, np.float64, np.complex64, np.complex128]


def exact(f, *arguments):
    """Compares results bit by bit, or exceptions with their texts."""
    (kind, ours), (expected, theirs) = outcome(f, arguments), outcome(f.py_func, arguments)
    assert kind == expected, f"{arguments}: {ours!r}, not {theirs!r}"
    if kind == "raises":
        assert type(ours) is type(theirs) and ours.args == theirs.args, f"{arguments}: {ours!r}, not {theirs!r}"
        return
    for x, y in zip(ours, theirs) if isinstance(theirs, tuple) else [(ours, theirs)]:
        x, y = np.asarray(x), np.asarray(y)
        assert (x.dtype, x.shape, x.tobytes()) == (y.dtype, y.shape, y.tobytes()), f"{arguments}: {x!r}, not {y!r}"


@pytest.mark.parametrize("dtype", VIEWED)
def test_view_of_another_dtype(dtype):
    f = function(f"def f(a): return a.view(np.{dtype.__name__}), a.view('{np.dtype(dtype).str}').shape")
    for source in (np.float64, np.int32, np.uint8, np.complex64):
        for shape in [(4,), (3, 4), (2, 1, 8), (0,), (3, 0), (2, 3), (1,)]:
            for a in layouts(np.arange(int(np.prod(shape)), dtype=source).reshape(shape)):
                aligned = all(step % np.dtype(dtype).itemsize == 0 for step in a.strides[:-1])
                if aligned or np.dtype(source).itemsize >= np.dtype(dtype).itemsize:
                    exact(f, a)
    exact(f, np.array(7.0))


def test_view_is_written_through():
    f = function("def f(a): a.view(np.int64)[1:] += 1; a.view(np.uint8)[0] = 255; a.view(np.complex128).imag = 3")
    check(f, np.arange(6.0))
    check(f, np.arange(12.0).reshape(3, 4))
    overlap = function("def f(a): v = a.view(np.int32); v[::2] = a[::-1]; a[...] = v[1::2]")
    check(overlap, np.arange(6.0))
    refused = function("def f(a): return a.view(np.float64)")
    with pytest.raises(ValueError, match="aligned"):
        refused(np.arange(5, dtype=np.int32)[1:])
    with pytest.raises(ValueError, match="no multiple"):
        refused(np.arange(9, dtype=np.int32).reshape(3, 3)[:, :2])


def test_view_of_numbers():
    f = function("def f(x, n): return np.float64(x).view(np.int64), np.int64(n).view(np.float64), np.float64(x).view('u8') >> 1, np.int64(n).view(np.uint64)")
    for x, n in ((1.5, 200), (-0.0, -1), (np.inf, 1 << 62)):
        exact(f, x, n)
    elements = function("def f(a, b): return a[0].view(np.uint32), b[0].view(np.int8), b[1].view(np.uint8), (b[0] == 200)")
    for ours, theirs in zip(elements(np.float32([1.5]), np.uint8([200, 3])), elements.py_func(np.float32([1.5]), np.uint8([200, 3]))):
        assert ours == theirs
    with pytest.raises(zouk.TypingError, match="another size"):
        function("def f(x): return np.float64(x).view(np.int32)")(1.0)


BUFFERS = """np.frombuffer(a, dtype=np.int64) | np.frombuffer(a, np.float32) | np.frombuffer(a, 'u1', 5) | np.frombuffer(a, np.uint8, offset=3) | np.frombuffer(a)
np.frombuffer(a, np.int16, 3, 8) | np.frombuffer(a, np.int64, 2) | np.frombuffer(a, np.int64, -1, 1) | np.frombuffer(a, np.int64, 1, 9999) | np.frombuffer(a, np.uint8, 1, -1)
np.frombuffer(a, np.int64, 9999) | np.frombuffer(a, np.uint8, 0)"""


@pytest.mark.parametrize("call", [call.strip() for call in BUFFERS.replace("\n", "|").split("|")])
def test_frombuffer(call):
    f = function(f"def f(a): return {call}")
    for a in (np.arange(4.0), np.arange(12, dtype=np.int32).reshape(3, 4), np.arange(9, dtype=np.uint8), np.arange(12.0)[::2], np.arange(12.0).reshape(3, 4).T):
        theirs = outcome(f.py_func, [a])
        ours = outcome(f, [a])
        if "not be aligned" in str(ours[1]):
            assert theirs[0] == "returns" and theirs[1].ctypes.data % theirs[1].itemsize != 0
        else:
            exact(f, a)


DIAGONALS = "a.diagonal(), np.diagonal(a, 1), a.diagonal(-1), np.diagonal(a, 9), np.diag(a), np.diag(a, -1), np.trace(a)"


def test_diagonals():
    f = function(f"def f(a): return {DIAGONALS}")
    for shape in [(3, 3), (2, 4), (4, 2), (1, 3), (0, 3)]:
        for a in arrays(shape):
            exact(f, a)
    planes = function("def f(a): return a.diagonal(1, 0, 2), np.diagonal(a, 0, 1, 2), np.diagonal(a, -1, axis1=-1, axis2=0)")
    for a in arrays((2, 3, 4)):
        exact(planes, a)
    view = function("def f(a): return a.diagonal(), np.diag(a)")
    a = np.arange(9.0).reshape(3, 3)
    diagonal, copy = view(a)
    a[1, 1] = 70
    assert diagonal[1] == 70 and copy[1] == 4 and not diagonal.flags.writeable and copy.flags.writeable
    with pytest.raises(zouk.TypingError, match="readonly array"):
        function("def f(a): a.diagonal()[0] = 1")(a)


def test_repeated_axes():
    f = function("def f(a, b): return np.broadcast_to(a, (2, 3, 4)), np.broadcast_arrays(a, b), np.broadcast_to(a[:1], (5, 4)) * 2 + a[0], np.broadcast_to(2, (2, 2))")
    total = function("def f(a, b): return np.broadcast_to(a, (2, 3, 4)).sum(), np.broadcast_to(a, (2, 3, 4)).strides, np.broadcast_to(b, (3, 4)).copy().strides")
    for a in arrays((3, 4)):
        for b in arrays((3, 1)):
            ours, theirs = f(a, b), f.py_func(a, b)
            for x, y in zip([*ours[:1], *ours[1], *ours[2:]], [*theirs[:1], *theirs[1], *theirs[2:]]):
                assert x.dtype == y.dtype and np.array_equal(x, y)
            assert ours[0].strides[0] == 0 and np.shares_memory(ours[0], a) and not ours[0].flags.writeable
            exact(total, a, b)
    with pytest.raises(zouk.TypingError, match="readonly array"):
        function("def f(a): np.broadcast_to(a, (2, 3))[0, 0] = 1")(np.arange(3))
    with pytest.raises(zouk.TypingError, match="readonly array"):
        function("def f(a): b = np.broadcast_to(a, (2, 3)); b += 1")(np.arange(3))
    check(function("def f(a, b): return np.broadcast_arrays(a, b)"), np.arange(3), np.arange(4))


WINDOWS = """
def f(a): return sliding_window_view(a, 3)
def f(a): return sliding_window_view(a[1:], (2,), writeable=False).sum(axis=1) + np.lib.stride_tricks.sliding_window_view(a, 3).shape[0]
def f(a): return np.lib.stride_tricks.as_strided(a, (2, 3), (a.itemsize, a.itemsize))
def f(a): return np.lib.stride_tricks.as_strided(a[::-1], (3,), (-2 * a.itemsize,)), np.lib.stride_tricks.as_strided(a), as_strided(a, shape=(0, 3), strides=(8, 8))
"""


@pytest.mark.parametrize("text", [line for line in WINDOWS.splitlines() if line])
def test_windows(text):
    scope = {name: getattr(np.lib.stride_tricks, name) for name in ("sliding_window_view", "as_strided")}
    f = function(f"scope = None\n{text}", **scope)
    for dtype in (np.float64, np.int8):
        for a in (np.arange(8, dtype=dtype), np.arange(6, dtype=dtype)):
            exact(f, a)
    if "as_strided(a[" not in text:
        exact(f, np.arange(16.0)[::2])


def test_windows_of_several_axes():
    f = function("def f(a): return sliding_window_view(a, (2, 2)), sliding_window_view(a, 2, axis=1), sliding_window_view(a, (2, 1, 3), (0, 1, -1)).shape", sliding_window_view=np.lib.stride_tricks.sliding_window_view)
    for a in arrays((4, 5)):
        exact(f, a)
    for call in ("sliding_window_view(a, 9)", "sliding_window_view(a, -1)"):
        check(function(f"def f(a): return {call}", sliding_window_view=np.lib.stride_tricks.sliding_window_view), np.arange(4), text=True)


def test_strided_views_stay_within_the_array():
    f = function("def f(a, n, step): return as_strided(a, (n,), (step,))", as_strided=np.lib.stride_tricks.as_strided)
    exact(f, np.arange(5), 3, 16)
    for n, step in ((6, 8), (2, -8), (4, 16), (1 << 50, 8)):
        with pytest.raises(ValueError, match="outside of the array"):
            f(np.arange(5), n, step)
    with pytest.raises(ValueError, match="no multiple"):
        f(np.arange(5), 2, 3)
    check(f, np.arange(5), -1, 8, text=True)
    for n in (1 << 62, 1 << 60):
        with pytest.raises(ValueError, match="array is too big"):
            f(np.arange(5), n, 0)
    check(function("def f(a): return np.broadcast_to(a, (1 << 40, 1 << 40, 5)).sum()"), np.arange(5))


REPEATING = """
def f(a): w = as_strided(a, (4, 3), (8, 8)); w += 1
def f(a): w = as_strided(a, (4, 3), (8, 8)); w *= 2; w[1:] += w[:-1]
def f(a): w = as_strided(a, (3, 4), (0, 8)); w += 1; w[...] = w * 2
def f(a): w = as_strided(a, (4,), (0,)); w += 5
def f(a): w = as_strided(a, (2, 3), (24, 8)); w += w
def f(a): w = as_strided(a, (2, 2), (16, 16)); np.multiply(w, w + 1, w)
def f(a): w = as_strided(a, (4, 3), (8, 8)); w[...] = a[1:4] + w
def f(a): w = as_strided(a, (5, 2), (8, 8)); w[:, 1] = w[:, 0] + 1
def f(a): a[...] = np.broadcast_to(a[1:2], (6,)) + a[::-1]
def f(a): a[...] = np.broadcast_to(np.exp(a), (2, 6)).sum(axis=0) + sliding_window_view(a * 2, 1)[:, 0]
def f(a): a.view(np.int64)[::-1][...] = (a * 3).view(np.int64) + a.view(np.int64)
"""


@pytest.mark.parametrize("text", [line for line in REPEATING.splitlines() if line])
def test_views_that_repeat_elements_are_written(text):
    """As if all had been read before."""
    tricks = np.lib.stride_tricks
    f = function(f"scope = None\n{text}", as_strided=tricks.as_strided, sliding_window_view=tricks.sliding_window_view)
    check(f, np.arange(6.0), rtol=1e-15)
    argument = function("def f(w): w += 1; w *= w")
    for strides in ((8, 8), (0, 8), (8, 16), (24, 8)):
        ours, theirs = np.arange(9.0), np.arange(9.0)
        argument(np.lib.stride_tricks.as_strided(ours, (3, 3), strides))
        argument.py_func(np.lib.stride_tricks.as_strided(theirs, (3, 3), strides))
        np.testing.assert_array_equal(ours, theirs)


def test_shared_memory():
    f = function("def f(a, b): return np.shares_memory(a, b), np.may_share_memory(a, b)")
    a = np.arange(48.0).reshape(6, 8)
    z = np.arange(12) * 1j
    views = [a[0], a[1], a[:, 0], a[:, 1], a[::2, ::2], a[1::2], a[:, 1::2], a[::-1, ::3], a[2:3, 5:2:-1], a[:0, 0], np.lib.stride_tricks.as_strided(a, (3, 3), (8, 16))]
    for x, y in [(x, y) for x in views for y in views if x.ndim <= y.ndim]:
        exact(f, x, y)
    for x, y in [(z.real, z.imag), (z.real, z), (z[::2], z.imag), (z.view(np.int8)[3::16], z.real), (z.view(np.int8)[3::16], z.imag), (z, a[0])]:
        exact(f, x, y)


def test_flags():
    f = function("def f(a): g = a.flags; return g.c_contiguous, g.f_contiguous, g.contiguous, g.forc, g.fnc, g.writeable, g.aligned, a.T.flags.c_contiguous, g['F'], a.flags['C_CONTIGUOUS']")
    for shape in [(), (3,), (2, 3), (1, 3), (0, 3), (2, 1, 3)]:
        for a in arrays(shape) if shape else [np.array(1.0)]:
            exact(f, a)
    readonly = np.arange(3)
    readonly.flags.writeable = False
    exact(f, readonly)
    with pytest.raises(zouk.TypingError, match="flags are named by constant texts"):
        function("def f(a): return a.flags['OWNDATA']")(readonly)


def test_item():
    f = function("def f(a, k): return a.item(k)")
    for a in arrays((2, 3)):
        for k in (0, 4, -1, -6):
            exact(f, a, k)
        for k in (6, -7):
            with pytest.raises(IndexError):
                f(a, k)


CONSTANTS = """np.dtype('float32') == np.float32, np.dtype(np.int64).itemsize, a.dtype == 'float64', a.dtype != 'f4', a.dtype.kind == 'f', np.dtype('f4').name == 'float32'
a.dtype.itemsize, np.dtype(int).kind == 'i', np.dtype('c8').char == 'F', a.dtype.str == '<f8', a.dtype.alignment, np.dtype(bool) == bool, a.dtype is np.dtype('f8')
np.can_cast(np.int32, np.int64), np.can_cast('i8', 'f4'), np.can_cast(np.float64, np.int64, 'same_kind'), np.can_cast(a.dtype, np.float32, casting='same_kind')
np.can_cast(np.complex64, np.float64, 'unsafe'), np.can_cast(np.int8, np.uint8), np.can_cast(np.uint8, np.int16), np.can_cast(np.bool_, np.int8, 'no')
np.empty(0, np.result_type(a, n)), np.empty(0, np.promote_types(np.int8, np.uint8)), np.empty(0, np.result_type(np.float32, 1.0)), np.empty(0, np.dtype('int16'))
np.issubdtype(a.dtype, np.floating), np.issubdtype(n.dtype, np.integer), np.issubdtype(np.int8, np.unsignedinteger), np.issubdtype(np.float32, np.float64)
limits.max, limits.bits, floats.eps, floats.max"""


@pytest.mark.parametrize("text", CONSTANTS.splitlines())
def test_dtypes_are_values(text):
    exact(function(f"def f(a, n): return {text}", limits=np.iinfo(np.int16), floats=np.finfo(np.float32)), np.arange(3.0), np.arange(3))


def test_limits():
    for dtype in NUMBERS[1:9]:
        exact(function(f"def f(a): i = np.iinfo(a.dtype); return i.min, i.max, np.iinfo(np.{dtype.__name__}).bits, i.kind == '{np.dtype(dtype).kind}'"), np.zeros(1, dtype))
    names = "eps epsneg max min tiny smallest_normal smallest_subnormal resolution precision bits nmant nexp iexp machep negep minexp maxexp"
    for dtype in NUMBERS[9:]:
        f = function("def f(a): i = np.finfo(a.dtype); return " + ", ".join(f"np.float64(i.{name})" for name in names.split()))
        ours, theirs = f(np.zeros(1, dtype)), f.py_func(np.zeros(1, dtype))
        for name, x, y in zip(names.split(), ours, theirs):
            assert x == y or name == "resolution" and abs(x - y) < 1e-13, name
    with pytest.raises(zouk.TypingError, match="Invalid integer data type"):
        function("def f(): return np.iinfo(np.float64).max")()
    assert cmath.isclose(function("def f(): return np.finfo(float).eps * 2")(), 2 * np.finfo(float).eps)


def test_squeeze_without_axes_says_what_to_do():
    with pytest.raises(zouk.TypingError, match=r"np.squeeze\(a, axis=0\)"):
        function("def f(a): return np.squeeze(a)")(np.ones((1, 3)))
