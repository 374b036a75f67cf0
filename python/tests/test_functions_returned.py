"""Functions that compiled code gives back to Python, and functions of C as arguments and results."""

import ctypes
import ctypes.util
import gc
import math
import subprocess
import sys
import weakref

import numpy as np
import pytest

from zouk import cfunc, njit, stencil, types, vectorize
from zouk.errors import TypingError

libm = ctypes.CDLL(ctypes.util.find_library("m"))


def of_c(name, count=1, number=ctypes.c_double):
    """A function of C's library of mathematics, another object each time."""
    function = ctypes.CDLL(ctypes.util.find_library("m"))[name]
    function.argtypes, function.restype = [number] * count, number
    return function


cosine, sine, hypot = of_c("cos"), of_c("sin"), of_c("hypot", 2)


@njit
def add_one(x):
    return x + 1


@njit
def double(x):
    return x * 2


@cfunc("float64(float64)")
def third(x):
    return x / 3


@vectorize
def lazy(x):
    return x + 1


@vectorize(["float64(float64)"])
def eager(x):
    return x - 1


@stencil
def left(a):
    return a[-1]


class Address(types.WrapperAddressProtocol):
    def __init__(self, function, signature):
        self.function, self.of = function, signature

    def __wrapper_address__(self):
        return ctypes.cast(self.function, ctypes.c_void_p).value

    def signature(self):
        return self.of


by_address = Address(cosine, types.float64(types.float64))
FUNCTIONS = [add_one, double, third, lazy, eager, left, cosine, hypot, by_address]


@njit
def back(f):
    return f


@njit
def chosen(f, g, first):
    if first:
        return f
    return g


@njit
def some(f, there):
    return f if there else None


@njit
def nested(f, g, x):
    return x, (f, (g, x + 1))


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: getattr(f, "__name__", type(f).__name__))
def test_what_is_passed_comes_back(function):
    assert back(function) is function
    assert some(function, True) is function and some(function, False) is None
    for other in FUNCTIONS:
        if other is not function:
            assert chosen(function, other, True) is function and chosen(function, other, False) is other
            assert nested(function, other, 1.5) == (1.5, (function, (other, 2.5)))


def test_functions_that_are_constants():
    @njit
    def give(which):
        if which == 0:
            return add_one
        if which == 1:
            return third
        if which == 2:
            return lazy
        if which == 3:
            return cosine
        return by_address

    assert [give(which) for which in range(5)] == [add_one, third, lazy, cosine, by_address]

    @njit
    def one():
        return by_address

    assert one() is by_address


def test_a_function_may_return_itself():
    @njit
    def itself(n):
        return itself if n else None

    assert itself(1) is itself and itself(0) is None
    dead = weakref.ref(itself)
    del itself
    gc.collect()
    assert dead() is None


def test_code_does_not_keep_what_is_passed():
    @njit
    def passing(x):
        return x

    assert back(passing) is passing
    dead = weakref.ref(passing)
    del passing
    gc.collect()
    assert dead() is None


def test_functions_by_their_address():
    kind = types.FunctionType(types.float64(types.float64))

    @njit(kind(kind, kind, types.boolean))
    def choose(f, g, first):
        return f if first else g

    for f in (add_one, third, cosine, by_address):
        for g in (double, sine):
            assert choose(f, g, True) is f and choose(f, g, False) is g

    @njit(types.float64(types.UniTuple(kind, 3), types.float64))
    def total(functions, x):
        result = 0.0
        for function in functions:
            result += function(x)
        return result

    assert total((cosine, by_address, double), 0.3) == math.cos(0.3) + math.cos(0.3) + 0.6


def test_any_number_of_arguments_by_address():
    @njit
    def total(*numbers):
        result = 0.0
        for number in numbers:
            result += number
        return result

    @njit
    def weighted(first, *others):
        return first * len(others)

    two = types.FunctionType(types.float64(types.float64, types.float64))

    @njit(types.float64(two, types.float64, types.float64))
    def call(f, x, y):
        return f(x, y)

    assert call(total, 1.5, 2.0) == total.py_func(1.5, 2.0)
    assert call(weighted, 1.5, 2.0) == weighted.py_func(1.5, 2.0)
    assert call(hypot, 3.0, 4.0) == math.hypot(3.0, 4.0)


