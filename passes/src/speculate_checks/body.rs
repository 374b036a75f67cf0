//! What the body of a loop consists of: its checks, what they are computed from, and whether that may be computed for iterations that are then not reached.

use super::apart::disjoint;
use std::collections::HashSet;
use zouk_dialects::ir::{Op, Value};

/// The checks of a body.
#[derive(Default)]
pub(super) struct Checks<'c> {
    pub plain: Vec<Op<'c>>,
    /// `scf.if`s in which nothing but checks stands: each with whether it is entered where its condition holds.
    pub guarded: Vec<(Op<'c>, bool)>,
    pub indices: Vec<Op<'c>>,
}

impl<'c> Checks<'c> {
    /// None where something else than plain accesses and arithmetic stands beside them.
    pub fn of(ops: &[Op<'c>]) -> Option<Checks<'c>> {
        let mut checks = Checks::default();
        for op in ops {
            match op.name() {
                "rt.check" => checks.plain.push(*op),
                "rt.index" if op.has_attr("checked") => checks.indices.push(*op),
                "scf.if" => checks.guarded.push((*op, guard(*op)?)),
                "scf.yield" | "memref.load" | "memref.store" => {}
                _ if has_no_effect(*op) => {}
                _ => return None,
            }
        }
        Some(checks)
    }

    /// Where an index is the only check, comparing it where it is used costs as little.
    pub fn is_worth_it(&self) -> bool {
        !self.plain.is_empty() || !self.guarded.is_empty()
    }

    /// What decides whether all of them pass.
    fn roots(&self) -> Vec<Value<'c>> {
        let plain = self.plain.iter().map(|op| op.operand(0));
        plain.chain(self.guarded.iter().map(|(op, _)| op.operand(0))).chain(self.indices.iter().flat_map(|op| op.operands())).collect()
    }

    /// The ops of the body that they are computed from, in order. None where some may not be run before the iterations before it are through.
    pub fn slice(&self, ops: &[Op<'c>]) -> Option<Vec<Op<'c>>> {
        let mut needed: HashSet<Op> = HashSet::new();
        let mut stack = self.roots();
        while let Some(value) = stack.pop() {
            if let Some(op) = value.def()
                && op.block() == ops[0].block()
                && needed.insert(op)
            {
                stack.extend(op.operands());
            }
        }
        let slice: Vec<Op> = ops.iter().copied().filter(|op| needed.contains(op)).collect();
        let loads_are_inside = slice.iter().filter(|op| op.is("memref.load")).all(|load| self.is_inside_without_them(ops, *load));
        (loads_are_inside && slice.iter().all(|op| op.is("memref.load") || is_speculatable(*op))).then_some(slice)
    }

    /// Whether a load is of a place inside the array though no check has been made: an index that has been looked at before may have proved it. What was loaded proves nothing of
    /// places that were counted.
    fn is_inside_without_them(&self, ops: &[Op<'c>], load: Op<'c>) -> bool {
        let loads = ops.iter().filter(|op| op.is("memref.load")).flat_map(|op| op.results()).collect();
        let loaded = following(ops, loads, |op| op.is("rt.index") || op.is("memref.load"));
        let counted = !load.operands()[1..].iter().any(|index| loaded.contains(index));
        let before = ops.iter().take_while(|op| **op != load).filter(|op| self.indices.contains(op));
        before.into_iter().all(|index| counted && loaded.contains(&index.operand(0)))
    }
}

/// Whether an `scf.if` of checks is entered where its condition holds; None where there is more in it, or on both sides.
fn guard(op: Op) -> Option<bool> {
    let regions: Vec<Vec<Op>> = op.regions().into_iter().filter_map(|region| region.first_block()).map(|block| block.ops()).collect();
    let only_checks = regions.iter().flatten().all(|inner| inner.is("rt.check") || inner.is("scf.yield") || has_no_effect(*inner));
    let has_checks = |side: usize| regions.get(side).is_some_and(|ops| ops.iter().any(|inner| inner.is("rt.check")));
    (op.num_results() == 0 && only_checks && has_checks(0) != has_checks(1)).then(|| has_checks(0))
}

/// All values of the body that are computed from some, by ops without effect and others that are named.
fn following<'c>(ops: &[Op<'c>], mut from: HashSet<Value<'c>>, through: impl Fn(&Op<'c>) -> bool) -> HashSet<Value<'c>> {
    for op in ops.iter().filter(|op| has_no_effect(**op) || through(op)) {
        if op.operands().iter().any(|value| from.contains(value)) {
            from.extend(op.results());
        }
    }
    from
}

/// Whether LLVM may vectorise what is left: every store goes elsewhere in every iteration, and what is stored is loaded, if at all, at the same
/// place. Without that the chunks would only cost.
pub(super) fn iterations_are_independent<'c>(nest: Op<'c>, ops: &[Op<'c>]) -> bool {
    let varying = following(ops, HashSet::from([nest.body(0).arg(0)]), |_| false);
    let accesses = |name: &'static str, array: usize| {
        let accesses = ops.iter().filter(move |o| o.is(name));
        accesses.map(move |o| (o.operand(array), o.operands()[array + 1..].to_vec())).collect::<Vec<_>>()
    };
    let (stores, loads) = (accesses("memref.store", 1), accesses("memref.load", 0));
    stores.iter().all(|(array, indices)| {
        let same_place = |other: &(Value<'c>, Vec<Value<'c>>)| other.0 != *array || other.1 == *indices;
        indices.iter().any(|i| varying.contains(i)) && loads.iter().chain(&stores).all(same_place)
    })
}

/// The pairs of a stored array and one that the slice loads which may overlap.
pub(super) fn may_overlap<'c>(ops: &[Op<'c>], slice: &[Op<'c>]) -> Vec<(Value<'c>, Value<'c>)> {
    let loaded: HashSet<Value> = slice.iter().filter(|o| o.is("memref.load")).map(|o| o.operand(0)).collect();
    let stored: HashSet<Value> = ops.iter().filter(|o| o.is("memref.store")).map(|o| o.operand(1)).collect();
    stored.iter().flat_map(|store| loaded.iter().map(move |load| (*store, *load))).filter(|(store, load)| !disjoint(*store, *load)).collect()
}

fn has_no_effect(op: Op) -> bool {
    let plain = matches!(op.dialect(), "arith" | "math" | "complex") || op.is("memref.dim") || op.is("rt.index") && !op.has_attr("checked");
    op.num_regions() == 0 && plain
}

/// May be computed for items that are then not reached: an integer division may trap.
fn is_speculatable(op: Op) -> bool {
    let divides = matches!(op.name(), "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" | "arith.ceildivsi");
    has_no_effect(op) && !divides
}
