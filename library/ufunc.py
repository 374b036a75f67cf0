"""Methods of elementwise functions of two arguments: np.add.reduce, np.maximum.accumulate, np.multiply.outer, np.subtract.at."""


def reduce(ufunc, array, axis: literal = 0, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=None):
    a = _array(array)
    if where is not None and compiler.is_array(out) and compiler.is_bool(where) and ufunc is np.add:
        return np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)
    if where is not None and compiler.is_array(out) and compiler.is_bool(where) and ufunc is np.multiply:
        return np.prod(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)
    if where is not None:
        return _stored_as_reduced(_reduce_chosen(ufunc, a, axis, dtype, keepdims, initial, where), out, ufunc, a, axis, keepdims)
    if ufunc is np.add:
        return np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial)
    if ufunc is np.multiply:
        return np.prod(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial)
    if ufunc is np.maximum:
        return np.max(a, axis=axis, out=out, keepdims=keepdims, initial=initial)
    if ufunc is np.minimum:
        return np.min(a, axis=axis, out=out, keepdims=keepdims, initial=initial)
    if initial is None and ufunc is np.logical_and:
        return np.all(a, axis=axis, out=out, keepdims=keepdims)
    if initial is None and ufunc is np.logical_or:
        return np.any(a, axis=axis, out=out, keepdims=keepdims)
    axes = _axes(() if a.ndim == 0 and (axis == 0 or axis == -1) else axis, a.ndim, "duplicate value in 'axis'")
    if len(axes) > 1 and not _is_reorderable(ufunc):
        raise ValueError("reduction operation is not reorderable, so at most one axis may be specified")
    count = 1
    for i in axes:
        count *= a.shape[i]
    found = np.empty(_shape_without(a, axes), _ufunc_type(ufunc, a, dtype))
    rows = compiler.permuted(a, _other_axes(axes, a.ndim) + axes)
    if initial is None and (count == 0 or _has_identity(ufunc)):
        _reduce_items(ufunc, rows, None, found, _identity(ufunc))
    else:
        _reduce_items(ufunc, rows, None, found, initial)
    return _stored_as_reduced(_keeping_axes(found, a, axes, keepdims), out, ufunc, a, axis, keepdims)


def _reduce_chosen(ufunc, a, axis: literal, dtype: literal, keepdims: literal, initial, where):
    """Of the items where the mask, which is spread over the array, is true."""
    if not compiler.is_bool(where):
        compiler.type_error("where= must be bool or an array of bools")
    if ufunc is np.add:
        return np.sum(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)
    if ufunc is np.multiply:
        return np.prod(a, axis=axis, dtype=dtype, keepdims=keepdims, initial=initial, where=where)
    if initial is not None and ufunc is np.maximum:
        return np.max(a, axis=axis, keepdims=keepdims, initial=initial, where=where)
    if initial is not None and ufunc is np.minimum:
        return np.min(a, axis=axis, keepdims=keepdims, initial=initial, where=where)
    if initial is None and ufunc.identity is None:
        if compiler.is_scalar(where):
            if where:
                return reduce(ufunc, a, axis, dtype, None, keepdims)
        raise ValueError(f"reduction operation '{ufunc}' does not have an identity, so to use a where mask one has to specify 'initial'")
    axes = _axes(axis, a.ndim, "duplicate value in 'axis'")
    if len(axes) > 1 and not _is_reorderable(ufunc):
        raise ValueError(f"reduction operation '{ufunc}' is not reorderable, so at most one axis may be specified")
    found = np.empty(_shape_without(a, axes), _ufunc_type(ufunc, a, dtype))
    order = _other_axes(axes, a.ndim) + axes
    mask = compiler.permuted(np.broadcast_to(where, a.shape), order)
    _reduce_items(ufunc, compiler.permuted(a, order), mask, found, ufunc.identity if initial is None else initial)
    return _keeping_axes(found, a, axes, keepdims)


def _keeping_axes(found, a, axes: literal, keepdims: literal):
    """What a reduction gives, as one without axes a number."""
    return compiler.reshaped(found, _shape_kept(a, axes)) if keepdims else _value(found)


def _ufunc_type(ufunc, a, dtype: literal):
    """The dtype of what the function makes of two items of the array."""
    if dtype is not None:
        return compiler.result_type(np.empty(0, dtype))
    none = np.empty(0, compiler.result_type(a))
    kind = compiler.result_type(ufunc(none, none))
    if compiler.is_bool(kind) and not compiler.is_bool(a):
        if not (ufunc is np.logical_xor or ufunc is np.logical_and or ufunc is np.logical_or):
            compiler.type_error("this function gives bools of numbers: it is not repeated on its results")
    return kind


