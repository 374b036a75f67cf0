//! Checks are proved away and hoisted, and never one too many: programs do the same before and after.

#[path = "checks/interpreter.rs"]
mod interpreter;
#[path = "checks/random.rs"]
mod random;

use interpreter::{Event, Item, agree, events};
use melior::pass::PassManager;
use zouk_dialects::context::context;
use zouk_dialects::ir::{Context, Module, Op, add_pipeline, module_op};

const BOTH: &str = "zouk-eliminate-checks,canonicalize,cse,zouk-hoist-checks,canonicalize,cse";

fn parse<'c>(context: &'c Context, text: &str) -> Module<'c> {
    Module::parse(context, text).unwrap_or_else(|| panic!("no module:\n{text}"))
}

fn apply(context: &Context, module: &mut Module, pipeline: &str) {
    zouk_passes::pass::register_all();
    let manager = PassManager::new(context);
    manager.enable_verifier(true);
    // SAFETY: the manager is alive.
    let operations = unsafe { mlir_sys::mlirPassManagerGetAsOpPassManager(manager.to_raw()) };
    add_pipeline(operations, &format!("builtin.module({pipeline})")).expect("a pipeline");
    manager.run(module).unwrap_or_else(|_| panic!("the pipeline fails on\n{}", module_op(module)));
}

fn optimized(text: &str, pipeline: &str) -> String {
    let context = context();
    let mut module = parse(&context, text);
    apply(&context, &mut module, pipeline);
    module_op(&module).to_string()
}

/// A function whose array arguments are `a: memref<?xf64>`, `b: memref<?x?xf64>`, its integers `n` and `m`.
fn function(body: &str) -> String {
    format!(
        "func.func @f(%a: memref<?xf64>, %b: memref<?x?xf64>, %n: i64, %m: i64) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %two = arith.constant 2 : i64
  %x = arith.constant 0.0 : f64
  %size = memref.dim %a, %c0 : memref<?xf64>
  %rows = memref.dim %b, %c0 : memref<?x?xf64>
  %columns = memref.dim %b, %c1 : memref<?x?xf64>
  %length = arith.index_cast %size : index to i64
  %height = arith.index_cast %rows : index to i64
  %width = arith.index_cast %columns : index to i64
{body}
  return
}}"
    )
}

/// `a[position]` for an i64 value.
fn access(position: &str) -> String {
    format!(
        "%p{position} = arith.index_cast %{position} : i64 to index
%j{position} = rt.index %p{position} of %size wraps checked \"0\"
memref.store %x, %a[%j{position}] : memref<?xf64>\n"
    )
}

fn count(text: &str, what: &str) -> usize {
    text.matches(what).count()
}

/// The pass removes all checks by itself.
fn proved(body: &str) {
    let after = optimized(&function(body), "zouk-eliminate-checks,canonicalize");
    assert_eq!(count(&after, "rt.index"), 0, "{after}");
}

/// The checks are gone from a fast copy that stands beside the original.
fn hoisted(body: &str, slow: usize) {
    let after = optimized(&function(body), BOTH);
    assert_eq!(count(&after, "rt.index"), slow, "{after}");
    assert!(after.contains("scf.if"), "{after}");
    same_behaviour(&function(body), &[-3, 0, 1, 2, 5, i64::MAX, i64::MAX - 1, i64::MIN]);
}

/// The program does the same after the passes, for these integers and small arrays.
fn same_behaviour(text: &str, integers: &[i64]) {
    let context = context();
    let before = parse(&context, text);
    let mut after = parse(&context, text);
    // Without upstream's canonicalisation, which deletes loops of more than 2^63 iterations.
    apply(&context, &mut after, "cse,zouk-eliminate-checks,zouk-hoist-checks");
    let function = |module: &Module| module_op(module).collect(|op| op.is("func.func"))[0].to_raw();
    // SAFETY: the modules outlive the handles.
    let [old, new] = [function(&before), function(&after)].map(|raw| unsafe { Op::from_raw(raw) });
    for size in [0, 1, 3, 6] {
        for n in integers {
            for m in integers {
                let arguments = [Item::Array(vec![size]), Item::Array(vec![size, (size + 2) % 5]), Item::Int(*n as i128), Item::Int(*m as i128)];
                let (expected, found) = (events(old, &arguments, 60), events(new, &arguments, 60));
                assert!(!found.iter().any(|e| matches!(e, Event::Broke(_))), "{found:?} for {arguments:?} in\n{old}\nbecame\n{new}");
                assert!(agree(&expected, &found), "{expected:?} became {found:?} for {arguments:?} in\n{old}\nbecame\n{new}");
            }
        }
    }
}

#[test]
fn counters_within_an_axis() {
    proved(&format!("scf.for %i = %zero to %length step %one : i64 {{ {} }}", access("i")));
}

#[test]
fn neighbours() {
    proved(&format!(
        "%last = arith.subi %length, %one : i64
         scf.for %i = %one to %last step %one : i64 {{
           %before = arith.subi %i, %one : i64
           %after = arith.addi %i, %one : i64
           {}{} }}",
        access("before"),
        access("after")
    ));
}

