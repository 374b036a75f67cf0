"""Rows of random numbers that belong together, of a generator."""


def multinomial(rng, n, pvals, size=None):
    if not (compiler.is_scalar(n) and compiler.is_integer(n)):
        compiler.type_error("the number of trials must be an integer")
    chances = _in_type(_array(pvals), np.float64)
    if chances.ndim != 1:
        compiler.type_error("pvals must have one axis")
    count = chances.shape[0]
    if count == 0:
        raise ValueError("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    for p in chances:
        if not (p >= 0 and p <= 1):
            raise ValueError("pvals < 0, pvals > 1 or pvals contains NaNs")
    if n < 0:
        raise ValueError("n < 0")
    total = 0.0
    lost = 0.0
    for i in range(count - 1):
        term = chances[i] - lost
        longer = total + term
        lost = (longer - total) - term
        total = longer
    if total > 1.0 + 1e-12:
        raise ValueError("sum(pvals[:-1]) > 1.0")
    shape = _size_shape(size) + (count,)
    out = np.zeros(shape, np.int64)
    rows = np.reshape(out, (out.size // count, count))
    for i in range(rows.shape[0]):
        left = np.int64(n)
        share = 1.0
        for j in range(count - 1):
            if left > 0:
                rows[i, j] = rng.binomial(left, min(chances[j] / share, 1.0))
                left -= rows[i, j]
                share -= chances[j]
        if left > 0:
            rows[i, count - 1] = left
    return out


def dirichlet(rng, alpha, size=None):
    weights = _in_type(_array(alpha), np.float64)
    if weights.ndim != 1:
        compiler.type_error("alpha must have one axis")
    largest = 0.0
    for weight in weights:
        if weight < 0:
            raise ValueError("alpha < 0")
        largest = max(largest, weight)
    count = weights.shape[0]
    out = np.zeros(_size_shape(size) + (count,), np.float64)
    rows = np.reshape(out, (out.size // max(count, 1), count))
    for i in range(rows.shape[0]):
        if largest < 0.1:
            _break_stick(rng, weights, rows[i])
        else:
            total = 0.0
            for j in range(count):
                rows[i, j] = rng.standard_gamma(weights[j])
                total += rows[i, j]
            factor = 1.0 / total
            for j in range(count):
                rows[i, j] *= factor
    return out


def _break_stick(rng, weights, out):
    """For weights so small that gamma numbers of them vanish."""
    count = weights.shape[0]
    left = 1.0
    for j in range(count - 1):
        rest = 0.0
        for k in range(count - 1, j, -1):
            rest += weights[k]
        if rest == 0:
            out[j] = left
            return
        share = rng.beta(weights[j], rest) if weights[j] > 0 else 0.0
        out[j] = left * share
        left *= 1.0 - share
    if count > 0:
        out[count - 1] = left
