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
  return
}

func.func @memory(%n: index) -> memref<?x3xf64> {
  %0 = rt.alloc(%n) : memref<?x3xf64>
  %1 = rt.alloc() zeroed : memref<f32>
  rt.retain %0 : memref<?x3xf64>
  rt.release %1 : memref<f32>
  return %0 : memref<?x3xf64>
}

func.func @prints(%a: i64, %b: f64) {
  rt.print "text"
  rt.print "a =" (%a, %b : i64, f64) kinds "if"
  return
}
