// Products become calls of kernels, declared once for each type of elements; the kernels get their code later.
// RUN: %zouk-opt %s --zouk-schedule-products | FileCheck %s
// RUN: %zouk-opt %s --zouk-schedule-products --zouk-define-products | FileCheck %s --check-prefix=KERNELS

// A product is added to what its result holds, unless that was filled with zeros.
// CHECK-LABEL: func.func @twice
// CHECK-NOT: linalg
// CHECK: %[[FRESH:.*]] = arith.constant false
// CHECK: call @zouk.matmul.f32(%{{.*}}, %{{.*}}, %{{.*}}, %[[FRESH]])
// CHECK: %[[ADD:.*]] = arith.constant true
// CHECK: call @zouk.matmul.f32(%{{.*}}, %{{.*}}, %{{.*}}, %[[ADD]])
func.func @twice(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  %zero = arith.constant 0.0 : f32
  linalg.fill ins(%zero : f32) outs(%c : memref<?x?xf32>)
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// A result whose rows' elements do not lie side by side takes a copy over.
// CHECK-LABEL: func.func @columns
// CHECK: %[[COPY:.*]] = rt.alloc
// CHECK: call @zouk.matmul.i32
// CHECK: scf.for
// CHECK: memref.store
func.func @columns(%a: memref<?x?xi32>, %c: memref<?x?xi32, strided<[1, ?]>>) {
  linalg.matmul ins(%a, %a : memref<?x?xi32>, memref<?x?xi32>) outs(%c : memref<?x?xi32, strided<[1, ?]>>)
  return
}

// CHECK-LABEL: func.func @vectors
// CHECK: call @zouk.matvec.c128
// CHECK: call @zouk.dot.c128
func.func @vectors(%a: memref<?x?xcomplex<f64>>, %x: memref<?xcomplex<f64>>, %y: memref<?xcomplex<f64>>, %s: memref<complex<f64>>) {
  linalg.vecmat ins(%x, %a : memref<?xcomplex<f64>>, memref<?x?xcomplex<f64>>) outs(%y : memref<?xcomplex<f64>>)
  linalg.dot ins(%x, %y : memref<?xcomplex<f64>>, memref<?xcomplex<f64>>) outs(%s : memref<complex<f64>>)
  return
}

// CHECK-COUNT-4: func.func private @zouk
// CHECK-NOT: func.func private @zouk

// KERNELS-DAG: func.func private @zouk.matmul.f32({{.*}}) attributes
// KERNELS-DAG: func.func private @zouk.pack.f32({{.*}}) attributes
// KERNELS-DAG: func.func private @zouk.dot.c128({{.*}}) -> complex<f64> attributes
// KERNELS-DAG: vector.shuffle
