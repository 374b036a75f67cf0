"""Sums, means and variances into an output of another dtype than they would have: sums go on in the dtype that holds both, as NumPy's do, and what is divided
is what the output holds. Others have entries of the tables."""


def sum(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    a = _array(a)
    kind = _summed_in(a, dtype, out)
    return np.sum(a, axis=axis, dtype=kind, out=out, keepdims=keepdims, initial=initial, where=where)


def prod(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    a = _array(a)
    kind = _summed_in(a, dtype, out)
    return np.prod(a, axis=axis, dtype=kind, out=out, keepdims=keepdims, initial=initial, where=where)


def nansum(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    a = _array(a)
    kind = _summed_in(a, dtype, out)
    return np.nansum(a, axis=axis, dtype=kind, out=out, keepdims=keepdims, initial=initial, where=where)


def nanprod(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    a = _array(a)
    kind = _summed_in(a, dtype, out)
    return np.nanprod(a, axis=axis, dtype=kind, out=out, keepdims=keepdims, initial=initial, where=where)


def _summed_in(a, dtype: literal, out):
    if dtype is not None or not compiler.is_array(out):
        return dtype
    return compiler.result_type(a, out)


def mean(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, *, where=True):
    a = _array(a)
    if not compiler.is_array(out):
        return np.mean(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
    np.sum(a, axis=axis, dtype=_averaged_in(a, dtype), out=out, keepdims=keepdims, where=where)
    return _divided(out, _number_of_items(a, axis, keepdims, where))


def nanmean(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, *, where=True):
    a = _array(a)
    if not compiler.is_array(out):
        return np.nanmean(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
    if not (compiler.is_float(a) or compiler.is_complex(a)):
        return mean(a, axis, dtype, out, keepdims, where=where)
    np.nansum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
    return _divided(out, _number_of_items(a, axis, keepdims, np.logical_and(a == a, where)))


def _averaged_in(a, dtype: literal):
    """What the items become before they are added up for a mean; None is what the sum makes of them."""
    if dtype is not None:
        return dtype
    if compiler.is_integer(a) or compiler.is_bool(a):
        return np.float64
    return np.float32 if compiler.result_type(a) is np.float16 else None


def _number_of_items(a, axis: literal, keepdims: literal, where):
    return _array(np.sum(np.broadcast_to(_array(where), a.shape), axis=axis, keepdims=keepdims))


def _divided(out, counts):
    """The quotients of what an array holds and integers, in the array."""
    out[...] = out[...] / counts
    return out


def _variances_into(a, axis: literal, dtype: literal, out, ddof, keepdims: literal, where, mean):
    _check_variance(a, dtype)
    kind = np.float64 if dtype is None and (compiler.is_integer(a) or compiler.is_bool(a)) else dtype
    average = np.mean(a, axis=axis, dtype=kind, keepdims=True, where=where) if mean is None else mean
    np.sum(_squared_distances(a, average), axis=axis, dtype=kind, out=out, keepdims=keepdims, where=where)
    return _divided(out, np.maximum(_number_of_items(a, axis, keepdims, where) - ddof, 0))


def _nan_variances_into(a, axis: literal, dtype: literal, out, ddof, keepdims: literal, where, mean):
    if not (compiler.is_float(a) or compiler.is_complex(a)):
        return _variances_into(a, axis, dtype, out, ddof, keepdims, where, mean)
    _check_variance(a, dtype)
    present = np.logical_and(a == a, where)
    average = np.nanmean(a, axis=axis, dtype=dtype, keepdims=True, where=where) if mean is None else mean
    np.sum(_squared_distances(a, average), axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=present)
    counts = _number_of_items(a, axis, keepdims, present) - ddof
    _divided(out, counts)
    np.copyto(out, np.nan, where=counts <= 0)
    return out


def _has_other_dtype(out, a, dtype: literal):
    """Whether there is an output, and not of the dtype that variances of these items have."""
    if not compiler.is_array(out):
        return False
    return not (compiler.result_type(out) is (compiler.float_type(a) if dtype is None else _dtype(dtype)))
