"""Cumulative sums and products, differences, and integrals by them."""


def cumsum(a, axis: literal = None, dtype: literal = None, out=None):
    return _cumulated(a, axis, dtype, out, False)


def cumprod(a, axis: literal = None, dtype: literal = None, out=None):
    return _cumulated(a, axis, dtype, out, True)


def nancumsum(a, axis: literal = None, dtype: literal = None, out=None):
    return _cumulated(_without_nan(_array(a), 0), axis, dtype, out, False)


def nancumprod(a, axis: literal = None, dtype: literal = None, out=None):
    return _cumulated(_without_nan(_array(a), 1), axis, dtype, out, True)


def _without_nan(a, item):
    """The array with another item in place of NaN."""
    if compiler.is_integer(a) or compiler.is_bool(a):
        return a
    return np.where(a == a, a, compiler.result_type(a)(item))


def _sum_type(a, dtype: literal):
    """The dtype that sums and products have: integers are not narrower than int64."""
    if dtype is not None:
        if compiler.is_str(dtype):
            compiler.type_error("dtype must be a type such as np.float32: its name as a text is not supported here")
        return compiler.result_type(dtype)
    if compiler.is_unsigned(a):
        return compiler.result_type(a, np.uint64)
    if compiler.is_integer(a) or compiler.is_bool(a):
        return np.int64
    return compiler.result_type(a)


def _cumulated(a, axis: literal, dtype: literal, out, product: literal):
    a = _array(a)
    result = _sum_type(a, dtype) if out is None or dtype is not None else compiler.result_type(out, a)
    if axis is None:
        a = _flat(a)
        axis = 0
    else:
        axis = _axis(axis, a.ndim)
    if out is None:
        out = np.empty(a.shape, result)
    elif out.shape != a.shape:
        raise ValueError("provided out is the wrong size for the accumulation.")
    elif compiler.result_type(out) is not result or np.may_share_memory(a, out):
        found = np.empty(a.shape, result)
        _accumulate(a, found, axis, product, result)
        out[...] = found
        return out
    _accumulate(a, out, axis, product, result)
    return out


def _accumulate(a, out, axis: literal, product: literal, dtype):
    if axis > 0:
        for i in range(a.shape[0]):
            _accumulate(a[i], out[i], axis - 1, product, dtype)
    elif a.ndim == 1:
        if a.shape[0] > 0:
            total = dtype(a[0])
            out[0] = total
            for i in range(1, a.shape[0]):
                total = _joined(total, dtype(a[i]), product, dtype)
                out[i] = total
    elif a.shape[0] > 0:
        out[0] = a[0]
        for i in range(1, a.shape[0]):
            _accumulate_row(out[i - 1], a[i], out[i], product, dtype)


def _joined(total, item, product: literal, dtype):
    if compiler.is_bool(dtype):
        return total and item if product else total or item
    return dtype(total * item) if product else dtype(total + item)


def _accumulate_row(before, a, out, product: literal, dtype):
    if a.ndim == 1:
        for i in range(a.shape[0]):
            out[i] = _joined(dtype(before[i]), dtype(a[i]), product, dtype)
    else:
        for i in range(a.shape[0]):
            _accumulate_row(before[i], a[i], out[i], product, dtype)


def cumulative_sum(x, /, *, axis: literal = None, dtype: literal = None, out=None, include_initial: literal = False):
    return _cumulative(x, axis, dtype, out, include_initial, False)


def cumulative_prod(x, /, *, axis: literal = None, dtype: literal = None, out=None, include_initial: literal = False):
    return _cumulative(x, axis, dtype, out, include_initial, True)


def _cumulative(x, axis: literal, dtype: literal, out, include_initial: literal, product: literal):
    """The sums or products; with the first one of no item at all before them, if it is included."""
    x = _at_least(_array(x), 1)
    if axis is None and x.ndim > 1:
        raise ValueError("For arrays which have more than one dimension ``axis`` argument is required.")
    if not include_initial:
        return _cumulated(x, 0 if axis is None else axis, dtype, out, product)
    place = 0 if axis is None else _axis(axis, x.ndim)
    result = _sum_type(x, dtype)
    shape = x.shape[:place] + (x.shape[place] + 1,) + x.shape[place + 1 :]
    whole = np.empty(shape, result) if out is None else out
    if whole.shape != shape:
        raise ValueError("provided out is the wrong size for the accumulation.")
    rows = compiler.move_axis_last(whole, place)
    rows[..., 0] = 1 if product else 0
    rows[..., 1:] = compiler.move_axis_last(_cumulated(x, place, dtype, None, product), place)
    return whole


