"""Inverses of, and systems of equations by, arrays of many axes."""


def tensorinv(a, ind: literal = 2):
    a = _array(a)
    if ind <= 0:
        raise ValueError("Invalid ind argument.")
    count = 1
    for n in a.shape[ind:]:
        count *= n
    matrix = compiler.reshaped(a, (count, -1))
    return compiler.reshaped(np.linalg.inv(matrix), a.shape[ind:] + a.shape[:ind])


def tensorsolve(a, b, axes: literal = None):
    a = _array(a)
    b = _array(b)
    if axes is not None:
        last = ()
        for axis in axes:
            last = last + (_axis(axis, a.ndim),)
        a = compiler.permuted(a, _other_axes(last, a.ndim) + last)
    shape = a.shape[b.ndim :]
    count = 1
    for n in shape:
        count *= n
    if a.size != count * count:
        raise np.linalg.LinAlgError("Input arrays must satisfy the requirement             prod(a.shape[b.ndim:]) == prod(a.shape[:b.ndim])")
    return compiler.reshaped(np.linalg.solve(compiler.reshaped(a, (count, count)), compiler.reshaped(b, (b.size,))), shape)
