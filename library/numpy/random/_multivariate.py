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
    shape = _size_shape(size) + (n,)
    normals = draw(rng, shape)
    rows = np.reshape(normals, (normals.size // max(n, 1), n))
    return np.reshape(rows @ _covariance_factor(covariances, method) + means, shape)


def _covariance_factor(cov, method: literal):
    """A matrix `f` such that `f.T @ f` is the covariance."""
    if method == "cholesky":
        return np.linalg.cholesky(cov).T
    if method == "eigh":
        s, u = np.linalg.eigh(cov)
        return (u * np.sqrt(np.abs(s))).T
    _, s, v = np.linalg.svd(cov)
    return np.sqrt(s)[:, np.newaxis] * v


def _check_covariance(cov, check_valid: literal, tol):
    if check_valid not in ("warn", "raise", "ignore"):
        raise ValueError("check_valid must equal 'warn', 'raise', or 'ignore'")
    if check_valid == "raise":
        a = _in_c_order(_array(cov), np.float64)
        _, s, v = np.linalg.svd(a)
        if not np.allclose((v.T * s) @ v, a, rtol=tol, atol=tol):
            raise ValueError("covariance is not symmetric positive-semidefinite.")
