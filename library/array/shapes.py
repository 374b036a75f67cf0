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


def clip(a, min=None, max=None):
    if max is None:
        return a.copy() if min is None else np.maximum(a, min)
    if min is None:
        return np.minimum(a, max)
    return np.clip(a, min, max)


def round(a, decimals=0):
    return np.round(a, decimals)


def repeat(a, repeats, axis: literal = None):
    return np.repeat(a, repeats, axis)


def trace(a, offset=0, axis1: literal = 0, axis2: literal = 1, dtype: literal = None):
    return np.trace(a, offset, axis1, axis2, dtype)


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
