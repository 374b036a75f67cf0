"""float16 beside NumPy: every number of it through arithmetic, functions and conversions, and float16 wherever arrays go."""

import io
import math
from contextlib import redirect_stdout

import numpy as np
import pytest
from lang_support import INTEGERS, arrays, check, function

import zouk
from zouk import float16, guvectorize, njit, prange, stencil, types, vectorize
from zouk.experimental import jitclass

EVERY = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
WIDE = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64, np.float32, np.float64, np.complex64, np.complex128, np.bool_]


def bits(a):
    return np.where(np.isnan(a), np.float16(np.nan), a).view(np.uint16)


def equal(result, expected, apart=0):
    """The same float16 numbers, NaNs aside, or so many neighbours apart."""
    assert result.dtype == expected.dtype == np.float16 and result.shape == expected.shape
    assert np.array_equal(np.isnan(result), np.isnan(expected))

    def ordered(a):
        whole = bits(a).astype(np.int64)
        return np.where(whole < 0x8000, whole, 0x8000 - whole)

    assert np.max(np.abs(ordered(result) - ordered(expected)), initial=0) <= apart


def quiet(f, *arguments):
    with np.errstate(all="ignore"):
        return f(*arguments)


@pytest.mark.parametrize("operator", ["+", "-", "*", "/", "//", "%", "**"])
def test_arithmetic(operator):
    f = function(f"def f(x, y): return x {operator} y")
    rng = np.random.default_rng(16)
    x, y = rng.permutation(EVERY), rng.permutation(EVERY)
    equal(f(x, y), quiet(f.py_func, x, y), apart=1 if operator == "**" else 0)
    near = (x.astype(np.float64) % 4).astype(np.float16)
    equal(f(near, near[::-1]), quiet(f.py_func, near, near[::-1]), apart=1 if operator == "**" else 0)


EXACT = "negative absolute fabs sign square reciprocal sqrt floor ceil trunc rint spacing positive degrees radians"
ROUNDED = "sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh exp exp2 expm1 log log2 log10 log1p cbrt"


@pytest.mark.parametrize("name", f"{EXACT} {ROUNDED}".split())
def test_functions_of_every_number(name):
    f = function(f"def f(x): return np.{name}(x)")
    equal(f(EVERY), quiet(f.py_func, EVERY), apart=1 if name in ROUNDED.split() else 0)


@pytest.mark.parametrize("name", ["maximum", "minimum", "fmax", "fmin", "copysign", "nextafter", "fmod", "heaviside", "hypot", "arctan2", "logaddexp", "logaddexp2"])
def test_functions_of_two(name):
    f = function(f"def f(x, y): return np.{name}(x, y)")
    rng = np.random.default_rng(5)
    for y in (rng.permutation(EVERY), EVERY[::-1], EVERY):
        result, expected = f(EVERY, y), quiet(f.py_func, EVERY, y)
        if name in ("maximum", "minimum", "fmax", "fmin"):
            # Of zeros either one.
            result, expected = result + np.float16(0), expected + np.float16(0)
        equal(result, expected, apart=1 if name in ("hypot", "arctan2", "logaddexp", "logaddexp2") else 0)


def test_tests_and_comparisons():
    for name in ("isnan", "isinf", "isfinite", "signbit", "logical_not"):
        check(function(f"def f(x): return np.{name}(x)"), EVERY)
    other = np.random.default_rng(1).permutation(EVERY)
    for operator in ("<", "<=", "==", "!=", ">", ">="):
        f = function(f"def f(x, y): return x {operator} y")
        check(f, EVERY, other)
        check(f, EVERY, np.arange(1 << 16).astype(np.int8))


def test_parts():
    for text in ("np.modf(x)", "np.frexp(x)", "np.divmod(x, np.float16(0.75))"):
        f = function(f"def f(x): return {text}")
        for mine, theirs in zip(f(EVERY), quiet(f.py_func, EVERY)):
            assert mine.dtype == theirs.dtype and np.array_equal(mine, theirs, equal_nan=mine.dtype.kind == "f")
    f = function("def f(x, n): return np.ldexp(x, n)")
    equal(f(EVERY, np.arange(1 << 16) % 60 - 30), quiet(f.py_func, EVERY, np.arange(1 << 16) % 60 - 30))


