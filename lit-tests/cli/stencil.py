# A stencil in a file: its decorator is read, nothing runs.
# RUN: %zouk compile %s --entry smooth --signature "(f8[:])" --emit tensor | FileCheck %s --check-prefix=SMOOTH
# RUN: %zouk compile %s --entry use --signature "(f8[::1])" --emit typed | FileCheck %s --check-prefix=USE
# RUN: not %zouk compile %s --entry unknown --signature "(f8[:])" --emit tensor 2>&1 | FileCheck %s --check-prefix=UNKNOWN
from zouk import njit, stencil

EDGE = 1.5


# SMOOTH: linalg.generic
# SMOOTH: arith.mulf
# SMOOTH: memref.store %cst
@stencil("constant", cval=EDGE, neighborhood=((-1, 1),))
def smooth(a):
    return 0.5 * (a[-1] + a[1])


@stencil("wrap", standard_indexing="w")
def weighted(a, w):
    return a[0] * w[0] + a[1] * w[-1]


# USE: call @"smooth(
# USE: call @"weighted(
# USE: weighted#border
@njit
def use(a):
    return smooth(a) + weighted(a, a)


# UNKNOWN: error: the argument `cval` of @stencil is known only when the file runs [bad-stencil]
# UNKNOWN: def unknown
@stencil(cval=len("x"))
def unknown(a):
    return a[0]
