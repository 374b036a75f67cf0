"""Kernels: what is compiled for which types, and launches."""

import copyreg
import os
import warnings

import numpy as np

from .. import _zouk, types
from ..dispatcher import CompileStats
from ..errors import UnsupportedError
from .arguments import ArgHint
from .arrays import device_view
from .errors import CudaSupportError, LinkerError, missing_launch_config_msg
from .functions import Compiled
from .layouts import on_cpu

# Inputs of the driver's linker, by the ends of their names.
_LINKED = {".cubin": 0, ".ptx": 1, ".fatbin": 2, ".o": 3, ".a": 4}
# Numbers of `cuda.h`.
_ATTRIBUTES = {"max_threads_per_block": 0, "shared_mem_per_block": 1, "const_mem_size": 2, "local_mem_per_thread": 3, "regs_per_thread": 4}


def _linked(files):
    """Kinds and contents of files that code is linked with."""
    linked = []
    for file in files:
        text = getattr(file, "data", None)
        name = str(getattr(file, "name", file))
        if name.endswith(".ltoir"):
            raise UnsupportedError(f"link: {name} is code for NVIDIA's nvJitLink; zouk links by the driver, which takes PTX and cubins")
        extension = os.path.splitext(name)[1]
        kind = _LINKED.get(extension)
        if kind is None:
            what = f"extension {extension}" if extension else "no extension"
            raise RuntimeError(f"Don't know how to link file with {what}: {name}. The driver links {', '.join(_LINKED)}")
        if text is None and not os.path.isfile(name):
            raise LinkerError(f"{name} not found")
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


class Kernel(Compiled, _zouk.cuda.Kernel):
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

    def _declaration(self):
        """The signature of a kernel that is for one only."""
        return self.nopython_signatures if self.specialized else None

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

    def typeof_pyval(self, val):
        """The type that an argument is compiled for."""
        if isinstance(val, types.Type):
            return val
        if isinstance(val, ArgHint):
            val = val.value
        if isinstance(val, tuple) and type(val) is tuple:
            return types.typeof(tuple(map(_plain, val)))
        return types.typeof(_plain(val))

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
        self.entry_name = version.get("entry", kernel.__name__)

    @property
    def cooperative(self):
        """Whether the blocks of a grid wait for each other."""
        if on_cpu():
            return "zouk_grid_word" in self.inspect_asm()
        return self._version["cooperative"]

    @property
    def _tys(self):
        return [arg._ty for arg in self.argument_types]

    def __getattr__(self, name):
        number = _ATTRIBUTES.get(name)
        if number is None:
            raise AttributeError(name)
        if on_cpu():
            return self._usage(name)
        return self._kernel._attributes(self._tys, [number])[0]

    def _usage(self, name):
        """A figure of the PTX, where no driver has compiled the kernel."""
        from .tools import find_tool, usage

        if find_tool("ptxas") is None:
            raise CudaSupportError(f"{name} is known where kernels run on a GPU, and where NVIDIA's ptxas is installed (as by the Python package nvidia-cuda-nvcc); they run on the CPU here")
        return usage(self.inspect_asm())[name]

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

        return self.active_blocks(int(np.prod(blockdim)), dynsmemsize) * get_current_device().MULTIPROCESSOR_COUNT

    def active_blocks(self, threads, dynsmemsize=0):
        """How many blocks of so many threads a multiprocessor runs at once."""
        return 2048 // threads if on_cpu() else self._kernel._active_blocks(self._tys, threads, dynsmemsize)

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
