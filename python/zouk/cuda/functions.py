"""What kernels and device functions have in common; device functions, of Python and of others."""

import numpy as np

from .. import _zouk, types
from ..decorators import _checked, bare_dispatcher
from ..dispatcher import print_types
from ..errors import UnsupportedError

# Options that the compiler of a GPU's code takes.
_CUDA = ("opt", "lineinfo", "fma", "max_registers", "launch_bounds")
# Options that do not concern the compiled side.
_OTHERS = ("device", "link", "extensions", "lto", "shared_memory_carveout", *_CUDA)


def checked_limits(options):
    """What `max_registers` and `launch_bounds` say, where they say something."""
    limits = {}
    registers, bounds = options.get("max_registers"), options.get("launch_bounds")
    if registers is not None:
        if not _is_positive(registers):
            raise ValueError(f"max_registers is a number of registers, at least 1; got {registers!r}")
        # No thread has more.
        limits["max_registers"] = min(int(registers), 255)
    if bounds is not None:
        bounds = list(bounds) if isinstance(bounds, (tuple, list)) else [bounds]
        if not 1 <= len(bounds) <= 3 or not all(map(_is_positive, bounds)):
            raise ValueError(f"launch_bounds are the most threads of a block or a tuple of that, the least blocks of a multiprocessor and the most blocks of a cluster, all at least 1; got {options['launch_bounds']!r}")
        if bounds[0] > 1024 or max(bounds) >= 1 << 31:
            raise ValueError(f"launch_bounds: no block has more than 1024 threads; got {options['launch_bounds']!r}")
        limits["launch_bounds"] = list(map(int, bounds))
    return limits


def _is_positive(value):
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool) and value > 0


def dispatcher_of(function, options, device=None):
    """The compiled side of a kernel or device function."""
    if isinstance(function, Compiled):
        raise TypeError(f"A jit decorator was called on an already jitted function {function}.")
    if isinstance(function, _zouk.Dispatcher):
        function = function.py_func
    own = {name: value for name, value in options.items() if name not in _OTHERS}
    own.setdefault("locals", {})
    own.setdefault("error_model", "python" if options["debug"] else "numpy")
    if not callable(function) or not hasattr(function, "__code__"):
        raise TypeError(f"The decorated object is not a function (got type {type(function)}).")
    cuda = {name: options[name] for name in _CUDA if options.get(name) is not None}
    cuda.update(checked_limits(options))
    if device is not None:
        cuda["device"] = device
    return bare_dispatcher(function, {**_checked(own), "cuda": cuda}, nogil=True)


class Compiled:
    """What kernels and device functions have in common."""

    def _named_after(self, function, options):
        self.py_func = self.__wrapped__ = function
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            setattr(self, name, getattr(function, name))
        self.targetoptions = options
        self._specialized = False

    @classmethod
    def _of(cls, function, options):
        dispatcher = dispatcher_of(function, options)
        made = cls._made(dispatcher, options)
        made._named_after(dispatcher.py_func, options)
        return made

    @property
    def specialized(self):
        """Whether it is for one list of argument types only."""
        return self._specialized

    def disable_compile(self, val=True):
        """From now on only what is compiled is used."""
        _zouk.freeze(self._dispatcher, bool(val))

    def enable_caching(self):
        """From now on what is compiled is kept on disk."""
        _zouk.enable_cache(self._dispatcher)
        self.targetoptions["cache"] = True

    def _only_signature(self):
        if len(self.signatures) != 1:
            raise ValueError(f"say which signature of {self.__name__} to inspect")
        return self.signatures[0]

    def inspect(self, stage, signature=None):
        """The code at a stage of the compiler, for a signature or for the only one compiled."""
        return self._dispatcher.inspect(stage, self._only_signature() if signature is None else signature)

    def _each(self, stage, signature):
        if signature is not None:
            return self.inspect(stage, signature)
        return {args: self.inspect(stage, args) for args in self.signatures}

    def inspect_llvm(self, signature=None):
        """The code before PTX, in the `nvvm` dialect; a dict from signatures if none is given."""
        return self._each("nvvm", signature)

    def inspect_asm(self, signature=None):
        """PTX; a dict from signatures if none is given."""
        return self._each("ptx", signature)

    def inspect_types(self, file=None):
        """Prints the function with its inferred types."""
        print_types(self, file)

    def __get__(self, instance, owner=None):
        from types import MethodType

        return self if instance is None else MethodType(self, instance)

    def __reduce__(self):
        from .pickling import reduce_kernel

        return reduce_kernel(self)

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self


