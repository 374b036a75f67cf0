"""Convolutions, and products of vectors."""


def convolve(a, v, mode: literal = "full"):
    a = _at_least(_array(a), 1)
    v = _at_least(_array(v), 1)
    _one_axis(a)
    _one_axis(v)
    if a.shape[0] == 0:
        raise ValueError("a cannot be empty")
    if v.shape[0] == 0:
        raise ValueError("v cannot be empty")
    dtype = compiler.result_type(a, v)
    if v.shape[0] > a.shape[0]:
        return _convolved(_converted(v, dtype), _converted(a, dtype), mode, False, dtype)
    return _convolved(_converted(a, dtype), _converted(v, dtype), mode, False, dtype)


def correlate(a, v, mode: literal = "valid"):
    a = _at_least(_array(a), 1)
    v = _at_least(_array(v), 1)
    _one_axis(a)
    _one_axis(v)
    if a.shape[0] == 0:
        raise ValueError("first array argument cannot be empty")
    if v.shape[0] == 0:
        raise ValueError("second array argument cannot be empty")
    dtype = compiler.result_type(a, v)
    flipped = np.empty(v.shape[0], dtype)
    for i in range(v.shape[0]):
        flipped[i] = v[-1 - i].conjugate() if compiler.is_complex(v) else v[-1 - i]
    if v.shape[0] > a.shape[0]:
        return _convolved(flipped, _converted(a, dtype), mode, True, dtype)
    return _convolved(_converted(a, dtype), flipped, mode, False, dtype)


def _convolved(a, v, mode: literal, reverse: literal, dtype):
    """Of arrays of the dtype, the first of which is not shorter; in reverse, the middle of an odd number is counted from the other end."""
    n = a.shape[0]
    m = v.shape[0]
    if mode == "full":
        start = 0
        length = n + m - 1
    elif mode == "same":
        start = m // 2 if reverse else (m - 1) // 2
        length = n
    elif mode == "valid":
        start = m - 1
        length = n - m + 1
    else:
        raise ValueError(f"mode must be one of 'valid', 'same', or 'full' (got '{mode}')")
    out = np.zeros(length, dtype)
    # A stretch of the result stays in the cache while all factors go over it.
    for begin in range(start, start + length, 2048):
        end = min(begin + 2048, start + length)
        for j in range(m):
            factor = v[j]
            for i in range(max(begin - j, 0), min(end - j, n)):
                if compiler.is_bool(dtype):
                    out[i + j - start] = out[i + j - start] or (a[i] and factor)
                else:
                    out[i + j - start] += a[i] * factor
    return out


def cross(a, b, axisa: literal = -1, axisb: literal = -1, axisc: literal = -1, axis: literal = None):
    if axis is not None:
        return cross(a, b, axis, axis, axis)
    a = _array(a)
    b = _array(b)
    if a.ndim == 0 or b.ndim == 0:
        raise ValueError("At least one array has zero dimension")
    if compiler.is_bool(a) and compiler.is_bool(b):
        raise TypeError(
            "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead."
        )
    a = compiler.move_axis_last(a, _axis(axisa, a.ndim, "axisa"))
    b = compiler.move_axis_last(b, _axis(axisb, b.ndim, "axisb"))
    if a.shape[-1] not in (2, 3) or b.shape[-1] not in (2, 3):
        raise ValueError("incompatible dimensions for cross product\n(dimension must be 2 or 3)")
    if a.shape[-1] == 2 and b.shape[-1] == 2:
        raise ValueError("the cross product of vectors of two elements each is a number: write a[0] * b[1] - a[1] * b[0]")
    shape = np.broadcast_shapes(a.shape[:-1], b.shape[:-1])
    ndim = len(shape) + 1
    place = _axis(axisc, ndim, "axisc")
    whole = shape[:place] + (3,) + shape[place:]
    out = np.empty(whole, compiler.result_type(a, b))
    _cross_rows(a, b, compiler.move_axis_last(out, place))
    return out


def _cross_rows(a, b, out):
    if out.ndim == 1:
        a2 = a[2] if a.shape[0] == 3 else a[0] - a[0]
        b2 = b[2] if b.shape[0] == 3 else b[0] - b[0]
        out[0] = a[1] * b2 - a2 * b[1]
        out[1] = a2 * b[0] - a[0] * b2
        out[2] = a[0] * b[1] - a[1] * b[0]
    else:
        for i in range(out.shape[0]):
            _cross_rows(_broadcast_row(a, i, out.ndim), _broadcast_row(b, i, out.ndim), out[i])
