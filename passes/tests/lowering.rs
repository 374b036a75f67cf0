//! Typed Python becomes structured control flow wherever nothing leaves it early, and blocks where something does.

use melior::pass::PassManager;
use zouk_dialects::ir::{Context, Module, add_pipeline, module_op};
use zouk_passes::pass::register_all;
use zouk_passes::pipeline::Stage;
use zouk_passes::stage_check::End;

/// Runs the passes on the module's text; gives the result, which must be valid.
fn run(context: &Context, pipeline: &str, source: &str) -> String {
    register_all();
    let mut module = Module::parse(context, source).unwrap_or_else(|| panic!("does not parse:\n{source}"));
    let manager = PassManager::new(context);
    add_pipeline(manager.as_operation_pass_manager().to_raw(), &format!("builtin.module({pipeline})")).expect("a pipeline");
    manager.run(&mut module).unwrap_or_else(|_| panic!("fails: {:?}\n{source}", zouk_dialects::diagnostic::take_reported()));
    assert!(module_op(&module).verify());
    if pipeline.contains("zouk-lower-python") {
        Stage::Tensor.check(End::Reached, module_op(&module), &|_| true).unwrap_or_else(|d| panic!("{}", d.message));
    }
    module_op(&module).to_string()
}

/// The module's text after `structure_exits`, `lower_python` and `canonicalize`.
fn lower(source: &str) -> String {
    run(&zouk_dialects::context::context(), "zouk-structure-exits,zouk-lower-python,canonicalize,cse", source)
}

/// Asserts which texts occur in the lowered function and which do not.
fn expect(source: &str, present: &[&str], absent: &[&str]) {
    let text = lower(source);
    for wanted in present {
        assert!(text.contains(wanted), "no `{wanted}` in\n{text}");
    }
    for unwanted in absent {
        assert!(!text.contains(unwanted), "there is `{unwanted}` in\n{text}");
    }
}

#[test]
fn a_loop_over_a_range_is_scf_for() {
    // for i in range(n): total += a[i]
    expect(
        r#"func.func @sum(%a: !py.array<f64, 1, C>, %range: !py.range<si64>, %zero: f64) -> f64 {
             %total = py.for %i : si64 in %range : !py.range<si64> iter_args(%t = %zero : f64) {
               %x = py.getitem %a[%i] : (!py.array<f64, 1, C>, si64) -> f64
               %next = py.binary "add" %t, %x : (f64, f64) -> f64
               py.yield %next : f64
             }
             py.return %total : f64
           }"#,
        &["func.func @sum(%arg0: memref<?xf64>, %arg1: i64, %arg2: i64, %arg3: i64, %arg4: f64) -> f64", "scf.for", "rt.index", "wraps checked \"0\""],
        &[" cf.", "scf.while"],
    );
}

#[test]
fn a_loop_over_rows_makes_views() {
    expect(
        r#"func.func @rows(%a: !py.array<f64, 2, C>, %zero: f64) -> f64 {
             %total = py.for %row : !py.array<f64, 1, C> in %a : !py.array<f64, 2, C> iter_args(%t = %zero : f64) {
               %inner = py.for %x : f64 in %row : !py.array<f64, 1, C> iter_args(%u = %t : f64) {
                 %next = py.binary "add" %u, %x : (f64, f64) -> f64
                 py.yield %next : f64
               }
               py.yield %inner : f64
             }
             py.return %total : f64
           }"#,
        &["rt.view", "memref.load"],
        &["rt.index", "rt.check", " cf."],
    );
}

#[test]
fn nested_protocols_take_the_shortest_length() {
    // for i, (x, j) in enumerate(zip(a, reversed(r))): …
    expect(
        r#"func.func @f(%e: !py.enumerate<!py.zip<!py.array<f32, 1, A>, !py.reversed<!py.range<si64>>>>, %zero: si64) -> si64 {
             %r = py.for %item : tuple<si64, tuple<f32, si64>> in %e : !py.enumerate<!py.zip<!py.array<f32, 1, A>, !py.reversed<!py.range<si64>>>> iter_args(%t = %zero : si64) {
               %i, %pair = py.unpack %item : (tuple<si64, tuple<f32, si64>>) -> (si64, tuple<f32, si64>)
               %x, %j = py.unpack %pair : (tuple<f32, si64>) -> (f32, si64)
               %s = py.binary "add" %i, %j : (si64, si64) -> si64
               py.yield %s : si64
             }
             py.return %r : si64
           }"#,
        &["arith.minsi", "scf.for"],
        &[" cf."],
    );
}

