"""Methods of arrays that sort, search and accumulate."""


def sort(a, axis: literal = -1, kind: literal = None, order: literal = None, *, stable: literal = None):
    if compiler.is_record(a):
        a[...] = np.sort(a, axis, kind, order, stable=stable)
        return
    _check_order(order)
    if axis is None:
        compiler.type_error("the axis of sort() in place must be an integer")
    place = _axis(axis, a.ndim)
    _sort_rows(compiler.move_axis_last(a, place), _is_stable(kind, stable))


def argsort(a, axis: literal = -1, kind: literal = None, order: literal = None, *, stable: literal = None):
    return np.argsort(a, axis, kind, order, stable=stable)


def partition(a, kth, axis: literal = -1, kind: literal = "introselect", order: literal = None):
    _check_order(order)
    _partition_along(a, kth, _axis(axis, a.ndim), kind)


def argpartition(a, kth, axis: literal = -1, kind: literal = "introselect", order: literal = None):
    return np.argpartition(a, kth, axis, kind, order)


def searchsorted(a, v, side: literal = "left", sorter=None):
    return np.searchsorted(a, v, side, sorter)


def cumsum(a, axis: literal = None, dtype: literal = None, out=None):
    return np.cumsum(a, axis, dtype, out)


def cumprod(a, axis: literal = None, dtype: literal = None, out=None):
    return np.cumprod(a, axis, dtype, out)
