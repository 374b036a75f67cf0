// Every op of `rt` prints what it parses, in its own form and in the generic one.
// RUN: %zouk-opt %s | %zouk-opt | %expect
// RUN: %zouk-opt %s --mlir-print-op-generic | %zouk-opt | %expect

func.func @checks(%holds: i1, %size: i64, %value: f64, %position: index, %length: index) -> index {
  rt.check %holds, "builtins.ZeroDivisionError" "division by zero"
  rt.check %holds, "builtins.ValueError" "" (%size, %value : i64, f64) kinds "if"
  %0 = rt.index %position of %length ""
  %1 = rt.index %0 of %length wraps checked "index is out of bounds"
  %2 = rt.index %1 of %length checked "tuple index out of range"
  return %2 : index
}

func.func @raises(%size: i64) {
  rt.raise "builtins.ValueError" "no"
  rt.raise "builtins.ValueError" "" (%size : i64) kinds "u"
  rt.raise "builtins.ValueError" "" (%size : i64) kinds "s(in)s" texts ["first", "last"]
  rt.raise "builtins.ValueError" "size {}" (%size, %size : i64, i64) kinds "i<si>" texts ["KeyError"]
  return
}

func.func @memory(%n: index) -> memref<?x3xf64> {
  %0 = rt.alloc(%n) : memref<?x3xf64>
  %1 = rt.alloc() zeroed : memref<f32>
  rt.retain %0 : memref<?x3xf64>
  rt.release %1 : memref<f32>
  return %0 : memref<?x3xf64>
}

func.func @views(%block: !llvm.ptr, %n: index) -> memref<?xf64, strided<[?]>> {
  %0 = rt.adopt %block[%n] : !llvm.ptr to memref<?xf64>
  %1 = rt.view %0[%n, %n, %n] : memref<?xf64> to memref<?xf64, strided<[?]>>
  %2 = rt.constant_array dense<[[1, 2], [3, 4]]> : tensor<2x2xsi64> as memref<?x?xi64>
  %3 = rt.constant_array dense<true> : tensor<3xi1> as memref<3xi8>
  %4 = rt.view %1[%n, %n, %n] repeats : memref<?xf64, strided<[?]>> to memref<?xi64, strided<[?]>>
  return %1 : memref<?xf64, strided<[?]>>
}

func.func @foreign(%address: i64, %n: index) -> i64 {
  %0 = rt.foreign %address[%n, %n] : memref<?xf64, strided<[?]>>
  %1 = rt.foreign %address[] : memref<i32>
  %2 = rt.address %0 : memref<?xf64, strided<[?]>>
  rt.keep %1 : memref<i32>
  return %2 : i64
}

func.func @fields(%value: f64, %number: i8) -> memref<?xf64> {
  %0 = rt.object 9 owners [2, 8] : memref<i1>
  rt.store_field %value to %0 "Sum.total" 1 : f64, memref<i1>
  rt.store_field %number to %0 "Sum.number" 2 sign_extended : i8, memref<i1>
  %1 = rt.load_field %0 "Sum.next" 9 : memref<i1> to memref<i1>
  %2 = rt.is_assigned %1 : memref<i1>
  rt.check %2, "builtins.AttributeError" "no"
  %3 = rt.same %0, %1 : memref<i1>, memref<i1>
  %4 = rt.load_field %1 "Sum.data" 3 borrowed : memref<i1> to memref<?xf64>
  return %4 : memref<?xf64>
}

func.func @prints(%a: i64, %b: f64) {
  rt.print "text"
  rt.print "a =" (%a, %b : i64, f64) kinds "if"
  return
}

