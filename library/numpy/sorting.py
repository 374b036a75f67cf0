"""Sorting and partitioning, by the kernels of the runtime."""


def sort(a, axis: literal = -1, kind: literal = None, order: literal = None, *, stable: literal = None):
    a = _array(a)
    if compiler.is_record(a):
        return _sorted_records(a, axis, kind, order, stable)
    _check_order(order)
    if axis is None:
        out = _flat(a).copy()
        _sort_rows(out, _is_stable(kind, stable))
        return out
    place = _axis(axis, a.ndim)
    out = a.copy()
    _sort_rows(compiler.move_axis_last(out, place), _is_stable(kind, stable))
    return out


def argsort(a, axis: literal = -1, kind: literal = None, order: literal = None, *, stable: literal = None):
    a = _array(a)
    if compiler.is_record(a):
        return _record_order(a, axis, kind, order, stable)
    _check_order(order)
    _is_stable(kind, stable)
    if axis is None or a.ndim == 0:
        values = _flat(a)
        out = np.empty(values.shape[0], np.int64)
        _argsort_rows(values, out)
        return out
    place = _axis(axis, a.ndim)
    out = np.empty(a.shape, np.int64)
    _argsort_rows(compiler.move_axis_last(a, place), compiler.move_axis_last(out, place))
    return out


def partition(a, kth, axis: literal = -1, kind: literal = "introselect", order: literal = None):
    a = _array(a)
    _check_order(order)
    if axis is None:
        flat = _flat(a).copy()
        _partition_along(flat, kth, 0, kind)
        return flat
    place = _axis(axis, a.ndim)
    out = a.copy()
    _partition_along(out, kth, place, kind)
    return out


def argpartition(a, kth, axis: literal = -1, kind: literal = "introselect", order: literal = None):
    a = _array(a)
    _check_order(order)
    if axis is None or a.ndim == 0:
        flat = _flat(a)
        out = np.empty(flat.shape[0], np.int64)
        _argpartition_rows(flat, _places(kth, flat.shape[0], flat.size, kind), out)
        return out
    place = _axis(axis, a.ndim)
    out = np.empty(a.shape, np.int64)
    rows = compiler.move_axis_last(a, place)
    _argpartition_rows(rows, _places(kth, a.shape[place], a.size, kind), compiler.move_axis_last(out, place))
    return out


def sort_complex(a):
    a = _array(a)
    out = np.empty(a.shape, _complex_of(a))
    out[...] = a
    _sort_rows(out, False)
    return out


def _complex_of(a):
    """What NumPy sorts as complex numbers of 64 bits, it does not with float32."""
    dtype = compiler.result_type(a)
    if dtype is np.int8 or dtype is np.uint8 or dtype is np.int16 or dtype is np.uint16 or dtype is np.complex64:
        return np.complex64
    return np.complex128


def lexsort(keys, axis: literal = -1):
    if compiler.is_tuple(keys):
        if len(keys) == 0:
            raise TypeError("need sequence of keys with len > 0 in lexsort")
        if not compiler.is_array(keys[0]):
            return _lexsort_rows(_array(keys))
        return _lexsort_keys(keys, axis)
    keys = _array(keys)
    if keys.ndim != 2:
        compiler.type_error("keys must be a tuple of arrays or an array with two axes")
    return _lexsort_rows(keys)


def _lexsort_rows(keys):
    if keys.ndim == 1:
        return np.int64(0)
    if keys.shape[0] == 0:
        raise TypeError("need sequence of keys with len > 0 in lexsort")
    out = _ordered(keys[0])
    for i in range(1, keys.shape[0]):
        out = _taken(out, _ordered(_taken(keys[i], out)))
    return out


