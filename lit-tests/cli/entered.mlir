// A file of IR that is not at the stage it is said to be at is an ordinary error.
// RUN: split-file %s %t
// RUN: not %zouk compile %t/untyped.mlir --from typed --emit tensor 2>&1 | FileCheck %s --check-prefix=UNTYPED
// RUN: not %zouk compile %t/untyped_argument.mlir --from typed --emit tensor 2>&1 | FileCheck %s --check-prefix=ARGUMENT
// RUN: not %zouk compile %t/tuple.mlir --from typed --emit llvm 2>&1 | FileCheck %s --check-prefix=TUPLE
// RUN: not %zouk compile %t/untyped.mlir --from llvm --emit llvm-ir 2>&1 | FileCheck %s --check-prefix=DIALECT
// RUN: not %zouk compile %t/no_body.mlir --from py --emit typed 2>&1 | FileCheck %s --check-prefix=BODY
// RUN: not %zouk compile %t/external.mlir --from llvm --emit llvm-ir 2>&1 | FileCheck %s --check-prefix=EXTERNAL
// RUN: not %zouk compile %t/element.mlir --from llvm --emit object 2>&1 | FileCheck %s --check-prefix=ELEMENT
// RUN: %zouk compile %t/maths.mlir --from llvm --emit llvm-ir | FileCheck %s --check-prefix=MATHS
// RUN: %zouk compile - --from llvm --emit llvm-ir < %t/maths.mlir | FileCheck %s --check-prefix=MATHS
// RUN: not %zouk compile %t/bad.mlir --from loops --emit llvm 2>&1 | FileCheck %s --check-prefix=BAD
// RUN: not %zouk compile %t/no_such_file.mlir --from loops --emit llvm 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not %zouk-opt %t/untyped.mlir --from typed --emit tensor 2>&1 | FileCheck %s --check-prefix=OPT
// RUN: not %zouk-opt %t/called.mlir --zouk-infer-types 2>&1 | FileCheck %s --check-prefix=CALLED

// UNTYPED: error: a value of `py.cast` may not have the type !py.object at stage `typed`, where the IR is said to be [bad-ir]
// UNTYPED-NEXT: untyped.mlir:3:8
// UNTYPED: %1 = py.cast %0 : si64 to !py.object
// ARGUMENT: error: a value of `func.func` may not have the type {{.*}}!py.object{{.*}} at stage `typed`, where the IR is said to be [bad-ir]
// TUPLE: error: a value of `py.tuple` may not have the type tuple<!py.object> at stage `typed`, where the IR is said to be [bad-ir]
// DIALECT: error: `func.func` may not be at stage `llvm`, where the IR is said to be [bad-ir]
// BODY: error: the function `f` may not be without a body at stage `py`, where the IR is said to be [bad-ir]
// EXTERNAL: error: the function `system`, which neither the runtime nor libm has, may not be without a body at stage `llvm`
// ELEMENT: error: `llvm.getelementptr` may not be over elements of type tuple<i64, f64> at stage `llvm`
// MATHS: declare double @sin(double)
// BAD: error: the IR does not parse: use of undeclared SSA value name [bad-ir]
// BAD-NEXT: bad.mlir:2:10
// BAD: return %x : i64
// BAD: ^
// FILE: error: the IR does not parse: cannot read {{.*}}no_such_file.mlir: No such file
// OPT: error: a value of `py.cast` may not have the type !py.object at stage `typed`
// CALLED: error: the function @f has no body

//--- untyped.mlir
func.func @f() {
  %0 = py.constant 1 : si64
  %1 = py.cast %0 : si64 to !py.object
  return
}

//--- untyped_argument.mlir
func.func @f(%x: !py.object) {
  return
}

//--- tuple.mlir
func.func @f() {
  %0 = py.constant 1 : si64
  %1 = py.tuple(%0) : (si64) -> tuple<!py.object>
  return
}

//--- no_body.mlir
func.func private @f(!py.object) -> !py.object

//--- called.mlir
func.func private @f(!py.object) -> !py.object attributes {py.params = ["x"], py.defaults = [], py.display = "f", py.instantiate = [["si64"]]}

//--- external.mlir
llvm.func @system(!llvm.ptr) -> i32

//--- element.mlir
llvm.func @f(%p: !llvm.ptr) -> !llvm.ptr {
  %0 = llvm.getelementptr %p[3] : (!llvm.ptr) -> !llvm.ptr, tuple<i64, f64>
  llvm.return %0 : !llvm.ptr
}

//--- maths.mlir
llvm.func @zouk_release(!llvm.ptr)
llvm.func @Sleef_sind4_u10avx2(vector<4xf64>) -> vector<4xf64>
llvm.func @sin(f64) -> f64
llvm.func @cosf(f32) -> f32

//--- bad.mlir
func.func @f() -> i64 {
  return %x : i64
}
