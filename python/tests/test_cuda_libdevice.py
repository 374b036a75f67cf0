"""Functions of libdevice that return two values: beside `math`, and beside exact fractions. They are functions of a GPU."""

import math
from fractions import Fraction

import numpy as np
import pytest

from zouk import cuda

only_on_gpu = pytest.mark.skipif(cuda.execution_target() == "cpu", reason="of GPUs")
VALUES = [0.0, -0.0, 0.3, -1.75, 2.5, 1e-310, -7e5, 1e300, math.inf, -math.inf, math.nan]
IN_RANGE = [x for x in VALUES if abs(x) < 1e3]


@only_on_gpu
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_sine_and_cosine(dtype):
    sincos, sincospi = ("sincos", "sincospi") if dtype == np.float64 else ("sincosf", "sincospif")
    both, both_pi, fast = getattr(cuda.libdevice, sincos), getattr(cuda.libdevice, sincospi), cuda.libdevice.fast_sincosf

    @cuda.jit
    def kernel(a, out):
        i = cuda.grid(1)
        out[0, i], out[1, i] = both(a[i])
        out[2, i], out[3, i] = both_pi(a[i])
        out[4, i], out[5, i] = fast(a[i])

    a = np.array(IN_RANGE, dtype)
    out = np.zeros((6, len(a)), dtype)
    kernel[1, len(a)](a, out)
    wide = a.astype(np.float64)
    np.testing.assert_allclose(out[:4], [np.sin(wide), np.cos(wide), np.sin(np.pi * wide), np.cos(np.pi * wide)], rtol=4 * np.finfo(dtype).eps, atol=4 * np.finfo(dtype).eps)
    np.testing.assert_allclose(out[4:], [np.sin(wide), np.cos(wide)], atol=2e-6)


@only_on_gpu
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_parts(dtype):
    end = "" if dtype == np.float64 else "f"
    frexp, modf = getattr(cuda.libdevice, "frexp" + end), getattr(cuda.libdevice, "modf" + end)

    @cuda.jit
    def kernel(a, out, powers):
        i = cuda.grid(1)
        out[0, i], powers[i] = frexp(a[i])
        out[1, i], out[2, i] = modf(a[i])

    with np.errstate(over="ignore"):
        a = np.array(VALUES, dtype)
    out, powers = np.zeros((3, len(a)), dtype), np.zeros(len(a), np.int32)
    kernel[1, len(a)](a, out, powers)
    for i, x in enumerate(a.tolist()):
        np.testing.assert_array_equal([out[0, i], powers[i]], math.frexp(x))
        np.testing.assert_array_equal(out[1:, i], math.modf(x))
        assert np.array_equal(np.signbit(out[1:, i]), np.signbit(math.modf(x))) or math.isnan(x)


@only_on_gpu
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_remainder_and_quotient(dtype):
    remquo = getattr(cuda.libdevice, "remquo" if dtype == np.float64 else "remquof")

    @cuda.jit
    def kernel(a, b, out, quotients):
        i = cuda.grid(1)
        out[i], quotients[i] = remquo(a[i], b[i])

    generator = np.random.default_rng(5)
    least, most = np.finfo(dtype).smallest_subnormal, np.finfo(dtype).max
    ends = [(most, most), (most, -most / 2), (-most, most / 8), (most, least), (-most, 3 * least), (least, most), (-5 * least, 2 * least), (0.0, -1.0)]
    halves = [(float(n), 2.0) for n in range(-17, 18)]
    pairs = np.array([*ends, *halves, *(generator.normal(size=(60, 2)) * 10.0 ** generator.integers(-8, 9, (60, 2)))], dtype)
    a, b = np.ascontiguousarray(pairs.T)
    out, quotients = np.zeros(len(a), dtype), np.zeros(len(a), np.int32)
    kernel[1, len(a)](a, b, out, quotients)
    for x, y, remainder, quotient in zip(a.tolist(), b.tolist(), out.tolist(), quotients.tolist()):
        assert remainder == math.remainder(x, y), (x, y)
        whole = round(Fraction(x) / Fraction(y))
        assert quotient == (abs(whole) & 7) * (-1 if whole < 0 else 1), (x, y)
    for x, y in [(math.nan, 1.0), (1.0, 0.0), (math.inf, 2.0)]:
        kernel[1, 1](np.array([x], dtype), np.array([y], dtype), out[:1], quotients[:1])
        assert math.isnan(out[0])
