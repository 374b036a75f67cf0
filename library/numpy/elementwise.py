"""Forms of elementwise functions that the tables have not."""


def clip(a, a_min="", a_max="", out=None, *, min="", max=""):
    """Bounds that are not given are texts: None is one that is given."""
    if compiler.is_str(a_min) and compiler.is_str(a_max):
        return _clipped(a, None if compiler.is_str(min) else min, None if compiler.is_str(max) else max, out)
    if compiler.is_str(a_min):
        raise TypeError("clip() missing 1 required positional argument: 'a_min'")
    if compiler.is_str(a_max):
        raise TypeError("clip() missing 1 required positional argument: 'a_max'")
    if not (compiler.is_str(min) and compiler.is_str(max)):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    return _clipped(a, a_min, a_max, out)


def _clipped(a, asked_low, asked_high, out):
    low = _least(asked_low, a)
    high = _greatest(asked_high, a)
    if low is None and high is None:
        return _stored_spread(np.positive(a), out, (_array(a).shape,))
    if high is None:
        return _stored_spread(np.maximum(a, low), out, (_array(a).shape, _array(low).shape))
    if low is None:
        return _stored_spread(np.minimum(a, high), out, (_array(a).shape, _array(high).shape))
    shapes = (_array(a).shape, _array(low).shape, _array(high).shape)
    if not (_broadcasts(shapes[0], shapes[1]) and _broadcasts(shapes[1], shapes[2]) and _broadcasts(shapes[0], shapes[2])):
        raise ValueError(f"operands could not be broadcast together with shapes {shapes[0]:shape} {shapes[1]:shape} {shapes[2]:shape} ")
    return _stored_spread(np.minimum(np.maximum(a, low), high), out, shapes)


def _least(bound, a):
    """A bound below all that the dtype holds is the least of that: an int need not fit the dtype."""
    if compiler.is_integer(bound) and compiler.is_scalar(bound) and compiler.is_array(a) and compiler.is_integer(a):
        least = np.iinfo(compiler.result_type(a)).min
        return max(np.int64(bound), least)
    return bound


def _greatest(bound, a):
    if compiler.is_integer(bound) and compiler.is_scalar(bound) and compiler.is_array(a) and compiler.is_integer(a):
        if a.itemsize < 8:
            return min(np.int64(bound), np.iinfo(compiler.result_type(a)).max)
    return bound


def divmod(x1, x2, out1=None, out2=None, /, out=None, *, where=None):
    """With arrays for the results."""
    quotient, remainder = np.divmod(x1, x2)
    return _stored_both(quotient, remainder, (out1, out2) if out is None else out, where)


def modf(x, out1=None, out2=None, /, out=None, *, where=None):
    fraction, whole = np.modf(x)
    return _stored_both(fraction, whole, (out1, out2) if out is None else out, where)


def frexp(x, out1=None, out2=None, /, out=None, *, where=None):
    mantissa, exponent = np.frexp(x)
    return _stored_both(mantissa, exponent, (out1, out2) if out is None else out, where)


def _stored_both(first, second, out, where):
    if not compiler.is_tuple(out):
        raise TypeError("'out' must be a tuple of arrays")
    if len(out) != 2:
        raise ValueError("The 'out' tuple must have exactly one entry per ufunc output")
    return _stored_where(first, out[0], where), _stored_where(second, out[1], where)


def _stored_where(result, out, where):
    if out is None:
        return result
    if where is None:
        return _stored(result, out, "")
    return _stored(np.where(where, result, out), out, "")


def choose(a, choices, out=None, mode: literal = "raise"):
    found = np.choose(a, choices, mode=mode)
    if out is not None and (out.ndim != _array(found).ndim or out.shape != _array(found).shape):
        raise TypeError("choose: invalid shape for output array.")
    return _stored(found, out, "")


def compress(condition, a, axis: literal = None, out=None):
    return _stored(np.compress(condition, a, axis), out, "output array does not match result of ndarray.take")
