//! Simplifies broadcasting by what earlier broadcasts have checked: an array that was matched with another fits the result of that, so
//! `x * y + x * z` tests each pair of sizes once, and operations over the same arrays have the same sizes.
//!
//! A size *fits* another where it is the same or 1. After `rt.check (a == s or a == 1)` a fits s, and what fits a does too. Then
//! `select(s == 1, a, s)` is s, the same check is not made again, and a tensor that has the sizes asked for needs no `rt.broadcast`. What nobody needs any more goes with the next
//! canonicalisation.
//!
//! ```mlir before
//! func.func @f(%a: index, %b: index) -> index {
//!   %c1 = arith.constant 1 : index
//!   %one = arith.cmpi eq, %a, %c1 : index
//!   %s = arith.select %one, %b, %a : index
//!   %same = arith.cmpi eq, %b, %s : index
//!   %b1 = arith.cmpi eq, %b, %c1 : index
//!   %fits = arith.ori %same, %b1 : i1
//!   rt.check %fits, "ValueError" "operands could not be broadcast together"
//!   %s1 = arith.cmpi eq, %s, %c1 : index
//!   %t = arith.select %s1, %b, %s : index
//!   rt.check %fits, "ValueError" "operands could not be broadcast together"
//!   return %t : index
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: index, %arg1: index) -> index {
//!     %c1 = arith.constant 1 : index
//!     %0 = arith.cmpi eq, %arg0, %c1 : index
//!     %1 = arith.select %0, %arg1, %arg0 : index
//!     %2 = arith.cmpi eq, %arg1, %1 : index
//!     %3 = arith.cmpi eq, %arg1, %c1 : index
//!     %4 = arith.ori %2, %3 : i1
//!     rt.check %4, "ValueError" "operands could not be broadcast together"
//!     %5 = arith.cmpi eq, %1, %c1 : index
//!     %6 = arith.select %5, %arg1, %1 : index
//!     return %1 : index
//!   }
//! }
//! ```

use crate::forward_arrays::tensor_sizes;
use crate::pass::{OptionInfo, Options};
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|o| o.is("func.func")) {
        let Some(block) = function.region(0).first_block() else { continue };
        let mut sizes = Sizes { fits: vec![], dead: vec![] };
        sizes.block(block);
        sizes.dead.into_iter().rev().for_each(Op::erase);
    }
    Ok(())
}

struct Sizes<'c> {
    /// Each first fits the second.
    fits: Vec<(Value<'c>, Value<'c>)>,
    /// Checks that need not be made, broadcasts that change nothing.
    dead: Vec<Op<'c>>,
}

impl<'c> Sizes<'c> {
    fn block(&mut self, block: Block<'c>) {
        let known = self.fits.len();
        for op in block.ops() {
            match op.name() {
                "arith.select" => self.select(op),
                "memref.dim" => dim(op),
                "rt.check" => self.check(op),
                "rt.broadcast" => self.broadcast(op),
                "linalg.generic" => {}
                _ => op.regions().into_iter().flat_map(|r| r.blocks()).for_each(|inner| self.block(inner)),
            }
        }
        self.fits.truncate(known);
    }

    /// Whether a size surely is the other one, or 1.
    fn fits(&self, size: Value<'c>, other: Value<'c>) -> bool {
        let (mut seen, mut open) = (HashSet::from([size]), vec![size]);
        while let Some(at) = open.pop() {
            if at == other || is_one(at) {
                return true;
            }
            open.extend(self.fits.iter().filter(|(a, b)| *a == at && seen.insert(*b)).map(|(_, b)| *b));
        }
        false
    }

    /// Whether a condition says nothing new. Sizes that fit each other are equal.
    fn holds(&self, condition: Value<'c>) -> bool {
        let said = fitting(condition);
        !said.is_empty() && said.iter().all(|(a, b)| self.fits(*a, *b))
    }

    /// `select(x == 1, y, x)`: x when y fits it, y when x fits that.
    fn select(&self, op: Op<'c>) {
        let (y, x) = (op.operand(1), op.operand(2));
        let Some(condition) = op.operand(0).def_by("arith.cmpi") else { return };
        if condition.int_attr("predicate") != Some(0) || condition.operand(0) != x || !is_one(condition.operand(1)) || !x.ty().is_index() {
            return;
        }
        if self.fits(y, x) {
            op.result(0).replace_all_uses(x);
        } else if self.fits(x, y) {
            op.result(0).replace_all_uses(y);
        }
    }

