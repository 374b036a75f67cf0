"""Arrays with items put around them."""


def pad(
    array,
    pad_width,
    mode: literal = "constant",
    *,
    constant_values="not given",
    end_values="not given",
    stat_length="not given",
    reflect_type: literal = "not given",
):
    array = _array(array)
    _check_pad(mode, constant_values, end_values, stat_length, reflect_type)
    shape = ()
    for i in compiler.indices(array.ndim):
        before, after = _pair(pad_width, i, array.ndim)
        if before < 0 or after < 0:
            raise ValueError("index can't contain negative values")
        if before + after < 0 or array.shape[i] + before + after < 0:
            raise ValueError("Maximum allowed dimension exceeded")
        shape = shape + (array.shape[i] + before + after,)
    out = np.empty(shape, compiler.result_type(array))
    _put_inside(array, out, pad_width, 0, array.ndim)
    for i in compiler.indices(array.ndim):
        if mode != "empty":
            before, after = _pair(pad_width, i, array.ndim)
            rows = _axis_first(_padded_so_far(out, array, pad_width, i), i)
            if mode == "constant":
                low, high = _pair(_pad_value(constant_values), i, array.ndim)
                rows[:before] = low
                rows[before + array.shape[i] :] = high
            elif array.shape[i] == 0:
                if before + after > 0:
                    raise ValueError(f"can't extend empty axis {i} using modes other than 'constant' or 'empty'")
            elif mode == "linear_ramp":
                low, high = _pair(_pad_value(end_values), i, array.ndim)
                _put_ramp(rows[:before], rows[before], low)
                _put_ramp(rows[before + array.shape[i] :][::-1], rows[before + array.shape[i] - 1], high)
            elif mode in ("maximum", "mean", "median", "minimum"):
                _pad_statistics(rows, before, array.shape[i], mode, stat_length, i, array.ndim)
            else:
                _pad_copies(rows, before, array.shape[i], mode, compiler.is_str(reflect_type) and reflect_type == "odd")
    return out


def _check_pad(mode: literal, constant_values, end_values, stat_length, reflect_type: literal):
    if mode not in ("constant", "edge", "linear_ramp", "maximum", "mean", "median", "minimum", "reflect", "symmetric", "wrap", "empty"):
        raise ValueError(f"mode '{mode}' is not supported")
    if mode != "constant" and not compiler.is_str(constant_values):
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {{'constant_values'}}")
    if mode != "linear_ramp" and not compiler.is_str(end_values):
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {{'end_values'}}")
    if mode not in ("maximum", "mean", "median", "minimum") and not compiler.is_str(stat_length):
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {{'stat_length'}}")
    if mode not in ("reflect", "symmetric") and reflect_type != "not given":
        raise ValueError(f"unsupported keyword arguments for mode '{mode}': {{'reflect_type'}}")


def _pad_value(x):
    return 0 if compiler.is_str(x) else x


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


def _put_inside(a, out, widths, axis: literal, ndim: literal):
    if a.ndim == 0:
        out[()] = a[()]
        return
    before, _ = _pair(widths, axis, ndim)
    for i in range(a.shape[0]):
        if a.ndim == 1:
            out[before + i] = a[i]
        else:
            _put_inside(a[i], out[before + i], widths, axis + 1, ndim)


def _padded_so_far(out, array, widths, axis: literal):
    """A view of what is filled before an axis is extended: of the axes after it, the places of the array."""
    for i in compiler.indices(array.ndim):
        if i > axis:
            before, _ = _pair(widths, i, array.ndim)
            out = _stretch(out, i, before, before + array.shape[i])
    return out


def _pad_copies(rows, before, length, mode: literal, odd: literal):
    """Continues the first axis by items of the array; with odd, by their reflections in the edges' values."""
    for i in range(rows.shape[0]):
        if i < before or i >= before + length:
            turn, place = _padded_from(i - before, length, mode)
            source = rows[before + place]
            target = rows[i, ...]
            if not odd:
                target[...] = source
            else:
                period = 2 * length if mode == "symmetric" else 2 * length - 2
                last = rows[before + length - 1]
                first = rows[before]
                if length == 1:
                    target[...] = source
                elif (i - before) % period < length:
                    target[...] = source + 2 * turn * (last - first)
                else:
                    target[...] = 2 * last - source + 2 * turn * (last - first)


def _padded_from(i, length, mode: literal):
    """The place whose item continues an axis, after how many periods."""
    if mode == "edge" or length == 1:
        return 0, 0 if i < 0 else length - 1
    if mode == "wrap":
        return 0, i % length
    period = 2 * length if mode == "symmetric" else 2 * length - 2
    place = i % period
    if place < length:
        return i // period, place
    return i // period, (2 * length - 1 if mode == "symmetric" else 2 * length - 2) - place


def _put_ramp(rows, edge, end):
    """From the end's value towards the edge's, which is not reached."""
    count = rows.shape[0]
    if count == 0:
        return
    kind = compiler.inexact_type(rows, end)
    first = kind(end)
    last = _array(edge)
    rise = np.empty(last.shape, kind)
    rise[...] = last
    rise -= first
    step = rise / kind(count)
    stuck = np.any(step == 0)
    for i in range(count):
        line = kind(i) / kind(count) * rise + first if stuck else kind(i) * step + first
        target = rows[i, ...]
        if compiler.is_integer(rows):
            target[...] = np.floor(line)
        else:
            target[...] = line


def _pad_statistics(rows, before, length, mode: literal, stat_length, axis: literal, ndim: literal):
    first = length
    last = length
    if not (compiler.is_str(stat_length) or compiler.is_none(stat_length)):
        low, high = _pair(stat_length, axis, ndim)
        if low < 0 or high < 0:
            raise ValueError("index can't contain negative values")
        first = min(low, length)
        last = min(high, length)
        if (first == 0 or last == 0) and mode in ("maximum", "minimum"):
            raise ValueError("stat_length of 0 yields no value for padding")
    # Both are computed before either is written.
    low_value = _pad_statistic(rows[before : before + first], mode)
    high_value = _pad_statistic(rows[before + length - last : before + length], mode)
    rows[:before] = low_value
    rows[before + length :] = high_value


def _pad_statistic(items, mode: literal):
    if mode == "maximum":
        return np.max(items, axis=0)
    if mode == "minimum":
        return np.min(items, axis=0)
    value = np.mean(items, axis=0) if mode == "mean" else np.median(items, axis=0)
    return np.rint(value) if compiler.is_integer(items) else value
