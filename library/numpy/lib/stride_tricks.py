"""Views with any shape and strides over the memory of an array."""


def as_strided(x, shape=None, strides=None, subok: literal = False, writeable: literal = True):
    """The view has to stay within the memory that the array spans."""
    a = _array(x)
    dims = a.shape if shape is None else shape if compiler.is_tuple(shape) else (shape,)
    bytes = a.strides if strides is None else strides if compiler.is_tuple(strides) else (strides,)
    if len(dims) != len(bytes):
        compiler.type_error("as_strided() needs as many strides as sizes")
    steps = ()
    empty = False
    for i, n in enumerate(dims):
        if n < 0:
            raise ValueError("negative dimensions are not allowed")
        if bytes[i] % a.itemsize != 0:
            raise ValueError(f"a stride of {bytes[i]} bytes is no multiple of the size of an element, {a.itemsize} bytes")
        steps = steps + (bytes[i] // a.itemsize,)
        empty = empty or n == 0
    _check_bytes(dims, a.itemsize)
    if not empty:
        _check_within(a, dims, bytes)
    flag = "" if writeable else "readonly"
    return compiler.view(a, compiler.result_type(a), 0, dims, steps, "repeats", flag)


def _check_within(a, shape, strides):
    """Whether all places lie within the array; steps are in bytes."""
    if a.size == 0:
        raise ValueError("as_strided() of an empty array has no elements to show")
    first, last = _extent(a)
    low = compiler.address(a) - first
    high = low + a.itemsize
    for i, n in enumerate(shape):
        step = strides[i]
        if step != 0 and n > 1:
            # One axis alone is tested first: the product may be too great for an integer.
            if n - 1 > (last - first) // abs(step):
                raise ValueError(f"as_strided() would show memory outside of the array, along axis {i}")
            low += min((n - 1) * step, 0)
            high += max((n - 1) * step, 0)
    if low < 0 or high > last - first:
        raise ValueError(f"as_strided() would show memory outside of the array: bytes {low} to {high} of {last - first}")


def sliding_window_view(x, window_shape, axis: literal = None, *, subok: literal = False, writeable: literal = False):
    a = _array(x)
    window = window_shape if compiler.is_tuple(window_shape) else (window_shape,)
    for n in window:
        if n < 0:
            raise ValueError("`window_shape` cannot contain negative values")
    if axis is None and len(window) != a.ndim:
        raise ValueError(
            f"Since axis is `None`, must provide window_shape for all dimensions of `x`; got {len(window)} window_shape elements and `x.ndim` is {a.ndim}."
        )
    axes = compiler.indices(a.ndim) if axis is None else axis if compiler.is_tuple(axis) else (axis,)
    for item in axes:
        _axis(item, a.ndim)
    if len(window) != len(axes):
        raise ValueError(f"Must provide matching length window_shape and axis; got {len(window)} window_shape elements and {len(axes)} axes elements.")
    steps = compiler.strides(a)
    windows = ()
    for item in axes:
        windows = windows + (steps[_axis(item, a.ndim)],)
    left = ()
    for i in compiler.indices(a.ndim):
        left = left + (_windows_along(a.shape[i], i, axes, window, a.ndim),)
    flag = "" if writeable else "readonly"
    return compiler.view(a, compiler.result_type(a), 0, left + window, steps + windows, "repeats", flag)


def _windows_along(size, axis: literal, axes: literal, window, ndim: literal):
    """How many places windows along an axis have: each of them takes some."""
    for i, item in enumerate(axes):
        if _axis(item, ndim) == axis:
            if size < window[i]:
                raise ValueError("window shape cannot be larger than input array shape")
            size -= window[i] - 1
    return size
