// Every message of the verifiers of `rt`.
// RUN: %zouk-opt %s --split-input-file --verify-diagnostics

func.func @no_scalar(%holds: i1, %a: memref<2xf64>) {
  // expected-error @below {{'rt.check' op has 'memref<2xf64>' as value 0, which is no scalar of machine code}}
  rt.check %holds, "ValueError" "" (%a : memref<2xf64>)
  return
}

// -----

func.func @no_kind(%holds: i1, %a: i64) {
  // expected-error @below {{'rt.check' op has no kind 's'; kinds are i, u, b, f, F, c, C}}
  rt.check %holds, "ValueError" "" (%a : i64) kinds "s"
  return
}

// -----

func.func @no_kind_to_raise(%a: i64) {
  // expected-error @below {{'rt.raise' op has no kind 'x'; kinds are i, u, b, f, F, c, C, s, n, (, ), <, >}}
  rt.raise "ValueError" "" (%a : i64) kinds "x"
  return
}

// -----

func.func @too_few_kinds(%a: i64) {
  // expected-error @below {{'rt.print' op has 1 kinds for 2 values}}
  rt.print "" (%a, %a : i64, i64) kinds "i"
  return
}

// -----

func.func @wrong_kind(%a: i64) {
  // expected-error @below {{'rt.print' op has 'i64' as value 0, whose kind is 'f'}}
  rt.print "" (%a : i64) kinds "f"
  return
}

// -----

func.func @places(%holds: i1, %a: i64) {
  // expected-error @below {{'rt.check' op has 1 values for the 2 `{}` of its message}}
  rt.check %holds, "ValueError" "{} of {}" (%a : i64) kinds "i"
  return
}

// -----

func.func @texts() {
  // expected-error @below {{'rt.raise' op has 1 texts for 2 kinds 's'}}
  rt.raise "ValueError" "" kinds "ss" texts ["only one"]
  return
}

// -----

func.func @brackets(%a: i64) {
  // expected-error @below {{'rt.raise' op has kinds whose brackets do not match}}
  rt.raise "ValueError" "" (%a : i64) kinds ")i("
  return
}

// -----

func.func @sizes(%n: index) {
  // expected-error @below {{'rt.alloc' op has 1 sizes for the 2 dynamic extents of 'memref<?x?xf64>'}}
  %0 = rt.alloc(%n) : memref<?x?xf64>
  return
}

// -----

func.func @block(%block: i64, %n: index) {
  // expected-error @below {{'rt.adopt' op needs a block of type '!llvm.ptr', not 'i64'}}
  %0 = rt.adopt %block[%n] : i64 to memref<?xf64>
  return
}

// -----

func.func @adopted_sizes(%block: !llvm.ptr) {
  // expected-error @below {{'rt.adopt' op has 0 sizes for the 1 dynamic extents of 'memref<?xf64>'}}
  %0 = rt.adopt %block[] : !llvm.ptr to memref<?xf64>
  return
}

// -----

func.func @sparse_constant() {
  // expected-error @below {{'rt.constant_array' op needs dense elements}}
  %0 = rt.constant_array sparse<0, 1.0> : tensor<2xf64> as memref<2xf64>
  return
}

// -----

func.func @shape() {
  // expected-error @below {{'rt.constant_array' op has elements of the shape of 'tensor<2xf64>', which 'memref<3xf64>' cannot have}}
  %0 = rt.constant_array dense<1.0> : tensor<2xf64> as memref<3xf64>
  return
}

// -----

func.func @elements() {
  // expected-error @below {{'rt.constant_array' op has elements of type 'f32', but 'memref<?xf64>' holds 'f64'}}
  %0 = rt.constant_array dense<1.0> : tensor<2xf32> as memref<?xf64>
  return
}

// -----

func.func @numbers(%base: memref<?xf64>, %n: index) {
  // expected-error @below {{'rt.view' op needs an offset, 1 sizes and 1 strides, but has 2 numbers}}
  %0 = rt.view %base[%n, %n] : memref<?xf64> to memref<?xf64>
  return
}

// -----

func.func @seen_as(%base: memref<?xf64>, %n: index) {
  // expected-error @below {{'rt.view' op cannot see elements of type 'f64' as 'index'}}
  %0 = rt.view %base[%n, %n, %n] : memref<?xf64> to memref<?xindex>
  return
}

// -----

func.func @extents(%address: i64, %n: index) {
  // expected-error @below {{'rt.foreign' op needs 1 sizes and 1 strides, but has 1 numbers}}
  %0 = rt.foreign %address[%n] : memref<?xf64>
  return
}
