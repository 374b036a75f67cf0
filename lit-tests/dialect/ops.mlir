// Every op of `py` prints what it parses, in its own form and in the generic one.
// RUN: %zouk-opt %s | %zouk-opt | %expect
// RUN: %zouk-opt %s --mlir-print-op-generic | %zouk-opt | %expect

func.func @constants() -> !py.object {
  %int = py.constant 3 : si64
  %unsigned = py.constant 9223372036854775808 : ui64
  %float = py.constant 1.500000e+00 : f64
  %bool = py.constant true
  %complex = py.constant #complex.number<:f64 0.0, 1.0> : complex<f64>
  %text = py.constant "text" : !py.str
  %none = py.constant unit : !py.none
  %ellipsis = py.constant unit : !py.ellipsis
  %array = py.constant dense<[1.0, 2.0]> : tensor<2xf64> : !py.array<f64, 1, C, readonly>
  %function = py.ref : !py.ref<"math.sin">
  %own = py.ref : !py.ref<"@fib">
  %unbound = py.unbound : !py.unbound
  %cast = py.cast %none : !py.none to !py.object
  py.return %cast : !py.object
}

func.func @types(%a: !py.array<f64, 2, C>, %b: !py.array<si8, 0, F>, %c: !py.array<complex<f32>, 15, A, readonly>, %d: !py.optional<si64>,
                 %e: !py.maybe<f64>, %f: !py.range<si32>, %g: !py.enumerate<!py.array<f64, 1, A>>, %h: !py.reversed<!py.iterator<!py.range<si64>>>,
                 %i: !py.zip<!py.array<i1, 1, C>, tuple<si64, f64>>, %j: !py.slice<si64, !py.none, si64>, %k: tuple<>, %l: !py.pointer<f64>,
                 %m: !py.pointer<!py.none>, %n: !py.ctypes<!py.array<f64, 1, C>>) {
  return
}

func.func @operators(%a: !py.object, %b: !py.object, %x: f64, %y: si64, %o: !py.optional<si64>) -> !py.object {
  %0 = py.binary "add" %a, %b : (!py.object, !py.object) -> !py.object
  %1 = py.binary "sub" inplace %0, %b : (!py.object, !py.object) -> !py.object
  %2 = py.binary "mul" %x, %y : (f64, si64) -> f64
  %3 = py.compare "lt" %a, %b : (!py.object, !py.object) -> !py.object
  %4 = py.compare "not_in" %a, %b : (!py.object, !py.object) -> !py.object
  %5 = py.unary "neg" %x : (f64) -> f64
  %6 = py.unary "not" %a : (!py.object) -> !py.object
  %7 = py.truth %a : !py.object
  %8 = py.check_bound "name" %a : !py.object -> !py.object
  %9 = py.unwrap %o : !py.optional<si64> -> si64
  py.return %8 : !py.object
}

func.func @tuples(%a: !py.object, %i: si64) -> !py.object {
  %empty = py.tuple() : () -> tuple<>
  %pair = py.tuple(%a, %i) : (!py.object, si64) -> tuple<!py.object, si64>
  %first, %second = py.unpack %pair : (tuple<!py.object, si64>) -> (!py.object, si64)
  %none = py.constant unit : !py.none
  %slice = py.slice %i : %none : %none : (si64, !py.none, !py.none) -> !py.slice<si64, !py.none, !py.none>
  %item = py.getitem %a[%slice] : (!py.object, !py.slice<si64, !py.none, !py.none>) -> !py.object
  py.setitem %a[%i] = %item : !py.object, si64, !py.object
  %shape = py.attr %a "shape" : (!py.object) -> !py.object
  py.return %shape : !py.object
}

func.func @calls(%a: !py.object) -> !py.object {
  %max = py.ref : !py.ref<"builtins.max">
  %0 = py.call %max() : (!py.ref<"builtins.max">) -> !py.object
  %1 = py.call %max(%a, %0) keywords ["key"] : (!py.ref<"builtins.max">, !py.object, !py.object) -> !py.object
  %2 = py.call_method %a "sum"() : (!py.object) -> !py.object
  %3 = py.call_method %a "sum"(%1, %2) keywords ["axis", "dtype"] : (!py.object, !py.object, !py.object) -> !py.object
  py.return %3 : !py.object
}