def _has_identity(ufunc):
    """Whether a reduction begins with it: that of one item may be another number, as gcd(0, -1) is."""
    return ufunc is np.gcd or ufunc is np.hypot or (ufunc.identity is not None and not _is_numpys(ufunc))


def _is_numpys(ufunc):
    """Whether it is one of the functions of NumPy that a reduction of one item leaves as it is."""
    return (
        ufunc is np.bitwise_and or ufunc is np.bitwise_or or ufunc is np.bitwise_xor or ufunc is np.logical_xor or ufunc is np.logical_and
        or ufunc is np.logical_or or ufunc is np.logaddexp or ufunc is np.logaddexp2
    )


def _is_reorderable(ufunc):
    """Whether the items may be taken in any order, and so along several axes."""
    if compiler.order(ufunc) == "any":
        return True
    if ufunc is np.bitwise_and or ufunc is np.bitwise_or or ufunc is np.bitwise_xor or ufunc is np.logical_xor:
        return True
    if ufunc is np.logical_and or ufunc is np.logical_or or ufunc is np.fmax or ufunc is np.fmin:
        return True
    return ufunc is np.gcd or ufunc is np.hypot or ufunc is np.logaddexp or ufunc is np.logaddexp2


def _identity(ufunc):
    """What the function makes of no items."""
    if ufunc.identity is None:
        raise ValueError(f"zero-size array to reduction operation {ufunc} which has no identity")
    return ufunc.identity


def _reduce_items(ufunc, a, mask, out, initial):
    """The last axes of `a` are reduced, those that `out` does not have; where there is a mask, the items for which it is true."""
    if out.ndim > 0:
        for i in range(a.shape[0]):
            _reduce_items(ufunc, a[i, ...], None if mask is None else mask[i, ...], out[i, ...], initial)
    else:
        items = a if a.ndim == 1 else _flat(a)
        chosen = None if mask is None else _flat(mask)
        dtype = compiler.result_type(out)
        value = dtype(items[0] if initial is None else initial)
        for i in range(1 if initial is None else 0, items.shape[0]):
            if chosen is None or chosen[i]:
                value = dtype(ufunc(value, dtype(items[i])))
        out[()] = value


def accumulate(ufunc, array, axis: literal = 0, dtype: literal = None, out=None):
    a = _array(array)
    if a.ndim == 0:
        raise TypeError("cannot accumulate on a scalar")
    if ufunc is np.add:
        return np.cumsum(a, axis, dtype, out)
    if ufunc is np.multiply:
        return np.cumprod(a, axis, dtype, out)
    place = _axis(axis, a.ndim)
    found = np.empty(a.shape, _ufunc_type(ufunc, a, dtype))
    _accumulate_lines(ufunc, compiler.move_axis_last(a, place), compiler.move_axis_last(found, place))
    return _stored(found, out, "provided out is the wrong size for the accumulation.")


def _accumulate_lines(ufunc, a, out):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _accumulate_lines(ufunc, a[i], out[i])
    elif a.shape[0] > 0:
        dtype = compiler.result_type(out)
        value = dtype(a[0])
        out[0] = value
        for i in range(1, a.shape[0]):
            value = dtype(ufunc(value, dtype(a[i])))
            out[i] = value


def outer(ufunc, A, B, *, out=None, where=None, dtype: literal = None):
    a = _array(A)
    b = _array(B)
    return ufunc(compiler.reshaped(a, a.shape + (1,) * b.ndim), b, out=out, where=where, dtype=dtype)


def reduceat(ufunc, array, indices, axis: literal = 0, dtype: literal = None, out=None):
    a = _array(array)
    starts = _array(indices)
    if not compiler.is_integer(starts):
        raise TypeError(f"Cannot cast array data from dtype('{starts.dtype}') to dtype('int64') according to the rule 'safe'")
    place = _axis(axis, a.ndim)
    length = a.shape[place]
    for start in starts:
        if start < 0 or start >= length:
            raise IndexError(f"index {start} out-of-bounds in ufunc.reduceat [0, {length})")
    lines = compiler.move_axis_last(a, place)
    kind = _ufunc_type(ufunc, a, dtype)
    if dtype is None and (ufunc is np.add or ufunc is np.multiply):
        kind = _sum_type(a, None)
    found = np.empty(a.shape[:place] + (starts.shape[0],) + a.shape[place + 1 :], kind)
    _reduce_stretches(ufunc, lines, starts, compiler.move_axis_last(found, place))
    return _stored(found, out, "provided out is the wrong size for the accumulation.")


def _reduce_stretches(ufunc, a, starts, out):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _reduce_stretches(ufunc, a[i], starts, out[i])
    else:
        dtype = compiler.result_type(out)
        for k in range(starts.shape[0]):
            value = dtype(a[starts[k]])
            stop = np.int64(starts[k + 1]) if k + 1 < starts.shape[0] else a.shape[0]
            for i in range(np.int64(starts[k]) + 1, stop):
                value = dtype(ufunc(value, dtype(a[i])))
            out[k] = value


