"""Copies between arrays of a device that no copy of memory does: other strides, another dtype."""

from functools import lru_cache

import numpy as np

from .layouts import on_cpu

_TEXT = """\
def copy(to, source):
    i = grid(1)
    if i < to.size:
{places}        to[{key}] = source[{key}]
"""


@lru_cache(maxsize=None)
def _kernel(rank):
    """The kernel for arrays with so many axes: a thread copies one element."""
    import linecache

    from . import grid
    from .decorators import jit

    axes = range(rank)
    places = "".join(f"        i{axis} = i % to.shape[{axis}]\n        i //= to.shape[{axis}]\n" for axis in reversed(axes))
    text = _TEXT.format(places=places, key=", ".join(f"i{axis}" for axis in axes) or "()")
    file = f"<zouk.cuda copy of {rank} axes>"
    linecache.cache[file] = len(text), None, text.splitlines(keepends=True), file
    names = {"grid": grid, "__name__": __name__}
    exec(compile(text, file, "exec"), names)
    return jit(names["copy"])


def assign(to, source, stream=0):
    """`to[...] = source`, arrays of one shape on the same device."""
    if on_cpu():
        to._memory.check()
        source._memory.check()
        np.copyto(to._layout, source._layout.reshape(to.shape), casting="unsafe")
        return
    source = source if source.shape == to.shape else source.reshape(to.shape)
    threads = 128
    _kernel(to.ndim)._launch_quietly(-(-to.size // threads), threads, stream)(to, source)
    if not stream:
        from .devices import synchronize

        synchronize()
