"""Polynomials by their roots, and by points near them: the coefficient of the highest power first."""


def roots(p):
    """Always complex: NumPy's are real when the roots of a real polynomial are, which types cannot tell."""
    p = _at_least(_array(p), 1)
    if p.ndim != 1:
        raise ValueError("Input must be a rank-1 array.")
    c = _packed(p, compiler.inexact_type(p))
    first = 0
    while first < c.shape[0] and c[first] == 0:
        first += 1
    last = c.shape[0]
    while last > first and c[last - 1] == 0:
        last -= 1
    found = _companion_roots(c[first:last])
    out = np.zeros(found.shape[0] + c.shape[0] - last, compiler.result_type(found))
    if first == c.shape[0]:
        return out[:0]
    out[: found.shape[0]] = found
    return out


def _companion_roots(p):
    """The eigenvalues of a matrix that has the polynomial as its characteristic one."""
    count = max(p.shape[0] - 1, 0)
    matrix = np.zeros((count, count), compiler.result_type(p))
    for i in range(count):
        matrix[0, i] = -p[i + 1] / p[0]
        if i > 0:
            matrix[i, i - 1] = 1
    return np.linalg.eigvals(matrix)


def poly(seq_of_zeros):
    """Of complex zeros the coefficients are complex, even where all imaginary parts vanish; of no zeros they are an array too."""
    zeros = _at_least(_array(seq_of_zeros), 1)
    dtype = np.float64 if compiler.result_type(zeros) is np.float16 else compiler.inexact_type(zeros)
    if zeros.ndim == 1:
        return _monic(_packed(zeros, dtype))
    if zeros.ndim != 2:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    if zeros.shape[0] != zeros.shape[1] or zeros.shape[0] == 0:
        raise ValueError("input must be 1d or non-empty square 2d array.")
    found = _monic(np.linalg.eigvals(zeros))
    if compiler.is_complex(zeros):
        return found
    out = np.empty(found.shape[0], dtype)
    for i in range(found.shape[0]):
        out[i] = found[i].real
    return out


def _monic(zeros):
    out = np.zeros(zeros.shape[0] + 1, compiler.result_type(zeros))
    out[0] = 1
    for i in range(zeros.shape[0]):
        for j in range(i + 1, 0, -1):
            out[j] -= zeros[i] * out[j - 1]
    return out


def _check_points(x, y):
    """What a polynomial can be fitted to."""
    if x.ndim != 1:
        raise TypeError("expected 1D vector for x")
    if x.size == 0:
        raise TypeError("expected non-empty vector for x")
    if y.ndim < 1 or y.ndim > 2:
        raise TypeError("expected 1D or 2D array for y")
    if x.shape[0] != y.shape[0]:
        raise TypeError("expected x and y to have same length")


def polyfit(x, y, deg, rcond=None, full: literal = False, w=None, cov: literal = False):
    if deg < 0:
        raise ValueError("expected deg >= 0")
    x = _array(x)
    y = _array(y)
    _check_points(x, y)
    kind = compiler.inexact_type(x)
    powers = _powers_of(x, np.int64(deg), kind)
    values = np.empty(y.shape, compiler.inexact_type(y))
    values[...] = y
    if w is not None:
        _weigh_rows(powers, values, _array(w))
    scale = np.sqrt(np.sum(powers * powers, axis=0))
    powers /= scale
    cut = x.shape[0] * _epsilon(kind) if rcond is None else float(rcond)
    c, residuals, rank, s = np.linalg.lstsq(powers, values, cut)
    for i in range(c.shape[0]):
        c[i, ...] /= scale[i]
    if full:
        return c, residuals, rank, s, cut
    if compiler.is_str(cov) or cov:
        return c, _fit_covariances(powers, scale, residuals, x.shape[0], cov, y.ndim)
    return c


def _powers_of(x, degree, dtype):
    out = np.empty((x.shape[0], degree + 1), dtype)
    for i in range(x.shape[0]):
        power = dtype(1)
        for j in range(degree + 1):
            out[i, degree - j] = power
            power = dtype(power * x[i])
    return out


def _weigh_rows(powers, values, w):
    if w.ndim != 1:
        raise TypeError("expected a 1-d array for weights")
    if w.shape[0] != values.shape[0]:
        raise TypeError("expected w and y to have the same length")
    for i in range(w.shape[0]):
        powers[i] *= w[i]
        values[i, ...] *= w[i]


def _fit_covariances(powers, scale, residuals, count, cov: literal, ndim: literal):
    base = np.linalg.inv(powers.T @ powers)
    base /= np.outer(scale, scale)
    if compiler.is_str(cov):
        return base
    order = powers.shape[1]
    if count <= order:
        raise ValueError("the number of data points must exceed order to scale the covariance matrix")
    factor = residuals / (count - order)
    if ndim == 1:
        return base * factor
    return base[:, :, np.newaxis] * factor
