"""Rows of random numbers that belong together, of a generator."""


def multinomial(rng, n, pvals, size=None):
    if not compiler.is_integer(_array(n)):
        compiler.type_error("the number of trials must be an integer, or an array of integers")
    chances = _in_type(_array(pvals), np.float64)
    if chances.ndim == 0:
        raise ValueError("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    if not compiler.is_scalar(n) or chances.ndim > 1:
        return _multinomials(rng, _array(n), chances, size)
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
    rows = compiler.reshaped(out, (out.size // count, count))
    for i in range(rows.shape[0]):
        _draw_multinomial(rng, np.int64(n), chances, rows[i])
    return out


def _draw_multinomial(rng, n, chances, row):
    """One row, of zeros before."""
    last = chances.shape[0] - 1
    left = n
    share = 1.0
    for j in range(last):
        if left > 0:
            row[j] = rng.binomial(left, min(chances[j] / share, 1.0))
            left -= row[j]
            share -= chances[j]
    if left > 0:
        row[last] = left


def _multinomials(rng, n, chances, size):
    """A row for each number of trials and each row of chances, which broadcast together and with the size."""
    count = chances.shape[-1]
    if count == 0:
        raise ValueError("pvals must have at least 1 dimension and the last dimension of pvals must be greater than 0.")
    for p in _flat(chances):
        if not (p >= 0 and p <= 1):
            raise ValueError("pvals < 0, pvals > 1 or pvals contains NaNs")
    for trials in _flat(n):
        if trials < 0:
            raise ValueError("n < 0")
    for total in _flat(_array(np.sum(chances[..., :-1], axis=-1))):
        if total > 1.0 + 1e-12:
            if chances.ndim == 1:
                raise ValueError("sum(pvals[:-1]) > 1.0")
            raise ValueError("sum(pvals[...,:-1]) > 1.0")
    firsts = _array(chances[..., 0])
    if size is None:
        shape = np.broadcast_arrays(n, firsts)[0].shape
    else:
        shape = _size_shape(size)
        whole = np.broadcast_arrays(n, firsts, np.broadcast_to(_array(0), shape))[0].shape
        if len(whole) != len(shape) or whole != shape:
            raise ValueError(f"Output size {shape} is not compatible with broadcast dimensions of inputs {whole}.")
    out = np.zeros(shape + (count,), np.int64)
    rows = compiler.reshaped(out, (out.size // count, count))
    trials = np.broadcast_to(n, shape).ravel()
    parts = compiler.reshaped(np.broadcast_to(chances, shape + (count,)).copy(), rows.shape)
    for i in range(rows.shape[0]):
        _draw_multinomial(rng, np.int64(trials[i]), parts[i], rows[i])
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
    rows = compiler.reshaped(out, (out.size // max(count, 1), count))
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


def multivariate_hypergeometric(rng, colors, nsample, size=None, method: literal = "marginals"):
    if method not in ("count", "marginals"):
        raise ValueError('method must be "count" or "marginals".')
    if not (compiler.is_scalar(nsample) and (compiler.is_integer(nsample) or compiler.is_bool(nsample))):
        raise ValueError("nsample must be an integer")
    if nsample < 0:
        raise ValueError("nsample must be nonnegative.")
    given = _array(colors)
    if given.ndim != 1 or not (compiler.is_integer(given) or given.size == 0):
        raise ValueError("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.")
    counts = _converted(given, np.int64)
    total = 0
    for count in counts:
        if count < 0:
            raise ValueError("colors must be a one-dimensional sequence of nonnegative integers not exceeding 9223372036854775807.")
        total += count
        if total < 0:
            raise ValueError("sum(colors) must not exceed the maximum value of a 64 bit signed integer (9223372036854775807)")
    if method == "marginals" and total >= 1000000000:
        raise ValueError('When method is "marginals", sum(colors) must be less than 1000000000.')
    if nsample > total:
        raise ValueError("nsample > sum(colors)")
    out = np.zeros(_size_shape(size) + (counts.shape[0],), np.int64)
    if counts.shape[0] == 0 or total == 0 or nsample == 0:
        return out
    rows = compiler.reshaped(out, (out.size // counts.shape[0], counts.shape[0]))
    # What is left in the urn is drawn where that is less.
    rest = nsample > total // 2
    drawn = total - nsample if rest else np.int64(nsample)
    balls = _balls(counts, total) if method == "count" else counts
    for i in range(rows.shape[0]):
        if method == "count":
            _draw_balls(rng, balls, drawn, rows[i])
        else:
            _draw_colors(rng, counts, total, drawn, rows[i])
        if rest:
            for j in range(counts.shape[0]):
                rows[i, j] = counts[j] - rows[i, j]
    return out


def _draw_colors(rng, counts, total, drawn, out):
    """One color after the other, of what the colors after it leave."""
    last = counts.shape[0] - 1
    remaining = total
    for j in range(last):
        if drawn > 0:
            remaining -= counts[j]
            out[j] = rng.hypergeometric(counts[j], remaining, drawn)
            drawn -= out[j]
    if drawn > 0:
        out[last] = drawn


def _balls(counts, total):
    """The color of each ball."""
    out = np.empty(total, np.int64)
    place = 0
    for j in range(counts.shape[0]):
        for _ in range(counts[j]):
            out[place] = j
            place += 1
    return out


def _draw_balls(rng, balls, drawn, out):
    """The first balls of an order at random, which the next row goes on from."""
    for j in range(drawn):
        k = j + compiler.interval(rng, balls.shape[0] - j - 1)
        color = balls[k]
        balls[k] = balls[j]
        balls[j] = color
        out[color] += 1
