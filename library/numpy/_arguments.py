"""What library functions make of their arguments."""


def _axis(axis: literal, ndim: literal):
    """The axis, counted from the first one."""
    if axis < -ndim or axis >= ndim:
        raise np.exceptions.AxisError(axis, ndim)
    return axis + ndim if axis < 0 else axis
