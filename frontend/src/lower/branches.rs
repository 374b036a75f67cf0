//! `py.if`: the statement, and the expressions that evaluate an operand only on a condition.

use super::{Flow, Lowering, names::Slot};
use crate::scope::Local;
use rustpython_parser::{
    ast::{Ranged, StmtIf},
    text_size::TextRange,
};
use zouk_dialects::ir::{Block, Region, Value};

/// One lowered branch, not yet ended.
pub(super) struct Branch<'c> {
    region: Region<'c>,
    block: Block<'c>,
    flow: Flow,
    /// The carried names at its end.
    slots: Vec<Slot<'c>>,
    /// The value of an expression's branch.
    value: Option<Value<'c>>,
}

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn if_statement(&mut self, s: &'a StmtIf) -> Flow {
        let range = TextRange::new(s.range.start(), s.test.range().end());
        let condition = self.condition(&s.test);
        let names = self.carried.branch(s);
        let then = self.branch(range, &names, |l| (l.block(&s.body), None));
        let otherwise = self.branch(range, &names, |l| (l.block(&s.orelse), None));
        self.join(range, condition, &names, then, otherwise).0
    }

    /// A branch of an expression: it has a value.
    pub(super) fn value_branch(&mut self, range: TextRange, names: &[Local], value: impl FnOnce(&mut Self) -> Value<'c>) -> Branch<'c> {
        self.branch(range, names, |l| (Flow::Falls, Some(value(l))))
    }

    pub(super) fn branch(&mut self, range: TextRange, names: &[Local], body: impl FnOnce(&mut Self) -> (Flow, Option<Value<'c>>)) -> Branch<'c> {
        let (region, block) = self.region(&[]);
        let nests = self.may_nest(range);
        self.within(block, |l| {
            let (flow, value) = if nests { body(l) } else { (Flow::Exits, Some(l.unbound(range))) };
            Branch { region, block, flow, slots: l.slots_of(names), value }
        })
    }

    /// Ends both branches and makes the `py.if`; its results are the value, when there is one, and the names that are bound on some path.
    pub(super) fn join(
        &mut self,
        range: TextRange,
        condition: Value<'c>,
        names: &[Local],
        then: Branch<'c>,
        otherwise: Branch<'c>,
    ) -> (Flow, Option<Value<'c>>) {
        let branches = [&then, &otherwise];
        let falling: Vec<&Branch> = branches.into_iter().filter(|b| b.flow == Flow::Falls).collect();
        let kept: Vec<usize> = (0..names.len()).filter(|i| falling.iter().any(|b| b.slots[*i].value.is_some())).collect();
        for branch in &falling {
            let outer = self.b.block();
            self.b.set_end(branch.block);
            let carried = kept.iter().map(|i| branch.slots[*i].value.unwrap_or_else(|| self.unbound(range)));
            let values: Vec<_> = branch.value.into_iter().chain(carried).collect();
            self.op(range, "py.yield", &values, &[]);
            self.b.set_end(outer);
        }
        let has_value = falling.iter().any(|b| b.value.is_some());
        self.b.set_loc(self.location(range));
        let results = vec![self.object; kept.len() + usize::from(has_value)];
        let spelled = self.spelled(usize::from(has_value), kept.iter().map(|i| names[*i]));
        let attrs: &[_] = if kept.is_empty() { &[] } else { &[("py.names", spelled)] };
        let results = self.b.op_with_regions("py.if", &[condition], &results, attrs, &[then.region, otherwise.region]).results();
        let (value, carried) = results.split_at(usize::from(has_value));
        names.iter().for_each(|name| self.slots.set(*name, Slot::default()));
        for (i, result) in kept.into_iter().zip(carried) {
            let maybe = falling.iter().any(|b| b.slots[i].may_be_unbound());
            self.slots.set(names[i], Slot { value: Some(*result), maybe });
        }
        if falling.is_empty() {
            self.unreachable(range);
            return (Flow::Exits, None);
        }
        (Flow::Falls, value.first().copied())
    }
}