class DeviceFunction(Compiled):
    """A function that kernels call."""

    @classmethod
    def _made(cls, dispatcher, options):
        made = cls.__new__(cls)
        made._dispatcher = dispatcher
        made._compiled_for, made._declared = [], None
        made._inspected = None
        return made

    def _declare(self, signatures, specialized):
        self._compiled_for = [signature.args for signature in signatures]
        self._declared, self._specialized = signatures, specialized
        # Calls convert their arguments to these.
        self._dispatcher._declared = [
            ([argument._ty for argument in signature.args], None if signature.return_type is None else signature.return_type._ty) for signature in signatures
        ]

    def _declaration(self):
        """The signatures that were declared, if any."""
        return self._declared

    @property
    def signatures(self):
        """The argument types that were declared, or compiled for."""
        return list(self._compiled_for)

    @property
    def nopython_signatures(self):
        return [types.Signature(self._result(args), args) for args in self.signatures]

    @property
    def overloads(self):
        """From argument types to what was compiled for them."""
        return {args: CompiledFunction(self, args) for args in self.signatures}

    def compile_device(self, args, return_type=None):
        """Compiles for argument types. What was compiled is the result."""
        args = tuple(map(types.as_type, args))
        compiled = CompiledFunction(self, args)
        self._result(args)
        if args not in self._compiled_for:
            self._compiled_for.append(args)
        return compiled

    def _result(self, args):
        """The type that a call with these argument types has."""
        from .compiler import result_of

        declared = {tuple(arguments): result for arguments, result in getattr(self._dispatcher, "_declared", ())}
        return result_of(self._alone(), args, declared.get(tuple(arg._ty for arg in args)))

    def _alone(self):
        """What compiles the function as one that other code calls by its name."""
        if self._inspected is None:
            self._inspected = dispatcher_of(self.py_func, self.targetoptions, device=self.__name__)
        return self._inspected

    def inspect(self, stage, signature=None):
        if stage not in ("gpu", "nvvm", "ptx", "cubin"):
            return super().inspect(stage, signature)
        signature = types.normalize_signature(self._only_signature() if signature is None else signature)
        return self._alone().inspect(stage, signature.args)

    def __call__(self, *args, **kwargs):
        raise TypeError(f"{self.__name__} is a device function: kernels and other device functions call it; {self.__name__}.py_func is the Python function")

    def __getitem__(self, configuration):
        raise RuntimeError(f"Cannot compile a device function as a kernel: {self.__name__} has device=True")

    def inspect_sass(self, signature=None):
        raise RuntimeError("Cannot inspect SASS of a device function")

    def inspect_sass_cfg(self, signature=None):
        raise RuntimeError("Cannot get the CFG of a device function")

    def __repr__(self):
        return f"CUDADeviceFunction({self.py_func!r})"


class CompiledFunction:
    """A device function for one list of argument types."""

    def __init__(self, function, args):
        self._function, self.argument_types = function, args
        self.entry_name = function.__name__

    @property
    def signature(self):
        return types.Signature(self._function._result(self.argument_types), self.argument_types)

    def inspect_asm(self, cc=None):
        return self._function.inspect("ptx", self.argument_types)

    def inspect_llvm(self):
        return self._function.inspect("nvvm", self.argument_types)

    def __repr__(self):
        return f"<CUDA device function {self.entry_name}{self.argument_types}>"


class DeclaredFunction:
    """A function of the GPU that is not Python's: kernels that call it name the file that it is in by `link=`."""

    def __init__(self, name, sig):
        self.name, self.sig = name, sig
        self.__name__ = self.__qualname__ = name

    @property
    def _types(self):
        """The types of the result and of the arguments, as the compiler spells them."""
        allowed = (types.Number, types.Boolean, types.CPointer)
        wrong = [ty for ty in self.sig.args if not isinstance(ty, allowed)]
        if wrong:
            raise UnsupportedError(f"{self.name}: a declared function takes numbers and pointers (types.CPointer), not {wrong[0]}; of an array pass `ffi.from_buffer(a)`")
        if self.sig.return_type != types.none and not isinstance(self.sig.return_type, allowed):
            raise UnsupportedError(f"{self.name}: a declared function gives a number, a pointer or None, not {self.sig.return_type}")
        return self.sig.return_type._ty, [ty._ty for ty in self.sig.args]

    def __call__(self, *args, **kwargs):
        raise TypeError(f"{self.name} is a function of the GPU: kernels and device functions call it")

    def __repr__(self):
        return f"<{self.name}: {self.sig}, declared for kernels>"


def declare_device(name, sig):
    """A function of the GPU with this name and signature, which kernels can call: it comes from a file that the kernel has in `link`.

    It follows Numba's convention: `extern "C" __device__ int name(T *result, arguments…)`, where the result is written to `*result` and the value is 0.
    """
    if isinstance(sig, (tuple, list)):
        raise TypeError("Return type must be provided for device declarations")
    signature = types.normalize_signature(sig)
    if signature.return_type is None:
        raise TypeError("Return type must be provided for device declarations")
    return DeclaredFunction(name, signature)
