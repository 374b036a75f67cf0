"""float16 in kernels: operators, `cuda.fp16`, functions of `math`, memory, conversions; and the PTX that they become."""

import math
import operator

import numpy as np
import pytest
from cuda_support import TARGET, nothing_leaks  # noqa: F401
from zouk import TypingError, cuda, float16, types

RNG = np.random.default_rng(16)
EVERY = np.arange(1 << 16, dtype=np.uint16).view(np.float16)
PICKED = np.concatenate([RNG.choice(EVERY, 500), np.array([0, -0.0, 1, -1, 65504, 2.0**-24, np.inf, -np.inf, np.nan, 0.1, 3, 1000.5], np.float16)])
OTHER = RNG.permutation(PICKED)
THIRD = RNG.permutation(PICKED)


def computed(function, *arrays, dtype=np.float16):
    kernel = function if isinstance(function, type(cuda.jit(lambda a: None))) else cuda.jit(function)
    out = np.zeros(arrays[0].shape, dtype)
    kernel[-(-out.size // 64), 64](out, *arrays)
    return out


def close(result, expected, apart=0):
    def ordered(a):
        bits = np.where(np.isnan(a), np.float16(np.nan), a).view(np.uint16).astype(np.int64)
        return np.where(bits < 0x8000, bits, 0x8000 - bits)

    assert result.dtype == expected.dtype == np.float16
    assert np.array_equal(np.isnan(result), np.isnan(expected))
    assert np.max(np.abs(ordered(result) - ordered(expected))) <= apart


def unary(name):
    call = getattr(cuda.fp16, name)

    def kernel(out, a):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = call(a[i])

    return cuda.jit(kernel)


def binary(name):
    call = getattr(cuda.fp16, name)

    def kernel(out, a, b):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = call(a[i], b[i])

    return cuda.jit(kernel)


BINARY = {"hadd": operator.add, "hsub": operator.sub, "hmul": operator.mul, "hdiv": operator.truediv}


@pytest.mark.parametrize("name", BINARY)
def test_arithmetic(name):
    with np.errstate(all="ignore"):
        close(computed(binary(name), PICKED, OTHER), BINARY[name](PICKED, OTHER))


@pytest.mark.parametrize("kind", [operator.add, operator.sub, operator.mul, operator.truediv])
def test_operators(kind):
    @cuda.jit
    def apart(out, a, b):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = kind(a[i], b[i])

    with np.errstate(all="ignore"):
        close(computed(apart, PICKED, OTHER), kind(PICKED, OTHER))


def test_operators_in_place_and_mixed():
    @cuda.jit
    def kernel(out, a, whole, wide, x):
        i = cuda.grid(1)
        if i < out.shape[0]:
            a[i] += x
            a[i] *= a[i]
            out[i] = a[i] * whole[i] + wide[i]

    a, whole, wide = np.linspace(-2, 2, 9).astype(np.float16), np.arange(9, dtype=np.int8), np.linspace(0, 1, 9)
    out, mine = np.zeros(9), a.copy()
    kernel[1, 9](out, mine, whole, wide, np.float16(0.1))
    a += np.float16(0.1)
    a *= a
    np.testing.assert_array_equal(mine, a)
    np.testing.assert_array_equal(out, (a * whole).astype(np.float64) + wide)


COMPARED = {"heq": operator.eq, "hne": operator.ne, "hge": operator.ge, "hgt": operator.gt, "hle": operator.le, "hlt": operator.lt}


@pytest.mark.parametrize("name", COMPARED)
def test_comparisons(name):
    kind = COMPARED[name]

    @cuda.jit
    def apart(out, a, b):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = kind(a[i], b[i])

    for a, b in ((PICKED, OTHER), (PICKED, PICKED)):
        np.testing.assert_array_equal(computed(binary(name), a, b, dtype=np.bool_), kind(a, b))
        np.testing.assert_array_equal(computed(apart, a, b, dtype=np.bool_), kind(a, b))
    whole = RNG.integers(-100, 100, PICKED.size).astype(np.int8)
    np.testing.assert_array_equal(computed(apart, PICKED, whole, dtype=np.bool_), kind(PICKED, whole))


def test_one_rounding_of_products_and_sums():
    @cuda.jit
    def kernel(out, a, b, c):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = cuda.fp16.hfma(a[i], b[i], c[i])

    # Exact in 113 bits, and in float64 wherever a result is no infinity.
    a, b, c = (x.astype(np.longdouble) for x in (PICKED, OTHER, THIRD))
    with np.errstate(all="ignore"):
        close(computed(kernel, PICKED, OTHER, THIRD), (a * b + c).astype(np.float64).astype(np.float16))
    # Where float32 would round to the middle first.
    near = np.array([1 + 2.0**-10] * 3, np.float16), np.array([1 + 2.0**-10] * 3, np.float16), np.array([2.0**-24, -(2.0**-24), 2.0**-11], np.float16)
    close(computed(kernel, *near), np.prod([x.astype(np.float64) for x in near[:2]], axis=0).__add__(near[2].astype(np.float64)).astype(np.float16))


UNARY = {
    "hneg": (np.negative, 0), "habs": (np.abs, 0), "hfloor": (np.floor, 0), "hceil": (np.ceil, 0), "htrunc": (np.trunc, 0), "hrint": (np.rint, 0), "hsqrt": (np.sqrt, 0),
    "hrcp": (np.reciprocal, 0), "hsin": (np.sin, 1), "hcos": (np.cos, 1), "hlog": (np.log, 1), "hlog2": (np.log2, 1), "hlog10": (np.log10, 1), "hexp": (np.exp, 1), "hexp2": (np.exp2, 1),
    "hexp10": (lambda x: np.power(10.0, x.astype(np.float64)).astype(np.float16), 1), "hrsqrt": (lambda x: (1 / np.sqrt(x.astype(np.float64))).astype(np.float16), 1),
}


@pytest.mark.parametrize("name", UNARY)
def test_functions(name):
    function, apart = UNARY[name]
    with np.errstate(all="ignore"):
        close(computed(unary(name), PICKED), function(PICKED), apart)


@pytest.mark.parametrize("name", ["hmax", "hmin"])
def test_extremes(name):
    a, b = PICKED[~np.isnan(PICKED) & ~np.isnan(OTHER)], OTHER[~np.isnan(PICKED) & ~np.isnan(OTHER)]
    expected = np.maximum(a, b) if name == "hmax" else np.minimum(a, b)
    close(computed(binary(name), a, b) + np.float16(0), expected + np.float16(0))


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "log", "log2", "log10", "sqrt", "fabs", "tanh", "atan2", "pow"])
def test_functions_of_math(name):
    function = getattr(math, name)

    def one(out, a):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = function(a[i])

    def two(out, a):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = function(a[i], a[i])

    x = np.linspace(0.1, 5, 100).astype(np.float16)
    pair = name in ("atan2", "pow")
    theirs = {"atan2": np.arctan2, "pow": np.power}.get(name) or getattr(np, name)
    close(computed(two if pair else one, x), theirs(x, x) if pair else theirs(x), apart=1)


