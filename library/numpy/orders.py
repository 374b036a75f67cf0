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
    steps = compiler.strides(a)
    ndim = a.ndim
    rank = len(shape)
    axes = np.empty(2 * (ndim + rank), np.int64)
    for i in compiler.indices(ndim):
        axes[i] = a.shape[i]
        axes[ndim + i] = steps[i]
    for i in compiler.indices(rank):
        axes[2 * ndim + i] = shape[i]
    elements = a if compiler.runtime_call("zouk_reshape_strides", axes, ndim, rank) == 1 else _without_gaps(a)
    found = ()
    for i in compiler.indices(rank):
        found = found + (axes[2 * ndim + rank + i],)
    return compiler.view(elements, dtype, 0, shape, found)


def _without_gaps(a):
    """The elements in C order without gaps: the array itself where they lie so, else a copy, which the runtime makes."""
    if compiler.is_c_packed(a):
        return a
    if compiler.is_unaligned(a):
        return a.copy()
    steps = compiler.strides(a)
    axes = np.empty(2 * a.ndim, np.int64)
    for i in compiler.indices(a.ndim):
        axes[i] = a.shape[i]
        axes[a.ndim + i] = steps[i]
    copy = np.empty(a.shape, compiler.result_type(a))
    compiler.runtime_call("zouk_copy_packed", a, copy, axes, a.ndim, a.itemsize)
    return copy
