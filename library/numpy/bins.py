"""How many bins a histogram has: as many as it is told, or by a rule."""


def _bin_count(values, bins, first, last, span, limits, weights):
    if not compiler.is_str(bins):
        if not (compiler.is_integer(bins) or compiler.is_bool(bins)):
            raise TypeError("`bins` must be an integer, a string, or an array")
        if bins < 1:
            raise ValueError("`bins` must be positive, when an integer")
        return np.int64(bins)
    if bins not in ("stone", "auto", "doane", "fd", "rice", "scott", "sqrt", "sturges"):
        raise ValueError(f"'{bins}' is not a valid estimator for `bins`")
    if weights is not None:
        raise TypeError("Automated estimation of the number of bins is not supported for weighted data")
    if limits is not None:
        values = values[(values >= first) & (values <= last)]
    if values.shape[0] == 0:
        return 1
    width = _bin_width(values, bins, first, last)
    if width == 0:
        return 1
    if compiler.is_integer(values):
        width = max(width, 1.0)
    return int(math.ceil(np.float64(span) / width))


def _bin_width(x, rule: literal, first, last):
    if rule == "stone":
        return _stone_width(x, first, last)
    if rule == "doane":
        return _doane_width(x)
    size = np.float64(x.shape[0])
    if rule == "scott":
        return (24.0 * math.pi**0.5 / size) ** (1.0 / 3.0) * np.float64(np.std(x))
    if rule == "fd":
        return _quartile_width(x, size)
    extent = _value_range(x)
    if rule == "sqrt":
        return extent / math.sqrt(size)
    if rule == "rice":
        return extent / (2.0 * size ** (1.0 / 3.0))
    sturges = extent / (math.log2(size) + 1.0)
    if rule == "sturges":
        return sturges
    return min(max(_quartile_width(x, size), extent / math.sqrt(size) / 2), sturges)


def _value_range(x):
    low = np.min(x)
    high = np.max(x)
    if compiler.is_integer(x):
        return np.float64(np.uint64(high) - np.uint64(low))
    return np.float64(high - low)


def _quartile_width(x, size):
    quartiles = np.percentile(x, (75, 25))
    return 2.0 * np.float64(quartiles[0] - quartiles[1]) * size ** (-1.0 / 3.0)


def _doane_width(x):
    size = np.float64(x.shape[0])
    deviation = np.float64(np.std(x))
    if size <= 2 or deviation == 0:
        return 0.0
    mean = np.float64(np.mean(x))
    skewness = 0.0
    for value in x:
        skewness += ((np.float64(value) - mean) / deviation) ** 3
    spread = math.sqrt(6.0 * (size - 2) / ((size + 1.0) * (size + 3)))
    return _value_range(x) / (1.0 + math.log2(size) + math.log2(1.0 + abs(skewness / size) / spread))


def _stone_width(x, first, last):
    """The width for which cross-validation estimates the least error."""
    size = x.shape[0]
    extent = _value_range(x)
    if size <= 1 or extent == 0:
        return 0.0
    best = 1
    least = math.inf
    for count in range(1, max(100, int(math.sqrt(size))) + 1):
        edges = _equal_edges(np.float64(first), np.float64(last), count, np.float64)
        counts = _histogram_equal(x, edges, np.float64(first), np.float64(last), np.float64(last) - np.float64(first), None, np.int64)
        squares = 0.0
        for n in counts:
            squares += (n / size) ** 2
        error = (2 - (size + 1) * squares) / (extent / count)
        if error < least:
            least = error
            best = count
    return extent / best
