//! Which numbers fit 32 bits, where they are used and where they are made.

use super::{Carried, Fit, arrays, axis, carried, is_kernel, is_wide};
use crate::range_analysis::{Facts, Form, Symbol, Visitor, walk_function_from};
use std::collections::HashMap;
use zouk_dialects::ir::{MemRefType, Op, Value};

/// What a launch keeps below 2^31.
const MOST: i128 = (1 << 31) - 1;

/// There are at most so many blocks along x, which the launcher checks, and along the other axes, which no GPU has more of.
const MOST_BLOCKS: i128 = (1 << 22) - 1;
const MOST_BLOCKS_ASIDE: i128 = (1 << 16) - 1;

#[derive(Default)]
pub struct Found<'c> {
    /// Of operands, where the op stands.
    pub operands: HashMap<(Op<'c>, usize), Fit>,
    /// Of results of arithmetic, where they are computed.
    pub results: HashMap<Value<'c>, Fit>,
    /// Of what loops and branches hand on: their arguments and results.
    pub targets: HashMap<Value<'c>, Fit>,
}

/// What is supposed of a value that a loop carries.
struct Supposed<'c> {
    carried: Carried<'c>,
    fit: Fit,
}

pub fn find<'c>(function: Op<'c>) -> Found<'c> {
    let all = function.collect(|op| matches!(op.name(), "scf.for" | "scf.while" | "scf.if"));
    let (mut supposed, others): (Vec<Supposed>, Vec<Supposed>) = all
        .into_iter()
        .flat_map(carried)
        .filter(|carried| carried.targets.iter().all(|target| is_wide(target.ty())))
        .map(|carried| Supposed { carried, fit: Fit { signed: true, unsigned: true } })
        .partition(|supposed| supposed.carried.cyclic);
    loop {
        let mut facts = Facts::new();
        promise(&mut facts, function);
        supposed.iter().for_each(|supposed| supposed.enter(&mut facts));
        let mut found = Found::default();
        walk_function_from(function, facts, &mut found);
        let wrong = supposed.iter().filter(|supposed| !supposed.holds(&found)).count();
        if wrong == 0 {
            for Supposed { carried, fit } in &supposed {
                found.targets.extend(carried.targets.iter().map(|target| (*target, *fit)));
            }
            for Supposed { carried, .. } in &others {
                let fit = found.all(carried);
                found.targets.extend(carried.targets.iter().map(|target| (*target, fit)).filter(|_| fit.any()));
            }
            return found;
        }
        // Not negative, then any sign, then no more.
        supposed.retain_mut(|supposed| supposed.holds(&found) || std::mem::take(&mut supposed.fit.unsigned));
    }
}

impl<'c> Supposed<'c> {
    fn enter(&self, facts: &mut Facts<'c>) {
        for target in &self.carried.targets {
            facts.narrow(Symbol::Value(*target), if self.fit.unsigned { 0 } else { -MOST - 1 }, MOST);
        }
    }

    /// Whether what comes in fits as well.
    fn holds(&self, found: &Found<'c>) -> bool {
        found.all(&self.carried).and(self.fit) == self.fit
    }
}

impl<'c> Found<'c> {
    pub fn operand(&self, op: Op<'c>, i: usize) -> Fit {
        self.operands.get(&(op, i)).copied().unwrap_or_default()
    }

    fn all(&self, carried: &Carried<'c>) -> Fit {
        let fits = carried.sources.iter().map(|(op, i)| self.operand(*op, *i));
        fits.reduce(Fit::and).unwrap_or_default()
    }
}

impl<'c> Visitor<'c> for Found<'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        let arithmetic = op.dialect() == "arith" && !matches!(op.name(), "arith.constant" | "arith.index_cast" | "arith.index_castui" | "arith.extsi" | "arith.extui");
        let access = arrays::first_index(op).is_some();
        if arithmetic || access || op.dialect() == "scf" {
            for (i, operand) in op.operands().into_iter().enumerate().filter(|(_, operand)| is_wide(operand.ty())) {
                let fit = fit(facts, operand);
                self.operands.insert((op, i), fit);
            }
        }
        if arithmetic && is_wide(op.result(0).ty()) {
            let fit = fit(facts, op.result(0));
            self.results.insert(op.result(0), fit);
        }
        Some(op)
    }
}

fn fit<'c>(facts: &mut Facts<'c>, value: Value<'c>) -> Fit {
    let form = facts.form(value);
    let (least, most) = (facts.least(&form).unwrap_or(i128::MIN), facts.greatest(&form).unwrap_or(i128::MAX));
    let mut up_to = |most_allowed: i128| most <= most_allowed || Form::constant(most_allowed).minus(&form).is_some_and(|room| facts.proves(&room));
    let (small, below) = if up_to(MOST) { (true, true) } else { (false, up_to(2 * MOST + 1)) };
    let positive = below && (least >= 0 || facts.proves(&form));
    let above = positive || small && (least >= -MOST - 1 || facts.proves(&form.plus_constant(MOST + 1)));
    Fit { signed: small && above, unsigned: below && positive }
}

/// What holds of a small launch: sizes of the kernel's arrays, and places of threads.
fn promise<'c>(facts: &mut Facts<'c>, function: Op<'c>) {
    use melior::ir::ShapedTypeLike;
    if is_kernel(function) {
        for array in function.body(0).args() {
            let rank = MemRefType::try_from(array.ty()).map_or(0, |memref| memref.rank());
            (0..rank as i64).for_each(|axis| facts.narrow(Symbol::Dim(array, axis), 0, MOST));
        }
    }
    let places: Vec<Op> = function.body(0).ops().into_iter().filter(|op| super::PLACES.contains(&op.name())).collect();
    for place in places.iter().filter(|op| matches!(op.name(), "gpu.block_id" | "gpu.grid_dim")) {
        let most = if axis(*place).ends_with("x>") { MOST_BLOCKS } else { MOST_BLOCKS_ASIDE };
        let (low, high) = if place.is("gpu.block_id") { (0, most - 1) } else { (1, most) };
        facts.narrow(Symbol::Value(place.result(0)), low, high);
    }
    for threads in places.iter().filter(|op| op.is("gpu.block_dim")) {
        let along = |name: &str| places.iter().find(|op| op.is(name) && axis(**op) == axis(*threads)).map(|op| facts_form(*op));
        let (width, block, blocks, thread) = (facts_form(*threads), along("gpu.block_id"), along("gpu.grid_dim"), along("gpu.thread_id"));
        // block * width + width <= blocks * width <= MOST, and thread < width.
        let mut at_most = |form: Option<Form<'c>>| {
            if let Some(room) = form.and_then(|form| Form::constant(MOST).minus(&form)) {
                facts.assume(room);
            }
        };
        let first = block.and_then(|block| block.times(&width));
        at_most(blocks.and_then(|blocks| blocks.times(&width)));
        at_most(first.as_ref().and_then(|first| first.plus(&width, 1)));
        let last = thread.as_ref().and_then(|thread| first.as_ref()?.plus(thread, 1));
        at_most(last.map(|last| last.plus_constant(1)));
        if let Some(thread) = thread {
            facts.assume_ge(&width.plus_constant(-1), &thread);
        }
    }
}

fn facts_form<'c>(op: Op<'c>) -> Form<'c> {
    Form::value(op.result(0))
}
