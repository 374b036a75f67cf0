// The loops that NumPy calls: numbers at each step, arrays of core dimensions, and reductions.
// RUN: %zouk-opt %s --split-input-file --zouk-make-ufunc-loops | FileCheck %s

// Strides are turned into elements, once; what is no multiple of an element is left to the caller.
// CHECK-LABEL: llvm.func @zouk.loop.0
// CHECK: llvm.srem
// CHECK: %[[STRIDE:.*]] = llvm.sdiv
// CHECK: llvm.call @scale({{%.*}}, {{%.*}}, {{%.*}}, {{%.*}}, %[[STRIDE]], {{%.*}} : {{.*}}f64
// CHECK: llvm.icmp "ne"
module attributes {zouk.loop = [[0], [], [0]]} {
  llvm.func @scale(%o: !llvm.ptr, %x: !llvm.ptr, %f: i64, %n: i64, %s: i64, %k: f64, %o1: !llvm.ptr, %out: !llvm.ptr, %f1: i64, %n1: i64, %s1: i64) -> i32 attributes {zouk.entry = "scale", zouk.raises, py.arguments = ["!py.array<f64, 1, A>", "f64", "!py.array<f64, 1, A>"], py.result = "!py.none"} {
    %0 = llvm.mlir.constant(0 : i32) : i32
    llvm.return %0 : i32
  }
}

// -----

// All packed; the first argument the same, the second one; one place as first argument and result, items packed or not; anything.
// CHECK-LABEL: llvm.func @zouk.loop.0
// CHECK-COUNT-6: llvm.call @second(
// CHECK-NOT: llvm.call @second(
module attributes {zouk.loop = []} {
  llvm.func @second(%x: i1, %y: i1) -> i1 attributes {zouk.entry = "second", py.arguments = ["i1", "i1"], py.result = "i1"} {
    llvm.return %y : i1
  }
}

// -----

// Several results, of several parts.
// CHECK-LABEL: llvm.func @zouk.loop.0
// CHECK: llvm.call @parts
// CHECK-COUNT-3: llvm.store
module attributes {zouk.loop = []} {
  llvm.func @parts(%re: f32, %im: f32) -> !llvm.struct<(f32, f32, f32)> attributes {zouk.entry = "parts", py.arguments = ["complex<f32>"], py.result = "tuple<f32, complex<f32>>"} {
    %0 = llvm.mlir.poison : !llvm.struct<(f32, f32, f32)>
    llvm.return %0 : !llvm.struct<(f32, f32, f32)>
  }
}
