// RUN: %zouk-opt --split-input-file --zouk-kernel-to-loops --canonicalize --cse %s | FileCheck %s

// A value that is loaded is kept for the piece after the barrier; what is cheap, like the thread's place, is computed anew.
// CHECK-LABEL: func.func @keeps
// CHECK: scf.for
// CHECK:   %[[SLOT:.*]] = rt.alloc(%{{.*}}) : memref<?xf32>
// CHECK:   %[[X:.*]] = memref.load %arg0[%[[T:.*]]]
// CHECK:   memref.store %[[X]], %[[SLOT]]
// CHECK:   zouk.threads
// CHECK:   %[[Y:.*]] = memref.load %[[SLOT]]
// CHECK:   memref.store %[[Y]], %arg1
// CHECK:   zouk.threads
// CHECK: zouk.independent, zouk.parallel = "prange"
module attributes {zouk.simt = "cpu"} {
  func.func @keeps(%a: memref<?xf32>, %b: memref<?xf32>) attributes {zouk.entry = "k"} {
    %t = gpu.thread_id x
    %x = memref.load %a[%t] : memref<?xf32>
    gpu.barrier
    memref.store %x, %b[%t] : memref<?xf32>
    return
  }
}

// -----

// A loop that is the same for all threads stays one; its counter is no thread's own.
// CHECK-LABEL: func.func @together
// CHECK: scf.for %[[K:.*]] = %{{.*}} to %arg1
// CHECK-NOT: scf.while
// CHECK: zouk.threads
// CHECK: memref.store %{{.*}}, %arg0[%[[K]]]
// CHECK: zouk.threads
module attributes {zouk.simt = "cpu"} {
  func.func @together(%a: memref<?xf32>, %n: index, %x: f32) attributes {zouk.entry = "k"} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = gpu.thread_id x
    scf.for %k = %c0 to %n step %c1 {
      memref.store %x, %a[%t] : memref<?xf32>
      gpu.barrier
      memref.store %x, %a[%k] : memref<?xf32>
    }
    return
  }
}

// -----

// Threads that do not take the branch have no mark.
// CHECK-LABEL: func.func @apart
// CHECK: %[[MARKS:.*]] = rt.alloc(%{{.*}}) : memref<?xi8>
// CHECK: arith.extui %{{.*}} : i1 to i8
// CHECK: memref.store %{{.*}}, %[[MARKS]]
// CHECK: scf.if
// CHECK: memref.load %[[MARKS]]
module attributes {zouk.simt = "cpu"} {
  func.func @apart(%a: memref<?xf32>, %x: f32) attributes {zouk.entry = "k"} {
    %c7 = arith.constant 7 : index
    %t = gpu.thread_id x
    %y = memref.load %a[%t] : memref<?xf32>
    %some = arith.cmpf olt, %y, %x : f32
    scf.if %some {
      memref.store %x, %a[%t] : memref<?xf32>
      gpu.barrier
      memref.store %x, %a[%c7] : memref<?xf32>
    }
    return
  }
}

// -----

// A loop that threads run differently often: while one is in it.
// CHECK-LABEL: func.func @often
// CHECK: scf.while
// CHECK: arith.cmpi ugt
module attributes {zouk.simt = "cpu"} {
  func.func @often(%a: memref<?xf32>, %x: f32) attributes {zouk.entry = "k"} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = gpu.thread_id x
    scf.for %k = %c0 to %t step %c1 {
      memref.store %x, %a[%k] : memref<?xf32>
      gpu.barrier
    }
    return
  }
}

// -----

// Blocks: each thread has the number of the next.
// CHECK-LABEL: func.func @blocks
// CHECK: scf.while
// CHECK:   scf.execute_region
// CHECK:     cf.cond_br
// CHECK:   scf.condition
module attributes {zouk.simt = "cpu"} {
  func.func @blocks(%a: memref<?xf32>, %x: f32, %n: index) attributes {zouk.entry = "k"} {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %t = gpu.thread_id x
    cf.br ^head(%c0 : index)
  ^head(%k: index):
    %more = arith.cmpi slt, %k, %n : index
    cf.cond_br %more, ^body, ^end
  ^body:
    memref.store %x, %a[%t] : memref<?xf32>
    gpu.barrier
    %y = memref.load %a[%k] : memref<?xf32>
    %stop = arith.cmpf oeq, %y, %x : f32
    %next = arith.addi %k, %c1 : index
    cf.cond_br %stop, ^end, ^head(%next : index)
  ^end:
    return
  }
}

// -----

