//! Loops of kernels count in their own steps.
//!
//! `range(start, end, step)` is lowered to a loop over the number of its iterations, which takes a division, and each index is `start + k * step`. Where the step is known to be positive and
//! the start not to be negative the loop is `for (i = start; i < end; i += step)`, in unsigned numbers: the last `i + step` is below 2^64. LLVM does not unroll loops whose step it does not
//! know: it would divide again, and a GPU's threads are many for that registers be few.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf32>, %x: f32) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %zero = arith.constant 0 : i64
//!   %one = arith.constant 1 : i64
//!   %thread = gpu.thread_id x
//!   %threads = gpu.block_dim x
//!   %start = arith.index_cast %thread : index to i64
//!   %step = arith.index_cast %threads : index to i64
//!   %n = memref.dim %a, %c0 : memref<?xf32>
//!   %end = arith.index_cast %n : index to i64
//!   %room = arith.subi %end, %start : i64
//!   %last = arith.subi %room, %one : i64
//!   %quotient = arith.divui %last, %step : i64
//!   %count = arith.addi %quotient, %one : i64
//!   %some = arith.cmpi slt, %start, %end : i64
//!   %trips = arith.select %some, %count, %zero : i64
//!   scf.for %k = %zero to %trips step %one : i64 {
//!     %along = arith.muli %k, %step : i64
//!     %i = arith.addi %start, %along : i64
//!     %place = arith.index_cast %i : i64 to index
//!     memref.store %x, %a[%place] : memref<?xf32>
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! #loop_unroll = #llvm.loop_unroll<runtimeDisable = true>
//! #loop_annotation = #llvm.loop_annotation<unroll = #loop_unroll>
//! module {
//!   func.func @f(%arg0: memref<?xf32>, %arg1: f32) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c0_i64 = arith.constant 0 : i64
//!     %c1_i64 = arith.constant 1 : i64
//!     %thread_id_x = gpu.thread_id  x
//!     %block_dim_x = gpu.block_dim  x
//!     %0 = arith.index_cast %thread_id_x : index to i64
//!     %1 = arith.index_cast %block_dim_x : index to i64
//!     %dim = memref.dim %arg0, %c0 : memref<?xf32>
//!     %2 = arith.index_cast %dim : index to i64
//!     %3 = arith.subi %2, %0 : i64
//!     %4 = arith.subi %3, %c1_i64 : i64
//!     %5 = arith.divui %4, %1 : i64
//!     %6 = arith.addi %5, %c1_i64 : i64
//!     %7 = arith.cmpi slt, %0, %2 : i64
//!     %8 = arith.select %7, %6, %c0_i64 : i64
//!     scf.for unsigned %arg2 = %0 to %2 step %1  : i64 {
//!       %9 = arith.index_cast %arg2 : i64 to index
//!       memref.store %arg1, %arg0[%9] : memref<?xf32>
//!     } {llvm.loop_annotation = #loop_annotation}
//!     return
//!   }
//! }
//! ```

use crate::parallel::is_inside;
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Form, Visitor, walk_function, width};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

const ANNOTATION: &str = "llvm.loop_annotation";

/// A loop that is not unrolled.
const STEADY: &str = "#llvm.loop_annotation<unroll = <runtimeDisable = true>>";

/// One that is unrolled when LLVM's other passes are done (`driver/src/codegen/ptx/unrolling.rs`, which knows it by `licm`).
const LATER: &str = "#llvm.loop_annotation<unroll = <runtimeDisable = true>, licm = <versioningDisable = true>>";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.collect(|op| op.is("func.func") && op.region(0).first_block().is_some()) {
        let loops = function.collect(|op| op.is("scf.for") && !op.has_attr(ANNOTATION));
        if !function.collect(|op| op.is("arith.divui")).is_empty() && !loops.is_empty() {
            let mut find = Find { found: vec![] };
            walk_function(function, &mut find);
            // Inner loops first: they may start at an index of an outer one.
            find.found.into_iter().rev().for_each(|range| range.rewrite());
        }
        for op in loops {
            let steady = Builder::constant_int(op.operand(2)).is_none();
            op.set_attr(ANNOTATION, Builder::before(op).parse_attr(if steady { STEADY } else { LATER }));
        }
    }
    Ok(())
}

struct Find<'c> {
    found: Vec<Range<'c>>,
}

/// A loop that runs over `range(start, end, step)`.
struct Range<'c> {
    the_loop: Op<'c>,
    /// None is 0.
    start: Option<Value<'c>>,
    end: End<'c>,
    step: Value<'c>,
    /// The products of the counter and the step, and the sums of them and the start.
    products: Vec<Op<'c>>,
    places: Vec<Op<'c>>,
}

/// The end: a value, at least 0 where that is to be seen to, or a constant.
#[derive(Clone, Copy)]
enum End<'c> {
    Value(Value<'c>, bool),
    Constant(i64),
}

impl<'c> Visitor<'c> for Find<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if op.is("scf.for") && let Some(range) = range(facts, op) {
            self.found.push(range);
        }
        Some(op)
    }
}

