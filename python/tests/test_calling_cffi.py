"""Functions of C as cffi gives them: by address, and of modules that it compiled."""

import importlib.util
import sys

import cffi
import numpy as np
import pytest

import zouk
from zouk import njit, types
from zouk.cffi_support import map_type, register_module, register_type

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
