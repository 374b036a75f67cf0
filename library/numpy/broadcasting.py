"""Shapes that arrays have together, and what has an item for each place of them."""


def broadcast_to(array, shape):
    """A read-only view that repeats axes of one item."""
    array = _array(array)
    whole = shape if compiler.is_tuple(shape) else (shape,)
    for n in whole:
        if n < 0:
            raise ValueError("all elements of broadcast shape must be non-negative")
    if array.ndim > len(whole):
        raise ValueError("input operand has more dimensions than allowed by the axis remapping")
    for i in compiler.indices(array.ndim):
        n = array.shape[i]
        if n != 1 and n != whole[len(whole) - array.ndim + i]:
            raise ValueError(
                f"operands could not be broadcast together with remapped shapes [original->remapped]: {array.shape:shape}  and requested shape {whole:shape}"
            )
    return _stretched_view(array, whole)


def _stretched_view(array, shape):
    """The array with a shape that it broadcasts to."""
    _check_bytes(shape, array.itemsize)
    steps = compiler.strides(array)
    all = (0,) * (len(shape) - array.ndim)
    for i in compiler.indices(array.ndim):
        all = all + (0 if array.shape[i] == 1 else steps[i],)
    return compiler.view(array, compiler.result_type(array), 0, shape, all, "repeats", "readonly")


def _check_bytes(shape, size):
    """Whether the number of bytes of so many elements is an integer."""
    for n in shape:
        if n > 0:
            if size > (1 << 62) // n:
                raise ValueError("array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.")
            size *= n


def broadcast_arrays(*args, subok: literal = False):
    """Read-only views: NumPy gives the arrays themselves where all have the shape, which types cannot tell."""
    arrays = ()
    shape = ()
    for item in args:
        arrays = arrays + (_aligned(_array(item)),)
    for i, array in enumerate(arrays):
        for j in compiler.indices(i):
            if not _broadcasts(arrays[j].shape, array.shape):
                raise ValueError(
                    f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {j} with shape {arrays[j].shape} "
                    f"and arg {i} with shape {array.shape}."
                )
        shape = _broadcast_shape(shape, array.shape)
    views = ()
    for array in arrays:
        views = views + (_stretched_view(array, shape),)
    return views


def _aligned(a):
    """The array, or a copy whose elements lie at multiples of their size."""
    return a.copy() if compiler.is_unaligned(a) else a


def broadcast_shapes(*args):
    whole = ()
    for i, item in enumerate(args):
        shape = item if compiler.is_tuple(item) else (item,)
        for n in shape:
            if n < 0:
                raise ValueError("negative dimensions are not allowed")
        for j in compiler.indices(i):
            other = args[j] if compiler.is_tuple(args[j]) else (args[j],)
            if not _broadcasts(other, shape):
                raise ValueError(
                    f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {j} with shape {other} "
                    f"and arg {i} with shape {shape}."
                )
        whole = _broadcast_shape(whole, shape)
    return whole


def _broadcast_shape(first, second):
    """The shape that two arrays have together."""
    shape = ()
    longer = first if len(first) > len(second) else second
    missing_first = len(longer) - len(first)
    missing_second = len(longer) - len(second)
    for i in compiler.indices(len(longer)):
        n = 1 if i < missing_first else first[i - missing_first]
        m = 1 if i < missing_second else second[i - missing_second]
        if n != m and n != 1 and m != 1:
            raise ValueError(f"operands could not be broadcast together with shapes {first:shape} {second:shape} ")
        shape = shape + (m if n == 1 else n,)
    return shape


def _broadcast_row(a, i, ndim: literal):
    """Row i of an array that is broadcast to so many axes."""
    if a.ndim < ndim:
        return a
    return a[0] if a.shape[0] == 1 else a[i]


def _broadcasts(first, second):
    shorter = len(first) if len(first) < len(second) else len(second)
    fits = True
    for i in compiler.indices(shorter):
        n = first[len(first) - 1 - i]
        m = second[len(second) - 1 - i]
        fits = fits and (n == m or n == 1 or m == 1)
    return fits


def indices(dimensions, dtype: literal = np.int64, sparse: literal = False):
    if sparse:
        grids = ()
        for i, n in enumerate(dimensions):
            grid = np.empty((1,) * i + (n,) + (1,) * (len(dimensions) - i - 1), dtype)
            _count_along(grid, i)
            grids = grids + (grid,)
        return grids
    out = np.empty((len(dimensions),) + dimensions, dtype)
    for i in compiler.indices(len(dimensions)):
        _count_along(out[i], i)
    return out


def _count_along(out, axis: literal):
    """Gives every place its index along an axis."""
    rows = _axis_first(out, axis)
    for i in range(rows.shape[0]):
        rows[i] = i


def select(condlist, choicelist, default=0):
    if not (compiler.is_tuple(condlist) and compiler.is_tuple(choicelist)):
        compiler.type_error("select() needs tuples of arrays")
    if len(condlist) != len(choicelist):
        raise ValueError("list of cases must be same length as list of conditions")
    if len(condlist) == 0:
        raise ValueError("select with an empty condition list is not possible")
    # That they have a shape together is asked of each of the two lists first.
    np.broadcast_arrays(*condlist)
    np.broadcast_arrays(*choicelist)
    # A number as the default takes the dtype of the choices.
    result = default
    if compiler.is_scalar(default) and compiler.is_array(choicelist[0]):
        dtype = compiler.result_type(choicelist[0])
        for choice in choicelist[1:]:
            dtype = compiler.result_type(dtype, choice)
        result = np.full((), default, compiler.result_type(dtype, default))
    for i in compiler.indices(len(condlist)):
        place = len(condlist) - 1 - i
        if not compiler.is_bool(condlist[place]):
            raise TypeError(f"invalid entry {place} in condlist: should be boolean ndarray")
        result = np.where(condlist[place], choicelist[place], result)
    return result


def angle(z, deg: literal = False):
    """Of arrays: numbers have an entry of the tables."""
    a = _array(z)
    # Of integers as arctan2(0, a), in the float that it takes for them.
    out = np.empty(a.shape, compiler.result_type(np.arctan2(0, a)) if compiler.is_integer(a) or compiler.is_bool(a) else compiler.float_type(a))
    _angles(a, out)
    return _value(out * (180 / math.pi) if deg else out)


def _angles(a, out):
    if a.ndim == 0:
        out[()] = np.angle(a[()])
    else:
        for i in range(a.shape[0]):
            if a.ndim == 1:
                out[i] = np.angle(a[i])
            else:
                _angles(a[i], out[i])
