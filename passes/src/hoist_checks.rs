//! Tests once, before a nest of loops, what its checks would test in every iteration.
//!
//! For each outermost `scf.for` or `scf.while`, the checks inside whose positions are linear in the counters of the nest are gathered.
//! The least and the greatest position of each follow from the bounds of the loops, innermost first, as sums over values that are known before the
//! nest. If all of them are in bounds a copy of the nest without these checks runs, otherwise the nest as it was:
//!
//!     for every iteration 0 <= p <= n - 1    ⇐    0 <= min p  and  max p <= n - 1
//!
//! Positions are sums and products modulo 2^64, but the minimum and the maximum are computed exactly, in 128 bits where 64 might not be
//! enough: an integer that is in `[0, 2^63)` and congruent to the position is the position. A condition that is known to fail is not
//! tested: its check stays where it is. Checks that only an inner loop can hoist
//! are hoisted to that loop, in the fast copy. The counters of `scf.while` are names that only grow or only shrink, under the loop's condition.
//!
//! | file | what it does |
//! |---|---|
//! | `gather` | which checks can go, and what must hold for it |
//! | `emit` | the conditions as ops |
//!
//! ```mlir before
//! func.func @scale(%a: memref<?xf64>, %n: i64, %x: f64) {
//!   %c0 = arith.constant 0 : index
//!   %zero = arith.constant 0 : i64
//!   %one = arith.constant 1 : i64
//!   %size = memref.dim %a, %c0 : memref<?xf64>
//!   scf.for %i = %zero to %n step %one : i64 {
//!     %position = arith.index_cast %i : i64 to index
//!     %j = rt.index %position of %size checked "0"
//!     memref.store %x, %a[%j] : memref<?xf64>
//!   }
//!   return
//! }
//! ```
//!
//! ```mlir after
//! #loop_unroll = #llvm.loop_unroll<disable = true>
//! #loop_vectorize = #llvm.loop_vectorize<disable = true>
//! #loop_annotation = #llvm.loop_annotation<vectorize = #loop_vectorize, unroll = #loop_unroll>
//! module {
//!   func.func @scale(%arg0: memref<?xf64>, %arg1: i64, %arg2: f64) {
//!     %c0 = arith.constant 0 : index
//!     %c0_i64 = arith.constant 0 : i64
//!     %c1_i64 = arith.constant 1 : i64
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %c0_0 = arith.constant 0 : index
//!     %dim_1 = memref.dim %arg0, %c0_0 : memref<?xf64>
//!     %0 = arith.index_cast %dim_1 : index to i64
//!     %1 = arith.cmpi sge, %0, %arg1 : i64
//!     scf.if %1 {
//!       scf.for %arg3 = %c0_i64 to %arg1 step %c1_i64  : i64 {
//!         %2 = arith.index_cast %arg3 : i64 to index
//!         memref.store %arg2, %arg0[%2] : memref<?xf64>
//!       }
//!     } else {
//!       scf.for %arg3 = %c0_i64 to %arg1 step %c1_i64  : i64 {
//!         %2 = arith.index_cast %arg3 : i64 to index
//!         %3 = rt.index %2 of %dim checked "0"
//!         memref.store %arg2, %arg0[%3] : memref<?xf64>
//!       } {llvm.loop_annotation = #loop_annotation}
//!     }
//!     return
//!   }
//! }
//! ```

use crate::eliminate_checks::weaken;
use crate::parallel::{PARALLEL, SLOW};
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Visitor, walk_function};
use gather::{Gathered, gather};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region};

mod emit;
mod gather;

pub const OPTIONS: &[OptionInfo] = &[OptionInfo {
    name: "max-ops",
    description: "Nests of more ops than this are not copied; their inner loops may be",
    initial: "1000",
}];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") == Some("cuda") {
        // What is left is whether indices are negative, which costs less than another copy of a loop.
        return Ok(());
    }
    let max_ops = options.get("max-ops").parse().unwrap_or(1000);
    for function in module.collect(|op| op.is("func.func") && op.region(0).first_block().is_some()) {
        walk_function(function, &mut Hoist { max_ops });
        for index in function.collect(|op| op.is("rt.index") && !is_check(op)) {
            index.result(0).replace_all_uses(index.operand(0));
            index.erase();
        }
    }
    Ok(())
}

