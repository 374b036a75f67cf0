"""Matrices by formula, and grids."""


def tri(N, M=None, k=0, dtype: literal = np.float64):
    columns = N if M is None else M
    out = np.zeros((max(N, 0), max(columns, 0)), dtype)
    for i in range(out.shape[0]):
        for j in range(min(i + k + 1, out.shape[1])):
            out[i, j] = 1
    return out


def tril(m, k=0):
    return _triangle(_array(m), k, True)


def triu(m, k=0):
    return _triangle(_array(m), k, False)


def _triangle(m, k, lower: literal):
    if m.ndim == 0:
        raise TypeError("tril() and triu() need an array with at least one axis")
    if m.ndim == 1:
        out = np.zeros((m.shape[0], m.shape[0]), compiler.result_type(m))
        for i in range(out.shape[0]):
            _copy_triangle(m, out[i], i + k, lower)
    else:
        out = np.zeros(m.shape, compiler.result_type(m))
        _triangles(m, out, k, lower)
    return out


def _triangles(m, out, k, lower: literal):
    for i in range(m.shape[0]):
        if m.ndim == 2:
            _copy_triangle(m[i], out[i], i + k, lower)
        else:
            _triangles(m[i], out[i], k, lower)


def _copy_triangle(row, out, diagonal, lower: literal):
    """The part up to the diagonal, or from it on."""
    first = 0 if lower else min(max(diagonal, 0), row.shape[0])
    last = min(max(diagonal + 1, 0), row.shape[0]) if lower else row.shape[0]
    for j in range(first, last):
        out[j] = row[j]


def tril_indices(n, k=0, m=None):
    return _triangle_indices(n, n if m is None else m, k, True)


def triu_indices(n, k=0, m=None):
    return _triangle_indices(n, n if m is None else m, k, False)


def tril_indices_from(arr, k=0):
    arr = _array(arr)
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return _triangle_indices(arr.shape[0], arr.shape[1], k, True)


def triu_indices_from(arr, k=0):
    arr = _array(arr)
    if arr.ndim != 2:
        raise ValueError("input array must be 2-d")
    return _triangle_indices(arr.shape[0], arr.shape[1], k, False)


def _triangle_indices(rows, columns, k, lower: literal):
    count = 0
    for i in range(rows):
        below = min(max(i + k + 1 if lower else i + k, 0), columns)
        count += below if lower else columns - below
    first = np.empty(count, np.int64)
    second = np.empty(count, np.int64)
    place = 0
    for i in range(rows):
        below = min(max(i + k + 1 if lower else i + k, 0), columns)
        for j in range(0 if lower else below, below if lower else columns):
            first[place] = i
            second[place] = j
            place += 1
    return first, second


def vander(x, N=None, increasing: literal = False):
    x = _array(x)
    if x.ndim != 1:
        raise ValueError("x must be a one-dimensional array or sequence.")
    columns = x.shape[0] if N is None else N
    dtype = compiler.result_type(x, np.int64)
    out = np.empty((x.shape[0], columns), dtype)
    for i in range(x.shape[0]):
        power = dtype(1)
        for j in range(columns):
            out[i, j if increasing else columns - 1 - j] = power
            power = dtype(power * x[i])
    return out


def meshgrid(*xi, copy: literal = True, sparse: literal = False, indexing: literal = "xy"):
    if indexing not in ("xy", "ij"):
        raise ValueError("Valid values for `indexing` are 'xy' and 'ij'.")
    if not copy:
        compiler.type_error("meshgrid() with copy=False is not supported: the arrays are always new ones")
    whole = ()
    for x in xi:
        whole = whole + (_length(x),)
    swapped = indexing == "xy" and len(xi) > 1
    if swapped:
        whole = (whole[1], whole[0]) + whole[2:]
    grids = ()
    for i, x in enumerate(xi):
        axis = 1 - i if swapped and i < 2 else i
        shape = whole
        if sparse:
            shape = (1,) * axis + (whole[axis],) + (1,) * (len(xi) - axis - 1)
        x = _array(x)
        out = np.empty(shape, compiler.result_type(x))
        _spread(_flat(x), out, axis)
        grids = grids + (out,)
    return grids


def _length(x):
    return _array(x).size


def _spread(x, out, axis: literal):
    """Gives every place of an array the item that its index along an axis says."""
    for i in range(out.shape[0]):
        if axis > 0:
            _spread(x, out[i], axis - 1)
        elif out.ndim == 1:
            out[i] = x[i]
        else:
            out[i] = x[i]
