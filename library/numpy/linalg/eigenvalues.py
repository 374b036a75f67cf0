"""Eigenvalues. Those of matrices that need not be Hermitian are always complex: NumPy's are real when those of a real matrix are, which types cannot tell."""


def eigh(a, UPLO: literal = "L"):
    upper = _from_triangle(UPLO)
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    w = np.empty(a.shape[:-1], compiler.float_type(dtype))
    v = np.empty(a.shape, dtype)
    _each(_eigh, upper, (rows, w, v), rows)
    return compiler.named("numpy.linalg._linalg.EighResult eigenvalues eigenvectors", (w, v))


def _from_triangle(name: literal):
    """Whether the upper one is meant."""
    if name not in ("L", "U", "l", "u"):
        raise ValueError("UPLO argument must be 'L' or 'U'")
    return name in ("U", "u")


def _eigh(upper, arrays):
    a, w, v = arrays
    _eigenvalues_converged(compiler.runtime_call("zouk_eigh_{}", a, a.shape[0], upper, w, v))


def _eigenvalues_converged(status):
    if status == 2:
        raise np.linalg.LinAlgError("Eigenvalues did not converge")
    _computed(status)


def eigvalsh(a, UPLO: literal = "L"):
    upper = _from_triangle(UPLO)
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    w = np.empty(a.shape[:-1], compiler.float_type(dtype))
    vectors = np.empty(a.shape[-2:], dtype)
    _each(_eigvalsh, (upper, vectors), (rows, w), rows)
    return w


def _eigvalsh(option, arrays):
    upper, vectors = option
    a, w = arrays
    _eigh(upper, (a, w, vectors))


def eig(a):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    w = np.empty(a.shape[:-1], _complex_type(dtype))
    v = np.empty(a.shape, _complex_type(dtype))
    _each(_eig, None, (rows, w, v), rows)
    return compiler.named("numpy.linalg._linalg.EigResult eigenvalues eigenvectors", (w, v))


def _eig(option, arrays):
    a, w, v = arrays
    _eigenvalues_found(compiler.runtime_call("zouk_eig_{}", a, a.shape[0], w, v))


def _eigenvalues_found(status):
    if status == 1:
        raise np.linalg.LinAlgError("Array must not contain infs or NaNs")
    _eigenvalues_converged(status)


def eigvals(a):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    w = np.empty(a.shape[:-1], _complex_type(dtype))
    vectors = np.empty(a.shape[-2:], _complex_type(dtype))
    _each(_eigvals, vectors, (rows, w), rows)
    return w


def _eigvals(vectors, arrays):
    a, w = arrays
    _eig(None, (a, w, vectors))
