"""Methods that reduce into an output of another dtype than the result would have: others have entries of the tables."""


def sum(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    return np.sum(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)


def prod(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, initial=None, where=True):
    return np.prod(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, initial=initial, where=where)


def mean(a, axis: literal = None, dtype: literal = None, out=None, keepdims: literal = False, *, where=True):
    return np.mean(a, axis=axis, dtype=dtype, out=out, keepdims=keepdims, where=where)
