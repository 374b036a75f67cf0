"""Parameters of distributions that are arrays: checked as wholes, broadcast, and then one number is drawn for each place, in C order."""


def _drawn(draw, rng, dtype, parameters, size):
    """draw(parameters) for each place; with a generator, draw(generator, parameters)."""
    whole = _size_shape(size)
    shape = whole
    for i, x in enumerate(parameters):
        if not _broadcasts(whole, x.shape):
            raise ValueError(
                f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg 0 with shape {whole} "
                f"and arg {i + 1} with shape {x.shape}."
            )
        for j in compiler.indices(i):
            y = parameters[j]
            if not _broadcasts(y.shape, x.shape):
                raise ValueError(
                    f"shape mismatch: objects cannot be broadcast to a single shape.  Mismatch is between arg {j} with shape {y.shape} "
                    f"and arg {i} with shape {x.shape}."
                )
        shape = _broadcast_shape(shape, x.shape)
    if size is not None:
        if shape != whole:
            raise ValueError(f"Output size {whole} is not compatible with broadcast dimensions of inputs {shape}.")
    out = np.empty(shape, dtype)
    places = _flat_view(out)
    columns = ()
    for x in parameters:
        columns = columns + (_column_of(x, shape),)
    for i in range(places.shape[0]):
        places[i] = _draw_at(draw, rng, columns, i)
    return _value(out)


def _column_of(x, shape):
    """The items that an array has for each place of a shape."""
    if x.ndim == len(shape):
        if x.shape == shape and compiler.is_c_packed(x):
            return _flat_view(x)
    full = np.empty(shape, compiler.result_type(x))
    full[...] = x
    return _flat_view(full)


def _draw_at(draw, rng, columns, i):
    if rng is None:
        if len(columns) == 1:
            return draw(columns[0][i])
        return draw(columns[0][i], columns[1][i]) if len(columns) == 2 else draw(columns[0][i], columns[1][i], columns[2][i])
    if len(columns) == 1:
        return draw(rng, columns[0][i])
    return draw(rng, columns[0][i], columns[1][i]) if len(columns) == 2 else draw(rng, columns[0][i], columns[1][i], columns[2][i])


def _size_shape(size):
    if size is None:
        return ()
    if not (compiler.is_tuple(size) or compiler.is_scalar(size) and compiler.is_integer(size)):
        compiler.type_error("size must be an integer or a tuple of integers")
    shape = size if compiler.is_tuple(size) else (size,)
    for n in shape:
        if n < 0:
            raise ValueError("negative dimensions are not allowed")
    return shape


def _spreadable(x):
    a = _array(x)
    if compiler.is_complex(a):
        compiler.type_error("parameters of distributions must be real numbers")
    return _in_type(a, np.float64)


def _whole(x):
    a = _array(x)
    if not (compiler.is_integer(a) or compiler.is_bool(a)):
        raise TypeError(f"Cannot cast array data from dtype('{a.dtype}') to dtype('int64') according to the rule 'safe'")
    return _in_type(a, np.int64)


def _limited(x, name: literal, limits: literal):
    a = _spreadable(x)
    for value in _flat(a):
        if limits == "non-negative":
            if value < 0 or value == 0 and math.copysign(1.0, value) < 0:
                raise ValueError(f"{name} < 0")
        elif limits == "positive":
            if value <= 0:
                raise ValueError(f"{name} <= 0")
        elif limits == "0-to-1":
            if not (value >= 0 and value <= 1):
                raise ValueError(f"{name} < 0, {name} > 1 or {name} contains NaNs")
        elif limits == "above-0-to-1":
            if not (value > 0 and value <= 1):
                raise ValueError(f"{name} <= 0, {name} > 1 or {name} contains NaNs")
        elif limits == "0-below-1":
            if not (value >= 0 and value < 1):
                raise ValueError(f"{name} < 0, {name} >= 1 or {name} contains NaNs")
        elif limits == "above-1":
            if not value > 1:
                raise ValueError(f"{name} <= 1 or {name} contains NaNs")
        elif not value <= 9.223372006484771e18:
            raise ValueError(f"{name} value too large")
    if limits == "poisson":
        for value in _flat(a):
            if not value >= 0:
                raise ValueError(f"{name} < 0 or {name} contains NaNs")
    return a


