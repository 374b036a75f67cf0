//! Removes the checks that are known to pass.
//!
//! For every `rt.index`, the range analysis asks two questions where the op stands. Is the position never negative? Then it does not wrap.
//! Is it in `[0, size)`? Then nothing is to be checked. An index with neither left is its position. What is known comes from the bounds
//! of loops, from conditions around the op, from checks that have been passed before, and from the sizes of arrays made here.
//! `rt.check`s and comparisons that are known go as well: with them go the corrections of Python's `//` and `%` for negative numbers.
//!
//! ```mlir before
//! func.func @sum(%a: memref<?xf64>) -> f64 {
//!   %zero = arith.constant 0.0 : f64
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %n = memref.dim %a, %c0 : memref<?xf64>
//!   %total = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> f64 {
//!     %j = rt.index %i of %n wraps checked "index out of bounds"
//!     %x = memref.load %a[%j] : memref<?xf64>
//!     %next = arith.addf %sum, %x : f64
//!     scf.yield %next : f64
//!   }
//!   return %total : f64
//! }
//! ```
//!
//! ```mlir after
//! module {
//!   func.func @sum(%arg0: memref<?xf64>) -> f64 {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %0 = scf.for %arg1 = %c0 to %dim step %c1 iter_args(%arg2 = %cst) -> (f64) {
//!       %1 = memref.load %arg0[%arg1] : memref<?xf64>
//!       %2 = arith.addf %arg2, %1 : f64
//!       scf.yield %2 : f64
//!     }
//!     return %0 : f64
//!   }
//! }
//! ```

use crate::memory::ancestor_in;
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Form, Visitor, walk_function};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.collect(|op| op.is("func.func") && op.region(0).first_block().is_some()) {
        let mut eliminate = Eliminate { dead: vec![] };
        walk_function(function, &mut eliminate);
        eliminate.dead.into_iter().for_each(Op::erase);
    }
    Ok(())
}

/// Ops without uses, erased after the walk.
struct Eliminate<'c> {
    dead: Vec<Op<'c>>,
}

impl<'c> Visitor<'c> for Eliminate<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        match op.name() {
            "rt.index" => self.index(facts, op),
            "rt.check" if facts.decide(op.operand(0)) == Some(true) => {
                self.dead.push(op);
                return None;
            }
            "arith.cmpi" if !op.result(0).is_unused() => {
                if let Some(known) = facts.decide(op.result(0)) {
                    let value = Builder::before(op).c_bool(known);
                    self.replace(op, value);
                }
            }
            "arith.select" => {
                if let Some(known) = facts.decide(op.operand(0)) {
                    self.replace(op, op.operand(if known { 1 } else { 2 }));
                } else {
                    self.same_form(facts, op)
                }
            }
            "arith.floordivsi" => {
                let operands = [facts.form(op.operand(0)), facts.form(op.operand(1)).plus_constant(-1)];
                if operands.iter().all(|o| facts.proves(o)) {
                    let quotient = Builder::before(op).bin("arith.divsi", op.operand(0), op.operand(1));
                    self.replace(op, quotient);
                }
            }
            _ => {}
        }
        Some(op)
    }
}

impl<'c> Eliminate<'c> {
    fn replace(&mut self, op: Op<'c>, value: Value<'c>) {
        op.result(0).replace_all_uses(value);
        self.dead.push(op);
    }

    /// `select(n > 0, n, 0)` of an n that is not negative is n.
    fn same_form(&mut self, facts: &mut Facts<'c>, op: Op<'c>) {
        let result = op.result(0);
        if !(result.ty().is_index() || result.ty() == Builder::before(op).i64()) {
            return;
        }
        let form = facts.form(result);
        for operand in [op.operand(1), op.operand(2)] {
            let same = form.minus(&facts.form(operand)).is_some_and(|d| d.as_constant() == Some(0));
            if same {
                return self.replace(op, operand);
            }
        }
    }

    fn index(&mut self, facts: &mut Facts<'c>, op: Op<'c>) {
        weaken(facts, op);
        if !op.has_attr("wraps") && !op.has_attr("checked") {
            self.replace(op, op.operand(0));
        } else if let Some(before) = self.same_index_before(op) {
            self.replace(op, before.result(0));
        }
    }

    /// An op before this one, in a block around it, that has checked the same position: this one gives what that one gives.
    fn same_index_before(&self, op: Op<'c>) -> Option<Op<'c>> {
        let same = |other: &Op<'c>| other.is("rt.index") && other.operands() == op.operands() && other.has_attr("wraps") == op.has_attr("wraps");
        let users = op.operand(0).uses().into_iter().map(|(user, _)| user);
        let around = |other: &Op<'c>| other.block().and_then(|block| ancestor_in(op, block)).filter(|around| around != other);
        let before = |other: &Op<'c>| other.has_attr("checked") && around(other).is_some_and(|around| other.is_before(around));
        users.filter(|other| *other != op && same(other) && !self.dead.contains(other)).find(before)
    }
}

/// Takes from an `rt.index` what is known not to be needed.
pub(crate) fn weaken<'c>(facts: &mut Facts<'c>, op: Op<'c>) {
    let (position, size) = (facts.form(op.operand(0)), facts.form(op.operand(1)));
    let mut not_negative = facts.proves(&position);
    let below_size = size.minus(&position).is_some_and(|room| facts.proves(&room.plus_constant(-1)));
    let wraps_in_bounds = position.plus(&size, 1).is_some_and(|w| facts.proves(&w));
    if not_negative {
        op.remove_attr("wraps");
    } else if op.has_attr("wraps") && is_negative(facts, &position) {
        let b = Builder::before(op);
        let sum = b.bin("arith.addi", op.operand(0), op.operand(1));
        op.set_operand(0, sum);
        op.remove_attr("wraps");
        // The message names the position that the program gave.
        op.set_attr("shifted", b.unit());
        not_negative = wraps_in_bounds;
    }
    if below_size && (not_negative || (wraps_in_bounds && op.has_attr("wraps"))) {
        op.remove_attr("checked");
    }
}

fn is_negative<'c>(facts: &mut Facts<'c>, position: &Form<'c>) -> bool {
    Form::constant(-1).minus(position).is_some_and(|f| facts.proves(&f))
}
