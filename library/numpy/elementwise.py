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
        return _stored_spread(_array(a).copy(), out, (_array(a).shape,))
    if high is None:
        return _stored_spread(np.maximum(a, low), out, (_array(a).shape, _array(low).shape))
    if low is None:
        return _stored_spread(np.minimum(a, high), out, (_array(a).shape, _array(high).shape))
    shapes = (_array(a).shape, _array(low).shape, _array(high).shape)
    if not (_broadcasts(shapes[0], shapes[1]) and _broadcasts(shapes[1], shapes[2]) and _broadcasts(shapes[0], shapes[2])):
        raise ValueError(f"operands could not be broadcast together with shapes {shapes[0]:shape} {shapes[1]:shape} {shapes[2]:shape} ")
    return _stored_spread(np.minimum(np.maximum(a, low), high), out, shapes)


def choose(a, choices, out=None, mode: literal = "raise"):
    found = np.choose(a, choices, mode=mode)
    if out is not None and (out.ndim != _array(found).ndim or out.shape != _array(found).shape):
        raise TypeError("choose: invalid shape for output array.")
    return _stored(found, out, "")


def compress(condition, a, axis: literal = None, out=None):
    return _stored(np.compress(condition, a, axis), out, "output array does not match result of ndarray.take")
