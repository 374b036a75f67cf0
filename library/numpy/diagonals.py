"""Diagonals, and matrices that have little else."""


def eye(N, M=None, k=0, dtype: literal = np.float64, order: literal = "C"):
    columns = N if M is None else M
    out = np.zeros((N, columns), dtype, order)
    first = max(-k, 0)
    for i in range(first, min(N, columns - k)):
        out[i, i + k] = 1
    return out


def identity(n, dtype: literal = np.float64):
    return eye(n, None, 0, dtype)


def diag(v, k=0):
    v = _array(v)
    if v.ndim == 1:
        size = v.shape[0] + abs(k)
        out = np.zeros((size, size), compiler.result_type(v))
        for i in range(v.shape[0]):
            out[i + max(-k, 0), i + max(k, 0)] = v[i]
        return out
    if v.ndim != 2:
        raise ValueError("Input must be 1- or 2-d.")
    return diagonal(v, k).copy()


def diagflat(v, k=0):
    return diag(_flat(_array(v)), k)


def diagonal(a, offset=0, axis1: literal = 0, axis2: literal = 1):
    """A read-only view."""
    planes = _planes(_array(a), axis1, axis2)
    length = _diagonal_length(planes.shape[-2], planes.shape[-1], offset)
    steps = compiler.strides(planes)
    start = max(-offset, 0) * steps[-2] + max(offset, 0) * steps[-1] if length > 0 else 0
    shape = planes.shape[:-2] + (length,)
    return compiler.view(planes, compiler.result_type(planes), start, shape, steps[:-2] + (steps[-2] + steps[-1],), "readonly")


def _planes(a, axis1: literal, axis2: literal):
    """A view with the two axes as the last ones."""
    if a.ndim < 2:
        raise ValueError("diag requires an array of at least two dimensions")
    first = _axis(axis1, a.ndim, "axis1")
    second = _axis(axis2, a.ndim, "axis2")
    if first == second:
        raise ValueError("axis1 and axis2 cannot be the same")
    return moveaxis(a, (first, second), (-2, -1))


def _diagonal_length(rows, columns, offset):
    return max(min(rows + min(offset, 0), columns - max(offset, 0)), 0)


def trace(a, offset=0, axis1: literal = 0, axis2: literal = 1, dtype: literal = None, out=None):
    a = _array(a)
    items = diagonal(a, offset, axis1, axis2)
    return _stored_as_reduced(_sums_of_last_axis(a, items, dtype), out, "add", items, -1, False)


def _sums_of_last_axis(a, items, dtype: literal):
    result = _sum_type(a, None if dtype is None else _dtype(dtype))
    if items.ndim == 1:
        total = result(0)
        for item in items:
            total = result(total + result(item))
        return total
    sums = np.zeros(items.shape[:-1], result)
    for i in range(items.shape[-1]):
        sums += _in_type(items[..., i], result)
    return sums


def fill_diagonal(a, val, wrap: literal = False):
    if a.ndim < 2:
        raise ValueError("array must be at least 2-d")
    _check_items(a, val)
    values = _flat(_array(val))
    count = values.shape[0]
    if a.ndim == 2:
        length = a.shape[0] if wrap and a.shape[1] > 0 else min(a.shape[0], a.shape[1])
        place = 0
        for i in range(length if count > 0 else 0):
            row = i % (a.shape[1] + 1) if wrap else i
            if row < a.shape[1]:
                a[i, row] = values[place % count]
                place += 1
    else:
        for n in a.shape:
            if n != a.shape[0]:
                raise ValueError("All dimensions of input must be of equal length")
        for i in range(a.shape[0] if count > 0 else 0):
            _set_corner(a, i, values[i % count])


def _set_corner(a, i, value):
    if a.ndim == 1:
        a[i] = value
    else:
        _set_corner(a[i], i, value)
