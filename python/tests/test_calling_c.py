"""Functions of C called from compiled code: what `ctypes` gives when Python calls them."""

import ctypes
import ctypes.util
import threading

import numpy as np
import pytest
from calling_c_support import c_sin, libc, libm, memcpy

import zouk
from zouk import njit, prange


def test_ctypes_functions():
    @njit
    def f(x, n):
        return c_sin(x), libm.hypotf(x, 2.0), libm.ldexp(x, n), libc.labs(n)

    for x, n in [(0.5, 3), (-1.25, -7), (2, 0)]:
        got = f(x, n)
        assert got == f.py_func(x, n)
        assert [type(part) for part in got] == [type(part) for part in f.py_func(x, n)]


def test_arguments_are_converted_as_ctypes_declares():
    @njit
    def f(x):
        return c_sin(x)

    assert [f(x) for x in (2, True, np.float32(0.5))] == [f.py_func(x) for x in (2, True, np.float32(0.5))]


KINDS = [(ctypes.c_int8, -5), (ctypes.c_uint8, 250), (ctypes.c_int16, -300), (ctypes.c_uint16, 65000), (ctypes.c_int32, -(2**31)), (ctypes.c_uint32, 2**32 - 1),
         (ctypes.c_int64, -(2**63)), (ctypes.c_uint64, 2**64 - 1), (ctypes.c_float, 1.5), (ctypes.c_double, -0.1), (ctypes.c_bool, True)]  # fmt: skip


@pytest.mark.parametrize("kind, value", KINDS, ids=lambda it: getattr(it, "__name__", None))
def test_callbacks_get_and_give_numbers(kind, value):
    callback = ctypes.CFUNCTYPE(kind, kind, kind)(lambda a, b: b)

    @njit
    def f(x):
        return callback(0, x)

    assert f(value) == callback(0, value) == value


def test_arrays_by_their_addresses():
    @njit
    def copied(a):
        out = np.empty_like(a)
        memcpy(out.ctypes, a.ctypes, a.nbytes)
        again = np.empty_like(a)
        memcpy(again.ctypes.data, out.ctypes.data, a.nbytes)
        libc.memset(out.ctypes, 0, 8)
        return out, again

    a = np.arange(1.0, 5.0)
    out, again = copied(a)
    assert np.array_equal(again, a) and np.array_equal(out, [0.0, *a[1:]])


def test_what_c_writes_is_seen():
    """Reads before and after a call are not taken for the same."""

    @njit
    def f(a, n):
        before = a.sum() + a[1]
        p = a.ctypes.data
        libc.memset(p, 0, 8 * n)
        return before, a.sum(), a[1], (a + 1.0)[0]

    expected = np.arange(5.0)
    got = f(np.arange(5.0), 2)
    before = expected.sum() + expected[1]
    expected[:2] = 0
    assert got == (before, expected.sum(), expected[1], (expected + 1.0)[0])


def test_what_c_writes_through_another_function_is_seen():
    @njit
    def clear(p, n):
        libc.memset(p, 0, n)

    @njit
    def f(n):
        a = np.ones(n)
        p = a.ctypes.data
        x = a.sum()
        clear(p, 8)
        return x, a.sum()

    assert f(4) == (4.0, 3.0)


def test_an_array_lives_while_c_may_use_its_address():
    @njit
    def f(n, dest):
        total = 0.0
        for i in range(n):
            a = np.full(1000, i * 1.0)
            p = a.ctypes.data
            b = np.full(1000, -1.0)
            memcpy(dest.ctypes, p, 8000)
            total += dest[999] + b[0] * 0
        return total

    assert f(50, np.zeros(1000)) == sum(range(50))


def test_nothing_stays_allocated():
    from zouk import _zouk

    @njit
    def f(n):
        a = np.ones(n)
        libc.memset(a.ctypes, 0, 8)
        if n > 5:
            raise ValueError("no")
        return a.sum()

    f(3)
    before = _zouk.live_blocks()
    for n in (2, 8):
        try:
            f(n)
        except ValueError:
            pass
    assert _zouk.live_blocks() == before


