// Lists, collectors and tuples with names print what they parse.
// RUN: %zouk-opt %s | %zouk-opt | FileCheck %s

// CHECK-LABEL: func.func @types
// CHECK-SAME: !py.list<>, %{{.*}}: !py.list<f64, tuple<si64, !py.list<i1>>>, %{{.*}}: !py.collector<!py.none>, %{{.*}}: !py.collector<!py.array<f64, 1, C>>
func.func @types(%a: !py.list<>, %b: !py.list<f64, tuple<si64, !py.list<i1>>>, %c: !py.collector<!py.none>, %d: !py.collector<!py.array<f64, 1, C>>) {
  return
}

// CHECK-LABEL: func.func @lists
func.func @lists(%a: !py.object, %i: si64, %c: !py.collector<!py.none>) -> !py.object {
  // CHECK: py.list() : () -> !py.list<>
  %empty = py.list() : () -> !py.list<>
  // CHECK: py.list(%{{.*}}, %{{.*}}) : (!py.object, si64) -> !py.list<!py.object, si64>
  %pair = py.list(%a, %i) : (!py.object, si64) -> !py.list<!py.object, si64>
  // CHECK: py.list(%{{.*}}) : (si64) -> !py.object
  %open = py.list(%i) : (si64) -> !py.object
  %ints = py.list(%i, %i) : (si64, si64) -> !py.list<si64, si64>
  // CHECK: py.cast %{{.*}} : !py.list<si64, si64> to tuple<si64, f64>
  %tuple = py.cast %ints : !py.list<si64, si64> to tuple<si64, f64>
  // CHECK: py.cast %{{.*}} : !py.collector<!py.none> to !py.collector<f64>
  %floats = py.cast %c : !py.collector<!py.none> to !py.collector<f64>
  py.return %open : !py.object
}

// CHECK-LABEL: func.func @named
// CHECK-SAME: !py.named<"numpy.linalg._linalg.QRResult Q R", f64, !py.array<f64, 2, C>>
func.func @named(%a: !py.named<"numpy.linalg._linalg.QRResult Q R", f64, !py.array<f64, 2, C>>) -> tuple<f64, !py.array<f64, 2, C>> {
  // CHECK: py.cast %{{.*}} : !py.named<"numpy.linalg._linalg.QRResult Q R", f64, !py.array<f64, 2, C>> to tuple<f64, !py.array<f64, 2, C>>
  %plain = py.cast %a : !py.named<"numpy.linalg._linalg.QRResult Q R", f64, !py.array<f64, 2, C>> to tuple<f64, !py.array<f64, 2, C>>
  py.return %plain : tuple<f64, !py.array<f64, 2, C>>
}
