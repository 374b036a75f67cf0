// Folders, canonicalisation patterns, and what the traits allow upstream's passes to do.
// RUN: %zouk-opt %s --canonicalize --cse | %expect

// A constant that nobody uses goes; equal ones become one.
func.func @constants() -> tuple<si64, si64> {
  %unused = py.constant 1 : si64
  %a = py.constant 2 : si64
  %b = py.constant 2 : si64
  %pair = py.tuple(%a, %b) : (si64, si64) -> tuple<si64, si64>
  return %pair : tuple<si64, si64>
}

// A cast to the same type is nothing.
func.func @cast(%a: si64) -> si64 {
  %0 = py.cast %a : si64 to si64
  return %0 : si64
}

// The truth of a bool is the bool.
func.func @truth(%a: i1, %b: si64) -> (i1, i1) {
  %0 = py.truth %a : i1
  %1 = py.truth %b : si64
  return %0, %1 : i1, i1
}

// a, b = a, b
func.func @unpack(%a: si64, %b: f64) -> (si64, f64) {
  %pair = py.tuple(%b, %a) : (f64, si64) -> tuple<f64, si64>
  %0, %1 = py.unpack %pair : (tuple<f64, si64>) -> (f64, si64)
  return %1, %0 : si64, f64
}

// Of another length it raises at run time: it stays.
func.func @unpack_of_another_length(%a: si64) {
  %one = py.tuple(%a) : (si64) -> tuple<si64>
  %0, %1 = py.unpack %one : (tuple<si64>) -> (si64, si64)
  return
}

// An operator may raise: it stays though nobody uses it.
func.func @operators_stay(%a: si64, %b: si64) {
  %0 = py.binary "floordiv" %a, %b : (si64, si64) -> si64
  return
}

// Of arrays and indices only what cannot raise goes.
func.func @allocations(%n: index, %i: index) {
  %may_be_too_large = rt.alloc(%n) : memref<?xf64>
  %fixed = rt.alloc() : memref<8xf64>
  %checked = rt.index %i of %n wraps checked "0"
  %unchecked = rt.index %i of %n wraps "0"
  return
}

// Sizes that are constants are not asked of the array; one that is only written is not made.
func.func @fixed_sizes(%n: index, %x: f64) -> (index, index, memref<?x?xf64>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c3 = arith.constant 3 : index
  %a = rt.alloc(%c3, %n) : memref<?x?xf64>
  %rows = memref.dim %a, %c0 : memref<?x?xf64>
  %columns = memref.dim %a, %c1 : memref<?x?xf64>
  %written = rt.alloc(%c3) : memref<?xf64>
  memref.store %x, %written[%c0] : memref<?xf64>
  return %rows, %columns, %a : index, index, memref<?x?xf64>
}

// Two references to one function are one.
func.func @references() -> (!py.ref<"math.sin">, !py.ref<"math.sin">) {
  %0 = py.ref : !py.ref<"math.sin">
  %1 = py.ref : !py.ref<"math.sin">
  return %0, %1 : !py.ref<"math.sin">, !py.ref<"math.sin">
}

// OUT: module {
// OUT:   func.func @constants() -> tuple<si64, si64> {
// OUT:     %0 = py.constant 2 : si64
// OUT:     %1 = py.tuple(%0, %0) : (si64, si64) -> tuple<si64, si64>
// OUT:     return %1 : tuple<si64, si64>
// OUT:   }
// OUT:   func.func @cast(%arg0: si64) -> si64 {
// OUT:     return %arg0 : si64
// OUT:   }
// OUT:   func.func @truth(%arg0: i1, %arg1: si64) -> (i1, i1) {
// OUT:     %0 = py.truth %arg1 : si64
// OUT:     return %arg0, %0 : i1, i1
// OUT:   }
// OUT:   func.func @unpack(%arg0: si64, %arg1: f64) -> (si64, f64) {
// OUT:     return %arg0, %arg1 : si64, f64
// OUT:   }
// OUT:   func.func @unpack_of_another_length(%arg0: si64) {
// OUT:     %0 = py.tuple(%arg0) : (si64) -> tuple<si64>
// OUT:     %1:2 = py.unpack %0 : (tuple<si64>) -> (si64, si64)
// OUT:     return
// OUT:   }
// OUT:   func.func @operators_stay(%arg0: si64, %arg1: si64) {
// OUT:     %0 = py.binary "floordiv" %arg0, %arg1 : (si64, si64) -> si64
// OUT:     return
// OUT:   }
// OUT:   func.func @allocations(%arg0: index, %arg1: index) {
// OUT:     %0 = rt.alloc(%arg0) : memref<?xf64>
// OUT:     %1 = rt.index %arg1 of %arg0 wraps checked "0"
// OUT:     return
// OUT:   }
// OUT:   func.func @fixed_sizes(%arg0: index, %arg1: f64) -> (index, index, memref<?x?xf64>) {
// OUT:     %c1 = arith.constant 1 : index
// OUT:     %c3 = arith.constant 3 : index
// OUT:     %0 = rt.alloc(%c3, %arg0) : memref<?x?xf64>
// OUT:     %dim = memref.dim %0, %c1 : memref<?x?xf64>
// OUT:     return %c3, %dim, %0 : index, index, memref<?x?xf64>
// OUT:   }
// OUT:   func.func @references() -> (!py.ref<"math.sin">, !py.ref<"math.sin">) {
// OUT:     %0 = py.ref : <"math.sin">
// OUT:     return %0, %0 : !py.ref<"math.sin">, !py.ref<"math.sin">
// OUT:   }
// OUT: }
