"""Methods of arrays that give views or copies: of another dtype, of conjugates that may be the numbers themselves."""


def astype(a, dtype: literal, order: literal = "K", casting: literal = "unsafe", subok=True, copy: literal = True):
    _check_layout(order)
    if casting not in ("no", "equiv", "safe", "same_kind", "unsafe", "same_value"):
        raise ValueError(f"casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', 'same_value' (got '{casting}')")
    element = _dtype(dtype)
    if not np.can_cast(a.dtype, element, casting):
        raise TypeError(f"Cannot cast array data from dtype('{a.dtype}') to dtype('{element}') according to the rule '{casting}'")
    if not copy and compiler.result_type(a) is element:
        return a if order in ("K", "k", "A", "a") else np.asarray(a, order=order)
    if order in ("K", "k", "A", "a"):
        return a.astype(element)
    return np.array(a, element, order=order)


def conj(a):
    return np.conjugate(a) if compiler.is_complex(a) else a


def conjugate(a):
    return np.conjugate(a) if compiler.is_complex(a) else a


def view(a, dtype: literal = None):
    if dtype is None:
        return a
    element = _dtype(dtype)
    old = a.itemsize
    new = element.itemsize
    if old == new:
        _check_aligned(a, element)
        return compiler.retyped(a, element)
    if a.ndim == 0:
        raise ValueError("Changing the dtype of a 0d array is only supported if the itemsize is unchanged")
    strides = a.strides
    if a.shape[a.ndim - 1] != 1 and a.size != 0 and strides[a.ndim - 1] != old:
        raise ValueError("To change to a dtype of a different size, the last axis must be contiguous")
    length = a.shape[a.ndim - 1] * old
    if length % new != 0:
        raise ValueError("When changing to a larger dtype, its size must be a divisor of the total size in bytes of the last axis of the array.")
    _check_aligned(a, element)
    steps = ()
    for i in compiler.indices(a.ndim - 1):
        if strides[i] % new != 0:
            raise ValueError(f"axis {i} of the array has a step of {strides[i]} bytes, which is no multiple of the new dtype's size")
        steps = steps + (strides[i] // new,)
    packed = compiler.is_constant(compiler.is_c_packed(a))
    return compiler.view(a, element, 0, a.shape[: a.ndim - 1] + (length // new,), steps + (1,), "packed" if packed else "")
