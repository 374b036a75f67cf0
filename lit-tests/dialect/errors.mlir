// Every message of the verifiers and of the types.
// RUN: %zouk-opt %s --split-input-file --verify-diagnostics

func.func @binary_kind(%a: !py.object) {
  // expected-error @below {{'py.binary' op has no kind 'plus'; kinds are add, sub, mul, truediv, floordiv, mod, pow, lshift, rshift, and, or, xor, matmul}}
  %0 = py.binary "plus" %a, %a : (!py.object, !py.object) -> !py.object
  return
}

// -----

func.func @compare_kind(%a: !py.object) {
  // expected-error @below {{'py.compare' op has no kind 'less'; kinds are eq, ne, lt, le, gt, ge, is, is_not, in, not_in}}
  %0 = py.compare "less" %a, %a : (!py.object, !py.object) -> !py.object
  return
}

// -----

func.func @unary_kind(%a: !py.object) {
  // expected-error @below {{'py.unary' op has no kind 'minus'; kinds are neg, pos, invert, not}}
  %0 = py.unary "minus" %a : (!py.object) -> !py.object
  return
}

// -----

func.func @more_keywords_than_arguments(%a: !py.object) {
  // expected-error @below {{'py.call' op names 2 keywords but has 1 arguments}}
  %0 = py.call %a(%a) keywords ["x", "y"] : (!py.object, !py.object) -> !py.object
  return
}

// -----

func.func @repeated_keyword(%a: !py.object) {
  // expected-error @below {{'py.call_method' op repeats the keyword 'x'}}
  %0 = py.call_method %a "m"(%a, %a) keywords ["x", "x"] : (!py.object, !py.object, !py.object) -> !py.object
  return
}

// -----

// expected-error @below {{array layout must be C, F or A, not 'B'}}
func.func private @layout(!py.array<f64, 1, B>)

// -----

// expected-error @below {{array elements must be numbers, not '!py.str'}}
func.func private @element(!py.array<!py.str, 1, C>)

// -----

func.func @untyped_constant() {
  // expected-error @below {{needs `: type` after the value}}
  %0 = py.constant unit
  return
}

// -----

func.func @branch_passes_too_few(%c: i1, %a: si64) {
  %0 = py.if %c -> (si64) {
    py.yield %a : si64
  } else {
    // expected-error @below {{'py.yield' op passes 0 values to the 1 results}}
    py.yield
  }
  return
}

// -----

func.func @branch_passes_another_type(%c: i1, %a: si64, %b: f64) {
  %0 = py.if %c -> (si64) {
    // expected-error @below {{'py.yield' op passes 'f64' as value 0 of the results, which is 'si64'}}
    py.yield %b : f64
  } else {
    py.yield %a : si64
  }
  return
}

// -----

func.func @body_passes_too_many(%xs: !py.object, %a: si64) {
  py.for %x : !py.object in %xs : !py.object {
    // expected-error @below {{'py.yield' op passes 1 values to the 0 carried values}}
    py.yield %a : si64
  }
  return
}

// -----

func.func @break_outside_a_loop() {
  // expected-error @below {{'py.break' op is outside a loop}}
  py.break
}

// -----

func.func @continue_in_else(%xs: !py.object) {
  py.for %x : !py.object in %xs : !py.object {
    py.yield
  } else {
    // expected-error @below {{'py.continue' op is outside a loop}}
    py.continue
  }
  return
}

// -----

func.func @break_in_condition(%c: i1) {
  // expected-error @below {{'py.while' op needs py.condition at the end of its condition region}}
  py.while {
    py.yield
  } do {
    py.yield
  }
  return
}

// -----

func.func @break_passes_another_type(%xs: !py.object, %a: si64, %b: f64) {
  %0 = py.for %x : !py.object in %xs : !py.object iter_args(%c = %a : si64) {
    // expected-error @below {{'py.break' op passes 'f64' as value 0 of the results of the loop, which is 'si64'}}
    py.break %b : f64
  }
  return
}

// -----

func.func @continue_passes_too_few(%xs: !py.object, %a: si64) {
  %0 = py.for %x : !py.object in %xs : !py.object iter_args(%c = %a : si64) {
    // expected-error @below {{'py.continue' op passes 0 values to the 1 carried values}}
    py.continue
  }
  return
}

// -----

func.func @no_item(%xs: !py.object) {
  // expected-error @below {{'py.for' op needs an argument for the item in its body}}
  "py.for"(%xs) ({
    py.yield
  }, {
    py.yield
  }) : (!py.object) -> ()
  return
}

// -----

