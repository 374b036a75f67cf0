"""Functions of the runtime, of integers and floats, for kernels: `numbers.mlir` is made of them.

Those with types are compiled for these. The algorithms are those of the CPU's runtime; as in C nothing is raised: what has no value is NaN or an infinity.
"""

import math

import numpy as np


def zouk_mod_f64(a: "f8", b: "f8"):
    rest = math.fmod(a, b)
    if rest == 0.0:
        return math.copysign(0.0, b)
    if (rest < 0.0) != (b < 0.0):
        return rest + b
    return rest


def zouk_mod_f32(a: "f4", b: "f4"):
    rest = math.fmod(a, b)
    if rest == np.float32(0.0):
        return math.copysign(np.float32(0.0), b)
    if (rest < np.float32(0.0)) != (b < np.float32(0.0)):
        return rest + b
    return rest


def zouk_floordiv_f64(a: "f8", b: "f8"):
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


def zouk_floordiv_f32(a: "f4", b: "f4"):
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


def zouk_pow_u64(base: "u8", exp: "u8"):
    power = np.uint64(1)
    while exp != np.uint64(0):
        if exp & np.uint64(1) == np.uint64(1):
            power = power * base
        base = base * base
        exp = exp >> np.uint64(1)
    return power


def zouk_pow_i64(base: "i8", exp: "i8"):
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


def zouk_gcd_i64(a: "i8", b: "i8"):
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


def zouk_pow_mod(base: "i8", exp: "i8", modulus: "i8"):
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


def zouk_round_i64(x: "i8", ndigits: "i8"):
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


def zouk_round_half_even(x: "f8", ndigits: "i8"):
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
