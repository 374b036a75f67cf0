"""An array in parts: a list of views. How many there are is known when the call is compiled."""


def split(ary, indices_or_sections: literal, axis: literal = 0):
    ary = _array(ary)
    place = _split_axis(axis, ary.ndim)
    if compiler.is_integer(indices_or_sections):
        if indices_or_sections == 0:
            raise ZeroDivisionError("integer modulo by zero")
        if ary.shape[place] % indices_or_sections != 0:
            raise ValueError("array split does not result in an equal division")
    return list(_split(ary, indices_or_sections, place))


def array_split(ary, indices_or_sections: literal, axis: literal = 0):
    ary = _array(ary)
    return list(_split(ary, indices_or_sections, _split_axis(axis, ary.ndim)))


def _split_axis(axis: literal, ndim: literal):
    """An axis, which NumPy looks up in the shape."""
    if compiler.is_integer(axis) and (axis < -ndim or axis >= ndim):
        raise IndexError("tuple index out of range")
    return _axis(axis, ndim)


def hsplit(ary, indices_or_sections: literal):
    ary = _array(ary)
    if ary.ndim == 0:
        raise ValueError("hsplit only works on arrays of 1 or more dimensions")
    return split(ary, indices_or_sections, 1 if ary.ndim > 1 else 0)


def vsplit(ary, indices_or_sections: literal):
    ary = _array(ary)
    if ary.ndim < 2:
        raise ValueError("vsplit only works on arrays of 2 or more dimensions")
    return split(ary, indices_or_sections, 0)


def dsplit(ary, indices_or_sections: literal):
    ary = _array(ary)
    if ary.ndim < 3:
        raise ValueError("dsplit only works on arrays of 3 or more dimensions")
    return split(ary, indices_or_sections, 2)


def _split(a, places: literal, axis: literal):
    parts = ()
    if compiler.is_tuple(places):
        for i in compiler.indices(len(places) + 1):
            if i == 0:
                rows = _axis_first(a, axis)[: places[0]] if len(places) > 0 else _axis_first(a, axis)[:]
            elif i == len(places):
                rows = _axis_first(a, axis)[places[i - 1] :]
            else:
                rows = _axis_first(a, axis)[places[i - 1] : places[i]]
            parts = parts + (_with_axis_at(rows, axis),)
        return parts
    if not compiler.is_integer(places):
        compiler.type_error("the parts of an array must be a constant number, or a tuple of constant places")
    if places <= 0:
        raise ValueError("number sections must be larger than 0.")
    each = a.shape[axis] // places
    longer = a.shape[axis] % places
    for i in compiler.indices(places):
        rows = _axis_first(a, axis)[i * each + min(i, longer) : (i + 1) * each + min(i + 1, longer)]
        parts = parts + (_with_axis_at(rows, axis),)
    return parts