// `x if c else y`; an `else` that only yields nothing is not written.
func.func @branches(%c: i1, %x: !py.object, %y: !py.object) -> !py.object {
  %0 = py.if %c -> (!py.object) {
    py.yield %x : !py.object
  } else {
    py.yield %y : !py.object
  }
  py.if %c {
    py.return %x : !py.object
  }
  py.if %c {
    py.raise "builtins.ValueError"(%x) : !py.object
  } else {
    py.raise "builtins.IndexError"
  }
  py.return %0 : !py.object
}

// for x in xs: if x: break; if not x: continue
func.func @for(%xs: !py.object, %init: si64, %c: i1) -> si64 {
  %0 = py.for %x : !py.object in %xs : !py.object iter_args(%a = %init : si64) {
    py.if %c {
      py.break %a : si64
    }
    py.continue %a : si64
  } else (%e : si64) {
    %one = py.constant 1 : si64
    py.yield %one : si64
  }
  py.for parallel %x : !py.object in %xs : !py.object {
    py.yield
  }
  py.return %0 : si64
}

// while c: …, the condition and the body see the same names
func.func @while(%init: si64, %c: i1) -> si64 {
  %0 = py.while iter_args(%a = %init : si64) {
    py.condition %c, %a : si64
  } do (%b : si64) {
    py.yield %b : si64
  }
  py.while {
    py.condition %c
  } do {
    py.break
  }
  %1:2 = py.while iter_args(%a = %0 : si64) -> (si64, i1) {
    py.condition %c, %a, %c : si64, i1
  } do (%b : si64, %d : i1) {
    py.continue %b : si64
  } else (%e : si64, %f : i1) {
    py.yield %e, %f : si64, i1
  }
  py.return %1#0 : si64
}

