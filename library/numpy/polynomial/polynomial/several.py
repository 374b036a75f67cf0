"""Series in several variables, series by their roots, and fits."""


def polytrim(c, tol=0):
    return np.polynomial.polyutils.trimcoef(c, tol)


def polycompanion(c):
    c = _one_series(c)
    n = c.shape[0] - 1
    if n < 1:
        raise ValueError("Series must have maximum degree of at least 1.")
    out = np.zeros((n, n), compiler.result_type(c))
    for i in range(n):
        if i > 0:
            out[i, i - 1] = 1
        out[i, n - 1] -= c[i] / c[n]
    return out


def polyval2d(x, y, c):
    if np.shape(x) != np.shape(y):
        raise ValueError("x, y are incompatible")
    return polyval(y, polyval(x, c), False)


def polyval3d(x, y, z, c):
    if np.shape(x) != np.shape(y) or np.shape(x) != np.shape(z):
        raise ValueError("x, y, z are incompatible")
    return polyval(z, polyval(y, polyval(x, c), False), False)


def polygrid2d(x, y, c):
    return polyval(y, polyval(x, c))


def polygrid3d(x, y, z, c):
    return polyval(z, polyval(y, polyval(x, c)))


def polyvalfromroots(x, r, tensor: literal = True):
    r = _inexact_copy(r)
    if compiler.is_scalar(x):
        return np.prod(x - r, axis=0)
    x = _array(x)
    if tensor:
        return np.prod(x - compiler.reshaped(r, r.shape + (1,) * x.ndim), axis=0)
    if x.ndim >= r.ndim:
        raise ValueError("x.ndim must be < r.ndim when tensor == False")
    return np.prod(x - r, axis=0)


def polyvander2d(x, y, deg):
    first, second = _points((x, y), deg, 2)
    powers = polyvander(first, deg[0])[..., :, np.newaxis] * polyvander(second, deg[1])[..., np.newaxis, :]
    return compiler.reshaped(powers, powers.shape[:-2] + (-1,))


def polyvander3d(x, y, z, deg):
    first, second, third = _points((x, y, z), deg, 3)
    powers = polyvander(first, deg[0])[..., :, np.newaxis, np.newaxis] * polyvander(second, deg[1])[..., np.newaxis, :, np.newaxis]
    powers = powers * polyvander(third, deg[2])[..., np.newaxis, np.newaxis, :]
    return compiler.reshaped(powers, powers.shape[:-3] + (-1,))


def _points(points, deg, count: literal):
    """The coordinates of points, of one shape and dtype."""
    if len(deg) != count:
        raise ValueError(f"Expected {count} dimensions of degrees, got {len(deg)}")
    dtype = _series_type(points)
    found = ()
    for x in points:
        if np.shape(x) != np.shape(points[0]):
            raise ValueError("the coordinates of the points must have one shape")
        x = _at_least(_array(x), 1)
        copy = np.empty(x.shape, dtype)
        copy[...] = x
        found = found + (copy,)
    return found


def polyfit(x, y, deg, rcond=None, full: literal = False, w=None):
    x = _array(x)
    y = _array(y)
    terms = _array(deg)
    if terms.ndim > 1 or not compiler.is_integer(terms) or terms.size == 0:
        raise TypeError("deg must be an int or non-empty 1-D array of int")
    if np.min(terms) < 0:
        raise ValueError("expected deg >= 0")
    _check_points(x, y)
    powers = polyvander(x, np.max(terms))
    if terms.ndim > 0:
        powers = np.take(powers, np.sort(terms), axis=1)
    values = _inexact_copy(y)
    if w is not None:
        w = _array(w)
        if w.ndim != 1:
            raise TypeError("expected 1D vector for w")
        if x.shape[0] != w.shape[0]:
            raise TypeError("expected x and w to have same length")
        powers = powers * compiler.reshaped(w, (w.shape[0], 1))
        values = values * (w if y.ndim == 1 else compiler.reshaped(w, (w.shape[0], 1)))
    scale = np.sqrt(np.sum(np.abs(powers) ** 2, axis=0))
    for i in range(scale.shape[0]):
        if scale[i] == 0:
            scale[i] = 1
    cut = x.shape[0] * _epsilon(compiler.inexact_type(x)) if rcond is None else float(rcond)
    c, residuals, rank, s = np.linalg.lstsq(powers / scale, values, cut)
    for i in range(c.shape[0]):
        c[i, ...] /= scale[i]
    if terms.ndim > 0:
        c = _with_all_terms(c, np.sort(terms))
    return (c, list((residuals, rank, s, cut))) if full else c


def _with_all_terms(c, terms):
    """Zeros for the powers that were not fitted."""
    out = np.zeros((np.int64(terms[-1]) + 1,) + c.shape[1:], compiler.result_type(c))
    for i in range(terms.shape[0]):
        out[terms[i], ...] = c[i]
    return out
