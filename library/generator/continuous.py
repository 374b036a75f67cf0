"""Real random numbers with parameters that are arrays, of a generator."""


def standard_t(rng, df, size=None):
    return _drawn(_draw_standard_t, rng, np.float64, (_limited(df, "df", "positive"),), size)


def _draw_standard_t(rng, df):
    return rng.standard_t(df)


def normal(rng, loc=0.0, scale=1.0, size=None):
    return _drawn(_draw_normal, rng, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def _draw_normal(rng, loc, scale):
    return rng.normal(loc, scale)


def lognormal(rng, mean=0.0, sigma=1.0, size=None):
    return _drawn(_draw_lognormal, rng, np.float64, (_spreadable(mean), _limited(sigma, "sigma", "non-negative")), size)


def _draw_lognormal(rng, mean, sigma):
    return rng.lognormal(mean, sigma)


def exponential(rng, scale=1.0, size=None):
    return _drawn(_draw_exponential, rng, np.float64, (_limited(scale, "scale", "non-negative"),), size)


def _draw_exponential(rng, scale):
    return rng.exponential(scale)


def gamma(rng, shape, scale=1.0, size=None):
    return _drawn(_draw_gamma, rng, np.float64, (_limited(shape, "shape", "non-negative"), _limited(scale, "scale", "non-negative")), size)


def _draw_gamma(rng, shape, scale):
    return rng.gamma(shape, scale)


def beta(rng, a, b, size=None):
    return _drawn(_draw_beta, rng, np.float64, (_limited(a, "a", "positive"), _limited(b, "b", "positive")), size)


def _draw_beta(rng, a, b):
    return rng.beta(a, b)


def chisquare(rng, df, size=None):
    return _drawn(_draw_chisquare, rng, np.float64, (_limited(df, "df", "positive"),), size)


def _draw_chisquare(rng, df):
    return rng.chisquare(df)


def noncentral_chisquare(rng, df, nonc, size=None):
    return _drawn(_draw_noncentral_chisquare, rng, np.float64, (_limited(df, "df", "positive"), _limited(nonc, "nonc", "non-negative")), size)


def _draw_noncentral_chisquare(rng, df, nonc):
    return rng.noncentral_chisquare(df, nonc)


def f(rng, dfnum, dfden, size=None):
    return _drawn(_draw_f, rng, np.float64, (_limited(dfnum, "dfnum", "positive"), _limited(dfden, "dfden", "positive")), size)


def _draw_f(rng, dfnum, dfden):
    return rng.f(dfnum, dfden)


def noncentral_f(rng, dfnum, dfden, nonc, size=None):
    return _drawn(_draw_noncentral_f, rng, np.float64, (_limited(dfnum, "dfnum", "positive"), _limited(dfden, "dfden", "positive"), _limited(nonc, "nonc", "non-negative")), size)


def _draw_noncentral_f(rng, dfnum, dfden, nonc):
    return rng.noncentral_f(dfnum, dfden, nonc)


def pareto(rng, a, size=None):
    return _drawn(_draw_pareto, rng, np.float64, (_limited(a, "a", "positive"),), size)


def _draw_pareto(rng, a):
    return rng.pareto(a)


def weibull(rng, a, size=None):
    return _drawn(_draw_weibull, rng, np.float64, (_limited(a, "a", "non-negative"),), size)


def _draw_weibull(rng, a):
    return rng.weibull(a)


def power(rng, a, size=None):
    return _drawn(_draw_power, rng, np.float64, (_limited(a, "a", "positive"),), size)


def _draw_power(rng, a):
    return rng.power(a)


def rayleigh(rng, scale=1.0, size=None):
    return _drawn(_draw_rayleigh, rng, np.float64, (_limited(scale, "scale", "non-negative"),), size)


def _draw_rayleigh(rng, scale):
    return rng.rayleigh(scale)


def laplace(rng, loc=0.0, scale=1.0, size=None):
    return _drawn(_draw_laplace, rng, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def _draw_laplace(rng, loc, scale):
    return rng.laplace(loc, scale)


def gumbel(rng, loc=0.0, scale=1.0, size=None):
    return _drawn(_draw_gumbel, rng, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def _draw_gumbel(rng, loc, scale):
    return rng.gumbel(loc, scale)


def logistic(rng, loc=0.0, scale=1.0, size=None):
    return _drawn(_draw_logistic, rng, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def _draw_logistic(rng, loc, scale):
    return rng.logistic(loc, scale)


def wald(rng, mean, scale, size=None):
    return _drawn(_draw_wald, rng, np.float64, (_limited(mean, "mean", "positive"), _limited(scale, "scale", "positive")), size)


def _draw_wald(rng, mean, scale):
    return rng.wald(mean, scale)


def vonmises(rng, mu, kappa, size=None):
    return _drawn(_draw_vonmises, rng, np.float64, (_spreadable(mu), _limited(kappa, "kappa", "non-negative")), size)


def _draw_vonmises(rng, mu, kappa):
    return rng.vonmises(mu, kappa)


def uniform(rng, low=0.0, high=1.0, size=None):
    return _drawn(_draw_uniform, rng, np.float64, _rising_range(low, high), size)


def _draw_uniform(rng, low, high):
    return rng.uniform(low, high)


def triangular(rng, left, mode, right, size=None):
    return _drawn(_draw_triangular, rng, np.float64, _triangles_of(left, mode, right), size)


def _draw_triangular(rng, left, mode, right):
    return rng.triangular(left, mode, right)


def multivariate_normal(rng, mean, cov, size=None, check_valid: literal = "warn", tol=1e-8, *, method: literal = "svd"):
    """NumPy's stream up to rounding for `method="cholesky"`, and where the covariance has at most 25 rows."""
    if method not in ("svd", "eigh", "cholesky"):
        raise ValueError("method must be one of {'eigh', 'svd', 'cholesky'}")
    _check_covariance(cov, check_valid, tol)
    return _normal_vectors(mean, cov, size, _generator_normals, rng, method)


def _generator_normals(rng, shape):
    return rng.standard_normal(shape)


def random(rng, size=None, dtype: literal = np.float64, out=None):
    """What fills an array that is there; without one it has an entry of the tables, as those below."""
    _check_filled(size, dtype, out, False)
    if compiler.is_c_packed(out):
        out[...] = rng.random(out.shape, dtype)
    else:
        out.T[...] = rng.random(out.T.shape, dtype)
    return out


def standard_normal(rng, size=None, dtype: literal = np.float64, out=None):
    _check_filled(size, dtype, out, False)
    if compiler.is_c_packed(out):
        out[...] = rng.standard_normal(out.shape, dtype)
    else:
        out.T[...] = rng.standard_normal(out.T.shape, dtype)
    return out


def standard_exponential(rng, size=None, dtype: literal = np.float64, method: literal = "zig", out=None):
    _check_filled(size, dtype, out, False)
    if compiler.is_c_packed(out):
        out[...] = rng.standard_exponential(out.shape, dtype, method)
    else:
        out.T[...] = rng.standard_exponential(out.T.shape, dtype, method)
    return out


def _check_filled(size, dtype: literal, out, in_c_order: literal):
    if not compiler.is_array(out):
        compiler.type_error("out must be an array")
    element = _dtype(dtype)
    if not compiler.is_c_packed(out) and (in_c_order or not compiler.is_f_packed(out)):
        raise ValueError(f"Supplied output array must be {'C-' if in_c_order else ''}contiguous, writable, aligned, and in machine byte-order.")
    if compiler.result_type(out) is not element:
        raise TypeError(f"Supplied output array has the wrong type. Expected {element}, got {out.dtype}")
    if size is not None and not _same_shape(_size_shape(size), out.shape):
        raise ValueError("size must match out.shape when used together")


def _same_shape(shape, other):
    return len(shape) == len(other) and shape == other


def standard_gamma(rng, shape, size=None, dtype: literal = np.float64, out=None):
    if out is not None:
        _check_filled(size, dtype, out, True)
        out[...] = standard_gamma(rng, shape, out.shape, dtype)
        return out
    if compiler.is_scalar(shape):
        return rng.standard_gamma(shape, size, dtype)
    if compiler.result_type(np.empty(0, dtype)) is not np.float64:
        compiler.type_error("random numbers with parameters that are arrays are float64 here: convert the result")
    return _drawn(_draw_standard_gamma, rng, np.float64, (_limited(shape, "shape", "non-negative"),), size)


def _draw_standard_gamma(rng, shape):
    return rng.standard_gamma(shape)
