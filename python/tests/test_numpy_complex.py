"""Complex arrays beside NumPy: parts as views, functions with their special values, the order of numbers; `cmath` beside CPython's."""

import cmath
import copy

import numpy as np
import pytest
from lang_support import check, function, layouts, outcome

import zouk

COMPLEX = [np.complex64, np.complex128]
SPECIAL = [0.0, -0.0, 1.0, -1.0, 0.5, -2.0, 3.25, np.inf, -np.inf, np.nan]
GRID = np.array([complex(x, y) for x in SPECIAL for y in SPECIAL])


def numbers(dtype=np.complex128, count=400):
    random = np.random.default_rng(7)
    sizes = 10.0 ** random.uniform(-4, 1, count)
    return (sizes * (random.normal(size=count) + 1j * random.normal(size=count))).astype(dtype)


def units(ours, theirs):
    """The distance in units of the last place of the number's size."""
    finite = np.isfinite(ours) & np.isfinite(theirs)
    size = np.spacing(np.abs(theirs[finite]).astype(theirs.real.dtype))
    return np.max(np.abs(ours[finite] - theirs[finite]) / size, initial=0)


def agree(ours, theirs, most=0):
    """Equal in dtype, shape, NaNs, infinities and signs of zeros; finite ones within some units of the last place."""
    assert (ours.dtype, ours.shape) == (theirs.dtype, theirs.shape)
    if ours.dtype.kind == "b":
        return np.testing.assert_array_equal(ours, theirs)
    for part in (np.real, np.imag):
        x, y = part(ours), part(theirs)
        np.testing.assert_array_equal(np.isnan(x), np.isnan(y))
        np.testing.assert_array_equal(np.where(np.isinf(x), x, 0), np.where(np.isinf(y), y, 0))
        zero = (x == 0) & (y == 0)
        np.testing.assert_array_equal(np.signbit(x[zero]), np.signbit(y[zero]))
    assert units(ours, theirs) <= most


def arrays(dtype):
    for shape in [(), (0,), (1,), (5,), (3, 4), (2, 3, 2)]:
        yield from layouts(numbers(dtype, int(np.prod(shape))).reshape(shape)) if shape else [numbers(dtype, 1).reshape(())]


READS = """
def f(z): return z.real, z.imag, np.real(z), np.imag(z), z.real.sum() + z.imag.sum(), z.conj(), z.conjugate(), np.conj(z), z.real + 2 * z.imag, z.real.flatten(), z.imag.ravel()
def f(z): return z.real[1:], z.imag[..., ::-1], z.real.T, z.real.copy(), (z * 2).imag, z.imag.shape, np.angle(z), np.angle(z, True)
"""

WRITES = """
def f(z, w): z.real = w
def f(z, w): z.imag = w.real
def f(z, w): z.real = z.imag
def f(z, w): z.imag = z.real * 2 + w
def f(z, w): z.real += w
def f(z, w): z.imag *= z.real
def f(z, w): z.real, z.imag = z.imag, 3
def f(z, w): z.real = np.abs(z)
def f(z, w): z[...] = z.real + 1
def f(z, w): z.real = 7
def f(z, w): r = z.real; r += 1; z *= 2; z.imag = r
def f(z, w): np.add(z.real, w, z.imag)
"""


def functions(text):
    return [line for line in text.splitlines() if line]


@pytest.mark.parametrize("text", functions(READS))
def test_parts_are_read(text):
    f = function(text)
    for z in [z for dtype in COMPLEX for z in arrays(dtype) if z.ndim > 0]:
        for ours, theirs in zip(f(z), f.py_func(z)):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)
            assert not isinstance(theirs, np.ndarray) or ours.dtype == theirs.dtype


@pytest.mark.parametrize("text", functions(WRITES))
def test_parts_are_written(text):
    f = function(text)
    for dtype in COMPLEX:
        for z in arrays(dtype):
            check(f, z, np.arange(z.size, dtype=z.real.dtype).reshape(z.shape), rtol=1e-6 if dtype == np.complex64 else 1e-15)


