"""Functions of C called from compiled code: what `ctypes` and `cffi` give when Python calls them."""

import ctypes
import ctypes.util
import importlib.util
import os
import subprocess
import sys
import threading

import cffi
import numpy as np
import pytest

import zouk
from zouk import njit, prange, types
from zouk.cffi_support import map_type, register_module, register_type
from zouk.extending import get_cython_function_address

libm = ctypes.CDLL(ctypes.util.find_library("m"))
libc = ctypes.CDLL(None)

c_sin = libm.sin
c_sin.argtypes, c_sin.restype = [ctypes.c_double], ctypes.c_double
libm.hypotf.argtypes, libm.hypotf.restype = [ctypes.c_float, ctypes.c_float], ctypes.c_float
libm.ldexp.argtypes, libm.ldexp.restype = [ctypes.c_double, ctypes.c_int], ctypes.c_double
libc.labs.argtypes, libc.labs.restype = [ctypes.c_long], ctypes.c_long
libc.memset.argtypes, libc.memset.restype = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t], ctypes.c_void_p
memcpy = libc.memcpy
memcpy.argtypes, memcpy.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t], ctypes.c_void_p


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


# cffi


ffi = cffi.FFI()
ffi.cdef("double sin(double); int abs(int); void *memset(void *, int, size_t); int printf(const char *, ...);")
library = ffi.dlopen(None)
ffi_sin = library.sin


def test_cffi_functions_by_address():
    @njit
    def f(x, n):
        return ffi_sin(x) + library.sin(2 * x), library.abs(n)

    for x, n in [(0.5, -3), (-1.0, 8)]:
        assert f(x, n) == f.py_func(x, n)


def test_cffi_from_buffer():
    @njit
    def f(a):
        library.memset(ffi.from_buffer(a), 0, 8)
        return a.sum()

    a, b = np.arange(1.0, 4.0), np.arange(1.0, 4.0)
    library.memset(ffi.from_buffer(b), 0, 8)
    assert f(a) == b.sum() and np.array_equal(a, b)
    with pytest.raises(zouk.TypingError, match="contiguous"):
        f(np.arange(6.0)[::2])
    readonly = np.arange(3.0)
    readonly.flags.writeable = False
    with pytest.raises(zouk.TypingError, match="read-only"):
        f(readonly)


def test_cffi_variadic_functions_are_refused():
    @njit
    def f(x):
        return library.printf(x.ctypes)

    with pytest.raises(zouk.TypingError, match="any number"):
        f(np.zeros(3, np.uint8))


