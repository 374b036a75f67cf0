"""Functions of the runtime and of C's complex numbers, for kernels: `functions.mlir` is made of them.

Each says what it is compiled for. Complex numbers come and go as their parts. The algorithms are those of CPython's `cmath` and of the CPU's runtime; as in C nothing is raised:
what has no value is NaN or an infinity.
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

SIGNATURES = {}


def entry(signature):
    def note(function):
        SIGNATURES[function.__name__] = signature
        return function

    return note


@entry("(f8, f8)")
def zouk_mod_f64(a, b):
    rest = math.fmod(a, b)
    if rest == 0.0:
        return math.copysign(0.0, b)
    if (rest < 0.0) != (b < 0.0):
        return rest + b
    return rest


@entry("(f4, f4)")
def zouk_mod_f32(a, b):
    rest = math.fmod(a, b)
    if rest == np.float32(0.0):
        return math.copysign(np.float32(0.0), b)
    if (rest < np.float32(0.0)) != (b < np.float32(0.0)):
        return rest + b
    return rest


@entry("(f8, f8)")
def zouk_floordiv_f64(a, b):
    if b == 0.0:
        return a / b
    rest = math.fmod(a, b)
    quotient = (a - rest) / b
    if rest != 0.0 and (rest < 0.0) != (b < 0.0):
        quotient -= 1.0
    if quotient == 0.0:
        return math.copysign(0.0, a / b)
    floor = np.floor(quotient)
    if quotient - floor > 0.5:
        floor += 1.0
    return floor


@entry("(f4, f4)")
def zouk_floordiv_f32(a, b):
    if b == np.float32(0.0):
        return a / b
    rest = math.fmod(a, b)
    quotient = (a - rest) / b
    if rest != np.float32(0.0) and (rest < np.float32(0.0)) != (b < np.float32(0.0)):
        quotient -= np.float32(1.0)
    if quotient == np.float32(0.0):
        return math.copysign(np.float32(0.0), a / b)
    floor = np.floor(quotient)
    if quotient - floor > np.float32(0.5):
        floor += np.float32(1.0)
    return floor


@entry("(u8, u8)")
def zouk_pow_u64(base, exp):
    power = np.uint64(1)
    while exp != np.uint64(0):
        if exp & np.uint64(1) == np.uint64(1):
            power = power * base
        base = base * base
        exp = exp >> np.uint64(1)
    return power


@entry("(i8, i8)")
def zouk_pow_i64(base, exp):
    if exp < 0:
        if base == 1:
            return 1
        if base == -1:
            return 1 - 2 * (exp & 1)
        return 0
    power = 1
    while exp != 0:
        if exp & 1 == 1:
            power = power * base
        base = base * base
        exp = exp >> 1
    return power


@entry("(i8, i8)")
def zouk_gcd_i64(a, b):
    x = np.uint64(abs(a))
    y = np.uint64(abs(b))
    while y != np.uint64(0):
        rest = x % y
        x = y
        y = rest
    return np.int64(x)


def add_mod(a, b, size):
    if b == np.uint64(0):
        return a
    room = size - b
    return a - room if a >= room else a + b


def mul_mod(a, b, size):
    """a * b modulo size, by doubling: 64 bits hold all of it."""
    result = np.uint64(0)
    while b != np.uint64(0):
        if b & np.uint64(1) == np.uint64(1):
            result = add_mod(result, a, size)
        a = add_mod(a, a, size)
        b = b >> np.uint64(1)
    return result


def inverse_mod(residue, size):
    """x with x * residue = 1 modulo size, or size where there is none."""
    a = size
    b = residue
    x = np.uint64(0)
    y = np.uint64(1) % size
    while b != np.uint64(0):
        quotient = a // b
        rest = a - quotient * b
        a = b
        b = rest
        product = mul_mod(quotient % size, y, size)
        following = x - product if x >= product else x + (size - product)
        x = y
        y = following
    return x if a == np.uint64(1) else size


@entry("(i8, i8, i8)")
def zouk_pow_mod(base, exp, modulus):
    if modulus == 0:
        return 0
    size = np.uint64(abs(modulus))
    square = np.uint64(abs(base)) % size
    if base < 0 and square != np.uint64(0):
        square = size - square
    count = np.uint64(abs(exp))
    if exp < 0:
        square = inverse_mod(square, size)
        if square == size:
            return 0
    power = np.uint64(1) % size
    while count != np.uint64(0):
        if count & np.uint64(1) == np.uint64(1):
            power = mul_mod(power, square, size)
        square = mul_mod(square, square, size)
        count = count >> np.uint64(1)
    if modulus < 0 and power != np.uint64(0):
        return np.int64(power - size)
    return np.int64(power)


@entry("(i8, i8)")
def zouk_round_i64(x, ndigits):
    if ndigits >= 0:
        return x
    if ndigits < -19:
        return 0
    size = np.uint64(abs(x))
    unit = np.uint64(1)
    for _ in range(-ndigits):
        unit = unit * np.uint64(10)
    quotient = size // unit
    rest = size - quotient * unit
    room = unit - rest
    if rest > room or (rest == room and quotient & np.uint64(1) == np.uint64(1)):
        quotient = quotient + np.uint64(1)
    rounded = np.int64(quotient * unit)
    return -rounded if x < 0 else rounded


@entry("(f8, i8)")
def zouk_round_half_even(x, ndigits):
    """As CPython without its conversions between binary and decimal, and Numba: two roundings, which may differ from the decimal value's in the last place."""
    if math.isinf(x) or math.isnan(x) or x == 0.0 or ndigits > 323:
        return x
    if ndigits < -308:
        return math.copysign(0.0, x)
    second = 1.0
    if ndigits >= 0:
        if ndigits > 22:
            first = math.pow(10.0, float(ndigits - 22))
            second = 1e22
        else:
            first = math.pow(10.0, float(ndigits))
        y = (x * first) * second
        if math.isinf(y):
            return x
    else:
        first = math.pow(10.0, float(-ndigits))
        y = x / first
    z = np.rint(y)
    if ndigits >= 0:
        z = (z / second) / first
    else:
        z = z * first
    return z


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


