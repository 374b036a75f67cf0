"""What library functions make of their arguments."""


def _axis(axis: literal, ndim: literal, name: literal = None):
    """The axis, counted from the first one; the error says which argument it is."""
    if not compiler.is_integer(axis):
        compiler.type_error("axis must be an integer")
    if axis < -ndim or axis >= ndim:
        raise np.exceptions.AxisError(axis, ndim, name)
    return axis + ndim if axis < 0 else axis


def _checked_axis(axis, ndim: literal, name: literal = None):
    """As `_axis`, of an axis that is known only at run time."""
    place = np.int64(axis)
    if place < -ndim or place >= ndim:
        raise np.exceptions.AxisError(place, ndim, name)
    return place + ndim if place < 0 else place


def _axes(axis: literal, ndim: literal, repeated: literal = "repeated axis", name: literal = None):
    """The axes as a tuple, counted from the first one: all of them for None. The errors are for axes that are there twice, and say which argument it is."""
    if axis is None:
        return compiler.indices(ndim)
    if not compiler.is_tuple(axis):
        return (_axis(axis, ndim, name),)
    axes = ()
    for item in axis:
        place = _axis(item, ndim, name)
        if place in axes:
            raise ValueError(repeated)
        axes = axes + (place,)
    return axes


def _other_axes(axes: literal, ndim: literal):
    """The axes of an array that are not among these."""
    others = ()
    for i in compiler.indices(ndim):
        if i not in axes and i - ndim not in axes:
            others = others + (i,)
    return others


def _shape_without(a, axes: literal):
    """The shape of what is left of the array when the axes are reduced."""
    shape = ()
    for i in _other_axes(axes, a.ndim):
        shape = shape + (a.shape[i],)
    return shape


def _shape_kept(a, axes: literal):
    """The same with the axes, as ones: `keepdims`."""
    shape = ()
    for i in compiler.indices(a.ndim):
        shape = shape + (1 if i in axes else a.shape[i],)
    return shape


def _array(x):
    """The array that an array, a number or a tuple stands for."""
    if compiler.is_array(x):
        return x
    if compiler.is_tuple(x):
        return np.asarray(x)
    if not compiler.is_scalar(x):
        compiler.type_error("an array, a number or a tuple of numbers is expected")
    item = np.empty((), compiler.result_type(x))
    item[()] = x
    return item


def _larger(n: literal, m: literal):
    """The larger constant."""
    return n if n > m else m


def _one_axis(a):
    """Refuses an array that has not one axis."""
    if a.ndim > 1:
        raise ValueError("object too deep for desired array")
    if a.ndim < 1:
        raise ValueError("object of too small depth for desired array")


def _flat(a):
    """The elements in C order, in one axis: the array's own where they are packed, which must not be written."""
    return a.ravel()


def _flat_view(a):
    """The elements of an array that is packed, in one axis: writing to them writes to the array."""
    return compiler.reshaped(a, (a.size,))


def _shaped_as(a, flat):
    """The items of an array with one axis, in the shape of another one."""
    return compiler.reshaped(flat, a.shape)


def _converted(a, dtype):
    """The elements of an array with one axis in a dtype: the array itself if it has that one."""
    return a if compiler.result_type(a) is dtype else _packed(a, dtype)


def _packed(a, dtype):
    """The elements of an array with one axis, in a new one of a dtype."""
    out = np.empty(a.shape[0], dtype)
    for i in range(a.shape[0]):
        out[i] = a[i]
    return out


def _taken(a, places):
    """The items of an array with one axis that are at these places."""
    out = np.empty(places.shape[0], compiler.result_type(a))
    for i in range(places.shape[0]):
        out[i] = a[places[i]]
    return out


def _kept(a, mask):
    """The items of an array with one axis where a mask holds."""
    out = np.empty(a.shape[0], compiler.result_type(a))
    count = 0
    for i in range(a.shape[0]):
        if mask[i]:
            out[count] = a[i]
            count += 1
    return out[:count].copy()


