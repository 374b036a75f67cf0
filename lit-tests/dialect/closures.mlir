// Functions as values print what they parse.
// RUN: %zouk-opt %s | %zouk-opt | FileCheck %s
// RUN: %zouk-opt %s --mlir-print-op-generic | %zouk-opt | FileCheck %s

// CHECK-LABEL: func.func @functions
// CHECK-SAME: !py.closure<"g">, %{{.*}}: !py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>, %{{.*}}: !py.function<f64, si64, i1>
func.func @functions(%a: !py.closure<"g">, %b: !py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>, %c: !py.function<f64, si64, i1>, %x: f64, %n: si64) {
  // CHECK: py.closure "g.<locals>.<lambda>"(%{{.*}}, %{{.*}}) : (f64, si64) -> !py.closure<"g.<locals>.<lambda>", f64, si64>
  %0 = py.closure "g.<locals>.<lambda>"(%x, %n) : (f64, si64) -> !py.closure<"g.<locals>.<lambda>", f64, si64>
  // CHECK: py.captured 1 of %{{.*}} : (!py.closure<"g.<locals>.<lambda>", f64, si64>) -> si64
  %1 = py.captured 1 of %0 : (!py.closure<"g.<locals>.<lambda>", f64, si64>) -> si64
  // CHECK: py.is_function "@f" %{{.*}} : !py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>
  %2 = py.is_function "@f" %b : !py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>
  // CHECK: py.as_function "@f" %{{.*}} -> !py.ref<"@f">
  %3 = py.as_function "@f" %b : (!py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>) -> !py.ref<"@f">
  // CHECK: py.other_function "@f" %{{.*}} -> !py.closure<"g.<locals>.<lambda>", f64, si64>
  %4 = py.other_function "@f" %b : (!py.one_of<!py.ref<"@f">, !py.closure<"g.<locals>.<lambda>", f64, si64>>) -> !py.closure<"g.<locals>.<lambda>", f64, si64>
  return
}

// CHECK-LABEL: func.func @iterators
// CHECK-SAME: !py.map<!py.ref<"@f">, !py.range<si64>>, %{{.*}}: !py.filter<!py.none, !py.array<f64, 1, C>>
func.func @iterators(%a: !py.map<!py.ref<"@f">, !py.range<si64>>, %b: !py.filter<!py.none, !py.array<f64, 1, C>>) {
  // CHECK: py.part 1 of %{{.*}} : (!py.map<!py.ref<"@f">, !py.range<si64>>) -> !py.range<si64>
  %0 = py.part 1 of %a : (!py.map<!py.ref<"@f">, !py.range<si64>>) -> !py.range<si64>
  return
}
