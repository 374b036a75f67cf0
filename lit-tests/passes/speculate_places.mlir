// Checks of places in a loop that counts there: a piece of the loop computes its places and whether all are inside first.
// RUN: %zouk-opt %s --zouk-speculate-checks | FileCheck %s

// CHECK-LABEL: func.func @histogram
// CHECK: %[[ROOM:.*]] = memref.alloca() : memref<512xindex>
// CHECK: scf.for
// CHECK: %[[PASS:.*]] = scf.for {{.*}} -> (i1)
// CHECK-NOT: rt.index
// CHECK: arith.fptosi
// CHECK: memref.store {{.*}}, %[[ROOM]]
// CHECK: scf.if %[[PASS]]
// CHECK-NOT: rt.
// CHECK: %[[PLACE:.*]] = memref.load %[[ROOM]]
// CHECK-NEXT: memref.load %{{.*}}[%[[PLACE]]]
// CHECK-NOT: rt.
// CHECK: else
// CHECK: rt.check
// CHECK: rt.index
func.func @histogram(%values: memref<?xf64>, %n: index, %bins: index) -> memref<?xi64> {
  %most = arith.constant 9.0e18 : f64
  %zero = arith.constant 0.0 : f64
  %false = arith.constant false
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i64
  %counts = rt.alloc(%bins) zeroed : memref<?xi64>
  scf.for %i = %c0 to %n step %c1 {
    %x = memref.load %values[%i] : memref<?xf64>
    %size = math.absf %x : f64
    %fits = arith.cmpf olt, %size, %most : f64
    scf.if %fits {
    } else {
      rt.check %false, "OverflowError" "float too large to convert to int64"
    }
    %safe = arith.select %fits, %x, %zero : f64
    %whole = arith.fptosi %safe : f64 to i64
    %position = arith.index_cast %whole : i64 to index
    %place = rt.index %position of %bins wraps checked "0"
    %count = memref.load %counts[%place] : memref<?xi64>
    %more = arith.addi %count, %one : i64
    memref.store %more, %counts[%place] : memref<?xi64>
  }
  return %counts : memref<?xi64>
}

// Where an index is all that is checked, it is checked where it is used.
// CHECK-LABEL: func.func @count
// CHECK-NOT: memref.alloca
// CHECK: rt.index
func.func @count(%places: memref<?xindex>, %n: index, %bins: index) -> memref<?xi64> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %one = arith.constant 1 : i64
  %counts = rt.alloc(%bins) zeroed : memref<?xi64>
  scf.for %i = %c0 to %n step %c1 {
    %position = memref.load %places[%i] : memref<?xindex>
    %place = rt.index %position of %bins wraps checked "0"
    %count = memref.load %counts[%place] : memref<?xi64>
    %more = arith.addi %count, %one : i64
    memref.store %more, %counts[%place] : memref<?xi64>
  }
  return %counts : memref<?xi64>
}

// A load that only the check of an index before it may have shown to be inside stays behind it.
// CHECK-LABEL: func.func @behind
// CHECK-NOT: memref.alloca
// CHECK: rt.index
func.func @behind(%places: memref<?xindex>, %values: memref<?xf64>, %n: index, %m: index) -> memref<?xf64> {
  %zero = arith.constant 0.0 : f64
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %counts = rt.alloc(%m) zeroed : memref<?xf64>
  scf.for %i = %c0 to %n step %c1 {
    %position = memref.load %places[%i] : memref<?xindex>
    %place = rt.index %position of %m checked "0"
    %x = memref.load %values[%position] : memref<?xf64>
    %ok = arith.cmpf une, %x, %zero : f64
    rt.check %ok, "ZeroDivisionError" "float division by zero"
    %y = arith.divf %x, %x : f64
    memref.store %y, %counts[%place] : memref<?xf64>
  }
  return %counts : memref<?xf64>
}