def test_conversions_round_once():
    """Halfway between neighbours, and as near to that as a float64 can be: by way of float32 it would be rounded twice."""
    f = function("def f(x): return x.astype(np.float16)")
    numbers = EVERY[:0x7C01].astype(np.float64)
    numbers[-1] = 65536.0
    middles = (numbers[1:] + numbers[:-1]) / 2
    for x in (middles, np.nextafter(middles, np.inf), np.nextafter(middles, 0), -np.nextafter(middles, np.inf)):
        equal(f(x), quiet(f.py_func, x))
        equal(f(x.astype(np.float32)), quiet(f.py_func, x.astype(np.float32)))
    one = function("def f(x): return np.float16(x)")
    for x in (*middles[::997], np.nextafter(1 + 2.0**-11, 2), 65519.99, 65520.0, 1e300, -math.inf, 5e-324):
        check(one, float(x))
    assert math.isnan(one(math.nan))


@pytest.mark.parametrize("dtype", WIDE)
def test_conversions_of_arrays(dtype):
    to, back = function(f"def f(x): return x.astype(np.{np.dtype(dtype).name})"), function("def f(x): return x.astype(np.float16)")
    fitting = EVERY[np.isfinite(EVERY) & (np.abs(EVERY.astype(np.float64)) < 100)]
    x = np.abs(fitting) if np.dtype(dtype).kind == "u" else fitting
    check(to, x)
    if np.dtype(dtype).kind != "c":
        limits = np.array([0, 1, 2049, 65519, 65520, 70000]) if np.dtype(dtype).itemsize > 2 else np.array([0, 1, 100])
        with np.errstate(over="ignore"):
            check(back, limits.astype(dtype))


def test_promotion():
    half = np.array([1.5, 2.0], np.float16)
    for dtype in [*WIDE, np.float16]:
        other = np.array([1, 2], dtype)
        for text in ("x + y", "x * y", "np.maximum(x, y)", "np.where(x > 1, x, y)", "np.concatenate((x, y))"):
            check(function(f"def f(x, y): return {text}"), half, other)
    for number in (2, 2.5, True):
        check(function("def f(x, y): return x * y"), half, number)
    check(function("def f(x): return x * 2j"), half)
    for text in ("np.result_type(x, np.int8)", "np.promote_types(np.float16, np.uint8)", "np.promote_types(np.float16, np.int32)", "np.promote_types(np.float16, np.complex64)"):
        check(function(f"def f(x): return np.zeros(1, {text})"), half)


@pytest.mark.parametrize("dtype", [np.bool_, np.int8, np.uint8, np.int16])
def test_small_integers_compute_in_float16(dtype):
    x = np.array([0, 1, 3, 7], np.int64).astype(dtype)
    for name in ("sin", "sqrt", "exp", "arctan2", "hypot", "spacing"):
        arguments = "x, x" if name in ("arctan2", "hypot") else "x"
        f = function(f"def f(x): return np.{name}({arguments})")
        result, expected = f(x), f.py_func(x)
        assert result.dtype == expected.dtype
        assert np.allclose(result, expected, rtol=1e-3 if expected.dtype == np.float16 else 1e-6, atol=0)


REDUCTIONS = "sum prod mean var std min max ptp argmin argmax any all nansum nanmean nanmax median count_nonzero".split()


@pytest.mark.parametrize("name", REDUCTIONS)
def test_reductions(name):
    x = np.random.default_rng(3).normal(size=(6, 5)).astype(np.float16)
    for axis in ("", ", axis=0", ", axis=1"):
        f = function(f"def f(x): return np.{name}(x{axis})")
        for a in arrays((6, 5), np.float16):
            a = (a % 7 + x).astype(np.float16) if name != "prod" else x
            check(f, a, rtol=0 if name in ("min", "max", "argmin", "argmax", "any", "all", "nanmax", "count_nonzero") else 3e-3)


def test_sums_are_at_least_as_good_as_numpys():
    rng = np.random.default_rng(9)
    total = function("def f(x): return np.sum(x)")
    mean = function("def f(x): return np.mean(x)")
    for size in (10, 1000, 100_000):
        x = rng.normal(size=size).astype(np.float16)
        exact = np.float16(math.fsum(x.astype(np.float64)))
        assert abs(np.float64(total(x)) - exact) <= abs(np.float64(np.sum(x)) - exact) + np.spacing(exact) / 2
        assert np.float16(mean(x)) == np.float16(np.mean(x.astype(np.float64)))


