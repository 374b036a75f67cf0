"""What functions of linear algebra make of matrices, and of stacks of them."""


def _matrix_type(*arrays):
    """The dtype that computes: integers count as float64."""
    dtype = compiler.inexact_type(arrays[0])
    for x in arrays:
        dtype = compiler.result_type(dtype, compiler.inexact_type(x))
    return dtype


def _linalg_type(*arrays):
    """As `_matrix_type`; of float16 there are no kernels, and NumPy has none."""
    dtype = _matrix_type(*arrays)
    for x in arrays:
        if compiler.result_type(x) is np.float16:
            compiler.type_error("array type float16 is unsupported in linalg", "convert the array first, by `.astype(np.float32)`")
    return dtype


def _double_type(dtype):
    return compiler.result_type(dtype, np.float64)


def _complex_type(dtype):
    return compiler.result_type(dtype, np.complex64)


def _epsilon(dtype):
    return 2.0**-23 if compiler.float_type(dtype) is np.float32 else 2.0**-52


def _in_c_order(a, dtype):
    """The array with its elements in a dtype, one after the other."""
    if compiler.result_type(a) is dtype:
        return _without_gaps(a)
    out = np.empty(a.shape, dtype)
    out[...] = a
    return out


def _in_type(a, dtype):
    """The array, or a new one if it has another dtype."""
    if compiler.result_type(a) is dtype:
        return a
    out = np.empty(a.shape, dtype)
    out[...] = a
    return out


def _stacked(a):
    if a.ndim < 2:
        raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be at least two-dimensional")


def _square(a):
    _stacked(a)
    if a.shape[-1] != a.shape[-2]:
        raise np.linalg.LinAlgError("Last 2 dimensions of the array must be square")


def _one_matrix(a):
    if a.ndim != 2:
        raise np.linalg.LinAlgError(f"{a.ndim}-dimensional array given. Array must be two-dimensional")


def _mirrored(a):
    """Hermitian matrices of the lower triangles."""
    out = a.copy()
    for i in range(a.shape[0]):
        if a.ndim > 2:
            out[i] = _mirrored(a[i])
        else:
            out[i, i] = a[i, i].real
            for j in range(i):
                out[j, i] = a[i, j].conjugate()
    return out


def _computed(status):
    """Raises what a kernel's status says when it has nothing to do with the values."""
    if status == 3:
        raise MemoryError("no memory left for a decomposition")
    if status != 0:
        raise SystemError(f"a kernel of linear algebra failed with status {status}")


def _each(kernel, option, arrays, first):
    """kernel(option, arrays) for each matrix of the stacks; the first array tells how many axes they have."""
    if first.ndim == 2:
        kernel(option, arrays)
    else:
        for i in range(first.shape[0]):
            row = first[i]
            _each(kernel, option, _rows(arrays, i), row)


def _rows(arrays, i):
    rows = ()
    for x in arrays:
        rows = rows + (x[i, ...],)
    return rows


def _value(a):
    """The number in an array without axes."""
    return a[()] if compiler.is_array(a) and compiler.ndim(a) == 0 else a
