// The kernel of a stencil becomes a function of elements, applied to views of the array: one operation on whole arrays.
// RUN: %zouk-opt %s --zouk-expand-stencils | FileCheck %s --check-prefix=EXPANDED
// RUN: %zouk compile %s --from py --emit tensor | FileCheck %s --check-prefix=TENSOR
// RUN: %zouk compile %s --from py --emit loops | FileCheck %s --check-prefix=LOOPS

// EXPANDED: func.func @"laplace#elements"({{.*}}) -> !py.object attributes {{.*}}py.params = ["a[0, 1]", "a[0, -1]"], py.ufunc
// EXPANDED-NOT: py.getitem
// EXPANDED: func.func @laplace(%{{.*}}: !py.object, %{{.*}}: !py.object)
// EXPANDED: py.call {{.*}} keywords ["out"]
// EXPANDED: _stencil_fill

// TENSOR: %[[RESULT:.*]] = rt.alloc
// TENSOR: %[[RIGHT:.*]] = rt.view %arg0
// TENSOR: %[[LEFT:.*]] = rt.view %arg0
// TENSOR: %[[INSIDE:.*]] = rt.view %[[RESULT]]
// TENSOR-NOT: rt.check
// TENSOR: linalg.generic
// TENSOR-NOT: linalg.generic
// TENSOR: bufferization.materialize_in_destination {{.*}} in restrict writable %[[INSIDE]]

// One loop nest reads the views and writes the result; what follows are the four parts of the border.
// LOOPS: %[[RESULT:.*]] = rt.alloc
// LOOPS: %[[INSIDE:.*]] = rt.view %[[RESULT]]
// LOOPS-NOT: rt.check
// LOOPS: memref.load
// LOOPS-NEXT: memref.load
// LOOPS-NEXT: arith.addf
// LOOPS: memref.store {{.*}}, %[[INSIDE]]
// LOOPS-NOT: memref.load
func.func @laplace(%a: !py.object) -> !py.object attributes {py.params = ["a"], py.defaults = [], py.display = "laplace", py.stencil = "constant",
    py.instantiate = [["!py.array<f64, 2, C>", "!py.none"]]} {
  %zero = py.constant 0 : si64
  %one = py.constant 1 : si64
  %minus = py.constant -1 : si64
  %at = py.tuple(%zero, %one) : (si64, si64) -> !py.object
  %x = py.getitem %a[%at] : (!py.object, !py.object) -> !py.object
  %left = py.tuple(%zero, %minus) : (si64, si64) -> !py.object
  %y = py.getitem %a[%left] : (!py.object, !py.object) -> !py.object
  %sum = py.binary "add" %x, %y : (!py.object, !py.object) -> !py.object
  %two = py.constant 2 : si64
  %r = py.binary "truediv" %sum, %two : (!py.object, si64) -> !py.object
  py.return %r : !py.object
}
