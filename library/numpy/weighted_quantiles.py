"""Quantiles of values that weigh differently."""


def _quantile_weights(a, weights, axis: literal, method: literal):
    """A weight for each item of the array."""
    if method != "inverted_cdf":
        raise ValueError(f"Only method 'inverted_cdf' supports weights. Got: {method}.")
    w = _weights_of(a, _array(weights), axis)
    for weight in _flat(w):
        if weight < 0:
            raise ValueError("Weights must be non-negative.")
    if w.shape == a.shape:
        return w
    out = np.empty(a.shape, compiler.result_type(w))
    out[...] = w
    return out


def _weighted_quantiles(values, weights, fractions, out):
    count = values.shape[0]
    if count == 0:
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    kind = compiler.result_type(fractions)
    order = _ordered(values)
    total = 0.0
    for i in range(count):
        total += np.float64(weights[i])
    if not math.isfinite(total) or total == 0:
        raise ValueError("Weights included NaN, inf or were all zero.")
    for k in range(fractions.shape[0]):
        share = 0.0
        place = count - 1
        for i in range(count):
            share += np.float64(weights[order[i]])
            if share > 0 and kind(share / total) >= fractions[k]:
                place = i
                break
        last = values[order[count - 1]]
        out[k] = last if last != last else values[order[place]]
