# An inner function is a function of its own, whose captured variables are parameters; the closure holds their values.
# RUN: %zouk compile %s --entry total --signature "(f8[:], f8)" --emit py | FileCheck %s --check-prefix=PY
# RUN: %zouk compile %s --entry total --signature "(f8[:], f8)" --emit typed | FileCheck %s --check-prefix=TYPED
# RUN: %zouk compile %s --entry total --signature "(f8[:], f8)" --emit loops | FileCheck %s --check-prefix=LOOPS
# RUN: %zouk compile %s --entry total --signature "(f8[:], f8)" --emit typed -o %t.mlir
# RUN: %zouk-opt %t.mlir -o /dev/null
# RUN: %zouk compile %t.mlir --from typed --emit loops -o %t.resumed.mlir
# RUN: %zouk compile %s --entry total --signature "(f8[:], f8)" --emit loops -o %t.direct.mlir
# RUN: diff %t.resumed.mlir %t.direct.mlir

# PY: func.func @total
# PY: py.for
# PY: py.closure "total.<locals>.scaled"(%{{.*}}, %{{.*}}) : (!py.object, !py.object) -> !py.object
# PY: func.func @"total.<locals>.scaled"(%{{.*}}: !py.object, %{{.*}}: !py.object, %{{.*}}: !py.object)
# PY-SAME: py.captured_defaults = 1
# PY-SAME: py.captures = 1
# PY-SAME: py.params = ["k", "v", "power"]
# PY: func.func @"total.<locals>.<lambda>"

# TYPED-NOT: !py.object
# TYPED: func.func @"total(array(float64, 1d, A), float64)"
# TYPED: func.call @"total.<locals>.scaled(float64, float64, int64)"
# TYPED: py.closure "total.<locals>.<lambda>"(%{{.*}}) : (f64) -> !py.closure<"total.<locals>.<lambda>", f64>
# TYPED: call @"apply(function total.<locals>.<lambda> with (float64), float64)"
# TYPED: func.func private @"total.<locals>.scaled(float64, float64, int64)"
# TYPED: func.func private @"apply(function total.<locals>.<lambda> with (float64), float64)"
# TYPED: py.captured 0 of %{{.*}} : (!py.closure<"total.<locals>.<lambda>", f64>) -> f64

# Nothing is left of them but what they compute.
# LOOPS: scf.for
# LOOPS-NOT: call

from zouk import njit


@njit
def apply(f, x):
    return f(x)


@njit
def total(values, k):
    power = 2

    def scaled(v, power=power):
        return v * k + power

    total = 0.0
    for value in values:
        total += scaled(value)
        k += 1.0
    return apply(lambda v: v - k, total)
