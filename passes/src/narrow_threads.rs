//! Loops over threads run for those alone that do something.
//!
//! Kernels begin with `if i < n`, where `i` is the thread's place in the grid. When that is all that a loop over threads does, it need not run for others: it ends where the condition fails
//! for the first time. The condition stays; `eliminate_checks` then knows that it holds, and LLVM vectorises a loop with no branch in it.
//!
//!     t + o < n    ⇔    t < n - o,    with o >= 0, and n - o in range where o < n
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf32>, %threads: index, %n: index, %x: f32) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   scf.for %t = %c0 to %threads step %c1 {
//!     %inside = arith.cmpi slt, %t, %n : index
//!     scf.if %inside {
//!       memref.store %x, %a[%t] : memref<?xf32>
//!     }
//!   } {zouk.threads}
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?xf32>, %arg1: index, %arg2: index, %arg3: f32) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c0_0 = arith.constant 0 : index
//!     %c1_1 = arith.constant 1 : index
//!     %0 = arith.subi %arg2, %c0_0 : index
//!     %1 = arith.minsi %arg1, %0 : index
//!     %2 = arith.cmpi slt, %c0_0, %arg2 : index
//!     %3 = arith.select %2, %1, %c0_0 : index
//!     scf.for %arg4 = %c0 to %3 step %c1 {
//!       %4 = arith.cmpi slt, %arg4, %arg2 : index
//!       scf.if %4 {
//!         memref.store %arg3, %arg0[%arg4] : memref<?xf32>
//!       }
//!     }
//!     return
//!   }
//! }
//! ```

use crate::kernel_uniformity::{before, follows_from, is_pure};
use crate::parallel::is_inside;
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Symbol, Visitor, walk_function};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// On an innermost loop over threads.
pub const THREADS: &str = "zouk.threads";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let loops = module.collect(|op| op.is("scf.for") && op.has_attr(THREADS));
    if loops.is_empty() {
        return Ok(());
    }
    for function in module.collect(|op| op.is("func.func") && op.region(0).first_block().is_some()) {
        let mut find = Find { bounds: vec![] };
        walk_function(function, &mut find);
        for (the_loop, bounds) in find.bounds {
            narrow(the_loop, &bounds);
        }
    }
    loops.into_iter().for_each(|op| _ = op.remove_attr(THREADS));
    Ok(())
}

/// What a condition says of a loop's counter: `counter + offset` is compared with `end`. Both are computed in the loop, the first for a counter of 0.
struct Bound<'c> {
    position: Value<'c>,
    end: Value<'c>,
    is_upper: bool,
    /// Whether the end itself is taken.
    inclusive: bool,
}

struct Find<'c> {
    bounds: Vec<(Op<'c>, Vec<Bound<'c>>)>,
}

impl<'c> Visitor<'c> for Find<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        let Some(the_loop) = op.parent().filter(|o| o.has_attr(THREADS)) else { return Some(op) };
        if op.is("scf.if") && the_loop.num_results() == 0 && is_all(the_loop, op) {
            let mut bounds = vec![];
            let mut branch = Some(op);
            // Branches that are all of a branch.
            while let Some(op) = branch {
                conjuncts(op.operand(0), &mut |condition| bounds.extend(bound(facts, the_loop, condition)));
                branch = only(op);
            }
            self.bounds.push((the_loop, bounds));
        }
        Some(op)
    }
}

/// Whether nothing but the branch has an effect in the loop.
fn is_all(the_loop: Op, branch: Op) -> bool {
    let quiet = |op: Op| op == branch || is_pure(op) || op.is("memref.load");
    the_loop.body(0).ops().into_iter().all(quiet) && is_one_sided(branch)
}

fn is_one_sided(branch: Op) -> bool {
    let other = branch.region(1).first_block();
    branch.num_results() == 0 && other.is_none_or(|block| block.ops().into_iter().all(is_pure))
}

/// The branch that is all that a branch does.
fn only(branch: Op) -> Option<Op> {
    let ops = branch.body(0).ops();
    let mut others = ops.into_iter().filter(|op| !is_pure(*op) && !op.is("memref.load"));
    let first = others.next().filter(|op| op.is("scf.if") && is_one_sided(*op));
    first.filter(|_| others.next().is_none())
}