#[test]
fn only_a_loop_that_is_left_early_becomes_blocks() {
    let with_break = r#"func.func @find(%a: !py.array<si64, 1, C>, %x: si64, %none: si64, %outer: !py.range<si64>) -> si64 {
        %r = py.for %k : si64 in %outer : !py.range<si64> iter_args(%q = %none : si64) {
          %found = py.for %item : si64 in %a : !py.array<si64, 1, C> iter_args(%i = %none : si64) {
            %same = py.compare "eq" %item, %x : (si64, si64) -> i1
            py.if %same {
              py.break %i : si64
            }
            %next = py.binary "add" %i, %x : (si64, si64) -> si64
            py.yield %next : si64
          } else (%e : si64) {
            py.yield %none : si64
          }
          py.yield %found : si64
        }
        py.return %r : si64
      }"#;
    expect(with_break, &["scf.for", "scf.execute_region", "cf.cond_br"], &["scf.while"]);
    let with_return = with_break.replace("py.break %i", "py.return %i");
    expect(&with_return, &["cf.cond_br", "return"], &["scf.for", "scf.execute_region"]);
}

#[test]
fn continue_is_structured() {
    // for i in r: if c: continue; if i: if c: continue; total += i
    expect(
        r#"func.func @f(%r: !py.range<si64>, %c: i1, %zero: si64) -> si64 {
             %total = py.for %i : si64 in %r : !py.range<si64> iter_args(%t = %zero : si64) {
               py.if %c {
                 py.continue %t : si64
               }
               %truth = py.truth %i : si64
               %u = py.if %truth -> (si64) {
                 py.if %c {
                   py.continue %i : si64
                 }
                 py.yield %t : si64
               } else {
                 py.yield %zero : si64
               }
               py.continue %u : si64
             }
             py.return %total : si64
           }"#,
        &["scf.for"],
        &[" cf."],
    );
}

#[test]
fn a_while_loop_with_else_and_one_with_break() {
    let source = r#"func.func @f(%n: si64) -> si64 {
        %zero = py.constant 0 : si64
        %one = py.constant 1 : si64
        %r:2 = py.while iter_args(%i = %zero : si64, %m = %n : si64) {
          %more = py.compare "lt" %i, %m : (si64, si64) -> i1
          py.condition %more, %i, %m : si64, si64
        } do (%i : si64, %m : si64) {
          %next = py.binary "add" %i, %one : (si64, si64) -> si64
          BREAK
          py.yield %next, %m : si64, si64
        } else (%i : si64, %m : si64) {
          %last = py.binary "sub" %i, %m : (si64, si64) -> si64
          py.yield %last, %m : si64, si64
        }
        py.return %r#0 : si64
      }"#;
    expect(&source.replace("BREAK", ""), &["scf.while"], &[" cf."]);
    let with_break = source.replace("BREAK", "%odd = py.truth %next : si64\npy.if %odd {\npy.break %next, %m : si64, si64\n}");
    expect(&with_break, &["cf.cond_br", "^bb"], &["scf.while"]);
}

#[test]
fn returns_in_branches_are_one_return() {
    expect(
        r#"func.func @f(%a: i1, %b: i1, %x: si64, %y: si64) -> si64 {
             py.if %a {
               py.return %x : si64
             } else {
               py.if %b {
                 py.return %y : si64
               } else {
                 py.raise "ValueError"
               }
               py.raise "SystemError"
             }
             py.raise "SystemError"
           }"#,
        &["scf.if", "rt.raise \"ValueError\""],
        &[" cf.", "SystemError"],
    );
}

