"""Arrays put together of others: side by side, repeated, with items inserted or taken away."""


def concatenate(arrays, axis: literal = 0, out=None, dtype: literal = None, casting: literal = "same_kind"):
    items = _arrays(arrays)
    if axis is not None:
        return _joined_along(items, axis, out, dtype, casting)
    flat = ()
    for a in items:
        flat = flat + (_flat(a),)
    # Numbers take the dtype of the arrays beside them.
    if out is None and dtype is None:
        return _joined_along(flat, 0, None, compiler.result_type(arrays), "unsafe")
    return _joined_along(flat, 0, out, dtype, casting)


def concat(arrays, axis: literal = 0, out=None, dtype: literal = None, casting: literal = "same_kind"):
    return concatenate(arrays, axis, out, dtype, casting)


def _arrays(arrays):
    """The arrays that a tuple of arrays, numbers and tuples stands for."""
    if not compiler.is_tuple(arrays):
        compiler.type_error("a tuple of arrays is expected")
    if len(arrays) == 0:
        raise ValueError("need at least one array to concatenate")
    found = ()
    for a in arrays:
        found = found + (_array(a),)
    return found


def _joined_along(arrays, axis: literal, out, dtype: literal, casting: literal):
    first = arrays[0]
    if first.ndim == 0:
        raise ValueError("zero-dimensional arrays cannot be concatenated")
    place = _axis(axis, first.ndim)
    total = 0
    for i, a in enumerate(arrays):
        _fits_beside(first, a, i, place)
        total += a.shape[place]
    shape = first.shape[:place] + (total,) + first.shape[place + 1 :]
    if out is None:
        target = np.empty(shape, compiler.result_type(arrays) if dtype is None else dtype)
    else:
        if out.shape != shape:
            raise ValueError("Output array is the wrong shape")
        target = out
    for a in arrays:
        _check_cast(a, compiler.result_type(target), casting)
    start = 0
    for a in arrays:
        part = _stretch(target, place, start, start + a.shape[place])
        part[...] = a
        start += a.shape[place]
    return target


def _stretch(a, axis: literal, start, stop):
    """A view of a part of an axis."""
    return _with_axis_at(_axis_first(a, axis)[start:stop], axis)


def _check_same_kind(a, dtype):
    """Refuses elements that the dtype holds only with loss of a sign, a fraction or an imaginary part."""
    _check_cast(a, dtype, "same_kind")


def _check_cast(a, dtype, rule: literal):
    """Refuses elements that the rule does not let become those of a dtype."""
    if not _casts(a, dtype, rule):
        raise TypeError(f"Cannot cast array data from dtype('{a.dtype}') to dtype('{np.empty(0, dtype).dtype}') according to the rule '{rule}'")


def _casts(a, dtype, rule: literal):
    if rule not in ("no", "equiv", "safe", "same_kind", "unsafe"):
        raise ValueError(f"casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe' (got '{rule}')")
    if rule == "unsafe":
        return True
    if rule == "same_kind":
        return _kind_order(a) <= _kind_order(dtype)
    if rule == "safe":
        return compiler.result_type(a, dtype) is compiler.result_type(dtype)
    return compiler.result_type(a) is compiler.result_type(dtype)


def _kind_order(x):
    if compiler.is_bool(x):
        return 0
    if compiler.is_unsigned(x):
        return 1
    if compiler.is_integer(x):
        return 2
    return 3 if compiler.is_float(x) else 4


def _fits_beside(first, a, index, axis: literal):
    if first.ndim != a.ndim:
        raise ValueError(
            f"all the input arrays must have same number of dimensions, but the array at index 0 has {first.ndim} dimension(s) "
            f"and the array at index {index} has {a.ndim} dimension(s)"
        )
    for i in compiler.indices(a.ndim):
        if i != axis and first.shape[i] != a.shape[i]:
            raise ValueError(
                f"all the input array dimensions except for the concatenation axis must match exactly, but along dimension {i}, "
                f"the array at index 0 has size {first.shape[i]} and the array at index {index} has size {a.shape[i]}"
            )


def stack(arrays, axis: literal = 0, out=None, *, dtype: literal = None, casting: literal = "same_kind"):
    if compiler.is_tuple(arrays) and len(arrays) == 0:
        raise ValueError("need at least one array to stack")
    arrays = _arrays(arrays)
    first = arrays[0]
    expanded = ()
    for a in arrays:
        if a.ndim != first.ndim or a.shape != first.shape:
            raise ValueError("all input arrays must have the same shape")
        expanded = expanded + (expand_dims(a, axis),)
    return _joined_along(expanded, axis, out, dtype, casting)


def hstack(tup, *, dtype: literal = None, casting: literal = "same_kind"):
    arrays = _arrays_at_least(tup, 1)
    return _joined_along(arrays, 0 if arrays[0].ndim == 1 else 1, None, dtype, casting)


def vstack(tup, *, dtype: literal = None, casting: literal = "same_kind"):
    return _joined_along(_arrays_at_least(tup, 2), 0, None, dtype, casting)


def row_stack(tup, *, dtype: literal = None, casting: literal = "same_kind"):
    return vstack(tup, dtype=dtype, casting=casting)


def dstack(tup):
    return _joined_along(_arrays_at_least(tup, 3), 2, None, None, "same_kind")


def _arrays_at_least(arrays, ndim: literal):
    found = ()
    for a in _arrays(arrays):
        found = found + (_at_least(a, ndim),)
    return found