def _reduce(kernel, a, axis: literal, keepdims: literal, dtype):
    """kernel(values) of what lies along the axes, one value for each place along the others; the values have one axis."""
    a = _array(a)
    axes = _axes(axis, a.ndim)
    if len(axes) == 0:
        # Along an axis of one item.
        return _reduce(kernel, compiler.reshaped(a, a.shape + (1,)), a.ndim, False, dtype)
    kept = _other_axes(axes, a.ndim)
    if keepdims:
        out = np.empty(_shape_kept(a, axes), dtype)
        target = compiler.permuted(out, kept + axes)
        for _ in axes:
            target = target[..., 0]
        _reduce_rows(kernel, compiler.permuted(a, kept + axes), target)
        return out
    if len(kept) == 0:
        return dtype(kernel(_flat(a)))
    out = np.empty(_shape_without(a, axes), dtype)
    _reduce_rows(kernel, compiler.permuted(a, kept + axes), out)
    return out


def _reduce_rows(kernel, a, out):
    if out.ndim == 0:
        out[()] = kernel(_flat(a))
    elif out.ndim == 1:
        for i in range(a.shape[0]):
            out[i] = kernel(_flat(a[i]))
    else:
        for i in range(a.shape[0]):
            _reduce_rows(kernel, a[i], out[i])


def _stored(result, out, message: literal):
    """The result, or the array of its shape that it is to be stored in; what is said of one of another shape."""
    if out is None:
        return result
    if not compiler.is_array(out):
        compiler.type_error("out must be an array")
    items = _array(result)
    if out.ndim != items.ndim or out.shape != items.shape:
        raise ValueError(message)
    _check_same_kind(items, compiler.result_type(out))
    out[...] = items
    return out


def _stored_spread(result, out, shapes):
    """The result of operands of these shapes, or the array that it is to be stored in as universal functions do: one with more axes or items has it several times."""
    if out is None:
        return result
    if not compiler.is_array(out):
        compiler.type_error("out must be an array")
    items = _array(result)
    if not _broadcasts(items.shape, out.shape):
        if len(shapes) == 1:
            raise ValueError(f"operands could not be broadcast together with shapes {shapes[0]:shape} {out.shape:shape} ")
        elif len(shapes) == 2:
            raise ValueError(f"operands could not be broadcast together with shapes {shapes[0]:shape} {shapes[1]:shape} {out.shape:shape} ")
        else:
            raise ValueError(f"operands could not be broadcast together with shapes {shapes[0]:shape} {shapes[1]:shape} {shapes[2]:shape} {out.shape:shape} ")
    whole = _broadcast_shape(items.shape, out.shape)
    if len(whole) != out.ndim or whole != out.shape:
        raise ValueError(f"non-broadcastable output operand with shape {out.shape:shape} doesn't match the broadcast shape {whole:shape}")
    _check_same_kind(items, compiler.result_type(out))
    out[...] = items
    return out


def _stored_as_reduced(result, out, ufunc, a, axis: literal, keepdims: literal):
    """The result, or the array that it is to be stored in as reductions do."""
    if out is None:
        return result
    if not compiler.is_array(out):
        compiler.type_error("out must be an array")
    compiler.check_reduction(ufunc, a, axis, keepdims, out)
    _check_same_kind(result, compiler.result_type(out))
    out[...] = result
    return out


def _less(x, y):
    """The order in which NumPy sorts: NaN is after all other numbers."""
    if compiler.is_complex(x):
        if x.real != x.real or x.imag != x.imag or y.real != y.real or y.imag != y.imag:
            return _less_with_nan(x, y)
        return x.real < y.real or (x.real == y.real and x.imag < y.imag)
    if compiler.is_float(x):
        return x < y or (y != y and x == x)
    return x < y


def _less_with_nan(x, y):
    """Complex numbers, those with a NaN in the imaginary part alone before the others with a NaN."""
    if x.real < y.real:
        return x.imag == x.imag or y.imag != y.imag
    if x.real > y.real:
        return y.imag != y.imag and x.imag == x.imag
    if x.real == y.real or (x.real != x.real and y.real != y.real):
        return x.imag < y.imag or (y.imag != y.imag and x.imag == x.imag)
    return y.real != y.real
