# The library is read from the folder that ZOUK_LIBRARY names; inference brings its functions into the module, in zouk and zouk-opt.
# RUN: split-file %s %t
# RUN: env ZOUK_LIBRARY=%t/library %zouk compile %t/program.py --entry f --signature "(f8[:, :],)" --emit typed | FileCheck %s --check-prefix=TYPED
# RUN: env ZOUK_LIBRARY=%t/library %zouk compile %t/program.py --entry f --signature "(f8[:, :],)" --emit tensor | FileCheck %s --check-prefix=TENSOR
# RUN: env ZOUK_LIBRARY=%t/library %zouk compile %t/program.py --entry f --signature "(f8[:, :],)" --emit llvm | FileCheck %s --check-prefix=LLVM
# RUN: %zouk compile %t/program.py --entry f --signature "(f8[:, :],)" --emit py > %t/program.mlir
# RUN: env ZOUK_LIBRARY=%t/library %zouk-opt %t/program.mlir --emit typed | FileCheck %s --check-prefix=TYPED
# RUN: not env ZOUK_LIBRARY=%t/library %zouk compile %t/program.py --entry g --signature "(f8[:, :],)" --emit typed 2>&1 | FileCheck %s --check-prefix=REFUSED
# RUN: not env ZOUK_LIBRARY=%t/none %zouk compile %t/program.py --entry f --signature "(f8[:, :],)" --emit typed 2>&1 | FileCheck %s --check-prefix=NONE
# RUN: not %zouk compile %t/program.py --entry h --signature "(f8[:, :],)" --emit typed 2>&1 | FileCheck %s --check-prefix=PRIVATE

# A literal is part of the name of the instance; a loop over the tuple is gone, and so is the branch not taken.
# TYPED: call @"library/numpy.shuffled(array(float64, 2d, A), 1, \22fast\22)"
# TYPED: func.func private @"library/numpy.shuffled(array(float64, 2d, A), 1, \22fast\22)"
# TYPED-NOT: py.for
# TYPED-NOT: py.if
# TYPED: zouk.library.runtime_call
# TYPED: func.func private @"library/array.cube(array(float64, 2d, A))"

# A copy lives until the function of the runtime has returned.
# TENSOR: rt.call "zouk_gcd_i64"(%[[copy:.*]], %{{.*}}, %{{.*}}) : (memref<?x?xf64>, i64, f64) -> i64
# LLVM: %[[status:.*]] = llvm.call @zouk_gcd_i64(%{{.*}}, %{{.*}}, %{{.*}}) : (!llvm.ptr, i64, f64) -> i64
# LLVM-NEXT: llvm.extractvalue
# LLVM-NEXT: llvm.call @zouk_release
# LLVM: llvm.func @zouk_gcd_i64(!llvm.ptr, i64, f64) -> i64 attributes {passthrough = ["nounwind"]}

# REFUSED: error: there is no mode but the fast one [bad-library-call]
# REFUSED-NEXT: program.py:9:12
# NONE: error: numpy.shuffled() is not supported in compiled code [unsupported-function]
# PRIVATE: error: numpy._axis() is not supported in compiled code [unsupported-function]

#--- library/numpy/shuffles.py
def shuffled(a, axis: literal, mode: literal = "fast"):
    if mode != "fast":
        compiler.type_error("there is no mode but the fast one")
    length = 0
    for i, n in enumerate(a.shape):
        if i == axis:
            length = n
    copy = a.copy()
    return compiler.runtime_call("zouk_gcd_i64", copy, length, 0.5)

#--- library/array.py
@property
def cube(a):
    return a.size ** 3

#--- program.py
import numpy as np


def f(a):
    return np.shuffled(a, 1) + a.cube


def g(a):
    return np.shuffled(a, axis=a.ndim - 1, mode="slow")


def h(a):
    return np._axis(1, 2)
