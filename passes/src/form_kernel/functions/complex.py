"""Functions of C's complex numbers, for kernels: `complex.mlir` is made of them.

Those with types are compiled for these. Complex numbers come and go as their parts. The algorithms are those of CPython's `cmath` and of the CPU's runtime; as in C
nothing is raised: what has no value is NaN or an infinity.
"""

import math

import numpy as np

TINY = 2.2250738585072014e-308
LARGE = 1.7976931348623157e308 / 4.0
ROOT_LARGE = 6.703903964971298e153
LN2 = 0.6931471805599453
LOG_LARGE = 709.782712893384
HALF_PI = 1.5707963267948966
INF = math.inf
NAN = math.nan


def times(a, b, c, d):
    return a * c - b * d, a * d + b * c


def over(a, b, c, d):
    """By the larger part of the divisor."""
    if abs(c) >= abs(d):
        if c == 0.0 and d == 0.0:
            return a / abs(c), b / abs(c)
        ratio = d / c
        scale = 1.0 / (c + d * ratio)
        return (a + b * ratio) * scale, (b - a * ratio) * scale
    ratio = c / d
    scale = 1.0 / (d + c * ratio)
    return (a * ratio + b) * scale, (b * ratio - a) * scale


def csqrt(re: "f8", im: "f8"):
    if math.isinf(im):
        return INF, im
    if math.isnan(re):
        return re, NAN
    if math.isinf(re):
        if re > 0.0:
            return re, (im if math.isnan(im) else math.copysign(0.0, im))
        return (im if math.isnan(im) else 0.0), math.copysign(INF, im)
    if math.isnan(im):
        return im, im
    if re == 0.0 and im == 0.0:
        return 0.0, im
    ax, ay = abs(re), abs(im)
    if ax < TINY and ay < TINY:
        ax = ax * 9007199254740992.0
        s = math.sqrt(ax + math.hypot(ax, ay * 9007199254740992.0)) * 7.450580596923828e-09
    else:
        ax = ax / 8.0
        s = 2.0 * math.sqrt(ax + math.hypot(ax, ay / 8.0))
    d = ay / (2.0 * s)
    if re >= 0.0:
        return s, math.copysign(d, im)
    return d, math.copysign(s, im)


def cexp(re: "f8", im: "f8"):
    if im == 0.0:
        return math.exp(re), im
    if math.isinf(re):
        if re < 0.0:
            if math.isinf(im) or math.isnan(im):
                return 0.0, math.copysign(0.0, im)
            return 0.0 * math.cos(im), 0.0 * math.sin(im)
        if math.isinf(im) or math.isnan(im):
            return INF, NAN
        return math.copysign(INF, math.cos(im)), math.copysign(INF, math.sin(im))
    if math.isinf(im) or math.isnan(im) or math.isnan(re):
        return NAN, NAN
    if re > LOG_LARGE - LN2:
        size = math.exp(re - 1.0)
        return size * math.cos(im) * math.e, size * math.sin(im) * math.e
    size = math.exp(re)
    return size * math.cos(im), size * math.sin(im)


def clog(re: "f8", im: "f8"):
    ax, ay = abs(re), abs(im)
    angle = math.atan2(im, re)
    if math.isinf(re) or math.isinf(im):
        return INF, angle
    if math.isnan(re) or math.isnan(im):
        return NAN, NAN
    if ax > LARGE or ay > LARGE:
        return math.log(math.hypot(ax / 2.0, ay / 2.0)) + LN2, angle
    if ax < TINY and ay < TINY:
        if ax == 0.0 and ay == 0.0:
            return -INF, angle
        return math.log(math.hypot(ax * 9007199254740992.0, ay * 9007199254740992.0)) - 53.0 * LN2, angle
    h = math.hypot(ax, ay)
    if 0.71 <= h and h <= 1.73:
        larger, smaller = max(ax, ay), min(ax, ay)
        return math.log1p((larger - 1.0) * (larger + 1.0) + smaller * smaller) / 2.0, angle
    return math.log(h), angle


def ccosh(re: "f8", im: "f8"):
    if math.isinf(re) or math.isnan(re) or math.isinf(im) or math.isnan(im):
        if math.isinf(re):
            if math.isinf(im) or math.isnan(im):
                return INF, NAN
            if im == 0.0:
                return INF, math.copysign(0.0, im) * math.copysign(1.0, re)
            return math.copysign(INF, math.cos(im)), math.copysign(INF, math.sin(im)) * math.copysign(1.0, re)
        if re == 0.0 and not math.isnan(re):
            return NAN, 0.0
        if math.isnan(re) and im == 0.0:
            return re, im
        return NAN, NAN
    if abs(re) > LOG_LARGE - LN2:
        less = re - math.copysign(1.0, re)
        return math.cos(im) * math.cosh(less) * math.e, math.sin(im) * math.sinh(less) * math.e
    return math.cos(im) * math.cosh(re), math.sin(im) * math.sinh(re)


def csinh(re: "f8", im: "f8"):
    if math.isinf(re) or math.isnan(re) or math.isinf(im) or math.isnan(im):
        if math.isinf(re):
            if math.isinf(im) or math.isnan(im):
                return re, NAN
            if im == 0.0:
                return re, im
            return math.copysign(INF, math.cos(im)) * math.copysign(1.0, re), math.copysign(INF, math.sin(im))
        if re == 0.0:
            return re, NAN
        if math.isnan(re) and im == 0.0:
            return re, im
        return NAN, NAN
    if abs(re) > LOG_LARGE - LN2:
        less = re - math.copysign(1.0, re)
        return math.cos(im) * math.sinh(less) * math.e, math.sin(im) * math.cosh(less) * math.e
    return math.cos(im) * math.sinh(re), math.sin(im) * math.cosh(re)


