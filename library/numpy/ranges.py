"""Numbers spaced evenly, on a line or by their logarithms."""


def linspace(start, stop, num=50, endpoint=True, retstep: literal = False, dtype: literal = None, axis: literal = 0):
    if not (compiler.is_integer(num) or compiler.is_bool(num)):
        raise TypeError("num must be an integer")
    count = np.int64(num)
    kind = compiler.inexact_type(start, stop)
    items, step = _spaced(start, stop, count, endpoint, kind)
    if axis != 0:
        items = moveaxis(items, 0, axis)
    if retstep:
        return _of_dtype(items, kind, dtype), step
    return _of_dtype(items, kind, dtype)


def _of_dtype(items, kind, dtype: literal):
    """The items in the dtype that was asked for, if one was: rounded down to integers."""
    if dtype is None:
        return items
    result = _dtype(dtype)
    if result is kind:
        return items
    out = np.empty(items.shape, result)
    if compiler.is_integer(result):
        out[...] = np.floor(items)
    elif compiler.is_float(result) and compiler.is_complex(items):
        out[...] = items.real
    else:
        out[...] = items
    return out


def _spaced(start, stop, count, endpoint, kind):
    """The numbers, along the first axis, and the step."""
    if count < 0:
        raise ValueError(f"Number of samples, {count}, must be non-negative.")
    parts = count - 1 if endpoint else count
    if compiler.is_array(start) or compiler.is_array(stop) or compiler.is_tuple(start) or compiler.is_tuple(stop):
        return _spaced_arrays(_array(start), _array(stop), count, parts, endpoint, kind)
    first = kind(start)
    last = kind(stop)
    delta = kind(last - first)
    step = kind(delta / kind(parts)) if parts > 0 else kind(math.nan)
    out = np.empty(count, kind)
    for i in range(count):
        if parts <= 0:
            out[i] = kind(i) * delta + first
        elif step == 0:
            out[i] = kind(kind(i) / kind(parts)) * delta + first
        else:
            out[i] = kind(i) * step + first
    if endpoint and count > 1:
        out[count - 1] = last
    return out, step


def _spaced_arrays(start, stop, count, parts, endpoint, kind):
    shape = _broadcast_shape(start.shape, stop.shape)
    firsts = np.empty(shape, kind)
    firsts[...] = start
    lasts = np.empty(shape, kind)
    lasts[...] = stop
    steps = np.empty(shape, kind)
    out = np.empty((count,) + shape, kind)
    rows = compiler.reshaped(out, (count, firsts.size))
    _fill_lines(_flat_view(firsts), _flat_view(lasts), _flat_view(steps), rows, parts, endpoint, kind)
    return out, steps


def _fill_lines(firsts, lasts, steps, rows, parts, endpoint, kind):
    """One line for each column; where one of them does not rise, the steps of all are rounded otherwise."""
    stuck = parts <= 0
    for k in range(firsts.shape[0]):
        rise = lasts[k] - firsts[k]
        steps[k] = rise / kind(parts) if parts > 0 else rise * kind(math.nan)
        stuck = stuck or steps[k] == 0
    slopes = steps.copy()
    if stuck:
        for k in range(firsts.shape[0]):
            slopes[k] = lasts[k] - firsts[k]
    for i in range(rows.shape[0]):
        place = kind(kind(i) / kind(parts)) if stuck and parts > 0 else kind(i)
        line = rows[i]
        for k in range(firsts.shape[0]):
            line[k] = place * slopes[k] + firsts[k]
    if endpoint and rows.shape[0] > 1:
        line = rows[rows.shape[0] - 1]
        for k in range(lasts.shape[0]):
            line[k] = lasts[k]


def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype: literal = None, axis: literal = 0):
    if compiler.is_tuple(base) or compiler.is_array(base):
        bases = _array(base)
        most = _larger(bases.ndim, _larger(compiler.ndim(_array(start)), compiler.ndim(_array(stop))))
        exponents = linspace(_with_axes(_array(start), most), _with_axes(_array(stop), most), num, endpoint, False, None, axis)
        return _in_dtype(np.power(expand_dims(_with_axes(bases, most), axis), exponents), dtype)
    exponents = linspace(start, stop, num, endpoint, False, None, axis)
    return _in_dtype(np.power(base, exponents), dtype)


def _in_dtype(items, dtype: literal):
    if dtype is None:
        return items
    return _in_type(items, _dtype(dtype))


def _dtype(dtype: literal):
    """The dtype, which may be given by its name."""
    return compiler.result_type(np.empty(0, dtype))


def geomspace(start, stop, num=50, endpoint=True, dtype: literal = None, axis: literal = 0):
    if np.any(_array(start) == 0) or np.any(_array(stop) == 0):
        raise ValueError("Geometric sequence cannot include zero")
    kind = compiler.inexact_type(start, stop, np.float64)
    if dtype is not None:
        kind = compiler.inexact_type(start, stop, _dtype(dtype))
    first = np.empty(_array(start).shape, kind)
    first[...] = start
    last = np.empty(_array(stop).shape, kind)
    last[...] = stop
    sign = first / np.abs(first) if compiler.is_complex(first) else np.sign(first)
    first = first / sign
    last = last / sign
    items = np.power(kind(10), linspace(np.log10(first), np.log10(last), num, endpoint))
    count = items.shape[0]
    if count > 0:
        items[0] = first
        if count > 1 and endpoint:
            items[count - 1] = last
    items *= sign
    if axis != 0:
        items = moveaxis(items, 0, axis)
    return _in_dtype(items, dtype)