def test_slices_of_parts():
    for text in ["z.real[1:] = 5", "z.imag[::-1][:2] = z.real[:2]", "z.real[z.imag > 0] = 0", "z[1:].imag[...] = w[1:]", "z.real.flat = 3", "z.T.imag = w"]:
        f = function(f"def f(z, w): {text}")
        for z in layouts(numbers(count=6)):
            check(f, z, np.arange(6.0))
    row = function("def f(z, w): z.real = w[0]; z[1].imag = w[0, 0]")
    for z in layouts(numbers(count=12).reshape(3, 4)):
        check(row, z, np.arange(12.0).reshape(3, 4))


def test_parts_of_real_arrays():
    f = function("def f(a): return a.real, a.imag, np.imag(a), a.conj(), np.real(a)")
    for a in (np.arange(3), np.ones((2, 3), np.float32), np.asfortranarray(np.ones((2, 3))), np.ones((2, 3), bool)[:, ::2]):
        ours, theirs = f(a), f.py_func(a)
        assert all(np.array_equal(x, y) and np.asarray(x).dtype == np.asarray(y).dtype for x, y in zip(ours, theirs))
        assert not ours[1].flags.writeable and all(np.shares_memory(x, a) for x in (ours[0], ours[3], ours[4]))
    write = function("def f(a): a.imag = 1")
    assert outcome(write.py_func, [np.ones(2)])[0] == "raises"
    with pytest.raises(zouk.TypingError, match="readonly array"):
        write(np.ones(2))
    write = function("def f(a): a.real = 1")
    check(write, np.zeros(3))
    with pytest.raises(zouk.TypingError, match="the attribute 'real' of a number cannot be assigned"):
        write(1.0)


def test_views_share_memory():
    f = function("def f(z): return z.real, z.imag")
    z = numbers(count=3)
    real, imaginary = f(z)
    real[0], imaginary[1] = 5, 6
    assert z[0].real == 5 and z[1].imag == 6 and real.strides == (16,)


LIBRARY = "exp log sqrt sin cos tan sinh cosh tanh arcsin arccos arctan arcsinh arccosh arctanh log2 log10 log1p"
EXACT = "reciprocal sign rint positive negative conjugate isfinite isinf isnan logical_not"


@pytest.mark.parametrize("names", [LIBRARY, EXACT])
def test_functions(names):
    """complex128 gives NumPy's numbers, which come from the C library too; complex64 is computed as complex128: at most 6 units from NumPy's."""
    f = function("def f(z): return (" + ", ".join(f"np.{name}(z)" for name in names.split()) + ")")
    for dtype in COMPLEX:
        samples = [GRID.astype(dtype), numbers(dtype), numbers(dtype, 12).reshape(3, 4)[:, ::2]]
        for z in samples:
            with np.errstate(all="ignore"):
                for ours, theirs, name in zip(f(z), f.py_func(z), names.split()):
                    if name == "log1p" and dtype == np.complex64:
                        theirs = np.log1p(z.astype(np.complex128)).astype(dtype)
                    agree(ours, theirs, 0 if dtype == np.complex128 or names == EXACT else 6)
    scalars = function("def f(z): return (" + ", ".join(f"np.{name}(z)" for name in names.split()) + ")")
    for z in numbers(count=3):
        check(scalars, complex(z), rtol=1e-15)


def test_composite_functions():
    """exp2 and expm1 at most 3 units of their size from NumPy's, abs 2 ; squares without fused products."""
    f = function("def f(z): return np.exp2(z), np.expm1(z), np.abs(z), z ** 2, np.square(z)")
    for z in (numbers(), numbers(count=12).reshape(3, 4).T):
        for ours, theirs in zip(f(z), f.py_func(z)):
            assert units(ours, theirs) <= 4
    z = GRID[np.isfinite(GRID)]
    for ours, theirs in zip(f(z), f.py_func(z)):
        agree(ours, theirs, 4)