#[test]
fn triangles() {
    proved(&format!(
        "scf.for %i = %zero to %length step %one : i64 {{
           %from = arith.addi %i, %one : i64
           scf.for %j = %from to %length step %one : i64 {{
             %d = arith.subi %j, %i : i64
             {}{}{} }} }}",
        access("i"),
        access("j"),
        access("d")
    ));
}

#[test]
fn conditions() {
    proved(&format!(
        "%low = arith.cmpi sge, %n, %zero : i64
         scf.if %low {{ %high = arith.cmpi slt, %n, %length : i64 scf.if %high {{ {} }} }}",
        access("n")
    ));
}

#[test]
fn a_check_that_was_passed() {
    let after = optimized(
        &function(&format!("{}%again = arith.addi %n, %zero : i64\n{}", access("n"), access("again"))),
        "zouk-eliminate-checks,canonicalize",
    );
    assert_eq!(count(&after, "checked"), 1, "{after}");
}

#[test]
fn negative_constants() {
    let body = format!("%k = arith.constant -1 : i64\n{}", access("k"));
    let after = optimized(&function(&body), "zouk-eliminate-checks,canonicalize");
    assert_eq!((count(&after, "wraps"), count(&after, "checked")), (0, 1), "{after}");
    same_behaviour(&function(&body), &[0]);
}

#[test]
fn lengths_of_ranges() {
    // for k in range(start, stop): start + k, as the length of the range is computed.
    proved(&format!(
        "%start = arith.constant 2 : i64
         %distance = arith.subi %length, %start : i64
         %some = arith.cmpi slt, %start, %length : i64
         %trips = arith.select %some, %distance, %zero : i64
         scf.for %k = %zero to %trips step %one : i64 {{
           %i = arith.addi %start, %k : i64
           {} }}",
        access("i")
    ));
}

#[test]
fn names_that_only_grow() {
    let body = format!(
        "%count = scf.for %i = %zero to %n step %one iter_args(%k = %zero) -> i64 : i64 {{
           {}
           %next = arith.addi %k, %one : i64
           scf.yield %next : i64 }}",
        access("k")
    );
    let after = optimized(&function(&body), "zouk-eliminate-checks,canonicalize");
    assert_eq!(count(&after, "wraps"), 0, "{after}");
}

#[test]
fn arrays_that_swap() {
    let after = optimized(
        "func.func @f(%n: index, %m: i64, %x: f64) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0 : i64
  %one = arith.constant 1 : i64
  %a = rt.alloc(%n) : memref<?xf64>
  %b = rt.alloc(%n) : memref<?xf64>
  %r:2 = scf.for %t = %zero to %m step %one iter_args(%p = %a, %q = %b) -> (memref<?xf64>, memref<?xf64>) : i64 {
    %d = memref.dim %q, %c0 : memref<?xf64>
    scf.for %i = %c0 to %n step %c1 {
      %j = rt.index %i of %d wraps checked \"0\"
      memref.store %x, %q[%j] : memref<?xf64>
    }
    scf.yield %q, %p : memref<?xf64>, memref<?xf64>
  }
  return
}",
        "zouk-eliminate-checks,canonicalize",
    );
    assert_eq!(count(&after, "rt.index"), 0, "{after}");
}

#[test]
fn remainders() {
    proved(&format!(
        "%some = arith.cmpi sgt, %length, %zero : i64
         scf.if %some {{
           scf.for %i = %zero to %n step %one : i64 {{
             %r = arith.remsi %i, %length : i64
             {} }} }}",
        access("r")
    ));
    // Python's n % length: corrected where the signs differ.
    proved(&format!(
        "%some = arith.cmpi sgt, %length, %zero : i64
         scf.if %some {{
           %rest = arith.remsi %n, %length : i64
           %inexact = arith.cmpi ne, %rest, %zero : i64
           %negative = arith.cmpi slt, %rest, %zero : i64
           %wrong = arith.andi %inexact, %negative : i1
           %sum = arith.addi %rest, %length : i64
           %r = arith.select %wrong, %sum, %rest : i64
           {} }}",
        access("r")
    ));
}

#[test]
fn checks_before_a_loop() {
    hoisted(&format!("scf.for %i = %zero to %n step %one : i64 {{ {} }}", access("i")), 1);
}

#[test]
fn offsets() {
    hoisted(
        &format!(
            "scf.for %i = %n to %m step %one : i64 {{
               %k = arith.addi %i, %n : i64
               %l = arith.subi %k, %two : i64
               {}{} }}",
            access("k"),
            access("l")
        ),
        2,
    );
}

#[test]
fn negative_strides() {
    hoisted(
        &format!(
            "scf.for %k = %zero to %n step %one : i64 {{
               %last = arith.subi %n, %one : i64
               %i = arith.subi %last, %k : i64
               {} }}",
            access("i")
        ),
        1,
    );
}

#[test]
fn steps_of_two() {
    hoisted(
        &format!(
            "%small = arith.constant 1000 : i64
             %to = arith.minsi %n, %small : i64
             scf.for %i = %zero to %to step %two : i64 {{
               %k = arith.addi %i, %one : i64
               {} }}",
            access("k")
        ),
        1,
    );
}

