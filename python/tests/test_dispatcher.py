"""Calls: argument binding, versions, declared signatures, introspection. The oracle is the undecorated function."""

import gc
import io
import sys
import threading
import weakref
from contextlib import redirect_stdout

import numpy as np
import pytest
import zouk
from zouk import float32, float64, int32, int64, njit, types


@njit
def add(a, b):
    return a + b


@njit
def same(a):
    return a


def test_versions():
    f = njit(add.py_func)
    assert f.signatures == []
    for args in ((1, 2), (1.5, 2), (1, 2), (1.5, 2.5), (np.int32(1), 2)):
        assert f(*args) == f.py_func(*args)
    assert f.signatures == [(int64, int64), (float64, int64), (float64, float64), (int32, int64)]
    assert [s.return_type for s in f.nopython_signatures] == [int64, float64, float64, int64]
    assert list(f.overloads) == f.signatures
    assert f.overloads[(int64, int64)].signature == int64(int64, int64)
    assert f.overloads[(int64, int64)].entry_point(3, 4) == 7
    assert f.get_metadata((int64, int64))["pipeline_times"]
    assert f.stats.cache_hits == {} and len(f.stats.cache_misses) == 4


@pytest.mark.parametrize(
    "value",
    [0, -1, 2**63 - 1, -(2**63), 2**63, 2**64 - 1, 1.5, float("inf"), -0.0, 1 + 2j, True, False, None, (), (1,), (1, 2.5, (True, None)), ((), (1j,))],
    ids=repr,
)
def test_values_survive(value):
    result = same(value)
    assert result == value and type(result) is type(value)


@pytest.mark.parametrize("name", "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 bool_".split())
def test_numpy_scalars_come_back_as_python_ones(name):
    for value in (0, 1, 100):
        value = getattr(np, name)(value)
        result = same(value)
        assert result == value.item() and type(result) is type(value.item())
    if "int" in name and not name.startswith("u"):
        assert same(np.iinfo(name).min) == np.iinfo(name).min
        assert same(getattr(np, name)(-3)) == -3


def test_int_and_float_subclasses():
    class Meters(int):
        pass

    class Kilos(float):
        pass

    assert same(Meters(3)) == 3 and same(Kilos(2.5)) == 2.5


@njit
def defaults(a, b=10, c=2.5):
    return a + b * c


@njit
def keyword_only(a, *, b=3):
    return a - b


@njit
def positional_only(a, b=1, /):
    return a * b


@pytest.mark.parametrize("f", [defaults, keyword_only, positional_only], ids=lambda f: f.__name__)
@pytest.mark.parametrize(
    "args, kwargs",
    [((), {}), ((1,), {}), ((1, 2), {}), ((1, 2, 3), {}), ((1, 2, 3, 4), {}), ((), {"a": 1}), ((1,), {"b": 2}), ((1,), {"a": 2})]
    + [((1,), {"c": 2.0}), ((1,), {"d": 1}), ((), {"b": 1}), ((), {"c": 1, "b": 2, "a": 3}), ((1,), {"b": 1.5, "c": 4})],
)
def test_binding_is_pythons(f, args, kwargs):
    try:
        expected = f.py_func(*args, **kwargs)
    except TypeError:
        with pytest.raises(TypeError):
            f(*args, **kwargs)
    else:
        assert f(*args, **kwargs) == expected


def test_defaults_are_given_back():
    """Each call borrows them, as it does a tuple of the rest; those of now count."""
    value = np.arange(3.0)

    def plain(a, b=value, *rest, c=value):
        return a * b + c

    f = njit(plain)
    f(1.0)
    counts = [sys.getrefcount(object) for object in (value, plain.__defaults__, plain.__kwdefaults__)]
    for _ in range(100):
        f(2.0), f(2.0, c=value), f(2.0, value, 3, 4)
        with pytest.raises(TypeError):
            f(1.0, d=2)
    assert [sys.getrefcount(object) for object in (value, plain.__defaults__, plain.__kwdefaults__)] == counts
    plain.__defaults__ = (np.ones(3),)
    assert (f(1.0) == plain(1.0)).all()


