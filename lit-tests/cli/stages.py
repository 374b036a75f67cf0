# Every stage can be printed, and every MLIR stage can be entered again with the same result.
# RUN: %zouk stages | FileCheck %s --check-prefix=LIST
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit source | FileCheck %s --check-prefix=SOURCE
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit py | FileCheck %s --check-prefix=PY
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit typed | FileCheck %s --check-prefix=TYPED
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit loops | FileCheck %s --check-prefix=LOOPS
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit llvm | FileCheck %s --check-prefix=LLVM
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit llvm-ir | FileCheck %s --check-prefix=LLVMIR
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit asm | FileCheck %s --check-prefix=ASM

# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit typed -o %t.mlir
# RUN: %zouk-opt %t.mlir -o /dev/null
# RUN: %zouk compile %t.mlir --from typed --emit loops -o %t.resumed.mlir
# RUN: %zouk compile %s --entry total --signature "(f8[:])" --emit loops -o %t.direct.mlir
# RUN: diff %t.resumed.mlir %t.direct.mlir

# LIST: py
# LIST: typed
# LIST: tensor
# LIST: loops
# LIST: llvm

# SOURCE: def total(values):
# PY: func.func {{.*}}@total
# PY: py.for
# PY: py.binary "add"
# TYPED-NOT: !py.object
# TYPED: py.for
# TYPED: !py.array<f64, 1, A>
# LOOPS-NOT: {{= py[.]}}
# LOOPS: arith.addf
# LLVM: llvm.func @zouk.entry.0
# LLVMIR: define {{.*}}@zouk.entry.0
# ASM: zouk.entry.0

from zouk import njit


@njit
def total(values):
    total = 0.0
    for value in values:
        total += value
    return total