fn range<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>) -> Option<Range<'c>> {
    let one = |value: Value| Builder::constant_int(value) == Some(1);
    if Builder::constant_int(the_loop.operand(0)) != Some(0) || !one(the_loop.operand(2)) || the_loop.has_attr(ANNOTATION) {
        return None;
    }
    let Indices { products, places, start, step } = indices(the_loop)?;
    let (trips, condition) = match the_loop.operand(1).def() {
        Some(op) if op.is("arith.select") && Builder::constant_int(op.operand(2)) == Some(0) => (op.operand(1), Some(op.operand(0).def_by("arith.cmpi")?)),
        _ => (the_loop.operand(1), None),
    };
    let sum = trips.def_by("arith.addi").filter(|op| one(op.operand(1)))?;
    let quotient = sum.operand(0).def_by("arith.divui")?;
    let same = |a: Value<'c>, b: Value<'c>| a == b || Builder::constant_int(a).is_some_and(|n| Builder::constant_int(b) == Some(n));
    if !same(quotient.operand(1), step) || step.ty() != the_loop.operand(0).ty() {
        return None;
    }
    // What is divided is `end - start - 1`.
    let mut rest = linear(quotient.operand(0));
    start.into_iter().for_each(|start| add(&mut rest, &linear(start), 1));
    rest.1 = rest.1.wrapping_add(1);
    let from = start.map_or(Form::constant(0), |start| facts.form(start));
    let stride = facts.form(step).plus_constant(-1);
    if !facts.proves(&from) || !facts.proves(&stride) {
        return None;
    }
    let end = match condition {
        Some(condition) => {
            // slt
            let begins = start.map_or(Builder::constant_int(condition.operand(0)) == Some(0), |start| same(condition.operand(0), start));
            if condition.int_attr("predicate") != Some(2) || !begins {
                return None;
            }
            let end = condition.operand(1);
            add(&mut rest, &linear(end), -1);
            (rest.0.is_empty() && rest.1 == 0).then_some(end)?
        }
        None if rest.0.is_empty() => {
            let begins = Form::constant(i128::from(rest.1) - 1).minus(&from)?;
            return facts.proves(&begins).then_some(Range { the_loop, start, end: End::Constant(rest.1), step, products, places });
        }
        None => return None,
    };
    let form = facts.form(end);
    let end = End::Value(end, !facts.proves(&form));
    Some(Range { the_loop, start, end, step, products, places })
}

/// What is made of a counter: `start + counter * step`.
struct Indices<'c> {
    /// The products, where sums are made of them.
    products: Vec<Op<'c>>,
    /// The ops that give `start + counter * step`: sums, or products where there is no start.
    places: Vec<Op<'c>>,
    start: Option<Value<'c>>,
    step: Value<'c>,
}

/// The uses of the counter, if all are of that form.
fn indices<'c>(the_loop: Op<'c>) -> Option<Indices<'c>> {
    let counter = the_loop.body(0).arg(0);
    let products: Vec<Op> = distinct(counter);
    let other = |op: Op<'c>, value: Value<'c>| if op.operand(0) == value { op.operand(1) } else { op.operand(0) };
    let step = products.first().filter(|op| op.is("arith.muli")).map(|op| other(*op, counter))?;
    let same_step = |op: &Op<'c>| op.is("arith.muli") && other(*op, counter) == step && step != counter;
    if !products.iter().all(same_step) || is_inside(step, the_loop) {
        return None;
    }
    let users: Vec<(Op, Value)> = products.iter().flat_map(|op| distinct(op.result(0)).into_iter().map(|user| (user, op.result(0)))).collect();
    let start = users.first().filter(|(op, _)| op.is("arith.addi")).map(|(op, product)| other(*op, *product));
    let start = start.filter(|start| !is_inside(*start, the_loop));
    let sums = start.is_some_and(|start| users.iter().all(|(op, product)| op.is("arith.addi") && other(*op, *product) == start));
    let (products, places) = if sums { (products, users.into_iter().map(|(op, _)| op).collect()) } else { (vec![], products) };
    Some(Indices { products, places, start: start.filter(|_| sums), step })
}

fn distinct(value: Value) -> Vec<Op> {
    let mut users: Vec<Op> = vec![];
    for (user, _) in value.uses() {
        if !users.contains(&user) {
            users.push(user);
        }
    }
    users
}

/// A sum of values with coefficients, and a constant, modulo 2^64.
type Linear<'c> = (HashMap<Value<'c>, i64>, i64);

fn linear(value: Value) -> Linear {
    if let Some(constant) = Builder::constant_int(value) {
        return (HashMap::new(), constant);
    }
    match value.def() {
        Some(op) if matches!(op.name(), "arith.addi" | "arith.subi") => {
            let mut sum = linear(op.operand(0));
            add(&mut sum, &linear(op.operand(1)), if op.is("arith.addi") { 1 } else { -1 });
            sum
        }
        Some(op) if op.is("arith.index_cast") && width(op.operand(0).ty()) == Some(64) => linear(op.operand(0)),
        _ => (HashMap::from([(value, 1)]), 0),
    }
}

fn add<'c>(sum: &mut Linear<'c>, other: &Linear<'c>, factor: i64) {
    for (value, coefficient) in &other.0 {
        let place = sum.0.entry(*value).or_insert(0);
        *place = place.wrapping_add(coefficient.wrapping_mul(factor));
    }
    sum.0.retain(|_, coefficient| *coefficient != 0);
    sum.1 = sum.1.wrapping_add(other.1.wrapping_mul(factor));
}

impl Range<'_> {
    fn rewrite(self) {
        let Range { the_loop, start, end, step, products, places } = self;
        let b = Builder::before(the_loop);
        let ty = the_loop.operand(0).ty();
        let end = match end {
            End::Constant(end) => b.c_int(ty, end),
            End::Value(end, false) => end,
            End::Value(end, true) => b.bin("arith.maxsi", end, b.c_int(ty, 0)),
        };
        the_loop.set_operand(0, start.unwrap_or_else(|| b.c_int(ty, 0)));
        the_loop.set_operand(1, end);
        the_loop.set_operand(2, step);
        the_loop.set_unit("unsignedCmp");
        let counter = the_loop.body(0).arg(0);
        for op in places.into_iter().chain(products) {
            op.result(0).replace_all_uses(counter);
            op.erase();
        }
    }
}