@pytest.fixture(scope="module")
def module(tmp_path_factory):
    """A module that cffi makes out of line."""
    folder = tmp_path_factory.mktemp("cffi")
    builder = cffi.FFI()
    builder.cdef("""
        struct point { int tag; double x[2]; float weight; };
        enum color { RED, GREEN };
        double dot(double *a, double *b, long n);
        void scale(float *a, size_t n, float by);
        double length(struct point *p, int n);
        int opposite(enum color c);
        double _Complex rotated(double _Complex z);
        float _Complex rotated_f(float _Complex z);
    """)
    source = """
        #include <complex.h>
        struct point { int tag; double x[2]; float weight; };
        enum color { RED, GREEN };
        static double dot(double *a, double *b, long n) { double s = 0; for (long i = 0; i < n; i++) s += a[i] * b[i]; return s; }
        static void scale(float *a, size_t n, float by) { for (size_t i = 0; i < n; i++) a[i] *= by; }
        static double length(struct point *p, int n) { double s = 0; for (int i = 0; i < n; i++) s += p[i].x[0] * p[i].x[1] * p[i].weight + p[i].tag; return s; }
        static int opposite(enum color c) { return c == RED ? GREEN : RED; }
        static double _Complex rotated(double _Complex z) { return z * I + 1; }
        static float _Complex rotated_f(float _Complex z) { return z * I + 2; }
    """
    builder.set_source("_zouk_test_cffi", source, extra_compile_args=["-O1"])
    path = builder.compile(tmpdir=str(folder))
    spec = importlib.util.spec_from_file_location("_zouk_test_cffi", path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_cffi_modules_that_are_not_known(module):
    """Nothing but its registration says which module a function is of."""
    lib, known = module.lib, dict(sys.modules)
    for name, other in known.items():
        if getattr(other, "lib", None) is lib:
            del sys.modules[name]
    opposite = lib.opposite

    @njit
    def f(c):
        return opposite(c)

    try:
        with pytest.raises(zouk.TypingError, match="register_module"):
            f(0)
        register_module(module)
        assert f(0) == lib.opposite(0)
    finally:
        sys.modules.update(known)


def test_cffi_modules(module):
    dot, scale, opposite = module.lib.dot, module.lib.scale, module.lib.opposite
    own = module.ffi

    @njit
    def f(a, b):
        return dot(own.from_buffer(a), b.ctypes, len(a))

    a, b = np.arange(4.0), np.arange(1.0, 5.0)
    assert f(a, b) == module.lib.dot(own.from_buffer("double[]", a), own.from_buffer("double[]", b), 4) == a @ b

    @njit
    def g(a):
        scale(a.ctypes, a.size, 2.5)
        return opposite(0), opposite(1)

    c = np.arange(3, dtype=np.float32)
    assert g(c) == (module.lib.opposite(0), module.lib.opposite(1)) and np.array_equal(c, np.arange(3, dtype=np.float32) * np.float32(2.5))
    with pytest.raises(zouk.TypingError, match="argument 1 of scale"):
        g(np.ones(3))


def test_cffi_complex_numbers(module):
    rotated, rotated_f = module.lib.rotated, module.lib.rotated_f

    @njit
    def f(z):
        return rotated(z), rotated_f(z)

    for z in (1.5 - 2j, 0.25 + 8j):
        assert f(z) == (z * 1j + 1, z * 1j + 2)


def test_cffi_structs_are_records(module):
    register_module(module)
    length = module.lib.length
    struct = module.ffi.typeof("struct point")
    record = map_type(struct, use_record_dtype=True)
    dtype = types.as_dtype(record)
    assert dtype.itemsize == module.ffi.sizeof(struct) and dtype.fields["weight"][1] == struct.fields[2][1].offset

    @njit
    def f(points):
        points[0].tag = 40
        return length(points.ctypes, len(points))

    points = np.zeros(3, dtype)
    points["x"], points["weight"], points["tag"] = [[1, 2], [3, 4], [5, 6]], 0.5, 1
    got = f(points)
    assert got == module.lib.length(module.ffi.from_buffer("struct point[]", points), 3)
    register_type(module.ffi.typeof("enum color"), types.int8)
    assert map_type(module.ffi.typeof("enum color")) == types.int8
    assert map_type(module.ffi.typeof("unsigned short *")) == types.CPointer(types.uint16)
    assert map_type(module.ffi.typeof("void *")) == types.voidptr
    with pytest.raises(TypeError, match="unsupported cffi type"):
        map_type(module.ffi.typeof("long double"))


def test_signatures_of_cffi():
    """Numba's example: a function of structs, by the declaration of C."""
    own = cffi.FFI()
    own.cdef("""
        typedef struct my_struct { int i1; float f2; double d3; float af4[7]; } my_struct;
        typedef double (*my_func)(my_struct *, size_t);
    """)
    signature = map_type(own.typeof("my_func"), use_record_dtype=True)
    assert signature.return_type == types.float64 and signature.args[1] == types.uint64

    @zouk.cfunc(signature)
    def foo(ptr, n):
        base = zouk.carray(ptr, n)
        total = 0.0
        for i in range(n):
            total += base[i].i1 * base[i].f2 / base[i].d3 + base[i].af4.sum()
        return total

    structs = own.new("my_struct[3]")
    expected = 0.0
    for i in range(3):
        structs[i].i1, structs[i].f2, structs[i].d3 = i + 1, 1.5 * i, 2.0
        for j in range(7):
            structs[i].af4[j] = j * i
        expected += structs[i].i1 * structs[i].f2 / structs[i].d3 + sum(structs[i].af4)
    assert own.cast("my_func", foo.address)(structs, 3) == expected


# Cython


def test_addresses_of_cython_functions():
    address = get_cython_function_address("scipy.special.cython_special", "j0")
    j0 = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(address)

    @njit
    def f(x):
        return j0(x) + 1

    from scipy import special

    assert f(2.5) == special.j0(2.5) + 1
    with pytest.raises(ValueError, match="No function 'nothing' found in __pyx_capi__ of 'scipy.special.cython_special'"):
        get_cython_function_address("scipy.special.cython_special", "nothing")
    with pytest.raises(ValueError, match="no __pyx_capi__"):
        get_cython_function_address("math", "sin")
    with pytest.raises(ImportError):
        get_cython_function_address("no_such_module_here", "f")


def test_addresses_of_compiled_functions():
    @zouk.cfunc("float64(float64, float64)")
    def weighted(x, y):
        return x + 10 * y

    pointer = weighted.ctypes

    @njit
    def f(x):
        return pointer(x, 2.0)

    assert f(1.5) == weighted(1.5, 2.0)


def test_the_cache_finds_the_address_of_its_process(tmp_path):
    """Machine code on disk has no address in it: another process has its own."""
    path = tmp_path / "cached.py"
    path.write_text("""
import ctypes, sys
from zouk import njit
callback = ctypes.CFUNCTYPE(ctypes.c_long, ctypes.c_long)(lambda x: x * int(sys.argv[1]))
@njit(cache=True)
def f(x):
    return callback(x) + 1
print(f(5), sum(f.stats.cache_hits.values()))
""")
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(factor):
        return subprocess.run([sys.executable, str(path), factor], env=environment, capture_output=True, text=True, check=True).stdout.split()

    assert [run("2"), run("3")] == [["11", "0"], ["16", "1"]]


def test_addresses_as_arguments():
    """`voidptr` and `CPointer` in signatures: Python passes addresses as ints."""

    @njit("float64(CPointer(float64), intp)")
    def total(p, n):
        s = 0.0
        for i in range(n):
            s += p[i]
        return s

    a = np.arange(5.0)
    assert total(a.ctypes.data, 5) == a.sum()

    @njit("voidptr(voidptr, intp)")
    def clear(p, n):
        libc.memset(p, 0, n)
        return p

    assert clear(a.ctypes.data, 16) == a.ctypes.data and np.array_equal(a, [0, 0, 2, 3, 4])


def test_an_address_from_another_function_keeps_its_array():
    @njit
    def address(a):
        return a.ctypes.data

    @njit(inline="never")
    def indirect(a, n):
        for i in range(n):
            a[i] = a[i] + 0 * i
        return address(a)

    @njit
    def f(n, way):
        a = np.full(n, 7.0)
        p = address(a) if way else indirect(a, n)
        b = np.full(n, 3.0)
        out = np.zeros(n)
        memcpy(out.ctypes, p, 8 * n)
        return out.sum() + 0 * b[0]

    assert f(5, True) == f(5, False) == 35.0


def test_addresses_and_early_exits():
    @njit
    def f(n):
        a = np.full(n, 7.0)
        p = a.ctypes.data
        for i in range(n):
            b = np.full(n, 3.0)
            if i == 3:
                out = np.zeros(n)
                memcpy(out.ctypes, p, 8 * n)
                return out.sum()
            if b[0] > i + 10:
                return -1.0
        return 0.0

    assert f(6) == 42.0 and f(2) == 0.0


def test_what_is_computed_from_an_array_stays_apart_from_it():
    @njit
    def f(x):
        a = x * 2 + 1
        b = a + 1
        libc.memset(a.ctypes, 0, 16)
        c = a + 1
        return a, b, c

    def expected(x):
        a = x * 2 + 1
        b = a + 1
        a[:2] = 0
        return a, b, a + 1

    x = np.arange(6.0)
    for got, wanted in zip(f(x), expected(x)):
        assert np.array_equal(got, wanted)


def test_callbacks_by_their_addresses():
    """Where C takes a function, its address is an int."""

    @zouk.cfunc("intc(CPointer(float64), CPointer(float64))")
    def compare(a, b):
        return (a[0] > b[0]) - (a[0] < b[0])

    qsort, address = libc.qsort, compare.address
    qsort.argtypes, qsort.restype = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, type(compare.ctypes)], None

    @njit
    def ordered(a):
        out = a.copy()
        qsort(out.ctypes, out.size, out.itemsize, address)
        return out

    a = np.random.default_rng(5).random(100)
    assert np.array_equal(ordered(a), np.sort(a))


def test_functions_of_c_in_overloads():
    from zouk.extending import overload

    def sine(x):
        return c_sin(x)

    @overload(sine)
    def of_sine(x):
        return lambda x: c_sin(x)

    @njit
    def f(x):
        return sine(x) + 1

    assert f(0.5) == sine(0.5) + 1