def test_powers():
    """complex64 beside rounded complex128: NumPy multiplies in float32."""
    f = function("def f(z, w): return np.power(z, w), z ** w, z ** 0, z ** 1, z ** 3, z ** -1, z ** 0.5, z ** 2.5, z ** -3, np.float_power(z, 4), z ** 100")
    finite = GRID[np.isfinite(GRID)]
    for z, w in [(finite, np.roll(finite, 7)), (numbers(count=60), numbers(count=60)[::-1]), (finite, np.resize([0, 1, 2, 3, -1, 5], finite.size))]:
        for dtype in COMPLEX:
            z, w = z.astype(dtype), w.astype(dtype)
            with np.errstate(all="ignore"):
                results = f.py_func(z.astype(np.complex128), w.astype(np.complex128))
                for i, (ours, theirs) in enumerate(zip(f(z, w), results)):
                    assert ours.dtype == (np.complex128 if i == 9 else dtype)
                    theirs = theirs.astype(ours.dtype)
                    kept = np.abs(theirs) > 1e-30
                    assert units(ours[kept], theirs[kept]) <= 3
                    np.testing.assert_array_equal(np.isfinite(ours), np.isfinite(theirs))


def test_quotients():
    f = function("def f(z, w): return z / w, np.divide(z, w), z * w, z + w, z - w")
    z, w = (grid.ravel() for grid in np.meshgrid(GRID[:, None], GRID[None, :]))
    for dtype in COMPLEX:
        with np.errstate(all="ignore"):
            theirs = f.py_func(z.astype(dtype), w.astype(dtype))
        for ours, theirs in zip(f(z.astype(dtype), w.astype(dtype)), theirs):
            np.testing.assert_allclose(ours, theirs, rtol=1e-6)


ORDER = "np.less(z, w), z < w, z <= w, z > w, z >= w, z == w, z != w, np.maximum(z, w), np.minimum(z, w), np.fmax(z, w), np.fmin(z, w), np.clip(z, w, w + 1)"


def test_order():
    f = function(f"def f(z, w): return {ORDER}, np.logical_and(z, w), np.round(z, 1), np.rint(w)")
    z, w = (grid.ravel() for grid in np.meshgrid(GRID, GRID))
    for dtype in COMPLEX:
        with np.errstate(all="ignore"):
            for ours, theirs in zip(f(z.astype(dtype), w.astype(dtype)), f.py_func(z.astype(dtype), w.astype(dtype))):
                np.testing.assert_array_equal(ours, theirs)
                assert ours.dtype == theirs.dtype
    mixed = function("def f(z, a): return z < a, np.maximum(a, z), z > 1, np.less(z[0], z[1])")
    for ours, theirs in zip(mixed(numbers(count=9), np.arange(9.0)), mixed.py_func(numbers(count=9), np.arange(9.0))):
        np.testing.assert_array_equal(ours, theirs)


def test_scalars_have_no_order():
    with pytest.raises(zouk.TypingError, match="unsupported operand types for <"):
        function("def f(z, w): return z < w")(1j, 2j)


REDUCTIONS = "np.max(z), np.min(z), np.argmax(z), np.argmin(z), np.ptp(z), z.max(), np.sort(z), np.argsort(z, kind='stable'), np.sort_complex(z), np.unique(z)"


