"""Orders at random along an axis, of a generator."""


def shuffle(rng, x, axis: literal = 0):
    if not compiler.is_array(x):
        compiler.type_error("an array is expected")
    rng.shuffle(_axis_first(x, _axis(axis, x.ndim)) if x.ndim == 1 else np.swapaxes(x, 0, _axis(axis, x.ndim)))


def choice(rng, a, size=None, replace=True, p=None, axis: literal = 0, shuffle=True):
    """Parts of an array of several axes: with numbers, and arrays of one axis, it has an entry of the tables."""
    a = _array(a)
    if axis < -a.ndim or axis >= a.ndim:
        raise IndexError("tuple index out of range")
    count = a.shape[axis]
    if count == 0 and math.prod(_size_shape(size)) != 0:
        raise ValueError("a cannot be empty unless no samples are taken")
    return np.take(a, rng.choice(count, size, replace, p, shuffle=shuffle), axis=axis)


def permutation(rng, x, axis: literal = 0):
    if compiler.is_scalar(x):
        compiler.type_error("x must be an integer or an array")
    x = _array(x)
    if x.ndim == 0:
        raise IndexError("tuple index out of range")
    place = _axis(axis, x.ndim)
    return rng.permutation(x) if place == 0 else np.take(x, rng.permutation(x.shape[place]), axis=place)


def permuted(rng, x, axis: literal = None, out=None):
    x = _array(x)
    if out is None:
        result = np.empty(x.shape, compiler.result_type(x))
        result[...] = x
    else:
        if not compiler.is_array(out):
            raise TypeError("out must be a numpy array")
        if out.ndim != x.ndim or out.shape != x.shape:
            raise ValueError("out must have the same shape as x")
        np.copyto(out, x, casting="safe")
        result = out
    if axis is not None:
        _permute_lines(rng, compiler.move_axis_last(result, _axis(axis, x.ndim)))
    elif x.ndim < 2:
        rng.shuffle(result)
    elif _ascends(x if out is None else result):
        flat = result.T.flatten()
        rng.shuffle(flat)
        result[...] = compiler.reshaped(flat, result.T.shape).T
    else:
        flat = result.flatten()
        rng.shuffle(flat)
        result[...] = compiler.reshaped(flat, result.shape)
    return result


def _permute_lines(rng, a):
    if a.ndim > 1:
        for i in range(a.shape[0]):
            _permute_lines(rng, a[i])
    else:
        rng.shuffle(a)


def _ascends(a):
    """Whether the elements lie in memory as in Fortran: then they are shuffled in that order."""
    if compiler.is_c_packed(a):
        return False
    steps = compiler.strides(a)
    before = 0
    rises = True
    for i in compiler.indices(a.ndim):
        if a.shape[i] > 1:
            rises = rises and abs(steps[i]) >= before
            before = abs(steps[i])
    return rises
