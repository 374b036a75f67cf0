"""Forms of elementwise functions that the tables have not."""


def clip(a, a_min="", a_max="", out=None, *, min="", max=""):
    """Bounds that are not given are texts: None is one that is given."""
    if compiler.is_str(a_min) and compiler.is_str(a_max):
        return _clipped(a, None if compiler.is_str(min) else min, None if compiler.is_str(max) else max, out)
    if compiler.is_str(a_min):
        raise TypeError("clip() missing 1 required positional argument: 'a_min'")
    if compiler.is_str(a_max):
        raise TypeError("clip() missing 1 required positional argument: 'a_max'")
    if not (compiler.is_str(min) and compiler.is_str(max)):
        raise ValueError("Passing `min` or `max` keyword argument when `a_min` and `a_max` are provided is forbidden.")
    return _clipped(a, a_min, a_max, out)


def _clipped(a, low, high, out):
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
