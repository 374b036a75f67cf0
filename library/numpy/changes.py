"""Arrays with items inserted, taken away, or put around them."""


def delete(arr, obj, axis: literal = None):
    arr = _array(arr)
    if axis is None:
        arr = _flat(arr)
        place = 0
    else:
        place = _axis(axis, arr.ndim)
    length = arr.shape[place]
    kept = np.ones(length, np.bool_)
    if isinstance(obj, slice):
        kept[obj] = False
    elif compiler.is_scalar(obj) and not compiler.is_bool(obj):
        kept[_index_along(obj, length, place)] = False
    else:
        _drop(kept, _array(obj), place)
    count = np.count_nonzero(kept)
    out = np.empty(arr.shape[:place] + (count,) + arr.shape[place + 1 :], compiler.result_type(arr))
    _copy_chosen(arr, kept, out, place)
    return out


def _index_along(index, length, axis):
    if not compiler.is_integer(index):
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    if index < -length or index >= length:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    return np.int64(index) + length if index < 0 else np.int64(index)


def _drop(kept, indices, axis):
    length = kept.shape[0]
    if compiler.is_bool(indices):
        if indices.ndim != 1:
            raise ValueError(f"boolean array argument obj to delete must be one dimensional and match the axis length of {length}")
        if indices.shape[0] != length:
            raise ValueError(f"boolean array argument obj to delete must be one dimensional and match the axis length of {length}")
        for i in range(length):
            kept[i] = not indices[i]
    elif indices.size == 1 or compiler.is_integer(indices):
        for index in _flat(indices):
            kept[_index_along(index, length, axis if indices.size == 1 else 0)] = False
    elif indices.size > 0:
        raise IndexError("arrays used as indices must be of integer (or boolean) type")


def _copy_chosen(a, chosen, out, axis: literal):
    if axis > 0:
        for i in range(a.shape[0]):
            _copy_chosen(a[i], chosen, out[i], axis - 1)
    else:
        place = 0
        for i in range(a.shape[0]):
            if chosen[i]:
                out[place] = a[i]
                place += 1


def insert(arr, obj, values, axis: literal = None):
    arr = _array(arr)
    if axis is None:
        arr = _flat(arr)
        place = 0
    else:
        place = _axis(axis, arr.ndim)
    items = _array(values)
    if items.ndim > arr.ndim:
        compiler.type_error("insert() of values with more axes than the array is not supported")
    if compiler.is_scalar(obj) and not compiler.is_bool(obj):
        index = _insertion_index(obj, arr.shape[place], place)
        items = _with_axes(items, arr.ndim)
        return _inserted_at(arr, index, _with_axis_at(items, place), place)
    indices = np.arange(arr.shape[place])[obj] if isinstance(obj, slice) else _array(obj)
    if indices.ndim > 1:
        raise ValueError("index array argument obj to insert must be one dimensional or scalar")
    places = np.flatnonzero(indices) if compiler.is_bool(indices) else _at_least(indices, 1)
    if not compiler.is_integer(places):
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    if places.shape[0] == 1:
        length = arr.shape[place]
        if places[0] < -length or places[0] > length:
            if compiler.is_tuple(obj):
                raise IndexError(f"index ({places[0]},) is out of bounds for axis {place} with size {length}")
            raise IndexError(f"index [{places[0]}] is out of bounds for axis {place} with size {length}")
        index = _insertion_index(places[0], length, place)
        return _inserted_at(arr, index, _with_axes(items, arr.ndim), place)
    return _inserted(arr, places, items, place)


def _with_axes(a, ndim: literal):
    """A view with axes of length 1 in front."""
    return a if a.ndim >= ndim else _with_axes(a[np.newaxis], ndim)


def _insertion_index(index, length, axis):
    if not compiler.is_integer(index):
        raise IndexError("arrays used as indices must be of integer (or boolean) type")
    if index < -length or index > length:
        raise IndexError(f"index {index} is out of bounds for axis {axis} with size {length}")
    return np.int64(index) + length if index < 0 else np.int64(index)


def _inserted_at(arr, index, items, axis: literal):
    count = items.shape[axis]
    out = np.empty(arr.shape[:axis] + (arr.shape[axis] + count,) + arr.shape[axis + 1 :], compiler.result_type(arr))
    target = _axis_first(out, axis)
    source = _axis_first(arr, axis)
    target[:index] = source[:index]
    middle = _with_axis_at(target[index : index + count], axis)
    middle[...] = items
    target[index + count :] = source[index:]
    return out


