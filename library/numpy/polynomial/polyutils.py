"""Series of coefficients, the one of the lowest power first."""


def trimseq(seq):
    c = _array(seq)
    if c.ndim != 1:
        compiler.type_error("the coefficients of a polynomial are an array with one axis")
    return _without_last_zeros(c)


def _without_last_zeros(c):
    """At least one coefficient is left."""
    count = c.shape[0]
    while count > 1 and c[count - 1] == 0:
        count -= 1
    return c[:count]


def as_series(alist, trim: literal = True):
    """New arrays of one dtype, a tuple of them."""
    if not compiler.is_tuple(alist):
        compiler.type_error("as_series() needs a tuple of arrays")
    items = alist if len(alist) > 0 and not compiler.is_scalar(alist[0]) else (alist,)
    dtype = _series_type(items)
    found = ()
    for item in items:
        found = found + (_series(item, dtype, trim),)
    return found


def _series_type(items):
    """The dtype of several series: integers count as float64. Bools are no coefficients."""
    for item in items:
        if compiler.is_bool(item):
            raise ValueError("Coefficient arrays have no common type")
    dtype = compiler.inexact_type(items[0])
    for item in items[1:]:
        dtype = compiler.result_type(dtype, compiler.inexact_type(item))
    return dtype


def _series(x, dtype, trim: literal):
    c = _at_least(_array(x), 1)
    if c.size == 0:
        raise ValueError("Coefficient array is empty")
    if c.ndim != 1:
        raise ValueError("Coefficient array is not 1-d")
    copy = np.empty(c.shape[0], dtype)
    copy[...] = c
    return _without_last_zeros(copy) if trim else copy


def _one_series(c):
    """The sizes are looked at before the dtype."""
    found = _series(c, compiler.inexact_type(c), True)
    _series_type((c,))
    return found


def trimcoef(c, tol=0):
    if tol < 0:
        raise ValueError("tol must be non-negative")
    c = _one_series(c)
    count = c.shape[0]
    while count > 0 and not abs(c[count - 1]) > tol:
        count -= 1
    if count == 0:
        return c[:1] * 0
    return c[:count].copy()