def test_functions_of_c_as_arguments():
    @njit
    def call(f, *arguments):
        return f(*arguments)

    @njit
    def each(functions, x):
        result = 0.0
        for function in functions:
            result = result * 2 + function(x)
        return result

    for x in (0.3, 2, True):
        assert call(cosine, x) == math.cos(x)
        assert call(by_address, x) == math.cos(x)
    assert call(hypot, 3, 4.0) == math.hypot(3, 4.0)
    assert each((cosine, add_one, sine), 0.3) == (math.cos(0.3) * 2 + 1.3) * 2 + math.sin(0.3)
    single = of_c("cosf", number=ctypes.c_float)
    assert call(single, 0.3) == single(0.3)
    compiled = len(call.signatures)
    call(cosine, 1.0)
    assert len(call.signatures) == compiled


def test_functions_of_python_as_functions_of_c():
    seen = []

    @ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)
    def listen(x):
        seen.append(x)
        return 2 * x

    @njit
    def call(f, x):
        return f(x) + f(x + 1)

    assert call(listen, 1.5) == 8.0 and seen == [1.5, 2.5]


def test_functions_of_cffi_as_arguments():
    cffi = pytest.importorskip("cffi")
    ffi = cffi.FFI()
    ffi.cdef("double cos(double); double hypot(double, double);")
    library = ffi.dlopen(ctypes.util.find_library("m"))

    @njit
    def call(f, *arguments):
        return f(*arguments)

    assert call(library.cos, 0.3) == math.cos(0.3)
    assert call(ffi.addressof(library, "hypot"), 3.0, 4.0) == math.hypot(3.0, 4.0)


def test_types_that_change_are_seen():
    function = of_c("cos")

    @njit
    def call(f, x):
        return f(x)

    assert call(function, 0.3) == math.cos(0.3)
    function.argtypes = [ctypes.c_double, ctypes.c_double]
    with pytest.raises(TypingError, match="cos\\(\\) takes 2 arguments"):
        call(function, 0.3)


def test_errors():
    @njit
    def call(f, x):
        return f(x)

    with pytest.raises(TypeError, match="'tan' does not define its argument types"):
        call(libm.tan, 0.3)
    with pytest.raises(TypeError, match="the address of Address is NULL"):
        call(Address(ctypes.c_void_p(), types.float64(types.float64)), 0.3)
    with pytest.raises(TypeError, match="cannot take an argument of type array"):
        call(Address(cosine, types.float64(types.float64[:])), 0.3)
    with pytest.raises(TypeError, match="has no result"):
        call(Address(cosine, (types.float64,)), 0.3)
    with pytest.raises(NotImplementedError, match="needs the method signature"):
        call(types.WrapperAddressProtocol(), 0.3)
    with pytest.raises(TypingError, match="of type float64, not complex128"):
        call(cosine, 1j)

    @njit
    def inner(k):
        def add(x):
            return x + k

        return add

    with pytest.raises(TypingError, match="cannot return an inner function to Python"):
        inner(1)

    @njit
    def builtin():
        return np.sin

    with pytest.raises(TypingError, match="cannot return a function, class or module"):
        builtin()


CACHED = """
import ctypes, ctypes.util, sys
from zouk import njit

cosine = ctypes.CDLL(ctypes.util.find_library("m")).cos
cosine.argtypes, cosine.restype = [ctypes.c_double], ctypes.c_double

@njit
def g(x):
    return x + 1

@njit(cache=True)
def f(h, x):
    return g if x > 0 else h

@njit(cache=True)
def call(h, x):
    return h(x)

assert f(cosine, 1) is g and f(cosine, -1) is cosine
assert call(cosine, 0.3) == cosine(0.3)
print(sum(f.stats.cache_hits.values()), sum(call.stats.cache_hits.values()))
"""


def test_the_cache(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(CACHED)
    runs = [subprocess.run([sys.executable, program], capture_output=True, text=True, check=True).stdout.split() for _ in range(2)]
    assert runs == [["0", "0"], ["1", "1"]]
