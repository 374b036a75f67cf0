//! Which values of a loop's body differ between the lanes.

use std::collections::HashSet;
use zouk_dialects::ir::{Block, Op, Value};

/// The values that may differ between iterations that run in lockstep. Names that loops carry are the same in all lanes that are still in the loop
/// when they start the same and go on the same.
pub fn varying<'c>(the_loop: Op<'c>) -> HashSet<Value<'c>> {
    let mut found = Varying { values: the_loop.body(0).args().into_iter().collect(), grew: true };
    while found.grew {
        found.grew = false;
        found.block(the_loop.body(0));
    }
    found.values
}

struct Varying<'c> {
    values: HashSet<Value<'c>>,
    grew: bool,
}

impl<'c> Varying<'c> {
    fn has(&self, value: Value<'c>) -> bool {
        self.values.contains(&value)
    }

    fn add_if(&mut self, varies: bool, value: Value<'c>) {
        self.grew |= varies && self.values.insert(value);
    }

    fn block(&mut self, block: Block<'c>) {
        for op in block.ops() {
            match op.name() {
                "scf.if" => self.branch(op),
                "scf.for" => self.counted(op),
                "scf.while" => self.endless(op),
                _ => {
                    let varies = op.operands().into_iter().any(|v| self.has(v));
                    op.results().into_iter().for_each(|result| self.add_if(varies, result));
                }
            }
        }
    }

    fn branch(&mut self, op: Op<'c>) {
        let condition = self.has(op.operand(0));
        for region in op.regions() {
            let Some(block) = region.first_block() else { continue };
            self.block(block);
            let yielded = block.terminator().map(|t| t.operands()).unwrap_or_default();
            for (value, result) in yielded.into_iter().zip(op.results()) {
                self.add_if(condition || self.has(value), result);
            }
        }
    }

    fn counted(&mut self, op: Op<'c>) {
        let body = op.body(0);
        let ends = self.has(op.operand(0)) || self.has(op.operand(1));
        self.add_if(self.has(op.operand(0)), body.arg(0));
        self.block(body);
        let next = body.terminator().map(|t| t.operands()).unwrap_or_default();
        for (k, result) in op.results().into_iter().enumerate() {
            let varies = ends || self.has(op.operand(3 + k)) || self.has(next[k]);
            self.add_if(varies, body.arg(1 + k));
            self.add_if(varies, result);
        }
    }

    fn endless(&mut self, op: Op<'c>) {
        let [before, after] = [0, 1].map(|i| op.body(i));
        self.block(before);
        let Some(condition) = before.terminator() else { return };
        let leaves = self.has(condition.operand(0));
        for (k, result) in op.results().into_iter().enumerate() {
            let varies = self.has(condition.operand(1 + k));
            self.add_if(varies, after.arg(k));
            self.add_if(varies || leaves, result);
        }
        self.block(after);
        let next = after.terminator().map(|t| t.operands()).unwrap_or_default();
        for (k, argument) in before.args().into_iter().enumerate() {
            let varies = self.has(op.operand(k)) || self.has(next[k]);
            self.add_if(varies, argument);
        }
    }
}
