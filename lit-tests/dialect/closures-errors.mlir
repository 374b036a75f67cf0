// Every message of the verifiers of closures and iterators.
// RUN: %zouk-opt %s --split-input-file --verify-diagnostics

func.func @type(%a: si64) {
  // expected-error @below {{'py.closure' op gives a closure, not 'tuple<si64>'}}
  %0 = py.closure "g"(%a) : (si64) -> tuple<si64>
  return
}

// -----

func.func @callee(%a: si64) {
  // expected-error @below {{'py.closure' op is of the function 'g', but its type is '!py.closure<"h", si64>'}}
  %0 = py.closure "g"(%a) : (si64) -> !py.closure<"h", si64>
  return
}

// -----

func.func @count(%a: si64) {
  // expected-error @below {{'py.closure' op has 1 elements, but its type is '!py.closure<"g">'}}
  %0 = py.closure "g"(%a) : (si64) -> !py.closure<"g">
  return
}

// -----

func.func @element(%a: si64) {
  // expected-error @below {{'py.closure' op has 'si64' as element 0 of '!py.closure<"g", f64>'}}
  %0 = py.closure "g"(%a) : (si64) -> !py.closure<"g", f64>
  return
}

// -----

func.func @captured(%a: !py.closure<"g", f64>) {
  // expected-error @below {{'py.captured' op finds nothing at 1 in '!py.closure<"g", f64>'}}
  %0 = py.captured 1 of %a : (!py.closure<"g", f64>) -> f64
  return
}

// -----

func.func @captured_of(%a: f64) {
  // expected-error @below {{'py.captured' op finds nothing at 0 in 'f64'}}
  %0 = py.captured 0 of %a : (f64) -> f64
  return
}

// -----

func.func @part(%a: !py.map<!py.ref<"@f">, !py.range<si64>>) {
  // expected-error @below {{'py.part' op finds nothing at 2 in '!py.map<!py.ref<"@f">, !py.range<si64>>'}}
  %0 = py.part 2 of %a : (!py.map<!py.ref<"@f">, !py.range<si64>>) -> !py.range<si64>
  return
}