def _spread_all(arrays):
    """Packed copies of the shape that they have together."""
    shape = _shape_of_all(arrays)
    found = ()
    for x in arrays:
        full = np.empty(shape, compiler.result_type(x))
        full[...] = x
        found = found + (full,)
    return found


def _finite_range(low, high):
    first, last = _spread_all((_spreadable(low), _spreadable(high)))
    starts = _flat_view(first)
    ends = _flat_view(last)
    for i in range(starts.shape[0]):
        if not math.isfinite(ends[i] - starts[i]):
            raise OverflowError("Range exceeds valid bounds")
    return first, last


def _rising_range(low, high):
    first, last = _finite_range(low, high)
    starts = _flat_view(first)
    ends = _flat_view(last)
    for i in range(starts.shape[0]):
        if math.copysign(1.0, ends[i] - starts[i]) < 0:
            raise ValueError("high - low < 0")
    return first, last


def _triangles_of(left, mode, right):
    first, middle, last = _spread_all((_spreadable(left), _spreadable(mode), _spreadable(right)))
    a = _flat_view(first)
    b = _flat_view(middle)
    c = _flat_view(last)
    wrong = 0
    for i in range(a.shape[0]):
        if a[i] > b[i]:
            wrong |= 1
        if b[i] > c[i]:
            wrong |= 2
        if a[i] == c[i]:
            wrong |= 4
    if wrong % 2 == 1:
        raise ValueError("left > mode")
    if wrong % 4 >= 2:
        raise ValueError("mode > right")
    if wrong >= 4:
        raise ValueError("left == right")
    return first, middle, last


def _trials(n, p):
    chances = _limited(p, "p", "0-to-1")
    counts = _whole(n)
    _no_negative(counts, "n")
    return counts, chances


def _no_negative(a, name: literal):
    if np.any(a < 0):
        raise ValueError(f"{name} < 0")


def _urns(ngood, nbad, nsample):
    good = _whole(ngood)
    bad = _whole(nbad)
    sample = _whole(nsample)
    if np.any(good + bad < sample):
        raise ValueError("ngood + nbad < nsample")
    _no_negative(good, "ngood")
    _no_negative(bad, "nbad")
    _no_negative(sample, "nsample")
    return good, bad, sample


def _small_urns(ngood, nbad, nsample):
    if np.any(_whole(ngood) >= 1000000000) or np.any(_whole(nbad) >= 1000000000):
        raise ValueError("both ngood and nbad must be less than 1000000000")
    return _urns(ngood, nbad, nsample)


def _failures(n, p):
    """The mean of the Poisson numbers that negative binomial ones are drawn by is not too large."""
    counts = _spreadable(n)
    if np.any(np.isnan(counts)):
        raise ValueError("n must not be NaN")
    counts = _limited(counts, "n", "positive")
    chances = _limited(p, "p", "above-0-to-1")
    if np.any((1.0 - chances) / chances * (counts + 10.0 * np.sqrt(counts)) > 9.223372006484771e18):
        raise ValueError("n too large or p too small, see Generator.negative_binomial Notes")
    return counts, chances


def _only_int64(dtype: literal):
    drawn = np.empty(0, dtype)
    if not (compiler.is_integer(drawn) or compiler.is_bool(drawn)):
        compiler.type_error("Unsupported dtype: random integers have an integer dtype, or bool")
    if compiler.result_type(drawn) is not np.int64:
        compiler.type_error("random integers between ends that are arrays are int64 here: convert the result")


def _int_range(low, high, beyond: literal):
    """The ends of ranges of integers, checked before the first one is drawn."""
    first = _whole(low)
    last = _whole(high)
    if np.any(first > last - beyond):
        if np.any(first != 0):
            raise ValueError("low >= high" if beyond == 1 else "low > high")
        raise ValueError("high <= 0" if beyond == 1 else "high < 0")
    return first, last
