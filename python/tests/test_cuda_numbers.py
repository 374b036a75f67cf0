"""What kernels compute with numbers: bits, `math`, `cmath`, integers, complex numbers, compared with Python and NumPy."""

import cmath
import math

import numpy as np
import pytest
from cuda_support import made, nothing_leaks  # noqa: F401
from zouk import cuda


@pytest.mark.parametrize("dtype", ["i4", "u4", "i8", "u8"])
def test_bits(dtype):
    @cuda.jit
    def kernel(a, counts, turned):
        i = cuda.grid(1)
        counts[0, i] = cuda.popc(a[i])
        counts[1, i] = cuda.clz(a[i])
        counts[2, i] = cuda.ffs(a[i])
        turned[i] = cuda.brev(a[i])

    width = 8 * np.dtype(dtype).itemsize
    a = np.array([0, 1, 2, 12, 255, 123456, 2**31 - 1]).astype(dtype)
    if dtype[0] == "i":
        a = np.append(a, np.array([-1, -5], dtype))
    counts, turned = np.zeros((3, len(a)), np.int64), np.zeros(len(a), f"u{width // 8}")
    kernel[1, len(a)](a, counts, turned)
    texts = [format(int(x) % 2**width, f"0{width}b") for x in a]
    np.testing.assert_array_equal(counts, [[t.count("1") for t in texts], [len(t) - len(t.lstrip("0")) for t in texts], [(t[::-1].find("1") + 1) for t in texts]])
    np.testing.assert_array_equal(turned, [int(t[::-1], 2) for t in texts])


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_instructions(dtype):
    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        out[0, i] = cuda.fma(a[i], a[i], a[0])
        out[1, i] = cuda.cbrt(a[i])
        out[2, i] = cuda.selp(a[i] > 1, a[i], a[0])
        out[3, i] = cuda.ldca(a, i) + cuda.ldcg(a, i) + cuda.ldcs(a, i) + cuda.ldlu(a, i) + cuda.ldcv(a, i)
        cuda.stcg(out, (4, i), a[i])
        cuda.stcs(out, (5, i), a[i])
        cuda.stwb(out, (6, i), a[i])
        cuda.stwt(out, (7, i), a[i])

    a = np.linspace(0.25, 5, 20).astype(dtype)
    out = np.zeros((8, 20), dtype)
    kernel[2, 10](a, out)
    np.testing.assert_allclose(out, [a * a + a[0], np.cbrt(a), np.where(a > 1, a, a[0]), 5 * a, a, a, a, a], rtol=1e-6 if dtype == "f4" else 1e-14)


MATHS = """
    math.sin(x) math.cos(x) math.tan(x) math.asin(u) math.acos(u) math.atan(x) math.sinh(u) math.cosh(u) math.tanh(x) math.asinh(x) math.acosh(v) math.atanh(u)
    math.exp(u) math.expm1(u) math.log(v) math.log2(v) math.log10(v) math.log1p(v) math.sqrt(v) math.erf(x) math.erfc(u) math.gamma(v) math.lgamma(v)
    math.fabs(x) math.pow(v,u) math.atan2(x,u) math.copysign(v,x) math.fmod(x,3.0) math.hypot(x,u) math.remainder(x,3.0) math.degrees(x) math.radians(x)
    math.floor(x) math.ceil(x) math.trunc(x) math.ldexp(x,3) math.frexp(x)[0] math.modf(x)[0] math.isnan(x) math.isinf(x) math.isfinite(x) math.exp2(u)
    x//2.5 x%2.5 x**3 v**0.5 v**u round(x) round(x,1) int(x) abs(x) min(x,u) max(x,u,1.0) divmod(x,2.5)[0] -x+1 x/v x>u float(bool(x)) math.nextafter(x,u)
""".split()


@pytest.mark.parametrize("of", MATHS)
def test_maths(of):
    namespace = made(f"def scalar(x, u, v):\n    return {of}\ndef kernel(xs, us, vs, out):\n    i = cuda.grid(1)\n    x, u, v = xs[i], us[i], vs[i]\n    out[i] = {of}\n")
    kernel = cuda.jit(namespace["kernel"])
    rng = np.random.default_rng(3)
    x, u, v = rng.uniform(-20, 20, 64), rng.uniform(-1, 1, 64), rng.uniform(1, 9, 64)
    x[:4] = [0.0, -2.5, 5.0, 7.5]
    out = np.zeros(64)
    kernel[2, 32](x, u, v, out)
    expected = np.array([float(namespace["scalar"](*map(float, args))) for args in zip(x, u, v)])
    np.testing.assert_allclose(out, expected, rtol=4e-15, atol=1e-15)


