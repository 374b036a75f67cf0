"""Views of an array with its axes in another order, reversed, or with axes of length 1."""


def transpose(a, axes: literal = None):
    a = _array(a)
    if axes is None:
        return a.T
    if not compiler.is_tuple(axes):
        return _transposed(a, (axes,))
    return _transposed(a, axes)


def _transposed(a, axes: literal):
    if len(axes) != a.ndim:
        raise ValueError("axes don't match array")
    order = ()
    for axis in axes:
        place = _axis(axis, a.ndim)
        if place in order:
            raise ValueError("repeated axis in transpose")
        order = order + (place,)
    return compiler.permuted(a, order)


def permute_dims(a, axes: literal = None):
    return transpose(a, axes)


def matrix_transpose(x):
    x = _array(x)
    if x.ndim < 2:
        raise ValueError(f"Input array must be at least 2-dimensional, but it is {x.ndim}")
    return swapaxes(x, -1, -2)


def swapaxes(a, axis1: literal, axis2: literal):
    a = _array(a)
    first = _axis(axis1, a.ndim, "axis1")
    second = _axis(axis2, a.ndim, "axis2")
    order = ()
    for i in compiler.indices(a.ndim):
        order = order + (second if i == first else first if i == second else i,)
    return compiler.permuted(a, order)


def moveaxis(a, source: literal, destination: literal):
    a = _array(a)
    sources = _moved_axes(source, a.ndim, "source")
    places = _moved_axes(destination, a.ndim, "destination")
    if len(sources) != len(places):
        raise ValueError("`source` and `destination` arguments must have the same number of elements")
    rest = ()
    for i in compiler.indices(a.ndim):
        if i not in sources:
            rest = rest + (i,)
    order = ()
    for i in compiler.indices(a.ndim):
        if i in places:
            order = order + (_partner(i, places, sources),)
        else:
            order = order + (rest[0],)
            rest = rest[1:]
    return compiler.permuted(a, order)


def _moved_axes(axis: literal, ndim: literal, name: literal):
    axes = ()
    for item in axis if compiler.is_tuple(axis) else (axis,):
        place = _axis(item, ndim, name)
        if place in axes:
            raise ValueError(f"repeated axis in `{name}` argument")
        axes = axes + (place,)
    return axes


def _partner(i: literal, places: literal, sources: literal):
    if places[0] == i:
        return sources[0]
    return _partner(i, places[1:], sources[1:])


def rollaxis(a, axis: literal, start: literal = 0):
    a = _array(a)
    axis = _axis(axis, a.ndim)
    place = start + a.ndim if start < 0 else start
    if place < 0 or place > a.ndim:
        raise np.exceptions.AxisError(f"'start' arg requires {-a.ndim} <= start < {a.ndim + 1}, but {place} was passed in")
    return moveaxis(a, axis, place - 1 if axis < place else place)


def expand_dims(a, axis: literal):
    a = _array(a)
    if not compiler.is_tuple(axis):
        axes = (_axis(axis, a.ndim + 1),)
    else:
        axes = _new_axes(axis, a.ndim + len(axis))
    return _expanded(a, axes, a.ndim + len(axes))


def _new_axes(axis: literal, ndim: literal):
    axes = ()
    for item in axis:
        place = _axis(item, ndim)
        if place in axes:
            raise ValueError("repeated axis")
        axes = axes + (place,)
    return axes


def _expanded(a, axes: literal, ndim: literal):
    """With an axis of length 1 at each of the places of the result."""
    front = ndim - a.ndim
    order = ()
    seen = 0
    for i in compiler.indices(ndim):
        if i in axes:
            order = order + (seen,)
            seen = seen + 1
        else:
            order = order + (front + i - seen,)
    for _ in axes:
        a = a[np.newaxis]
    return compiler.permuted(a, order)


def squeeze(a, axis: literal = None):
    a = _array(a)
    if axis is None:
        if a.ndim > 0:
            compiler.type_error(
                "squeeze() needs a constant axis here: the lengths are not known when it is compiled",
                "name the axes of length one, as in np.squeeze(a, axis=0), or take them out by a[0]",
            )
        return a
    axes = _axes(axis, a.ndim, "duplicate value in 'axis'")
    order = ()
    for i in compiler.indices(a.ndim):
        if i not in axes:
            order = order + (i,)
        elif a.shape[i] != 1:
            raise ValueError("cannot select an axis to squeeze out which has size not equal to one")
    view = compiler.permuted(a, order + axes)
    for _ in axes:
        view = view[..., 0]
    return view