def test_binding_messages():
    with pytest.raises(TypeError, match="too many arguments: expected 2, got 3"):
        add(1, 2, 3)
    with pytest.raises(TypeError, match="not enough arguments: expected 2, got 1"):
        add(1)
    with pytest.raises(TypeError, match="missing argument 'b'"):
        add(1, c=2)
    with pytest.raises(TypeError, match="some keyword arguments unexpected"):
        njit(lambda a, b=1: a)(1, c=2)
    with pytest.raises(zouk.UnsupportedError):
        njit(lambda **kws: 1)(1)


def test_too_large():
    for value in (2**64, -(2**63) - 1, 10**100):
        with pytest.raises(OverflowError, match="Int value is too large"):
            same(value)


REFUSED = [[1], {1: 2}, {1}, "text", object(), len, add.py_func, str, np.zeros(2, "O"), np.zeros(2, "g"), np.zeros(2, ">i4")]


@pytest.mark.parametrize("value", REFUSED, ids=lambda value: type(value).__name__)
def test_refused_arguments(value):
    with pytest.raises(zouk.TypingError, match="argument 'a' of same"):
        same(value)
    assert same(1) == 1


def test_fields_at_any_address():
    packed = np.zeros(4, [("a", "i1"), ("b", "f8")])["b"]
    spaced = np.zeros(4, np.dtype({"names": ["a"], "formats": ["f8"], "offsets": [0], "itemsize": 12}, align=False))["a"]
    for field in (packed, spaced):
        field[:] = [1.0, -2.0, 3.5, np.inf]
        assert (same(field) == field).all()


# Declared signatures


def test_eager_casts_arguments():
    @njit("i4(i4)")
    def f(x):
        return x

    assert f(1.7) == 1 and f(-1.7) == -1 and f(True) == 1
    assert f(2**31) == -(2**31) and f(2**32 + 5) == 5
    assert f.signatures == [(int32,)]


def test_eager_casts_results():
    @njit("f4(f8)")
    def f(x):
        return x

    assert f(0.1) == float(np.float32(0.1))


def test_eager_picks_the_best():
    @njit([int64(int64), float64(float64), "c16(c16)"])
    def f(x):
        return x

    assert [type(f(v)) for v in (1, np.int8(1), True, 1.5, np.float32(1.5), 1j)] == [int, int, int, float, float, complex]


def test_eager_no_match_and_ambiguity():
    @njit([(float64, float32), (float32, float64)])
    def f(a, b):
        return a + b

    with pytest.raises(TypeError, match=r"No matching definition for argument type\(s\) complex128, int64"):
        f(1j, 1)
    with pytest.raises(TypeError, match="Ambiguous overloading"):
        f(1, 1)
    with pytest.raises(TypeError, match="expected 2, got 1"):
        f(1)
    with pytest.raises(RuntimeError, match="compilation disabled"):
        f.compile((int64, int64))


def test_eager_arrays():
    @njit("f8(f8[:])")
    def first(a):
        return a[0]

    @njit([(float64[:, ::1],)])
    def corner(a):
        return a[0, 0]

    assert first(np.arange(3.0)) == 0 and first(np.arange(6.0)[1::2]) == 1
    square = np.ones((3, 3))
    assert corner(square) == 1
    for wrong in (square.T[:, ::2], square[:, ::2], np.ones(3), np.ones((2, 2), int)):
        with pytest.raises(TypeError, match="No matching definition"):
            corner(wrong)
    square.flags.writeable = False
    with pytest.raises(TypeError, match="No matching definition"):
        corner(square)


def test_eager_optional_and_tuples():
    @njit([(types.Optional(float64),)])
    def f(x):
        return x

    assert f(None) is None and f(2) == 2.0 and f(2.5) == 2.5

    @njit([(types.UniTuple(float64, 2),)])
    def g(t):
        return t[0] + t[1]

    assert g((1, 2.5)) == 3.5 and g((True, 1)) == 2.0
    with pytest.raises(TypeError):
        g((1, 2, 3))


def test_eager_recursion():
    @njit("i8(i8)")
    def fib(n):
        return n if n < 2 else fib(n - 1) + fib(n - 2)

    assert fib(15) == 610