def test_none_is_null_and_pointers_are_values():
    @njit
    def f(a):
        p = libc.memset(a.ctypes, 1, 1)
        return libc.memset(p, 2, 0) == a.ctypes.data if False else a[0]

    a = np.zeros(3, np.uint8)
    assert f(a) == 1
    getenv = libc.getenv
    getenv.argtypes, getenv.restype = [ctypes.c_char_p], ctypes.c_void_p

    @njit
    def g(a):
        return getenv(a.ctypes)

    name = np.frombuffer(b"NO_SUCH_VARIABLE_HERE\0", np.uint8).copy()
    assert g(name) == 0
    time = libc.time
    time.argtypes, time.restype = [ctypes.c_void_p], ctypes.c_long

    @njit
    def now():
        return time(None)

    assert abs(now() - time(None)) <= 1


def test_functions_that_are_chosen():
    c_cos = libm.cos
    c_cos.argtypes, c_cos.restype = [ctypes.c_double], ctypes.c_double

    def make(function):
        @njit
        def apply(x):
            return function(x)

        return apply

    assert [make(function)(0.3) for function in (c_sin, c_cos)] == [c_sin(0.3), c_cos(0.3)]


def test_in_threads_and_parallel_loops():
    @njit(parallel=True)
    def f(n):
        out = np.empty(n)
        for i in prange(n):
            out[i] = c_sin(i * 0.1)
        return out

    expected = np.array([c_sin(i * 0.1) for i in range(2000)])
    assert np.array_equal(f(2000), expected)
    results = []
    threads = [threading.Thread(target=lambda: results.append(f(2000))) for _ in range(3)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(results) == 3 and all(np.array_equal(result, expected) for result in results)


@pytest.mark.parametrize("prepare, message", [
    (lambda f: None, "does not define its argument types"),
    (lambda f: setattr(f, "argtypes", [ctypes.py_object]), "unsupported ctypes type"),
    (lambda f: setattr(f, "argtypes", [ctypes.c_longdouble]), "unsupported ctypes type"),
    (lambda f: (setattr(f, "argtypes", [ctypes.c_double]), setattr(f, "errcheck", lambda *a: a[0])), "errcheck"),
])  # fmt: skip
def test_functions_that_are_not_declared(prepare, message):
    function = ctypes.CDLL(ctypes.util.find_library("m")).tan
    prepare(function)

    @njit
    def f(x):
        return function(x)

    with pytest.raises(zouk.TypingError, match=message) as error:
        f(1.0)
    assert "tan" in str(error.value)


def test_functions_of_pythons_own():
    function = ctypes.pythonapi.PyLong_FromLong
    function.argtypes, function.restype = [ctypes.c_long], ctypes.c_long

    @njit
    def f(x):
        return function(x)

    with pytest.raises(zouk.TypingError, match="needs the interpreter"):
        f(1)


@pytest.mark.parametrize("arguments, message", [(lambda: c_sin(1.0, 2.0), "takes 1 arguments but 2"), (lambda: c_sin(1j), "argument 1 of sin"), (lambda: c_sin(x=1.0), "no keyword"), (lambda: memcpy(np.ones(2), 0, 0), "a.ctypes")])
def test_calls_that_do_not_fit(arguments, message):
    with pytest.raises(zouk.TypingError, match=message):
        njit(arguments)()


@pytest.mark.parametrize("restype", [ctypes.c_char_p, ctypes.c_wchar_p])
def test_results_that_are_texts_in_python(restype):
    getenv = ctypes.CDLL(None).getenv
    getenv.argtypes, getenv.restype = [ctypes.c_char_p], restype
    with pytest.raises(zouk.ZoukError, match=f"its result, {restype.__name__}, is a text in Python: `c_void_p` is the address of one"):
        njit(lambda a: getenv(a.ctypes))(np.zeros(1, np.uint8))


def test_floats_are_no_integers_of_c():
    absolute = ctypes.CDLL(None).abs
    absolute.argtypes, absolute.restype = [ctypes.c_int], ctypes.c_int
    f = njit(lambda x: absolute(x))
    assert (f(-5), f(True), f(np.int8(-5))) == (absolute(-5), absolute(True), absolute(-5))
    for x in (-5.5, np.float32(2)):
        with pytest.raises(ctypes.ArgumentError):
            absolute(x)
        with pytest.raises(zouk.TypingError, match=r"argument 1 of abs\(\) is of type int32, not float"):
            f(x)
    assert njit(lambda x: absolute(int(x)))(-5.5) == absolute(int(-5.5))
