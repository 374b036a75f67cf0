"""Builtins of arrays and of iterators. Of numbers, tuples and ranges they have entries of the tables."""


def abs(x, /):
    if not (compiler.is_array(x) or compiler.is_scalar(x)):
        compiler.type_error("bad operand type for abs(): a number or an array is expected")
    return np.absolute(x)


def divmod(x, y, /):
    return np.divmod(x, y)


def pow(base, exp, mod=None):
    if mod is not None:
        compiler.type_error("pow() of arrays takes no modulus", "compute `(base ** exp) % mod`")
    return base**exp


def int(x, /):
    if compiler.is_str(x):
        compiler.type_error("int() of a string gives a number that does not fit 64 bits")
    return np.int64(_number_in(x))


def float(x, /):
    return np.float64(_number_in(x))


def complex(real, /):
    return np.complex128(_number_in(real))


def _number_in(x):
    """The number in an array without axes."""
    if not compiler.is_array(x):
        compiler.type_error("a number is expected")
    if x.ndim > 0:
        raise TypeError("only 0-dimensional arrays can be converted to Python scalars")
    return x[()]


def sum(iterable, /, start=0):
    if compiler.is_array(iterable) and iterable.ndim > 1:
        return _sum_of_rows(iterable, start)
    for x in iterable:
        start = start + x
    return start


def _sum_of_rows(rows, start):
    """The start added to the first row, and so on: what the sum of no rows is NumPy's types do not say."""
    if rows.shape[0] == 0:
        raise ValueError("sum() of no rows: an array is expected")
    total = start + rows[0]
    for i in range(1, rows.shape[0]):
        total = total + rows[i]
    return total


def any(iterable, /):
    for x in iterable:
        if x:
            return True
    return False


def all(iterable, /):
    for x in iterable:
        if not x:
            return False
    return True


def next(iterator, /, *default):
    if len(default) > 1:
        compiler.type_error("next expected at most 2 arguments")
    return _next(iterator, default)


def _sliced_range(r, s):
    start, stop, step = s.indices(len(r))
    return range(r.start + start * r.step, r.start + stop * r.step, r.step * step)


def _are_equal_ranges(r, s):
    if len(r) != len(s):
        return False
    return len(r) == 0 or (r.start == s.start and (len(r) == 1 or r.step == s.step))


def max(*values, key=None, default="not given"):
    return _extreme(values, key, default, True)


def min(*values, key=None, default="not given"):
    return _extreme(values, key, default, False)


def _extreme(values, key, default, largest: literal):
    if len(values) == 1:
        return _extreme_of(values[0], key, default, largest)
    elif len(values) == 0:
        compiler.type_error("max() and min() expect at least 1 argument, got 0")
    elif not compiler.is_str(default):
        compiler.type_error("max() and min() take a default only beside one iterable")
    else:
        return _extreme_of(values, key, default, largest)


def _extreme_of(items, key, default, largest: literal):
    """The first of the items with the largest (or smallest) key."""
    found = False
    for x in items:
        k = x if key is None else key(x)
        if not found:
            best, best_key, found = x, k, True
        elif (k > best_key) if largest else (k < best_key):
            best, best_key = x, k
    if found:
        return best
    if compiler.is_str(default):
        raise ValueError("max() arg is an empty sequence" if largest else "min() arg is an empty sequence")
    return default


def list(iterable, /):
    return [x for x in iterable]


def tuple(iterable, /):
    items = ()
    for x in iterable:
        items = items + (x,)
    return items


def sorted(iterable, /, *, key=None, reverse=False):
    """A list as long as a tuple or list. Equal items stay in order: the longest ordered run first, then the others into it."""
    if compiler.is_array(iterable):
        compiler.type_error("sorted() gives a list, whose length must be known here", "np.sort(a) sorts an array; np.sort(a)[::-1] in descending order; a[np.argsort(keys)] by keys")
    values = [x for x in iterable]
    n = len(values)
    if n == 0:
        return values
    keys = [x if key is None else key(x) for x in values]
    order = np.empty(n, np.int64)
    for i in range(n):
        order[i] = n - 1 - i if reverse else i
    _sort_by(keys, order, n)
    return [values[order[n - 1 - i if reverse else i]] for i, _ in enumerate(values)]


def _sort_by(keys, order, n):
    run = 1
    if n > 1 and keys[order[1]] < keys[order[0]]:
        run = 2
        while run < n and keys[order[run]] < keys[order[run - 1]]:
            run += 1
        for i in range(run // 2):
            order[i], order[run - 1 - i] = order[run - 1 - i], order[i]
    else:
        while run < n and not keys[order[run]] < keys[order[run - 1]]:
            run += 1
    for i in range(run, n):
        place = order[i]
        low, high = 0, i
        while low < high:
            middle = (low + high) // 2
            if keys[place] < keys[order[middle]]:
                high = middle
            else:
                low = middle + 1
        for j in range(i, low, -1):
            order[j] = order[j - 1]
        order[low] = place


def hash(x, /):
    """CPython's, of numbers and tuples of them: a number and what equals it have the same."""
    if compiler.is_tuple(x):
        return _hash_tuple(x)
    elif compiler.is_bool(x):
        return np.int64(x)
    elif compiler.is_integer(x):
        return _hash_integer(x)
    elif compiler.is_float(x):
        return _hash_float(np.float64(x))
    elif compiler.is_complex(x):
        both = np.uint64(_hash_float(np.float64(x.real))) + np.uint64(1000003) * np.uint64(_hash_float(np.float64(x.imag)))
        return _not_minus_one(np.int64(both))
    else:
        compiler.type_error("hash() takes numbers and tuples of them")


def _not_minus_one(value):
    return -2 if value == -1 else value


def _hash_integer(x):
    """The number modulo a prime, with its sign."""
    prime = (1 << 61) - 1
    if compiler.is_unsigned(x):
        return np.int64(np.uint64(x) % np.uint64(prime))
    value = np.int64(x)
    # The least integer has no negative.
    rest = -(-(value + 1) % prime + 1) if value < 0 else value % prime
    if rest == -prime:
        rest = 0
    return _not_minus_one(rest)


def _hash_float(x):
    if np.isinf(x):
        return 314159 if x > 0 else -314159
    if np.isnan(x):
        return 0
    mantissa, exponent = math.frexp(abs(x))
    value = np.uint64(0)
    prime = np.uint64((1 << 61) - 1)
    # 28 bits at a time.
    while mantissa != 0.0:
        value = ((value << np.uint64(28)) & prime) | value >> np.uint64(33)
        mantissa *= 268435456.0
        exponent -= 28
        part = np.uint64(mantissa)
        mantissa -= np.float64(part)
        value += part
        if value >= prime:
            value -= prime
    turn = exponent % 61 if exponent >= 0 else 60 - (-1 - exponent) % 61
    value = ((value << np.uint64(turn)) & prime) | value >> np.uint64(61 - turn)
    return _not_minus_one(-np.int64(value) if x < 0 else np.int64(value))


def _hash_tuple(items):
    total = np.uint64(2870177450012600261)
    for item in items:
        total += np.uint64(hash(item)) * np.uint64(14029467366897019727)
        total = total << np.uint64(31) | total >> np.uint64(33)
        total *= np.uint64(11400714785074694791)
    total += np.uint64(len(items)) ^ (np.uint64(2870177450012600261) ^ np.uint64(3527539))
    return 1546275796 if total == np.uint64(18446744073709551615) else np.int64(total)