// OUT: module {
// OUT:   func.func @checks(%arg0: i1, %arg1: i64, %arg2: f64, %arg3: index, %arg4: index) -> index {
// OUT:     rt.check %arg0, "builtins.ZeroDivisionError" "division by zero"
// OUT:     rt.check %arg0, "builtins.ValueError" ""(%arg1, %arg2 : i64, f64) kinds "if"
// OUT:     %0 = rt.index %arg3 of %arg4 ""
// OUT:     %1 = rt.index %0 of %arg4 wraps checked "index is out of bounds"
// OUT:     %2 = rt.index %1 of %arg4 checked "tuple index out of range"
// OUT:     return %2 : index
// OUT:   }
// OUT:   func.func @raises(%arg0: i64) {
// OUT:     rt.raise "builtins.ValueError" "no"
// OUT:     rt.raise "builtins.ValueError" ""(%arg0 : i64) kinds "u"
// OUT:     rt.raise "builtins.ValueError" ""(%arg0 : i64) kinds "s(in)s" texts ["first", "last"]
// OUT:     rt.raise "builtins.ValueError" "size {}"(%arg0, %arg0 : i64, i64) kinds "i<si>" texts ["KeyError"]
// OUT:     return
// OUT:   }
// OUT:   func.func @memory(%arg0: index) -> memref<?x3xf64> {
// OUT:     %0 = rt.alloc(%arg0) : memref<?x3xf64>
// OUT:     %1 = rt.alloc() zeroed : memref<f32>
// OUT:     rt.retain %0 : memref<?x3xf64>
// OUT:     rt.release %1 : memref<f32>
// OUT:     return %0 : memref<?x3xf64>
// OUT:   }
// OUT:   func.func @views(%arg0: !llvm.ptr, %arg1: index) -> memref<?xf64, strided<[?]>> {
// OUT:     %0 = rt.adopt %arg0[%arg1] : !llvm.ptr to memref<?xf64>
// OUT:     %1 = rt.view %0[%arg1, %arg1, %arg1] : memref<?xf64> to memref<?xf64, strided<[?]>>
// OUT:     %2 = rt.constant_array dense<[[1, 2], [3, 4]]> : tensor<2x2xsi64> as memref<?x?xi64>
// OUT:     %3 = rt.constant_array dense<true> : tensor<3xi1> as memref<3xi8>
// OUT:     %4 = rt.view %1[%arg1, %arg1, %arg1] repeats : memref<?xf64, strided<[?]>> to memref<?xi64, strided<[?]>>
// OUT:     return %1 : memref<?xf64, strided<[?]>>
// OUT:   }
// OUT:   func.func @foreign(%arg0: i64, %arg1: index) -> i64 {
// OUT:     %0 = rt.foreign %arg0[%arg1, %arg1] : memref<?xf64, strided<[?]>>
// OUT:     %1 = rt.foreign %arg0[] : memref<i32>
// OUT:     %2 = rt.address %0 : memref<?xf64, strided<[?]>>
// OUT:     rt.keep %1 : memref<i32>
// OUT:     return %2 : i64
// OUT:   }
// OUT:   func.func @fields(%arg0: f64, %arg1: i8) -> memref<?xf64> {
// OUT:     %0 = rt.object 9 owners [2, 8] : memref<i1>
// OUT:     rt.store_field %arg0 to %0 "Sum.total" 1 : f64, memref<i1>
// OUT:     rt.store_field %arg1 to %0 "Sum.number" 2 sign_extended : i8, memref<i1>
// OUT:     %1 = rt.load_field %0 "Sum.next" 9 : memref<i1> to memref<i1>
// OUT:     %2 = rt.is_assigned %1 : memref<i1>
// OUT:     rt.check %2, "builtins.AttributeError" "no"
// OUT:     %3 = rt.same %0, %1 : memref<i1>, memref<i1>
// OUT:     %4 = rt.load_field %1 "Sum.data" 3 borrowed : memref<i1> to memref<?xf64>
// OUT:     return %4 : memref<?xf64>
// OUT:   }
// OUT:   func.func @prints(%arg0: i64, %arg1: f64) {
// OUT:     rt.print "text"
// OUT:     rt.print "a ="(%arg0, %arg1 : i64, f64) kinds "if"
// OUT:     return
// OUT:   }
// OUT: }
