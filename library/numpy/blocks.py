"""Arrays put together of blocks."""


def block(arrays):
    """Of nested tuples: the innermost lie beside each other along the last axis, those around them along the one before."""
    depth = _depth(arrays)
    return _block(arrays, depth, _larger(depth, _most_axes(arrays)))


def _depth(arrays):
    if not compiler.is_tuple(arrays):
        return 0
    if len(arrays) == 0:
        raise ValueError("List at arrays cannot be empty")
    first = _depth(arrays[0])
    for item in arrays[1:]:
        if _depth(item) != first:
            raise ValueError(f"List depths are mismatched. First element was at depth {first + 1}, but there is an element at depth {_depth(item) + 1}")
    return first + 1


def _most_axes(arrays):
    if not compiler.is_tuple(arrays):
        return compiler.ndim(arrays)
    most = 0
    for item in arrays:
        most = _larger(most, _most_axes(item))
    return most


def _block(arrays, depth: literal, ndim: literal):
    if depth == 0:
        return _with_axes(_array(arrays), ndim).copy()
    parts = ()
    for item in arrays:
        parts = parts + (_with_axes(_array(item), ndim) if depth == 1 else _block(item, depth - 1, ndim),)
    return concatenate(parts, -depth)