@entry("(f8, f8)")
def csqrt(re, im):
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


@entry("(f8, f8)")
def cexp(re, im):
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


@entry("(f8, f8)")
def clog(re, im):
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


@entry("(f8, f8)")
def ccosh(re, im):
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


@entry("(f8, f8)")
def csinh(re, im):
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


@entry("(f8, f8)")
def ctanh(re, im):
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


@entry("(f8, f8)")
def ccos(re, im):
    return ccosh(-im, re)


@entry("(f8, f8)")
def csin(re, im):
    x, y = csinh(-im, re)
    return y, -x


@entry("(f8, f8)")
def ctan(re, im):
    x, y = ctanh(-im, re)
    return y, -x


@entry("(f8, f8)")
def cacos(re, im):
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


@entry("(f8, f8)")
def cacosh(re, im):
    if math.isnan(re) or math.isnan(im):
        if math.isinf(re) or math.isinf(im):
            return INF, NAN
        return NAN, (math.copysign(HALF_PI, im) if re == 0.0 else NAN)
    if abs(re) > LARGE or abs(im) > LARGE:
        return math.log(math.hypot(re / 2.0, im / 2.0)) + LN2 * 2.0, math.atan2(im, re)
    ax, ay = csqrt(re - 1.0, im)
    bx, by = csqrt(re + 1.0, im)
    return math.asinh(ax * bx + ay * by), 2.0 * math.atan2(ay, bx)


@entry("(f8, f8)")
def casinh(re, im):
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


@entry("(f8, f8)")
def casin(re, im):
    x, y = casinh(-im, re)
    return y, -x


@entry("(f8, f8)")
def catanh(re, im):
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


@entry("(f8, f8)")
def catan(re, im):
    x, y = catanh(-im, re)
    return y, -x


@entry("(f8, f8, f8, f8)")
def zouk_pow_c128(a, b, c, d):
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
