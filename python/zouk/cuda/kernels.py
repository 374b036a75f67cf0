"""`cuda.jit`: kernels and device functions."""

import copyreg
import os
import sys
import warnings

import numpy as np

from .. import _zouk, types
from ..decorators import _checked, bare_dispatcher
from ..dispatcher import CompileStats
from ..errors import DeprecationError, UnsupportedError, ZoukInvalidConfigWarning
from .arguments import ArgHint
from .arrays import device_view, on_cpu
from .errors import CudaSupportError, missing_launch_config_msg

# Options that the compiler of a GPU's code takes.
_CUDA = ("opt", "lineinfo", "fma", "max_registers", "launch_bounds")
# Inputs of the driver's linker, by the ends of their names.
_LINKED = {".cubin": 0, ".ptx": 1, ".fatbin": 2, ".o": 3, ".a": 4, ".ltoir": 5}
# Numbers of `cuda.h`.
_ATTRIBUTES = {"max_threads_per_block": 0, "shared_mem_per_block": 1, "const_mem_size": 2, "local_mem_per_thread": 3, "regs_per_thread": 4}


def jit(func_or_sig=None, device=False, inline="never", forceinline=False, link=None, debug=None, opt=None, lineinfo=False, cache=False, **options):
    """Makes a kernel of a function: `kernel[blocks, threads](…)` runs it in each thread of a grid.

    `@cuda.jit` compiles when a kernel is launched, once for each list of argument types; `@cuda.jit("void(float32[:])")` and lists of signatures compile at
    once, and only that. With `device=True` it is a function that kernels call.

    Options: `fastmath`, `debug` (indices are checked, and threads may raise), `opt`, `lineinfo`, `max_registers`, `launch_bounds`, `fma`, `link` (files that
    the code is linked with), `cache`, `inline`, `extensions`, `shared_memory_carveout`, `lto`.
    """
    if options.get("boundscheck"):
        raise NotImplementedError("bounds checking is not supported for CUDA")
    for name in ("argtypes", "restype", "bind"):
        if options.pop(name, None) is not None:
            raise DeprecationError(f"The `{name}` keyword argument is no longer supported. Signatures are the first argument of the decorator.")
    debug = bool(debug)
    opt = not debug if opt is None else opt
    if debug and opt:
        _warn("debug=True with opt=True (the default) is not supported by CUDA. This may result in a crash - set debug=False or opt=False.")
    if debug and lineinfo:
        _warn("debug and lineinfo are mutually exclusive. Use debug to get full debug info (this disables some optimizations), or lineinfo for line info only with code generation unaffected.")
    if device and link:
        raise ValueError("link keyword invalid for device function")
    options.update(device=device, inline=_inline(inline), forceinline=forceinline, link=list(link or ()), debug=debug, opt=opt, lineinfo=lineinfo, cache=cache)
    if isinstance(func_or_sig, list):
        signatures, specialized = func_or_sig, False
    elif types.is_signature(func_or_sig):
        signatures, specialized = [func_or_sig], True
    else:
        signatures, specialized = None, False

    def decorate(function):
        if os.environ.get("ZOUK_DISABLE_JIT", "0") not in ("", "0"):
            return function
        made = (DeviceFunction if device else Kernel)._of(function, options)
        if signatures is not None:
            made._declare([types.normalize_signature(signature) for signature in signatures], specialized)
        return made

    return decorate if func_or_sig is None or signatures is not None else decorate(func_or_sig)


def _warn(message):
    warnings.warn(ZoukInvalidConfigWarning(message), stacklevel=3)


def _inline(inline):
    # NVIDIA's own package takes bools too.
    return {True: "always", False: "never"}.get(inline, inline) if isinstance(inline, bool) else inline


def _dispatcher(function, options):
    """The compiled side of a kernel or device function."""
    if isinstance(function, _Compiled):
        raise TypeError(f"A jit decorator was called on an already jitted function {function}.")
    if isinstance(function, _zouk.Dispatcher):
        function = function.py_func
    own = {name: value for name, value in options.items() if name not in ("device", "link", "opt", "lineinfo", "extensions", "fma", "max_registers", "launch_bounds", "lto", "shared_memory_carveout")}
    own.setdefault("locals", {})
    own.setdefault("error_model", "python" if options["debug"] else "numpy")
    if not callable(function) or not hasattr(function, "__code__"):
        raise TypeError(f"The decorated object is not a function (got type {type(function)}).")
    cuda = {name: options[name] for name in _CUDA if options.get(name) is not None}
    if isinstance(cuda.get("launch_bounds"), int):
        cuda["launch_bounds"] = (cuda["launch_bounds"],)
    if "launch_bounds" in cuda:
        cuda["launch_bounds"] = list(cuda["launch_bounds"])
    return bare_dispatcher(function, {**_checked(own), "cuda": cuda}, nogil=True)


