// Parallel loops: what each carried value is, which loops are independent, what becomes of them; what is refused.
// RUN: %zouk-opt %s -split-input-file -verify-diagnostics --zouk-recognise-reductions --zouk-analyse-dependences | FileCheck %s

// Sums, extremes and the place of an extreme.
// CHECK-LABEL: func.func @carried
// CHECK: zouk.carried = ["arith.addf", "choose arith.cmpf 2", "with 1"]
// CHECK-SAME: zouk.independent
func.func @carried(%a: memref<?xf64>, %n: index) -> (f64, f64, index) {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %s:3 = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero, %most = %zero, %at = %c0) -> (f64, f64, index) {
    %x = memref.load %a[%i] : memref<?xf64>
    %next = arith.addf %sum, %x : f64
    %more = arith.cmpf ogt, %x, %most : f64
    %greatest = arith.select %more, %x, %most : f64
    %place = arith.select %more, %i, %at : index
    scf.yield %next, %greatest, %place : f64, f64, index
  } {zouk.parallel = "prange"}
  return %s#0, %s#1, %s#2 : f64, f64, index
}

// -----

// What a loop keeps for its next iteration is refused.
func.func @handed_on(%a: memref<?xf64>, %n: index) -> f64 {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{this loop cannot run in parallel: a value is handed from one iteration to the next}}
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%last = %zero) -> f64 {
    %x = memref.load %a[%i] : memref<?xf64>
    %half = arith.mulf %last, %x : f64
    %next = arith.addf %half, %x : f64
    scf.yield %next : f64
  } {zouk.parallel = "prange"}
  return %s : f64
}

// -----

// An element of the iteration before.
func.func @neighbours(%a: memref<?xf64>, %n: index) {
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{an element of the same array in iterations next to each other, at a distance of 1 iteration}}
  scf.for %i = %c1 to %n step %c1 {
    %before = arith.subi %i, %c1 : index
    %x = memref.load %a[%before] : memref<?xf64>
    memref.store %x, %a[%i] : memref<?xf64>
  } {zouk.parallel = "prange"}
  return
}

// -----

// Every other element, of which the ones between are read.
// CHECK-LABEL: func.func @between
// CHECK: zouk.independent
func.func @between(%a: memref<?xf64>, %n: index) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  scf.for %i = %c1 to %n step %c2 {
    %before = arith.subi %i, %c1 : index
    %x = memref.load %a[%before] : memref<?xf64>
    memref.store %x, %a[%i] : memref<?xf64>
  } {zouk.parallel = "prange"}
  return
}

// -----

// A subscript that may wrap around: tested, in a loop beside the one as written.
// CHECK-LABEL: func.func @wraps
// CHECK: %[[FITS:.*]] = arith.cmpf olt
// CHECK: scf.if %[[FITS]]
// CHECK: zouk.independent
// CHECK: } else {
// CHECK-NOT: zouk.independent
// CHECK: return
func.func @wraps(%a: memref<?xf64>, %n: index, %k: index, %x: f64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %positive = arith.cmpi sgt, %k, %c0 : index
  scf.if %positive {
    scf.for %i = %c0 to %n step %c1 {
      %at = arith.muli %i, %k : index
      memref.store %x, %a[%at] : memref<?xf64>
    } {zouk.parallel = "prange"}
  }
  return
}

// -----

// An array that iterations only add to: each chunk has one of its own.
// CHECK-LABEL: func.func @counts
// CHECK: zouk.arrays = array<i64: 0>
// CHECK-SAME: zouk.independent
func.func @counts(%n: index, %k: index) -> memref<?xi64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i64
  %counts = rt.alloc(%k) {zeroed} : memref<?xi64>
  scf.for %i = %c0 to %n step %c1 {
    %old = memref.load %counts[%c0] : memref<?xi64>
    %new = arith.addi %old, %one : i64
    memref.store %new, %counts[%c0] : memref<?xi64>
  } {zouk.parallel = "prange"}
  return %counts : memref<?xi64>
}
