"""Discrete Fourier transforms, by the kernels of the runtime."""


def fft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(_fft(a, n, axis, _norm_of(norm), False), out, "output array has wrong shape.")


def ifft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(_fft(a, n, axis, _swapped_norm(norm), True), out, "output array has wrong shape.")


def _norm_of(norm: literal):
    if norm is None:
        return "backward"
    if norm not in ("backward", "ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward","ortho" or "forward".')
    return norm


def _swapped_norm(norm: literal):
    """What the name means for an inverse transform."""
    if norm is None or norm == "backward":
        return "forward"
    if norm not in ("ortho", "forward"):
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    return "ortho" if norm == "ortho" else "backward"


def _factor(a, n, norm: literal):
    if norm == "backward":
        return 1.0
    if compiler.result_type(a) is np.float16:
        # In the dtype of the array, as NumPy.
        return float(np.float16(1) / np.float16(np.sqrt(np.float16(n)) if norm == "ortho" else n))
    return 1 / math.sqrt(n) if norm == "ortho" else 1 / n


def _fft_points(n):
    if compiler.is_float(n) or compiler.is_complex(n):
        compiler.type_error("the number of points of a Fourier transform must be an integer")
    points = int(n)
    if points < 1:
        raise ValueError(f"Invalid number of FFT data points ({points}) specified.")
    return points


def _fft_axis(a, axis: literal, n):
    """The axis; without a number of points NumPy looks for its length first."""
    if n is None and compiler.is_integer(axis) and (axis < -a.ndim or axis >= a.ndim):
        raise IndexError("tuple index out of range")
    return _axis(axis, a.ndim)


def _fft(a, n, axis: literal, norm: literal, inverse: literal):
    a = _array(a)
    place = _fft_axis(a, axis, n)
    points = _fft_points(a.shape[place] if n is None else n)
    return _axis_back(_fft_of_rows(compiler.move_axis_last(a, place), points, norm, inverse), place)


def _fft_of_rows(view, points, norm: literal, inverse: literal):
    """Along the last axis of a view: the same code for every axis that it was."""
    dtype = _complex_type(_matrix_type(view))
    rows = _in_c_order(view, dtype)
    out = np.empty(rows.shape[:-1] + (points,), dtype)
    _transformed(compiler.runtime_call("zouk_fft_{}", rows, _row_count(rows), rows.shape[-1], points, inverse, _factor(view, points, norm), out))
    return out


def _row_count(rows):
    count = 1
    for size in rows.shape[:-1]:
        count *= size
    return count


def _transformed(status):
    if status == 3:
        raise MemoryError("no memory left for a Fourier transform")
    if status != 0:
        raise SystemError(f"a Fourier transform failed with status {status}")


def _axis_back(rows, axis: literal):
    """An array in C order, the last axis of which is moved to its place."""
    if axis == rows.ndim - 1:
        return rows
    out = np.empty(rows.shape[:axis] + (rows.shape[-1],) + rows.shape[axis:-1], compiler.result_type(rows))
    _store_rows(compiler.move_axis_last(out, axis), rows)
    return out


def _store_rows(target, rows):
    target[...] = rows


def _fft_type(a):
    """The dtype that computes: float32 of float16."""
    dtype = _matrix_type(a)
    if dtype is np.float16:
        return np.float32
    return dtype


def rfft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(_rfft(a, n, axis, norm), out, "output array has wrong shape.")


def _rfft(a, n, axis: literal, norm: literal):
    norm = _norm_of(norm)
    a = _array(a)
    place = _fft_axis(a, axis, n)
    points = _fft_points(a.shape[place] if n is None else n)
    if compiler.is_complex(a):
        if points % 2 == 1:
            _refuse_complex("rfft_n_odd")
        _refuse_complex("rfft_n_even")
    dtype = _fft_type(a)
    rows = _in_c_order(compiler.move_axis_last(a, place), dtype)
    out = np.empty(rows.shape[:-1] + (points // 2 + 1,), _complex_type(dtype))
    _transformed(compiler.runtime_call("zouk_rfft_{}", rows, _row_count(rows), rows.shape[-1], points, _factor(a, points, norm), out))
    return _axis_back(out, place)


def _refuse_complex(name: literal):
    raise TypeError(
        f"ufunc '{name}' not supported for the input types, and the inputs could not be safely coerced to any supported types "
        "according to the casting rule ''safe''"
    )


def irfft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(_irfft(a, n, axis, norm), out, "output array has wrong shape.")


def _irfft(a, n, axis: literal, norm: literal):
    norm = _swapped_norm(norm)
    a = _array(a)
    place = _fft_axis(a, axis, n)
    points = _fft_points((a.shape[place] - 1) * 2 if n is None else n)
    dtype = _complex_type(_matrix_type(a))
    real = compiler.float_type(dtype)
    rows = _in_c_order(compiler.move_axis_last(a, place), dtype)
    out = np.empty(rows.shape[:-1] + (points,), real)
    if real is np.float32:
        status = compiler.runtime_call("zouk_irfft_f32", rows, _row_count(rows), rows.shape[-1], points, _factor(a, points, norm), out)
    else:
        status = compiler.runtime_call("zouk_irfft_f64", rows, _row_count(rows), rows.shape[-1], points, _factor(a, points, norm), out)
    _transformed(status)
    back = _axis_back(out, place)
    # What NumPy computes in float32 has the dtype of its argument again.
    return _in_type(back, np.float16) if compiler.result_type(a) is np.float16 else back


def hfft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(_hfft(a, n, axis, norm), out, "output array has wrong shape.")


def _hfft(a, n, axis: literal, norm: literal):
    a = _array(a)
    points = (a.shape[_fft_axis(a, axis, n)] - 1) * 2 if n is None else n
    return _irfft(np.conj(a), points, axis, _swapped_norm(norm))


def ihfft(a, n=None, axis: literal = -1, norm: literal = None, out=None):
    return _stored(np.conj(_rfft(a, n, axis, _swapped_norm(norm))), out, "output array has wrong shape.")


def fftn(a, s=None, axes: literal = None, norm: literal = None, out=None):
    return _stored(_fftn(a, s, axes, norm, False), out, "output array has wrong shape.")


def ifftn(a, s=None, axes: literal = None, norm: literal = None, out=None):
    return _stored(_fftn(a, s, axes, norm, True), out, "output array has wrong shape.")


def fft2(a, s=None, axes: literal = (-2, -1), norm: literal = None, out=None):
    return _stored(_fftn(a, s, axes, norm, False), out, "output array has wrong shape.")


def ifft2(a, s=None, axes: literal = (-2, -1), norm: literal = None, out=None):
    return _stored(_fftn(a, s, axes, norm, True), out, "output array has wrong shape.")


def _fftn(a, s, axes: literal, norm: literal, inverse: literal):
    a = _array(a)
    places = _fft_axes(a, s, axes)
    sizes = _fft_sizes(a, s, places)
    if len(places) == 0:
        return a
    return _fft_along(a, sizes, places, norm, inverse)


def _fft_axes(a, s, axes: literal):
    """The axes of an n-dimensional transform: the last ones, as many as there are sizes, if they are not given."""
    if axes is not None:
        return axes if compiler.is_tuple(axes) else (axes,)
    places = ()
    for i in compiler.indices(a.ndim if s is None else len(s)):
        places = places + (i - (a.ndim if s is None else len(s)),)
    return places


def _fft_sizes(a, s, axes: literal):
    """The size of each axis: -1 leaves it as it is."""
    if s is not None:
        if len(s) != len(axes):
            raise ValueError("Shape and axes have different lengths.")
    sizes = ()
    for i, axis in enumerate(axes):
        if s is None and (axis < -a.ndim or axis >= a.ndim):
            raise IndexError(f"index {axis} is out of bounds for axis 0 with size {a.ndim}")
        size = a.shape[_axis(axis, a.ndim)]
        sizes = sizes + (size if s is None or s[i] == -1 else s[i],)
    return sizes


def _fft_along(a, sizes, axes: literal, norm: literal, inverse: literal):
    """The last axis first, as in NumPy. Between the axes only views are turned, so that all of them but the last take the same code."""
    view = _fft_view(a, sizes[-1], axes[-1], norm, inverse)
    if len(axes) == 1:
        return _in_c_order(view, compiler.result_type(view))
    return _fft_along(view, sizes[:-1], axes[:-1], norm, inverse)


def _fft_view(a, n, axis: literal, norm: literal, inverse: literal):
    """As `_fft`, but a view whose elements lie with the axis innermost."""
    place = _axis(axis, a.ndim)
    rows = _fft_of_rows(compiler.move_axis_last(a, place), _fft_points(n), _swapped_norm(norm) if inverse else _norm_of(norm), inverse)
    if place == rows.ndim - 1:
        return rows
    order = ()
    for i in compiler.indices(rows.ndim):
        order = order + (i if i < place else rows.ndim - 1 if i == place else i - 1,)
    return compiler.permuted(rows, order)


def rfftn(a, s=None, axes: literal = None, norm: literal = None, out=None):
    return _stored(_rfftn(a, s, axes, norm), out, "output array has wrong shape.")


def _rfftn(a, s, axes: literal, norm: literal):
    a = _array(a)
    places = _fft_axes(a, s, axes)
    sizes = _fft_sizes(a, s, places)
    first = _rfft(a, sizes[-1], places[-1], norm)
    if len(places) == 1:
        return first
    return _fft_along(first, sizes[:-1], places[:-1], norm, False)


def irfftn(a, s=None, axes: literal = None, norm: literal = None, out=None):
    return _stored(_irfftn(a, s, axes, norm), out, "output array has wrong shape.")


def _irfftn(a, s, axes: literal, norm: literal):
    a = _array(a)
    places = _fft_axes(a, s, axes)
    sizes = _fft_sizes(a, s, places)
    points = (a.shape[_axis(places[-1], a.ndim)] - 1) * 2 if s is None else sizes[-1]
    if len(places) == 1:
        return _irfft(a, points, places[-1], norm)
    return _irfft(_fft_in_order(a, sizes[:-1], places[:-1], norm), points, places[-1], norm)


def _fft_in_order(a, sizes, axes: literal, norm: literal):
    """Inverse transforms, the first axis first."""
    view = _fft_view(a, sizes[0], axes[0], norm, True)
    if len(axes) == 1:
        return view
    return _fft_in_order(view, sizes[1:], axes[1:], norm)


def rfft2(a, s=None, axes: literal = (-2, -1), norm: literal = None, out=None):
    return _stored(_rfftn(a, s, axes, norm), out, "output array has wrong shape.")


def irfft2(a, s=None, axes: literal = (-2, -1), norm: literal = None, out=None):
    return _stored(_irfftn(a, s, axes, norm), out, "output array has wrong shape.")


def fftfreq(n, d=1.0, device: literal = None):
    step = _frequency_step(n, d)
    if n < 0:
        raise ValueError("negative dimensions are not allowed")
    out = np.empty(n)
    positive = (n - 1) // 2 + 1
    for i in range(n):
        out[i] = (i if i < positive else i - n) * step
    return out


def _frequency_step(n, d):
    if not compiler.is_integer(n):
        raise ValueError("n should be an integer")
    if n * d == 0:
        raise ZeroDivisionError("float division by zero")
    return 1.0 / (n * d)


def rfftfreq(n, d=1.0, device: literal = None):
    step = _frequency_step(n, d)
    out = np.empty(max(n // 2 + 1, 0))
    for i in range(out.shape[0]):
        out[i] = i * step
    return out


def fftshift(x, axes: literal = None):
    return _shifted(x, axes, False)


def ifftshift(x, axes: literal = None):
    return _shifted(x, axes, True)


def _shifted(x, axes: literal, inverse: literal):
    x = _array(x)
    if axes is None:
        return _shifted_along(x, compiler.indices(x.ndim), inverse)
    places = ()
    for axis in axes if compiler.is_tuple(axes) else (axes,):
        places = places + (_fft_axis(x, axis, None),)
    return _shifted_along(x, places, inverse)


def _shifted_along(x, axes: literal, inverse: literal):
    if len(axes) == 0:
        return x.copy()
    axis = axes[0]
    out = np.empty(x.shape, compiler.result_type(x))
    size = x.shape[axis]
    shift = size - size // 2 if inverse else size // 2
    source = compiler.move_axis_last(x, axis)
    target = compiler.move_axis_last(out, axis)
    target[..., shift:] = source[..., : size - shift]
    target[..., :shift] = source[..., size - shift :]
    return out if len(axes) == 1 else _shifted_along(out, axes[1:], inverse)
