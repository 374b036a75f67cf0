"""Percentiles and quantiles by all of NumPy's methods."""


def percentile(a, q, axis: literal = None, out=None, overwrite_input=False, method: literal = "linear", keepdims: literal = False, *, weights=None):
    return _by_levels(_percentiles(a, q, axis, method, keepdims, weights, False), out)


def nanpercentile(a, q, axis: literal = None, out=None, overwrite_input=False, method: literal = "linear", keepdims: literal = False, *, weights=None):
    if compiler.is_array(out):
        items = _array(a)
        if items.size == 0:
            # NumPy has one result then, whatever the quantiles.
            return np.nanmean(items, axis=axis, out=out, keepdims=keepdims)
    return _by_levels(_percentiles(a, q, axis, method, keepdims, weights, True), out)


def quantile(a, q, axis: literal = None, out=None, overwrite_input=False, method: literal = "linear", keepdims: literal = False, *, weights=None):
    return _by_levels(_quantiles(a, q, axis, method, keepdims, weights, False), out)


def nanquantile(a, q, axis: literal = None, out=None, overwrite_input=False, method: literal = "linear", keepdims: literal = False, *, weights=None):
    if compiler.is_array(out):
        items = _array(a)
        if items.size == 0:
            # NumPy has one result then, whatever the quantiles.
            return np.nanmean(items, axis=axis, out=out, keepdims=keepdims)
    return _by_levels(_quantiles(a, q, axis, method, keepdims, weights, True), out)


def _by_levels(result, out):
    """NumPy's last step is a ufunc of two arrays of the result's shape."""
    shape = _array(result).shape
    return _stored_spread(result, out, (shape, shape))


def _percentiles(a, q, axis: literal, method: literal, keepdims: literal, weights, skip_nan: literal):
    a = _real(a)
    levels = _array(q)
    dtype = compiler.inexact_type(levels)
    fractions = _packed(_flat(levels), dtype)
    for i in range(fractions.shape[0]):
        fractions[i] = fractions[i] / dtype(100)
        if not (fractions[i] >= 0 and fractions[i] <= 1):
            raise ValueError("Percentiles must be in the range [0, 100]")
    return _quantiles_at(a, fractions, levels.shape, compiler.is_scalar(q), axis, method, keepdims, weights, skip_nan)


def _quantiles(a, q, axis: literal, method: literal, keepdims: literal, weights, skip_nan: literal):
    a = _real(a)
    levels = _array(q)
    fractions = _packed(_flat(levels), _fraction_type(levels, method))
    for fraction in fractions:
        if not (fraction >= 0 and fraction <= 1):
            raise ValueError("Quantiles must be in the range [0, 1]")
    return _quantiles_at(a, fractions, levels.shape, compiler.is_scalar(q), axis, method, keepdims, weights, skip_nan)


def _fraction_type(levels, method: literal):
    """Integers stay what they are where no value between two items is looked for."""
    if method == "linear" and (compiler.is_integer(levels) or compiler.is_bool(levels)):
        return np.int64
    return compiler.inexact_type(levels)


def _real(a):
    a = _array(a)
    if compiler.is_complex(a):
        raise TypeError("a must be an array of real numbers")
    return a


def _quantiles_at(a, fractions, levels, weak: literal, axis: literal, method: literal, keepdims: literal, weights, skip_nan: literal):
    """The quantiles along the axes; those of several fractions lie along new first axes."""
    _check_method(method)
    w = None if weights is None else _quantile_weights(a, weights, axis, method)
    dtype = _quantile_type(a, fractions, weak, method)
    axes = _axes(axis, a.ndim)
    kept = _other_axes(axes, a.ndim)
    rows = compiler.permuted(a, kept + axes)
    if not skip_nan:
        count = 1
        for i in axes:
            count *= a.shape[i]
        if count == 0:
            # Also where there are no results.
            raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    row_weights = None if w is None else compiler.permuted(w, kept + axes)
    result = np.empty(fractions.shape + (_shape_kept(a, axes) if keepdims else _shape_without(a, axes)), dtype)
    if keepdims:
        target = compiler.permuted(result, _moved_along(kept) + _moved_along(axes) + (0,))
        for _ in axes:
            target = target[..., 0, :]
        _quantile_rows(rows, row_weights, fractions, target, method, skip_nan)
    else:
        _quantile_rows(rows, row_weights, fractions, compiler.move_axis_last(result, 0), method, skip_nan)
    if len(levels) == 0:
        return result[0]
    return result if len(levels) == 1 else compiler.reshaped(result, levels + result.shape[1:])


def _moved_along(axes: literal):
    """The axes of the results: the first one is that of the fractions."""
    out = ()
    for axis in axes:
        out = out + (axis + 1,)
    return out


def _check_method(method: literal):
    if not _is_discrete(method) and method not in (
        "averaged_inverted_cdf",
        "interpolated_inverted_cdf",
        "hazen",
        "weibull",
        "linear",
        "median_unbiased",
        "normal_unbiased",
        "midpoint",
    ):
        raise ValueError(
            f"'{method}' is not a valid method. Use one of: dict_keys(['inverted_cdf', 'averaged_inverted_cdf', 'closest_observation', "
            f"'interpolated_inverted_cdf', 'hazen', 'weibull', 'linear', 'median_unbiased', 'normal_unbiased', 'lower', 'higher', 'midpoint', 'nearest'])"
        )


def _is_discrete(method: literal):
    """Whether the quantiles are items of the array."""
    return method in ("inverted_cdf", "closest_observation", "lower", "higher", "nearest")