INTEGERS = """
    x//7 x%5 x//y x%y x**3 x**(y&3) math.gcd(x,12) x<<2 x>>1 x&6 x|1 x^3 ~x pow(x,3,7) abs(x) min(x,3,y) max(x,y) round(x,-1) int(float(x)) bool(x)
    math.isqrt(abs(x)) x//(-3) x%(-y) divmod(x,y)[1] x*y-x (x<y)+(x==y) x/y
""".split()


@pytest.mark.parametrize("of", INTEGERS)
def test_integers(of):
    namespace = made(f"def scalar(x, y):\n    return {of}\ndef kernel(xs, ys, out):\n    i = cuda.grid(1)\n    x, y = xs[i], ys[i]\n    out[i] = {of}\n")
    rng = np.random.default_rng(4)
    x, y = rng.integers(-1000, 1000, 64), rng.integers(1, 20, 64) * np.where(np.arange(64) % 3, 1, -1)
    out = np.zeros(64)
    cuda.jit(namespace["kernel"])[1, 64](x, y, out)
    np.testing.assert_array_equal(out, [float(namespace["scalar"](*map(int, args))) for args in zip(x, y)])


def test_division_by_zero_is_numpys():
    @cuda.jit
    def kernel(a, n, out):
        i = cuda.grid(1)
        out[0, i] = a[i] / (a[i] - a[i])
        out[1, i] = n[i] // (n[i] - n[i])
        out[2, i] = n[i] % (n[i] - n[i])

    a, n, out = np.array([1.0, -1.0, 0.0]), np.array([4, -4, 0]), np.ones((3, 3))
    kernel[1, 3](a, n, out)
    np.testing.assert_array_equal(out, [[np.inf, -np.inf, np.nan], [0, 0, 0], [0, 0, 0]])


COMPLEX = ["acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "log", "log10", "sin", "sinh", "sqrt", "tan", "tanh", "phase"]


@pytest.mark.parametrize("name", COMPLEX)
def test_complex_functions(name):
    namespace = made(f"def kernel(z, out):\n    i = cuda.grid(1)\n    out[i] = cmath.{name}(z[i])\n")
    rng = np.random.default_rng(5)
    z = rng.normal(size=96) * 3 + 1j * rng.normal(size=96) * 3
    z[:8] = [0, 1j, -1j, 2, -2, 0.5, 1e-200 + 1e-200j, 1e200 + 1e10j] if name in ("log", "sqrt", "acosh", "asinh", "log10", "phase") else [0.1, 0.1j, 0.5, -0.5, 0.2j, 1e-9, -1e-9j, 0.9 + 0.01j]
    if name in ("log", "log10"):
        z[0] = 1
    out = np.zeros(96, np.complex128)
    cuda.jit(namespace["kernel"])[3, 32](z, out)
    expected = np.array([complex(getattr(cmath, name)(complex(w))) for w in z])
    assert np.all(np.abs(out - expected) <= 1e-13 * np.abs(expected) + 1e-290), name


def test_complex_arithmetic():
    @cuda.jit
    def kernel(z, w, out):
        i = cuda.grid(1)
        out[0, i] = z[i] * w[i]
        out[1, i] = z[i] / w[i]
        out[2, i] = z[i] ** 3 + z[i] ** w[i]
        out[3, i] = abs(z[i]) + z[i].conjugate() + complex(w[i].imag, z[i].real)
        out[4, i] = cmath.rect(abs(z[i]), cmath.phase(z[i])) + cmath.polar(w[i])[0]

    rng = np.random.default_rng(6)
    z, w = rng.normal(size=(2, 32)) + 1j * rng.normal(size=(2, 32))
    out = np.zeros((5, 32), np.complex128)
    kernel[1, 32](z, w, out)
    np.testing.assert_allclose(out, [z * w, z / w, z**3 + z**w, abs(z) + z.conj() + w.imag + 1j * z.real, z + abs(w)], rtol=1e-12)