def at(ufunc, a, indices, b=None):
    """In place, item by item: a place that is there twice is changed twice."""
    if not compiler.is_array(a):
        compiler.type_error("the first operand must be an array")
    places = indices if compiler.is_tuple(indices) else (indices,)
    if a.ndim == 0 or _have_stretches(places):
        # The places of what the index takes, as the index itself gives them.
        found = _array(compiler.reshaped(np.arange(a.size), a.shape)[indices])
        shape = found.shape
        flat = np.unravel_index(_flat(found), a.shape) if a.ndim > 0 else (_flat(found),)
    else:
        columns = _columns(a, places)
        shape = ()
        for items in columns:
            shape = _broadcast_shape(shape, items.shape)
        flat = ()
        for axis, items in enumerate(columns):
            full = np.empty(shape, np.int64)
            full[...] = items
            _check_places(_flat_view(full), a.shape[axis], axis)
            flat = flat + (_flat_view(full),)
    if b is None:
        _change_each(ufunc, a, flat, None)
    else:
        # A number takes the dtype of the array, as beside any operator.
        values = _like(a, b) if compiler.is_scalar(b) else _array(b)
        if not np.can_cast(compiler.result_type(ufunc(_flat(a)[:0], _flat(values)[:0])), compiler.result_type(a), "same_kind"):
            compiler.type_error("the results do not fit the array's dtype (casting rule 'same_kind')")
        spread = np.empty(shape, compiler.result_type(values))
        spread[...] = values
        _change_each(ufunc, a, flat, _flat_view(spread))


def _have_stretches(places):
    """Whether some part of an index is a slice, an Ellipsis or None."""
    for x in places:
        if not (compiler.is_bool(x) or compiler.is_integer(x) or compiler.is_float(x) or compiler.is_complex(x) or compiler.is_str(x) or compiler.is_tuple(x)):
            return True
    return False


def _columns(a, places):
    """Places along every axis of the array, which are broadcast: axes without an index are taken whole."""
    chosen = ()
    for x in places:
        if compiler.is_bool(x):
            mask = _array(x)
            if len(chosen) + mask.ndim > a.ndim:
                raise IndexError(f"too many indices for array: array is {a.ndim}-dimensional, but {len(chosen) + mask.ndim} were indexed")
            for i in compiler.indices(mask.ndim):
                if mask.shape[i] != a.shape[len(chosen) + i]:
                    raise IndexError(
                        f"boolean index did not match indexed array along axis {len(chosen) + i}; size of axis is {a.shape[len(chosen) + i]} "
                        f"but size of corresponding boolean axis is {mask.shape[i]}"
                    )
            for items in np.nonzero(mask):
                chosen = chosen + (items,)
        elif compiler.is_integer(x):
            chosen = chosen + (_array(x),)
        else:
            raise IndexError("arrays used as indices must be of integer (or boolean) type")
    if len(chosen) > a.ndim:
        raise IndexError(f"too many indices for array: array is {a.ndim}-dimensional, but {len(chosen)} were indexed")
    rest = a.ndim - len(chosen)
    columns = ()
    for items in chosen:
        columns = columns + (compiler.reshaped(items, items.shape + (1,) * rest),)
    for i in compiler.indices(rest):
        axis = len(chosen) + i
        columns = columns + (compiler.reshaped(np.arange(a.shape[axis]), (a.shape[axis],) + (1,) * (rest - 1 - i)),)
    return columns


def _like(a, number):
    """A number as an array without axes, of the dtype that both have in common."""
    item = np.empty((), compiler.result_type(_flat(a)[:0], number))
    item[()] = number
    return item


def _check_places(places, length, axis):
    """Before the first item is changed."""
    for place in places:
        if place < -length or place >= length:
            raise IndexError(f"index {place} is out of bounds for axis {axis} with size {length}")


def _change_each(ufunc, a, places, values):
    for k in range(places[0].shape[0]):
        if a.ndim == 0:
            a[()] = ufunc(a[()]) if values is None else ufunc(a[()], values[k])
        elif a.ndim == 1:
            i = places[0][k]
            a[i] = ufunc(a[i]) if values is None else ufunc(a[i], values[k])
        elif a.ndim == 2:
            i = places[0][k]
            j = places[1][k]
            a[i, j] = ufunc(a[i, j]) if values is None else ufunc(a[i, j], values[k])
        else:
            row = a[places[0][k]]
            one = ()
            for rest in places[1:]:
                one = one + (rest[k : k + 1],)
            _change_each(ufunc, row, one, None if values is None else values[k : k + 1])
