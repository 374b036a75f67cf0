"""Random integers with parameters that are arrays. With numbers alone they have entries of the tables."""


def poisson(lam=1.0, size=None):
    return _drawn(np.random.poisson, None, np.int64, (_limited(lam, "lam", "poisson"),), size)


def geometric(p, size=None):
    return _drawn(np.random.geometric, None, np.int64, (_limited(p, "p", "above-0-to-1"),), size)


def logseries(p, size=None):
    return _drawn(np.random.logseries, None, np.int64, (_limited(p, "p", "0-below-1"),), size)


def zipf(a, size=None):
    return _drawn(np.random.zipf, None, np.int64, (_limited(a, "a", "above-1"),), size)


def negative_binomial(n, p, size=None):
    return _drawn(np.random.negative_binomial, None, np.int64, (_limited(n, "n", "positive"), _limited(p, "p", "0-to-1")), size)


def binomial(n, p, size=None):
    return _drawn(np.random.binomial, None, np.int64, _trials(n, p), size)


def hypergeometric(ngood, nbad, nsample, size=None):
    return _drawn(np.random.hypergeometric, None, np.int64, _urns(ngood, nbad, nsample), size)


def random_integers(low, high=None, size=None):
    return np.random.randint(1, low + 1, size) if high is None else np.random.randint(low, high + 1, size)


def randint(low, high=None, size=None, dtype: literal = np.int64):
    _only_int64(dtype)
    if high is None:
        return _drawn(np.random.randint, None, np.int64, _int_range(0, low, 1), size)
    return _drawn(np.random.randint, None, np.int64, _int_range(low, high, 1), size)
