"""Norms of vectors and matrices, and condition numbers by them."""


def norm(x, ord: literal = None, axis: literal = None, keepdims: literal = False):
    x = _array(x)
    x = _in_type(x, compiler.inexact_type(x))
    if axis is None and _is_euclidean(ord, x.ndim):
        value = np.sqrt(_squares(x))
        return np.full((1,) * x.ndim, value) if keepdims else value
    axes = _norm_axes(axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm(x, ord, _axis(axes[0], x.ndim), keepdims)
    if len(axes) == 2:
        return _matrix_norm(x, ord, _axis(axes[0], x.ndim), _axis(axes[1], x.ndim), keepdims)
    raise ValueError("Improper number of dimensions to norm.")


def _norm_at_run_time(x, ord=None, axis: literal = None, keepdims: literal = False):
    """`norm` with an order that is known at run time only."""
    x = _array(x)
    if ord is None:
        return norm(x, None, axis, keepdims)
    x = _in_type(x, compiler.inexact_type(x))
    axes = _norm_axes(axis, x.ndim)
    if len(axes) == 1:
        return _vector_norm_at_run_time(x, ord, _axis(axes[0], x.ndim), keepdims)
    if len(axes) == 2:
        if ord == np.inf:
            return norm(x, np.inf, axes, keepdims)
        if ord == -np.inf:
            return norm(x, -np.inf, axes, keepdims)
        if ord == 1:
            return norm(x, 1, axes, keepdims)
        if ord == -1:
            return norm(x, -1, axes, keepdims)
        if ord == 2:
            return norm(x, 2, axes, keepdims)
        if ord == -2:
            return norm(x, -2, axes, keepdims)
        raise ValueError("Invalid norm order for matrices.")
    raise ValueError("Improper number of dimensions to norm.")


def _vector_norm_at_run_time(x, ord, axis: literal, keepdims: literal):
    real = compiler.float_type(x)
    if ord == np.inf:
        return _vector_norm(x, np.inf, axis, keepdims)
    if ord == -np.inf:
        return _vector_norm(x, -np.inf, axis, keepdims)
    if ord == 0:
        return _vector_norm(x, 0, axis, keepdims)
    if ord == 1:
        return _vector_norm(x, 1, axis, keepdims)
    if ord == 2:
        return _vector_norm(x, 2, axis, keepdims)
    return np.power(np.sum(np.power(np.abs(x), real(ord)), axis=axis, keepdims=keepdims), real(1 / ord))


def _is_euclidean(ord: literal, ndim: literal):
    """The root of the sum of all squares."""
    if ord is None:
        return True
    if compiler.is_str(ord):
        return ord in ("f", "fro") and ndim == 2
    return ord == 2 and ndim == 1


def _norm_axes(axis: literal, ndim: literal):
    if axis is None:
        return compiler.indices(ndim)
    if compiler.is_tuple(axis):
        return axis
    if not compiler.is_integer(axis):
        raise TypeError("'axis' must be None, an integer or a tuple of integers")
    return (axis,)


def _squares(x):
    """The sum of the squares of the absolute values."""
    if x.ndim == 0:
        return _square_of(x[()])
    if x.ndim == 1:
        return _square_sum(x)
    if compiler.is_f_packed(x):
        return _squares_of_rows(x.T)
    return _squares_of_rows(x)


def _squares_of_rows(x):
    total = compiler.float_type(x)(0)
    for i in range(x.shape[0]):
        row = x[i]
        total += _squares_of_rows(row) if x.ndim > 2 else _square_sum(row)
    return total


def _square_sum(x):
    return np.vdot(x, x).real if compiler.is_complex(x) else np.dot(x, x)


def _square_of(x):
    return x.real * x.real + x.imag * x.imag if compiler.is_complex(x) else x * x


def _vector_norm(x, ord: literal, axis: literal, keepdims: literal):
    real = compiler.float_type(x)
    if ord is None:
        return _euclidean(x, axis, keepdims)
    if compiler.is_str(ord):
        raise ValueError(f"Invalid norm order '{ord}' for vectors")
    if ord == np.inf:
        return np.max(np.abs(x), axis=axis, keepdims=keepdims, initial=0)
    if ord == -np.inf:
        return np.min(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 0:
        return _number_or_array(np.sum(x != 0, axis=axis, keepdims=keepdims), real)
    if ord == 1:
        return np.sum(np.abs(x), axis=axis, keepdims=keepdims)
    if ord == 2:
        return _euclidean(x, axis, keepdims)
    return np.power(np.sum(np.power(np.abs(x), real(ord)), axis=axis, keepdims=keepdims), real(1 / ord))


def _number_or_array(x, dtype):
    return _in_type(x, dtype) if compiler.is_array(x) else dtype(x)


def _euclidean(x, axis: literal, keepdims: literal):
    if compiler.is_complex(x) and keepdims:
        out = np.empty(x.shape[:axis] + (1,) + x.shape[axis + 1 :], compiler.float_type(x))
        target = compiler.move_axis_last(out, axis)[..., 0]
        target[...] = _euclidean(x, axis, False)
        return out
    if compiler.is_complex(x):
        # The imaginary parts are zeros: the absolute values are the real ones.
        return np.sqrt(np.abs(np.sum(np.conj(x) * x, axis=axis)))
    return np.sqrt(np.sum(x * x, axis=axis, keepdims=keepdims))


def _matrix_norm(x, ord: literal, row: literal, column: literal, keepdims: literal):
    if row == column:
        raise ValueError("Duplicate axes given.")
    order = _other_axes((row, column), x.ndim) + (row, column)
    found = _norm_of_matrices(compiler.permuted(x, order), ord)
    if not keepdims:
        return found
    out = np.empty(_shape_kept(x, (row, column)), compiler.float_type(x))
    target = compiler.permuted(out, order)[..., 0, 0]
    target[...] = found
    return out


def _norm_of_matrices(x, ord: literal):
    """Of the last two axes."""
    if ord is None:
        return _euclidean(x, (-2, -1), False)
    if compiler.is_str(ord):
        if ord in ("f", "fro"):
            return _euclidean(x, (-2, -1), False)
        if ord == "nuc":
            return np.sum(svdvals(x), axis=-1)
        raise ValueError("Invalid norm order for matrices.")
    if ord == 2:
        return np.max(svdvals(x), axis=-1, initial=0)
    if ord == -2:
        return np.min(svdvals(x), axis=-1)
    if ord == 1:
        return np.max(np.sum(np.abs(x), axis=-2), axis=-1, initial=0)
    if ord == -1:
        return np.min(np.sum(np.abs(x), axis=-2), axis=-1)
    if ord == np.inf:
        return np.max(np.sum(np.abs(x), axis=-1), axis=-1, initial=0)
    if ord == -np.inf:
        return np.min(np.sum(np.abs(x), axis=-1), axis=-1)
    raise ValueError("Invalid norm order for matrices.")


def cond(x, p: literal = None):
    x = _array(x)
    if x.size == 0 and (x.ndim < 2 or x.shape[-1] == 0 or x.shape[-2] == 0):
        raise np.linalg.LinAlgError("cond is not defined on empty arrays")
    dtype = _linalg_type(x)
    double = _double_type(dtype)
    if _is_spectral(p):
        _stacked(x)
        s = _singular_values(x, double)
        return _condition(s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1], x, compiler.float_type(dtype))
    _square(x)
    rows = _in_c_order(x, double)
    inverses = np.empty(x.shape, double)
    _each(_inv_or_nan, None, (rows, inverses), rows)
    return _condition(_norm_of_matrices(rows, p) * _norm_of_matrices(inverses, p), x, compiler.float_type(dtype))


def _cond_at_run_time(x, p=None):
    """`cond` with a norm that is known at run time only."""
    if p is None or p == 2:
        return cond(x, 2)
    if p == -2:
        return cond(x, -2)
    if p == 1:
        return cond(x, 1)
    if p == -1:
        return cond(x, -1)
    if p == np.inf:
        return cond(x, np.inf)
    if p == -np.inf:
        return cond(x, -np.inf)
    raise ValueError("Invalid norm order for matrices.")


def _is_spectral(p: literal):
    if p is None:
        return True
    return False if compiler.is_str(p) else p in (2, -2)


def _inv_or_nan(option, arrays):
    a, out = arrays
    status = compiler.runtime_call("zouk_inv_{}", a, a.shape[0], out)
    if status == 1:
        out.fill(np.nan)
    else:
        _computed(status)


def _condition(value, x, dtype):
    """Infinity where it is not a number though the matrix has numbers alone."""
    nan = np.isnan(x)
    if compiler.is_scalar(value):
        return dtype(np.inf if value != value and not np.any(nan) else value)
    out = np.empty(value.shape, dtype)
    out[...] = np.where(np.isnan(value) & ~np.any(nan, axis=(-2, -1)), np.inf, value)
    return out


def vector_norm(x, *, axis: literal = None, keepdims: literal = False, ord: literal = 2):
    x = _array(x)
    if axis is not None or x.ndim == 1:
        return _vector_norm_along(x, axis, keepdims, ord)
    found = norm(_flat(x), ord)
    return np.full((1,) * x.ndim, found) if keepdims else found


def _vector_norm_along(x, axis: literal, keepdims: literal, ord: literal):
    if axis is None:
        return norm(x, ord, 0, keepdims)
    if not compiler.is_tuple(axis):
        return norm(x, ord, axis, keepdims)
    axes = _axes(axis, x.ndim)
    count = 1
    for i in axes:
        count *= x.shape[i]
    rows = compiler.permuted(x, axes + _other_axes(axes, x.ndim))
    found = norm(compiler.reshaped(rows, (count,) + _shape_without(x, axes)), ord, 0)
    return compiler.reshaped(found, _shape_kept(x, axes)) if keepdims else found


def matrix_norm(x, *, keepdims: literal = False, ord: literal = "fro"):
    return norm(x, ord, (-2, -1), keepdims)
