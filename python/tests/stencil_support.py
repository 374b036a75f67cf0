"""Stencils in plain Python: the kernel is called for every point, with arrays that are indexed relative to it.

Elements are given to the kernel as scalars of the types that zouk computes in (docs/semantics.md): int64 and uint64 for integers, Python's bool for bools,
floats and complex numbers as they are.
"""

import itertools

import numpy as np
from lang_support import register

MODES = ("constant", "wrap", "reflect", "nearest")
RNG = np.random.default_rng(11)


def numbers(shape, dtype):
    """Small ones, exact in every type."""
    values = RNG.integers(0 if np.dtype(dtype).kind in "ub" else -8, 9, shape)
    if np.dtype(dtype).kind == "c":
        return (values + 1j * RNG.integers(-8, 9, shape)).astype(dtype)
    return values.astype(dtype)


def kernel(text, name="kernel", **scope):
    """The function of that name in a text."""
    scope = {"np": np, "__name__": "stencil_test", **scope}
    exec(compile(text, register(text), "exec"), scope)
    return scope[name]


def widened(item):
    if isinstance(item, np.bool_):
        return bool(item)
    if isinstance(item, np.integer):
        return np.uint64(item) if isinstance(item, np.unsignedinteger) else np.int64(item)
    return item


def mapped(place, size, mode):
    """The place in the array that stands for one outside of it, as in `scipy.ndimage`."""
    if mode == "wrap":
        return place % size
    if mode == "reflect":
        place %= 2 * size
        return min(place, 2 * size - 1 - place)
    if mode == "nearest":
        return min(max(place, 0), size - 1)
    assert 0 <= place < size
    return place


class Relative:
    """An array as a kernel sees it; it notes how far it is indexed."""

    def __init__(self, array, mode, point=None):
        self.array, self.mode, self.point, self.reached = array, mode, point, []

    def __getattr__(self, name):
        return getattr(self.array, name)

    def __len__(self):
        return len(self.array)

    def __getitem__(self, index):
        index = index if isinstance(index, tuple) else (index,)
        assert len(index) == self.array.ndim
        self.reached.append(index)
        if self.point is None:
            return widened(self.array.dtype.type(1))
        if any(isinstance(part, slice) for part in index):
            assert self.mode == "constant"
            move = lambda at, part: slice(at + part.start, at + part.stop, part.step) if isinstance(part, slice) else at + part
            return self.array[tuple(map(move, self.point, index))]
        places = [mapped(at + part, size, self.mode) for at, part, size in zip(self.point, index, self.array.shape)]
        return widened(self.array[tuple(places)])


def applied(function, *arguments, mode="constant", cval=None, neighborhood=None, standard=(), out=None):
    """The stencil of the kernel, applied."""
    names = function.__code__.co_varnames[: function.__code__.co_argcount]
    first = arguments[0]

    def seen(point):
        relative = [isinstance(a, np.ndarray) and name not in standard for name, a in zip(names, arguments)]
        return [Relative(a, mode, point) if is_relative else a for a, is_relative in zip(arguments, relative)]

    with np.errstate(all="ignore"):
        trial = seen(None)
        kind = np.asarray(function(*trial)).dtype
        if neighborhood is None:
            reached = [index for argument in trial if isinstance(argument, Relative) for index in argument.reached]
            neighborhood = [(min(0, *axis), max(0, *axis)) for axis in zip(*reached, (0,) * first.ndim)]
        made = np.zeros(first.shape, kind) if out is None else out
        if cval is not None:
            made[...] = np.asarray(cval).astype(made.dtype)
        inside = [range(max(0, -low), size - max(0, high)) for (low, high), size in zip(neighborhood, first.shape)]
        old = [a.copy() if isinstance(a, np.ndarray) else a for a in arguments]
        arguments = old
        border = mode != "constant"
        for point in itertools.product(*map(range, first.shape)):
            within = all(at in axis for at, axis in zip(point, inside))
            if within or border:
                made[point] = function(*seen(point))
            elif cval is None and out is None:
                made[point] = 0
    return made