// OUT: module {
// OUT:   func.func @constants() -> !py.object {
// OUT:     %0 = py.constant 3 : si64
// OUT:     %1 = py.constant 9223372036854775808 : ui64
// OUT:     %2 = py.constant 1.500000e+00 : f64
// OUT:     %3 = py.constant true
// OUT:     %4 = py.constant #complex.number<:f64 0.000000e+00, 1.000000e+00> : complex<f64>
// OUT:     %5 = py.constant "text" : !py.str
// OUT:     %6 = py.constant unit : !py.none
// OUT:     %7 = py.constant unit : !py.ellipsis
// OUT:     %8 = py.constant dense<[1.000000e+00, 2.000000e+00]> : tensor<2xf64> : !py.array<f64, 1, C, readonly>
// OUT:     %9 = py.ref : <"math.sin">
// OUT:     %10 = py.ref : <"@fib">
// OUT:     %11 = py.unbound : !py.unbound
// OUT:     %12 = py.cast %6 : !py.none to !py.object
// OUT:     py.return %12 : !py.object
// OUT:   }
// OUT:   func.func @types(%arg0: !py.array<f64, 2, C>, %arg1: !py.array<si8, 0, F>, %arg2: !py.array<complex<f32>, 15, A, readonly>, %arg3: !py.optional<si64>, %arg4: !py.maybe<f64>, %arg5: !py.range<si32>, %arg6: !py.enumerate<!py.array<f64, 1, A>>, %arg7: !py.reversed<!py.iterator<!py.range<si64>>>, %arg8: !py.zip<!py.array<i1, 1, C>, tuple<si64, f64>>, %arg9: !py.slice<si64, !py.none, si64>, %arg10: tuple<>, %arg11: !py.pointer<f64>, %arg12: !py.pointer<!py.none>, %arg13: !py.ctypes<!py.array<f64, 1, C>>) {
// OUT:     return
// OUT:   }
// OUT:   func.func @operators(%arg0: !py.object, %arg1: !py.object, %arg2: f64, %arg3: si64, %arg4: !py.optional<si64>) -> !py.object {
// OUT:     %0 = py.binary "add" %arg0, %arg1 : (!py.object, !py.object) -> !py.object
// OUT:     %1 = py.binary "sub" inplace %0, %arg1 : (!py.object, !py.object) -> !py.object
// OUT:     %2 = py.binary "mul" %arg2, %arg3 : (f64, si64) -> f64
// OUT:     %3 = py.compare "lt" %arg0, %arg1 : (!py.object, !py.object) -> !py.object
// OUT:     %4 = py.compare "not_in" %arg0, %arg1 : (!py.object, !py.object) -> !py.object
// OUT:     %5 = py.unary "neg" %arg2 : (f64) -> f64
// OUT:     %6 = py.unary "not" %arg0 : (!py.object) -> !py.object
// OUT:     %7 = py.truth %arg0 : !py.object
// OUT:     %8 = py.check_bound "name" %arg0 : !py.object -> !py.object
// OUT:     %9 = py.unwrap %arg4 : !py.optional<si64> -> si64
// OUT:     py.return %8 : !py.object
// OUT:   }
// OUT:   func.func @tuples(%arg0: !py.object, %arg1: si64) -> !py.object {
// OUT:     %0 = py.tuple() : () -> tuple<>
// OUT:     %1 = py.tuple(%arg0, %arg1) : (!py.object, si64) -> tuple<!py.object, si64>
// OUT:     %2:2 = py.unpack %1 : (tuple<!py.object, si64>) -> (!py.object, si64)
// OUT:     %3 = py.constant unit : !py.none
// OUT:     %4 = py.slice %arg1 : %3 : %3 : (si64, !py.none, !py.none) -> !py.slice<si64, !py.none, !py.none>
// OUT:     %5 = py.getitem %arg0[%4] : (!py.object, !py.slice<si64, !py.none, !py.none>) -> !py.object
// OUT:     py.setitem %arg0[%arg1] = %5 : !py.object, si64, !py.object
// OUT:     %6 = py.attr %arg0 "shape" : (!py.object) -> !py.object
// OUT:     py.return %6 : !py.object
// OUT:   }
// OUT:   func.func @calls(%arg0: !py.object) -> !py.object {
// OUT:     %0 = py.ref : <"builtins.max">
// OUT:     %1 = py.call %0() : (!py.ref<"builtins.max">) -> !py.object
// OUT:     %2 = py.call %0(%arg0, %1) keywords ["key"] : (!py.ref<"builtins.max">, !py.object, !py.object) -> !py.object
// OUT:     %3 = py.call_method %arg0 "sum"() : (!py.object) -> !py.object
// OUT:     %4 = py.call_method %arg0 "sum"(%2, %3) keywords ["axis", "dtype"] : (!py.object, !py.object, !py.object) -> !py.object
// OUT:     py.return %4 : !py.object
// OUT:   }
// OUT:   func.func @branches(%arg0: i1, %arg1: !py.object, %arg2: !py.object) -> !py.object {
// OUT:     %0 = py.if %arg0 -> (!py.object) {
// OUT:       py.yield %arg1 : !py.object
// OUT:     } else {
// OUT:       py.yield %arg2 : !py.object
// OUT:     }
// OUT:     py.if %arg0 {
// OUT:       py.return %arg1 : !py.object
// OUT:     }
// OUT:     py.if %arg0 {
// OUT:       py.raise "builtins.ValueError"(%arg1) : !py.object
// OUT:     } else {
// OUT:       py.raise "builtins.IndexError"
// OUT:     }
// OUT:     py.return %0 : !py.object
// OUT:   }
// OUT:   func.func @for(%arg0: !py.object, %arg1: si64, %arg2: i1) -> si64 {
// OUT:     %0 = py.for %arg3 : !py.object in %arg0 : !py.object iter_args(%arg4 = %arg1 : si64) {
// OUT:       py.if %arg2 {
// OUT:         py.break %arg4 : si64
// OUT:       }
// OUT:       py.continue %arg4 : si64
// OUT:     } else (%arg3 : si64) {
// OUT:       %1 = py.constant 1 : si64
// OUT:       py.yield %1 : si64
// OUT:     }
// OUT:     py.for parallel %arg3 : !py.object in %arg0 : !py.object {
// OUT:       py.yield
// OUT:     }
// OUT:     py.return %0 : si64
// OUT:   }
// OUT:   func.func @while(%arg0: si64, %arg1: i1) -> si64 {
// OUT:     %0 = py.while iter_args(%arg2 = %arg0 : si64) {
// OUT:       py.condition %arg1, %arg2 : si64
// OUT:     } do (%arg2 : si64) {
// OUT:       py.yield %arg2 : si64
// OUT:     }
// OUT:     py.while {
// OUT:       py.condition %arg1
// OUT:     } do {
// OUT:       py.break
// OUT:     }
// OUT:     %1:2 = py.while iter_args(%arg2 = %0 : si64) -> (si64, i1) {
// OUT:       py.condition %arg1, %arg2, %arg1 : si64, i1
// OUT:     } do (%arg2 : si64, %arg3 : i1) {
// OUT:       py.continue %arg2 : si64
// OUT:     }
// OUT:     py.return %1#0 : si64
// OUT:   }
// OUT: }