#[test]
fn symbolic_steps() {
    hoisted(
        &format!(
            "%count = arith.constant 3 : i64
             scf.for %k = %zero to %count step %one : i64 {{
               %along = arith.muli %k, %m : i64
               %i = arith.addi %n, %along : i64
               {} }}",
            access("i")
        ),
        1,
    );
}

#[test]
fn products() {
    hoisted(
        &format!(
            "scf.for %i = %zero to %n step %one : i64 {{
               scf.for %j = %zero to %m step %one : i64 {{
                 %row = arith.muli %i, %m : i64
                 %k = arith.addi %row, %j : i64
                 {} }} }}",
            access("k")
        ),
        1,
    );
}

#[test]
fn inner_loops_alone() {
    // The bound is read in the outer loop: only the inner one can hoist.
    hoisted(
        &format!(
            "scf.for %i = %zero to %n step %one : i64 {{
               %masked = arith.andi %i, %m : i64
               %from = arith.xori %masked, %one : i64
               scf.for %j = %from to %n step %one : i64 {{ {} }} }}",
            access("j")
        ),
        1,
    );
}

#[test]
fn while_loops() {
    let body = |to: &str| {
        format!(
            "%end = scf.while (%k = %zero) : (i64) -> i64 {{
               %more = arith.cmpi slt, %k, %{to} : i64
               scf.condition(%more) %k : i64
             }} do {{
             ^bb0(%i: i64):
               {}
               %next = arith.addi %i, %one : i64
               scf.yield %next : i64
             }}",
            access("i")
        )
    };
    proved(&body("length"));
    hoisted(&body("n"), 1);
}

#[test]
fn searches() {
    // while j >= n and a[j] > x: a[j + 1] = a[j]; j -= 1
    let body = format!(
        "scf.for %i = %n to %m step %one : i64 {{
           %start = arith.subi %i, %one : i64
           %end = scf.while (%j = %start) : (i64) -> i64 {{
             %low = arith.cmpi sge, %j, %n : i64
             %more = scf.if %low -> (i1) {{
               {}
               %value = memref.load %a[%jj] : memref<?xf64>
               %greater = arith.cmpf ogt, %value, %x : f64
               scf.yield %greater : i1
             }} else {{
               %false = arith.constant false
               scf.yield %false : i1
             }}
             scf.condition(%more) %j : i64
           }} do {{
           ^bb0(%k: i64):
             %after = arith.addi %k, %one : i64
             {}
             %next = arith.subi %k, %one : i64
             scf.yield %next : i64
           }} }}",
        access("j"),
        access("after")
    );
    let after = optimized(&function(&body), BOTH);
    assert_eq!(count(&after, "rt.index"), 2, "{after}");
}

#[test]
fn multiples() {
    // for multiple in range(p * p, length, p), as the length of the range is computed.
    hoisted(
        &format!(
            "%positive = arith.cmpi sgt, %n, %zero : i64
             scf.if %positive {{
               %square = arith.muli %n, %n : i64
               %distance = arith.subi %length, %square : i64
               %before = arith.subi %distance, %one : i64
               %whole = arith.divui %before, %n : i64
               %count = arith.addi %whole, %one : i64
               %some = arith.cmpi slt, %square, %length : i64
               %trips = arith.select %some, %count, %zero : i64
               scf.for %k = %zero to %trips step %one : i64 {{
                 %along = arith.muli %k, %n : i64
                 %i = arith.addi %square, %along : i64
                 {} }} }}",
            access("i")
        ),
        1,
    );
}

#[test]
fn loops_of_blocks() {
    proved(&format!(
        "scf.execute_region {{
           cf.br ^head(%zero : i64)
         ^head(%i: i64):
           %more = arith.cmpi slt, %i, %length : i64
           cf.cond_br %more, ^body, ^end
         ^body:
           {}
           %found = arith.cmpi eq, %i, %n : i64
           cf.cond_br %found, ^end, ^latch
         ^latch:
           %next = arith.addi %i, %one : i64
           cf.br ^head(%next : i64)
         ^end:
           scf.yield
         }}",
        access("i")
    ));
}

#[test]
fn divisors() {
    let after = optimized(
        &function(&format!(
            "scf.for %i = %zero to %n step %one : i64 {{
               %divides = arith.cmpi ne, %m, %zero : i64
               rt.check %divides, \"ZeroDivisionError\" \"division by zero\"
               {} }}",
            access("i")
        )),
        BOTH,
    );
    assert_eq!(count(&after, "rt.check"), 1, "{after}");
}

#[test]
fn random_programs_do_the_same() {
    let seeds = std::env::var("ZOUK_TEST_SEEDS").ok().and_then(|s| s.parse().ok()).unwrap_or(300);
    for seed in 0..seeds {
        let text = function(&random::body(seed));
        same_behaviour(&text, &[-2, 0, 1, 4, i64::MAX, i64::MIN + 1]);
    }
}
