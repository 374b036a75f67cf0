"""The addresses of functions that Cython modules export."""


def get_cython_function_address(module_name, function_name):
    """The address of a `cpdef` or `api` function of a Cython module, an int: for a prototype of `ctypes`."""
    import ctypes
    from importlib import import_module

    functions = getattr(import_module(module_name), "__pyx_capi__", None)
    if functions is None:
        raise ValueError(f"the module {module_name!r} has no __pyx_capi__: it is not made by Cython, or exports no functions of C")
    if function_name not in functions:
        raise ValueError(f"No function '{function_name}' found in __pyx_capi__ of '{module_name}'")
    capsule = functions[function_name]
    name_of, pointer_of = ctypes.pythonapi.PyCapsule_GetName, ctypes.pythonapi.PyCapsule_GetPointer
    name_of.restype, name_of.argtypes = ctypes.c_char_p, [ctypes.py_object]
    pointer_of.restype, pointer_of.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return pointer_of(capsule, name_of(capsule))
