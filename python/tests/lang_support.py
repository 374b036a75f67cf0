"""How the language tests judge a compiled function: by the undecorated one, or by the arithmetic that docs/semantics.md states.

`check(f, *arguments)` calls `f.py_func` and `f` with copies of the same arguments and compares results, exceptions, and what became of
the arguments. `binary`, `unary` and `comparison` compute scalar operators with zouk's widening and 64-bit wraparound.
"""

import copy
import itertools
import linecache
import math
import operator

import numpy as np

from zouk import njit

INTEGERS = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]
FLOATS = [np.float16, np.float32, np.float64]
#: What linear algebra computes in.
SYSTEM_FLOATS = [np.float32, np.float64]
COMPLEX = [np.complex64, np.complex128]
NUMBERS = [np.bool_, *INTEGERS, *FLOATS, *COMPLEX]

_count = itertools.count()


def register(text):
    """A file name under which `linecache` knows the text, as it would a file's."""
    name = f"<language test {next(_count)}>"
    linecache.cache[name] = (len(text), None, text.splitlines(True), name)
    return name


def function(text, **scope):
    """The last function of the text, jitted."""
    scope = {"np": np, "math": math, "njit": njit, "__name__": "language_test", **scope}
    exec(compile(text, register(text), "exec"), scope)
    found = list(scope.values())[-1]
    return found if hasattr(found, "py_func") else njit(found)


def plain(value):
    """NumPy's scalars as Python's, which is what a compiled function returns."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, tuple):
        return tuple(plain(item) for item in value)
    return value.item() if isinstance(value, np.generic) else value


def _bits(a):
    """NumPy's sort of float16 changes the bits of NaNs, also of those that become parts of complex numbers."""
    if a.dtype == np.float16 or a.dtype.kind == "c":
        a = a.copy()
        for part in (a.real, a.imag) if a.dtype.kind == "c" else (a,):
            part[np.isnan(part)] = np.nan
    return a.tobytes()


def same(a, b, rtol=0.0):
    """Equal in type and value; NaN equals NaN, 0.0 is not -0.0; arrays also in dtype and shape. `rtol` is for finite floats."""
    if type(a) is not type(b):
        return False
    if isinstance(a, (tuple, list)):
        return len(a) == len(b) and all(same(x, y, rtol) for x, y in zip(a, b))
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and (np.allclose(a, b, rtol, 0, True) if rtol else _bits(a) == _bits(b))
    if isinstance(a, complex):
        return same(a.real, b.real, rtol) and same(a.imag, b.imag, rtol)
    if isinstance(a, float):
        if a != a or b != b:
            return a != a and b != b
        return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (rtol > 0 and math.isclose(a, b, rel_tol=rtol))
    return a == b


def arrays(shape, dtype=np.int64):
    """The same numbers in C order, Fortran order, with gaps, and with negative strides."""
    values = np.arange(int(np.prod(shape)), dtype=dtype).reshape(shape)
    gaps = np.zeros([2 * n for n in shape], dtype)[tuple(slice(None, None, 2) for _ in shape)]
    gaps[...] = values
    yield values
    yield np.asfortranarray(values)
    yield gaps
    yield values[tuple(slice(None, None, -1) for _ in shape)]


def layouts(values):
    """The values in C order, Fortran order, with gaps, and with negative strides."""
    values = np.ascontiguousarray(values)
    yield values
    for step in (2, -1):
        view = np.zeros([max(abs(step) * n, 1) for n in values.shape], values.dtype)[(slice(None, None, step),) * values.ndim]
        view = view[tuple(slice(n) for n in values.shape)]
        view[...] = values
        yield view
    if values.ndim > 1:
        yield np.asfortranarray(values)


def copied(value, memo=None):
    """A deep copy whose arrays have the layout of the originals, and are read-only where those are."""
    memo = {} if memo is None else memo
    if id(value) in memo:
        return memo[id(value)]
    if type(value) in (tuple, list):
        made = type(value)(copied(item, memo) for item in value)
    elif type(value) is np.ndarray and not value.dtype.hasobject:
        low, high = np.lib.array_utils.byte_bounds(value)
        block = np.zeros(high - low + 64, np.uint8)
        start = (low - block.ctypes.data) % 64
        made = np.ndarray(value.shape, value.dtype, block, start + value.ctypes.data - low, value.strides)
        made[...] = value
        made.flags.writeable = value.flags.writeable
    else:
        made = copy.deepcopy(value, memo)
    memo[id(value)] = made
    return made


def outcome(function, arguments):
    """What a call does: ("returns", value) or ("raises", exception)."""
    try:
        with np.errstate(all="ignore"):
            return "returns", plain(function(*arguments))
    except Exception as error:
        return "raises", error


