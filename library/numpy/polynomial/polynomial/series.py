"""Polynomials as arrays of coefficients, the one of the lowest power first."""


def polyadd(c1, c2):
    return _series_sum(c1, c2, False)


def polysub(c1, c2):
    return _series_sum(c1, c2, True)


def _series_sum(c1, c2, minus: literal):
    dtype = _series_type((c1, c2))
    a = _series(c1, dtype, True)
    b = _series(c2, dtype, True)
    out = np.zeros(max(a.shape[0], b.shape[0]), dtype)
    out[: a.shape[0]] = a
    for i in range(b.shape[0]):
        if minus:
            out[i] -= b[i]
        else:
            out[i] += b[i]
    return _without_last_zeros(out)


def polymul(c1, c2):
    dtype = _series_type((c1, c2))
    return _without_last_zeros(np.convolve(_series(c1, dtype, True), _series(c2, dtype, True)))


def polymulx(c):
    c = _series(c, _series_type((c,)), True)
    if c.shape[0] == 1 and c[0] == 0:
        return c
    out = np.zeros(c.shape[0] + 1, compiler.result_type(c))
    out[1:] = c
    return out


def polydiv(c1, c2):
    dtype = _series_type((c1, c2))
    a = _series(c1, dtype, True)
    b = _series(c2, dtype, True)
    n = a.shape[0]
    m = b.shape[0]
    scale = b[m - 1]
    if scale == 0:
        raise ZeroDivisionError()
    if n < m:
        return np.zeros(1, dtype), a
    if m > 1:
        b /= scale
    for i in range(n - m, -1, -1):
        factor = a[i + m - 1]
        for j in range(m - 1):
            a[i + j] -= b[j] * factor
    quotient = a[m - 1 :] / scale
    if m == 1:
        return quotient, np.zeros(1, dtype)
    return quotient, _without_last_zeros(a[: m - 1])


def polypow(c, pow, maxpower=None):
    c = _series(c, compiler.inexact_type(c), True)
    if not compiler.is_integer(pow) or pow < 0:
        raise ValueError("Power must be a non-negative integer.")
    if maxpower is not None:
        if pow > maxpower:
            raise ValueError("Power is too large")
    out = np.ones(1, compiler.result_type(c))
    for _ in range(pow):
        out = np.convolve(out, c)
    return out


def polyval(x, c, tensor: literal = True):
    c = _inexact_copy(c)
    if compiler.is_scalar(x):
        return _value(_horner_series(x, c))
    x = _array(x)
    if c.ndim == 1:
        return _value(_horner_of_each(_flat(x), c, x.shape, compiler.result_type(x, c)))
    if tensor:
        c = compiler.reshaped(c, c.shape + (1,) * x.ndim)
    return _horner_series(x, c)


def _horner_of_each(x, c, shape, dtype):
    if c.shape[0] == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    out = np.empty(x.shape[0], dtype)
    for i in range(x.shape[0]):
        value = dtype(c[-1] + dtype(x[i] * 0))
        for j in range(c.shape[0] - 2, -1, -1):
            value = dtype(c[j] + dtype(value * x[i]))
        out[i] = value
    return compiler.reshaped(out, shape)


def _inexact_copy(c):
    c = _at_least(_array(c), 1)
    out = np.empty(c.shape, compiler.inexact_type(c))
    out[...] = c
    return out


def _horner_series(x, c):
    last = c.shape[0] - 1
    if last < 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    value = _array(c[last] + x * 0)
    for i in range(last):
        value *= x
        value += c[last - 1 - i]
    return value


def polyint(c, m=1, k=(), lbnd=0, scl=1, axis: literal = 0):
    c = _inexact_copy(c)
    if m < 0:
        raise ValueError("The order of integration must be non-negative")
    constants = _at_least(_array(k), 1)
    if constants.shape[0] > m:
        raise ValueError("Too many integration constants")
    place = _axis(axis, c.ndim)
    out = _axis_first(c, place).copy()
    for i in range(m):
        n = out.shape[0]
        if n == 0:
            raise IndexError("index 0 is out of bounds for axis 0 with size 0")
        out *= scl
        constant = constants[i] if i < constants.shape[0] else 0.0
        if n == 1 and np.all(out[0] == 0):
            out[0, ...] += constant
        else:
            longer = np.zeros((n + 1,) + out.shape[1:], compiler.result_type(out))
            for j in range(n):
                longer[j + 1, ...] = out[j] / (j + 1)
            longer[0, ...] += constant - _horner_series(lbnd, longer)
            out = longer
    return _with_axis_at(out, place)


def polyder(c, m=1, scl=1, axis: literal = 0):
    c = _inexact_copy(c)
    if m < 0:
        raise ValueError("The order of derivation must be non-negative")
    place = _axis(axis, c.ndim)
    out = _axis_first(c, place).copy()
    if m >= out.shape[0]:
        out = out[:1] * 0
    else:
        for _ in range(m):
            n = out.shape[0] - 1
            out *= scl
            shorter = np.empty((n,) + out.shape[1:], compiler.result_type(out))
            for j in range(n):
                shorter[j, ...] = out[j + 1] * (j + 1)
            out = shorter
    return _with_axis_at(out, place)


def polyfromroots(roots):
    if _array(roots).size == 0:
        return np.ones(1, compiler.result_type(compiler.inexact_type(roots), np.float64))
    # The factors are made of roots and ones, which are float64.
    r = np.sort(_series(roots, compiler.result_type(_series_type((roots,)), np.float64), False))
    out = np.ones(1, compiler.result_type(r))
    for root in r:
        longer = np.zeros(out.shape[0] + 1, compiler.result_type(r))
        longer[1:] = out
        longer[:-1] -= out * root
        out = longer
    return out


def polyroots(c):
    """Always complex, as those of eigvals()."""
    c = _series(c, compiler.inexact_type(c), True)
    if c.shape[0] == 2:
        only = np.empty(1, compiler.result_type(np.complex64, c))
        only[0] = -c[0] / c[1]
        return only
    return np.sort(_companion_roots(c[::-1]))


def polyline(off, scl):
    dtype = compiler.result_type(_array(off), _array(scl))
    out = np.empty(2 if scl != 0 else 1, dtype)
    out[0] = off
    if scl != 0:
        out[1] = scl
    return out


def polyvander(x, deg):
    x = _inexact_copy(x)
    if deg < 0:
        raise ValueError("deg must be non-negative")
    out = np.empty((deg + 1,) + x.shape, compiler.result_type(x))
    out[0] = x * 0 + 1
    for i in range(deg):
        out[i + 1] = out[i] * x
    return compiler.move_axis_last(out, 0)
