"""Gradients, and phases without jumps."""


def gradient(f, *varargs, axis: literal = None, edge_order: literal = 1):
    f = _array(f)
    if compiler.is_bool(f):
        compiler.type_error("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
    axes = _axes(axis, f.ndim)
    if len(varargs) > 1 and len(varargs) != len(axes):
        raise TypeError("invalid number of arguments")
    if edge_order > 2:
        raise ValueError("'edge_order' greater than 2 not supported")
    if len(varargs) == 1 and len(axes) != 1 and compiler.ndim(_array(varargs[0])) > 0:
        raise TypeError("invalid number of arguments")
    results = ()
    for i, place in enumerate(axes):
        step = 1.0 if len(varargs) == 0 else varargs[0 if len(varargs) == 1 else i]
        results = results + (_gradient_along(f, step, place, edge_order),)
    return results[0] if len(axes) == 1 else results


def _gradient_along(f, step, axis: literal, edge_order: literal):
    if f.shape[axis] < edge_order + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.")
    dtype = compiler.inexact_type(f)
    out = np.empty(f.shape, dtype)
    spacing = _array(step)
    if spacing.ndim == 0:
        _even_gradient(f, spacing[()], out, axis, edge_order, dtype)
        return out
    if spacing.ndim != 1:
        raise ValueError("distances must be either scalars or 1d")
    if spacing.shape[0] != f.shape[axis]:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    steps = np.empty(spacing.shape[0] - 1, compiler.inexact_type(spacing))
    even = True
    for i in range(steps.shape[0]):
        steps[i] = steps.dtype.type(spacing[i + 1]) - steps.dtype.type(spacing[i])
        even = even and steps[i] == steps[0]
    if even:
        _even_gradient(f, steps[0], out, axis, edge_order, dtype)
    else:
        _uneven_gradient(f, steps, out, axis, edge_order, dtype)
    return out


def _even_gradient(f, step, out, axis: literal, edge_order: literal, dtype):
    if axis > 0:
        for i in range(f.shape[0]):
            _even_gradient(f[i], step, out[i], axis - 1, edge_order, dtype)
        return
    last = f.shape[0] - 1
    for i in range(1, last):
        _put_difference(f, i + 1, i - 1, 2.0 * step, out, i, dtype)
    if edge_order < 2:
        _put_difference(f, 1, 0, step, out, 0, dtype)
        _put_difference(f, last, last - 1, step, out, last, dtype)
    else:
        _put_combination(f, 0, -1.5 / step, 2.0 / step, -0.5 / step, out, 0, dtype)
        _put_combination(f, last - 2, 0.5 / step, -2.0 / step, 1.5 / step, out, last, dtype)


def _uneven_gradient(f, steps, out, axis: literal, edge_order: literal, dtype):
    if axis > 0:
        for i in range(f.shape[0]):
            _uneven_gradient(f[i], steps, out[i], axis - 1, edge_order, dtype)
        return
    last = f.shape[0] - 1
    for i in range(1, last):
        x = steps[i - 1]
        y = steps[i]
        _put_combination(f, i - 1, -y / (x * (x + y)), (y - x) / (x * y), x / (y * (x + y)), out, i, dtype)
    if edge_order < 2:
        _put_difference(f, 1, 0, steps[0], out, 0, dtype)
        _put_difference(f, last, last - 1, steps[last - 1], out, last, dtype)
    else:
        x = steps[0]
        y = steps[1]
        _put_combination(f, 0, -(2.0 * x + y) / (x * (x + y)), (x + y) / (x * y), -x / (y * (x + y)), out, 0, dtype)
        x = steps[last - 2]
        y = steps[last - 1]
        _put_combination(f, last - 2, y / (x * (x + y)), -(y + x) / (x * y), (2.0 * y + x) / (y * (x + y)), out, last, dtype)


def _put_difference(f, high, low, step, out, place, dtype):
    """out[place] = (f[high] - f[low]) / step"""
    if f.ndim == 1:
        out[place] = (dtype(f[high]) - dtype(f[low])) / step
    else:
        _put_difference_row(f[high], f[low], step, out[place], dtype)


def _put_difference_row(high, low, step, out, dtype):
    for i in range(out.shape[0]):
        if out.ndim == 1:
            out[i] = (dtype(high[i]) - dtype(low[i])) / step
        else:
            _put_difference_row(high[i], low[i], step, out[i], dtype)


def _put_combination(f, first, a, b, c, out, place, dtype):
    """out[place] = a * f[first] + b * f[first + 1] + c * f[first + 2]"""
    if f.ndim == 1:
        out[place] = a * dtype(f[first]) + b * dtype(f[first + 1]) + c * dtype(f[first + 2])
    else:
        _put_combination_row(f[first], f[first + 1], f[first + 2], a, b, c, out[place], dtype)


def _put_combination_row(x, y, z, a, b, c, out, dtype):
    for i in range(out.shape[0]):
        if out.ndim == 1:
            out[i] = a * dtype(x[i]) + b * dtype(y[i]) + c * dtype(z[i])
        else:
            _put_combination_row(x[i], y[i], z[i], a, b, c, out[i], dtype)


def unwrap(p, discont=None, axis: literal = -1, *, period=6.283185307179586):
    p = _array(p)
    if p.ndim == 0:
        raise ValueError("diff requires input that is at least one dimensional")
    if compiler.is_complex(p):
        raise TypeError("ufunc 'remainder' not supported for the input types, and the inputs could not be safely coerced to any supported types according to the casting rule ''safe''")
    place = _axis(axis, p.ndim)
    # A number is no wider than the array, as in NumPy's promotion.
    if compiler.is_integer(p) and compiler.is_integer(period):
        dtype = compiler.result_type(p)
    else:
        dtype = compiler.inexact_type(p)
    if compiler.is_unsigned(dtype):
        # NumPy takes half the period away in the array's dtype.
        raise OverflowError(f"Python integer {-(int(period) // 2)} out of bounds for {np.dtype(dtype).name}")
    out = np.empty(p.shape, dtype)
    _unwrap_rows(compiler.move_axis_last(p, place), compiler.move_axis_last(out, place), period, discont, dtype)
    return out


def _unwrap_rows(p, out, period, discont, dtype):
    if p.ndim > 1:
        for i in range(p.shape[0]):
            _unwrap_rows(p[i], out[i], period, discont, dtype)
    elif p.shape[0] > 0:
        # Steps have the array's dtype: those of integers wrap around.
        kind = compiler.result_type(p)
        correction = dtype(0)
        out[0] = p[0]
        for i in range(1, p.shape[0]):
            correction = dtype(correction + _unwrap_step(dtype(kind(p[i] - p[i - 1])), period, discont, dtype))
            out[i] = dtype(p[i]) + correction


def _unwrap_step(step, period, discont, dtype):
    """What to add to a step so that it is at most half a period."""
    if compiler.is_integer(dtype):
        high = dtype(period // 2)
        ambiguous = period % 2 == 0
    else:
        high = dtype(period / 2)
        ambiguous = True
    limit = period / 2 if discont is None else discont
    if abs(step) < limit:
        return dtype(0)
    wrapped = dtype(dtype(step + high) % dtype(period) - high)
    if ambiguous and wrapped == -high and step > 0:
        wrapped = high
    return dtype(wrapped - step)