// A shuffle reads the place of another lane after all have written theirs.
// CHECK-LABEL: func.func @shuffle
// CHECK: memref.store %{{.*}}, %[[PLACES:.*]][%{{.*}}] : memref<?xf32>
// CHECK: zouk.threads
// CHECK: memref.load %[[PLACES]]
module attributes {zouk.simt = "cpu"} {
  func.func @shuffle(%a: memref<?xf32>, %mask: i32, %by: i32) attributes {zouk.entry = "k"} {
    %t = gpu.thread_id x
    %x = memref.load %a[%t] : memref<?xf32>
    %y = rt.simt "shfl_down_sync"(%mask, %x, %by) : (i32, f32, i32) -> f32
    memref.store %y, %a[%t] : memref<?xf32>
    return
  }
}

// -----

// Where the grid meets, each piece is a loop over the blocks.
// CHECK-LABEL: func.func @grid
// CHECK: zouk.parallel = "prange"
// CHECK: zouk.parallel = "prange"
module attributes {zouk.simt = "cpu"} {
  func.func @grid(%a: memref<?xf32>) attributes {zouk.entry = "k"} {
    %b = gpu.block_id x
    %x = memref.load %a[%b] : memref<?xf32>
    rt.simt "grid_sync"() : () -> ()
    memref.store %x, %a[%b] : memref<?xf32>
    return
  }
}

// -----

// Nothing is done for a GPU.
// CHECK-LABEL: func.func @other
// CHECK: gpu.barrier
module attributes {zouk.simt = "cuda"} {
  func.func @other() attributes {zouk.entry = "k"} {
    gpu.barrier
    return
  }
}

// -----

// What threads go through together though they do not wait: a loop over the threads inside of the loop, of those for which the condition holds; each has a place for its total.
// CHECK-LABEL: func.func @side_by_side
// CHECK: %[[TOTALS:.*]] = rt.alloc(%{{.*}}) : memref<?xf32>
// CHECK: scf.for %[[BASE:.*]] = %{{.*}} to %arg1
// CHECK:   %[[LEFT:.*]] = arith.subi %arg1, %[[BASE]]
// CHECK:     %[[IN:.*]] = arith.cmpi slt, %{{.*}}, %[[LEFT]]
// CHECK:     scf.if %[[IN]] {
// CHECK:       memref.load %arg0
// CHECK:       memref.load %[[TOTALS]][%[[PLACE:.*]]]
// CHECK:       memref.store %{{.*}}, %[[TOTALS]][%[[PLACE]]]
// CHECK:   zouk.threads
// CHECK-NOT: memref<?xi8>
module attributes {zouk.simt = "cpu"} {
  func.func @side_by_side(%a: memref<?xf32>, %n: index) attributes {zouk.entry = "k"} {
    %zero = arith.constant 0.0 : f32
    %c0 = arith.constant 0 : index
    %t = gpu.thread_id x
    %threads = gpu.block_dim x
    %sum = scf.for %base = %c0 to %n step %threads iter_args(%total = %zero) -> (f32) {
      %left = arith.subi %n, %base : index
      %in = arith.cmpi slt, %t, %left : index
      %next = scf.if %in -> (f32) {
        %i = arith.addi %base, %t : index
        %x = memref.load %a[%i] : memref<?xf32>
        %more = arith.addf %total, %x : f32
        scf.yield %more : f32
      } else {
        scf.yield %total : f32
      } {zouk.together}
      scf.yield %next : f32
    }
    memref.store %sum, %a[%t] : memref<?xf32>
    return
  }
}

// -----

// A branch that is taken by place: pieces ask for the condition and not for the mark, and for its opposite in the other one.
// CHECK-LABEL: func.func @by_place
// CHECK: arith.cmpi slt, %{{.*}}, %c7
// CHECK: scf.if %{{.*}} {
// CHECK:   %[[LOW:.*]] = arith.cmpi slt, %[[T:.*]], %c7
// CHECK:   scf.if %[[LOW]] {
// CHECK:     memref.store %arg1, %arg0[%[[T]]]
// CHECK: scf.if %{{.*}} {
// CHECK:   %[[HIGH:.*]] = arith.cmpi sge, %[[U:.*]], %c7
// CHECK:   scf.if %[[HIGH]] {
// CHECK:     memref.store %arg2, %arg0[%[[U]]]
module attributes {zouk.simt = "cpu"} {
  func.func @by_place(%a: memref<?xf32>, %x: f32, %y: f32) attributes {zouk.entry = "k"} {
    %c7 = arith.constant 7 : index
    %t = gpu.thread_id x
    %low = arith.cmpi slt, %t, %c7 : index
    scf.if %low {
      memref.store %x, %a[%t] : memref<?xf32>
      gpu.barrier
    } else {
      memref.store %y, %a[%t] : memref<?xf32>
      gpu.barrier
    }
    return
  }
}
