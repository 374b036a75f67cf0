"""`functools.reduce`."""


def reduce(function, iterable, /, *initial):
    if len(initial) > 1:
        compiler.type_error("reduce expected at most 3 arguments")
    if len(initial) == 1:
        return _reduced(function, iterable, initial[0])
    else:
        return _reduced_from_first(function, iterable)


def _reduced(function, iterable, value):
    for x in iterable:
        value = function(value, x)
    return value


def _reduced_from_first(function, iterable):
    found = False
    for x in iterable:
        if found:
            value = function(value, x)
        else:
            value, found = x, True
    if found:
        return value
    raise TypeError("reduce() of empty iterable with no initial value")
