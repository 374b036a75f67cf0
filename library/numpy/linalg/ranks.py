"""What depends on how many singular values count. float32 is computed in float64, as in NumPy, where a limit of float64 decides."""


def lstsq(a, b, rcond=None):
    a = _array(a)
    b = _array(b)
    _one_matrix(a)
    if b.ndim != 1:
        _one_matrix(b)
    if a.shape[0] != b.shape[0]:
        raise np.linalg.LinAlgError("Incompatible dimensions")
    dtype = _linalg_type(a, b)
    double = _double_type(dtype)
    left = _in_c_order(a, double)
    right = _in_c_order(b, double)
    m = a.shape[0]
    n = a.shape[1]
    columns = 1 if b.ndim == 1 else b.shape[-1]
    x = np.zeros((n,) + b.shape[1:], double)
    residuals = np.empty(columns, np.float64)
    rank = np.zeros(1, np.int64)
    s = np.empty(min(m, n), np.float64)
    cut = 2.0**-52 * max(m, n) if rcond is None else float(rcond)
    if m > 0:
        status = compiler.runtime_call("zouk_lstsq_{}", left, m, n, right, columns, cut, x, residuals, rank, s)
        if status == 2:
            raise np.linalg.LinAlgError("SVD did not converge in Linear Least Squares")
        _computed(status)
    real = compiler.float_type(dtype)
    kept = residuals if rank[0] == n and m > n else residuals[:0]
    return _in_type(x, dtype), _in_type(kept, real), rank[0], _in_type(s, real)


def pinv(a, rcond=None, hermitian: literal = False, *, rtol="not given"):
    a = _array(a)
    if rcond is not None and not compiler.is_str(rtol):
        raise ValueError("`rtol` and `rcond` can't be both set.")
    dtype = _linalg_type(a)
    if hermitian:
        _square(a)
        return _pinv(_mirrored(a), rcond, rtol, dtype)
    _stacked(a)
    return _pinv(a, rcond, rtol, dtype)


def _pinv(a, rcond, rtol, dtype):
    if rcond is not None:
        cut = float(rcond)
    elif compiler.is_str(rtol):
        cut = 1e-15
    elif rtol is None:
        cut = max(a.shape[-2], a.shape[-1]) * _epsilon(dtype)
    else:
        cut = float(rtol)
    double = _double_type(dtype)
    u, s, vh = _svd_parts(a, False, double)
    out = np.empty(a.shape[:-2] + (a.shape[-1], a.shape[-2]), dtype)
    _each(_pinv_of_parts, cut, (u, s, vh, out), u)
    return out


def _pinv_of_parts(cut, arrays):
    u, s, vh, out = arrays
    for k in range(s.shape[0]):
        factor = 1.0 / s[k] if s[k] > cut * s[0] else 0.0
        for j in range(vh.shape[1]):
            vh[k, j] = vh[k, j].conjugate() * factor
    out[...] = vh.T @ np.conj(u).T


def matrix_rank(A, tol=None, hermitian: literal = False, *, rtol=None):
    if tol is not None and rtol is not None:
        raise ValueError("`tol` and `rtol` can't be both set.")
    a = _array(A)
    if a.ndim < 2:
        return int(np.any(a != 0))
    s = svd(a, True, False, hermitian)
    relative = max(a.shape[-2], a.shape[-1]) * _epsilon(compiler.result_type(s)) if rtol is None else rtol
    ranks = np.zeros(a.shape[:-2], np.int64)
    _count_each(s, tol, relative, ranks)
    return _value(ranks)


def _count_each(s, tol, relative, ranks):
    if ranks.ndim == 0:
        count = 0
        for value in s:
            if value > (s[0] * relative if tol is None else tol):
                count += 1
        ranks[()] = count
    else:
        for i in range(s.shape[0]):
            _count_each(s[i], tol, relative, ranks[i, ...])
