"""`cuda.reduce`: a function of two numbers over an array."""

import numpy as np

from .. import types
from . import blockIdx, gridDim, grid, shared, syncthreads, threadIdx
from .arrays import device_view
from .decorators import jit
from .functions import DeviceFunction
from .layouts import is_device_memory
from .memory import device_array, to_device

# Threads of a block, and blocks at most.
_THREADS = 256
_BLOCKS = 128


def _kernel(combine, dtype):
    """A kernel that reduces an array to one element for each block."""
    dtype, threads = types.as_type(types.from_dtype(dtype)), _THREADS

    def reduce(array, size, partial):
        parts = shared.array(threads, dtype)
        thread = threadIdx.x
        first = grid(1)
        if first < size:
            value = array[first]
            i = first + gridDim.x * threads
            while i < size:
                value = combine(value, array[i])
                i += gridDim.x * threads
            parts[thread] = value
        syncthreads()
        # How many threads of the block have had an element.
        active = min(threads, size - blockIdx.x * threads)
        step = threads // 2
        while step > 0:
            if thread < step and thread + step < active:
                parts[thread] = combine(parts[thread], parts[thread + step])
            syncthreads()
            step //= 2
        if thread == 0:
            partial[blockIdx.x] = parts[0]

    return jit(reduce)


def _join(combine):
    """A kernel that combines a number with one element."""

    def join(array, init, result, use_init):
        if grid(1) == 0:
            result[0] = combine(init, array[0]) if use_init else array[0]

    return jit(join)


class Reduce:
    """Applies a function of two numbers, which is associative and commutative, to all elements of an array.

    `@cuda.reduce` makes one of a function. It is called with an array of the host or of a device, and gives a number, or writes it to `res[0]`.
    """

    def __init__(self, functor):
        self._functor = functor if isinstance(functor, DeviceFunction) else jit(getattr(functor, "py_func", functor), device=True)
        self._kernels = {}
        self._joins = None

    def _of(self, dtype):
        found = self._kernels.get(dtype)
        if found is None:
            found = self._kernels[dtype] = _kernel(self._functor, dtype)
        return found

    def __call__(self, arr, size=None, res=None, init=0, stream=0):
        """Reduces the first `size` elements of `arr`; `init` is what the reduction starts from.

        With `res`, an array of a device, the result is written to its first element, and the call does not wait for it.
        """
        arr = device_view(arr)
        if arr.ndim != 1:
            raise TypeError("only support 1D array")
        if size is not None and not 0 <= size <= arr.shape[0]:
            raise ValueError(f"the array has {arr.shape[0]} elements, not {size}")
        if res is not None:
            res = device_view(res)
            if getattr(res, "shape", ()) == () or res.ndim != 1 or res.shape[0] == 0:
                raise ValueError("res is an array of one dimension, with room for the result")
        count = arr.shape[0] if size is None else size
        if count == 0:
            if res is not None:
                res[0:1] = init
                return None
            return init
        source = arr if is_device_memory(arr) else to_device(np.asarray(arr), stream)
        kernel = self._of(source.dtype)
        while count > 1 or source is arr:
            blocks = min(_BLOCKS, -(-count // _THREADS))
            partial = device_array(blocks, source.dtype, stream=stream)
            kernel._launch_quietly(blocks, _THREADS, stream)(source, count, partial)
            source, count = partial, blocks
        if init != 0 or res is not None:
            if self._joins is None:
                self._joins = _join(self._functor)
            result = device_array(1, source.dtype, stream=stream) if res is None else res
            self._joins._launch_quietly(1, 1, stream)(source, source.dtype.type(init), result, init != 0)
            source = result
        if res is None:
            return source.getitem(0, stream)
        return None


reduce = Reduce