@pytest.mark.parametrize("text", [
    "np.sort(x)", "np.argsort(x)", "np.unique(x)", "np.cumsum(x)", "np.cumprod(x)", "np.diff(x)", "np.clip(x, -1, 2.5)", "np.where(x > 0, x, -x)", "x[x > 0]", "x[np.array([0, -1])]",
    "np.searchsorted(np.sort(x), x)", "np.partition(x, 3)[3]", "np.dot(x, x)", "np.outer(x, x)", "np.convolve(x, x[:3])", "np.interp(x, np.sort(x), x)", "np.around(x, 1)",
    "np.nan_to_num(x)", "np.concatenate((x, x))", "np.flip(x)", "np.quantile(x, 0.3)", "np.histogram(x, 3)[0]", "np.isclose(x, x)", "np.trapezoid(x)", "np.sinc(x)", "np.angle(x)",
    "np.fft.fft(x)", "np.fft.rfft(x)", "np.fft.irfft(x)", "np.linalg.norm(x)", "np.vander(x, 2)", "np.polyval(x, x[0])", "np.gradient(x)", "np.roll(x, 2)", "np.einsum('i,i', x, x)",
])
def test_functions_of_arrays(text):
    x = np.array([1.5, -0.25, 3.0, 0.125, -2.0, 0.75, 4.0, -1.0], np.float16)
    check(function(f"def f(x): return {text}"), x, rtol=2e-3)
    check(function(f"def f(x): return {text}"), np.repeat(x, 2)[::2], rtol=2e-3)


def test_products():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(7, 9)).astype(np.float16), rng.normal(size=(9, 4)).astype(np.float16)
    product = function("def f(a, b): return a @ b")
    for left, right in ((a, b), (np.asfortranarray(a), b[::-1]), (a[0], b), (a, b[:, 0]), (np.stack([a, a]), b)):
        check(product, left, right, rtol=2e-3)
    check(function("def f(a): return np.linalg.matrix_power(a, 3)"), a[:4, :4].copy(), rtol=5e-2)
    for text in ("inv(a)", "det(a)", "solve(a, a)", "svd(a)", "eigvals(a)", "norm(a, 2)", "cond(a)"):
        f = function(f"def f(a): return np.linalg.{text}")
        with pytest.raises(TypeError, match="array type float16 is unsupported in linalg"):
            f.py_func(a[:4, :4])
        with pytest.raises(zouk.TypingError, match="array type float16 is unsupported in linalg"):
            f(a[:4, :4])


def test_creation_and_views():
    for text in (
        "np.zeros(3, np.float16)", "np.ones((2, 3), dtype='f2')", "np.full(3, 1.1, np.float16)", "np.arange(5, dtype=np.float16)", "np.linspace(0, 1, 7, dtype=np.float16)", "np.eye(3, dtype=np.float16)",
        "np.array([1, 2.5], dtype='float16')", "np.zeros(4, np.half).dtype.itemsize", "np.zeros(2, 'e').dtype.char == 'e'", "np.array([np.float16(1.1), np.float16(2)])",
    ):
        check(function(f"def f(): return {text}"))
    x = np.array([1.1, -2.0, 65504.0], np.float16)
    check(function("def f(x): return x.view(np.uint16)"), x)
    check(function("def f(x): return x.view(np.float16)"), x.view(np.int16))
    check(function("def f(x): return np.finfo(x.dtype).max, np.finfo(np.float16).eps, np.finfo(np.float16).tiny, np.finfo(np.float16).bits, np.finfo(np.float16).nmant"), x)


def test_layouts_and_writing():
    f = function("def f(a):\n    for i in range(a.shape[0]):\n        a[i] = a[i] * 2 + 1\n    a[0] += 0.5\n    return a.T")
    for a in arrays((3, 4), np.float16):
        if a.flags.writeable:
            check(f, a)
    check(function("def f(a): a[:, ::2] = a[:, 1::2]"), np.arange(8, dtype=np.float16).reshape(2, 4))


def test_scalars():
    x, y = np.float16(1.1), np.float16(-3)
    for operator in ("+", "-", "*", "/", "//", "%", "<", "=="):
        check(function(f"def f(x, y): return x {operator} y"), x, y)
    for text in ("-x", "abs(x)", "int(x)", "float(x)", "bool(x)", "round(x)", "math.floor(x)", "(x, x + x)", "max(x, y)", "x if x > y else y", "[v for v in (x, y)][1]", "complex(x, y)"):
        check(function(f"def f(x, y): return {text}"), x, y)
    f = function("def f(x, y):\n    total = x\n    for i in range(4):\n        total = total + y\n    return total")
    assert f(x, y) == float(f.py_func(x, y))
    with pytest.raises(ZeroDivisionError):
        function("def f(x, y): return x / y")(x, np.float16(0))
    raised = function("def f(x): raise ValueError('no', x)")
    with pytest.raises(ValueError) as caught:
        raised(x)
    assert caught.value.args == ("no", float(x))


