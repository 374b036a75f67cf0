"""`functools.reduce`."""


def reduce(function, iterable, /, *initial):
    if len(initial) > 1:
        compiler.type_error("reduce expected at most 3 arguments")
    if len(initial) == 1:
        return _reduced(function, iterable, initial[0])
    found = False
    for x in iterable:
        if found:
            value = function(value, x)
        else:
            value, found = x, True
    if not found:
        raise TypeError("reduce() of empty iterable with no initial value")
    return value


def _reduced(function, iterable, value):
    for x in iterable:
        value = function(value, x)
    return value
