// RUN: %zouk-opt --split-input-file --zouk-align-stores --canonicalize %s | FileCheck %s

// A stencil: a nest for short rows stays, long ones are in a function.
// CHECK-LABEL: func.func @stencil
// CHECK: arith.cmpi sge, %{{.*}}, %c769
// CHECK: scf.if
// CHECK:   call @zouk.rows.0
// CHECK: } else {
// CHECK-COUNT-2: scf.for
// CHECK-NOT: scf.for
// CHECK: func.func private @zouk.rows.0
// CHECK: scf.for %[[I:.*]] =
// CHECK:   %[[AT:.*]] = memref.extract_aligned_pointer_as_index
// CHECK:   arith.shrui
// CHECK:   %[[BORDER:.*]] = arith.addi
// CHECK:   scf.for %{{.*}} = %c1{{.*}} to %[[BORDER]]
// CHECK:   } {llvm.loop_annotation = #[[PLAIN:.*]]}
// CHECK:   scf.for %{{.*}} = %[[BORDER]] to
module attributes {zouk.machine = [512]} {
  func.func @stencil(%u: memref<?x?xf64>, %v: memref<?x?xf64>, %m: index, %n: index) {
    %one = arith.constant 1 : index
    scf.for %i = %one to %m step %one {
      %up = arith.subi %i, %one : index
      %down = arith.addi %i, %one : index
      scf.for %j = %one to %n step %one {
        %a = memref.load %u[%up, %j] : memref<?x?xf64>
        %b = memref.load %u[%down, %j] : memref<?x?xf64>
        %c = memref.load %u[%i, %j] : memref<?x?xf64>
        %d = arith.addf %a, %b : f64
        %e = arith.addf %c, %d : f64
        memref.store %e, %v[%i, %j] : memref<?x?xf64>
      }
    }
    return
  }
}

// -----

// Each value is made of the last one: LLVM makes no vectors of it. What is ahead may be read.
// CHECK-LABEL: func.func @carried
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @ahead
// CHECK-COUNT-2: scf.for
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @divides
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @ours
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @bytes
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
// CHECK-LABEL: func.func @small
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
module attributes {zouk.machine = [512]} {
  func.func @carried(%v: memref<?xf64>, %n: index) {
    %one = arith.constant 1 : index
    scf.for %i = %one to %n step %one {
      %before = arith.subi %i, %one : index
      %a = memref.load %v[%before] : memref<?xf64>
      memref.store %a, %v[%i] : memref<?xf64>
    }
    return
  }
  func.func @ahead(%v: memref<?xf64>, %n: index) {
    %one = arith.constant 1 : index
    scf.for %i = %one to %n step %one {
      %after = arith.addi %i, %one : index
      %a = memref.load %v[%after] : memref<?xf64>
      memref.store %a, %v[%i] : memref<?xf64>
    }
    return
  }
  func.func @divides(%u: memref<?xf64>, %v: memref<?xf64>, %n: index) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %x = arith.constant 3.0 : f64
    scf.for %i = %zero to %n step %one {
      %a = memref.load %u[%i] : memref<?xf64>
      %b = arith.divf %a, %x : f64
      memref.store %b, %v[%i] : memref<?xf64>
    }
    return
  }
  func.func @ours(%u: memref<?xf64>, %n: index) -> memref<?xf64> {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %v = rt.alloc(%n) : memref<?xf64>
    scf.for %i = %zero to %n step %one {
      %a = memref.load %u[%i] : memref<?xf64>
      memref.store %a, %v[%i] : memref<?xf64>
    }
    return %v : memref<?xf64>
  }
  func.func @bytes(%u: memref<?xi8>, %v: memref<?xi8>, %n: index) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    scf.for %i = %zero to %n step %one {
      %a = memref.load %u[%i] : memref<?xi8>
      memref.store %a, %v[%i] : memref<?xi8>
    }
    return
  }
  func.func @small(%u: memref<?xf64>, %v: memref<?xf64>) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    %n = arith.constant 100 : index
    scf.for %i = %zero to %n step %one {
      %a = memref.load %u[%i] : memref<?xf64>
      memref.store %a, %v[%i] : memref<?xf64>
    }
    return
  }
}

// -----

// Vectors of 128 bits seldom cross a border.
// CHECK-LABEL: func.func @narrow
// CHECK-COUNT-1: scf.for
// CHECK-NOT: scf.for
module attributes {zouk.machine = [128]} {
  func.func @narrow(%u: memref<?xf64>, %v: memref<?xf64>, %n: index) {
    %zero = arith.constant 0 : index
    %one = arith.constant 1 : index
    scf.for %i = %zero to %n step %one {
      %a = memref.load %u[%i] : memref<?xf64>
      memref.store %a, %v[%i] : memref<?xf64>
    }
    return
  }
}
