"""Powers and products of matrices."""


def matrix_power(a, n):
    """A matrix of integers has no negative power: its dtype cannot follow from the value of `n`."""
    a = _array(a)
    _square(a)
    if not (compiler.is_integer(n) or compiler.is_bool(n)):
        raise TypeError("exponent must be an integer")
    power = int(n)
    dtype = compiler.result_type(a)
    if power == 0:
        return _identities(a.shape, dtype)
    base = np.ascontiguousarray(a)
    if power < 0:
        if compiler.is_integer(a) or compiler.is_bool(a):
            raise ValueError("a negative power of a matrix of integers is not supported: convert it to float64 first")
        elif compiler.result_type(a) is np.float16:
            raise TypeError("array type float16 is unsupported in linalg")
        else:
            base = inv(a)
            power = -power
    if power == 1:
        return base
    result = base
    while power % 2 == 0:
        result = _product(result, result)
        power //= 2
    square = result
    power //= 2
    while power > 0:
        square = _product(square, square)
        if power % 2 == 1:
            result = _product(result, square)
        power //= 2
    return result


def _identities(shape, dtype):
    out = np.zeros(shape, dtype)
    _set_diagonals(out)
    return out


def _set_diagonals(out):
    for i in range(out.shape[0]):
        if out.ndim > 2:
            _set_diagonals(out[i])
        else:
            out[i, i] = 1


def _product(a, b):
    return a @ b


def multi_dot(arrays, *, out=None):
    return _stored(_multi_dot(arrays), out, "output array has wrong dimensions")


def _multi_dot(arrays):
    if not compiler.is_tuple(arrays):
        compiler.type_error("multi_dot() takes a tuple of arrays")
    if len(arrays) < 2:
        raise ValueError("Expecting at least two arrays.")
    if len(arrays) == 2:
        return np.dot(arrays[0], arrays[1])
    first = arrays[0]
    last = arrays[-1]
    matrices = (first[None, :] if first.ndim == 1 else first,) + arrays[1:-1] + (last[:, None] if last.ndim == 1 else last,)
    for a in matrices:
        _one_matrix(a)
    product = _chain(matrices, _chain_splits(matrices), 0, len(matrices) - 1)
    if first.ndim == 1 and last.ndim == 1:
        return product[0, 0]
    if first.ndim == 1:
        return product[0]
    return product[:, 0].copy() if last.ndim == 1 else product


def _chain_splits(matrices):
    """After which matrix the product of those from i to j is split for the fewest multiplications."""
    count = len(matrices)
    sizes = np.empty(count + 1)
    for i, a in enumerate(matrices):
        sizes[i] = a.shape[0]
        sizes[i + 1] = a.shape[1]
    costs = np.zeros((count, count))
    splits = np.zeros((count, count), np.int64)
    for length in range(1, count):
        for i in range(count - length):
            j = i + length
            costs[i, j] = np.inf
            for k in range(i, j):
                cost = costs[i, k] + costs[k + 1, j] + sizes[i] * sizes[k + 1] * sizes[j + 1]
                if cost < costs[i, j]:
                    costs[i, j] = cost
                    splits[i, j] = k
    return splits


def _chain(matrices, splits, i: literal, j: literal):
    if i == j:
        return matrices[i]
    for k in compiler.indices(j - i - 1):
        if splits[i, j] == i + k:
            return _chain(matrices, splits, i, i + k) @ _chain(matrices, splits, i + k + 1, j)
    return _chain(matrices, splits, i, j - 1) @ matrices[j]


def matmul(x1, x2):
    return _array(x1) @ _array(x2)


def outer(x1, x2):
    a = _array(x1)
    b = _array(x2)
    if a.ndim != 1 or b.ndim != 1:
        raise ValueError(f"Input arrays must be one-dimensional, but they are x1.ndim={a.ndim} and x2.ndim={b.ndim}.")
    return a[:, None] * b


def matrix_transpose(x):
    return np.matrix_transpose(x)


def cross(x1, x2, /, *, axis: literal = -1):
    a = _array(x1)
    b = _array(x2)
    if axis < -a.ndim or axis >= a.ndim or axis < -b.ndim or axis >= b.ndim:
        raise IndexError("tuple index out of range")
    n = a.shape[axis]
    m = b.shape[axis]
    if n != 3 or m != 3:
        raise ValueError(f"Both input arrays must be (arrays of) 3-dimensional vectors, but they are {n} and {m} dimensional instead.")
    return np.cross(a, b, axis=axis)


def tensordot(x1, x2, /, *, axes: literal = 2):
    return np.tensordot(x1, x2, axes)


def vecdot(x1, x2, /, *, axis: literal = -1):
    return np.vecdot(x1, x2, axis=axis)


def trace(x, /, *, offset=0, dtype: literal = None):
    return np.trace(x, offset, -2, -1, dtype)


def diagonal(x, /, *, offset=0):
    return np.diagonal(x, offset, -2, -1)
