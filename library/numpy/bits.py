"""Bits as elements of arrays."""


def packbits(a, axis: literal = None, bitorder: literal = "big"):
    a = _array(a)
    if not (compiler.is_integer(a) or compiler.is_bool(a)):
        raise TypeError("Expected an input array of integer or boolean data type")
    _check_bit_order(bitorder)
    if axis is None:
        return _packed_along(_flat(a), 0, bitorder)
    return _packed_along(a, _axis(axis, a.ndim), bitorder)


def _check_bit_order(bitorder: literal):
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must be either 'little' or 'big'")


def _packed_along(a, axis: literal, bitorder: literal):
    out = np.zeros(a.shape[:axis] + ((a.shape[axis] + 7) // 8,) + a.shape[axis + 1 :], np.uint8)
    _pack_rows(compiler.move_axis_last(a, axis), compiler.move_axis_last(out, axis), bitorder)
    return out


def _pack_rows(a, out, bitorder: literal):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _pack_rows(a[i], out[i], bitorder)
    else:
        whole = a.shape[0] // 8
        for i in range(whole):
            byte = np.uint8(0)
            for k in compiler.indices(8):
                byte |= np.uint8(a[8 * i + k] != 0) << np.uint8(7 - k if bitorder == "big" else k)
            out[i] = byte
        for k in range(a.shape[0] - 8 * whole):
            out[whole] |= np.uint8(a[8 * whole + k] != 0) << np.uint8(7 - k if bitorder == "big" else k)


def unpackbits(a, axis: literal = None, count=None, bitorder: literal = "big"):
    a = _array(a)
    if compiler.result_type(a) is not np.uint8:
        raise TypeError("Expected an input array of unsigned byte data type")
    if bitorder not in ("big", "little"):
        raise ValueError("'order' must begin with 'l' or 'b'")
    if axis is None:
        return _unpacked_along(_flat(a), 0, count, bitorder)
    return _unpacked_along(a, _axis(axis, a.ndim), count, bitorder)


def _unpacked_along(a, axis: literal, count, bitorder: literal):
    """With a negative count, that many bits are left out at the end."""
    length = 8 * a.shape[axis]
    if count is not None:
        if count < 0:
            if length + count < 0:
                raise ValueError("-count larger than number of elements")
            length += count
        else:
            length = np.int64(count)
    out = np.zeros(a.shape[:axis] + (length,) + a.shape[axis + 1 :], np.uint8)
    _unpack_rows(compiler.move_axis_last(a, axis), compiler.move_axis_last(out, axis), bitorder)
    return out


def _unpack_rows(a, out, bitorder: literal):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _unpack_rows(a[i], out[i], bitorder)
    else:
        length = min(8 * a.shape[0], out.shape[0])
        whole = length // 8
        for i in range(whole):
            for k in compiler.indices(8):
                out[8 * i + k] = (a[i] >> np.uint8(7 - k if bitorder == "big" else k)) & np.uint8(1)
        for k in range(length - 8 * whole):
            out[8 * whole + k] = (a[whole] >> np.uint8(7 - k if bitorder == "big" else k)) & np.uint8(1)
