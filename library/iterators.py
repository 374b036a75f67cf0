"""Taking items from iterators one by one, by `next` and in loops over what has no items at places."""


def _next(iterator, default):
    found = _step(compiler.started(iterator))
    if found is None:
        if len(default) == 0:
            raise StopIteration
        return default[0]
    return found[0]


def _step(iterator):
    """A tuple of the next item, or None."""
    parts = compiler.iterator_parts(iterator)
    kind = compiler.iterator_kind(iterator)
    if kind == "places":
        place = parts[1][0]
        if place < compiler.places(parts[0]):
            parts[1][0] = place + 1
            return (compiler.item_at(parts[0], place),)
        return None
    elif kind == "filter":
        while True:
            found = _step(parts[1])
            if found is None:
                return None
            if found[0] if parts[0] is None else parts[0](found[0]):
                return found
    elif kind == "zip":
        return _step_each(parts)
    else:
        found = _step_each(parts[1:])
        if found is None:
            return None
        return (parts[0](*found[0]),)


def _step_each(iterators):
    items = ()
    for iterator in iterators:
        found = _step(iterator)
        if found is None:
            return None
        items = items + (found[0],)
    return (items,)