def ctanh(re: "f8", im: "f8"):
    if math.isinf(re) or math.isnan(re) or math.isinf(im) or math.isnan(im):
        if math.isinf(re):
            if math.isinf(im) or math.isnan(im):
                return math.copysign(1.0, re), 0.0
            return math.copysign(1.0, re), math.copysign(0.0, 2.0 * math.sin(im) * math.cos(im))
        if im == 0.0:
            return re, im
        if re == 0.0:
            return re, NAN
        return NAN, NAN
    if abs(re) > LOG_LARGE:
        return math.copysign(1.0, re), 4.0 * math.sin(im) * math.cos(im) * math.exp(-2.0 * abs(re))
    tx = math.tanh(re)
    ty = math.tan(im)
    cx = 1.0 / math.cosh(re)
    txty = tx * ty
    denominator = 1.0 + txty * txty
    return tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx


def ccos(re: "f8", im: "f8"):
    return ccosh(-im, re)


def csin(re: "f8", im: "f8"):
    x, y = csinh(-im, re)
    return y, -x


def ctan(re: "f8", im: "f8"):
    x, y = ctanh(-im, re)
    return y, -x


def cacos(re: "f8", im: "f8"):
    if math.isnan(re) or math.isnan(im):
        if math.isinf(re):
            return NAN, -math.copysign(INF, im)
        if math.isinf(im):
            return NAN, -im
        if re == 0.0:
            return HALF_PI, NAN
        return NAN, NAN
    if abs(re) > LARGE or abs(im) > LARGE:
        x = math.atan2(abs(im), re)
        return x, -math.copysign(math.log(math.hypot(re / 2.0, im / 2.0)) + LN2 * 2.0, im)
    ax, ay = csqrt(1.0 - re, -im)
    bx, by = csqrt(1.0 + re, im)
    return 2.0 * math.atan2(ax, bx), math.asinh(bx * ay - by * ax)


def cacosh(re: "f8", im: "f8"):
    if math.isnan(re) or math.isnan(im):
        if math.isinf(re) or math.isinf(im):
            return INF, NAN
        return NAN, (math.copysign(HALF_PI, im) if re == 0.0 else NAN)
    if abs(re) > LARGE or abs(im) > LARGE:
        return math.log(math.hypot(re / 2.0, im / 2.0)) + LN2 * 2.0, math.atan2(im, re)
    ax, ay = csqrt(re - 1.0, im)
    bx, by = csqrt(re + 1.0, im)
    return math.asinh(ax * bx + ay * by), 2.0 * math.atan2(ay, bx)


def casinh(re: "f8", im: "f8"):
    if math.isnan(re) or math.isnan(im):
        if math.isinf(re):
            return re, NAN
        if math.isinf(im):
            return math.copysign(INF, re), NAN
        if im == 0.0:
            return re, im
        return NAN, NAN
    if abs(re) > LARGE or abs(im) > LARGE:
        size = math.log(math.hypot(re / 2.0, im / 2.0)) + LN2 * 2.0
        return math.copysign(size, re), math.atan2(im, abs(re))
    ax, ay = csqrt(1.0 + im, -re)
    bx, by = csqrt(1.0 - im, re)
    return math.asinh(ax * by - bx * ay), math.atan2(im, ax * bx - ay * by)


def casin(re: "f8", im: "f8"):
    x, y = casinh(-im, re)
    return y, -x


def catanh(re: "f8", im: "f8"):
    if math.isnan(re) or math.isnan(im):
        if math.isinf(re):
            return math.copysign(0.0, re), NAN
        if math.isinf(im):
            return math.copysign(0.0, re), math.copysign(HALF_PI, im)
        if re == 0.0:
            return re, NAN
        return NAN, NAN
    if math.isinf(re) or math.isinf(im):
        return math.copysign(0.0, re), math.copysign(HALF_PI, im)
    sign = math.copysign(1.0, re)
    x, y = abs(re), sign * im
    ay = abs(y)
    if x > ROOT_LARGE or ay > ROOT_LARGE:
        h = math.hypot(x / 2.0, y / 2.0)
        return sign * (x / 4.0 / h / h), sign * math.copysign(HALF_PI, y)
    if x == 1.0 and ay < 1.4916681462400413e-154:
        if ay == 0.0:
            return sign * INF, sign * y
        return sign * -math.log(math.sqrt(ay) / math.sqrt(math.hypot(ay, 2.0))), sign * math.copysign(math.atan2(2.0, -ay) / 2.0, y)
    real = math.log1p(4.0 * x / ((1.0 - x) * (1.0 - x) + ay * ay)) / 4.0
    imaginary = -math.atan2(-2.0 * y, (1.0 - x) * (1.0 + x) - ay * ay) / 2.0
    return sign * real, sign * imaginary


def catan(re: "f8", im: "f8"):
    x, y = catanh(-im, re)
    return y, -x


def zouk_pow_c128(a: "f8", b: "f8", c: "f8", d: "f8"):
    if c == 0.0 and d == 0.0:
        return 1.0, 0.0
    if a == 0.0 and b == 0.0:
        part = 0.0 if c > 0.0 else NAN
        return part, part
    if d == 0.0 and np.floor(c) == c and abs(c) < 100.0:
        n = int(abs(c))
        if c == 1.0:
            return a, b
        x, y = 1.0, 0.0
        p, q = a, b
        while n != 0:
            if n & 1 == 1:
                x, y = times(x, y, p, q)
            n = n >> 1
            p, q = times(p, q, p, q)
        if c < 0.0:
            return over(1.0, 0.0, x, y)
        return x, y
    length, angle = clog(a, b)
    u, v = times(length, angle, c, d)
    return cexp(u, v)
