"""Statistics of arrays."""


def median(a, axis: literal = None, out=None, overwrite_input=False, keepdims: literal = False):
    a = _array(a)
    if compiler.is_array(out) and not compiler.is_time(a):
        return _median_into(a, axis, out, keepdims)
    return _stored_as_reduced(_reduce(_median, a, axis, keepdims, compiler.inexact_type(a)), out, "add", a, axis, keepdims)


def _median_into(a, axis: literal, out, keepdims: literal):
    """As a mean of one or two items, which is computed in the dtype that holds both."""
    kind = compiler.inexact_type(a) if compiler.is_complex(a) else compiler.float_type(a, out)
    _stored_as_reduced(_reduce(_median, np.astype(a, kind, copy=False), axis, keepdims, kind), out, "add", a, axis, keepdims)
    if compiler.is_complex(out) and a.size == 0:
        out[...] = complex(math.nan, math.nan)
    return out


def _median(values):
    if compiler.is_time(values):
        return _median_time(values)
    dtype = compiler.inexact_type(values)
    count = values.shape[0]
    if count == 0:
        return dtype(0) / dtype(0)
    middle = _array(((count - 1) // 2, count // 2))
    found, has_nan = _selected(values, middle)
    if has_nan:
        last, _ = _selected(values, _array((count - 1,)))
        return dtype(last[0])
    if count % 2 == 1:
        return dtype(0) + dtype(found[1])
    return (dtype(0) + dtype(found[0]) + dtype(found[1])) / dtype(2)


def _median_time(values):
    """Counts of a unit: the mean of two is rounded towards zero. Of no items, and where one is NaT, it is NaT."""
    count = values.shape[0]
    found = np.empty(2, compiler.result_type(values))
    found[:] = np.timedelta64("NaT")
    if count > 0:
        items, has_nat = _selected(values, _array(((count - 1) // 2, count // 2)))
        if not has_nat:
            found[:] = items
    return found[0] if count % 2 == 1 else (found[0] + found[1]) / 2


def _selected(values, places):
    """The items that have these places in sorted order, and whether there is a NaN among the values."""
    found = np.empty(places.shape[0], compiler.result_type(values))
    status = compiler.runtime_call("zouk_select_{}", _contiguous(values), values.shape[0], places, places.shape[0], found)
    _finished(status)
    return found, status == -1


def std(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, keepdims: literal = False, *, where=True, mean=None, correction=None):
    """With what the table has not: a mean that is known, the name of the array standard for `ddof`."""
    a = _array(a)
    if _has_other_dtype(out, a, dtype):
        _variances_into(a, axis, dtype, out, _freedom(ddof, correction), keepdims, where, mean)
        out[...] = np.sqrt(out[...])
        return out
    return _stored_as_reduced(np.sqrt(_variances(a, axis, dtype, _freedom(ddof, correction), keepdims, where, mean)), out, "add", a, axis, keepdims)


def var(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, keepdims: literal = False, *, where=True, mean=None, correction=None):
    a = _array(a)
    if _has_other_dtype(out, a, dtype):
        return _variances_into(a, axis, dtype, out, _freedom(ddof, correction), keepdims, where, mean)
    return _stored_as_reduced(_variances(a, axis, dtype, _freedom(ddof, correction), keepdims, where, mean), out, "add", a, axis, keepdims)


def nanstd(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, keepdims: literal = False, *, where=True, mean=None, correction=None):
    a = _array(a)
    if _has_other_dtype(out, a, dtype):
        _nan_variances_into(a, axis, dtype, out, _freedom(ddof, correction), keepdims, where, mean)
        out[...] = np.sqrt(out[...])
        return out
    return _stored_as_reduced(np.sqrt(_nan_variances(a, axis, dtype, _freedom(ddof, correction), keepdims, where, mean)), out, "add", a, axis, keepdims)


def nanvar(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, keepdims: literal = False, *, where=True, mean=None, correction=None):
    a = _array(a)
    if _has_other_dtype(out, a, dtype):
        return _nan_variances_into(a, axis, dtype, out, _freedom(ddof, correction), keepdims, where, mean)
    return _stored_as_reduced(_nan_variances(a, axis, dtype, _freedom(ddof, correction), keepdims, where, mean), out, "add", a, axis, keepdims)


def _freedom(ddof, correction):
    if correction is None:
        return ddof
    if ddof != 0:
        raise ValueError("ddof and correction can't be provided simultaneously.")
    return correction


def _check_variance(a, dtype: literal):
    if compiler.is_time(a):
        compiler.type_error("times have no variance", "compute with their counts: a.astype(np.int64)")
    if dtype is not None and compiler.is_complex(a) and not compiler.is_complex(np.empty(0, dtype)):
        compiler.type_error("an array of complex numbers is not reduced to real ones", "take the parts first: z.real, z.imag")
    if dtype is not None and not (compiler.is_float(np.empty(0, dtype)) or compiler.is_complex(np.empty(0, dtype))):
        compiler.type_error("var() and std() are not computed in dtypes of integers")


def _variances(a, axis: literal, dtype: literal, ddof, keepdims: literal, where, mean):
    _check_variance(a, dtype)
    if mean is None:
        return np.var(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=where)
    total = np.sum(_squared_distances(a, mean), axis=axis, dtype=dtype, keepdims=keepdims, where=where)
    count = np.sum(np.broadcast_to(_array(where), a.shape), axis=axis, keepdims=keepdims)
    return total / np.astype(_array(np.maximum(count - ddof, 0)), compiler.float_type(total))[...]


def _nan_variances(a, axis: literal, dtype: literal, ddof, keepdims: literal, where, mean):
    if not (compiler.is_float(a) or compiler.is_complex(a)):
        return _variances(a, axis, dtype, ddof, keepdims, where, mean)
    _check_variance(a, dtype)
    if mean is None:
        return np.nanvar(a, axis=axis, dtype=dtype, ddof=ddof, keepdims=keepdims, where=where)
    present = np.logical_and(a == a, where)
    total = np.sum(_squared_distances(a, mean), axis=axis, dtype=dtype, keepdims=keepdims, where=present)
    count = np.sum(present, axis=axis, keepdims=keepdims) - ddof
    kind = compiler.float_type(total)
    return np.where(count > 0, total / np.astype(_array(count), kind)[...], kind(np.nan))


def _squared_distances(a, mean):
    distances = a - mean
    return np.abs(distances) ** 2 if compiler.is_complex(distances) else distances * distances


def bincount(x, weights=None, minlength=0):
    x = _array(x)
    _one_axis(x)
    if not (compiler.is_integer(x) or compiler.is_bool(x)):
        raise TypeError(f"Cannot cast array data from dtype('{x.dtype}') to dtype('int64') according to the rule 'safe'")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    largest = -1
    for value in x:
        if np.int64(value) < 0:
            raise ValueError("'list' argument must have no negative elements")
        largest = max(largest, np.int64(value))
    length = max(largest + 1, minlength)
    if weights is None:
        counts = np.zeros(length, np.int64)
        for value in x:
            counts[np.int64(value)] += 1
        return counts
    weights = _array(weights)
    if weights.ndim != 1 or weights.shape[0] != x.shape[0]:
        raise ValueError("The weights and list don't have the same length.")
    if compiler.is_complex(weights):
        raise TypeError(f"Cannot cast array data from dtype('{weights.dtype}') to dtype('float64') according to the rule 'safe'")
    sums = np.zeros(length, np.float64)
    for i in range(x.shape[0]):
        sums[np.int64(x[i])] += weights[i]
    return sums


def nanmedian(a, axis: literal = None, out=None, overwrite_input=False, keepdims: literal = False):
    a = _array(a)
    if compiler.is_array(out) and not compiler.is_time(a):
        if a.size == 0:
            return np.nanmean(a, axis=axis, out=out, keepdims=keepdims)
    found = _reduce(_nanmedian, a, axis, keepdims, compiler.inexact_type(a))
    if out is None:
        return found
    _check_same_kind(found, compiler.result_type(out))
    out[...] = found
    return out


def _nanmedian(values):
    if compiler.is_integer(values) or compiler.is_bool(values) or values.shape[0] == 0:
        return _median(values)
    numbers = values[values == values]
    if numbers.shape[0] == 0:
        return values[-1]
    return _median(numbers)
