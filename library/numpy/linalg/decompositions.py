"""Decompositions, as plain tuples of their parts."""


def cholesky(a, *, upper=False):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    out = np.empty(a.shape, dtype)
    _each(_cholesky, upper, (rows, out), rows)
    return out


def _cholesky(upper, arrays):
    a, out = arrays
    status = compiler.runtime_call("zouk_cholesky_{}", a, a.shape[0], bool(upper), out)
    if status == 1:
        raise np.linalg.LinAlgError("Matrix is not positive definite")
    _computed(status)


def qr(a, mode: literal = "reduced"):
    if mode not in ("reduced", "complete", "r", "raw"):
        raise ValueError(f"Unrecognized mode '{mode}'")
    a = _array(a)
    _stacked(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    stack = a.shape[:-2]
    m = a.shape[-2]
    n = a.shape[-1]
    if mode == "raw":
        h = np.empty(stack + (n, m), dtype)
        tau = np.empty(stack + (min(m, n),), dtype)
        _each(_qr_raw, None, (rows, h, tau), rows)
        return h, tau
    columns = m if mode == "complete" else min(m, n)
    r = np.empty(stack + (columns, n), dtype)
    if mode == "r":
        _each(_qr_r, None, (rows, r), rows)
        return r
    q = np.empty(stack + (m, columns), dtype)
    _each(_qr, columns, (rows, q, r), rows)
    return compiler.named("numpy.linalg._linalg.QRResult Q R", (q, r))


def _qr_raw(option, arrays):
    a, h, tau = arrays
    _computed(compiler.runtime_call("zouk_qr_raw_{}", a, a.shape[0], a.shape[1], h, tau))


def _qr_r(option, arrays):
    a, r = arrays
    _computed(compiler.runtime_call("zouk_qr_{}", a, a.shape[0], a.shape[1], 0, r, r))


def _qr(columns, arrays):
    a, q, r = arrays
    if columns > 0:
        _computed(compiler.runtime_call("zouk_qr_{}", a, a.shape[0], a.shape[1], columns, q, r))


def svd(a, full_matrices=True, compute_uv: literal = True, hermitian: literal = False):
    a = _array(a)
    if hermitian:
        _square(a)
        return svd(_mirrored(a), full_matrices, compute_uv)
    _stacked(a)
    dtype = _linalg_type(a)
    if not compute_uv:
        return _singular_values(a, dtype)
    return _svd_parts(a, bool(full_matrices), dtype)


def svdvals(x):
    return svd(x, True, False)


def _singular_values(a, dtype):
    rows = _in_c_order(a, dtype)
    s = np.empty(a.shape[:-2] + (min(a.shape[-2], a.shape[-1]),), compiler.float_type(dtype))
    _each(_svdvals, None, (rows, s), rows)
    return s


def _svdvals(option, arrays):
    a, s = arrays
    _svd_converged(compiler.runtime_call("zouk_svdvals_{}", a, a.shape[0], a.shape[1], s))


def _svd_converged(status):
    if status == 2:
        raise np.linalg.LinAlgError("SVD did not converge")
    _computed(status)


def _svd_parts(a, full, dtype):
    rows = _in_c_order(a, dtype)
    stack = a.shape[:-2]
    m = a.shape[-2]
    n = a.shape[-1]
    k = min(m, n)
    u = np.empty(stack + (m, m if full else k), dtype)
    s = np.empty(stack + (k,), compiler.float_type(dtype))
    vh = np.empty(stack + (n if full else k, n), dtype)
    _each(_svd, full, (rows, u, s, vh), rows)
    return compiler.named("numpy.linalg._linalg.SVDResult U S Vh", (u, s, vh))


def _svd(full, arrays):
    a, u, s, vh = arrays
    _svd_converged(compiler.runtime_call("zouk_svd_{}", a, a.shape[0], a.shape[1], full, u, s, vh))
