"""Systems of equations, inverses and determinants."""


def solve(a, b):
    a = _array(a)
    _square(a)
    b = _array(b)
    dtype = _linalg_type(a, b)
    rows = _in_c_order(a, dtype)
    right = _in_c_order(b, dtype)
    n = a.shape[-1]
    if b.ndim == 0:
        raise ValueError("solve: Input operand 1 does not have enough dimensions (has 0, gufunc core with signature (m,m),(m,n)->(m,n) requires 2)")
    if b.ndim == 1:
        if b.shape[0] != n:
            raise ValueError(
                "solve1: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,m),(m)->(m) "
                f"(size {b.shape[0]} is different from {n})"
            )
        out = np.empty(a.shape[:-1], dtype)
        _solve_each(rows, right, out, 1)
    else:
        if b.shape[-2] != n:
            raise ValueError(
                "solve: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature (m,m),(m,n)->(m,n) "
                f"(size {b.shape[-2]} is different from {n})"
            )
        out = np.empty(_broadcast_shape(a.shape[:-2], b.shape[:-2]) + b.shape[-2:], dtype)
        _solve_each(rows, right, out, 2)
    return out


def _solve_each(a, b, out, ndim: literal):
    if out.ndim == ndim:
        status = compiler.runtime_call("zouk_solve_{}", a, a.shape[0], b, 1 if ndim == 1 else b.shape[1], out)
        if status == 1:
            raise np.linalg.LinAlgError("Singular matrix")
        _computed(status)
    else:
        for i in range(out.shape[0]):
            _solve_each(_broadcast_row(a, i, out.ndim + 2 - ndim), b if b.ndim == 1 else _broadcast_row(b, i, out.ndim), out[i], ndim)


def inv(a):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    out = np.empty(a.shape, dtype)
    _each(_inv, None, (rows, out), rows)
    return out


def _inv(option, arrays):
    a, out = arrays
    status = compiler.runtime_call("zouk_inv_{}", a, a.shape[0], out)
    if status == 1:
        raise np.linalg.LinAlgError("Singular matrix")
    _computed(status)


def det(a):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    out = np.empty(a.shape[:-2], dtype)
    _each(_det, None, (rows, out), rows)
    return _value(out)


def _det(option, arrays):
    a, out = arrays
    _computed(compiler.runtime_call("zouk_det_{}", a, a.shape[0], out))


def slogdet(a):
    a = _array(a)
    _square(a)
    dtype = _linalg_type(a)
    rows = _in_c_order(a, dtype)
    sign = np.empty(a.shape[:-2], dtype)
    logarithm = np.empty(a.shape[:-2], compiler.float_type(dtype))
    _each(_slogdet, None, (rows, sign, logarithm), rows)
    return compiler.named("numpy.linalg._linalg.SlogdetResult sign logabsdet", (_value(sign), _value(logarithm)))


def _slogdet(option, arrays):
    a, sign, logarithm = arrays
    _computed(compiler.runtime_call("zouk_slogdet_{}", a, a.shape[0], sign, logarithm))
