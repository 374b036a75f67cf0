"""Weighted averages, covariances and correlations."""


def average(a, axis: literal = None, weights=None, returned: literal = False, *, keepdims: literal = False):
    a = _array(a)
    if axis is not None:
        _axes(axis, a.ndim, "repeated axis in `axis` argument", "axis")
    if weights is None:
        mean = np.mean(a, axis=axis, keepdims=keepdims)
        if _array(mean).size == 0:
            raise ZeroDivisionError("division by zero")
        if returned:
            kind = compiler.result_type(mean)
            result = _array(mean)
            count = kind(a.size) / kind(result.size)
            if compiler.is_array(mean):
                return mean, np.full(mean.shape, count, kind)
            return mean, count
        return mean
    w = _array(weights)
    dtype = compiler.inexact_type(a, w) if compiler.is_float(a) or compiler.is_complex(a) else compiler.result_type(a, w, np.float64)
    wide = _weights_of(a, w, axis)
    products = np.empty(a.shape, dtype)
    products[...] = a
    products *= wide
    if w.ndim == a.ndim:
        total = np.sum(wide, axis=axis, dtype=dtype, keepdims=keepdims)
    else:
        spread = np.empty(a.shape, dtype)
        spread[...] = wide
        total = np.sum(spread, axis=axis, keepdims=keepdims)
    if np.any(total == 0):
        raise ZeroDivisionError("Weights sum to zero, can't be normalized")
    result = np.sum(products, axis=axis, keepdims=keepdims)
    result /= total
    return (result, total) if returned else result


def _weights_of(a, w, axis: literal):
    """The weights, with axes of one item where those of the array have none."""
    if a.ndim == w.ndim:
        if a.shape == w.shape:
            return w
        if axis is None:
            raise TypeError("Axis must be specified when shapes of a and weights differ.")
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    if axis is None:
        raise TypeError("Axis must be specified when shapes of a and weights differ.")
    axes = _axes(axis, a.ndim)
    if len(axes) != w.ndim:
        raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    for i, place in enumerate(axes):
        if i > 0 and axes[i - 1] > place:
            compiler.type_error("the axes of the weights must rise")
        if w.shape[i] != a.shape[place]:
            raise ValueError("Shape of weights must be consistent with shape of a along specified axis.")
    wide = w
    for i in compiler.indices(a.ndim):
        if i not in axes:
            wide = expand_dims(wide, i)
    return wide


def cov(m, y=None, rowvar: literal = True, bias: literal = False, ddof=None, fweights=None, aweights=None, *, dtype: literal = None):
    c = _covariances(m, y, rowvar, bias, ddof, fweights, aweights, dtype)
    if y is None and compiler.ndim(_array(m)) < 2:
        return c[0, 0, ...]
    return c


def corrcoef(x, y=None, rowvar: literal = True, *, dtype: literal = None):
    c = _covariances(x, y, rowvar, False, None, None, None, dtype)
    if y is None and compiler.ndim(_array(x)) < 2:
        return c[0, 0] / c[0, 0]
    deviations = np.empty(c.shape[0], compiler.float_type(c))
    for i in range(c.shape[0]):
        deviations[i] = math.sqrt(c[i, i].real)
    for i in range(c.shape[0]):
        for j in range(c.shape[0]):
            c[i, j] = _within_one(c[i, j] / deviations[i] / deviations[j])
    return c


def _within_one(x):
    if compiler.is_complex(x):
        return complex(_within_one(x.real), _within_one(x.imag))
    return 1.0 if x > 1 else -1.0 if x < -1 else x


def _covariances(m, y, rowvar: literal, bias: literal, ddof, fweights, aweights, dtype: literal):
    m = _array(m)
    if m.ndim > 2:
        raise ValueError("m has more than 2 dimensions")
    if y is None:
        kind = compiler.result_type(m, np.float64) if dtype is None else compiler.result_type(dtype)
        x = _variables(m, rowvar, kind)
    else:
        y = _array(y)
        if y.ndim > 2:
            raise ValueError("y has more than 2 dimensions")
        kind = compiler.result_type(m, y, np.float64) if dtype is None else compiler.result_type(dtype)
        x = _beside_each_other((_variables(m, rowvar, kind), _variables(y, rowvar, kind)), 0)
    count = x.shape[1]
    w = _observation_weights(fweights, aweights, count)
    freedom = (0 if bias else 1) if ddof is None else ddof
    if freedom != int(freedom):
        raise ValueError("ddof must be integer")
    factor = np.float64(count - freedom)
    if w is not None:
        total, squares = _weight_sums(w, None if aweights is None else _array(aweights))
        if total == 0:
            raise ZeroDivisionError("Weights sum to zero, can't be normalized")
        factor = total - freedom
        if aweights is not None:
            factor = total - freedom * squares / total
    if factor < 0:
        factor = 0.0
    _subtract_averages(x, w)
    c = x @ _weighted_conjugates(x, w).T
    flat = _flat_view(c)
    for i in range(flat.shape[0]):
        flat[i] = flat[i] * (1 / factor)
    return c


def _weight_sums(w, aweights):
    total = 0.0
    squares = 0.0
    for i in range(w.shape[0]):
        total += w[i]
        if aweights is not None:
            squares += w[i] * np.float64(aweights[i])
    return total, squares


def _weighted_conjugates(x, w):
    if w is None and not compiler.is_complex(x):
        return x
    out = np.empty(x.shape, compiler.result_type(x))
    for i in range(x.shape[0]):
        for j in range(x.shape[1]):
            value = x[i, j].conjugate() if compiler.is_complex(x) else x[i, j]
            out[i, j] = value if w is None else value * w[j]
    return out


def _variables(a, rowvar: literal, kind):
    """A new array, each row of which is a variable."""
    if a.ndim < 2:
        out = np.empty((1, a.size), kind)
        out[0] = _flat(a)
        return out
    rows = a if rowvar else a.T
    out = np.empty(rows.shape, kind)
    out[...] = rows
    return out


def _subtract_averages(x, w):
    for i in range(x.shape[0]):
        row = x[i]
        mean = np.mean(row) if w is None else _weighted_mean(row, w)
        for j in range(row.shape[0]):
            row[j] -= mean


def _weighted_mean(x, w):
    dtype = compiler.result_type(x)
    total = dtype(0)
    weight = 0.0
    for i in range(x.shape[0]):
        total += x[i] * w[i]
        weight += w[i]
    return dtype(total / weight)


def _observation_weights(fweights, aweights, count):
    """The weight of each observation, None if all weigh the same."""
    if fweights is None and aweights is None:
        return None
    w = np.ones(count, np.float64)
    if fweights is not None:
        frequencies = _converted(_array(fweights), np.float64)
        if frequencies.ndim > 1:
            raise RuntimeError("cannot handle multidimensional fweights")
        for frequency in frequencies:
            if frequency != math.floor(frequency):
                raise TypeError("fweights must be integer")
        if frequencies.shape[0] != count:
            raise RuntimeError("incompatible numbers of samples and fweights")
        _weigh(w, frequencies, "fweights cannot be negative")
    if aweights is not None:
        other = _converted(_array(aweights), np.float64)
        if other.ndim > 1:
            raise RuntimeError("cannot handle multidimensional aweights")
        if other.shape[0] != count:
            raise RuntimeError("incompatible numbers of samples and aweights")
        _weigh(w, other, "aweights cannot be negative")
    return w


def _weigh(w, factors, message: literal):
    for i in range(w.shape[0]):
        if factors[i] < 0:
            raise ValueError(message)
        w[i] *= factors[i]
