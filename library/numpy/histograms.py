"""Histograms of one variable."""


def histogram(a, bins=10, range=None, density: literal = None, weights=None):
    values = _histogram_values(a)
    w = None if weights is None else _histogram_weights(a, weights)
    kind = np.int64 if weights is None else compiler.result_type(weights)
    if compiler.is_scalar(bins) or compiler.is_str(bins):
        first, last, span = _outer_edges(values, range)
        edges = _equal_edges(first, last, _bin_count(values, bins, first, last, span, range, weights), compiler.inexact_type(values))
        counts = _histogram_equal(values, edges, first, last, span, w, kind)
    else:
        edges = _rising_edges(bins)
        counts = _histogram_between(values, edges, w, kind)
    if density:
        return _density(counts, edges), edges
    return counts, edges


def histogram_bin_edges(a, bins=10, range=None, weights=None):
    values = _histogram_values(a)
    if weights is not None:
        _histogram_weights(a, weights)
    if compiler.is_scalar(bins) or compiler.is_str(bins):
        first, last, span = _outer_edges(values, range)
        return _equal_edges(first, last, _bin_count(values, bins, first, last, span, range, weights), compiler.inexact_type(values))
    return _rising_edges(bins)


def _histogram_values(a):
    values = _flat(_array(a))
    return _packed(values, np.uint8) if compiler.is_bool(values) else values


def _histogram_weights(a, weights):
    w = _array(weights)
    if w.ndim != compiler.ndim(_array(a)) or w.shape != _array(a).shape:
        raise ValueError("weights should have the same shape as a.")
    return _flat(w)


def _outer_edges(values, limits):
    """The first edge and the last, and how far it is from one to the other."""
    if limits is None:
        return _range_found(values, compiler.inexact_type(values))
    return _range_given(limits[0], limits[1])


def _range_found(values, dtype):
    if values.shape[0] == 0:
        return dtype(0), dtype(1), dtype(1)
    low = values[0]
    high = values[0]
    for value in values:
        if value < low:
            low = value
        if value > high:
            high = value
        if value != value:
            low = value
            high = value
            break
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"autodetected range of [{low}, {high}] is not finite")
    if low == high:
        return dtype(low) - dtype(0.5), dtype(high) + dtype(0.5), dtype(1)
    if compiler.is_integer(values):
        return dtype(low), dtype(high), dtype(np.uint64(high) - np.uint64(low))
    return low, high, high - low


def _range_given(low, high):
    if low > high:
        raise ValueError("max must be larger than min in range parameter.")
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"supplied range of [{low}, {high}] is not finite")
    first = np.float64(low)
    last = np.float64(high)
    if first == last:
        first -= 0.5
        last += 0.5
    return first, last, last - first


def _equal_edges(first, last, count, dtype):
    kind = compiler.result_type(first)
    edges = np.empty(count + 1, dtype)
    step = (last - first) / kind(count)
    for i in range(count):
        if step == 0:
            edges[i] = kind(i) / kind(count) * (last - first) + first
        else:
            edges[i] = kind(i) * step + first
    edges[count] = last
    for i in range(count):
        if edges[i] >= edges[i + 1]:
            raise ValueError(f"Too many bins for data range. Cannot create {count} finite-sized bins.")
    return edges


def _rising_edges(bins):
    edges = _array(bins)
    if edges.ndim != 1:
        raise ValueError("`bins` must be 1d, when an array")
    for i in range(edges.shape[0] - 1):
        if edges[i] > edges[i + 1]:
            raise ValueError("`bins` must increase monotonically, when an array")
    return edges


def _histogram_equal(values, edges, first, last, span, weights, kind):
    dtype = compiler.result_type(edges)
    count = edges.shape[0] - 1
    counts = np.zeros(count, kind)
    for i in range(values.shape[0]):
        if values[i] >= first and values[i] <= last:
            value = dtype(values[i])
            place = min(int((value - dtype(first)) / span * dtype(count)), count - 1)
            if value < edges[place]:
                place -= 1
            if value >= edges[place + 1] and place != count - 1:
                place += 1
            if weights is None:
                counts[place] += 1
            else:
                counts[place] += weights[i]
    return counts


def _histogram_between(values, edges, weights, kind):
    last = edges.shape[0] - 1
    counts = np.zeros(max(last, 0), kind)
    dtype = compiler.result_type(values, edges)
    if last > 0:
        for i in range(values.shape[0]):
            value = dtype(values[i])
            if value >= dtype(edges[0]) and value <= dtype(edges[last]):
                place = min(_bisect(edges, value, True, dtype), last) - 1
                if weights is None:
                    counts[place] += 1
                else:
                    counts[place] += weights[i]
    return counts


def _density(counts, edges):
    dtype = compiler.inexact_type(counts, np.float64)
    total = compiler.result_type(counts)(0)
    for count in counts:
        total += count
    out = np.empty(counts.shape[0], dtype)
    for i in range(counts.shape[0]):
        out[i] = counts[i] / np.float64(edges[i + 1] - edges[i]) / total
    return out
