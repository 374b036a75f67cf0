"""Normal vectors with a covariance."""


def _normal_vectors(mean, cov, size, draw, rng, method: literal):
    means = _in_type(_array(mean), np.float64)
    covariances = _in_c_order(_array(cov), np.float64)
    if means.ndim != 1:
        raise ValueError("mean must be 1 dimensional")
    if covariances.ndim != 2:
        raise ValueError("cov must be 2 dimensional and square")
    n = covariances.shape[0]
    if covariances.shape[1] != n:
        raise ValueError("cov must be 2 dimensional and square")
    if means.shape[0] != n:
        raise ValueError("mean and cov must have same length")
    if n == 0:
        raise ValueError("cannot reshape array of size 0 into shape (0)")
    shape = _size_shape(size) + (n,)
    normals = draw(rng, shape)
    out = np.empty(shape, np.float64)
    count = normals.size // n
    weights, vectors = _covariance_parts(covariances, method)
    _combine(compiler.reshaped(normals, (count, n)), weights, vectors, means, compiler.reshaped(out, (count, n)))
    return out


def _combine(rows, weights, vectors, means, out):
    """Each row is a combination of the vectors, beside the means."""
    for i in range(rows.shape[0]):
        for j in range(means.shape[0]):
            total = 0.0
            for k in range(weights.shape[0]):
                total += rows[i, k] * (weights[k] * vectors[k, j])
            out[i, j] = total + means[j]


def _covariance_parts(cov, method: literal):
    """Vectors, as rows, and what they are multiplied with: the covariance is the sum of their outer products. Generators take left ones, `RandomState` the right ones."""
    if method == "cholesky":
        return np.ones(cov.shape[0]), np.linalg.cholesky(cov).T
    if method == "eigh":
        values, vectors = np.linalg.eigh(cov)
        return np.sqrt(np.abs(values)), vectors.T
    u, values, v = np.linalg.svd(cov)
    return np.sqrt(values), u.T if method == "svd" else v


def _check_covariance(cov, check_valid: literal, tol):
    if check_valid not in ("warn", "raise", "ignore"):
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if check_valid == "raise":
        a = _in_c_order(_array(cov), np.float64)
        _, s, v = np.linalg.svd(a)
        if not np.allclose((v.T * s) @ v, a, rtol=tol, atol=tol):
            raise ValueError("covariance is not symmetric positive-semidefinite.")