def _linked(files):
    """Kinds and contents of files that code is linked with."""
    linked = []
    for file in files:
        text = getattr(file, "data", None)
        name = str(getattr(file, "name", file))
        kind = _LINKED.get(os.path.splitext(name)[1])
        if kind is None:
            raise UnsupportedError(f"link: {name} is no file that the driver links; those end in {', '.join(_LINKED)}")
        if text is None:
            with open(name, "rb") as opened:
                text = opened.read()
        text = text.encode() if isinstance(text, str) else text
        linked.append((kind, text + b"\0" if kind == 1 else text))
    return linked


class _Extensions(list):
    """The extensions of a kernel, which looks at its arguments before launches when there are any."""

    def __init__(self, kernel, extensions):
        super().__init__(extensions)
        self._kernel = kernel
        self._told()

    def _told(self):
        self._kernel._prepares = bool(self)

    def append(self, extension):
        super().append(extension)
        self._told()

    def extend(self, extensions):
        super().extend(extensions)
        self._told()

    def insert(self, place, extension):
        super().insert(place, extension)
        self._told()


class _Compiled:
    """What kernels and device functions have in common."""

    def _named_after(self, function, options):
        self.py_func = self.__wrapped__ = function
        for name in ("__name__", "__qualname__", "__module__", "__doc__", "__annotations__"):
            setattr(self, name, getattr(function, name))
        self.targetoptions = options
        self._specialized = False

    @classmethod
    def _of(cls, function, options):
        dispatcher = _dispatcher(function, options)
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

    def inspect(self, stage, signature=None):
        """The code at a stage of the compiler, for a signature or for the only one compiled."""
        if signature is None:
            if len(self.signatures) != 1:
                raise ValueError(f"say which signature of {self.__name__} to inspect")
            signature = self.signatures[0]
        return self._dispatcher.inspect(stage, signature)

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
        file = sys.stdout if file is None else file
        for args in self.signatures:
            print(f"{self.__name__} {args}", file=file)
            print("-" * 80, file=file)
            print(self.inspect("typed", args), file=file)
            print("=" * 80, file=file)

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


class DeviceFunction(_Compiled):
    """A function that kernels call."""

    @classmethod
    def _made(cls, dispatcher, options):
        made = cls.__new__(cls)
        made._dispatcher = dispatcher
        made._signatures = []
        return made

    def _declare(self, signatures, specialized):
        for signature in signatures:
            self._signatures.append(signature.args)
        self._declared = signatures
        self._specialized = specialized

    @property
    def signatures(self):
        """The argument types that were declared."""
        return list(self._signatures)

    def compile_device(self, args, return_type=None):
        self._signatures.append(tuple(map(types.as_type, args)))
        return self

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


