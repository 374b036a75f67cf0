"""Functions of C that compiled code calls: what `ctypes` and `cffi` say of them."""

import sys

from . import types
from .addresses import WrapperAddressProtocol


def describe(value):
    """What an object of ctypes or cffi, or one that knows an address, is to compiled code: ("function", name, result, arguments, address), types in the compiler's spelling;
    ("namespace", name) when its attributes are functions; ("known", name); or None."""
    ctypes = sys.modules.get("ctypes")
    if ctypes is not None:
        if isinstance(value, ctypes._CFuncPtr):
            return _of_ctypes(ctypes, value)
        if isinstance(value, ctypes.CDLL):
            return "namespace", value._name or "library"
    if isinstance(value, WrapperAddressProtocol):
        return _of_address(value)
    if "_cffi_backend" in sys.modules:
        from . import cffi_support

        return cffi_support.describe(value)
    return None


def _of_address(value):
    from .cfuncs import _c_type

    name = type(value).__name__
    signature = types.normalize_signature(value.signature())
    if signature.return_type is None:
        raise TypeError(f"the signature of {name} has no result: write float64(float64)")
    arguments, result = [_c_type(argument)._ty for argument in signature.args], _c_type(signature.return_type, result=True)._ty
    address = int(value.__wrapper_address__() or 0)
    if not address:
        raise TypeError(f"the address of {name} is NULL")
    return "function", name, result, arguments, address


# By the identity of the function: it, what it was when the caller was made, the caller. Grows by the functions of C that a program passes.
_callers = {}


def caller(value):
    """A jitted function that calls a function of C, for one that is passed as an argument; None of what is none. The same one as long as what is known of the function is."""
    described = describe(value)
    if described is None or described[0] != "function":
        return None
    known = _callers.get(id(value))
    if known is None or known[1] != described:
        from .decorators import njit

        def call(*arguments):
            return value(*arguments)

        call.__qualname__ = call.__name__ = described[1]
        known = _callers[id(value)] = value, described, njit(call)
    return known[2]


# Functions of Python's C API that may be called without the interpreter's lock.
_OF_THREADS = ("PyThread_get_thread_ident", "PyThread_get_thread_native_id")


def _of_ctypes(ctypes, function):
    name = getattr(function, "__name__", None) or "function"
    arguments = function.argtypes
    if arguments is None:
        raise TypeError(f"the ctypes function {name!r} does not define its argument types\nset its `argtypes` attribute: `{name}.argtypes = [ctypes.c_double]`")
    if function._flags_ & ctypes._FUNCFLAG_PYTHONAPI and name not in _OF_THREADS:
        raise TypeError(f"the ctypes function {name!r} is one of Python's own C API, which needs the interpreter\ncall it in a `with objmode()` block")
    if function.errcheck is not None:
        raise TypeError(f"the ctypes function {name!r} has an `errcheck`, which compiled code does not call\ncheck the result in the compiled function")
    try:
        if function.restype in (ctypes.c_char_p, ctypes.c_wchar_p):
            raise TypeError(f"its result, {function.restype.__name__}, is a text in Python: `c_void_p` is the address of one")
        result, arguments = from_ctypes(function.restype), [from_ctypes(argument) for argument in arguments]
    except TypeError as error:
        raise TypeError(f"the ctypes function {name!r} cannot be called from compiled code: {error}\ndeclare numbers and pointers") from None
    address = ctypes.cast(function, ctypes.c_void_p).value
    if not address:
        raise TypeError(f"the ctypes function {name!r} is a NULL pointer\ngive it an address")
    return "function", name, result._ty, [argument._ty for argument in arguments], address


_KINDS = {"i": "int", "u": "uint", "f": "float"}


def from_ctypes(ctype):
    """The type of what ctypes declares."""
    import ctypes

    if ctype is None:
        return types.none
    if ctype is ctypes.c_bool:
        return types.boolean
    if ctype in (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_wchar_p) or isinstance(ctype, type) and issubclass(ctype, ctypes._CFuncPtr):
        return types.voidptr
    if isinstance(ctype, type) and issubclass(ctype, ctypes._Pointer):
        try:
            return types.CPointer(from_ctypes(ctype._type_))
        except TypeError:
            return types.voidptr
    if isinstance(ctype, type) and issubclass(ctype, ctypes._SimpleCData):
        kind = "f" if ctype in (ctypes.c_float, ctypes.c_double) else "i" if ctype(-1).value == -1 else "u"
        if ctype not in (ctypes.c_longdouble, ctypes.py_object, ctypes.c_char, ctypes.c_wchar):
            return getattr(types, f"{_KINDS[kind]}{8 * ctypes.sizeof(ctype)}")
    if getattr(ctype, "from_param", None) is not None and hasattr(ctype, "_dtype_"):
        # What `numpy.ctypeslib.ndpointer` makes.
        return types.voidptr if ctype._dtype_ is None else types.CPointer(types.from_dtype(ctype._dtype_))
    raise TypeError(f"unsupported ctypes type {getattr(ctype, '__name__', ctype)}")
