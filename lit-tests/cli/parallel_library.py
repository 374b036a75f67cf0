# A shared library whose loops run on several threads: it stays loaded, for the threads run its code.
# RUN: rm -rf %t && mkdir -p %t
# RUN: %zouk compile %s --entry total --parallel --signature "(f8[::1],)" --emit shared -o %t/libtotal.so
# RUN: readelf -d %t/libtotal.so | FileCheck %s --check-prefix=FLAGS
# FLAGS: NODELETE
# RUN: %python %s %t/libtotal.so | FileCheck %s
# CHECK: the same, twice

# One without such loops may go.
# RUN: %zouk compile %s --entry total --signature "(f8[::1],)" --emit shared -o %t/libalone.so
# RUN: readelf -d %t/libalone.so | FileCheck %s --check-prefix=ALONE
# ALONE-NOT: NODELETE

import ctypes
import sys

import numpy as np
from zouk import njit, prange


@njit
def total(values):
    result = 0.0
    for i in prange(len(values)):
        result += np.sqrt(values[i])
    return result


if __name__ == "__main__":
    values = np.arange(1_000_000.0)

    def call():
        library = ctypes.CDLL(sys.argv[1])
        arguments = (ctypes.c_uint64 * 4)(0, values.ctypes.data, len(values), 1)
        result = ctypes.c_double()
        assert library.total_entry(arguments, ctypes.byref(result)) == 0
        ctypes.CDLL(None).dlclose(ctypes.c_void_p(library._handle))
        return result.value

    assert np.isclose(call(), np.sqrt(values).sum())
    print("the same, twice" if call() == call() else "different")