struct Hoist {
    max_ops: usize,
}

impl<'c> Visitor<'c> for Hoist {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if op.is("rt.index") {
            weaken(facts, op);
        }
        if !matches!(op.name(), "scf.for" | "scf.while") {
            return Some(op);
        }
        let mut ops = 0;
        let checks = op.collect(|op| {
            ops += 1;
            is_check(op)
        });
        if checks.is_empty() || ops > self.max_ops {
            return Some(op);
        }
        let gathered = gather(facts, op);
        if gathered.checks.is_empty() && gathered.unwrapped.is_empty() {
            return Some(op);
        }
        if gathered.conditions.is_empty() && gathered.flags.is_empty() {
            remove(gathered.checks, gathered.unwrapped);
            return Some(op);
        }
        let (branch, fast) = version(facts, op, &gathered);
        facts.scope(|facts| {
            gathered.conditions.into_iter().for_each(|form| facts.assume(form));
            gathered.flags.into_iter().for_each(|flag| facts.assume_condition(flag, true));
            facts.descend(fast, self)
        });
        facts.leave_loop(op, &branch.results());
        None
    }
}

/// Whether the op can raise an exception about its operands.
fn is_check(op: Op) -> bool {
    op.is("rt.check") || op.is("rt.index") && (op.has_attr("checked") || op.has_attr("wraps"))
}

/// Deletes checks that pass, and takes from others that their positions may be negative.
fn remove<'c>(checks: impl IntoIterator<Item = Op<'c>>, unwrapped: impl IntoIterator<Item = Op<'c>>) {
    for index in unwrapped {
        index.remove_attr("wraps");
    }
    for check in checks {
        if check.is("rt.index") {
            check.result(0).replace_all_uses(check.operand(0));
        }
        check.erase()
    }
}

/// Keeps LLVM from making more of loops that run only where a check may fail: their code stays short.
pub fn say_rare(nest: Op) {
    let rare = Builder::before(nest).parse_attr("#llvm.loop_annotation<vectorize = <disable = true>, unroll = <disable = true>>");
    nest.walk(&mut |op| if op.is("scf.for") { op.set_attr("llvm.loop_annotation", rare) });
}

/// `nest` becomes `if conditions { nest without the checks } else { nest }`; gives that `if`, and the copy.
fn version<'c>(facts: &Facts<'c>, nest: Op<'c>, gathered: &Gathered<'c>) -> (Op<'c>, Op<'c>) {
    let b = Builder::before(nest);
    let fast = emit::all(&b, facts, gathered);
    let copy = nest.deep_clone();
    let types: Vec<_> = nest.results().iter().map(|r| r.ty()).collect();
    let (then, otherwise) = (Region::new(), Region::new());
    let (then_block, else_block) = (then.append(Block::new(&[])), otherwise.append(Block::new(&[])));
    then_block.append(copy);
    b.within(then_block, || b.op("scf.yield", &copy.results(), &[], &[]));
    let branch = b.op_with_regions("scf.if", &[fast], &types, &[], &[then, otherwise]);
    nest.results().into_iter().zip(branch.results()).for_each(|(old, new)| old.replace_all_uses(new));

    let all = nest.collect(|_| true);
    let copies = copy.collect(|_| true);
    let pairs: Vec<(Op<'c>, Op<'c>)> = all.into_iter().zip(copies).collect();
    let chosen = |from: &HashSet<Op<'c>>| pairs.iter().filter(|(op, _)| from.contains(op)).map(|(_, copy)| *copy).collect::<Vec<_>>();
    remove(chosen(&gathered.checks), chosen(&gathered.unwrapped));
    nest.walk(&mut |op| if op.has_attr(PARALLEL) { op.set_unit(SLOW) });
    nest.detach();
    say_rare(nest);
    else_block.append(nest);
    b.within(else_block, || b.op("scf.yield", &nest.results(), &[], &[]));
    (branch, copy)
}
