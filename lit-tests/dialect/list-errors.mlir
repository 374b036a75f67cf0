// Every message of the verifier of `py.list`.
// RUN: %zouk-opt %s --split-input-file --verify-diagnostics

func.func @type(%a: si64) {
  // expected-error @below {{'py.list' op gives a list, not 'tuple<si64>'}}
  %0 = py.list(%a) : (si64) -> tuple<si64>
  return
}

// -----

func.func @count(%a: si64) {
  // expected-error @below {{'py.list' op has 1 elements, but its type is '!py.list<si64, si64>'}}
  %0 = py.list(%a) : (si64) -> !py.list<si64, si64>
  return
}

// -----

func.func @element(%a: si64, %b: f64) {
  // expected-error @below {{'py.list' op has 'f64' as element 1 of '!py.list<si64, si64>'}}
  %0 = py.list(%a, %b) : (si64, f64) -> !py.list<si64, si64>
  return
}

// -----

func.func @tuple_is_no_list(%a: tuple<si64>) {
  // expected-error @below {{'py.cast' op cannot convert 'tuple<si64>' to '!py.list<si64>'}}
  %0 = py.cast %a : tuple<si64> to !py.list<si64>
  return
}
