"""Histograms of several variables."""


def histogram2d(x, y, bins=10, range=None, density: literal = None, weights=None):
    first = _array(x)
    second = _array(y)
    if first.shape[0] != second.shape[0]:
        raise ValueError("x and y must have the same length.")
    counts, edges = _histogram_of((first, second), _bins_of_two(bins), range, density, weights)
    return counts, edges[0], edges[1]


def _bins_of_two(bins):
    """Edges alone are those of both variables."""
    if compiler.is_scalar(bins) or compiler.is_tuple(bins) and len(bins) == 2:
        return bins
    edges = _array(bins)
    if edges.shape[0] == 1:
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    if edges.shape[0] == 2:
        raise ValueError("two edges alone are not told from two numbers of bins: give them for each variable, or a tuple")
    return edges, edges


def histogramdd(sample, bins=10, range=None, density: literal = None, weights=None):
    """Of a tuple of arrays, one for each variable."""
    if not compiler.is_tuple(sample):
        compiler.type_error("histogramdd() needs a tuple of arrays: the number of variables must be known when it is compiled")
    arrays = ()
    for x in sample:
        arrays = arrays + (_array(x),)
    return _histogram_of(arrays, bins, range, density, weights)


def _histogram_of(arrays, bins, limits, density: literal, weights):
    if compiler.is_tuple(bins) and len(bins) != len(arrays):
        raise ValueError("The dimension of bins must be equal to the dimension of the sample x.")
    if limits is not None:
        if len(limits) != len(arrays):
            raise ValueError("range argument must have one entry per dimension")
    dtype = compiler.result_type(arrays)
    edges = ()
    shape = ()
    for i, x in enumerate(arrays):
        rule = bins[i] if compiler.is_tuple(bins) else bins
        found = _edges_of_variable(_converted(x, dtype), rule, None if limits is None else limits[i], i)
        edges = edges + (found,)
        shape = shape + (found.shape[0] - 1,)
    counts = np.zeros(shape, np.float64)
    _count_points(arrays, edges, None if weights is None else _array(weights), _flat_view(counts), dtype)
    if density:
        _to_density(counts, edges)
    return counts, edges


def _to_density(counts, edges):
    flat = _flat_view(counts)
    total = 0.0
    for count in flat:
        total += count
    for i, x in enumerate(edges):
        _divide_by_widths(compiler.move_axis_last(counts, i), x)
    for i in range(flat.shape[0]):
        flat[i] /= total


def _divide_by_widths(counts, edges):
    """Along the last axis."""
    for i in range(counts.shape[0]):
        if counts.ndim > 1:
            _divide_by_widths(counts[i], edges)
        else:
            counts[i] /= edges[i + 1] - edges[i]


def _edges_of_variable(values, bins, limits, i: literal):
    if compiler.is_scalar(bins):
        if bins < 1:
            raise ValueError(f"`bins[{i}]` must be positive, when an integer")
        if not compiler.is_integer(bins):
            raise TypeError(f"`bins[{i}]` must be an integer, when a scalar")
        first, last, _ = _outer_edges(values, limits)
        kind = compiler.inexact_type(first)
        items, _ = _spaced(first, last, np.int64(bins) + 1, True, kind)
        return items
    edges = _array(bins)
    if edges.ndim != 1:
        raise ValueError(f"`bins[{i}]` must be a scalar or 1d array")
    for j in range(edges.shape[0] - 1):
        if edges[j] > edges[j + 1]:
            raise ValueError(f"`bins[{i}]` must be monotonically increasing, when an array")
    return edges


def _count_points(arrays, edges, weights, counts, dtype):
    if weights is not None:
        if weights.shape[0] != arrays[0].shape[0]:
            raise ValueError("The weights and list don't have the same length.")
    for k in range(arrays[0].shape[0]):
        place = 0
        inside = True
        for i, x in enumerate(arrays):
            last = edges[i].shape[0] - 1
            value = dtype(x[k])
            kind = compiler.result_type(edges[i], dtype)
            bin = _bisect(edges[i], value, True, kind) - 1
            if value == edges[i][last]:
                bin -= 1
            inside = inside and bin >= 0 and bin < last
            place = place * last + bin
        if inside:
            counts[place] += 1.0 if weights is None else np.float64(weights[k])
