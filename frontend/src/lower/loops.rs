//! `for` and `while`, with `else`, `break` and `continue`.

use super::{Flow, Lowering};
use crate::{ast::is_always_true, environment::PRANGE, liveness::LoopNames};
use rustpython_parser::{
    ast::{Expr, ExprCall, Ranged, Stmt, StmtFor, StmtWhile},
    text_size::TextRange,
};
use std::rc::Rc;
use zouk_dialects::{
    diagnostic::ErrorClass,
    ir::{Attribute, Block, Builder, Location, Op, Region, Type, Value},
};

/// A loop whose body is being lowered.
pub(super) struct Loop {
    names: Rc<LoopNames>,
    /// Which results may be unbound after the loop.
    maybe: Vec<bool>,
    breaks: usize,
}

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn while_statement(&mut self, s: &'a StmtWhile) -> Flow {
        let range = TextRange::new(s.range.start(), s.test.range().end());
        let Some(names) = self.loop_names(s, range) else { return Flow::Falls };
        let inits = self.pass(&names.carried, range);
        let (condition, condition_block) = self.loop_region(range, &names, false);
        let head = self.maybe_at_head(&names);
        let passed = self.within(condition_block, |l| {
            l.bind_all(&names.carried, &condition_block.args(), &head);
            let test = l.condition(&s.test);
            let values: Vec<_> = std::iter::once(test).chain(l.pass(&names.carried, range)).collect();
            l.op(range, "py.condition", &values, &[]);
            l.slots_of(&names.carried).into_iter().map(|slot| slot.may_be_unbound()).collect::<Vec<_>>()
        });
        let (body, body_block) = self.loop_region(range, &names, false);
        let mut lowered = self.loop_body(range, &names, body_block, |l| {
            l.bind_all(&names.carried, &body_block.args(), &passed);
            l.block(&s.body)
        });
        let orelse = if is_always_true(&s.test) { None } else { Some(&s.orelse[..]) };
        let (otherwise, flow) = self.loop_else(range, &mut lowered, &passed, orelse);
        let attrs = self.loop_attrs(&names);
        self.finish(range, lowered, flow, |b, results| b.op_with_regions("py.while", &inits, results, &attrs, &[condition, body, otherwise]))
    }

    pub(super) fn for_statement(&mut self, s: &'a StmtFor) -> Flow {
        let range = TextRange::new(s.range.start(), s.iter.range().end());
        let Some(names) = self.loop_names(s, range) else { return Flow::Falls };
        let (iterable, parallel) = self.iterable(&s.iter);
        let inits = self.pass(&names.carried, range);
        let head = self.maybe_at_head(&names);
        let (body, body_block) = self.loop_region(s.target.range(), &names, true);
        let mut lowered = self.loop_body(range, &names, body_block, |l| {
            l.bind_all(&names.carried, &body_block.args()[1..], &head);
            l.assign(&s.target, body_block.arg(0));
            l.block(&s.body)
        });
        let (otherwise, flow) = self.loop_else(range, &mut lowered, &head, Some(&s.orelse));
        let operands: Vec<_> = std::iter::once(iterable).chain(inits).collect();
        let mut attrs = self.loop_attrs(&names);
        attrs.extend(parallel.then(|| ("parallel", self.b.unit())));
        attrs.extend(self.assigns_captured(s).then(|| ("py.reassigns", self.b.unit())));
        // The head, and in it the iterable.
        let places = [self.location(range), self.location(s.iter.range())];
        let place = Location::fused(self.context, &places, self.b.unit());
        self.finish(range, lowered, flow, |b, results| {
            b.set_loc(place);
            b.op_with_regions("py.for", &operands, results, &attrs, &[body, otherwise])
        })
    }

    /// What the carried values and the results are called.
    fn loop_attrs(&self, names: &LoopNames) -> Vec<(&'static str, Attribute<'c>)> {
        let lists = [("py.carried", &names.carried), ("py.names", &names.results)];
        lists.into_iter().filter(|(_, names)| !names.is_empty()).map(|(attr, names)| (attr, self.spelled(0, names.iter().copied()))).collect()
    }

    /// Liveness has walked every statement that control reaches; only an excess of nesting leaves a loop out here.
    fn loop_names<T>(&mut self, node: &T, range: TextRange) -> Option<Rc<LoopNames>> {
        if self.may_nest(range) { self.carried.loop_names(node) } else { None }
    }

    /// The iterable, and whether the loop is a `for i in prange(…)`.
    fn iterable(&mut self, iter: &'a Expr) -> (Value<'c>, bool) {
        if let Expr::Call(call) = iter {
            if self.reference(&call.func).as_deref() == Some(PRANGE) {
                return (self.prange(call), true);
            }
        }
        (self.expr(iter), false)
    }

    fn prange(&mut self, call: &'a ExprCall) -> Value<'c> {
        let range = self.reference_op("builtins.range", call.func.range());
        self.call_of(range, call)
    }

    /// A region with one argument per carried name, after the item of a `for`.
    fn loop_region(&self, range: TextRange, names: &LoopNames, item: bool) -> (Region<'c>, Block<'c>) {
        self.region(&vec![(self.object, self.location(range)); names.carried.len() + usize::from(item)])
    }

    /// Which carried names may be unbound at the head: those that may be on entry, or that the body may delete.
    fn maybe_at_head(&self, names: &LoopNames) -> Vec<bool> {
        names.carried.iter().map(|name| self.slots.get(*name).may_be_unbound() || names.deleted.contains(*name)).collect()
    }

    fn loop_body(&mut self, range: TextRange, names: &Rc<LoopNames>, block: Block<'c>, body: impl FnOnce(&mut Self) -> Flow) -> Loop {
        self.loops.push(Loop { names: names.clone(), maybe: vec![false; names.results.len()], breaks: 0 });
        self.within(block, |l| {
            if body(l) == Flow::Falls {
                let values = l.pass(&names.carried, range);
                l.op(range, "py.yield", &values, &[]);
            }
        });
        self.loops.pop().unwrap_or_else(|| unreachable!("pushed above"))
    }

    /// The region that runs when the loop is not left by `break`; without `orelse` that never happens.
    fn loop_else(&mut self, range: TextRange, lowered: &mut Loop, maybe: &[bool], orelse: Option<&'a [Stmt]>) -> (Region<'c>, Flow) {
        let names = lowered.names.clone();
        let (region, block) = self.loop_region(range, &names, false);
        let flow = self.within(block, |l| {
            l.bind_all(&names.carried, &block.args(), maybe);
            let Some(orelse) = orelse else {
                l.unreachable(range);
                return Flow::Exits;
            };
            let flow = l.block(orelse);
            if flow == Flow::Falls {
                l.leave(range, "py.yield", lowered);
            }
            flow
        });
        (region, flow)
    }

    /// Passes the results on.
    fn leave(&mut self, range: TextRange, op: &str, lowered: &mut Loop) {
        let names = lowered.names.clone();
        let values = self.pass(&names.results, range);
        for (maybe, slot) in lowered.maybe.iter_mut().zip(self.slots_of(&names.results)) {
            *maybe |= slot.may_be_unbound();
        }
        self.op(range, op, &values, &[]);
    }

    /// Makes the loop and binds its results.
    fn finish(&mut self, range: TextRange, lowered: Loop, otherwise: Flow, make: impl FnOnce(&Builder<'c>, &[Type<'c>]) -> Op<'c>) -> Flow {
        self.b.set_loc(self.location(range));
        let op = make(&self.b, &vec![self.object; lowered.names.results.len()]);
        self.bind_all(&lowered.names.results, &op.results(), &lowered.maybe);
        if otherwise == Flow::Exits && lowered.breaks == 0 {
            self.unreachable(range);
            return Flow::Exits;
        }
        Flow::Falls
    }

    pub(super) fn break_statement(&mut self, range: TextRange) -> Flow {
        self.leave_chunk_blocks(self.loops.len(), range);
        let Some(mut lowered) = self.loops.pop() else {
            self.error(range, ErrorClass::Syntax, "syntax-error", "`break` outside loop", "");
            return Flow::Falls;
        };
        lowered.breaks += 1;
        self.leave(range, "py.break", &mut lowered);
        self.loops.push(lowered);
        Flow::Exits
    }

    pub(super) fn continue_statement(&mut self, range: TextRange) -> Flow {
        self.leave_chunk_blocks(self.loops.len(), range);
        let Some(names) = self.loops.last().map(|l| l.names.clone()) else {
            self.error(range, ErrorClass::Syntax, "syntax-error", "`continue` not properly in loop", "");
            return Flow::Falls;
        };
        let values = self.pass(&names.carried, range);
        self.op(range, "py.continue", &values, &[]);
        Flow::Exits
    }
}
