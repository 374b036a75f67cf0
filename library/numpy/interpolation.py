"""Interpolation and integration of sampled functions."""


def interp(x, xp, fp, left=None, right=None, period=None):
    xp = _array(xp)
    fp = _array(fp)
    _one_axis(xp)
    _one_axis(fp)
    dtype = np.complex128 if compiler.is_complex(fp) else np.float64
    if period is not None:
        return _interp_periodic(x, xp, fp, np.abs(np.float64(period)), dtype)
    xs = _converted(xp, np.float64)
    ys = _converted(fp, dtype)
    if xs.shape[0] == 0:
        raise ValueError("array of sample points is empty")
    if xs.shape[0] != ys.shape[0]:
        raise ValueError("fp and xp are not of the same length.")
    below = ys[0] if left is None else dtype(left)
    above = ys[-1] if right is None else dtype(right)
    return _interpolated(x, xs, ys, below, above, dtype)


def _interp_periodic(x, xp, fp, period, dtype):
    if period == 0:
        raise ValueError("period must be a non-zero value")
    if xp.shape[0] != fp.shape[0]:
        raise ValueError("fp and xp are not of the same length.")
    count = xp.shape[0]
    if count == 0:
        raise ValueError("array of sample points is empty")
    phases = np.empty(count, np.float64)
    for i in range(count):
        phases[i] = np.float64(xp[i]) % period
    order = _ordered(phases)
    xs = np.empty(count + 2, np.float64)
    ys = np.empty(count + 2, dtype)
    for i in range(count):
        xs[i + 1] = phases[order[i]]
        ys[i + 1] = fp[order[i]]
    xs[0] = xs[count] - period
    ys[0] = ys[count]
    xs[count + 1] = xs[1] + period
    ys[count + 1] = ys[1]
    if compiler.is_scalar(x):
        return _interpolate(np.float64(x) % period, xs, ys, ys[0], ys[-1], dtype)
    x = _array(x)
    wrapped = np.empty(x.shape, np.float64)
    _wrap(x, wrapped, period)
    return _interpolated(wrapped, xs, ys, ys[0], ys[-1], dtype)


def _wrap(x, out, period):
    if x.ndim == 0:
        out[()] = np.float64(x[()]) % period
    else:
        for i in range(x.shape[0]):
            if x.ndim == 1:
                out[i] = np.float64(x[i]) % period
            else:
                _wrap(x[i], out[i], period)


def _interpolated(x, xs, ys, below, above, dtype):
    if compiler.is_scalar(x):
        return _interpolate(np.float64(x), xs, ys, below, above, dtype)
    x = _array(x)
    if compiler.is_complex(x):
        raise TypeError(f"Cannot cast array data from dtype('{x.dtype}') to dtype('float64') according to the rule 'safe'")
    out = np.empty(x.shape, dtype)
    _interpolate_all(x, out, xs, ys, below, above, dtype)
    return _value(out)


def _interpolate_all(x, out, xs, ys, below, above, dtype):
    if x.ndim == 0:
        out[()] = _interpolate(np.float64(x[()]), xs, ys, below, above, dtype)
    elif x.ndim == 1:
        for i in range(x.shape[0]):
            out[i] = _interpolate(np.float64(x[i]), xs, ys, below, above, dtype)
    else:
        for i in range(x.shape[0]):
            _interpolate_all(x[i], out[i], xs, ys, below, above, dtype)


def _interpolate(x, xs, ys, below, above, dtype):
    last = xs.shape[0] - 1
    if x != x and last > 0:
        return dtype(x)
    if x > xs[last]:
        return above
    if x < xs[0]:
        return below
    if last == 0:
        return ys[0]
    low = 0
    high = last + 1
    while low < high:
        middle = (low + high) // 2
        if xs[middle] <= x:
            low = middle + 1
        else:
            high = middle
    place = low - 1
    if place == last or xs[place] == x:
        return ys[place]
    if compiler.is_complex(dtype):
        re = _on_line(x, xs[place], xs[place + 1], ys[place].real, ys[place + 1].real)
        im = _on_line(x, xs[place], xs[place + 1], ys[place].imag, ys[place + 1].imag)
        return dtype(complex(re, im))
    return _on_line(x, xs[place], xs[place + 1], ys[place], ys[place + 1])


