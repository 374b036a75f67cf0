"""Random integers with parameters that are arrays, of a generator."""


def poisson(rng, lam=1.0, size=None):
    return _drawn(_draw_poisson, rng, np.int64, (_limited(lam, "lam", "poisson"),), size)


def _draw_poisson(rng, lam):
    return rng.poisson(lam)


def geometric(rng, p, size=None):
    return _drawn(_draw_geometric, rng, np.int64, (_limited(p, "p", "above-0-to-1"),), size)


def _draw_geometric(rng, p):
    return rng.geometric(p)


def logseries(rng, p, size=None):
    return _drawn(_draw_logseries, rng, np.int64, (_limited(p, "p", "0-below-1"),), size)


def _draw_logseries(rng, p):
    return rng.logseries(p)


def zipf(rng, a, size=None):
    return _drawn(_draw_zipf, rng, np.int64, (_limited(a, "a", "above-1"),), size)


def _draw_zipf(rng, a):
    return rng.zipf(a)


def negative_binomial(rng, n, p, size=None):
    return _drawn(_draw_negative_binomial, rng, np.int64, _failures(n, p), size)


def _draw_negative_binomial(rng, n, p):
    return rng.negative_binomial(n, p)


def binomial(rng, n, p, size=None):
    return _drawn(_draw_binomial, rng, np.int64, _trials(n, p), size)


def _draw_binomial(rng, n, p):
    return rng.binomial(n, p)


def hypergeometric(rng, ngood, nbad, nsample, size=None):
    return _drawn(_draw_hypergeometric, rng, np.int64, _small_urns(ngood, nbad, nsample), size)


def _draw_hypergeometric(rng, ngood, nbad, nsample):
    return rng.hypergeometric(ngood, nbad, nsample)


def integers(rng, low, high=None, size=None, dtype: literal = np.int64, endpoint: literal = False):
    _only_int64(dtype)
    beyond = 0 if endpoint else 1
    kernel = _draw_closed_integer if endpoint else _draw_integer
    if high is None:
        return _drawn(kernel, rng, np.int64, _int_range(0, low, beyond), size)
    return _drawn(kernel, rng, np.int64, _int_range(low, high, beyond), size)


def _draw_integer(rng, low, high):
    return rng.integers(low, high)


def _draw_closed_integer(rng, low, high):
    return rng.integers(low, high, endpoint=True)
