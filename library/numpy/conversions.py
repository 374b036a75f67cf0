"""Arrays as they are, checked, or in another layout."""


def asfortranarray(a, dtype: literal = None):
    a = _array(a)
    kind = compiler.result_type(a) if dtype is None else _dtype(dtype)
    if compiler.result_type(a) is kind and (a.ndim == 0 or compiler.is_constant(compiler.is_f_packed(a))):
        return a
    out = np.empty(a.shape, kind, order="F")
    out[...] = a
    return out


def asarray_chkfinite(a, dtype: literal = None):
    a = _array(a)
    if dtype is not None:
        a = _in_type(a, _dtype(dtype))
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
    return x.copy() if compiler.is_array(x) else x


def broadcast_arrays(*args):
    """New arrays, where NumPy's are views of the same items."""
    shape = ()
    for i, x in enumerate(args):
        for j in compiler.indices(i):
            if not _broadcasts(_array(args[j]).shape, _array(x).shape):
                raise ValueError(
                    f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {j} with shape {_array(args[j]).shape} "
                    f"and arg {i} with shape {_array(x).shape}."
                )
        shape = _broadcast_shape(shape, _array(x).shape)
    found = ()
    for x in args:
        found = found + (broadcast_to(x, shape),)
    return found
