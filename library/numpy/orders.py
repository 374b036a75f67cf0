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
        return a.reshape(sizes)
    if order in ("A", "a"):
        if not compiler.is_constant(compiler.is_f_packed(a)):
            compiler.type_error("order 'A' needs an array that is known to be in C or Fortran order")
    elif order not in ("F", "f"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")
    reversed = ()
    for n in sizes:
        reversed = (n,) + reversed
    return a.T.reshape(reversed).T
