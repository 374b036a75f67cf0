# With --locations, errors after a stage is entered again show the Python line, and tracebacks name it.
# RUN: rm -rf %t && mkdir -p %t
# RUN: %zouk compile %s --entry wrong --signature "(i8,)" --emit py --locations -o %t/wrong.mlir
# RUN: not %zouk compile %t/wrong.mlir --from py --emit typed 2>&1 | FileCheck %s --check-prefix=WRONG
# RUN: %zouk compile %s --entry at --signature "(f8[:], i8)" --emit llvm --dump %t/stages --locations -o %t/direct.mlir
# RUN: ls %t/stages | FileCheck %s --check-prefix=FILES
# RUN: %zouk compile %t/stages/03-typed.mlir --from typed --emit llvm --locations -o %t/resumed.mlir
# RUN: diff %t/direct.mlir %t/resumed.mlir
# RUN: FileCheck %s --check-prefix=SITE < %t/resumed.mlir
# RUN: %zouk compile %s --entry at --signature "(f8[:], i8)" --emit typed | FileCheck %s --check-prefix=PLAIN

from zouk import njit


@njit
def wrong(x):
    return x[0]


# WRONG: error: int64 is not subscriptable [not-subscriptable]
# WRONG-NEXT: locations.py:
# WRONG: return x[0]
# WRONG: ^^^^


@njit
def at(values, i):
    return values[i]


# FILES: 02-py.mlir
# FILES-NEXT: 03-typed.mlir
# FILES-NEXT: 04-tensor.mlir
# FILES-NEXT: 05-loops.mlir
# FILES-NEXT: 06-llvm.mlir

# SITE: locations.py
# PLAIN-NOT: loc(
