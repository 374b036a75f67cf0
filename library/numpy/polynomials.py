"""Polynomials as arrays of coefficients, the one of the highest power first."""


def polyval(p, x):
    p = _coefficients(p)
    dtype = compiler.result_type(p, _array(x))
    if compiler.is_bool(dtype):
        compiler.type_error("polyval() of bools is not supported")
    if compiler.is_scalar(x):
        return _horner(p, dtype(x), dtype)
    x = _array(x)
    out = np.empty(x.shape, dtype)
    _horner_all(p, x, out, dtype)
    return out


def _coefficients(p):
    p = _at_least(_array(p), 1)
    if p.ndim > 1:
        compiler.type_error("the coefficients of a polynomial are an array with one axis")
    return p


def _horner(p, x, dtype):
    value = dtype(0)
    for coefficient in p:
        value = dtype(dtype(value * x) + dtype(coefficient))
    return value


def _horner_all(p, x, out, dtype):
    if x.ndim == 0:
        out[()] = _horner(p, dtype(x[()]), dtype)
    else:
        for i in range(x.shape[0]):
            if x.ndim == 1:
                out[i] = _horner(p, dtype(x[i]), dtype)
            else:
                _horner_all(p, x[i], out[i], dtype)


def polyadd(a1, a2):
    return _aligned_sum(_coefficients(a1), _coefficients(a2), False)


def polysub(a1, a2):
    return _aligned_sum(_coefficients(a1), _coefficients(a2), True)


def _aligned_sum(a, b, minus: literal):
    dtype = compiler.result_type(a, b)
    if minus and compiler.is_bool(dtype):
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
    length = max(a.shape[0], b.shape[0])
    out = np.zeros(length, dtype)
    out[length - a.shape[0] :] = a
    tail = out[length - b.shape[0] :]
    if minus:
        tail -= b
    else:
        tail += b
    return out


def polymul(a1, a2):
    return np.convolve(_without_leading_zeros(_coefficients(a1)), _without_leading_zeros(_coefficients(a2)))


def _without_leading_zeros(p):
    """The coefficients from the first one that is not zero; one zero where there is none."""
    first = 0
    while first < p.shape[0] and p[first] == 0:
        first += 1
    return p[first:].copy() if first < p.shape[0] else np.zeros(1, compiler.result_type(p))


def polyder(p, m: literal = 1):
    if m < 0:
        raise ValueError("Order of derivative must be positive (see polyint)")
    p = _array(p)
    if p.ndim != 1:
        compiler.type_error("the coefficients of a polynomial are an array with one axis")
    if m == 0:
        return p
    count = max(p.shape[0] - 1, 0)
    out = np.empty(count, compiler.result_type(p, np.int64))
    for i in range(count):
        out[i] = p[i] * (count - i)
    return out if m == 1 else polyder(out, m - 1)


def polyint(p, m: literal = 1, k=None):
    if m < 0:
        raise ValueError("Order of integral must be positive (see polyder)")
    p = _array(p)
    if p.ndim != 1:
        compiler.type_error("the coefficients of a polynomial are an array with one axis")
    if m == 0:
        return p
    constants = np.zeros(m) if k is None else _at_least(_array(k), 1)
    if constants.shape[0] < m and constants.shape[0] != 1:
        raise ValueError("k must be a scalar or a rank-1 array of length 1 or >m.")
    return _integral(p, m, constants, 0)


def _integral(p, m: literal, constants, place: literal):
    dtype = compiler.result_type(compiler.inexact_type(p, np.int64), constants)
    count = p.shape[0]
    out = np.empty(count + 1, dtype)
    for i in range(count):
        out[i] = p[i] / (count - i)
    out[count] = constants[0 if constants.shape[0] == 1 else place]
    return out if m == 1 else _integral(out, m - 1, constants, place + 1)


def polydiv(u, v):
    u = _coefficients(u)
    v = _coefficients(v)
    dtype = compiler.inexact_type(u, v)
    m = u.shape[0] - 1
    n = v.shape[0] - 1
    if m < 0 or n < 0:
        raise IndexError("index 0 is out of bounds for axis 0 with size 0")
    remainder = np.empty(m + 1, dtype)
    remainder[...] = u
    divisor = np.empty(n + 1, dtype)
    divisor[...] = v
    scale = dtype(1) / divisor[0]
    quotient = np.zeros(max(m - n + 1, 1), dtype)
    for i in range(m - n + 1):
        factor = dtype(scale * remainder[i])
        quotient[i] = factor
        for j in range(n + 1):
            remainder[i + j] -= factor * divisor[j]
    first = 0
    while first < m and allclose(remainder[first], 0, 1e-14):
        first += 1
    return quotient, remainder[first:]
