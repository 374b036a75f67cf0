"""The oracle of compiled classes: the same class, not compiled, in CPython.

A class is written once, in a function that is given a decorator; `both` makes it plain and compiled, and a scenario runs with each. A scenario is a function of the class
and of a decorator for functions, which is `njit` beside the compiled class and does nothing beside the plain one.
"""

import gc
from contextlib import contextmanager

from lang_support import plain, same

from zouk import _zouk, njit
from zouk.experimental import jitclass


def nothing(function):
    return function


def both(make, spec=None, **options):
    """The class without and with `@jitclass`."""
    return make(nothing), make(jitclass(spec, **options))


def outcome(scenario, cls, jit):
    """What a scenario gives, or raises."""
    try:
        return plain(scenario(cls, jit))
    except Exception as error:
        return type(error), str(error)


def compare(make, spec, *scenarios, **options):
    """Each scenario does with the compiled class what it does with the plain one: in Python, and in compiled functions."""
    python, compiled = both(make, spec, **options)
    for scenario in scenarios:
        expected = outcome(scenario, python, nothing)
        for jit in (nothing, njit):
            found = outcome(scenario, compiled, jit)
            assert same(found, expected), f"{scenario.__name__}: {found!r}, expected {expected!r}"


@contextmanager
def no_leaks():
    """All blocks that the body makes are gone after it."""
    gc.collect()
    before = _zouk.live_blocks()
    yield
    gc.collect()
    assert _zouk.live_blocks() == before
