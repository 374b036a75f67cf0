"""Methods of universal functions: along an axis, of all pairs, at places."""


def reduce(ufunc, array, axis: literal = 0, dtype: literal = None, out=None, keepdims: literal = False, initial=None):
    a = _array(array)
    if ufunc is np.add:
        return np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial)
    if ufunc is np.multiply:
        return np.prod(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial)
    if dtype is not None:
        compiler.type_error("dtype= is supported for add and multiply only", "convert the array first: a.astype(dtype)")
    if ufunc is np.maximum:
        return np.max(a, axis=axis, out=out, keepdims=keepdims, initial=initial)
    if ufunc is np.minimum:
        return np.min(a, axis=axis, out=out, keepdims=keepdims, initial=initial)
    if initial is None and ufunc is np.logical_and:
        return np.all(a, axis=axis, out=out, keepdims=keepdims)
    if initial is None and ufunc is np.logical_or:
        return np.any(a, axis=axis, out=out, keepdims=keepdims)
    if out is not None:
        compiler.type_error("out= is not supported for this function")
    return _folded(ufunc, a, axis, keepdims, initial)


def _folded(ufunc, a, axis: literal, keepdims: literal, initial):
    if not compiler.is_integer(axis):
        compiler.type_error("the axis must be an integer for this function")
    place = _axis(axis, a.ndim)
    rows = _axis_first(a, place)
    if initial is None and rows.shape[0] == 0:
        raise ValueError("zero-size array to reduction operation which has no identity")
    first = 1 if initial is None else 0
    kind = _kind_of(ufunc, a)
    if a.ndim == 1:
        total = kind(rows[0] if initial is None else initial)
        for i in range(first, rows.shape[0]):
            total = kind(ufunc(total, rows[i]))
        if not keepdims:
            return total
        out = np.empty(1, kind)
        out[0] = total
        return out
    totals = np.empty(rows.shape[1:], kind)
    totals[...] = rows[0] if initial is None else initial
    for i in range(first, rows.shape[0]):
        ufunc(totals, rows[i], totals)
    return np.expand_dims(totals, place) if keepdims else totals


def _kind_of(ufunc, a):
    """The dtype of results: functions that take theirs for an operand are meant."""
    kind = compiler.result_type(ufunc(_flat(a)[:0], _flat(a)[:0]))
    if compiler.is_bool(kind) and not compiler.is_bool(a):
        compiler.type_error("this function gives bools of numbers: it is not repeated on its results here")
    return kind


def accumulate(ufunc, array, axis: literal = 0, dtype: literal = None, out=None):
    a = _array(array)
    if ufunc is np.add:
        return np.cumsum(a, axis, dtype, out)
    if ufunc is np.multiply:
        return np.cumprod(a, axis, dtype, out)
    if dtype is not None or out is not None:
        compiler.type_error("dtype= and out= are supported for add and multiply only")
    place = _axis(axis, a.ndim)
    result = np.empty(a.shape, _kind_of(ufunc, a))
    rows = _axis_first(a, place)
    totals = _axis_first(result, place)
    for i in range(rows.shape[0]):
        if i == 0:
            totals[0] = rows[0]
        else:
            totals[i] = ufunc(totals[i - 1], rows[i])
    return result


def outer(ufunc, A, B):
    if not (compiler.is_array(A) or compiler.is_array(B)):
        return ufunc(A, B)
    a = _array(A)
    b = _array(B)
    ones = (1,) * b.ndim
    none = (0,) * b.ndim
    return ufunc(compiler.view(a, compiler.result_type(a), 0, a.shape + ones, compiler.strides(a) + none), b)


def at(ufunc, a, indices, b=None):
    """Each place is changed as often as it is named."""
    if not compiler.is_array(a):
        compiler.type_error("the first operand must be an array")
    if compiler.is_tuple(indices):
        compiler.type_error("a tuple of indices is not supported here", "index one axis by an array of integers or bools")
    places = _array(np.nonzero(indices)[0] if compiler.is_bool(indices) else indices)
    if not compiler.is_integer(places):
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    if b is None:
        _change_at(ufunc, a, _flat(places))
    elif a.ndim == 1:
        values = np.broadcast_to(b, places.shape)
        _check_kind(ufunc, a, values)
        _combine_at(ufunc, a, _flat(places), _flat(values))
    else:
        compiler.type_error("at() with values is supported for arrays with one axis only")


def _check_kind(ufunc, a, values):
    if not np.can_cast(compiler.result_type(ufunc(a[:0], _flat(values)[:0])), compiler.result_type(a), "same_kind"):
        compiler.type_error("the results do not fit the array's dtype (casting rule 'same_kind')")


def _combine_at(ufunc, a, places, values):
    kind = compiler.result_type(a)
    for k in range(places.shape[0]):
        a[places[k]] = kind(ufunc(a[places[k]], values[k]))


def _change_at(ufunc, a, places):
    for k in range(places.shape[0]):
        a[places[k]] = ufunc(a[places[k]])
