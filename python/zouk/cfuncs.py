"""`cfunc`: compiled functions that C can call, and arrays over what C points to."""

from types import FunctionType

from . import _zouk, types
from .decorators import _checked, bare_dispatcher


def cfunc(sig, locals=None, cache=False, pipeline_class=None, **options):
    """Makes a function that C can call, of one signature: `@cfunc("float64(float64)")`.

    Types are numbers, `types.CPointer(T)`, `types.voidptr`, and `void` as the result. The code runs without the GIL. An exception is printed by
    `sys.unraisablehook`, and the function then returns zero.

    Options are those of `jit`. `f.address` is the address as an int, `f.ctypes` a function of `ctypes`; `f(...)` calls the Python function.
    """
    if isinstance(sig, FunctionType):
        raise TypeError("cfunc() needs a signature, as in @cfunc('float64(float64)')")
    if pipeline_class is not None:
        from .errors import UnsupportedError

        raise UnsupportedError("`pipeline_class` is Numba's; zouk's passes are chosen with `zouk-opt`")
    if options.get("forceobj"):
        from .errors import UnsupportedError

        raise UnsupportedError("a function that C calls has no object mode (`forceobj=True`): `ctypes.CFUNCTYPE` makes one of a Python function")
    signature = types.normalize_signature(sig)
    options = _checked({**options, "cache": cache, "locals": locals or {}})

    def decorate(function):
        if isinstance(function, _zouk.Dispatcher):
            function = function.py_func
        if not isinstance(function, FunctionType):
            raise TypeError(f"The decorated object is not a function (got type {type(function)}).")
        return CFunc(function, signature, options)

    return decorate


class CFunc:
    """A compiled function that C can call. It stays where it is for as long as the process lives."""

    def __init__(self, function, signature, options):
        arguments = tuple(map(_c_type, signature.args))
        result = None if signature.return_type is None else _c_type(signature.return_type, result=True)
        self._dispatcher = bare_dispatcher(function, options, c_entry=True)
        self._options = options
        self._pyfunc = function
        self._cache_hits = 0
        address, found, from_cache = _zouk.expose(self._dispatcher, [ty._ty for ty in arguments], None if result is None else result._ty)
        self._wrapper_address = address
        self._cache_hits = int(from_cache)
        self._sig = types.Signature(_c_type(types._from_ty(found), result=True), arguments)
        # Calls from compiled code choose among what is compiled.
        self._dispatcher.disable_compile()
        for name in ("__name__", "__qualname__", "__module__", "__doc__"):
            setattr(self, name, getattr(function, name))
        self.__wrapped__ = function

    @property
    def address(self):
        """The address of the function for C, an int."""
        return self._wrapper_address

    @property
    def native_name(self):
        """The name of the function in messages and dumps."""
        return f"cfunc.{self._pyfunc.__module__}.{self.__qualname__}"

    symbolic_name = native_name

    @property
    def signature(self):
        return self._sig

    @property
    def ctypes(self):
        """The function as one of `ctypes`."""
        import ctypes

        prototype = ctypes.CFUNCTYPE(_to_ctypes(self._sig.return_type), *map(_to_ctypes, self._sig.args))
        return prototype(self._wrapper_address)

    @property
    def cffi(self):
        """The function as a `void *` of `cffi`."""
        import cffi

        return cffi.FFI().cast("void *", self._wrapper_address)

    @property
    def cache_hits(self):
        """1 when the code came from the cache on disk, else 0."""
        return self._cache_hits

    def __call__(self, *args, **kwargs):
        """Calls the Python function."""
        return self._pyfunc(*args, **kwargs)

    def inspect(self, stage):
        """The function at a stage of the compiler, as `inspect` of a jitted function gives it."""
        return self._dispatcher.inspect(stage, self._sig)

    def inspect_llvm(self):
        """LLVM IR, optimised."""
        return self.inspect("llvm-ir")

    def inspect_asm(self):
        """Assembly."""
        return self.inspect("asm")

    def __repr__(self):
        return f"<CFunc {self.__qualname__!r}>"

    def __reduce__(self):
        from .serialize import reduce_cfunc

        return reduce_cfunc(self)


def _c_type(ty, result=False):
    """The type itself, when C has it."""
    if isinstance(ty, (types.Number, types.Boolean, types.CPointer, types.RawPointer)) or result and ty == types.none:
        return ty
    what = "return a value" if result else "take an argument"
    raise TypeError(f"a function that C calls cannot {what} of type {ty}: numbers and pointers are what C passes; for arrays take CPointer(dtype) and use carray()")


def _to_ctypes(ty):
    import ctypes

    if isinstance(ty, types.CPointer):
        return ctypes.POINTER(_to_ctypes(ty.dtype)) if not isinstance(ty.dtype, types.Record) else ctypes.c_void_p
    if ty == types.none:
        return None
    if ty == types.voidptr:
        return ctypes.c_void_p
    if isinstance(ty, types.Complex) or ty == types.float16 or not isinstance(ty, (types.Number, types.Boolean)):
        raise TypeError(f"Cannot convert zouk type '{ty}' to ctypes type")
    names = {"bool": "bool", "float32": "float", "float64": "double"}
    return getattr(ctypes, "c_" + names.get(ty.name, ty.name))


def carray(ptr, shape, dtype=None):
    """An array over what a pointer points to, in C order; nothing is copied. From Python, pointers are those of `ctypes` and `cffi`."""
    return _array(ptr, shape, dtype, "C")


def farray(ptr, shape, dtype=None):
    """As `carray`, in Fortran order."""
    return _array(ptr, shape, dtype, "F")


def _array(ptr, shape, dtype, order):
    import ctypes

    import numpy

    address, pointed = _pointer(ptr)
    if dtype is None:
        if pointed is None:
            raise TypeError("explicit dtype required for void* argument")
        dtype = pointed
    else:
        dtype = types.as_dtype(dtype) if isinstance(dtype, types.Type) else numpy.dtype(dtype)
        if pointed is not None and dtype != pointed:
            raise TypeError(f"mismatching dtype '{dtype}' for pointer {ptr!r}")
    shape = (shape,) if isinstance(shape, (int, numpy.integer)) else tuple(shape)
    size = dtype.itemsize
    for extent in shape:
        size *= extent
    # The memory is the caller's to keep alive.
    block = (ctypes.c_char * size).from_address(address)
    return numpy.ndarray(shape, dtype, block, order=order)


def _pointer(ptr):
    """The address in a pointer of ctypes or cffi, and the dtype of what it points to, which a void pointer does not know."""
    import ctypes
    import sys

    import numpy

    if isinstance(ptr, ctypes.c_void_p):
        if ptr.value is None:
            raise TypeError("cannot convert NULL pointer to an array")
        return ptr.value, None
    if isinstance(ptr, ctypes._Pointer):
        if not ptr:
            raise TypeError("cannot convert NULL pointer to an array")
        return ctypes.cast(ptr, ctypes.c_void_p).value, numpy.dtype(ptr._type_)
    cffi = sys.modules.get("cffi")
    # The class is there once an FFI has been made.
    if cffi is not None and isinstance(ptr, getattr(cffi.FFI, "CData", ())):
        ffi = cffi.FFI()
        kind = ffi.typeof(ptr)
        if kind.kind == "pointer":
            from .cffi_support import map_type

            pointed = map_type(kind.item)
            return int(ffi.cast("uintptr_t", ptr)), None if pointed == types.void else types.as_dtype(pointed)
    raise TypeError(f"expected a ctypes pointer or a cffi pointer, got {ptr!r}")