def _quantile_type(a, fractions, weak: literal, method: literal):
    if _is_discrete(method) or compiler.is_integer(fractions):
        return compiler.result_type(a)
    return compiler.inexact_type(a) if weak or compiler.is_time(a) else compiler.result_type(a, fractions)


def _quantile_rows(a, weights, fractions, out, method: literal, skip_nan: literal):
    if out.ndim > 1:
        for i in range(a.shape[0]):
            _quantile_rows(a[i], None if weights is None else weights[i], fractions, out[i], method, skip_nan)
        return
    values = _flat(a)
    w = None if weights is None else _flat(weights)
    if skip_nan and compiler.is_float(a):
        numbers = values == values
        w = None if weights is None else w[numbers]
        values = values[numbers]
    if skip_nan and compiler.is_float(out) and values.shape[0] == 0:
        out[:] = np.nan
        return
    if weights is None:
        _quantiles_of(values, fractions, out, method)
    else:
        _weighted_quantiles(values, w, fractions, out)


def _quantiles_of(values, fractions, out, method: literal):
    count = values.shape[0]
    if count == 0:
        if fractions.shape[0] == 0:
            return
        raise IndexError("index -1 is out of bounds for axis 0 with size 0")
    if compiler.is_integer(fractions):
        _take_quantiles(values, fractions * (count - 1), out)
    elif _is_discrete(method):
        places = np.empty(fractions.shape[0], np.int64)
        for i in range(places.shape[0]):
            places[i] = _discrete_index(count, fractions[i], method)
        _take_quantiles(values, places, out)
    else:
        _interpolate_quantiles(values, fractions, out, method)


def _take_quantiles(values, places, out):
    found, has_nan = _selected(values, places)
    out[:] = found
    if has_nan:
        last, _ = _selected(values, _array((values.shape[0] - 1,)))
        out[:] = last[0]


def _discrete_index(count, fraction, method: literal):
    kind = compiler.result_type(fraction)
    if method == "lower":
        return int(math.floor(kind(count - 1) * fraction))
    if method == "higher":
        return int(math.ceil(kind(count - 1) * fraction))
    if method == "nearest":
        return int(np.rint(kind(count - 1) * fraction))
    index = kind(count) * fraction - kind(1)
    if method == "closest_observation":
        index = index - kind(0.5)
    place = int(math.floor(index))
    exact = kind(place) == index
    if method == "closest_observation":
        exact = exact and place % 2 == 1
    return max(place if exact else place + 1, 0)


def _interpolate_quantiles(values, fractions, out, method: literal):
    if compiler.is_bool(values):
        raise TypeError("numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the logical_xor function instead.")
    count = values.shape[0]
    wanted = fractions.shape[0]
    kind = compiler.result_type(fractions)
    weights = np.empty(wanted, kind)
    places = np.empty(2 * wanted, np.int64)
    for i in range(wanted):
        index = _virtual_index(count, fractions[i], method, kind)
        place = int(math.floor(index))
        following = place + 1
        if index >= kind(count - 1):
            place = -1
            following = -1
        if index < 0:
            place = 0
            following = 0
        weights[i] = _weight(index - kind(place), index, method, kind)
        places[2 * i] = place if place >= 0 else count - 1
        places[2 * i + 1] = following if following >= 0 else count - 1
    found, has_nan = _selected(values, places)
    dtype = compiler.result_type(out)
    if has_nan:
        last, _ = _selected(values, _array((count - 1,)))
        out[:] = last[0]
    else:
        for i in range(wanted):
            out[i] = _between(found[2 * i], found[2 * i + 1], weights[i], kind, dtype)


def _virtual_index(count, fraction, method: literal, kind):
    """Where the quantile is among the sorted items, counted from 0."""
    if method == "linear":
        return kind(count - 1) * fraction
    if method == "midpoint":
        index = kind(count - 1) * fraction
        return kind(0.5) * (kind(math.floor(index)) + kind(math.ceil(index)))
    if method == "averaged_inverted_cdf":
        return kind(count) * fraction - kind(1)
    if method == "interpolated_inverted_cdf":
        return _index_by(count, fraction, 0.0, 1.0, kind)
    if method == "hazen":
        return _index_by(count, fraction, 0.5, 0.5, kind)
    if method == "weibull":
        return _index_by(count, fraction, 0.0, 0.0, kind)
    if method == "median_unbiased":
        return _index_by(count, fraction, 1 / 3.0, 1 / 3.0, kind)
    return _index_by(count, fraction, 3 / 8.0, 3 / 8.0, kind)


def _index_by(count, fraction, alpha, beta, kind):
    return kind(kind(kind(count) * fraction) + kind(kind(alpha) + kind(fraction * kind(1 - alpha - beta)))) - kind(1)


def _weight(gamma, index, method: literal, kind):
    """How far the quantile is on the way from one item to the next."""
    if method == "midpoint":
        return kind(0) if index % kind(1) == 0 else kind(0.5)
    if method == "averaged_inverted_cdf":
        return kind(0.5) if gamma == 0 else kind(1)
    return gamma


def _between(low, high, weight, kind, dtype):
    if compiler.is_time(low):
        apart = high - low
        return high - apart * (kind(1) - weight) if weight >= 0.5 else low + apart * weight
    if compiler.is_integer(low):
        # The distance of any two int64 is exact as uint64.
        distance = dtype(np.uint64(high) - np.uint64(low))
    else:
        distance = dtype(high - low)
    if weight >= 0.5:
        return dtype(high) - dtype(distance * dtype(kind(1) - weight))
    return dtype(low) + dtype(distance * dtype(weight))
