"""Questions about arrays as a whole, and about how close numbers are to each other or to infinity."""


def isclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    _check_tolerances(rtol, atol)
    x = _array(a)
    y = _array(b)
    dtype = _distance_type(a, b)
    limit = _limit_type(a, b, dtype)
    if x.ndim == 0 and y.ndim == 0:
        return _close(x[()], y[()], rtol, atol, equal_nan, dtype, limit)
    out = np.empty(_broadcast_shape(x.shape, y.shape), np.bool_)
    _close_rows(x, y, out, rtol, atol, equal_nan, dtype, limit)
    return out


def allclose(a, b, rtol=1e-5, atol=1e-8, equal_nan=False):
    _check_tolerances(rtol, atol)
    x = _array(a)
    y = _array(b)
    shape = _broadcast_shape(x.shape, y.shape)
    dtype = _distance_type(a, b)
    return _all_close(x, y, shape, rtol, atol, equal_nan, dtype, _limit_type(a, b, dtype))


def _check_tolerances(rtol, atol):
    if not (compiler.is_scalar(rtol) and compiler.is_scalar(atol)):
        compiler.type_error("the tolerances rtol and atol must be numbers")


def _distance_type(a, b):
    """The dtype of a - b, b as floats; a number does not widen an array."""
    if compiler.is_array(a) and compiler.is_scalar(b):
        return _inexact_beside(a, b)
    if compiler.is_scalar(a) and compiler.is_array(b):
        return _inexact_beside(b, a)
    return compiler.result_type(a, compiler.inexact_type(b))


def _inexact_beside(a, number):
    if compiler.is_complex(number):
        return compiler.result_type(compiler.inexact_type(a), np.complex64)
    return compiler.inexact_type(a)


def _limit_type(a, b, dtype):
    if compiler.is_array(a) and compiler.is_scalar(b):
        return compiler.float_type(dtype)
    return compiler.float_type(compiler.inexact_type(b))


def _close(x, y, rtol, atol, equal_nan, dtype, limit):
    first = dtype(x)
    second = dtype(y)
    if first == second:
        return True
    if np.isfinite(second) and np.abs(first - second) <= limit(atol) + limit(limit(rtol) * limit(np.abs(second))):
        return True
    return equal_nan and np.isnan(first) and np.isnan(second)


def _close_rows(x, y, out, rtol, atol, equal_nan, dtype, limit):
    for i in range(out.shape[0]):
        first = _broadcast_row(x, i, out.ndim)
        second = _broadcast_row(y, i, out.ndim)
        if out.ndim == 1:
            out[i] = _close(_item(first), _item(second), rtol, atol, equal_nan, dtype, limit)
        else:
            _close_rows(first, second, out[i], rtol, atol, equal_nan, dtype, limit)


def _all_close(x, y, shape, rtol, atol, equal_nan, dtype, limit):
    if len(shape) == 0:
        return _close(_item(x), _item(y), rtol, atol, equal_nan, dtype, limit)
    for i in range(shape[0]):
        first = _broadcast_row(x, i, len(shape))
        second = _broadcast_row(y, i, len(shape))
        if not _all_close(first, second, shape[1:], rtol, atol, equal_nan, dtype, limit):
            return False
    return True


def _item(x):
    """The number itself, or that of an array without axes."""
    return x if compiler.is_scalar(x) else x[()]


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


def isposinf(x, out=None):
    return _stored_spread(_is_infinity(x, True), out, (_array(x).shape, _array(x).shape))


def isneginf(x, out=None):
    return _stored_spread(_is_infinity(x, False), out, (_array(x).shape, _array(x).shape))


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
    return _value(out)


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
    return _value(out)


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
    if compiler.result_type(dtype) is np.float16:
        return dtype(65504)
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


def trim_zeros(filt, trim: literal = "fb", axis: literal = None):
    """A view of the smallest box with all that is not zero; along some axes only, or from one side."""
    filt = _array(filt)
    if trim not in ("fb", "bf", "f", "b", "FB", "BF", "F", "B"):
        raise ValueError(f"unexpected character(s) in `trim`: '{trim}'")
    found = filt
    for place in _axes(axis, filt.ndim, "repeated axis", "axis"):
        lines = np.moveaxis(filt, place, 0)
        first = 0
        last = lines.shape[0]
        while first < last and not np.any(lines[first]):
            first += 1
        while last > first and not np.any(lines[last - 1]):
            last -= 1
        start = 0 if trim in ("b", "B") and first < last else first
        stop = filt.shape[place] if trim in ("f", "F") and first < last else last
        if first == last:
            start, stop = 0, 0
        found = np.moveaxis(np.moveaxis(found, place, 0)[start:stop], 0, place)
    return found
