"""`@cfunc`: what C gets from a function is what Python gets from it."""

import ctypes
import math
import pickle
import sys
import threading

import cffi
import numpy as np
import pytest
from scipy import LowLevelCallable, integrate, ndimage

import zouk
from zouk import carray, cfunc, farray, njit, types

NUMBERS = [ty for ty in (types.boolean, types.int8, types.int16, types.int32, types.int64, types.uint8, types.uint16, types.uint32, types.uint64, types.float32, types.float64)]


def samples(ty):
    if ty == types.boolean:
        return [True, False]
    if isinstance(ty, types.Float):
        return [0.0, -1.5, 3.25]
    return [ty.minval, 0, 7, ty.maxval]


@pytest.mark.parametrize("ty", NUMBERS, ids=str)
def test_numbers_come_and_go(ty):
    @cfunc(ty(ty))
    def same(x):
        return x

    for value in samples(ty):
        assert same.ctypes(value) == same(value) == value


@pytest.mark.parametrize("ty", NUMBERS, ids=str)
def test_arguments_beyond_registers(ty):
    def last(a, b, c, d, e, f, g, h, i, j, k):
        return k

    compiled = cfunc(ty(*[ty] * 11))(last)
    for value in samples(ty):
        assert compiled.ctypes(*[0] * 10, value) == last(*[0] * 10, value)


def test_mixed_arguments():
    @cfunc("float64(int8, float32, uint16, float64, bool_, int64)")
    def mix(a, b, c, d, e, f):
        return a + 2 * b + 3 * c + 5 * d + 7 * e + 11 * f

    given = (-3, 1.5, 65535, -2.25, True, 1 << 40)
    assert mix.ctypes(*given) == mix(*given)


@pytest.mark.parametrize("kind", ["float", "double"])
def test_complex_numbers_by_value(kind, tmp_path):
    cffi = pytest.importorskip("cffi")
    ty = {"float": types.complex64, "double": types.complex128}[kind]

    @cfunc(ty(ty, types.int32, ty))
    def combined(a, n, b):
        return a * n + b.conjugate()

    module = built(
        tmp_path, f"_complex_{kind}", f"void through(uintptr_t f, {kind} *in, int n, {kind} *out);",
        f"""#include <complex.h>
        #include <stdint.h>
        static void through(uintptr_t f, {kind} *in, int n, {kind} *out) {{
            {kind} _Complex (*call)({kind} _Complex, int, {kind} _Complex) = (void *)f;
            {kind} _Complex a = in[0] + in[1] * I, b = in[2] + in[3] * I, r = call(a, n, b);
            out[0] = creal(r); out[1] = cimag(r);
        }}""",
    )  # fmt: skip
    given, out = module.ffi.new(f"{kind}[4]", [1.5, -2.0, 0.25, 8.0]), module.ffi.new(f"{kind}[2]")
    module.lib.through(combined.address, given, 3, out)
    assert complex(out[0], out[1]) == combined(1.5 - 2j, 3, 0.25 + 8j)


def built(folder, name, declarations, source):
    """A module made by cffi out of line."""
    import importlib.util

    ffi = cffi.FFI()
    ffi.cdef(declarations)
    ffi.set_source(name, source, extra_compile_args=["-O1"])
    path = ffi.compile(tmpdir=str(folder))
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_carray_over_a_pointer():
    @cfunc("float64(CPointer(float64), intp, intp)")
    def total(p, rows, columns):
        a = carray(p, (rows, columns))
        a[0, 0] += 1.0
        return a[:, 1].sum() + p[0]

    for shape in [(2, 3), (1, 2), (5, 4)]:
        data = np.random.default_rng(1).random(shape)
        expected = data.copy()
        expected[0, 0] += 1.0
        got = total.ctypes(data.ctypes.data_as(ctypes.POINTER(ctypes.c_double)), *shape)
        assert got == pytest.approx(expected[:, 1].sum() + expected[0, 0])
        assert np.array_equal(data, expected)