def column_stack(tup):
    columns = ()
    for a in _arrays(tup):
        columns = columns + (_column(a),)
    return _joined_along(columns, 1, None, None, "same_kind")


def _column(a):
    if a.ndim == 0:
        return a[np.newaxis, np.newaxis]
    return a[:, np.newaxis] if a.ndim == 1 else a


def append(arr, values, axis: literal = None):
    if axis is None:
        return concatenate((_flat(_array(arr)), _flat(_array(values))))
    return concatenate((arr, values), axis)


def repeat(a, repeats, axis: literal = None):
    a = _array(a)
    counts = _array(np.int64(repeats) if compiler.is_scalar(repeats) and not compiler.is_complex(repeats) else repeats)
    if not (compiler.is_integer(counts) or compiler.is_bool(counts)):
        raise TypeError(f"Cannot cast array data from dtype('{counts.dtype}') to dtype('int64') according to the rule 'safe'")
    if axis is None:
        return _repeated(_flat(a), counts, 0)
    return _repeated(a, counts, _axis(axis, a.ndim))


def _repeated(a, repeats, axis: literal):
    if repeats.ndim > 1:
        raise ValueError("object too deep for desired array")
    counts = _at_least(repeats, 1)
    length = a.shape[axis]
    if counts.shape[0] != 1 and counts.shape[0] != length:
        raise ValueError(f"operands could not be broadcast together with shape ({length},) ({counts.shape[0]},)")
    out = np.empty(a.shape[:axis] + (_repeated_length(counts, length),) + a.shape[axis + 1 :], compiler.result_type(a))
    _repeat_rows(a, counts, out, axis)
    return out


def _repeat_rows(a, counts, out, axis: literal):
    if axis > 0:
        for i in range(a.shape[0]):
            _repeat_rows(a[i], counts, out[i], axis - 1)
    else:
        place = 0
        for i in range(a.shape[0]):
            for _ in range(np.int64(counts[0 if counts.shape[0] == 1 else i])):
                out[place] = a[i]
                place += 1


def _repeated_length(counts, length):
    if counts.shape[0] == 1:
        if np.int64(counts[0]) < 0 and length > 0:
            raise ValueError("negative dimensions are not allowed")
        return _times(length, np.int64(counts[0])) if length > 0 else 0
    total = 0
    for count in counts:
        if np.int64(count) < 0:
            raise ValueError("repeats may not contain negative values.")
        total += np.int64(count)
        if total < 0:
            raise ValueError("array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.")
    return total


def _times(n, count):
    """The product of two lengths that are not negative."""
    if count > 0 and n > 0x7FFFFFFFFFFFFFFF // count:
        raise ValueError("array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.")
    return n * count


def tile(A, reps):
    a = _array(A)
    counts = reps if compiler.is_tuple(reps) else (reps,)
    if len(counts) < a.ndim:
        counts = (1,) * (a.ndim - len(counts)) + counts
    return _tiled(a, counts)


def _tiled(a, counts):
    if a.ndim < len(counts):
        return _tiled(a[np.newaxis], counts)
    shape = ()
    for i, count in enumerate(counts):
        if count < 0:
            raise ValueError("negative dimensions are not allowed")
        shape = shape + (_times(a.shape[i], count),)
    out = np.empty(shape, compiler.result_type(a))
    _tile_rows(a, out)
    return out


def _tile_rows(a, out):
    if a.ndim == 0:
        out[()] = a[()]
        return
    length = a.shape[0]
    if length > 0:
        for start in range(0, out.shape[0], length):
            if a.ndim > 1 and start == 0:
                for i in range(length):
                    _tile_rows(a[i], out[i])
            else:
                part = out[start : start + length]
                part[...] = out[:length] if a.ndim > 1 else a


def resize(a, new_shape):
    a = _array(a)
    shape = new_shape if compiler.is_tuple(new_shape) else (new_shape,)
    for n in shape:
        if n < 0:
            raise ValueError("all elements of `new_shape` must be non-negative")
    # As a concatenation: there are no gaps between fields.
    out = np.zeros(shape, compiler.result_type((a,)))
    if a.size > 0:
        _refill(_flat(a), out, 0)
    return out


def _refill(items, out, start):
    """Fills an array in C order, again from the first item after the last one."""
    if out.ndim == 0:
        out[()] = items[start % items.shape[0]]
    elif out.ndim == 1:
        for i in range(out.shape[0]):
            out[i] = items[(start + i) % items.shape[0]]
    else:
        for i in range(out.shape[0]):
            row = out[i]
            _refill(items, row, start + i * row.size)


def kron(a, b):
    a = _array(a)
    b = _array(b)
    if a.ndim == 0 and b.ndim == 0:
        return a[()] * b[()]
    a = _with_axes(a, b.ndim)
    b = _with_axes(b, a.ndim)
    shape = ()
    for i in compiler.indices(a.ndim):
        shape = shape + (_times(a.shape[i], b.shape[i]),)
    out = np.empty(shape, compiler.result_type(a, b))
    _kron(a, b, out)
    return out


def _kron(a, b, out):
    for i in range(a.shape[0]):
        for j in range(b.shape[0]):
            if a.ndim > 1:
                _kron(a[i], b[j], out[i * b.shape[0] + j])
            elif compiler.is_bool(out):
                out[i * b.shape[0] + j] = a[i] and b[j]
            else:
                out[i * b.shape[0] + j] = a[i] * b[j]
