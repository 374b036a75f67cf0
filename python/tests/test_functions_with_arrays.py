"""`FunctionType` of signatures with arrays: functions that are called by their address, one by one and in tuples."""

import gc

import numpy as np
import pytest
from lang_support import check, copied, plain, same

import zouk
from zouk import njit, types

VECTOR = types.float64[::1]
OF_VECTOR = types.FunctionType(types.float64(VECTOR))


@njit
def total(a):
    return a.sum()


@njit
def largest(a):
    return a.max()


@njit
def first_but_positive(a):
    if a[0] < 0:
        raise ValueError("negative", a[0])
    return a[0]


def apply_twice(g, a):
    return g(a) + 2 * g(a[1:])


@pytest.mark.parametrize("g", [total, largest, first_but_positive])
def test_arrays_as_arguments(g):
    f = njit(types.float64(OF_VECTOR, VECTOR))(apply_twice)
    for a in (np.arange(5.0), np.array([3.0, -1.0]), np.array([-2.5, 3.0])):
        check(f, g, a, text=True)
    assert len(f.signatures) == 1


#: Result, arguments, and a function of each signature with arguments for it.
SIGNATURES = [
    (VECTOR, (VECTOR, types.float64), lambda a, x: a * x, (np.arange(4.0), 2.5)),
    (types.float64[:], (types.float64[:],), lambda a: a[::-1], (np.arange(9.0)[::3],)),
    (types.int32[:, ::1], (types.int32[:, :], types.int64), lambda a, n: np.ascontiguousarray(a[:, :n] + np.int32(1)), (np.arange(12, dtype=np.int32).reshape(3, 4).T, 2)),
    (types.complex128[::1, :], (types.float64[:, ::1],), lambda a: np.asfortranarray(a * 1j), (np.arange(6.0).reshape(2, 3),)),
    (types.Tuple((types.int64, VECTOR)), (VECTOR,), lambda a: (len(a), a + 1), (np.arange(3.0),)),
    (types.UniTuple(VECTOR, 2), (types.UniTuple(VECTOR, 2), types.boolean), lambda p, b: (p[1], p[0]) if b else p, ((np.arange(3.0), np.arange(2.0)), True)),
    (types.none, (VECTOR, types.int8), lambda a, k: a.fill(k), (np.arange(3.0), 5)),
    (types.float32[:, :, ::1], (types.float32[:, :, ::1],), lambda a: np.sqrt(a), (np.arange(8, dtype=np.float32).reshape(2, 2, 2),)),
    (types.int64, (types.Array(types.int64, 0, "C"),), lambda a: a[()] + 1, (np.array(4),)),
    (types.NPTimedelta("s"), (types.Array(types.NPTimedelta("s"), 1, "C"),), lambda a: a[0] + a[-1], (np.arange(3).astype("m8[s]"),)),
]


@pytest.mark.parametrize("number", range(len(SIGNATURES)))
def test_arguments_and_results(number):
    result, arguments, function, given = SIGNATURES[number]
    names = ", ".join(f"x{i}" for i in range(len(arguments)))
    scope = {}
    exec(f"def f(g, {names}):\n    return g({names})\n", scope)
    f = njit(result(types.FunctionType(result(*arguments)), *arguments))(scope["f"])
    g = njit(function)
    before = zouk._zouk.live_blocks()
    for _ in range(3):
        mine, theirs = copied(given), copied(given)
        assert same(plain(f(g, *mine)), plain(function(*theirs)))
        assert same(mine, theirs)
    del mine
    assert zouk._zouk.live_blocks() == before


def test_results_in_loops_are_released():
    signature = types.FunctionType(VECTOR(VECTOR))

    def iterate(g, a, n):
        for _ in range(n):
            a = g(a)
        return a

    f = njit(VECTOR(signature, VECTOR, types.int64))(iterate)
    doubled = njit(lambda a: a + a)
    before = zouk._zouk.live_blocks()
    check(f, doubled, np.arange(5.0), 30)
    for n in (0, 1, 20):
        check(f, njit(lambda a: a), np.arange(5.0), n)
    assert zouk._zouk.live_blocks() == before


def test_exceptions_release_arrays():
    signature = types.FunctionType(VECTOR(VECTOR))

    @njit
    def shortened(a):
        if a.size < 3:
            raise IndexError("short", a.size)
        return a[1:] * 2

    def f(g, a):
        while True:
            a = g(a + 1)

    f = njit(types.none(signature, VECTOR))(f)
    before = zouk._zouk.live_blocks()
    for n in (1, 3, 9):
        check(f, shortened, np.arange(float(n)), text=True)
    gc.collect()
    assert zouk._zouk.live_blocks() == before


def test_tables_of_functions():
    table = types.UniTuple(OF_VECTOR, 3)

    def by_place(gs, i, a):
        return gs[i](a)

    def all_of(gs, a):
        s = 0.0
        for g in gs:
            s = 3 * s + g(a)
        return s

    one = njit(types.float64(table, types.int64, VECTOR))(by_place)
    every = njit(types.float64(table, VECTOR))(all_of)
    functions = (total, largest, first_but_positive)
    for a in (np.arange(4.0), np.array([-1.0, 5.0])):
        for i in (0, 1, 2, -1, 3):
            check(one, functions, i, a)
        check(every, functions, a, text=True)


@zouk.cfunc("float64(float64)")
def third(x):
    return x / 3


def test_cfuncs_and_numbers():
    signature = types.FunctionType(types.float64(types.float64))
    f = njit(types.float64(signature, types.float64))(lambda g, x: g(x) + g(2 * x))
    assert f(third, 4.5) == f.py_func(third, 4.5)
    several = njit(types.float64(types.UniTuple(signature, 2), types.float64))(lambda gs, x: gs[0](gs[1](x)))
    assert several((third, njit(lambda x: x + 1)), 2.0) == third(2.0 + 1)


def test_passed_on_in_compiled_code():
    inner = njit(types.float64(OF_VECTOR, VECTOR))(apply_twice)

    @njit(types.float64(OF_VECTOR, VECTOR))
    def handed(g, a):
        return inner(g, a) + 1

    a = np.arange(4.0)
    assert njit(lambda a: inner(total, a))(a) == apply_twice(total, a)
    assert handed(total, a) == apply_twice(total, a) + 1


def test_errors():
    f = njit(types.float64(OF_VECTOR, VECTOR))(lambda g, a: g(a))
    with pytest.raises(zouk.errors.TypingError, match="declares the result"):
        f(njit(lambda a: a), np.arange(3.0))
    with pytest.raises(zouk.errors.TypingError):
        njit(types.float64(OF_VECTOR, types.float64[:]))(lambda g, a: g(a))
    with pytest.raises(zouk.errors.TypingError):
        njit(types.float64(OF_VECTOR, types.float32[::1]))(lambda g, a: g(a))
    with pytest.raises(TypeError, match="takes a signature of numbers, times, arrays"):
        types.FunctionType(types.float64(types.unicode_type))
    assert types.FunctionType(types.float64(VECTOR)) == OF_VECTOR and "float64" in repr(OF_VECTOR)
