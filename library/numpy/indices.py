"""Places in arrays: as one number and as one for each axis, on diagonals, and of grids."""


def unravel_index(indices, shape, order: literal = "C"):
    if compiler.is_tuple(indices):
        return unravel_index(_array(indices), shape, order)
    sizes = shape if compiler.is_tuple(shape) else (shape,)
    if order not in ("C", "F"):
        raise ValueError("only 'C' or 'F' order is permitted")
    if not (compiler.is_integer(indices) or compiler.is_bool(indices) and not compiler.is_scalar(indices)):
        raise TypeError("only int indices permitted")
    total = 1
    for n in sizes:
        if n > 0 and total > 0x7FFFFFFFFFFFFFFF // n:
            raise ValueError("dimensions are too large; arrays and shapes with a total size greater than 'intp' are not supported.")
        total *= n
    if compiler.is_scalar(indices):
        return _unraveled(np.int64(indices), sizes, total, order)
    places = _array(indices)
    flat = _flat(places)
    rows = np.empty((len(sizes), flat.shape[0]), np.int64)
    for i in range(flat.shape[0]):
        for axis, place in enumerate(_unraveled(np.int64(flat[i]), sizes, total, order)):
            rows[axis, i] = place
    found = ()
    for axis in compiler.indices(len(sizes)):
        found = found + (compiler.reshaped(rows[axis], places.shape),)
    return found


def _unraveled(index, sizes, total, order: literal):
    if index < 0 or index >= total:
        raise ValueError(f"index {index} is out of bounds for array with size {total}")
    found = ()
    for i in compiler.indices(len(sizes)):
        if order == "C":
            n = sizes[len(sizes) - 1 - i]
            found = (index % n,) + found
        else:
            n = sizes[i]
            found = found + (index % n,)
        index //= n
    return found


def ravel_multi_index(multi_index, dims, mode: literal = "raise", order: literal = "C"):
    sizes = dims if compiler.is_tuple(dims) else (dims,)
    if compiler.is_array(multi_index) and multi_index.ndim > 0:
        if multi_index.shape[0] != len(sizes):
            raise ValueError(f"parameter multi_index must be a sequence of length {len(sizes)}")
        rows = ()
        for i in compiler.indices(len(sizes)):
            rows = rows + (multi_index[i],)
        return ravel_multi_index(rows, dims, mode, order)
    if not compiler.is_tuple(multi_index):
        compiler.type_error("ravel_multi_index() needs a tuple of indices, one for each axis, or an array of such rows")
    if len(multi_index) != len(sizes):
        raise ValueError(f"parameter multi_index must be a sequence of length {len(sizes)}")
    for x in multi_index:
        if compiler.is_tuple(x):
            return ravel_multi_index(tuple([_array(x) for x in multi_index]), dims, mode, order)
    for x in multi_index:
        if not compiler.is_integer(x):
            raise TypeError("only int indices permitted")
    total = 1
    for n in sizes:
        if n > 0 and total > 0x7FFFFFFFFFFFFFFF // n:
            raise ValueError("invalid dims: array size defined by dims is larger than the maximum possible size.")
        total *= n
    out = np.zeros(_shape_of_all(multi_index), np.int64)
    step = 1
    for i in compiler.indices(len(sizes)):
        axis = len(sizes) - 1 - i if order == "C" else i
        rule = mode[axis] if compiler.is_tuple(mode) else mode
        places = np.empty(out.shape, np.int64)
        places[...] = multi_index[axis]
        flat = _flat_view(places)
        target = _flat_view(out)
        for k in range(flat.shape[0]):
            target[k] += _place_by(flat[k], sizes[axis], rule) * step
        step *= sizes[axis]
    return _value(out)


def _shape_of_all(arrays):
    """The shape that they have together."""
    shape = ()
    for x in arrays:
        shape = _broadcast_shape(shape, _array(x).shape)
    return shape


def _place_by(index, n, mode: literal):
    """A place from 0 to n - 1."""
    if mode == "wrap":
        return index % n
    if mode == "clip":
        return max(min(index, n - 1), 0)
    if mode != "raise":
        raise ValueError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got '{mode}')")
    if index < 0 or index >= n:
        raise ValueError("invalid entry in coordinates array")
    return index


def diag_indices(n, ndim: literal = 2):
    places = np.arange(n)
    found = ()
    for _ in compiler.indices(ndim):
        found = found + (places,)
    return found


def diag_indices_from(arr):
    arr = _array(arr)
    if arr.ndim < 2:
        raise ValueError("input array must be at least 2-d")
    for n in arr.shape:
        if n != arr.shape[0]:
            raise ValueError("All dimensions of input must be of equal length")
    return diag_indices(arr.shape[0], arr.ndim)


def mask_indices(n, mask_func, k=0):
    return np.nonzero(mask_func(np.ones((n, n), np.int64), k) != 0)


def ix_(*args):
    found = ()
    for i, x in enumerate(args):
        a = _array(x)
        if a.ndim != 1:
            raise ValueError("Cross index must be 1 dimensional")
        places = np.flatnonzero(a) if compiler.is_bool(a) else a
        found = found + (compiler.reshaped(places, (1,) * i + (places.shape[0],) + (1,) * (len(args) - i - 1)),)
    return found
