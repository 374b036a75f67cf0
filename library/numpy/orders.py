"""Elements in the order of Fortran: arrays made flat or of another shape."""


def ravel(a, order: literal = "C"):
    a = _array(a)
    return _rows_of(a, order).ravel()


def _rows_of(a, order: literal):
    """A view whose elements in C order are those of the array in the order that is asked for."""
    if order in ("C", "c"):
        return a
    if order in ("F", "f"):
        return a.T
    if order not in ("A", "a", "K", "k"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    if compiler.is_constant(compiler.is_c_packed(a)):
        return a
    if compiler.is_constant(compiler.is_f_packed(a)):
        return a.T
    compiler.type_error("order 'A' and 'K' need an array that is known to be in C or Fortran order")


def reshape(a, shape, order: literal = "C", *, copy: literal = None):
    a = _array(a)
    sizes = shape if compiler.is_tuple(shape) else (shape,)
    if copy is not None and not copy:
        compiler.type_error("reshape(copy=False) is not supported: whether a view is possible depends on the strides")
    if copy is not None and copy:
        a = a.copy()
    if order in ("K", "k"):
        raise ValueError("order 'K' is not permitted for reshaping")
    if order in ("A", "a") and compiler.is_constant(compiler.is_c_packed(a)) or order in ("C", "c"):
        return _reshaped(a, sizes)
    if order in ("A", "a"):
        if not compiler.is_constant(compiler.is_f_packed(a)):
            compiler.type_error("order 'A' needs an array that is known to be in C or Fortran order")
    elif order not in ("F", "f"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    reversed = ()
    for n in sizes:
        reversed = (n,) + reversed
    return _reshaped(a.T, reversed).T


def _reshaped(a, sizes):
    """A view wherever the strides allow one, as in NumPy; else packed."""
    if compiler.is_unaligned(a) or compiler.is_constant(compiler.is_c_packed(a)):
        return compiler.reshaped(a, sizes)
    dtype = compiler.result_type(a)
    # The sizes alone: nothing is read of this.
    shape = compiler.reshaped(compiler.view(a, dtype, 0, (a.size,), (1,), "packed"), sizes).shape
    found = np.empty(len(sizes) + 1, np.int64)
    if _finds_strides(a.shape, compiler.strides(a), shape, found):
        steps = ()
        for i in compiler.indices(len(sizes)):
            steps = steps + (found[i],)
        return compiler.view(a, dtype, 0, shape, steps)
    return compiler.reshaped(a, sizes)


def _finds_strides(dims, steps, shape, found):
    """The strides with which the elements have another shape, if there are such: NumPy's _attempt_nocopy_reshape."""
    old = np.empty((2, len(dims) + 1), np.int64)
    count = 0
    total = 1
    for i in compiler.indices(len(dims)):
        total *= dims[i]
        if dims[i] != 1:
            old[0, count] = dims[i]
            old[1, count] = steps[i]
            count += 1
    new = np.empty(len(shape) + 1, np.int64)
    for i in compiler.indices(len(shape)):
        new[i] = shape[i]
    if total == 0:
        return False
    return _groups_match(old[0], old[1], count, new, len(shape), found)


def _groups_match(old, steps, count, new, rank, found):
    """Axes of as many elements together, of either shape, one group after the other."""
    first, start = 0, 0
    while start < rank and first < count:
        last, end = first + 1, start + 1
        many, wanted = old[first], new[start]
        while wanted != many:
            if wanted < many:
                wanted *= new[end]
                end += 1
            else:
                many *= old[last]
                last += 1
        for k in range(first, last - 1):
            if steps[k] != old[k + 1] * steps[k + 1]:
                return False
        found[end - 1] = steps[last - 1]
        for k in range(end - 1, start, -1):
            found[k - 1] = found[k] * new[k]
        first, start = last, end
    for k in range(start, rank):
        found[k] = found[start - 1] if start > 0 else 1
    return True
