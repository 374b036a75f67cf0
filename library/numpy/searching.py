"""Searching in sorted arrays."""


def searchsorted(a, v, side: literal = "left", sorter=None):
    a = _array(a)
    if side not in ("left", "right"):
        raise ValueError(f"search side must be 'left' or 'right' (got '{side}')")
    _one_axis(a)
    if sorter is not None:
        sorter = _array(sorter)
        if sorter.ndim != 1 or not compiler.is_integer(sorter):
            compiler.type_error("sorter must be an array of integers with one axis")
        if sorter.shape[0] != a.shape[0]:
            raise ValueError("sorter.size must equal keys.size")
    if compiler.is_scalar(v):
        # Its own dtype counts as that of an array.
        return _bisect(a, v, side == "right", compiler.result_type(a, compiler.result_type(v)), sorter)
    v = _array(v)
    dtype = compiler.result_type(a, v)
    if sorter is None and compiler.result_type(a) is dtype:
        return _value(_shaped_as(v, _search_all(a, _converted(_flat(v), dtype), side == "right")))
    out = np.empty(v.shape, np.int64)
    _bisect_all(a, v, out, side == "right", dtype, sorter)
    return _value(out)


def _search_all(a, values, right: literal):
    """The places of values of the array's dtype; there is no sorter, which the kernel sees by the address 0."""
    out = np.empty(values.shape[0], np.int64)
    _finished(compiler.runtime_call("zouk_searchsorted_{}", _contiguous(a), a.shape[0], _contiguous(values), values.shape[0], right, 0, out))
    return out


def _bisect_all(a, v, out, right: literal, dtype, sorter):
    if v.ndim == 0:
        out[()] = _bisect(a, v[()], right, dtype, sorter)
    elif v.ndim == 1:
        for i in range(v.shape[0]):
            out[i] = _bisect(a, v[i], right, dtype, sorter)
    else:
        for i in range(v.shape[0]):
            _bisect_all(a, v[i], out[i], right, dtype, sorter)


def _bisect(a, value, right: literal, dtype, sorter=None):
    """The first place where the value may be inserted, or the last. The sorter says in which order the items are sorted."""
    value = dtype(value)
    low = 0
    high = a.shape[0]
    while low < high:
        middle = (low + high) // 2
        place = middle
        if sorter is not None:
            place = np.int64(sorter[middle])
            if place < 0 or place >= a.shape[0]:
                raise ValueError("Sorter index out of range.")
        item = dtype(a[place])
        if right:
            before = not _less(value, item)
        else:
            before = _less(item, value)
        if before:
            low = middle + 1
        else:
            high = middle
    return low


def digitize(x, bins, right: literal = False):
    bins = _array(bins)
    if compiler.is_complex(x):
        raise TypeError("x may not be complex")
    _one_axis(bins)
    order = _direction(bins)
    if order == 0:
        raise ValueError("bins must be monotonically increasing or decreasing")
    dtype = compiler.result_type(bins, _array(x))
    side = not right
    if compiler.is_scalar(x):
        return _digit(bins, x, side, dtype, order)
    x = _array(x)
    out = np.empty(x.shape, np.int64)
    _digits(bins, x, out, side, dtype, order)
    return _value(out)


def _direction(bins):
    """1 when the items never fall, -1 when they never rise, else 0. The first two that differ decide which, as in NumPy, also beside NaN."""
    n = bins.shape[0]
    start = 1
    while start < n and bins[start] == bins[0]:
        start += 1
    if start >= n:
        return 1
    order = 1 if bins[0] < bins[start] else -1
    for i in range(start + 1, n):
        if (bins[i - 1] > bins[i]) if order == 1 else (bins[i - 1] < bins[i]):
            return 0
    return order


def _digits(bins, x, out, side: literal, dtype, order):
    if x.ndim == 0:
        out[()] = _digit(bins, x[()], side, dtype, order)
    elif x.ndim == 1:
        for i in range(x.shape[0]):
            out[i] = _digit(bins, x[i], side, dtype, order)
    else:
        for i in range(x.shape[0]):
            _digits(bins, x[i], out[i], side, dtype, order)


def _digit(bins, value, side: literal, dtype, order):
    if order > 0:
        return _bisect(bins, value, side, dtype)
    return bins.shape[0] - _bisect(bins[::-1], value, side, dtype)
