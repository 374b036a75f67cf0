// RUN: %zouk-opt --split-input-file --zouk-align-strides --canonicalize --cse %s | FileCheck %s

// What `for i in range(cuda.grid(1), n, cuda.gridsize(1))` is lowered to: iterations are counted for the first thread of the block, and total goes around the branch.
// CHECK-LABEL: func.func @by_grid
// CHECK: %[[T:.*]] = gpu.thread_id x
// CHECK: %[[OWN:.*]] = arith.index_cast %[[T]]
// CHECK: scf.for %{{.*}} iter_args(%[[TOTAL:.*]] = %{{.*}}) -> (f32)
// CHECK:   %[[LEFT:.*]] = arith.subi
// CHECK:   %[[IN:.*]] = arith.cmpi slt, %[[OWN]], %[[LEFT]]
// CHECK:   scf.if %[[IN]] -> (f32)
// CHECK:     memref.load
// CHECK:   } else {
// CHECK:     scf.yield %[[TOTAL]]
// CHECK:   } {zouk.together}
// CHECK-NOT: scf.if
module attributes {zouk.simt = "cpu"} {
  func.func @by_grid(%a: memref<?xf32>, %sums: memref<?xf32>) attributes {zouk.entry = "k"} {
    %zero = arith.constant 0.0 : f32
    %most = arith.constant 9223372036854775807 : i64
    %c0_i64 = arith.constant 0 : i64
    %c1_i64 = arith.constant 1 : i64
    %c0 = arith.constant 0 : index
    %block = gpu.block_id x
    %threads = gpu.block_dim x
    %blocks = gpu.grid_dim x
    %t = gpu.thread_id x
    %before = arith.muli %block, %threads : index
    %place = arith.addi %before, %t : index
    %start = arith.index_cast %place : index to i64
    %n = memref.dim %a, %c0 : memref<?xf32>
    %stop = arith.index_cast %n : index to i64
    %all = arith.muli %blocks, %threads : index
    %step = arith.index_cast %all : index to i64
    %up = arith.cmpi sgt, %step, %c0_i64 : i64
    %low = arith.select %up, %start, %stop : i64
    %high = arith.select %up, %stop, %start : i64
    %distance = arith.subi %high, %low : i64
    %back = arith.subi %c0_i64, %step : i64
    %stride = arith.select %up, %step, %back : i64
    %last = arith.subi %distance, %c1_i64 : i64
    %rounds = arith.divui %last, %stride : i64
    %count = arith.addi %rounds, %c1_i64 : i64
    %some = arith.cmpi slt, %low, %high : i64
    %trips = arith.select %some, %count, %c0_i64 : i64
    %huge = arith.cmpi slt, %trips, %c0_i64 : i64
    %capped = arith.select %huge, %most, %trips : i64
    %sum = scf.for %k = %c0_i64 to %capped step %c1_i64 iter_args(%total = %zero) -> (f32) : i64 {
      %along = arith.muli %k, %step : i64
      %i = arith.addi %start, %along : i64
      %p = arith.index_cast %i : i64 to index
      %x = memref.load %a[%p] : memref<?xf32>
      %next = arith.addf %total, %x : f32
      scf.yield %next : f32
    }
    memref.store %sum, %sums[%place] : memref<?xf32>
    return
  }
}

// -----

// An end that may be near the largest number is looked at before the loop, and so is a step that need not be positive.
// CHECK-LABEL: func.func @asks
// CHECK: arith.cmpi sge, %[[STEP:.*]], %c1_i64
// CHECK: arith.cmpi sle, %[[STOP:.*]], %c4611686018427387904_i64
// CHECK: scf.if
// CHECK:   zouk.together
// CHECK: } else {
// CHECK:   scf.while
module attributes {zouk.simt = "cpu"} {
  func.func @asks(%a: memref<?xf32>, %n: i64, %step: i64, %x: f32) attributes {zouk.entry = "k"} {
    %t = gpu.thread_id x
    %start = arith.index_cast %t : index to i64
    scf.while (%i = %start) : (i64) -> i64 {
      %more = arith.cmpi slt, %i, %n : i64
      scf.condition(%more) %i : i64
    } do {
    ^bb0(%i: i64):
      %place = arith.index_cast %i : i64 to index
      memref.store %x, %a[%place] : memref<?xf32>
      %next = arith.addi %i, %step : i64
      scf.yield %next : i64
    }
    return
  }
}

// -----

// Not where the end is each thread's own, where threads wait for each other inside, where the counter is changed in another way, in a branch that depends on data, in steps of one.
// CHECK-LABEL: func.func @stay
// CHECK-NOT: zouk.together
module attributes {zouk.simt = "cpu"} {
  func.func @stay(%a: memref<?xi64>, %n: i32, %which: index) attributes {zouk.entry = "k"} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : i64
    %c100 = arith.constant 100 : i64
    %t = gpu.thread_id x
    %start = arith.index_cast %t : index to i64
    %stop = arith.extsi %n : i32 to i64
    %own = memref.load %a[%t] : memref<?xi64>
    scf.while (%i = %start) : (i64) -> i64 {
      %more = arith.cmpi slt, %i, %own : i64
      scf.condition(%more) %i : i64
    } do {
    ^bb0(%i: i64):
      %place = arith.index_cast %i : i64 to index
      memref.store %i, %a[%place] : memref<?xi64>
      %next = arith.addi %i, %c100 : i64
      scf.yield %next : i64
    }
    scf.while (%i = %start) : (i64) -> i64 {
      %more = arith.cmpi slt, %i, %stop : i64
      scf.condition(%more) %i : i64
    } do {
    ^bb0(%i: i64):
      gpu.barrier
      %next = arith.addi %i, %c100 : i64
      scf.yield %next : i64
    }
    scf.while (%i = %start) : (i64) -> i64 {
      %more = arith.cmpi slt, %i, %stop : i64
      scf.condition(%more) %i : i64
    } do {
    ^bb0(%i: i64):
      %twice = arith.addi %i, %i : i64
      memref.store %i, %a[%c0] : memref<?xi64>
      scf.yield %twice : i64
    }
    %some = arith.cmpi slt, %start, %own : i64
    scf.if %some {
      scf.while (%i = %start) : (i64) -> i64 {
        %more = arith.cmpi slt, %i, %stop : i64
        scf.condition(%more) %i : i64
      } do {
      ^bb0(%i: i64):
        memref.store %i, %a[%c0] : memref<?xi64>
        %next = arith.addi %i, %c100 : i64
        scf.yield %next : i64
      }
    }
    scf.while (%i = %start) : (i64) -> i64 {
      %more = arith.cmpi slt, %i, %stop : i64
      scf.condition(%more) %i : i64
    } do {
    ^bb0(%i: i64):
      memref.store %i, %a[%c0] : memref<?xi64>
      %next = arith.addi %i, %c1 : i64
      scf.yield %next : i64
    }
    return
  }
}