class Kernel(_Compiled, _zouk.cuda.Kernel):
    """A kernel."""

    @classmethod
    def _made(cls, dispatcher, options):
        made = _zouk.cuda.Kernel.__new__(cls, dispatcher, _linked(options["link"]))
        made.specializations = {}
        made.extensions = options.get("extensions") or []
        return made

    @property
    def extensions(self):
        """Objects whose `prepare_args(type, value, stream, retr)` gives a type and the value to pass in place of an argument."""
        return self._extensions

    @extensions.setter
    def extensions(self, extensions):
        self._extensions = _Extensions(self, extensions)

    def _declare(self, signatures, specialized):
        for signature in signatures:
            if signature.return_type not in (None, types.none):
                raise TypeError("CUDA kernel must have void return type.")
            self.compile(signature)
        self._specialized = specialized
        self.disable_compile()

    def compile(self, sig):
        """Compiles for a signature, unless that is done. What was compiled is the result."""
        signature = types.normalize_signature(sig)
        if signature.return_type not in (None, types.none):
            raise TypeError("CUDA kernel must have void return type.")
        code = self.py_func.__code__
        given, expected = len(signature.args), code.co_argcount + code.co_kwonlyargcount
        if given != expected and not code.co_flags & 0x04:
            raise TypeError(f"Signature mismatch: {given} argument types given, but function takes {expected} arguments")
        if _zouk.is_frozen(self._dispatcher) and signature.args not in self.signatures:
            raise RuntimeError("Compilation disabled")
        if on_cpu():
            _zouk.compile_for(self._dispatcher, [arg._ty for arg in signature.args], None)
        else:
            self._compile([arg._ty for arg in signature.args])
        return self.overloads[signature.args]

    def _compiled(self):
        versions = _zouk.versions(self._dispatcher) if on_cpu() else self._versions()
        found = {}
        for version in versions:
            # What large launches have is the same once more.
            if version.get("wide"):
                found.setdefault(tuple(map(types._from_ty, version["arguments"])), version)
            else:
                found[tuple(map(types._from_ty, version["arguments"]))] = version
        return found

    @property
    def signatures(self):
        """The argument types of everything compiled, in order."""
        return list(self._compiled())

    nopython_signatures = property(lambda self: [types.Signature(types.none, args) for args in self.signatures])

    @property
    def overloads(self):
        """From argument types to what was compiled for them."""
        return {args: CompiledKernel(self, args, version) for args, version in self._compiled().items()}

    @property
    def stats(self):
        """How often code came from the cache (hits) or was compiled (misses)."""
        compiled = self._compiled()
        hits = {args: 1 for args, version in compiled.items() if version["from_cache"]}
        misses = {args: 1 for args, version in compiled.items() if not version["from_cache"]}
        return CompileStats((str(_zouk.cache_folder()) if self.targetoptions.get("cache") else None, hits, misses))

    def recompile(self):
        """Compiles everything again, with the globals as they are now."""
        frozen, done = _zouk.is_frozen(self._dispatcher), self.signatures
        _zouk.clear(self._dispatcher)
        self._clear()
        _zouk.freeze(self._dispatcher, False)
        for args in done:
            self.compile(args)
        _zouk.freeze(self._dispatcher, frozen)

    # Launching.

    def configure(self, griddim, blockdim, stream=0, sharedmem=0):
        """`self[griddim, blockdim, stream, sharedmem]`"""
        return self[griddim, blockdim, stream, sharedmem]

    def _launch_quietly(self, griddim, blockdim, stream=0, sharedmem=0):
        """The same, without a warning of small grids."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return self[griddim, blockdim, stream, sharedmem]

    def forall(self, ntasks, tpb=0, stream=0, sharedmem=0):
        """A launch of at least `ntasks` threads, in blocks of `tpb`, or of a size that suits the device."""
        return ForAll(self, ntasks, tpb, stream, sharedmem)

    def __call__(self, *args, **kwargs):
        raise ValueError(missing_launch_config_msg)

    def typeof_pyval(self, value):
        """The type that an argument is compiled for."""
        if isinstance(value, types.Type):
            return value
        if isinstance(value, ArgHint):
            value = value.value
        if isinstance(value, tuple) and type(value) is tuple:
            return types.typeof(tuple(map(_plain, value)))
        return types.typeof(_plain(value))

    def _types_of(self, args):
        if self.specialized or _zouk.is_frozen(self._dispatcher) and len(self.signatures) == 1:
            return self.signatures[0]
        return tuple(map(self.typeof_pyval, args))

    def specialize(self, *args):
        """A kernel for the types of these arguments only."""
        if self.specialized:
            raise RuntimeError("Dispatcher already specialized")
        from .devices import get_current_device

        argtypes = self._types_of(args)
        key = get_current_device().compute_capability, argtypes
        known = self.specializations.get(key)
        if known is None:
            known = self.specializations[key] = Kernel._of(self.py_func, self.targetoptions)
            known._declare([types.normalize_signature(argtypes)], True)
        return known

    def __repr__(self):
        return f"CUDADispatcher({self.py_func!r})"

    # What the device needs for it.

    def _of_each(self, name, signature):
        if signature is not None:
            return getattr(self.overloads[types.normalize_signature(signature).args], name)
        if self.specialized:
            return getattr(next(iter(self.overloads.values())), name)
        return {args: getattr(compiled, name) for args, compiled in self.overloads.items()}

    def get_regs_per_thread(self, signature=None):
        """Registers of a thread; a dict from signatures if none is given."""
        return self._of_each("regs_per_thread", signature)

    def get_const_mem_size(self, signature=None):
        """Bytes of constant memory; a dict from signatures if none is given."""
        return self._of_each("const_mem_size", signature)

    def get_shared_mem_per_block(self, signature=None):
        """Bytes of shared memory that the code itself has; a dict from signatures if none is given."""
        return self._of_each("shared_mem_per_block", signature)

    def get_local_mem_per_thread(self, signature=None):
        """Bytes of local memory of a thread; a dict from signatures if none is given."""
        return self._of_each("local_mem_per_thread", signature)

    def get_max_threads_per_block(self, signature=None):
        """Threads that a block can have; a dict from signatures if none is given."""
        return self._of_each("max_threads_per_block", signature)

    def inspect_sass(self, signature=None):
        """Machine code of the GPU; a dict from signatures if none is given. `nvdisasm` makes it."""
        return self._of_each("sass", signature)

    def inspect_sass_cfg(self, signature=None):
        """The control flow graph of that."""
        return self._of_each("sass_cfg", signature)


def _reduce_launcher(launcher):
    return Kernel.configure, (launcher.dispatcher, launcher.griddim, launcher.blockdim, launcher.stream, launcher.sharedmem)


copyreg.pickle(_zouk.cuda.LaunchConfiguration, _reduce_launcher)


def _plain(value):
    """An array of a device, or the value itself."""
    return device_view(value)


class CompiledKernel:
    """What a kernel was compiled to for one list of argument types."""

    def __init__(self, kernel, args, version):
        self._kernel, self.argument_types, self._version = kernel, args, version
        self.signature = types.Signature(types.none, args)
        self.cooperative = bool(version.get("cooperative", False))
        self.entry_name = version.get("entry", kernel.__name__)

    @property
    def _tys(self):
        return [arg._ty for arg in self.argument_types]

    def __getattr__(self, name):
        number = _ATTRIBUTES.get(name)
        if number is None:
            raise AttributeError(name)
        if on_cpu():
            raise CudaSupportError(f"{name} is known where kernels run on a GPU; they run on the CPU here")
        return self._kernel._attributes(self._tys, [number])[0]

    def inspect_asm(self, cc=None):
        return self._kernel.inspect("ptx", self.argument_types)

    def inspect_llvm(self):
        return self._kernel.inspect("nvvm", self.argument_types)

    @property
    def sass(self):
        from .tools import disassemble

        return disassemble(self.inspect_asm())

    @property
    def sass_cfg(self):
        from .tools import disassemble

        return disassemble(self.inspect_asm(), "-cfg")

    def inspect_sass(self):
        return self.sass

    def max_cooperative_grid_blocks(self, blockdim, dynsmemsize=0):
        """The most blocks of a grid whose threads wait for each other."""
        from .devices import get_current_device

        size = int(np.prod(blockdim))
        if on_cpu():
            return get_current_device().MULTIPROCESSOR_COUNT * (2048 // size)
        active = self._kernel._active_blocks(self._tys, size, dynsmemsize)
        return active * get_current_device().MULTIPROCESSOR_COUNT

    def __repr__(self):
        return f"<CUDA kernel {self.signature}>"


class ForAll:
    """A launch of so many threads as there are tasks."""

    def __init__(self, kernel, ntasks, tpb, stream, sharedmem):
        if ntasks < 0:
            raise ValueError(f"Can't create ForAll with negative task count: {ntasks}")
        self.dispatcher, self.ntasks, self.thread_per_block, self.stream, self.sharedmem = kernel, ntasks, tpb, stream, sharedmem

    def __call__(self, *args):
        if self.ntasks == 0:
            return
        threads = self.thread_per_block or self._threads(args)
        self.dispatcher._launch_quietly(-(-self.ntasks // threads), threads, self.stream, self.sharedmem)(*args)

    def _threads(self, args):
        if on_cpu():
            return 256
        tys = [ty._ty for ty in self.dispatcher._types_of(args)]
        return self.dispatcher._best_block(tys, self.sharedmem, 1024)