def test_compile_and_recompile():
    f = njit(add.py_func)
    f.compile("(i8, i8)")
    f.compile((float64, float64))
    assert f.signatures == [(int64, int64), (float64, float64)]
    f.disable_compile()
    assert f(1, 2.5) == 3.5
    f.disable_compile(False)
    assert f(1, 2.5) == 3.5 and (int64, float64) in f.signatures


LEVEL = 1


def test_globals_are_frozen_until_recompile():
    global LEVEL

    @njit
    def read():
        return LEVEL

    LEVEL = 1
    assert read() == 1
    LEVEL = 2
    assert read() == 1
    read.recompile()
    assert read() == 2


# Introspection


def test_inspection():
    f = njit(add.py_func)
    assert "def add" in f.inspect("source")
    f(1, 2)
    assert "add" in f.inspect("py") and f.inspect("typed", (float64, int64))
    assert isinstance(f.inspect_llvm((int64, int64)), str) and list(f.inspect_asm()) == f.signatures
    out = io.StringIO()
    f.inspect_types(out)
    assert "add" in out.getvalue()
    with redirect_stdout(out):
        f.parallel_diagnostics()
    assert "0 of 0 loops run in parallel" in out.getvalue()
    with pytest.raises(ValueError, match="several|no signature"):
        njit(add.py_func).inspect("llvm-ir")


# Life cycle


def test_weakrefs_and_cycles():
    def make():
        @njit
        def f(x):
            return x

        f.me = f
        f(1)
        return weakref.ref(f)

    reference = make()
    gc.collect()
    assert reference() is None


def test_attributes():
    f = njit(add.py_func)
    f.note = 5
    assert f.note == 5 and f.__dict__["note"] == 5
    with pytest.raises(AttributeError):
        f.nothing
    with pytest.raises(AttributeError):
        f.py_func = None


@pytest.mark.parametrize("nogil", [False, True])
def test_threads(nogil):
    @njit(nogil=nogil)
    def triangle(n):
        total = 0
        for i in range(n):
            total += i
        return total

    failures = []

    def work(kind):
        for i in range(2000):
            if triangle(kind(i % 50)) != (i % 50) * (i % 50 - 1) // 2:
                failures.append(i)

    threads = [threading.Thread(target=work, args=(kind,)) for kind in (int, np.int32, int, np.int64)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not failures


def test_print_goes_to_sys_stdout():
    @njit
    def show(x):
        print(x, 2.5)

    out = io.StringIO()
    with redirect_stdout(out):
        show(3)
    assert out.getvalue() == "3 2.5\n"


def test_switching_signatures_between_calls():
    for _ in range(3):
        for value in (1, 1.5, True, 1j, (1, 2), np.arange(3), np.arange(3.0)):
            result = same(value)
            assert result is value if isinstance(value, np.ndarray) else result == value


def test_many_arguments():
    names = [f"a{i}" for i in range(40)]
    source = f"def f({', '.join(names)}):\n    return {' + '.join(names)}\n"
    import linecache

    linecache.cache["<many>"] = (len(source), None, source.splitlines(True), "<many>")
    scope = {}
    exec(compile(source, "<many>", "exec"), scope)
    assert njit(scope["f"])(*range(40)) == sum(range(40))


def test_no_source():
    scope = {}
    # What bytecode does not say.
    exec("def f(x): return [y for y in (x, 1)][0]", scope)
    with pytest.raises(zouk.UnsupportedError, match="source"):
        njit(scope["f"])(1)


def test_lambdas_on_one_line():
    first, second = njit(lambda x: x + 1), njit(lambda x: x * 10)
    assert (first(4), second(4)) == (5, 40)


def test_refcounts():
    array = np.arange(5.0)
    before = sys.getrefcount(array)
    for _ in range(100):
        same(array)
        same((array, 1))
    assert sys.getrefcount(array) == before


def test_arguments_of_many_slots():
    values = tuple(range(300))
    assert same(values) == values
    assert zouk.typeof(values) == types.UniTuple(int64, 300)