def test_signatures():
    assert types.float16 is types.f2 is float16 and zouk.typeof(np.zeros(1, "f2")) == types.float16[::1] and zouk.from_dtype(np.dtype("f2")) == types.float16
    for signature in ("float16(float16, int8)", "f2(f2, i1)", types.float16(types.float16, types.int8)):
        f = njit(signature)(lambda x, y: x + y)
        assert f(np.float16(0.1), 3) == float(np.float16(0.1) + np.int8(3))
        assert f(0.1, 3) == float(np.float16(0.1) + np.int8(3))
    assert njit("f8(f2[:, :])")(lambda a: a.sum())(np.ones((2, 3), "f2")[:, ::2]) == 4.0
    assert njit(lambda x: types.float16(x))(1 / 3) == float(np.float16(1 / 3))


def test_printing():
    @njit
    def show(a):
        for x in a:
            print(x)
        print((a[0], a[1]))

    numbers = np.concatenate([EVERY[::37], np.array([65504, 1000, 999.5, 1e-4, 0.1, -0.0, np.inf], np.float16)])
    written = io.StringIO()
    with redirect_stdout(written):
        show(numbers)
    lines = written.getvalue().splitlines()
    assert lines[:-1] == [str(x) for x in numbers]


def test_records():
    dtype = np.dtype([("x", "f2"), ("n", "i4"), ("v", "f2", (3,))])
    a = np.zeros(3, dtype)
    a["x"], a["v"] = [1.5, 2.5, -1.0], np.arange(9).reshape(3, 3)
    check(function("def f(a):\n    for r in a:\n        r['x'] = r['x'] * 2 + r['v'][1]\n    return a['x'].sum()"), a)
    check(function("def f(a): return a"), np.zeros(2, np.dtype([("c", "u1"), ("x", "f2")])))


def test_ufuncs():
    halved = vectorize(["float16(float16)", "float32(float32)"])(lambda x: x / 2 + 1)
    x = np.linspace(-3, 3, 17).astype(np.float16)
    assert halved(x).dtype == np.float16 and np.array_equal(halved(x), x / 2 + np.float16(1)) and halved(x.astype("f4")).dtype == np.float32
    dynamic = vectorize(lambda x, y: x * y)
    assert dynamic(x, x[::-1]).dtype == np.float16 and np.array_equal(dynamic(x, x[::-1]), x * x[::-1])

    @guvectorize(["void(float16[:], float16[:])"], "(n)->(n)")
    def running(a, out):
        total = np.float16(0)
        for i in range(a.shape[0]):
            total += a[i]
            out[i] = total

    assert np.array_equal(running(np.stack([x, x])), np.cumsum(np.stack([x, x]), axis=1))


def test_stencils_loops_and_classes():
    x = np.linspace(0, 4, 33).astype(np.float16)
    around = stencil(lambda a: a[-1] + a[1])
    assert around(x).dtype == np.float16 and np.array_equal(around(x), np.pad(x[:-2] + x[2:], 1))

    @njit(parallel=True)
    def scaled(a, factor):
        out = np.empty_like(a)
        total, least, narrow = 0.0, a[0], np.float16(0)
        for i in prange(a.shape[0]):
            out[i] = a[i] * factor
            total += a[i]
            least = min(least, a[i])
            narrow += np.float16(1)
        return out, total, least, narrow

    out, total, least, narrow = scaled(np.tile(x, 60), np.float16(3))
    assert least == 0.0 and narrow == 60 * 33
    assert np.array_equal(out, np.tile(x, 60) * np.float16(3)) and math.isclose(total, np.tile(x, 60).sum(dtype="f8"))

    @jitclass([("x", float16), ("a", float16[:])])
    class Scale:
        def __init__(self, x, a):
            self.x = x
            self.a = a

        def applied(self):
            self.x += self.a[0]
            return self.a * self.x

    made = Scale(0.1, x[5:])
    assert np.array_equal(made.applied(), x[5:] * (np.float16(0.1) + x[5])) and made.x == float(np.float16(0.1) + x[5])


def test_globals_and_closures():
    table, factor = np.array([1.5, 2.5], np.float16), np.float16(0.3)

    @njit
    def f(i):
        return table[i] * factor

    assert f(1) == float(table[1] * factor)


def test_what_has_no_float16():
    with pytest.raises(zouk.TypingError, match="float16"):
        function("def f(rng): return rng.random(3, dtype=np.float16)")(np.random.default_rng(1))
    assert all(np.dtype(dtype) != np.float16 for dtype in INTEGERS)