#[test]
fn raise_carries_scalars() {
    expect(
        r#"func.func @f(%x: si8, %z: complex<f64>) -> !py.none {
             %text = py.constant "negative" : !py.str
             py.raise "ValueError"(%text, %x, %z) : !py.str, si8, complex<f64>
           }"#,
        &["rt.raise \"ValueError\" \"\"(", ": i64, complex<f64>)", "kinds \"sic\" texts [\"negative\"]"],
        &["py."],
    );
}

#[test]
fn unbound_names_are_checked() {
    expect(
        r#"func.func @f(%c: i1, %x: f64) -> f64 {
             %m = py.if %c -> (!py.maybe<f64>) {
               %y = py.cast %x : f64 to !py.maybe<f64>
               py.yield %y : !py.maybe<f64>
             } else {
               %u = py.unbound : !py.unbound
               %y = py.cast %u : !py.unbound to !py.maybe<f64>
               py.yield %y : !py.maybe<f64>
             }
             %r = py.check_bound "y" %m : !py.maybe<f64> -> f64
             py.return %r : f64
           }"#,
        &["UnboundLocalError", "cannot access local variable 'y' where it is not associated with a value"],
        &[],
    );
}

#[test]
fn slices_are_views() {
    // a[1:-1, i, None, ::-2]
    expect(
        r#"func.func @f(%a: !py.array<f64, 3, C>, %i: si64) -> !py.array<f64, 3, A> {
             %none = py.constant unit : !py.none
             %one = py.constant 1 : si64
             %minus_one = py.constant -1 : si64
             %minus_two = py.constant -2 : si64
             %s = py.slice %one : %minus_one : %none : (si64, si64, !py.none) -> !py.slice<si64, si64, !py.none>
             %back = py.slice %none : %none : %minus_two : (!py.none, !py.none, si64) -> !py.slice<!py.none, !py.none, si64>
             %index = py.tuple(%s, %i, %none, %back) : (!py.slice<si64, si64, !py.none>, si64, !py.none, !py.slice<!py.none, !py.none, si64>)
                 -> tuple<!py.slice<si64, si64, !py.none>, si64, !py.none, !py.slice<!py.none, !py.none, si64>>
             %v = py.getitem %a[%index] : (!py.array<f64, 3, C>, tuple<!py.slice<si64, si64, !py.none>, si64, !py.none, !py.slice<!py.none, !py.none, si64>>)
                 -> !py.array<f64, 3, A>
             py.return %v : !py.array<f64, 3, A>
           }"#,
        &["rt.view", "memref<?x?x?xf64, strided<[?, ?, ?]>>", "rt.index", "\"1\""],
        &["slice step cannot be zero", "memref.load"],
    );
    expect(
        r#"func.func @f(%a: !py.array<f64, 1, C>, %s: !py.slice<!py.none, si64, ui64>) -> !py.array<f64, 1, A> {
             %v = py.getitem %a[%s] : (!py.array<f64, 1, C>, !py.slice<!py.none, si64, ui64>) -> !py.array<f64, 1, A>
             py.return %v : !py.array<f64, 1, A>
           }"#,
        &["slice step cannot be zero", "rt.view"],
        &[],
    );
}

#[test]
fn assignments_to_slices_copy_what_may_overlap() {
    let source = |item: &str| {
        format!(
            r#"func.func @f(%a: !py.array<f64, 2, C>, %x: {item}) -> !py.none {{
                 %none = py.constant unit : !py.none
                 %one = py.constant 1 : si64
                 %s = py.slice %one : %none : %none : (si64, !py.none, !py.none) -> !py.slice<si64, !py.none, !py.none>
                 py.setitem %a[%s] = %x : !py.array<f64, 2, C>, !py.slice<si64, !py.none, !py.none>, {item}
                 py.return %none : !py.none
               }}"#
        )
    };
    expect(&source("si64"), &["memref.store", "arith.sitofp"], &["rt.alloc", "memref.load"]);
    expect(&source("!py.array<f32, 1, A>"), &["could not broadcast input array from shape ({},) into shape ({},{})", "rt.broadcast", "bufferization.materialize_in_destination"], &["memref.store"]);
}

