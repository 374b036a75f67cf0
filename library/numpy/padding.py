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
    out = np.empty(shape, compiler.result_type(array)) if mode == "empty" else np.zeros(shape, compiler.result_type(array))
    inside = out
    for i in compiler.indices(array.ndim):
        before, _ = _pair(pad_width, i, array.ndim)
        inside = _stretch(inside, i, before, before + array.shape[i])
    inside[...] = array
    for i in compiler.indices(array.ndim):
        if mode != "empty":
            before, after = _pair(pad_width, i, array.ndim)
            if mode != "constant" and array.shape[i] == 0 and before + after > 0:
                raise ValueError(f"can't extend empty axis {i} using modes other than 'constant' or 'empty'")
            values = constant_values if mode == "constant" else end_values if mode == "linear_ramp" else stat_length
            low, high = _pair(values, i, array.ndim) if not (compiler.is_str(values) or compiler.is_none(values)) else (0, 0)
            whole = compiler.is_str(values) or compiler.is_none(values)
            _pad_axis(_lines_along(out, i), before, array.shape[i], low, high, mode, whole, reflect_type == "odd")
    return out


def _lines_along(out, axis: literal):
    """A packed array as one with three axes: those before an axis, the axis, those after it."""
    front = 1
    back = 1
    for i in compiler.indices(out.ndim):
        if i < axis:
            front *= out.shape[i]
        elif i > axis:
            back *= out.shape[i]
    return compiler.reshaped(out, (front, out.shape[axis], back))


def _pad_axis(lines, before, length, low, high, mode: literal, whole: literal, odd: literal):
    """Extends all lines; what is extended before it is filled is overwritten when its own axis is."""
    if length > 0 or mode == "constant":
        for i in range(lines.shape[0]):
            for j in range(lines.shape[2]):
                line = lines[i, :, j]
                if mode == "constant":
                    line[:before].fill(low)
                    line[before + length :].fill(high)
                elif mode == "linear_ramp":
                    _put_ramp(line[:before], line[before], low)
                    _put_ramp(line[before + length :][::-1], line[before + length - 1], high)
                elif mode in ("maximum", "mean", "median", "minimum"):
                    _pad_statistics(line, before, length, length if whole else low, length if whole else high, mode)
                else:
                    _pad_copies(line, before, length, mode, odd)


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


def _pair(widths, axis: literal, ndim: literal):
    """What a number, a pair, a tuple of one pair, or one of pairs says of an axis: before it and after it."""
    if compiler.is_scalar(widths):
        return widths, widths
    if compiler.is_array(widths):
        compiler.type_error("pad() needs widths that are numbers or tuples")
    if compiler.is_tuple(widths[0]):
        if len(widths) == 1:
            return _pair(widths[0], 0, ndim)
        if len(widths) != ndim or len(widths[0]) > 2:
            raise ValueError(f"operands could not be broadcast together with remapped shapes [original->remapped]: ({len(widths)},{len(widths[0])})  and requested shape ({ndim},2)")
        return _pair(widths[axis], 0, ndim)
    if len(widths) == 1:
        return widths[0], widths[0]
    if len(widths) != 2:
        raise ValueError(f"operands could not be broadcast together with remapped shapes [original->remapped]: ({len(widths)},)  and requested shape ({ndim},2)")
    return widths[0], widths[1]


def _pad_copies(line, before, length, mode: literal, odd: literal):
    """Continues a line by its own items; with odd, by their reflections in the values at the edges."""
    dtype = compiler.result_type(line)
    rise = dtype(line[before + length - 1] - line[before])
    for k in range(line.shape[0] - length):
        i = k if k < before else k + length
        turn, place = _padded_from(i - before, length, mode)
        value = line[before + place]
        if odd:
            period = 2 * length if mode == "symmetric" else 2 * length - 2
            if length > 1 and (i - before) % period >= length:
                value = dtype(dtype(2) * line[before + length - 1] - value)
            value = dtype(value + dtype(2 * turn) * rise)
        line[i] = value


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


def _put_ramp(line, edge, end):
    """From the end's value towards the edge's, which is not reached."""
    count = line.shape[0]
    kind = compiler.inexact_type(line, end)
    first = kind(end)
    rise = kind(edge) - first
    for i in range(count):
        value = kind(i) * (rise / kind(count)) + first
        line[i] = math.floor(value) if compiler.is_integer(line) else value


def _pad_statistics(line, before, length, first, last, mode: literal):
    if first < 0 or last < 0:
        raise ValueError("index can't contain negative values")
    if (first == 0 or last == 0) and mode in ("maximum", "minimum"):
        raise ValueError("stat_length of 0 yields no value for padding")
    # Both are computed before either is written.
    values = np.empty(2, compiler.result_type(line))
    for side in range(2):
        count = min(first if side == 0 else last, length)
        start = before if side == 0 else before + length - count
        values[side] = _pad_statistic(line[start : start + count], mode)
    line[:before].fill(values[0])
    line[before + length :].fill(values[1])


def _pad_statistic(items, mode: literal):
    if mode == "maximum":
        return np.max(items)
    if mode == "minimum":
        return np.min(items)
    value = np.mean(items) if mode == "mean" else _median(items)
    return np.rint(value) if compiler.is_integer(items) else value