def _on_line(x, x0, x1, y0, y1):
    slope = (y1 - y0) / (x1 - x0)
    y = slope * (x - x0) + y0
    if y != y:
        y = slope * (x - x1) + y1
        if y != y and y0 == y1:
            y = y0
    return y


def trapezoid(y, x=None, dx=1.0, axis: literal = -1):
    y = _array(y)
    if axis < -y.ndim or axis >= y.ndim:
        raise IndexError("list assignment index out of range")
    place = _axis(axis, y.ndim)
    values = compiler.move_axis_last(y, place)
    if compiler.is_time(y) or compiler.is_time(dx) or x is not None and compiler.is_time(_array(x)):
        return _trapezoid_of_times(values, x, dx, place)
    if x is None:
        dtype = compiler.inexact_type(y, dx)
        steps = np.empty(max(y.shape[place] - 1, 0), compiler.result_type(dx))
        for i in range(steps.shape[0]):
            steps[i] = dx
        return _reduce_with(_trapezoids, values, steps, dtype)
    x = _array(x)
    dtype = compiler.inexact_type(y, x)
    if x.ndim == 1:
        if x.shape[0] != y.shape[place]:
            between = (1,) * place + (x.shape[0] - 1,) + (1,) * (y.ndim - place - 1)
            halves = y.shape[:place] + (y.shape[place] - 1,) + y.shape[place + 1 :]
            raise ValueError(f"operands could not be broadcast together with shapes {between:shape} {halves:shape} ")
        steps = np.empty(max(x.shape[0] - 1, 0), compiler.result_type(x))
        _diff(x, steps, 0)
        return _reduce_with(_trapezoids, values, steps, dtype)
    if x.shape != y.shape:
        raise ValueError(f"operands could not be broadcast together with shapes {x.shape:shape} {y.shape:shape} ")
    differences = np.empty(values.shape[:-1] + (max(y.shape[place] - 1, 0),), compiler.result_type(x))
    _diff(compiler.move_axis_last(x, place), differences, x.ndim - 1)
    return _reduce_with(_trapezoids, values, differences, dtype)



def _reduce_with(kernel, a, b, dtype):
    """kernel(row of a, row of b) for each row of a; b has as many, or is one row for all."""
    if a.ndim == 1:
        return kernel(a, b, dtype)
    out = np.empty(a.shape[:-1], dtype)
    _reduce_rows_with(kernel, a, b, out, dtype)
    return out


def _reduce_rows_with(kernel, a, b, out, dtype):
    for i in range(a.shape[0]):
        row = b if b.ndim == 1 else b[i]
        if out.ndim == 1:
            out[i] = kernel(a[i], row, dtype)
        else:
            _reduce_rows_with(kernel, a[i], row, out[i], dtype)


def _trapezoid_of_times(y, x, dx, axis: literal):
    """Each part is rounded to the unit, as NumPy does it."""
    pairs = y[..., 1:] + y[..., :-1]
    if x is None:
        return np.sum(dx * pairs / 2.0, axis=-1)
    x = _array(x)
    steps = np.diff(x) if x.ndim == 1 else np.diff(compiler.move_axis_last(x, axis))
    return np.sum(steps * pairs / 2.0, axis=-1)


def _trapezoids(y, steps, dtype):
    total = dtype(0)
    for i in range(steps.shape[0]):
        # Bools add up to a bool.
        pair = dtype(y[i + 1] or y[i]) if compiler.is_bool(y) else dtype(y[i + 1]) + dtype(y[i])
        total += dtype(steps[i]) * pair / dtype(2)
    return total
