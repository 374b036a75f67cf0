"""A stand-in for a compiler that leaves functions as they are, so that a program written for zouk runs under plain CPython."""


def njit(function=None, **options):
    return function if function is not None else njit


prange = range
