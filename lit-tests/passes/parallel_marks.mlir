// Marks of parallel loops that contradict the loop are refused, and so is what cannot be put together from chunks.
// RUN: %zouk-opt %s -split-input-file -verify-diagnostics --zouk-parallelise --zouk-outline-parallel

func.func @of_another(%n: index, %x: f64) -> f64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{`zouk.carried` of the loop cannot be "twosum 7" of a value of the type f64}}
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %x) -> f64 {
    scf.yield %sum : f64
  } {zouk.parallel = "prange", zouk.carried = ["twosum 7"], zouk.independent}
  return %s : f64
}

// -----

func.func @of_another_type(%n: index, %x: f64) -> f64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{`zouk.carried` of the loop cannot be "arith.addi" of a value of the type f64}}
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %x) -> f64 {
    scf.yield %sum : f64
  } {zouk.parallel = "prange", zouk.carried = ["arith.addi"], zouk.independent}
  return %s : f64
}

// -----

func.func @of_too_few(%n: index, %x: f64) -> f64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{`zouk.carried` of the loop is about 0 values, and it carries 1}}
  %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %x) -> f64 {
    scf.yield %sum : f64
  } {zouk.parallel = "prange", zouk.carried = [], zouk.independent}
  return %s : f64
}

// -----

func.func @tuples(%n: index, %v: tuple<i32>) -> tuple<i32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  // expected-error @+1 {{`scf.parallel` can reduce numbers only}}
  %r = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%v) -> tuple<i32> {
    scf.reduce(%v : tuple<i32>) {
    ^bb0(%p: tuple<i32>, %q: tuple<i32>):
      scf.reduce.return %p : tuple<i32>
    }
  }
  return %r : tuple<i32>
}
