"""Arrays with items inserted or taken away."""


def delete(arr, obj, axis: literal = None):
    arr, place = _along(arr, axis)
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
    arr, place = _along(arr, axis)
    items = _record_of(arr, values) if compiler.is_record(arr) and compiler.is_tuple(values) else _array(values)
    if items.ndim > arr.ndim:
        compiler.type_error("insert() of values with more axes than the array is not supported")
    if compiler.is_scalar(obj) and not compiler.is_bool(obj):
        index = _insertion_index(obj, arr.shape[place], place)
        _check_items(arr, values)
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
        _check_items(arr, values)
        return _inserted_at(arr, index, _with_axes(items, arr.ndim), place)
    return _inserted(arr, places, items, values, place)


def _check_items(a, values):
    """Refuses what cannot be an item of the array; numbers must fit its dtype."""
    if compiler.is_complex(values) and not compiler.is_complex(a):
        compiler.type_error("complex numbers cannot be put among real ones: take their real part first")
    if compiler.is_record(a):
        return
    dtype = compiler.result_type(a)
    if compiler.is_tuple(values):
        for value in values:
            if compiler.is_scalar(value):
                _check_fits(value, dtype)
    elif compiler.is_scalar(values):
        _check_fits(values, dtype)


def _check_fits(value, dtype: literal):
    """Refuses a number that an integer dtype does not hold; of floats it is the integer part that counts."""
    if compiler.is_integer(dtype) and (compiler.is_integer(value) or compiler.is_float(value)):
        item = int(value)
        limits = np.iinfo(dtype)
        if item < limits.min or item > limits.max:
            raise OverflowError(f"Python integer {item} out of bounds for {np.dtype(dtype).name}")


def _record_of(a, values):
    """A tuple as a record such as those of the array."""
    item = np.empty((), compiler.result_type(a))
    item[()] = values
    return item


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


def _inserted(arr, indices, items, values, axis: literal):
    """With one item before each of the indices, which count places of the array as it was."""
    length = arr.shape[axis]
    count = indices.shape[0]
    before = np.zeros(length + 1, np.int64)
    starts = np.empty(count, np.int64)
    for i in range(count):
        starts[i] = np.int64(indices[i]) + length if indices[i] < 0 else np.int64(indices[i])
    _check_starts(starts, length)
    _check_items(arr, values)
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


def _along(a, axis: literal):
    """The array and one of its axes; without an axis, its items in one row."""
    a = _array(a)
    if axis is None:
        return _flat(a), 0
    return a, _axis(axis, a.ndim)
