"""Overloads: the compiled call does what the overloaded function does in Python. The oracle is that function."""

import math
import operator
import types as python_types

import numpy as np
import pytest
import test_extending_methods  # noqa: F401  (the methods `scaled`)
from extending_support import registered  # noqa: F401
from lang_support import arrays, check, same

import zouk
from zouk import njit, types
from zouk.extending import overload


def limited(a, low, high=None):
    return np.maximum(a, low) if high is None else np.minimum(np.maximum(a, low), high)


@overload(limited)
def limited_overload(a, low, high=None):
    if not isinstance(a, (types.Array, types.Number)):
        return None
    if isinstance(a, types.Number):
        # Declined here, and taken by the next overload.
        return None
    if high is None or isinstance(high, types.NoneType):
        return lambda a, low, high=None: np.maximum(a, low)

    def implementation(a, low, high=None):
        return np.minimum(np.maximum(a, low), high)

    return implementation


@overload(limited)
def limited_number(a, low, high=None):
    if not isinstance(a, types.Number):
        return None
    if isinstance(high, types.Number):

        def implementation(a, low, high=None):
            return np.float64(min(max(a, low), high))
    else:

        def implementation(a, low, high=None):
            return np.float64(max(a, low))

    return implementation


@njit
def all_forms(a):
    return limited(a, 2.0), limited(a, 2.0, None), limited(a, low=1.0, high=3), limited(high=2.5, a=a, low=0.0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays_of_all_layouts(dtype):
    for a in arrays((3, 4), dtype):
        check(all_forms, a)


def test_the_next_overload_takes_what_the_first_declines():
    for x in (0.5, 1.5, 7.0):
        check(all_forms, x)


def test_no_overload():
    with pytest.raises(zouk.TypingError, match=r"no overload of .*limited\(\) takes the types \(Tuple\(int64\), float64\)") as info:
        njit(lambda x: limited((x,), 2.0))(3)
    assert info.value.diagnostics[0]["code"] == "no-overload"
    assert info.value.__cause__ is None


def test_binding_is_pythons():
    with pytest.raises(zouk.TypingError, match="missing a required argument: 'low'"):
        njit(lambda x: limited(x))(3.0)
    with pytest.raises(zouk.TypingError, match="unexpected keyword argument 'lower'"):
        njit(lambda x: limited(x, 1, lower=3))(3.0)


MODULE = python_types.ModuleType("a_module")
MODULE.limited = limited


def test_by_attribute_of_a_module_and_by_closure():
    mine = limited

    @njit
    def f(a):
        return MODULE.limited(a, 1.0), mine(a, 2.0)

    check(f, np.arange(4.0))


def test_a_function_as_a_value():
    @njit
    def apply(function, a):
        return function(a, 1.0)

    @njit
    def f(a):
        return apply(limited, a)

    assert same(f(np.arange(4.0)), limited(np.arange(4.0), 1.0))


def counted(*args):
    return sum(args)


@overload(counted)
def counted_overload(*args):
    many = len(args)

    def implementation(*args):
        result = 0
        for x in args:
            result += x
        return result + many - many

    return implementation


def first_two(a, b, c=1, *, d=2):
    return a + 10 * b + 100 * c + 1000 * d


@overload(first_two)
def first_two_overload(a, b, c=1, *, d=2):
    return lambda a, b, c=1, *, d=2: a + 10 * b + 100 * c + 1000 * d


def test_stars_and_keywords():
    @njit
    def f(x, y):
        return counted(), counted(x), counted(x, y, 1), first_two(x, 1), first_two(x, b=2, d=x), first_two(x, 2, 3, d=4)

    check(f, 2, 2.5)


def test_a_star_of_the_implementation_takes_what_follows():
    def g(a, b, c):
        return a + b * c

    @overload(g)
    def g_overload(a, b, c):
        return lambda a, *rest: a + rest[0] * rest[1]

    check(njit(lambda x: g(x, 2, 3.5)), 4)


def test_numpy_and_builtins_and_operators():
    def digits(n):
        return len(str(n))

    @overload(len)
    def len_of_integer(n):
        if isinstance(n, types.Integer):

            def implementation(n):
                count = 1
                while n >= 10:
                    n //= 10
                    count += 1
                return count

            return implementation

    @overload(np.busday_count)
    def busday_count_overload(begin, end):
        if isinstance(begin, types.Integer):
            return lambda begin, end: end - begin

    @overload(operator.mul)
    def times_range(a, b):
        if isinstance(a, types.NoneType):
            return lambda a, b: b * 3

    @overload(operator.getitem)
    def bit(n, i):
        if isinstance(n, types.Integer):
            return lambda n, i: (n >> i) & 1

    @njit
    def f(n):
        return len(n), len((n, n)), np.busday_count(n, n + 5), None * n, n[0], n[3], (n, 2)[0]

    for n in (0, 9, 12345):
        assert f(n) == (digits(n), 2, 5, 3 * n, n & 1, (n >> 3) & 1, n)


def test_zouks_own_come_first():
    @overload(math.sqrt)
    def never(x):
        return lambda x: -1.0

    check(njit(lambda x: math.sqrt(x)), 4.0)


def test_closures_are_constants_and_types_are_dtypes():
    def full(n, like):
        return np.full(n, 7, like.dtype)

    @overload(full)
    def full_overload(n, like):
        dtype, value = like.dtype, 7
        return lambda n, like: np.full(n, value, dtype)

    f = njit(lambda n, like: full(n, like))
    for dtype in (np.float32, np.int16, np.complex128, np.bool_):
        check(f, 3, np.zeros(2, dtype))


def test_what_the_typing_function_is_given():
    seen = []

    def look(*args):
        return None

    @overload(look)
    def look_overload(*args):
        seen.extend(args)
        return lambda *args: None

    @njit
    def g(x):
        return x

    class Plain:
        pass

    @njit
    def f(a, n, t, z, maybe):
        optional = n if maybe else None
        look(a, n, t, z, maybe, None, optional, np.float32, "text", [n, n], range(n), slice(n), g, math.sin)

    f(np.ones((2, 2), np.float32, "F"), 3, (1, 2.5), 1j, True)
    array, number, pair, z, truth, none, optional, dtype, text, display, counter, cut, jitted, function = seen
    assert array == types.float32[::1, :] and (array.ndim, array.layout, array.dtype) == (2, "F", types.float32)
    assert number == types.int64 and isinstance(number, types.Integer) and isinstance(number, types.Number)
    assert pair == types.Tuple((types.int64, types.float64)) and isinstance(pair, types.BaseTuple)
    assert isinstance(z, types.Complex) and isinstance(truth, types.Boolean) and not isinstance(truth, types.Number)
    assert isinstance(none, types.NoneType) and isinstance(optional, types.Optional) and optional.type == types.int64
    assert isinstance(dtype, types.NumberClass) and dtype.dtype == types.float32
    assert isinstance(text, types.UnicodeType) and not isinstance(text, types.Literal)
    assert isinstance(display, types.List) and display.dtype == types.int64
    assert isinstance(counter, types.RangeType) and isinstance(cut, types.SliceType)
    assert isinstance(jitted, types.Dispatcher) and jitted.dispatcher is g
    assert isinstance(function, types.Function) and function.path == "math.sin"


def test_optional_arguments_and_receivers():
    def known(x):
        return x is not None

    @overload(known)
    def known_overload(x):
        return lambda x: x is not None

    @njit
    def f(n):
        x = n if n > 2 else None
        return known(x)

    @njit
    def g(n):
        x = n if n > 2 else None
        return x.scaled(3)

    check(f, 3)
    check(f, 1)
    assert g(3) == 9
    with pytest.raises(TypeError):
        g(1)


def test_loops_where_types_grow():
    def step(x):
        return x + 0.5

    @overload(step)
    def step_overload(x):
        if isinstance(x, types.Integer):
            return lambda x: x + 0.5
        return lambda x: x * 1.0 + 0.5

    @njit
    def f(n):
        x = 0
        for _ in range(n):
            x = step(x)
        return x

    assert f(3) == 1.5


def test_recursion_through_an_overload():
    def down(n):
        return 0 if n <= 0 else 1 + down(n - 1)

    @overload(down)
    def down_overload(n):
        def implementation(n):
            if n <= 0:
                return 0
            return 1 + down(n - 1)

        return implementation

    check(njit(lambda n: down(n)), 5)


def test_an_implementation_that_is_not_compiled_leaves_the_call_to_the_next():
    def g(x):
        return x + 1

    @overload(g)
    def first(x):
        return lambda x: x.no_such_attribute

    @overload(g)
    def second(x):
        return lambda x: x + 1

    check(njit(lambda x: g(x) * g(2.5)), 3)


def test_undecorated_functions_are_still_refused():
    def plain(x):
        return x

    with pytest.raises(zouk.UnsupportedError, match="undecorated function"):
        njit(lambda x: plain(x))(3)


def test_no_array_outlives_its_calls():
    f = njit(lambda a: limited(a, 2.0, high=4).sum() + a.scaled(3)[0])
    a = np.arange(1000.0)
    f(a)
    before = zouk._zouk.live_blocks()
    for _ in range(10):
        f(a)
    assert zouk._zouk.live_blocks() == before


def test_inspect():
    assert "limited" in all_forms.inspect("typed", (types.float64[::1],))