/// The conditions that all hold when one does.
fn conjuncts<'c>(condition: Value<'c>, found: &mut dyn FnMut(Value<'c>)) {
    match condition.def() {
        Some(op) if op.is("arith.andi") => op.operands().into_iter().for_each(|part| conjuncts(part, found)),
        Some(op) if op.is("arith.select") && Builder::constant_int(op.operand(2)) == Some(0) => {
            conjuncts(op.operand(0), found);
            conjuncts(op.operand(1), found);
        }
        _ => found(condition),
    }
}

fn bound<'c>(facts: &mut Facts<'c>, the_loop: Op<'c>, condition: Value<'c>) -> Option<Bound<'c>> {
    let op = condition.def_by("arith.cmpi")?;
    let counter = Symbol::Value(the_loop.body(0).arg(0));
    for (this, other) in [(0, 1), (1, 0)] {
        let (position, end) = (op.operand(this), op.operand(other));
        // slt, sle, sgt, sge; with the sides exchanged what is less is greater.
        let predicate = op.int_attr("predicate").filter(|p| (2..=5).contains(p))?;
        let is_upper = (predicate <= 3) == (this == 0);
        let Some((slope, rest)) = facts.form(position).split(counter) else { continue };
        let moves = slope.as_constant() == Some(1) && facts.proves(&rest);
        if moves && can_move(position, the_loop) && is_fixed(end, the_loop) && facts.form(end).split(counter).is_some_and(|(slope, _)| slope.as_constant() == Some(0)) {
            return Some(Bound { position, end, is_upper, inclusive: predicate % 2 == 1 });
        }
    }
    None
}

/// Whether the value can be computed before the loop, for another counter.
fn can_move<'c>(value: Value<'c>, the_loop: Op<'c>) -> bool {
    if !is_inside(value, the_loop) || value == the_loop.body(0).arg(0) {
        return true;
    }
    value.def().is_some_and(|op| op.num_regions() == 0 && is_pure(op) && op.operands().into_iter().all(|v| can_move(v, the_loop)))
}

/// The same, without the counter.
fn is_fixed<'c>(value: Value<'c>, the_loop: Op<'c>) -> bool {
    follows_from(value, &|value| !is_inside(value, the_loop), &|op| op.num_regions() == 0 && is_pure(op))
}

fn narrow<'c>(the_loop: Op<'c>, bounds: &[Bound<'c>]) {
    let b = Builder::before(the_loop);
    let zero = b.c_index(0);
    let mut known = HashMap::from([(the_loop.body(0).arg(0), zero)]);
    let (mut from, mut to) = (the_loop.operand(0), the_loop.operand(1));
    let mut runs: Option<Value> = None;
    for bound in bounds {
        let offset = b.index_cast(before(&b, bound.position, the_loop, &mut known), b.index());
        let end = b.index_cast(before(&b, bound.end, the_loop, &mut known), b.index());
        let one = b.c_index(1);
        if !bound.is_upper {
            // Below zero there is nothing: the end may be what is just below.
            let end = b.bin("arith.maxsi", end, if bound.inclusive { zero } else { b.c_index(-1) });
            let start = b.bin("arith.subi", end, offset);
            from = b.bin("arith.maxsi", from, if bound.inclusive { start } else { b.bin("arith.addi", start, one) });
            continue;
        }
        let room = b.bin("arith.subi", end, offset);
        let room = if bound.inclusive { b.bin("arith.addi", b.bin("arith.minsi", room, to), one) } else { room };
        // In this order: `hoist_checks` tries first what is known last, and of what bounds a position one that also does where it is next.
        to = b.bin("arith.minsi", to, room);
        let some = b.cmpi(if bound.inclusive { "sle" } else { "slt" }, offset, end);
        runs = Some(runs.map_or(some, |runs| b.bin("arith.andi", runs, some)));
    }
    if let Some(runs) = runs {
        to = b.select(runs, to, zero);
    }
    the_loop.set_operand(0, from);
    the_loop.set_operand(1, to);
}
