"""Forms of elementwise functions that the tables have not."""


def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None):
    low = a_min if min is None else min
    high = a_max if max is None else max
    if low is None and high is None:
        return _stored(_array(a).copy(), out)
    if high is None:
        return _stored(np.maximum(a, low), out)
    if low is None:
        return _stored(np.minimum(a, high), out)
    return _stored(np.minimum(np.maximum(a, low), high), out)


def choose(a, choices, out=None, mode: literal = "raise"):
    return _stored(np.choose(a, choices, mode=mode), out)


def compress(condition, a, axis: literal = None, out=None):
    return _stored(np.compress(condition, a, axis), out)
