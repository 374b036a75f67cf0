"""Questions about arrays as a whole, and about how close numbers are to each other or to infinity."""


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    x = _array(a) if compiler.is_tuple(a) else a
    y = _inexact(_array(b) if compiler.is_tuple(b) else b)
    real = compiler.float_type(y)
    near = (np.abs(x - y) <= _weak(atol, real) + _weak(rtol, real) * np.abs(y)) & np.isfinite(y) | (x == y)
    if equal_nan:
        return near | np.isnan(x) & np.isnan(y)
    return near


def _inexact(x):
    """The number or the numbers, integers as floats."""
    kind = compiler.inexact_type(x)
    if compiler.is_scalar(x):
        return kind(x)
    return x if compiler.result_type(x) is kind else _in_dtype(x, kind)


def _weak(x, dtype):
    """A number as one that does not widen an array."""
    return dtype(x) if compiler.is_scalar(x) else x


def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    return bool(np.all(isclose(a, b, rtol, atol, equal_nan)))


def array_equal(a1, a2, equal_nan=False):
    a1 = _array(a1)
    a2 = _array(a2)
    if a1.ndim != a2.ndim:
        return False
    if a1.shape != a2.shape:
        return False
    if equal_nan:
        return bool(np.all((a1 == a2) | np.isnan(a1) & np.isnan(a2)))
    return bool(np.all(a1 == a2))


def array_equiv(a1, a2):
    a1 = _array(a1)
    a2 = _array(a2)
    if not _broadcasts(a1.shape, a2.shape):
        return False
    return bool(np.all(a1 == a2))


def _broadcasts(first, second):
    shorter = len(first) if len(first) < len(second) else len(second)
    fits = True
    for i in compiler.indices(shorter):
        n = first[len(first) - 1 - i]
        m = second[len(second) - 1 - i]
        fits = fits and (n == m or n == 1 or m == 1)
    return fits


def isposinf(x):
    return _is_infinity(x, True)


def isneginf(x):
    return _is_infinity(x, False)


def _is_infinity(x, positive: literal):
    if compiler.is_tuple(x):
        x = _array(x)
    if compiler.is_complex(x):
        raise TypeError(f"This operation is not supported for {_array(x).dtype} values because it would be ambiguous.")
    if positive:
        return np.isinf(x) & (x > 0)
    return np.isinf(x) & (x < 0)


def iscomplex(x):
    return np.logical_not(isreal(x))


def isreal(x):
    if compiler.is_scalar(x):
        return x.imag == 0
    a = _array(x)
    out = np.empty(a.shape, np.bool_)
    if compiler.is_complex(a):
        _have_no_imaginary_part(a, out)
    else:
        out.fill(True)
    return out


def _have_no_imaginary_part(a, out):
    if a.ndim == 0:
        out[()] = a[()].imag == 0
    else:
        for i in range(a.shape[0]):
            if a.ndim == 1:
                out[i] = a[i].imag == 0
            else:
                _have_no_imaginary_part(a[i], out[i])


def iscomplexobj(x):
    return compiler.is_complex(compiler.result_type(x))


def isrealobj(x):
    return not compiler.is_complex(compiler.result_type(x))


def isscalar(element):
    return compiler.is_scalar(element) or compiler.is_str(element)


def nan_to_num(x, copy: literal = True, nan=0.0, posinf=None, neginf=None):
    if compiler.is_scalar(x):
        if not (compiler.is_float(x) or compiler.is_complex(x)):
            return x
        return _number_of(x, nan, posinf, neginf, compiler.result_type(x))
    a = _array(x)
    out = a.copy() if copy else a
    if compiler.is_float(a) or compiler.is_complex(a):
        _numbers_of(out, nan, posinf, neginf)
    return out


def _numbers_of(a, nan, posinf, neginf):
    if a.ndim == 0:
        a[()] = _number_of(a[()], nan, posinf, neginf, compiler.result_type(a))
    else:
        for i in range(a.shape[0]):
            if a.ndim == 1:
                a[i] = _number_of(a[i], nan, posinf, neginf, compiler.result_type(a))
            else:
                _numbers_of(a[i], nan, posinf, neginf)


def _number_of(x, nan, posinf, neginf, dtype):
    real = compiler.float_type(dtype)
    if compiler.is_complex(dtype):
        return dtype(complex(_number_of(x.real, nan, posinf, neginf, real), _number_of(x.imag, nan, posinf, neginf, real)))
    if x != x:
        return dtype(nan)
    if math.isinf(x):
        if x > 0:
            return _largest(dtype) if posinf is None else dtype(posinf)
        return -_largest(dtype) if neginf is None else dtype(neginf)
    return x


def _largest(dtype):
    return dtype(3.4028234663852886e38) if compiler.result_type(dtype) is np.float32 else dtype(1.7976931348623157e308)


def size(a, axis: literal = None):
    a = _array(a)
    if axis is None:
        return a.size
    count = 1
    for place in _axes(axis, a.ndim):
        count *= a.shape[place]
    return count


def shape(a):
    return _array(a).shape


def ndim(a):
    return _array(a).ndim


def trim_zeros(filt, trim: literal = "fb"):
    filt = _array(filt)
    if trim not in ("fb", "bf", "f", "b", "FB", "BF", "F", "B"):
        raise ValueError(f"unexpected character(s) in `trim`: '{trim}'")
    if filt.ndim != 1:
        compiler.type_error("trim_zeros() needs an array with one axis here")
    first = 0
    last = filt.shape[0]
    while first < last and filt[first] == 0:
        first += 1
    if first == last:
        return filt[:0]
    while filt[last - 1] == 0:
        last -= 1
    if trim in ("b", "B"):
        return filt[:last]
    if trim in ("f", "F"):
        return filt[first:]
    return filt[first:last]