def diff(a, n=1, axis: literal = -1, prepend=None, append=None):
    a = _array(a)
    if n < 0:
        raise ValueError(f"order must be non-negative but got {n}")
    if a.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    place = _axis(axis, a.ndim)
    if prepend is not None and append is not None:
        a = _beside_each_other((_beside(prepend, a, place), a, _beside(append, a, place)), place)
    elif prepend is not None:
        a = _beside_each_other((_beside(prepend, a, place), a), place)
    elif append is not None:
        a = _beside_each_other((a, _beside(append, a, place)), place)
    length = max(a.shape[place] - n, 0)
    out = np.empty(a.shape[:place] + (length,) + a.shape[place + 1 :], compiler.difference_type(a))
    if n == 1:
        _diff(a, out, place)
    else:
        rows = a.copy()
        for _ in range(min(n, a.shape[place])):
            _diff(rows, rows, place)
        _copy_front(rows, out)
    return out


def _beside_each_other(arrays, axis: literal):
    return _joined_along(arrays, axis, None, None, "same_kind")


def _beside(x, a, axis: literal):
    """An array to put before or after another one along an axis; a number is one item everywhere."""
    x = _array(x)
    if x.ndim > 0:
        return x
    out = np.empty(a.shape[:axis] + (1,) + a.shape[axis + 1 :], compiler.result_type(x))
    out.fill(x[()])
    return out


def _diff(a, out, axis: literal):
    """Writes the differences along an axis to the front of an array, which may be the same one."""
    if axis > 0:
        for i in range(a.shape[0]):
            _diff(a[i], out[i], axis - 1)
    elif a.ndim == 1:
        for i in range(a.shape[0] - 1):
            if compiler.is_bool(a):
                out[i] = a[i + 1] != a[i]
            else:
                out[i] = a[i + 1] - a[i]
    else:
        for i in range(a.shape[0] - 1):
            _subtract_row(a[i + 1], a[i], out[i])


def _subtract_row(a, b, out):
    for i in range(a.shape[0]):
        if a.ndim > 1:
            _subtract_row(a[i], b[i], out[i])
        elif compiler.is_bool(a):
            out[i] = a[i] != b[i]
        else:
            out[i] = a[i] - b[i]


def _copy_front(a, out):
    """Fills an array from the front of a larger one along each axis."""
    for i in range(out.shape[0]):
        if out.ndim > 1:
            _copy_front(a[i], out[i])
        else:
            out[i] = a[i]


def ediff1d(ary, to_end=None, to_begin=None):
    a = _flat(_array(ary))
    if compiler.is_bool(a):
        compiler.type_error("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
    dtype = compiler.difference_type(a)
    begin = np.empty(0, dtype) if to_begin is None else _flat(_array(to_begin))
    end = np.empty(0, dtype) if to_end is None else _flat(_array(to_end))
    if not np.can_cast(compiler.result_type(begin), dtype, "same_kind"):
        raise TypeError("dtype of `to_begin` must be compatible with input `ary` under the `same_kind` rule.")
    if not np.can_cast(compiler.result_type(end), dtype, "same_kind"):
        raise TypeError("dtype of `to_end` must be compatible with input `ary` under the `same_kind` rule.")
    first = begin.shape[0]
    count = max(a.shape[0] - 1, 0)
    out = np.empty(first + count + end.shape[0], dtype)
    for i in range(first):
        out[i] = begin[i]
    for i in range(count):
        if compiler.is_bool(a):
            raise TypeError("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
        out[first + i] = a[i + 1] - a[i]
    for i in range(end.shape[0]):
        out[first + count + i] = end[i]
    return out
