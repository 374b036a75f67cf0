"""`@vectorize` and `@guvectorize` with `target="cuda"` of times: `datetime64` and `timedelta64` of the units that the signatures say.

There is no `numpy.ufunc` of them, whose loops do not tell units apart: arguments are converted to the units of the first signature that they go with, and a kernel does
the rest, wherever kernels run.
"""

import numpy as np

from .. import types
from .layouts import is_device_memory
from .memory import to_device
from .ufuncs import CUDAGUfunc, CUDAUfunc


def has_times(signatures):
    """Whether any of the signatures has a time."""
    every = (ty for signature in signatures for ty in types.normalize_signature(signature).args)
    return any(isinstance(_element(ty), (types.NPDatetime, types.NPTimedelta)) for ty in every)


def _element(ty):
    return ty.dtype if isinstance(ty, types.Array) else ty


class _Times:
    """What both have in common."""

    def __init__(self, lazy, signatures):
        super().__init__(lazy, lazy)
        self._signatures = [types.normalize_signature(signature) for signature in signatures]
        self._loops = []
        for signature in self._signatures:
            if len(signature.args) != len(self._parameters()):
                raise TypeError(f"{self.__name__}() takes {len(self._parameters())} arguments; the signature {signature} has {len(signature.args)}")
            self._loops.append(self._loop(signature))

    def _parameters(self):
        code = self.py_func.__code__
        return code.co_varnames[: code.co_argcount]

    @property
    def types(self):
        """The dtypes of the loops, as NumPy writes those of its own."""
        nin = self._lazy.nin
        return ["".join(dtype.char for dtype in loop[:nin]) + "->" + "".join(dtype.char for dtype in loop[nin:]) for loop in self._loops]

    def _is_declared(self):
        return True

    def _is_for_numpy(self, args, more):
        return False

    def _has_more(self, args, out, more):
        if more:
            raise TypeError(f"{self.__name__}() of times takes out= and stream=, not {', '.join(more)}")
        return False

    def _resolved(self, inputs, outputs):
        """The dtypes of the first loop that the inputs go with: without a loss, else within their kinds."""
        given = [np.asarray(value).dtype if type(value) in (int, float, complex) else value.dtype for value in inputs]
        for casting in ("safe", "same_kind"):
            for loop in self._loops:
                fits = all(np.can_cast(dtype, wanted, casting) for dtype, wanted in zip(given, loop))
                if fits and all(to is None or np.can_cast(dtype, to, "same_kind") for dtype, to in zip(loop[len(given) :], outputs)):
                    return loop
        raise TypeError(f"{self.__name__}() has no loop for the types {', '.join(map(str, given))}; its loops are for {'; '.join(', '.join(map(str, loop[: len(given)])) for loop in self._loops)}")

    def reduce(self, *args, **more):
        raise TypeError(f"{self.__name__}() of times has no reduce()")

    def __reduce__(self):
        from ..serialize import _attribute, _named

        import sys

        if self.__module__ != "__main__" and _attribute(sys.modules.get(self.__module__), self.__qualname__) is self:
            return _named, (self.__module__, self.__qualname__)
        return _again, (type(self), self._lazy, self._signatures)


def _again(kind, lazy, signatures):
    return kind(lazy, signatures)


def _converted(value, dtype, stream):
    """An argument whose elements have the dtype: times of another unit are converted here."""
    if not is_device_memory(value):
        return np.asarray(value).astype(dtype)[()]
    return value if value.dtype == dtype else to_device(value.copy_to_host(stream=stream).astype(dtype), stream)


class CUDATimeUfunc(_Times, CUDAUfunc):
    """A function of numbers and times, applied to arrays by a kernel."""

    def _loop(self, signature):
        """The dtypes of the arguments and of the result."""
        from ..decorators import njit

        for ty in signature.args:
            if not isinstance(ty, (types._Scalar, types._NPTime)):
                raise TypeError(f"a ufunc takes numbers and times; the signature {signature} has {ty}")
        result = signature.return_type or njit(signature.args)(self.py_func).nopython_signatures[0].return_type
        if not isinstance(result, (types._Scalar, types._NPTime)):
            raise TypeError(f"a ufunc gives a number or a time; {self.__name__}() gives {result} for the signature {signature}")
        return [types.as_dtype(ty) for ty in (*signature.args, result)]

    def _passed(self, value, dtype, shape, stream):
        return super()._passed(_converted(value, dtype, stream), dtype, shape, stream)


class CUDATimeGUfunc(_Times, CUDAGUfunc):
    """A function of arrays of numbers and times, applied along the other axes by a kernel."""

    def _loop(self, signature):
        return [types.as_dtype(_element(ty)) for ty in signature.args]

    def _dtypes(self, args, outputs):
        return self._resolved(args, [None if output is None else output.dtype for output in outputs])

    def _rows(self, value, outer, core, dtype, count, stream):
        return super()._rows(np.asarray(value).astype(dtype) if not is_device_memory(value) else _converted(value, dtype, stream), outer, core, dtype, count, stream)
