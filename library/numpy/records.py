"""What whole arrays of records go through: others have entries of the tables for it."""


def where(condition, x=None, y=None):
    if x is None or y is None:
        compiler.type_error("where() of a condition alone takes no records")
    places, first, second = np.broadcast_arrays(_array(condition), _array(x), _array(y))
    if not (compiler.is_record(first) and compiler.is_record(second)):
        compiler.type_error("where() takes records in both places or in neither")
    out = np.empty(places.shape, compiler.result_type(x, y))
    out[...] = second
    np.copyto(out, _in_dtype_of(first, out), where=places != 0)
    return _value(out)


def _in_dtype_of(a, out):
    """Records in the dtype of the output."""
    if compiler.result_type(out) is compiler.result_type(a):
        return a
    same = np.empty(a.shape, compiler.result_type(out))
    same[...] = a
    return same


def _record_fields(a, order: literal):
    """The names of the fields in the order that they are compared in: those named first."""
    names = compiler.field_names(a)
    first = () if order is None else order if compiler.is_tuple(order) else (order,)
    for name in first:
        if name not in names:
            raise ValueError(f"unknown field name: {name}")
    whole = ()
    for name in first:
        if name in whole:
            raise ValueError(f"duplicate field name: {name}")
        whole = whole + (name,)
    for name in names:
        if name not in whole:
            whole = whole + (name,)
    return whole


def _sorted_records(a, axis: literal, kind: literal, order: literal, stable: literal):
    places = _record_order(a, axis, kind, order, stable)
    if axis is None:
        return _taken(_flat(a), places)
    _axis(axis, a.ndim)
    if a.ndim == 1:
        return _taken(a, places)
    return np.take_along_axis(a, places, axis)


def _record_order(a, axis: literal, kind: literal, order: literal, stable: literal):
    _is_stable(kind, stable)
    names = _record_fields(a, order)
    if axis is None or a.ndim == 0:
        if axis is not None:
            _axis(axis, 1)
        return _ordered_records(_flat(a), names)
    place = _axis(axis, a.ndim)
    out = np.empty(a.shape, np.int64)
    _order_rows(compiler.move_axis_last(a, place), compiler.move_axis_last(out, place), names)
    return out


def _order_rows(a, out, names: literal):
    if a.ndim == 1:
        out[...] = _ordered_records(a, names)
    else:
        for i in range(a.shape[0]):
            _order_rows(a[i], out[i], names)


def _ordered_records(a, names: literal):
    """The places of the records in order, equal ones as they were: by the last field, then by the one before, up to the first."""
    out = np.arange(a.shape[0])
    for i in compiler.indices(len(names)):
        out = _ordered_by(a[names[len(names) - 1 - i]], out)
    return out


def _ordered_by(field, places):
    """These places, ordered by a field of the records there, or by the fields of records in it."""
    if compiler.is_record(field):
        out = places
        names = compiler.field_names(field)
        for i in compiler.indices(len(names)):
            out = _ordered_by(field[names[len(names) - 1 - i]], out)
        return out
    if field.ndim != 1:
        compiler.type_error("records with arrays in their fields have no order")
    return _taken(places, _ordered(_taken(field, places)))