def test_literals_become_float16():
    @cuda.jit
    def kernel(out, a):
        out[0] = cuda.fp16.hmul(a[0], 2)
        out[1] = cuda.fp16.hmul(np.float16(a[0]), 2.5)
        out[2] = np.float16(a[0]) * np.float16(0.5)

    out, a = np.zeros(3, np.float16), np.array([321], np.float16)
    kernel[1, 1](out, a)
    np.testing.assert_array_equal(out, a[0] * np.array([2, 2.5, 0.5], np.float16))


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint64, np.float32, np.float64])
def test_conversions(dtype):
    @cuda.jit
    def kernel(back, out, a, half):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = a[i]
            back[i] = half[i]

    wide = (np.arange(101) * (1 if np.dtype(dtype).itemsize == 1 else 907)).astype(dtype) if np.dtype(dtype).kind in "iu" else (RNG.normal(size=101) * 10.0 ** RNG.integers(-8, 6, 101)).astype(dtype)
    half = np.linspace(0, 100, 101).astype(np.float16)
    back, out = np.zeros(101, dtype), np.zeros(101, np.float16)
    kernel[2, 64](back, out, wide, half)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(out, wide.astype(np.float16))
    np.testing.assert_array_equal(back, half.astype(dtype))


def test_float64_is_rounded_once():
    @cuda.jit
    def kernel(out, a):
        i = cuda.grid(1)
        if i < out.shape[0]:
            out[i] = a[i]

    a = np.nextafter(1 + 2.0**-11 + np.arange(64) * 2.0**-10, np.array([0, 4] * 32))
    np.testing.assert_array_equal(computed(kernel, a), a.astype(np.float16))


def test_memory():
    @cuda.jit
    def kernel(out, a, x):
        shared = cuda.shared.array(32, types.float16)
        own = cuda.local.array(2, float16)
        i = cuda.threadIdx.x
        shared[i] = a[i] * x
        cuda.syncthreads()
        own[0] = shared[31 - i]
        own[1] = own[0] + a[i]
        out[i] = own[1]

    a = np.linspace(0, 1, 32).astype(np.float16)
    out = np.zeros(32, np.float16)
    kernel[1, 32](out, a, np.float16(3))
    np.testing.assert_array_equal(out, (a * np.float16(3))[::-1] + a)
    copied = cuda.to_device(a)
    assert copied.dtype == np.float16 and np.array_equal(copied[::2].copy_to_host(), a[::2])


def test_what_kernels_refuse():
    @cuda.jit
    def kernel(a):
        cuda.atomic.add(a, 0, a[0])

    with pytest.raises(TypingError, match="float32 or float64, not of float16"):
        kernel[1, 1](np.zeros(1, np.float16))


def test_ptx():
    def arithmetic(out, a, b):
        out[0] = a + b
        out[1] = a - b
        out[2] = a * b
        out[3] = -a
        out[4] = abs(b)
        out[5] = cuda.fp16.hfma(a, b, a)

    ptx, _ = cuda.compile_ptx(arithmetic, (types.f2[:], types.f2, types.f2), cc=(7, 0))
    for instruction in ("add.rn.f16", "sub.rn.f16", "mul.rn.f16", "neg.f16", "abs.f16", "fma.rn.f16"):
        assert instruction in ptx or instruction.replace(".rn", "") in ptx, instruction
    assert "cvt." not in ptx

    def rounded(out, a):
        out[0] = a

    assert "cvt.rn.f16.f64" in cuda.compile_ptx(rounded, (types.f2[:], types.f8), cc=(7, 0))[0]
    assert "cvt.f32.f16" in cuda.compile_ptx(rounded, (types.f4[:], types.f2), cc=(7, 0))[0]


def test_support_is_told():
    assert cuda.is_float16_supported() and (TARGET != "cuda" or cuda.get_current_device().supports_float16)