    /// Leaves out what is known to hold, and learns the rest.
    fn check(&mut self, op: Op<'c>) {
        let mut all = vec![];
        conjuncts(op.operand(0), &mut all);
        let open: Vec<Value<'c>> = all.iter().copied().filter(|c| !self.holds(*c)).collect();
        for condition in &all {
            match &fitting(*condition)[..] {
                // Equal.
                [one, other] if condition.def_by("arith.cmpi").is_some() => self.fits.extend([*one, *other]),
                [only] => self.fits.push(*only),
                _ => {}
            }
        }
        if open.is_empty() && !all.is_empty() {
            self.dead.push(op);
        } else if open.len() < all.len() {
            let b = Builder::before(op);
            let rest = open.into_iter().reduce(|x, y| b.bin("arith.andi", x, y)).expect("some condition is open");
            op.set_operand(0, rest);
        }
    }

    fn broadcast(&mut self, op: Op<'c>) {
        let asked = &op.operands()[1..];
        let b = Builder::before(op);
        if op.operand(0).ty() == op.result(0).ty() && sizes(&b, op.operand(0)).is_some_and(|has| has == asked) {
            op.result(0).replace_all_uses(op.operand(0));
            self.dead.push(op);
        }
    }
}

/// The sizes of a tensor that are values already.
fn sizes<'c>(b: &Builder<'c>, tensor: Value<'c>) -> Option<Vec<Value<'c>>> {
    match tensor.def() {
        Some(op) if op.is("rt.broadcast") => Some(op.operands()[1..].to_vec()),
        Some(op) if op.is("bufferization.to_tensor") => view_sizes(op.operand(0)),
        _ => tensor_sizes(b, tensor),
    }
}

/// The sizes that a view was made with.
pub fn view_sizes(array: Value) -> Option<Vec<Value>> {
    let view = array.def_by("rt.view")?;
    let shape = view.num_operands() - 2;
    Some((2..2 + shape / 2).map(|i| view.operand(i)).collect())
}

/// The size of a view is the one it was made with.
fn dim(op: Op) {
    let axis = Builder::constant_int(op.operand(1)).and_then(|axis| usize::try_from(axis).ok());
    if let Some(size) = axis.and_then(|axis| view_sizes(op.operand(0))?.get(axis).copied()) {
        op.result(0).replace_all_uses(size);
    }
}

fn is_one(size: Value) -> bool {
    Builder::constant_int(size) == Some(1)
}

/// The conditions that all hold where this one does.
fn conjuncts<'c>(condition: Value<'c>, all: &mut Vec<Value<'c>>) {
    match condition.def_by("arith.andi") {
        Some(and) => {
            conjuncts(and.operand(0), all);
            conjuncts(and.operand(1), all);
        }
        None if all.contains(&condition) => {}
        None => all.push(condition),
    }
}

/// Which sizes fit which where a condition holds. Of `a == b`, both; of `a == b or a == 1`, a fits b.
fn fitting<'c>(condition: Value<'c>) -> Vec<(Value<'c>, Value<'c>)> {
    let equal = |v: Value<'c>| {
        let op = v.def_by("arith.cmpi").filter(|op| op.int_attr("predicate") == Some(0) && op.operand(0).ty().is_index())?;
        Some((op.operand(0), op.operand(1)))
    };
    if let Some((a, b)) = equal(condition) {
        return vec![(a, b), (b, a)];
    }
    let Some(or) = condition.def_by("arith.ori") else { return vec![] };
    let (Some(one), Some(other)) = (equal(or.operand(0)), equal(or.operand(1))) else { return vec![] };
    for (sizes, unit) in [(one, other), (other, one)] {
        if is_one(unit.1) && (unit.0 == sizes.0 || unit.0 == sizes.1) {
            return vec![(unit.0, if unit.0 == sizes.0 { sizes.1 } else { sizes.0 })];
        }
    }
    vec![]
}