def atleast_1d(*arys):
    return _each_at_least(arys, 1)


def atleast_2d(*arys):
    return _each_at_least(arys, 2)


def atleast_3d(*arys):
    return _each_at_least(arys, 3)


def _each_at_least(arrays, ndim: literal):
    if len(arrays) == 1:
        return _at_least(_array(arrays[0]), ndim)
    out = ()
    for a in arrays:
        out = out + (_at_least(_array(a), ndim),)
    return out


def _at_least(a, ndim: literal):
    if a.ndim >= ndim:
        return a
    if ndim == 3 and a.ndim > 0:
        return a[np.newaxis, :, np.newaxis] if a.ndim == 1 else a[:, :, np.newaxis]
    return _at_least(a[np.newaxis], ndim)


def flip(m, axis: literal = None):
    m = _array(m)
    for place in _axes(axis, m.ndim):
        m = _reversed_along(m, place)
    return _value(m)


def _reversed_along(a, axis: literal):
    return _with_axis_at(_axis_first(a, axis)[::-1], axis)


def _axis_first(a, axis: literal):
    """A view with the axis before the others."""
    order = (axis,)
    for i in compiler.indices(a.ndim):
        if i != axis:
            order = order + (i,)
    return compiler.permuted(a, order)


def _with_axis_at(a, axis: literal):
    """A view with the first axis in that place among the others."""
    order = ()
    for i in compiler.indices(a.ndim):
        order = order + (0 if i == axis else i + 1 if i < axis else i,)
    return compiler.permuted(a, order)


def fliplr(m):
    m = _array(m)
    if m.ndim < 2:
        raise ValueError("Input must be >= 2-d.")
    return m[:, ::-1]


def flipud(m):
    m = _array(m)
    if m.ndim < 1:
        raise ValueError("Input must be >= 1-d.")
    return m[::-1]


def rot90(m, k=1, axes: literal = (0, 1)):
    m = _array(m)
    if len(axes) != 2:
        raise ValueError("len(axes) must be 2.")
    if axes[0] == axes[1] or abs(axes[0] - axes[1]) == m.ndim:
        raise ValueError("Axes must be different.")
    for axis in axes:
        if axis < -m.ndim or axis >= m.ndim:
            raise ValueError(f"Axes={axes} out of range for array of ndim={m.ndim}.")
    first = _axis(axes[0], m.ndim)
    second = _axis(axes[1], m.ndim)
    turns = k % 4
    both = _reversed_along(_reversed_along(m, first), second)
    if turns == 0:
        return _reversed_along(_reversed_along(both, first), second)
    if turns == 2:
        return both
    if turns == 1:
        return swapaxes(_reversed_along(m, second), first, second)
    return _reversed_along(swapaxes(m, first, second), second)


def roll(a, shift, axis: literal = None):
    a = _array(a)
    if axis is None:
        flat = _flat(a)
        return _shaped_as(a, _rolled_along(flat, shift, (0,)))
    return _rolled_along(a, shift, axis if compiler.is_tuple(axis) else (axis,))


def _rolled_along(a, shift, axes: literal):
    """By several shifts, along several axes: one of either serves all of the other."""
    shifts = shift if compiler.is_tuple(shift) else (shift,)
    if len(shifts) != len(axes) and len(shifts) != 1 and len(axes) != 1:
        raise ValueError(
            f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape ({len(shifts)},) and arg 1 with shape ({len(axes)},)."
        )
    out = a.copy()
    for i in compiler.indices(len(shifts) if len(axes) == 1 else len(axes)):
        place = _axis(axes[0 if len(axes) == 1 else i], a.ndim)
        out = _rolled(out, shifts[0 if len(shifts) == 1 else i], place)
    return out


def _rolled(a, shift, axis: literal):
    out = np.empty(a.shape, compiler.result_type(a))
    length = a.shape[axis]
    if length > 0:
        first = shift % length
        front = _stretch(out, axis, 0, first)
        front[...] = _stretch(a, axis, length - first, length)
        rest = _stretch(out, axis, first, length)
        rest[...] = _stretch(a, axis, 0, length - first)
    return out
