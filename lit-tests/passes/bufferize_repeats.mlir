// What is read and written at once through a view that repeats elements is computed elsewhere first, unless its places turn out to be different elements;
// a slice of packed elements needs no such test.
// RUN: %zouk-opt %s --zouk-bufferize | FileCheck %s

#map = affine_map<(d0) -> (d0)>

// CHECK-LABEL: func.func @repeats
// CHECK: scf.if
// CHECK: rt.alloc
func.func @repeats(%a: memref<?xf64>, %n: index, %step: index) {
  %c0 = arith.constant 0 : index
  %w = rt.view %a[%c0, %n, %step] repeats : memref<?xf64> to memref<?xf64, strided<[?]>>
  %t = bufferization.to_tensor %w restrict : memref<?xf64, strided<[?]>> to tensor<?xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%t : tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%x: f64, %out: f64):
    %y = arith.negf %x : f64
    linalg.yield %y : f64
  } -> tensor<?xf64>
  bufferization.materialize_in_destination %r in restrict writable %w : (tensor<?xf64>, memref<?xf64, strided<[?]>>) -> ()
  return
}

// CHECK-LABEL: func.func @slice
// CHECK-NOT: scf.if
// CHECK: return
func.func @slice(%a: memref<?xf64>, %n: index, %step: index) {
  %c0 = arith.constant 0 : index
  %w = rt.view %a[%c0, %n, %step] : memref<?xf64> to memref<?xf64, strided<[?]>>
  %t = bufferization.to_tensor %w restrict : memref<?xf64, strided<[?]>> to tensor<?xf64>
  %e = tensor.empty(%n) : tensor<?xf64>
  %r = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%t : tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%x: f64, %out: f64):
    %y = arith.negf %x : f64
    linalg.yield %y : f64
  } -> tensor<?xf64>
  bufferization.materialize_in_destination %r in restrict writable %w : (tensor<?xf64>, memref<?xf64, strided<[?]>>) -> ()
  return
}
