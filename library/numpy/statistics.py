"""Statistics of arrays."""


def median(a, axis: literal = None, *, keepdims: literal = False):
    a = _array(a)
    return _reduce(_median, a, axis, keepdims, compiler.inexact_type(a))


def _median(values):
    dtype = compiler.inexact_type(values)
    count = values.shape[0]
    if count == 0:
        return dtype(0) / dtype(0)
    items = _packed(values, compiler.result_type(values))
    if not compiler.is_integer(items) and not compiler.is_bool(items):
        for i in range(count):
            if items[i] != items[i]:
                return dtype(items[i])
    middle = count // 2
    _select(items, middle)
    upper = dtype(0) + dtype(items[middle])
    if count % 2 == 1:
        return upper
    lower = items[0]
    for i in range(1, middle):
        if _less(lower, items[i]):
            lower = items[i]
    return (dtype(lower) + upper) / dtype(2)


def _select(items, place):
    """Puts the item in its place in sorted order, smaller ones before it: quickselect with pivots that no input can foresee easily."""
    low = 0
    high = items.shape[0] - 1
    seed = 0x2545F491
    while low < high:
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        pivot = items[low + seed % (high - low + 1)]
        i = low
        j = high
        while i <= j:
            while _less(items[i], pivot):
                i += 1
            while _less(pivot, items[j]):
                j -= 1
            if i <= j:
                swapped = items[i]
                items[i] = items[j]
                items[j] = swapped
                i += 1
                j -= 1
        if place <= j:
            high = j
        elif place >= i:
            low = i
        else:
            return


def bincount(x, weights=None, minlength=0):
    x = _array(x)
    _one_axis(x)
    if not (compiler.is_integer(x) or compiler.is_bool(x)):
        raise TypeError(f"Cannot cast array data from dtype('{x.dtype}') to dtype('int64') according to the rule 'safe'")
    if minlength < 0:
        raise ValueError("'minlength' must not be negative")
    largest = -1
    for value in x:
        if np.int64(value) < 0:
            raise ValueError("'list' argument must have no negative elements")
        largest = max(largest, np.int64(value))
    length = max(largest + 1, minlength)
    if weights is None:
        counts = np.zeros(length, np.int64)
        for value in x:
            counts[np.int64(value)] += 1
        return counts
    weights = _array(weights)
    if weights.ndim != 1 or weights.shape[0] != x.shape[0]:
        raise ValueError("The weights and list don't have the same length.")
    if compiler.is_complex(weights):
        raise TypeError(f"Cannot cast array data from dtype('{weights.dtype}') to dtype('float64') according to the rule 'safe'")
    sums = np.zeros(length, np.float64)
    for i in range(x.shape[0]):
        sums[np.int64(x[i])] += weights[i]
    return sums
