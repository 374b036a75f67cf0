"""CUDA kernels: `@cuda.jit` compiles a function to PTX. Launching kernels is not available yet."""

from .. import types
from ..decorators import _checked, make_dispatcher
from ..errors import UnsupportedError

__all__ = ["jit", "grid", "gridsize", "syncthreads", "is_available", "Kernel"]


def _only_in_kernels(name):
    def function(*args):
        raise RuntimeError(f"cuda.{name}() has a meaning only inside a CUDA kernel")

    function.__name__ = function.__qualname__ = name
    function.__module__ = __name__
    return function


grid = _only_in_kernels("grid")
gridsize = _only_in_kernels("gridsize")
syncthreads = _only_in_kernels("syncthreads")


def is_available():
    """Whether kernels can be launched."""
    return False


class Kernel:
    """A kernel: `inspect("ptx", signature)` gives its PTX."""

    def __init__(self, dispatcher, signatures):
        self._dispatcher = dispatcher
        self.signatures = [types.normalize_signature(signature).args for signature in signatures]
        self.py_func = self.__wrapped__ = dispatcher.py_func
        self.__name__, self.__doc__ = self.py_func.__name__, self.py_func.__doc__

    def inspect(self, stage, signature=None):
        """The kernel at a stage of the compiler, for a signature or for the only one declared."""
        if signature is None:
            if len(self.signatures) != 1:
                raise ValueError(f"say which signature of {self.__name__} to inspect")
            signature = self.signatures[0]
        return self._dispatcher.inspect(stage, signature)

    def __getitem__(self, configuration):
        raise UnsupportedError("launching CUDA kernels is not available yet; `kernel.inspect('ptx', signature)` gives the PTX")

    def __call__(self, *args):
        raise ValueError(f"Kernel launch configuration was not specified. Use the syntax:\n\n{self.__name__}[blockspergrid, threadsperblock](*args)")

    def __repr__(self):
        return f"CUDAKernel({self.py_func!r})"


def jit(signature_or_function=None, **options):
    """Makes a kernel of a function, or with signatures given, a kernel that knows them."""
    options = _checked({"locals": {}, "error_model": "numpy", **options})
    options["cuda"] = {}
    if isinstance(signature_or_function, list):
        signatures = signature_or_function
    else:
        signatures = [signature_or_function] if types.is_signature(signature_or_function) else []

    def decorate(function):
        return Kernel(make_dispatcher(function, options), signatures)

    return decorate if signature_or_function is None or signatures else decorate(signature_or_function)