def _lexsort_keys(keys, axis: literal):
    for key in keys:
        if key.ndim != keys[0].ndim:
            raise ValueError("all keys need to be the same shape")
        if key.shape != keys[0].shape:
            raise ValueError("all keys need to be the same shape")
    _axis(axis, keys[0].ndim)
    if keys[0].ndim != 1:
        compiler.type_error("lexsort() of arrays with more than one axis is not supported", "sort row by row in a loop")
    out = _ordered(keys[0])
    for key in keys[1:]:
        out = _taken(out, _ordered(_taken(key, out)))
    return out


def _ordered(values):
    """The places of the items of an array with one axis in sorted order, those of equal ones in order."""
    out = np.empty(values.shape[0], np.int64)
    _argsort_rows(values, out)
    return out


def _check_order(order: literal):
    if order is not None:
        raise ValueError("Cannot specify order when the array has no fields.")


def _is_stable(kind: literal, stable: literal):
    """Whether equal items must keep their order."""
    if stable is not None:
        if kind is not None:
            raise ValueError("`kind` and keyword parameters can't be provided at the same time. Use only one of them.")
        return True if stable else False
    if kind is None:
        return False
    if kind not in ("quicksort", "quick", "heapsort", "heap", "mergesort", "stable"):
        raise ValueError(f"sort kind must be one of 'quick', 'heap', or 'stable' (got '{kind}')")
    return kind in ("mergesort", "stable")


def _contiguous(a):
    """The array, or a copy whose elements lie one after the other."""
    return a if compiler.is_c_packed(a) else a.copy()


def _finished(status):
    """Raises what a kernel reports by its status."""
    if status == 3:
        raise MemoryError("not enough memory")
    if status > 0:
        raise RuntimeError(f"a kernel of the runtime failed with status {status}")


def _sort_rows(a, stable: literal):
    """Sorts along the last axis, in place."""
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _sort_rows(a[i], stable)
    else:
        row = _contiguous(a)
        if stable:
            _finished(compiler.runtime_call("zouk_stable_sort_{}", row, row.shape[0]))
        else:
            _finished(compiler.runtime_call("zouk_sort_{}", row, row.shape[0]))
        if not compiler.is_c_packed(a):
            a[:] = row


def _argsort_rows(a, out):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _argsort_rows(a[i], out[i])
    else:
        order = out if compiler.is_c_packed(out) else np.empty(out.shape[0], np.int64)
        _finished(compiler.runtime_call("zouk_argsort_{}", _contiguous(a), a.shape[0], order))
        if not compiler.is_c_packed(out):
            out[:] = order


def _places(kth, length, size, kind: literal):
    """Places in sorted order, counted from the first one."""
    if kind != "introselect":
        raise ValueError(f"select kind must be 'introselect' (got '{kind}')")
    kth = _array(kth)
    if compiler.is_bool(kth):
        raise ValueError("Booleans unacceptable as partition index")
    if not compiler.is_integer(kth):
        raise TypeError("Partition index must be integer")
    if kth.ndim > 1:
        raise ValueError("object too deep for desired array")
    places = _packed(_flat(kth), np.int64)
    for i in range(places.shape[0]):
        if places[i] < 0:
            places[i] += length
        if size > 0 and (places[i] < 0 or places[i] >= length):
            raise ValueError(f"kth(={places[i]}) out of bounds ({length})")
    return places


def _partition_along(a, kth, axis: literal, kind: literal):
    places = _places(kth, a.shape[axis], a.size, kind)
    if a.size > 0:
        _partition_rows(compiler.move_axis_last(a, axis), places)


def _partition_rows(a, places):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _partition_rows(a[i], places)
    else:
        row = _contiguous(a)
        _finished(compiler.runtime_call("zouk_partition_{}", row, row.shape[0], places, places.shape[0]))
        if not compiler.is_c_packed(a):
            a[:] = row


def _argpartition_rows(a, places, out):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _argpartition_rows(a[i], places, out[i])
    elif a.shape[0] > 0:
        order = np.empty(out.shape[0], np.int64)
        _finished(compiler.runtime_call("zouk_argpartition_{}", _contiguous(a), a.shape[0], places, places.shape[0], order))
        out[:] = order