def test_reductions():
    f = function(f"def f(z): return {REDUCTIONS}, np.nanmax(z), np.nanmin(z), np.searchsorted(np.sort(z), z), np.median(z), np.sum(z), np.prod(z), np.var(z)")
    rows = function("def f(z): return np.max(z, axis=0), np.min(z, 1, keepdims=True), np.argmax(z, axis=1), np.sqrt(np.abs(np.sum(z, axis=0, keepdims=True)))")
    ties = np.array([1 + 2j, 1 + 3j, 1 - 2j, 1 + 3j, -1 + 9j, -1 - 9j])
    odd = np.array([1j, complex(np.nan, 1), 2, complex(1, np.nan), -5])
    for dtype in COMPLEX:
        for z in [ties, numbers(count=1), numbers(count=50), *layouts(numbers(count=7)), odd, odd[::-1], odd[2:]]:
            with np.errstate(all="ignore"):
                for ours, theirs in zip(f(z.astype(dtype)), f.py_func(z.astype(dtype))):
                    np.testing.assert_allclose(ours, theirs, rtol=2e-6, err_msg=str(z))
        for z in layouts(np.resize(ties, (3, 4))):
            for ours, theirs in zip(rows(z.astype(dtype)), rows.py_func(z.astype(dtype))):
                np.testing.assert_allclose(ours, theirs, rtol=1e-6)
    assert outcome(f, [GRID[:0]])[0] == "raises"


CMATH = "acos acosh asin asinh atan atanh cos cosh exp log log10 sin sinh sqrt tan tanh phase polar isfinite isinf isnan"


def close(ours, theirs):
    """The same number or exception. Signs of infinities beside a NaN are open; where CPython has two NaNs, newer versions of C have one."""
    if isinstance(theirs, Exception):
        return type(ours) is type(theirs) and ours.args == theirs.args
    if isinstance(theirs, tuple):
        return all(close(x, y) for x, y in zip(ours, theirs))
    if type(ours) is not type(theirs):
        return False
    x, y = np.array([ours.real, ours.imag]), np.array([theirs.real, theirs.imag])
    if np.isnan(y).any():
        x, y = np.abs(x), np.abs(y)
    return bool(np.all(np.isclose(x, y, 1e-14, 0, equal_nan=True) | np.isnan(y).all()))


@pytest.mark.parametrize("name", CMATH.split())
def test_cmath(name):
    f = function(f"def f(z): return cmath.{name}(z)", cmath=cmath)
    huge = [complex(x, y) for x in (710.0, -800.0, 1e300) for y in (0.0, 1.0, 1e300)]
    for z in [*map(complex, GRID), *map(complex, numbers(count=30)), *huge, 2, -0.5, True]:
        ours, theirs = outcome(f, [z])[1], outcome(f.py_func, [z])[1]
        assert close(ours, theirs), f"cmath.{name}({z}) is {ours!r}, not {theirs!r}"


def test_cmath_of_two_numbers():
    log = function("def f(z, b): return cmath.log(z, b)", cmath=cmath)
    rect = function("def f(r, phi): return cmath.rect(r, phi)", cmath=cmath)
    near = function("def f(z, w): return cmath.isclose(z, w), cmath.isclose(z, w, rel_tol=0.3), cmath.isclose(z, w, abs_tol=2)", cmath=cmath)
    for z in GRID[np.isfinite(GRID)][::5]:
        for w in (2, 1, 0, 1j, 10.5, -3 + 1j):
            for f in (log, near):
                ours, theirs = outcome(f, [complex(z), w])[1], outcome(f.py_func, [complex(z), w])[1]
                assert close(ours, theirs), f"{(z, w)}: {ours!r}, not {theirs!r}"
    for r in SPECIAL:
        for phi in [*SPECIAL, 2.0, 4.0, 7.0]:
            ours, theirs = outcome(rect, [r, phi])[1], outcome(rect.py_func, [r, phi])[1]
            assert close(ours, theirs), f"rect({r}, {phi}) is {ours!r}, not {theirs!r}"
    bad = function("def f(z): return cmath.isclose(z, z, rel_tol=-1)", cmath=cmath)
    check(bad, 1j, text=True)


def test_arguments_stay():
    f = function("def f(z): return np.sort(z), np.sqrt(z), z.real.copy()")
    z = numbers(count=5)
    kept = copy.deepcopy(z)
    f(z)
    np.testing.assert_array_equal(z, kept)