#[test]
fn unpacking_checks_the_length() {
    expect(
        r#"func.func @f(%a: !py.array<f64, 1, C>) -> f64 {
             %x, %y = py.unpack %a : (!py.array<f64, 1, C>) -> (f64, f64)
             %z = py.binary "sub" %x, %y : (f64, f64) -> f64
             py.return %z : f64
           }"#,
        &["not enough values to unpack (expected 2, got {})", "too many values to unpack (expected 2)"],
        &[],
    );
}

#[test]
fn tuples_by_constant_and_by_computed_places() {
    expect(
        r#"func.func @f(%t: tuple<si64, si64, si64>, %i: si64) -> tuple<si64, si64, si64> {
             %none = py.constant unit : !py.none
             %minus_one = py.constant -1 : si64
             %last = py.getitem %t[%minus_one] : (tuple<si64, si64, si64>, si64) -> si64
             %s = py.slice %none : %none : %minus_one : (!py.none, !py.none, si64) -> !py.slice<!py.none, !py.none, si64>
             %back = py.getitem %t[%s] : (tuple<si64, si64, si64>, !py.slice<!py.none, !py.none, si64>) -> tuple<si64, si64, si64>
             %any = py.getitem %back[%i] : (tuple<si64, si64, si64>, si64) -> si64
             %r = py.tuple(%last, %any, %i) : (si64, si64, si64) -> tuple<si64, si64, si64>
             py.return %r : tuple<si64, si64, si64>
           }"#,
        &["tuple index out of range", "arith.select"],
        &["memref"],
    );
}

#[test]
fn constants_of_every_type() {
    expect(
        r#"func.func @f() -> tuple<complex<f64>, ui64, f32, i1, !py.array<si16, 1, C, readonly>> {
             %z = py.constant #complex.number<:f64 1.5, -2.0> : complex<f64>
             %u = py.constant 18446744073709551615 : ui64
             %f = py.constant 0.5 : f32
             %b = py.constant true
             %a = py.constant dense<[1, 2]> : tensor<2xsi16> : !py.array<si16, 1, C, readonly>
             %t = py.tuple(%z, %u, %f, %b, %a) : (complex<f64>, ui64, f32, i1, !py.array<si16, 1, C, readonly>)
                 -> tuple<complex<f64>, ui64, f32, i1, !py.array<si16, 1, C, readonly>>
             py.return %t : tuple<complex<f64>, ui64, f32, i1, !py.array<si16, 1, C, readonly>>
           }"#,
        &["-2.000000e+00 : f64", "-1 : i64", "rt.constant_array", "(f64, f64, i64, f32, i1, memref<?xi16>)"],
        &[],
    );
}

#[test]
fn calls_pass_the_parts() {
    expect(
        r#"func.func private @g(%z: complex<f64>, %n: !py.none) -> tuple<f64, si64> attributes {py.display = "g"} {
             %two = py.constant 2 : si64
             %x = py.constant 1.0 : f64
             %t = py.tuple(%x, %two) : (f64, si64) -> tuple<f64, si64>
             py.return %t : tuple<f64, si64>
           }
           func.func @f(%z: complex<f64>) -> f64 {
             %none = py.constant unit : !py.none
             %t = func.call @g(%z, %none) : (complex<f64>, !py.none) -> tuple<f64, si64>
             %zero = py.constant 0 : si64
             %x = py.getitem %t[%zero] : (tuple<f64, si64>, si64) -> f64
             py.return %x : f64
           }"#,
        &["call @g(%arg0, %arg1) : (f64, f64) -> (f64, i64)", "py.display = \"g\""],
        &[],
    );
}

/// What a pass says when it panics: an internal error with the message and the place.
#[test]
fn a_panic_is_an_internal_error() {
    let context = zouk_dialects::context::context();
    let module = Module::new(zouk_dialects::ir::Location::unknown(&context));
    let fails = zouk_passes::pass::run_reporting("zouk-fails", |_, _| panic!("no way"), module_op(&module).to_raw(), c"".as_ptr());
    let reported = zouk_dialects::diagnostic::take_reported();
    assert!(!fails);
    let message = &reported.first().expect("it is reported").message;
    assert!(message.starts_with("zouk-fails failed: passes/tests/lowering.rs:") && message.ends_with(": no way"), "{message}");
}