def check(f, *arguments, rtol=0.0, text=False):
    """The compiled function does what `f.py_func` does. The texts of exceptions are compared where `text` is set."""
    theirs, ours = copied(arguments), copied(arguments)
    (expected_kind, expected), (kind, result) = outcome(f.py_func, theirs), outcome(f, ours)
    call = f"{f.__name__}{arguments}"
    assert kind == expected_kind, f"{call} {kind} {result!r}, but Python {expected_kind} {expected!r}"
    if kind == "raises":
        assert type(result) is type(expected), f"{call} raises {result!r}, but Python {expected!r}"
        assert not text or result.args == expected.args, f"{call} raises {result!r}, but Python {expected!r}"
    else:
        assert same(result, expected, rtol), f"{call} is {result!r}, but {expected!r} in Python"
    for i, (mine, other) in enumerate(zip(ours, theirs)):
        assert same(mine, other, rtol), f"{call} leaves {mine!r} in argument {i}, but Python {other!r}"


def wrap(value, dtype=np.int64):
    """A Python int cut to a NumPy integer type, two's complement."""
    bits = dtype().itemsize * 8
    value &= (1 << bits) - 1
    return value - (1 << bits) if np.issubdtype(dtype, np.signedinteger) and value >> (bits - 1) else value


def is_integral(dtype):
    return dtype is np.bool_ or np.issubdtype(dtype, np.integer)


def is_unsigned(dtype):
    return np.issubdtype(dtype, np.unsignedinteger)


def inexact_type(a, b):
    """The float or complex type of an operation on two types of which one is inexact: as wide as each operand needs."""

    def bits(dtype):
        if dtype in (np.bool_, np.int8, np.float16):
            return 16
        return 32 if dtype in (np.int16, np.uint8, np.float32, np.complex64) else 64

    width = max(bits(a), bits(b))
    if a in COMPLEX or b in COMPLEX:
        return np.complex128 if width == 64 else np.complex64
    return {16: np.float16, 32: np.float32, 64: np.float64}[width]


def result_type(kind, a, b):
    """The type in which `a <kind> b` is computed."""
    if not (is_integral(a) and is_integral(b)):
        if kind == "**" and a in (np.float16, np.float32) and is_integral(b):
            return a
        return inexact_type(a, b)
    if kind == "/":
        return np.float64
    if kind in ("<<", ">>"):
        return np.uint64 if is_unsigned(a) else np.int64
    if kind in ("&", "|", "^") and a is b is np.bool_:
        return np.bool_
    return np.uint64 if is_unsigned(a) and is_unsigned(b) else np.int64


def integer_power(base, exponent):
    """`base ** exponent` in integers; a negative exponent rounds towards zero."""
    if exponent >= 0:
        return pow(base, exponent, 1 << 64) if base >= 0 else (-1) ** (exponent % 2) * pow(-base, exponent, 1 << 64)
    return {1: 1, -1: (-1) ** (exponent % 2)}.get(base, 0)


INTEGER_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": integer_power,
    "<<": operator.lshift,
    ">>": operator.rshift,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
}

INEXACT_OPERATORS = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}


def binary(kind, a, b):
    """`a <kind> b` of two NumPy scalars, as zouk computes it."""
    dtype = result_type(kind, type(a), type(b))
    if kind == "/" and is_integral(type(a)) and is_integral(type(b)):
        return float(a) / float(b)
    if is_integral(dtype):
        x, y = (int(a), int(b)) if kind in ("<<", ">>") else (wrap(int(a), dtype), wrap(int(b), dtype)) if dtype is not np.bool_ else (bool(a), bool(b))
        if kind == "**":
            y = int(b)
        value = INTEGER_OPERATORS[kind](x, y)
        return bool(value) if dtype is np.bool_ else wrap(value, dtype)
    with np.errstate(all="ignore"):
        return INEXACT_OPERATORS[kind](dtype(a), dtype(b)).item()


COMPARISONS = {"==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def comparison(kind, a, b):
    """Two integers compare exactly; an inexact operand makes both of its type."""
    if is_integral(type(a)) and is_integral(type(b)):
        return COMPARISONS[kind](int(a), int(b))
    dtype = inexact_type(type(a), type(b))
    return bool(COMPARISONS[kind](dtype(a), dtype(b)))


def unary(kind, a):
    """`<kind> a` of a NumPy scalar."""
    dtype = type(a)
    if is_integral(dtype):
        wide = dtype if is_unsigned(dtype) else np.int64
        return wrap({"-": operator.neg, "+": operator.pos, "~": operator.invert}[kind](int(a)), wide)
    return {"-": operator.neg, "+": operator.pos}[kind](a).item()
