"""Unique items, and arrays as sets."""


def unique(
    ar,
    return_index: literal = False,
    return_inverse: literal = False,
    return_counts: literal = False,
    axis: literal = None,
    *,
    equal_nan: literal = True,
    sorted: literal = True,
):
    a = _array(ar)
    if axis is not None:
        if a.ndim != 1 and compiler.is_integer(axis) and (axis < -a.ndim or axis >= a.ndim):
            raise np.exceptions.AxisError(axis, a.ndim)
        place = _axis(axis, a.ndim)
        if a.ndim != 1:
            return _unique_rows(a, place, return_index, return_inverse, return_counts)
    if not return_index and not return_inverse and not return_counts:
        return _unique(a, equal_nan)
    flat = _flat(a)
    order = _ordered(flat)
    items = _taken(flat, order)
    starts = _group_starts(items, equal_nan)
    result = (_taken(items, starts),)
    if return_index:
        result = result + (_taken(order, starts),)
    if return_inverse:
        result = result + (_unique_inverse(a, order, starts),)
    if return_counts:
        result = result + (_group_sizes(starts, items.shape[0]),)
    return result


def _unique_rows(a, axis: literal, return_index: literal, return_inverse: literal, return_counts: literal):
    """The different items along an axis, sorted by the first of their elements that differ."""
    items = _axis_first(a, axis)
    rows = compiler.reshaped(items, (items.shape[0], items.size // max(items.shape[0], 1)))
    order = np.arange(rows.shape[0])
    for i in range(rows.shape[1] - 1, -1, -1):
        order = _taken(order, _ordered(_taken(rows[:, i], order)))
    starts = np.empty(rows.shape[0], np.int64)
    count = 0
    for i in range(rows.shape[0]):
        if i == 0 or not _same_rows(rows[order[i - 1]], rows[order[i]]):
            starts[count] = i
            count += 1
    starts = starts[:count]
    different = np.empty((count, rows.shape[1]), compiler.result_type(rows))
    for i in range(count):
        for j in range(rows.shape[1]):
            different[i, j] = rows[order[starts[i]], j]
    found = _with_axis_at(compiler.reshaped(different, (count,) + items.shape[1:]), axis)
    if not return_index and not return_inverse and not return_counts:
        return found
    result = (found,)
    if return_index:
        result = result + (_taken(order, starts),)
    if return_inverse:
        result = result + (_unique_inverse(order, order, starts),)
    if return_counts:
        result = result + (_group_sizes(starts, rows.shape[0]),)
    return result


def _same_rows(a, b):
    for i in range(a.shape[0]):
        if a[i] != b[i]:
            return False
    return True


def unique_values(x):
    """Sorted, where NumPy's may be in any order."""
    return _unique(_array(x), False)


def unique_counts(x):
    return compiler.named("numpy.lib._arraysetops_impl.UniqueCountsResult values counts", unique(x, return_counts=True, equal_nan=False))


def unique_inverse(x):
    return compiler.named("numpy.lib._arraysetops_impl.UniqueInverseResult values inverse_indices", unique(x, return_inverse=True, equal_nan=False))


def unique_all(x):
    found = unique(x, return_index=True, return_inverse=True, return_counts=True, equal_nan=False)
    return compiler.named("numpy.lib._arraysetops_impl.UniqueAllResult values indices inverse_indices counts", found)


def _unique(a, equal_nan: literal):
    """The different items, sorted."""
    items = _flat(a).copy()
    _sort_rows(items, False)
    return _taken(items, _group_starts(items, equal_nan))


def _group_starts(items, equal_nan: literal):
    """Where in a sorted array each run of equal items begins."""
    starts = np.empty(items.shape[0], np.int64)
    count = 0
    for i in range(items.shape[0]):
        if i == 0 or not _same_item(items[i - 1], items[i], equal_nan):
            starts[count] = i
            count += 1
    return starts[:count]


def _same_item(x, y, equal_nan: literal):
    if equal_nan and not compiler.is_integer(x) and not compiler.is_bool(x):
        return x == y or (x != x and y != y)
    return x == y


def _unique_inverse(a, order, starts):
    """For each item of the array the place of its equal among the unique ones."""
    places = np.empty(a.size, np.int64)
    for i in range(starts.shape[0]):
        end = starts[i + 1] if i + 1 < starts.shape[0] else order.shape[0]
        for j in range(starts[i], end):
            places[order[j]] = i
    return _shaped_as(a, places)


def _group_sizes(starts, count):
    sizes = np.empty(starts.shape[0], np.int64)
    for i in range(starts.shape[0]):
        sizes[i] = (starts[i + 1] if i + 1 < starts.shape[0] else count) - starts[i]
    return sizes


def _chained(a, b):
    """The items of one array and then those of another one."""
    out = np.empty(a.size + b.size, compiler.result_type(a, b))
    _put_items(_flat(a), out, 0)
    _put_items(_flat(b), out, a.size)
    return out


def _put_items(items, out, start):
    for i in range(items.shape[0]):
        out[start + i] = items[i]


def union1d(ar1, ar2):
    return _unique(concatenate((ar1, ar2), None), True)


def intersect1d(ar1, ar2, assume_unique: literal = False, return_indices: literal = False):
    a = _array(ar1)
    b = _array(ar2)
    if return_indices:
        return _intersect_places(_flat(a), _flat(b), assume_unique)
    items = _chained(_flat(a), _flat(b)) if assume_unique else _chained(_unique(a, True), _unique(b, True))
    _sort_rows(items, False)
    return _taken(items, _pair_starts(items))


def _pair_starts(items):
    """Where in a sorted array an item is followed by its equal."""
    starts = np.empty(items.shape[0], np.int64)
    count = 0
    for i in range(1, items.shape[0]):
        if items[i - 1] == items[i]:
            starts[count] = i - 1
            count += 1
    return starts[:count]


def _intersect_places(a, b, assume_unique: literal):
    if assume_unique:
        items = _chained(a, b)
        order = _ordered(items)
        items = _taken(items, order)
        pairs = _pair_starts(items)
        seconds = np.empty(pairs.shape[0], np.int64)
        for i in range(pairs.shape[0]):
            seconds[i] = order[pairs[i] + 1] - a.shape[0]
        return _taken(items, pairs), _taken(order, pairs), seconds
    first, first_places = np.unique(a, return_index=True)
    second, second_places = np.unique(b, return_index=True)
    items, from_first, from_second = _intersect_places(first, second, True)
    return items, _taken(first_places, from_first), _taken(second_places, from_second)


def setxor1d(ar1, ar2, assume_unique: literal = False):
    a = _array(ar1)
    b = _array(ar2)
    items = _chained(a, b) if assume_unique else _chained(_unique(a, True), _unique(b, True))
    _sort_rows(items, False)
    last = items.shape[0] - 1
    alone = np.empty(items.shape[0], np.int64)
    count = 0
    for i in range(items.shape[0]):
        if (i == 0 or items[i] != items[i - 1]) and (i == last or items[i] != items[i + 1]):
            alone[count] = i
            count += 1
    return _taken(items, alone[:count])


def setdiff1d(ar1, ar2, assume_unique: literal = False):
    a = _flat(_array(ar1)) if assume_unique else _unique(_array(ar1), True)
    return _kept(a, _membership(a, _flat(_array(ar2)), True))


def isin(element, test_elements, assume_unique=False, invert=False, *, kind: literal = None):
    a = _array(element)
    if kind is not None and kind not in ("sort", "table"):
        raise ValueError(f"Invalid kind: '{kind}'. Please use None, 'sort' or 'table'.")
    tests = _array(test_elements)
    if kind == "table" and not (_is_integral(a) and _is_integral(tests)):
        raise ValueError("The 'table' method is only supported for boolean or integer arrays. Please select 'sort' or None for kind.")
    return _shaped_as(a, _membership(_flat(a), _flat(tests), invert))


def _is_integral(x):
    return compiler.is_integer(x) or compiler.is_bool(x)


def in1d(ar1, ar2, assume_unique=False, invert=False, *, kind: literal = None):
    return isin(_flat(_array(ar1)), ar2, assume_unique, invert, kind=kind)


def _membership(a, tests, invert):
    """For each item whether it is among the others, or with invert whether it is not."""
    dtype = compiler.result_type(a, tests)
    out = np.empty(a.shape[0], np.bool_)
    if tests.shape[0] == 0:
        out[:] = bool(invert)
        return out
    if compiler.is_integer(dtype):
        low, high = _extremes(tests, dtype)
        span = np.uint64(high) - np.uint64(low)
        if span <= np.uint64(6 * (a.shape[0] + tests.shape[0])):
            _look_up(a, tests, low, high, np.int64(span), invert, out, dtype)
            return out
    items = _packed(tests, dtype)
    _sort_rows(items, False)
    for i in range(a.shape[0]):
        value = dtype(a[i])
        place = _bisect(items, value, False, dtype)
        found = place < items.shape[0] and items[place] == value
        out[i] = found != bool(invert)
    return out


def _extremes(a, dtype):
    low = dtype(a[0])
    high = dtype(a[0])
    for item in a:
        low = min(low, dtype(item))
        high = max(high, dtype(item))
    return low, high


def _look_up(a, tests, low, high, span, invert, out, dtype):
    """Membership of integers by a table of all between the least and the largest."""
    table = np.zeros(span + 1, np.bool_)
    for test in tests:
        table[np.int64(np.uint64(dtype(test)) - np.uint64(low))] = True
    for i in range(a.shape[0]):
        value = dtype(a[i])
        found = False
        if value >= low and value <= high:
            found = table[np.int64(np.uint64(value) - np.uint64(low))]
        out[i] = found != bool(invert)
