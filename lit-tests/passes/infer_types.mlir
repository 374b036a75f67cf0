// Inference on IR given by hand: one function for two lists of argument types.
// RUN: %zouk-opt %s --zouk-infer-types | FileCheck %s

// CHECK-LABEL: func.func @"add(int64, float64)"
// CHECK: py.binary "add" {{.*}} : (si64, f64) -> f64
// CHECK-LABEL: func.func @"add(int64, int64)"
// CHECK: py.binary "add" {{.*}} : (si64, si64) -> si64
// CHECK-NOT: !py.object
func.func @add(%a: !py.object, %b: !py.object) -> !py.object attributes {
    py.params = ["a", "b"], py.defaults = [], py.display = "add", py.instantiate = [["si64", "f64"], ["si64", "si64"]]} {
  %0 = py.binary "add" %a, %b : (!py.object, !py.object) -> !py.object
  py.return %0 : !py.object
}
