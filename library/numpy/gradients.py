"""Gradients, and phases without jumps."""


def gradient(f, *varargs, axis: literal = None, edge_order: literal = 1):
    f = _array(f)
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
    dtype = compiler.inexact_type(f)
    if f.shape[axis] < edge_order + 1:
        raise ValueError("Shape of array too small to calculate a numerical gradient, at least (edge_order + 1) elements are required.")
    out = np.empty(f.shape, dtype)
    values = compiler.move_axis_last(_as_inexact(f, dtype), axis)
    target = compiler.move_axis_last(out, axis)
    spacing = _array(step)
    if spacing.ndim == 0:
        _even_gradient(values, spacing[()], target, edge_order)
        return out
    if spacing.ndim != 1:
        raise ValueError("distances must be either scalars or 1d")
    if spacing.shape[0] != f.shape[axis]:
        raise ValueError("when 1d, distances must match the length of the corresponding dimension")
    steps = _steps(spacing)
    if np.all(steps == steps[0]):
        _even_gradient(values, steps[0], target, edge_order)
    else:
        _uneven_gradient(values, steps, target, edge_order)
    return out


def _as_inexact(a, dtype):
    if not compiler.is_integer(a) and not compiler.is_bool(a):
        return a
    out = np.empty(a.shape, dtype)
    out[...] = a
    return out


def _steps(places):
    out = np.empty(places.shape[0] - 1, compiler.inexact_type(places))
    for i in range(out.shape[0]):
        out[i] = out.dtype.type(places[i + 1]) - out.dtype.type(places[i])
    return out


def _even_gradient(f, step, out, edge_order: literal):
    out[..., 1:-1] = (f[..., 2:] - f[..., :-2]) / (2.0 * step)
    if edge_order < 2:
        out[..., 0] = (f[..., 1] - f[..., 0]) / step
        out[..., -1] = (f[..., -1] - f[..., -2]) / step
    else:
        out[..., 0] = -1.5 / step * f[..., 0] + 2.0 / step * f[..., 1] + -0.5 / step * f[..., 2]
        out[..., -1] = 0.5 / step * f[..., -3] + -2.0 / step * f[..., -2] + 1.5 / step * f[..., -1]


def _uneven_gradient(f, steps, out, edge_order: literal):
    before = steps[:-1]
    after = steps[1:]
    a = -after / (before * (before + after))
    b = (after - before) / (before * after)
    c = before / (after * (before + after))
    out[..., 1:-1] = a * f[..., :-2] + b * f[..., 1:-1] + c * f[..., 2:]
    if edge_order < 2:
        out[..., 0] = (f[..., 1] - f[..., 0]) / steps[0]
        out[..., -1] = (f[..., -1] - f[..., -2]) / steps[-1]
    else:
        x = steps[0]
        y = steps[1]
        out[..., 0] = -(2.0 * x + y) / (x * (x + y)) * f[..., 0] + (x + y) / (x * y) * f[..., 1] + -x / (y * (x + y)) * f[..., 2]
        x = steps[-2]
        y = steps[-1]
        out[..., -1] = y / (x * (x + y)) * f[..., -3] + -(y + x) / (x * y) * f[..., -2] + (2.0 * y + x) / (y * (x + y)) * f[..., -1]


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
    out = np.empty(p.shape, dtype)
    _unwrap_rows(compiler.move_axis_last(p, place), compiler.move_axis_last(out, place), period, discont, dtype)
    return out


def _unwrap_rows(p, out, period, discont, dtype):
    if p.ndim > 1:
        for i in range(p.shape[0]):
            _unwrap_rows(p[i], out[i], period, discont, dtype)
    elif p.shape[0] > 0:
        correction = dtype(0)
        out[0] = p[0]
        for i in range(1, p.shape[0]):
            correction = dtype(correction + _unwrap_step(dtype(p[i] - p[i - 1]), period, discont, dtype))
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
