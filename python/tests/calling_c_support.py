"""Functions of the C library, declared."""

import ctypes
import ctypes.util

libm = ctypes.CDLL(ctypes.util.find_library("m"))
libc = ctypes.CDLL(None)

c_sin = libm.sin
c_sin.argtypes, c_sin.restype = [ctypes.c_double], ctypes.c_double
libm.hypotf.argtypes, libm.hypotf.restype = [ctypes.c_float, ctypes.c_float], ctypes.c_float
libm.ldexp.argtypes, libm.ldexp.restype = [ctypes.c_double, ctypes.c_int], ctypes.c_double
libc.labs.argtypes, libc.labs.restype = [ctypes.c_long], ctypes.c_long
libc.memset.argtypes, libc.memset.restype = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t], ctypes.c_void_p
memcpy = libc.memcpy
memcpy.argtypes, memcpy.restype = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t], ctypes.c_void_p
