//! The state of rewriting: what each value of the loop's body has become.

use super::candidate::Plan;
use super::lanes::{Lanes, Step};
use std::collections::{HashMap, HashSet};
use zouk_dialects::ir::{Block, Builder, Op, Value};

pub struct Emit<'c> {
    pub b: Builder<'c>,
    pub lanes: i64,
    pub varying: HashSet<Value<'c>>,
    values: HashMap<Value<'c>, Lanes<'c>>,
    /// Not zero once an iteration must raise; then nothing is stored any more.
    pub failed: Option<Value<'c>>,
    /// Stores that wait until all checks of the iterations have passed.
    waiting: Vec<Op<'c>>,
    /// Arrays from before the loop as flat ones, with their strides.
    pub flat: HashMap<Value<'c>, (Value<'c>, Vec<Value<'c>>)>,
}

impl<'c> Emit<'c> {
    pub fn new(b: Builder<'c>, plan: &Plan<'c>) -> Self {
        Emit { b, lanes: plan.lanes, varying: plan.varying.clone(), values: HashMap::new(), failed: None, waiting: vec![], flat: HashMap::new() }
    }

    /// The body of the loop for the iterations from `first` on, which are given what they carry; gives what they hand over.
    pub fn iterations(&mut self, the_loop: Op<'c>, first: Value<'c>, carried: &[Value<'c>]) -> Vec<Value<'c>> {
        let body = the_loop.body(0);
        self.set(body.arg(0), Lanes::Steps(first, Step::Known(1)));
        for (k, value) in carried.iter().enumerate() {
            self.set(body.arg(1 + k), Lanes::Each(*value));
        }
        self.ops(body, None);
        body.terminator().map(|t| t.operands()).unwrap_or_default().into_iter().map(|next| self.vector(next)).collect()
    }

    /// What has waited, once nothing has failed.
    pub fn store_waiting(&mut self) {
        std::mem::take(&mut self.waiting).into_iter().for_each(|op| self.store(op, None));
    }

    /// The ops of a block but its terminator, for the lanes of the mask; without one for all. What other lanes compute is of no importance.
    pub fn ops(&mut self, block: Block<'c>, mask: Option<Value<'c>>) {
        let ops = block.ops();
        for op in &ops[..ops.len() - 1] {
            self.b.set_loc(op.loc());
            match op.name() {
                "scf.if" => self.branch(*op, mask),
                "scf.for" => self.counted(*op, mask),
                "scf.while" => self.endless(*op, mask),
                "memref.load" => self.load(*op, mask),
                "memref.store" if self.failed.is_some() => self.waiting.push(*op),
                "rt.check" => self.check(*op, mask),
                "memref.store" => self.store(*op, mask),
                _ => self.elementwise(*op, mask),
            }
        }
    }

    pub fn set(&mut self, value: Value<'c>, lanes: Lanes<'c>) {
        self.values.insert(value, lanes);
    }

    pub fn get(&self, value: Value<'c>) -> Lanes<'c> {
        self.values.get(&value).copied().unwrap_or(Lanes::Same(value))
    }

    pub fn varies(&self, value: Value<'c>) -> bool {
        self.varying.contains(&value)
    }

    /// A value that is the same in all lanes.
    pub fn scalar(&self, value: Value<'c>) -> Value<'c> {
        match self.get(value) {
            Lanes::Same(value) | Lanes::Steps(value, _) | Lanes::Each(value) => value,
        }
    }

    pub fn vector(&self, value: Value<'c>) -> Value<'c> {
        self.spread(self.get(value))
    }

    /// A value in the place of one that varies or not.
    pub fn as_of(&self, value: Value<'c>, varies: bool) -> Value<'c> {
        if varies { self.vector(value) } else { self.scalar(value) }
    }

    /// A value that has become a scalar or a vector.
    pub fn set_as(&mut self, old: Value<'c>, varies: bool, new: Value<'c>) {
        self.set(old, if varies { Lanes::Each(new) } else { Lanes::Same(new) });
    }
}
