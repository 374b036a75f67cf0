// Inference on IR given by hand: instances, entry points, and what cannot be typed.
// RUN: %zouk-opt %s --split-input-file --zouk-infer-types --verify-diagnostics | FileCheck %s

// One function for two lists of argument types.
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

// -----

func.func @no_sum(%a: !py.object) -> !py.object attributes {
    py.params = ["a"], py.defaults = [], py.display = "no_sum", py.instantiate = [["si64"]]} {
  %none = py.constant unit : !py.none
  // expected-error @below {{unsupported operand types for +: int64 and none}}
  %0 = py.binary "add" %a, %none : (!py.object, !py.none) -> !py.object
  py.return %0 : !py.object
}
