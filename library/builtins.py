"""Builtins of arrays and of iterators. Of numbers, tuples and ranges they have entries of the tables."""


def divmod(x, y, /):
    return np.divmod(x, y)


def sum(iterable, /, start=0):
    for x in iterable:
        start = start + x
    return start


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
