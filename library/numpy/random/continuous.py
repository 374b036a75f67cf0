"""Real random numbers with parameters that are arrays. With numbers alone they have entries of the tables."""


def standard_gamma(shape, size=None):
    return _drawn(np.random.standard_gamma, None, np.float64, (_limited(shape, "shape", "non-negative"),), size)


def standard_t(df, size=None):
    return _drawn(np.random.standard_t, None, np.float64, (_limited(df, "df", "positive"),), size)


def normal(loc=0.0, scale=1.0, size=None):
    return _drawn(np.random.normal, None, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def lognormal(mean=0.0, sigma=1.0, size=None):
    return _drawn(np.random.lognormal, None, np.float64, (_spreadable(mean), _limited(sigma, "sigma", "non-negative")), size)


def exponential(scale=1.0, size=None):
    return _drawn(np.random.exponential, None, np.float64, (_limited(scale, "scale", "non-negative"),), size)


def gamma(shape, scale=1.0, size=None):
    return _drawn(np.random.gamma, None, np.float64, (_limited(shape, "shape", "non-negative"), _limited(scale, "scale", "non-negative")), size)


def beta(a, b, size=None):
    return _drawn(np.random.beta, None, np.float64, (_limited(a, "a", "positive"), _limited(b, "b", "positive")), size)


def chisquare(df, size=None):
    return _drawn(np.random.chisquare, None, np.float64, (_limited(df, "df", "positive"),), size)


def noncentral_chisquare(df, nonc, size=None):
    return _drawn(np.random.noncentral_chisquare, None, np.float64, (_limited(df, "df", "positive"), _limited(nonc, "nonc", "non-negative")), size)


def f(dfnum, dfden, size=None):
    return _drawn(np.random.f, None, np.float64, (_limited(dfnum, "dfnum", "positive"), _limited(dfden, "dfden", "positive")), size)


def noncentral_f(dfnum, dfden, nonc, size=None):
    return _drawn(np.random.noncentral_f, None, np.float64, (_limited(dfnum, "dfnum", "positive"), _limited(dfden, "dfden", "positive"), _limited(nonc, "nonc", "non-negative")), size)


def pareto(a, size=None):
    return _drawn(np.random.pareto, None, np.float64, (_limited(a, "a", "positive"),), size)


def weibull(a, size=None):
    return _drawn(np.random.weibull, None, np.float64, (_limited(a, "a", "non-negative"),), size)


def power(a, size=None):
    return _drawn(np.random.power, None, np.float64, (_limited(a, "a", "positive"),), size)


def rayleigh(scale=1.0, size=None):
    return _drawn(np.random.rayleigh, None, np.float64, (_limited(scale, "scale", "non-negative"),), size)


def laplace(loc=0.0, scale=1.0, size=None):
    return _drawn(np.random.laplace, None, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def gumbel(loc=0.0, scale=1.0, size=None):
    return _drawn(np.random.gumbel, None, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def logistic(loc=0.0, scale=1.0, size=None):
    return _drawn(np.random.logistic, None, np.float64, (_spreadable(loc), _limited(scale, "scale", "non-negative")), size)


def wald(mean, scale, size=None):
    return _drawn(np.random.wald, None, np.float64, (_limited(mean, "mean", "positive"), _limited(scale, "scale", "positive")), size)


def vonmises(mu, kappa, size=None):
    return _drawn(np.random.vonmises, None, np.float64, (_spreadable(mu), _limited(kappa, "kappa", "non-negative")), size)


def uniform(low=0.0, high=1.0, size=None):
    return _drawn(np.random.uniform, None, np.float64, _finite_range(low, high), size)


def triangular(left, mode, right, size=None):
    return _drawn(np.random.triangular, None, np.float64, _triangles_of(left, mode, right), size)


def multivariate_normal(mean, cov, size=None, check_valid: literal = "warn", tol=1e-8):
    """NumPy's stream up to rounding, where the covariance has at most 25 rows. No warning is given of one that is none."""
    _check_covariance(cov, check_valid, tol)
    return _normal_vectors(mean, cov, size, _legacy_normals, None, "right svd")


def _legacy_normals(rng, shape):
    return np.random.standard_normal(shape)
