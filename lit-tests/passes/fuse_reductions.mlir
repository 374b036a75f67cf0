// RUN: %zouk-opt %s --zouk-fuse-elementwise | FileCheck %s

#map = affine_map<(d0) -> (d0)>
#none = affine_map<(d0) -> ()>

// A reduction with a value and a place, of which only the place is looked at: the fused one still has both, as each is computed of the accumulators of the other.
// CHECK-LABEL: func.func @place
// CHECK-NOT: iterator_types = ["parallel"]
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["reduction"]
// CHECK-SAME: ins(%{{.*}} : tensor<?xf64>) outs(%{{.*}}, %{{.*}} : tensor<f64>, tensor<i64>)
// CHECK: math.absf
// CHECK: arith.cmpf ogt
func.func @place(%a: tensor<?xf64>, %n: index, %value: tensor<f64>, %start: tensor<i64>) -> tensor<i64> {
  %e = tensor.empty(%n) : tensor<?xf64>
  %b = linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%a : tensor<?xf64>) outs(%e : tensor<?xf64>) {
  ^bb0(%x: f64, %out: f64):
    %y = math.absf %x : f64
    linalg.yield %y : f64
  } -> tensor<?xf64>
  %c:2 = linalg.generic {indexing_maps = [#map, #none, #none], iterator_types = ["reduction"]} ins(%b : tensor<?xf64>) outs(%value, %start : tensor<f64>, tensor<i64>) {
  ^bb0(%x: f64, %most: f64, %at: i64):
    %i = linalg.index 0 : index
    %here = arith.index_cast %i : index to i64
    %more = arith.cmpf ogt, %x, %most : f64
    %v = arith.select %more, %x, %most : f64
    %p = arith.select %more, %here, %at : i64
    linalg.yield %v, %p : f64, i64
  } -> (tensor<f64>, tensor<i64>)
  return %c#1 : tensor<i64>
}

// What is computed of no array: the reduction runs as often as the array would have had elements, which is then never made.
// CHECK-LABEL: func.func @count
// CHECK: %[[SIZES:.*]] = tensor.empty(%{{.*}}) : tensor<?xi64>
// CHECK: linalg.generic
// CHECK-SAME: iterator_types = ["reduction"]
// CHECK-SAME: ins(%[[SIZES]] : tensor<?xi64>) outs(%{{.*}} : tensor<i64>)
func.func @count(%n: index, %zero: tensor<i64>) -> tensor<i64> {
  %e = tensor.empty(%n) : tensor<?xi64>
  %b = linalg.generic {indexing_maps = [#map], iterator_types = ["parallel"]} outs(%e : tensor<?xi64>) {
  ^bb0(%out: i64):
    %i = linalg.index 0 : index
    %y = arith.index_cast %i : index to i64
    linalg.yield %y : i64
  } -> tensor<?xi64>
  %c = linalg.generic {indexing_maps = [#map, #none], iterator_types = ["reduction"]} ins(%b : tensor<?xi64>) outs(%zero : tensor<i64>) {
  ^bb0(%x: i64, %sum: i64):
    %s = arith.addi %sum, %x : i64
    linalg.yield %s : i64
  } -> tensor<i64>
  return %c : tensor<i64>
}
