"""Methods that functions of numpy stand behind, and views."""


def transpose(a, *axes: literal):
    if len(axes) == 0:
        return a.T
    if len(axes) == 1:
        return np.transpose(a, axes[0])
    return np.transpose(a, axes)


def swapaxes(a, axis1: literal, axis2: literal):
    return np.swapaxes(a, axis1, axis2)


def squeeze(a, axis: literal = None):
    return np.squeeze(a, axis)


def clip(a, min=None, max=None, out=None):
    return np.clip(a, min, max, out)


def round(a, decimals=0, out=None):
    if compiler.is_bool(a):
        if decimals != 0:
            raise TypeError("Cannot cast ufunc 'multiply' output from dtype('float64') to dtype('bool') with casting rule 'same_kind'")
        return _stored(np.round(a), out, "invalid output shape")
    return np.round(a, decimals, out)


def std(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, *, keepdims: literal = False, where=True, mean=None):
    return np.std(a, axis, dtype, out, ddof, keepdims, where=where, mean=mean)


def var(a, axis: literal = None, dtype: literal = None, out=None, ddof=0, *, keepdims: literal = False, where=True, mean=None):
    return np.var(a, axis, dtype, out, ddof, keepdims, where=where, mean=mean)


def choose(a, choices, out=None, mode: literal = "raise"):
    return np.choose(a, choices, out, mode)


def compress(a, condition, axis: literal = None, out=None):
    return np.compress(condition, a, axis, out)


def repeat(a, repeats, axis: literal = None):
    return np.repeat(a, repeats, axis)


def trace(a, offset=0, axis1: literal = 0, axis2: literal = 1, dtype: literal = None, out=None):
    return np.trace(a, offset, axis1, axis2, dtype, out)


def diagonal(a, offset=0, axis1: literal = 0, axis2: literal = 1):
    return np.diagonal(a, offset, axis1, axis2)


def ravel(a, order: literal = "C"):
    return np.ravel(a, order)


def flatten(a, order: literal = "C"):
    flat = np.ravel(a, order)
    return flat.copy()


def reshape(a, *shape, order: literal = "C", copy: literal = None):
    return np.reshape(a, shape[0] if len(shape) == 1 else shape, order, copy=copy)


@property
def mT(a):
    return np.matrix_transpose(a)