func.func @argument_count(%xs: !py.object) {
  // expected-error @below {{'py.for' op has 1 arguments in its body, but carries 0 values}}
  "py.for"(%xs) ({
  ^bb0(%x: !py.object, %a: si64):
    py.yield
  }, {
    py.yield
  }) : (!py.object) -> ()
  return
}

// -----

func.func @argument_type(%xs: !py.object, %i: si64) {
  // expected-error @below {{'py.for' op has an argument of type 'f64' in its else region, but carries 'si64'}}
  %0 = "py.for"(%xs, %i) ({
  ^bb0(%x: !py.object, %a: si64):
    py.yield %a : si64
  }, {
  ^bb0(%a: f64):
    py.yield %i : si64
  }) : (!py.object, si64) -> si64
  return
}

// -----

func.func @condition_passes_to_body(%c: i1) {
  // expected-error @below {{'py.while' op has 0 arguments in its body, but carries 1 values}}
  "py.while"() ({
    py.condition %c, %c : i1
  }, {
    py.yield
  }, {
  ^bb0(%a: i1):
    py.yield
  }) : () -> ()
  return
}

// -----

func.func @constant_of_another_type() {
  // expected-error @below {{'py.constant' op cannot have the type 'f64' with the value 3 : si64}}
  %0 = py.constant 3 : si64 : f64
  return
}

// -----

func.func @text_that_is_no_text() {
  // expected-error @below {{'py.constant' op cannot have the type '!py.none' with the value "text"}}
  %0 = py.constant "text" : !py.none
  return
}

// -----

func.func @constant_array_that_can_be_written() {
  // expected-error @below {{'py.constant' op cannot have the type '!py.array<f64, 1, C>' with the value dense<1.000000e+00> : tensor<2xf64>}}
  %0 = py.constant dense<1.0> : tensor<2xf64> : !py.array<f64, 1, C>
  return
}

// -----

func.func @tuple_of_no_tuple_type(%a: si64) {
  // expected-error @below {{'py.tuple' op gives a tuple, not 'si64'}}
  %0 = py.tuple(%a) : (si64) -> si64
  return
}

// -----

func.func @tuple_length(%a: si64) {
  // expected-error @below {{'py.tuple' op has 1 elements, but its type is 'tuple<si64, si64>'}}
  %0 = py.tuple(%a) : (si64) -> tuple<si64, si64>
  return
}

// -----

func.func @tuple_element(%a: si64, %b: f64) {
  // expected-error @below {{'py.tuple' op has 'f64' as element 1 of 'tuple<si64, si64>'}}
  %0 = py.tuple(%a, %b) : (si64, f64) -> tuple<si64, si64>
  return
}

// -----

// expected-error @below {{array elements must be numbers, not 'i64'}}
func.func private @signless_element(!py.array<i64, 1, C>)

// -----

func.func @branch_with_argument(%c: i1) {
  // expected-error @below {{'py.if' op has a region with arguments}}
  "py.if"(%c) ({
  ^bb0(%a: si64):
    py.yield
  }, {
    py.yield
  }) : (i1) -> ()
  return
}

// -----

func.func @branch_ends_otherwise(%c: i1) {
  py.if %c {
    // expected-error @below {{'llvm.unreachable' op cannot end a region of 'py.if'}}
    llvm.unreachable
  }
  return
}

// -----

func.func @condition_below_a_branch(%c: i1) {
  py.while {
    py.if %c {
      // expected-error @below {{'py.condition' op cannot end a region of 'py.if'}}
      py.condition %c
    }
    py.condition %c
  } do {
    py.yield
  }
  return
}

// -----

func.func @condition_of_the_body(%c: i1) {
  py.while {
    py.condition %c
  } do {
    // expected-error @below {{'py.condition' op cannot end a region of 'py.while'}}
    py.condition %c
  }
  return
}

// -----

func.func @return_of_another_type(%a: si64) -> f64 {
  // expected-error @below {{'py.return' op gives 'si64', but the function's result is 'f64'}}
  py.return %a : si64
}

// -----

func.func @return_without_result(%a: si64) {
  // expected-error @below {{'py.return' op gives one value, but the function has 0 results}}
  py.return %a : si64
}

// -----

func.func @cast(%a: tuple<si64>) {
  // expected-error @below {{'py.cast' op cannot convert 'tuple<si64>' to 'si64'}}
  %0 = py.cast %a : tuple<si64> to si64
  return
}

// -----

%0 = py.constant 1 : si64
// expected-error @below {{'py.return' op is outside a function}}
py.return %0 : si64
