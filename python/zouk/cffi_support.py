"""cffi: the types of its functions, and structs as records."""

import sys

from . import types

# The ffi of each library that modules made by cffi hold, and types that programs have registered, by ffi and name.
_libraries = {}
_registered = {}

_NUMBERS = {
    "_Bool": types.boolean, "bool": types.boolean, "float": types.float32, "double": types.float64, "float _Complex": types.complex64,
    "_cffi_float_complex_t": types.complex64, "double _Complex": types.complex128, "_cffi_double_complex_t": types.complex128,
}  # fmt: skip


def register_module(mod):
    """Lets compiled code call the functions of a module that cffi has made out of line."""
    _libraries[id(mod.lib)] = (mod.lib, mod.ffi)


def register_type(ffi_type, zouk_type):
    """Says what a struct of cffi is to compiled code: a record."""
    _registered[ffi_type] = types.as_type(zouk_type)


def _ffi_of(library):
    known = _libraries.get(id(library))
    if known is not None:
        return known[1]
    for module in list(sys.modules.values()):
        if getattr(module, "lib", None) is library and hasattr(module, "ffi"):
            register_module(module)
            return module.ffi
    return None


def describe(value):
    import _cffi_backend

    if isinstance(value, _cffi_backend.FFI) or type(value).__module__ == "cffi.api" and type(value).__name__ == "FFI":
        return "namespace", "ffi"
    owner = getattr(value, "__self__", None)
    if getattr(value, "__name__", None) == "from_buffer" and describe(owner) == ("namespace", "ffi"):
        return "known", "cffi.from_buffer"
    if isinstance(value, _cffi_backend.Lib) or type(value).__name__ == "FFILibrary":
        return "namespace", "library"
    if isinstance(value, _cffi_backend.FFI.CData):
        ffi = _cffi_backend.FFI()
        kind = ffi.typeof(value)
        if kind.kind == "pointer" and kind.item.kind == "function":
            kind = kind.item
        return _function(ffi, kind, "function", value) if kind.kind == "function" else None
    if isinstance(owner, _cffi_backend.Lib):
        ffi = _ffi_of(owner)
        if ffi is None:
            raise TypeError(f"the cffi function {value.__name__!r} is of a module that is not known\ncall `zouk.cffi_support.register_module(module)`")
        return _function(ffi, ffi.typeof(value), value.__name__, ffi.addressof(owner, value.__name__))
    return None


def _function(ffi, kind, name, pointer):
    # Of functions of complex numbers `kind.ellipsis` is true, too.
    if kind.cname.endswith("...)"):
        raise TypeError(f"the cffi function {name!r} takes any number of arguments\ndeclare one that does not")
    try:
        result, arguments = _map(kind.result), [_map(argument) for argument in kind.args]
    except TypeError as error:
        raise TypeError(f"the cffi function {name!r} cannot be called from compiled code: {error}\ndeclare numbers and pointers") from None
    return "function", name, result._ty, [argument._ty for argument in arguments], int(ffi.cast("uintptr_t", pointer))


def map_type(cffi_type, use_record_dtype=False):
    """The type that a type of cffi is to compiled code, or the signature that a function's is. Structs are records when asked for, or behind pointers."""
    if cffi_type.kind == "function" and cffi_type not in _registered:
        arguments = [_map(argument, use_record_dtype) for argument in cffi_type.args]
        return types.Signature(_map(cffi_type.result, use_record_dtype), arguments)
    return _map(cffi_type, use_record_dtype)


def _map(cffi_type, use_record_dtype=False):
    import _cffi_backend

    ffi = _cffi_backend.FFI()
    if cffi_type in _registered:
        return _registered[cffi_type]
    kind = cffi_type.kind
    if kind == "void":
        return types.void
    if kind == "primitive":
        found = _NUMBERS.get(cffi_type.cname)
        if found is None and cffi_type.cname != "long double":
            size = ffi.sizeof(cffi_type)
            try:
                signed = int(ffi.cast(cffi_type, -1)) < 0
            except TypeError:
                signed = False
            found = getattr(types, f"{'' if signed else 'u'}int{8 * size}")
        if found is not None:
            return found
    if kind == "enum":
        return types.int32 if int(ffi.cast(cffi_type, -1)) < 0 else types.uint32
    if kind == "function":
        return types.voidptr
    if kind == "pointer":
        item = cffi_type.item
        if item.kind in ("void", "function"):
            return types.voidptr
        try:
            return types.CPointer(_map(item, use_record_dtype=True))
        except TypeError:
            return types.voidptr
    if kind == "struct" and use_record_dtype:
        return map_struct_to_record_dtype(cffi_type)
    raise TypeError(f"unsupported cffi type {cffi_type.cname}")


def map_struct_to_record_dtype(cffi_type):
    """The record that a struct of cffi is."""
    import _cffi_backend
    import numpy

    ffi = _cffi_backend.FFI()
    fields = {}
    for name, field in cffi_type.fields or ():
        if field.bitshift != -1:
            raise TypeError(f"struct {cffi_type.cname} has bit fields")
        fields[name] = (_field_dtype(field.type), field.offset)
    if not fields:
        raise TypeError(f"struct {cffi_type.cname} has no fields that are known")
    formats, offsets = zip(*fields.values())
    dtype = {"names": list(fields), "formats": list(formats), "offsets": list(offsets), "itemsize": ffi.sizeof(cffi_type)}
    return types.from_dtype(numpy.dtype(dtype, align=True))


def _field_dtype(cffi_type):
    import numpy

    if cffi_type.kind == "array":
        return numpy.dtype((_field_dtype(cffi_type.item), (cffi_type.length,)))
    if cffi_type.kind == "struct":
        return types.as_dtype(map_struct_to_record_dtype(cffi_type))
    if cffi_type.kind in ("pointer", "function"):
        return numpy.dtype("u8")
    return types.as_dtype(_map(cffi_type))