def _inserted(arr, indices, items, axis: literal):
    """With one item before each of the indices, which count places of the array as it was."""
    length = arr.shape[axis]
    count = indices.shape[0]
    before = np.zeros(length + 1, np.int64)
    starts = np.empty(count, np.int64)
    for i in range(count):
        starts[i] = np.int64(indices[i]) + length if indices[i] < 0 else np.int64(indices[i])
    _check_starts(starts, length)
    for start in starts:
        before[start] += 1
    total = 0
    for i in range(length + 1):
        total += before[i]
        before[i] = total - before[i] + i
    out = np.empty(arr.shape[:axis] + (length + count,) + arr.shape[axis + 1 :], compiler.result_type(arr))
    target = _axis_first(out, axis)
    source = _axis_first(arr, axis)
    inserted = np.zeros(arr.shape[:axis] + (count,) + arr.shape[axis + 1 :], compiler.result_type(arr))
    inserted[...] = items
    new = _axis_first(inserted, axis)
    for i in range(count):
        target[before[starts[i]]] = new[i]
        before[starts[i]] += 1
    for i in range(length):
        target[before[i]] = source[i]
    return out


def _check_starts(starts, length):
    """Refuses places out of the array, named as places of the result."""
    lowest = 0
    highest = length
    for start in starts:
        lowest = min(lowest, start)
        highest = max(highest, start)
    whole = length + starts.shape[0]
    if highest > length:
        for i in range(starts.shape[0]):
            place = starts[i]
            for j in range(starts.shape[0]):
                if starts[j] < starts[i] or (starts[j] == starts[i] and j < i):
                    place += 1
            if place >= whole:
                raise IndexError(f"index {place} is out of bounds for axis 0 with size {whole}")
    if lowest < 0:
        raise IndexError(f"index {lowest} is out of bounds for axis 0 with size {whole}")


def pad(array, pad_width, mode: literal = "constant", constant_values=0):
    array = _array(array)
    if mode not in ("constant", "edge", "reflect", "symmetric", "wrap", "empty"):
        compiler.type_error("pad() knows the modes constant, edge, reflect, symmetric, wrap and empty here")
    shape = ()
    for i in compiler.indices(array.ndim):
        before, after = _pair(pad_width, i, array.ndim)
        if before < 0 or after < 0:
            raise ValueError("index can't contain negative values")
        if before + after < 0 or array.shape[i] + before + after < 0:
            raise ValueError("Maximum allowed dimension exceeded")
        shape = shape + (array.shape[i] + before + after,)
    out = np.empty(shape, compiler.result_type(array))
    if mode == "constant":
        _pad_constants(out, pad_width, constant_values)
    if array.ndim > 0:
        _pad_rows(array, out, pad_width, mode, 0, array.ndim)
    else:
        out[()] = array[()]
    return out


def _pad_constants(out, widths, constants):
    for i in compiler.indices(out.ndim):
        before, after = _pair(widths, i, out.ndim)
        low, high = _pair(constants, i, out.ndim)
        rows = _axis_first(out, i)
        rows[:before] = low
        rows[rows.shape[0] - after :] = high


def _pair(widths, axis: literal, ndim: literal):
    """What a number, a pair, a tuple of one pair, or one of pairs says of an axis: before it and after it."""
    if compiler.is_scalar(widths):
        return widths, widths
    if compiler.is_array(widths):
        compiler.type_error("pad() needs widths that are numbers or tuples")
    if compiler.is_tuple(widths[0]):
        if len(widths) == 1:
            return _pair(widths[0], 0, ndim)
        if len(widths) != ndim:
            raise ValueError(f"operands could not be broadcast together with remapped shapes [original->remapped]: ({len(widths)},{len(widths[0])})  and requested shape ({ndim},2)")
        return _pair(widths[axis], 0, ndim)
    if len(widths) == 1:
        return widths[0], widths[0]
    return widths[0], widths[1]


def _pad_rows(a, out, widths, mode: literal, axis: literal, ndim: literal):
    before, after = _pair(widths, axis, ndim)
    length = a.shape[0]
    for i in range(length):
        if a.ndim == 1:
            out[before + i] = a[i]
        else:
            _pad_rows(a[i], out[before + i], widths, mode, axis + 1, ndim)
    if mode != "constant" and mode != "empty":
        if length == 0 and before + after > 0:
            raise ValueError(f"can't extend empty axis {axis} using modes other than 'constant' or 'empty'")
        for i in range(before):
            out[i] = out[before + _padded_from(i - before, length, mode)]
        for i in range(after):
            out[before + length + i] = out[before + _padded_from(length + i, length, mode)]


def _padded_from(i, length, mode: literal):
    """The place whose item continues an axis."""
    if mode == "edge" or length == 1:
        return 0 if i < 0 else length - 1
    if mode == "wrap":
        return i % length
    if mode == "symmetric":
        place = i % (2 * length)
        return place if place < length else 2 * length - 1 - place
    place = i % (2 * length - 2)
    return place if place < length else 2 * length - 2 - place
