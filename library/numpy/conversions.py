"""Arrays as they are, checked, or in another layout."""


def asfortranarray(a, dtype: literal = None):
    return _in_fortran_order(_at_least(_array(a), 1), dtype)


def _in_fortran_order(a, dtype: literal):
    kind = compiler.result_type(a) if dtype is None else _dtype(dtype)
    if compiler.result_type(a) is kind and (a.ndim == 0 or compiler.is_constant(compiler.is_f_packed(a))):
        return a
    out = np.empty(a.shape, kind, order="F")
    out[...] = a
    return out


def asarray_chkfinite(a, dtype: literal = None, order: literal = None):
    a = np.asarray(_array(a), dtype, order)
    if compiler.is_float(a) or compiler.is_complex(a):
        if not np.all(np.isfinite(a)):
            raise ValueError("array must not contain infs or NaNs")
    return a


def astype(x, dtype: literal, /, *, copy: literal = True):
    if not compiler.is_array(x):
        raise TypeError("Input should be a NumPy array.")
    if not copy and compiler.result_type(x) is _dtype(dtype):
        return x
    return x.astype(dtype)


def real_if_close(a, tol=100):
    a = _array(a)
    if compiler.is_complex(a):
        compiler.type_error("whether the result of real_if_close() is real depends on the values: take `.real` of what is known to be real")
    return a


def fix(x, out=None):
    """Towards zero; what is not a float stays as it is."""
    if out is not None:
        out[...] = fix(x)
        return out
    if compiler.is_float(x) or compiler.is_tuple(x):
        return np.trunc(x if compiler.is_scalar(x) else _array(x))
    if compiler.is_complex(x):
        compiler.type_error("ufunc 'trunc' is not supported for complex numbers")
    return _value(x.copy()) if compiler.is_array(x) else x


def array(object, dtype: literal = None, *, copy: literal = True, order: literal = "K", ndmin: literal = 0):
    if compiler.is_tuple(object) and dtype is not None and compiler.is_record(_dtype(dtype)):
        compiler.type_error("a tuple does not become records", "make the array by np.zeros, and assign to its elements")
    items = _with_axes(_array(object), ndmin)
    kind = compiler.result_type(items) if dtype is None else _dtype(dtype)
    _check_layout(order)
    if not copy and compiler.result_type(items) is kind and order not in ("C", "c", "F", "f"):
        return items
    if order in ("F", "f") or order not in ("C", "c") and compiler.is_constant(compiler.is_f_packed(items)) and items.ndim > 1:
        out = np.empty(items.shape, kind, order="F")
        out[...] = items
        return out
    out = np.empty(items.shape, kind)
    out[...] = items
    return out


def asarray(a, dtype: literal = None, order: literal = None, *, copy: literal = None):
    if compiler.is_tuple(a) and order is None and copy is None:
        compiler.type_error("the items of a tuple or list must be numbers, or arrays and tuples of one length each")
    _check_layout(order)
    if order is None or order in ("A", "a", "K", "k"):
        return array(a, dtype, copy=copy is not None and copy)
    if copy is not None and copy:
        return array(a, dtype, order=order)
    return _in_fortran_order(_array(a), dtype) if order in ("F", "f") else np.ascontiguousarray(a, dtype)


def ascontiguousarray(a, dtype: literal = None):
    """Of records: others have an entry of the tables."""
    items = _at_least(_array(a), 1)
    if dtype is None and compiler.is_constant(compiler.is_c_packed(items)):
        return items
    return array(items, dtype, order="C")


def asanyarray(a, dtype: literal = None, order: literal = None, *, copy: literal = None):
    """Arrays of subclasses are plain arrays here."""
    return np.asarray(a, dtype) if order is None and copy is None else asarray(a, dtype, order, copy=copy)


def isfortran(a):
    return a.flags.fnc


def _check_layout(order: literal):
    if order is not None and order not in ("C", "c", "F", "f", "A", "a", "K", "k"):
        raise ValueError(f"order must be one of 'C', 'F', 'A', or 'K' (got '{order}')")


def zeros_like(a, dtype: literal = None, order: literal = "K", *, shape=None):
    return np.zeros(_array(a).shape if shape is None else shape, _like_type(a, dtype))


def ones_like(a, dtype: literal = None, order: literal = "K", *, shape=None):
    return np.ones(_array(a).shape if shape is None else shape, _like_type(a, dtype))


def empty_like(prototype, dtype: literal = None, order: literal = "K", *, shape=None):
    return np.empty(_array(prototype).shape if shape is None else shape, _like_type(prototype, dtype))


def full_like(a, fill_value, dtype: literal = None, order: literal = "K", *, shape=None):
    return np.full(_array(a).shape if shape is None else shape, fill_value, _like_type(a, dtype))


def _like_type(a, dtype: literal):
    return compiler.result_type(_array(a)) if dtype is None else _dtype(dtype)


def require(a, dtype: literal = None, requirements: literal = None):
    """Arrays are aligned and own their elements or may be written as they are: the order is what can be asked for."""
    if requirements is None:
        return asarray(a, dtype)
    letters = ()
    for name in requirements if compiler.is_tuple(requirements) else (requirements,):
        if not _is_requirement(name):
            raise KeyError(name)
        letters = letters + ("C" if name in ("C", "c", "C_CONTIGUOUS", "CONTIGUOUS") else "F" if name in ("F", "f", "F_CONTIGUOUS", "FORTRAN") else "A",)
    if "C" in letters and "F" in letters:
        raise ValueError('Cannot specify both "C" and "F" order')
    if "F" in letters:
        return _in_fortran_order(_array(a), dtype)
    return asarray(a, dtype, "C" if "C" in letters else None)


def _is_requirement(name: literal):
    return (
        name is None
        or name in ("C", "C_CONTIGUOUS", "CONTIGUOUS", "F", "F_CONTIGUOUS", "FORTRAN", "A", "ALIGNED")
        or name in ("W", "WRITEABLE", "O", "OWNDATA", "E", "ENSUREARRAY", "c", "f", "a", "w", "o", "e")
    )


def common_type(*arrays):
    """Integers count as float64."""
    dtype = compiler.inexact_type(arrays[0])
    for a in arrays[1:]:
        dtype = compiler.result_type(dtype, compiler.inexact_type(a))
    return dtype