def test_farray_is_in_fortran_order():
    @cfunc("void(voidptr, intp, intp)")
    def fill(p, rows, columns):
        a = farray(p, (rows, columns), dtype=np.int32)
        for i in range(rows):
            for j in range(columns):
                a[i, j] = 10 * i + j

    data = np.zeros(12, np.int32)
    assert fill.ctypes(data.ctypes.data, 3, 4) is None
    expected = farray(data.ctypes.data_as(ctypes.c_void_p), (3, 4), np.int32)
    assert np.array_equal(expected, [[10 * i + j for j in range(4)] for i in range(3)]) and expected.flags.f_contiguous


def test_pointers_are_indexed():
    @cfunc("int64(CPointer(int64), intp)")
    def reverse(p, n):
        for i in range(n // 2):
            p[i], p[n - 1 - i] = p[n - 1 - i], p[i]
        return p[0]

    data = np.arange(7)
    assert reverse.ctypes(data.ctypes.data_as(ctypes.POINTER(ctypes.c_int64)), 7) == 6
    assert np.array_equal(data, np.arange(7)[::-1])


def test_records_behind_pointers():
    dtype = np.dtype([("a", "i4"), ("x", "f8")], align=True)
    record = zouk.from_dtype(dtype)

    @cfunc(types.float64(types.CPointer(record), types.intp))
    def work(p, n):
        total = p[n - 1].x
        for row in carray(p, n):
            total += row.a
            row.x = -row.x
        return total

    data = np.zeros(4, dtype)
    data["a"], data["x"] = np.arange(4), [0.5, 1.5, 2.5, 3.5]
    expected = data["x"][-1] + data["a"].sum()
    before = data.copy()
    assert work.ctypes(data.ctypes.data, 4) == expected
    assert np.array_equal(data["x"], -before["x"]) and np.array_equal(data["a"], before["a"])


def test_structs_as_c_lays_them_out():
    struct = types.Record.make_c_struct([("flag", types.int8), ("x", types.float64), ("n", types.int16)])

    class C(ctypes.Structure):
        _fields_ = [("flag", ctypes.c_int8), ("x", ctypes.c_double), ("n", ctypes.c_int16)]

    @cfunc(types.float64(types.CPointer(struct)))
    def f(p):
        p[0].n = 9
        return p[0].flag + p[0].x

    value = C(3, 1.5, 0)
    assert types.as_dtype(struct).itemsize == ctypes.sizeof(C)
    assert f.ctypes(ctypes.addressof(value)) == 4.5 and value.n == 9


class Unraisable:
    def __enter__(self):
        self.seen, self.hook = [], sys.unraisablehook
        sys.unraisablehook = lambda it: self.seen.append((it.exc_type, str(it.exc_value), it.object, it.exc_traceback.tb_lineno))
        return self.seen

    def __exit__(self, *_):
        sys.unraisablehook = self.hook


@cfunc("int64(int64, int64)")
def divided(a, b):
    return a // b


class Strange(Exception):
    pass


@cfunc("float64(float64)")
def strange(x):
    a = np.ones(100)
    if x > 0:
        raise Strange("no", x)
    return a.sum()


def test_exceptions_are_printed_and_the_result_is_zero():
    with Unraisable() as seen:
        assert divided.ctypes(7, 2) == divided(7, 2)
        assert divided.ctypes(7, 0) == 0
        assert strange.ctypes(1.0) == 0.0
    with pytest.raises(ZeroDivisionError) as error:
        divided(7, 0)
    assert [each[:3] for each in seen] == [(ZeroDivisionError, str(error.value), divided.__wrapped__), (Strange, str(Strange("no", 1.0)), strange.__wrapped__)]
    assert seen[0][3] == divided.__wrapped__.__code__.co_firstlineno + 2


def test_exceptions_leave_nothing_allocated():
    from zouk import _zouk

    before = _zouk.live_blocks()
    with Unraisable() as seen:
        for _ in range(10):
            strange.ctypes(1.0)
    assert len(seen) == 10 and _zouk.live_blocks() == before


def test_threads_that_hold_no_lock():
    """`ctypes` releases the GIL: calls run at once, and errors stay with their thread."""
    results = {}

    def work(k):
        results[k] = [divided.ctypes(k * 100 + i, i % 7) for i in range(200)]

    with Unraisable() as seen:
        threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
    expected = {k: [(k * 100 + i) // (i % 7) if i % 7 else 0 for i in range(200)] for k in range(4)}
    assert results == expected
    assert len(seen) == 4 * len([i for i in range(200) if i % 7 == 0])


def test_a_thread_that_python_does_not_know(tmp_path):
    cffi = pytest.importorskip("cffi")
    module = built(
        tmp_path, "_threads", "long long started(uintptr_t f, long long a, long long b);",
        """#include <pthread.h>
        #include <stdint.h>
        struct work { long long (*f)(long long, long long); long long a, b; };
        static void *run(void *p) { struct work *w = p; w->a = w->f(w->a, w->b); return 0; }
        static long long started(uintptr_t f, long long a, long long b) {
            struct work w = {(void *)f, a, b};
            pthread_t t;
            pthread_create(&t, 0, run, &w);
            pthread_join(t, 0);
            return w.a;
        }""",
    )  # fmt: skip
    with Unraisable() as seen:
        assert module.lib.started(divided.address, 100, 7) == divided(100, 7)
        assert module.lib.started(divided.address, 100, 0) == 0
    assert [each[0] for each in seen] == [ZeroDivisionError]


def test_printing_is_in_order(capfd):
    @cfunc("void(int64)")
    def say(n):
        print("one", n, end=" ")
        print("two")

    say.ctypes(3)
    print("three")
    assert capfd.readouterr().out == "one 3 two\nthree\n"


def test_called_from_compiled_code_and_from_other_cfuncs():
    @cfunc("float64(float64)")
    def twice(x):
        return 2 * x

    @cfunc("float64(float64)")
    def more(x):
        return twice(x) + 1

    @njit
    def both(x):
        return twice(x) + more(x)

    assert both(3) == twice(3) + more(3) == twice.ctypes(3.0) + more.ctypes(3.0)


def test_what_it_says_of_itself():
    @cfunc("float64(float64)")
    def f(x):
        """Doc."""
        return x

    assert f.__name__ == "f" and f.__doc__ == "Doc." and f.__module__ == __name__ and f.__wrapped__(1) == 1
    assert isinstance(f.address, int) and ctypes.cast(f.ctypes, ctypes.c_void_p).value == f.address
    assert "f" in f.native_name and f.signature == types.float64(types.float64)
    assert "define" in f.inspect_llvm() and f.inspect_asm() and "f" in repr(f)
    cffi = pytest.importorskip("cffi")
    assert int(cffi.FFI().cast("uintptr_t", f.cffi)) == f.address


def test_the_result_may_be_inferred():
    @cfunc((types.int32, types.float32))
    def f(x, y):
        return x * y

    assert f.signature.return_type == types.float64 and f.ctypes(3, 1.5) == f(3, 1.5)


def test_options():
    @cfunc("float64(float64)", error_model="numpy", fastmath=True, nopython=True, boundscheck=False)
    def inverse(x):
        return 1.0 / x

    assert inverse.ctypes(0.0) == math.inf
    with pytest.raises(KeyError):
        cfunc("float64(float64)", no_such_option=True)


def test_the_cache_has_it(tmp_path):
    import os
    import subprocess

    path = tmp_path / "cached.py"
    path.write_text(
        "from zouk import cfunc\n@cfunc('float64(float64)', cache=True)\ndef f(x):\n    return x * 3\nprint(f.cache_hits, f.ctypes(2.0))\n"
    )
    environment = {**os.environ, "ZOUK_CACHE_DIR": str(tmp_path / "cache"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    run = lambda: subprocess.run([sys.executable, str(path)], env=environment, capture_output=True, text=True, check=True).stdout.split()  # noqa: E731
    assert [run(), run()] == [["0", "6.0"], ["1", "6.0"]]


def test_it_travels():
    copy = pickle.loads(pickle.dumps(divided))
    assert copy is divided

    @cfunc("float64(float64)")
    def local(x):
        return x + 0.5

    again = pickle.loads(pickle.dumps(local))
    assert again.ctypes(1.0) == local.ctypes(1.0) and again.signature == local.signature


@pytest.mark.parametrize("signature, part", [("float64(float64[:])", "argument"), ("float64[:](float64)", "return"), ("UniTuple(int64, 2)(int64)", "return")])
def test_types_that_c_does_not_have(signature, part):
    with pytest.raises(TypeError, match=part):

        @cfunc(signature)
        def f(x):
            return x


def test_errors_of_the_decorator():
    with pytest.raises(TypeError, match="signature"):

        @cfunc
        def f(x):
            return x

    with pytest.raises(zouk.TypingError):

        @cfunc("float64(float64)")
        def g(x):
            return no_such_name + x  # noqa: F821

    with pytest.raises(zouk.TypingError, match="dtype required"):

        @cfunc("float64(voidptr)")
        def h(p):
            return carray(p, 3)[0]

    with pytest.raises(zouk.TypingError, match="mismatching dtype"):

        @cfunc("float64(CPointer(float64))")
        def k(p):
            return carray(p, 3, np.float32)[0]


@pytest.mark.parametrize("make, order", [(carray, "C"), (farray, "F")])
def test_arrays_from_python(make, order):
    data = np.arange(6.0)
    pointer = data.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    a = make(pointer, (2, 3))
    assert np.array_equal(a, data.reshape((2, 3), order=order)) and a.flags[f"{order}_CONTIGUOUS"]
    a[1, 2] = 50
    assert 50 in data
    assert np.array_equal(make(ctypes.cast(pointer, ctypes.c_void_p), 6, np.float64), data)
    assert np.array_equal(make(pointer, (6,), dtype=np.float64), data)
    with pytest.raises(TypeError, match="explicit dtype"):
        make(ctypes.cast(pointer, ctypes.c_void_p), 6)
    with pytest.raises(TypeError, match="mismatching dtype"):
        make(pointer, 6, np.int32)
    with pytest.raises(TypeError, match="expected a ctypes pointer"):
        make(data, 6)
    cffi = pytest.importorskip("cffi")
    ffi = cffi.FFI()
    assert np.array_equal(make(ffi.cast("double *", data.ctypes.data), 6), data)
    with pytest.raises(TypeError, match="explicit dtype"):
        make(ffi.cast("void *", data.ctypes.data), 6)


# SciPy calls functions of C that it is given as a `LowLevelCallable`.


def test_scipy_integrates_one():
    @cfunc("float64(float64)")
    def integrand(t):
        return np.exp(-t) / t**2

    assert integrate.quad(LowLevelCallable(integrand.ctypes), 1, np.inf) == integrate.quad(integrand.__wrapped__, 1, np.inf)

    @cfunc("float64(intc, CPointer(float64))")
    def several(n, x):
        return x[0] * x[1] ** n

    got = integrate.nquad(LowLevelCallable(several.ctypes), [[0, 1], [2, 3]])
    assert got == integrate.nquad(lambda x, y: x * y**2, [[0, 1], [2, 3]])


def test_scipy_gives_one_data():
    @cfunc("float64(float64, voidptr)")
    def scaled(x, data):
        return x * carray(data, 2, np.float64)[1]

    data = np.array([0.0, 2.5])
    got = integrate.quad(LowLevelCallable(scaled.ctypes, data.ctypes.data_as(ctypes.c_void_p)), 0, 2)
    assert got == integrate.quad(lambda x: x * data[1], 0, 2)


def test_scipy_filters_with_one():
    @cfunc("intc(CPointer(float64), intp, CPointer(float64), voidptr)")
    def spread(values, count, result, data):
        a = carray(values, (count,))
        result[0] = a.max() - a.min()
        return 1

    image = np.random.default_rng(3).random((20, 30))
    got = ndimage.generic_filter(image, LowLevelCallable(spread.ctypes), size=3)
    assert np.array_equal(got, ndimage.generic_filter(image, lambda a: a.max() - a.min(), size=3))
