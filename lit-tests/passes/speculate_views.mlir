// Checks that depend on data leave loops over views too: the stored one is of a block made here, the loaded one of an argument.
// RUN: %zouk-opt %s --zouk-speculate-checks | FileCheck %s

// CHECK-LABEL: func.func @views
// CHECK: scf.for
// CHECK: %[[PASS:.*]] = scf.for {{.*}} -> (i1)
// CHECK-NOT: memref.store
// CHECK: scf.if %[[PASS]]
// CHECK-NOT: rt.check
// CHECK: memref.store
// CHECK: else
// CHECK: rt.check
func.func @views(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %one = arith.constant 1.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%n) : memref<?xf64>
  %from = rt.view %a[%c1, %n, %c1] : memref<?xf64> to memref<?xf64, strided<[?]>>
  %to = rt.view %b[%c0, %n, %c1] : memref<?xf64> to memref<?xf64, strided<[?]>>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %from[%i] : memref<?xf64, strided<[?]>>
    %ok = arith.cmpf une, %x, %zero : f64
    rt.check %ok, "ZeroDivisionError" "float division by zero"
    %y = arith.divf %one, %x : f64
    memref.store %y, %to[%i] : memref<?xf64, strided<[?]>>
  }
  return %b : memref<?xf64>
}

// Of one array nothing is known.
// CHECK-LABEL: func.func @same
// CHECK-NOT: scf.if
// CHECK: rt.check
// CHECK-NOT: scf.if
func.func @same(%n: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %one = arith.constant 1.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %b = rt.alloc(%n) : memref<?xf64>
  %from = rt.view %b[%c1, %n, %c1] : memref<?xf64> to memref<?xf64, strided<[?]>>
  %to = rt.view %b[%c0, %n, %c1] : memref<?xf64> to memref<?xf64, strided<[?]>>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %from[%i] : memref<?xf64, strided<[?]>>
    %ok = arith.cmpf une, %x, %zero : f64
    rt.check %ok, "ZeroDivisionError" "float division by zero"
    %y = arith.divf %one, %x : f64
    memref.store %y, %to[%i] : memref<?xf64, strided<[?]>>
  }
  return %b : memref<?xf64>
}
