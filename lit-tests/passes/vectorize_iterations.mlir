// RUN: %zouk-opt --zouk-vectorize-iterations %s | FileCheck %s

// Which loops are vectorised over: with four float64 in a vector.
module attributes {zouk.machine = [256, 32768, 262144, 8388608]} {

// Neighbouring columns are loaded at once; the counter of the inner loop stays a scalar.
// CHECK-LABEL: func.func @columns
// CHECK: scf.for
// CHECK: scf.for {{.*}} -> (vector<4xf64>)
// CHECK: vector.load
// CHECK-NOT: memref.load
// CHECK: vector.store
// CHECK: else
func.func @columns(%a: memref<?x?xf64>, %m: index, %n: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%n) : memref<?xf64>
  scf.for %j = %c0 to %n step %c1 {
    %s = scf.for %i = %c0 to %m step %c1 iter_args(%sum = %zero) -> f64 {
      %x = memref.load %a[%i, %j] : memref<?x?xf64>
      %next = arith.addf %sum, %x : f64
      scf.yield %next : f64
    }
    memref.store %s, %b[%j] : memref<?xf64>
  }
  return %b : memref<?xf64>
}

// Rows lie apart: elements are loaded one by one.
// CHECK-LABEL: func.func @rows
// CHECK-COUNT-4: memref.load
// CHECK: vector.from_elements
// CHECK: vector.store
func.func @rows(%a: memref<?x?xf64>, %m: index, %n: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%m) : memref<?xf64>
  scf.for %i = %c0 to %m step %c1 {
    %s = scf.for %j = %c0 to %n step %c1 iter_args(%sum = %zero) -> f64 {
      %x = memref.load %a[%i, %j] : memref<?x?xf64>
      %next = arith.addf %sum, %x : f64
      scf.yield %next : f64
    }
    memref.store %s, %b[%i] : memref<?xf64>
  }
  return %b : memref<?xf64>
}

// Lanes leave the loop one by one, and each keeps what it left with.
// CHECK-LABEL: func.func @escapes
// CHECK: scf.while
// CHECK: %[[LEFT:.*]] = arith.select %{{.*}}, %{{.*}}, %{{.*}} : vector<4xi1>, vector<4xf64>
// CHECK: %[[STILL:.*]] = arith.select %{{.*}} : vector<4xi1>, vector<4xi1>
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %[[STILL]]
// CHECK: scf.condition(%[[ANY]])
func.func @escapes(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
  %limit = arith.constant 1.0e3 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%n) : memref<?xf64>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xf64>
    %y = scf.while (%z = %x) : (f64) -> f64 {
      %more = arith.cmpf olt, %z, %limit : f64
      scf.condition(%more) %z : f64
    } do {
    ^bb0(%z: f64):
      %next = arith.mulf %z, %z : f64
      scf.yield %next : f64
    }
    memref.store %y, %b[%i] : memref<?xf64>
  }
  return %b : memref<?xf64>
}

// The plain loop does again what a check fails in.
// CHECK-LABEL: func.func @checked
// CHECK: %[[FAILED:.*]] = memref.alloca() : memref<i64>
// CHECK: %[[DONE:.*]]:2 = scf.while
// CHECK: vector.reduction <or>
// CHECK: memref.store %{{.*}}, %[[FAILED]]
// CHECK: scf.if
// CHECK-NEXT: vector.store
// CHECK: arith.muli %[[DONE]]#0
// CHECK: rt.check
func.func @checked(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %one = arith.constant 1.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  %b = rt.alloc(%n) : memref<?xf64>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %a[%i] : memref<?xf64>
    %y = scf.for %k = %c0 to %c9 step %c1 iter_args(%z = %x) -> f64 {
      %ok = arith.cmpf une, %z, %zero : f64
      rt.check %ok, "ZeroDivisionError" "float division by zero"
      %next = arith.divf %one, %z : f64
      scf.yield %next : f64
    }
    memref.store %y, %b[%i] : memref<?xf64>
  }
  return %b : memref<?xf64>
}

// What an iteration writes the next one reads.
// CHECK-LABEL: func.func @dependent
// CHECK-NOT: vector<
// CHECK: return
func.func @dependent(%a: memref<?xf64>, %n: index) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c9 = arith.constant 9 : index
  scf.for %i = %c1 to %n step %c1 {
    %before = arith.subi %i, %c1 : index
    %x = memref.load %a[%before] : memref<?xf64>
    %y = scf.for %k = %c0 to %c9 step %c1 iter_args(%z = %x) -> f64 {
      %next = arith.mulf %z, %z : f64
      scf.yield %next : f64
    }
    memref.store %y, %a[%i] : memref<?xf64>
  }
  return
}

// LLVM vectorises the inner loop.
// CHECK-LABEL: func.func @inner
// CHECK-NOT: vector<
// CHECK: return
func.func @inner(%a: memref<?x?xf64>, %m: index, %n: index) -> memref<?x?xf64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%m, %n) : memref<?x?xf64>
  scf.for %i = %c0 to %m step %c1 {
    scf.for %j = %c0 to %n step %c1 {
      %x = memref.load %a[%i, %j] : memref<?x?xf64>
      %y = arith.addf %x, %x : f64
      memref.store %y, %b[%i, %j] : memref<?x?xf64>
    }
  }
  return %b : memref<?x?xf64>
}

// A check that an access relies on must stay before it.
// CHECK-LABEL: func.func @guarded
// CHECK-NOT: vector<
// CHECK: return
func.func @guarded(%a: memref<?xf64>, %n: index, %m: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%n) : memref<?xf64>
  scf.for %i = %c0 to %n step %c1 {
    %ok = arith.cmpi slt, %i, %m : index
    rt.check %ok, "ValueError" ""
    %y = scf.for %k = %c0 to %n step %c1 iter_args(%sum = %zero) -> f64 {
      %x = memref.load %a[%i] : memref<?xf64>
      %next = arith.addf %sum, %x : f64
      scf.yield %next : f64
    }
    memref.store %y, %b[%i] : memref<?xf64>
  }
  return %b : memref<?xf64>
}
}
