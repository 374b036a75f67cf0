"""Methods of slices."""


def indices(s, length, /):
    """Start, stop and step for a sequence of that length, as loops over places want them."""
    step = 1 if s.step is None else s.step
    if length < 0:
        raise ValueError("length should not be negative")
    if step == 0:
        raise ValueError("slice step cannot be zero")
    lower = -1 if step < 0 else 0
    upper = length - 1 if step < 0 else length
    start = _bounded(s.start, length, lower, upper, upper if step < 0 else lower)
    stop = _bounded(s.stop, length, lower, upper, lower if step < 0 else upper)
    return start, stop, step


def _bounded(place, length, lower, upper, default):
    if place is None:
        return default
    elif place < 0:
        return max(place + length, lower)
    else:
        return min(place, upper)
