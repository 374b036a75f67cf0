//! Iterators that remember where they are: loops over them take one item after the other, and those that are used more than once are made.
//!
//! ```text
//! for x in it:          while (found := step(it)) is not None:
//!     body          →       x = found[0]; body
//! else: …               else: …
//! ```

use super::body::Body;
use super::iteration::{exclusive, is_iterator, is_repeated, is_subscript};
use crate::functions::Const;
use crate::functions::stepping::{ENDS_TOGETHER, ITER, STEP, is_started};
use crate::library::is_symbol;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, IntegerAttribute, Op, Region, Value};
use zouk_dialects::ty::{Ty, Walk};

/// Says that a loop compares the lengths of what it has run over.
const STRICT: &str = "py.strict";

impl<'c> Body<'_, 'c> {
    /// Puts a loop that takes the items one by one in the place of one that cannot find them at places; gives the first op of it.
    pub(super) fn step_loop(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        if !op.is("py.for") {
            return None;
        }
        self.run_from_the_start(op);
        self.end_together(op);
        let ty = self.ty(op.operand(0));
        if ty.has_unknown() || ty.has_no_items() || !needs_steps(&ty, true) {
            return None;
        }
        let before = Builder::before(op);
        before.set_loc(op.operand(0).loc());
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let iterator = self.called(&before, ITER, &[op.operand(0)]);
        let first = iterator.def().and_then(|call| call.operand(0).def());
        let inits = op.operands().split_off(1);
        let loc = op.loc();
        let regions = [Region::new(), Region::new(), Region::new()];
        let arguments = |extra: usize| vec![(object, loc); inits.len() + extra];
        let blocks = [0, 1, 1].map(|extra| arguments(extra)).into_iter().zip(&regions).map(|(types, region)| region.add_block(&types)).collect::<Vec<_>>();
        let b = Builder::at_end(op.context(), blocks[0], op.operand(0).loc());
        let found = self.called(&b, STEP, &[iterator]);
        let none = b.val("py.constant", &[], self.engine.types.to_mlir(&Ty::None), &[("value", b.unit())]);
        let there = b.val("py.compare", &[found, none], object, &[("kind", b.str("is_not"))]);
        let there = b.val("py.truth", &[there], b.i1(), &[]);
        b.op("py.condition", &[&[there][..], &blocks[0].args(), &[found]].concat(), &[], &[]);
        let b = Builder::at_end(op.context(), blocks[1], op.operand(0).loc());
        // It is not None here.
        let found = blocks[1].arg(inits.len());
        let int = self.engine.types.to_mlir(&Ty::I64);
        let zero = b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, 0).into())]);
        let item = b.val("py.getitem", &[found, zero], object, &[]);
        move_ops(op.body(0), &[&[item][..], &blocks[1].args()[..inits.len()]].concat(), blocks[1]);
        move_ops(op.body(1), &blocks[2].args()[..inits.len()], blocks[2]);
        before.set_loc(loc);
        let attrs: Vec<_> = op.attrs().into_iter().filter(|(name, _)| matches!(*name, "py.names" | "py.carried")).collect();
        let types: Vec<_> = op.results().iter().map(|_| object).collect();
        let stepping = before.op_with_regions("py.while", &inits, &types, &attrs, &regions);
        for (old, new) in op.results().into_iter().zip(stepping.results()) {
            old.replace_all_uses(new);
        }
        self.forget(op);
        op.erase();
        first
    }

    /// `for x in zip(…, strict=True)` has a look at the lengths when it has run to its end.
    fn end_together(&mut self, op: Op<'c>) {
        let Some(call) = op.operand(0).def_by("py.call").filter(|call| !op.has_attr(STRICT) && self.is_strict(*call)) else { return };
        op.set_unit(STRICT);
        let Some(first) = op.body(1).first() else { return };
        let b = Builder::before(first);
        b.set_loc(op.operand(0).loc());
        self.called(&b, ENDS_TOGETHER, &[call.result(0)]);
    }

    /// Whether it is `zip(…, strict=True)`.
    fn is_strict(&self, call: Op<'c>) -> bool {
        let keywords = call.str_array_attr("keywords");
        let strict = keywords.iter().position(|name| *name == "strict").map(|i| call.operand(call.num_operands() - keywords.len() + i));
        let given = strict.is_some_and(|value| self.constant(value) == Some(Const::Bool(true)));
        given && self.ty(call.operand(0)).as_ref_name() == Some("builtins.zip")
    }

    /// Elsewhere than at the head of a loop nothing would compare the lengths.
    pub(super) fn check_strict(&self, call: Op<'c>) -> Result<(), Diagnostic> {
        if !self.is_strict(call) || call.result(0).uses().into_iter().all(|(user, _)| user.has_attr(STRICT) || self.only_asks(user)) {
            return Ok(());
        }
        let error = self.error("unsupported-iterator", "zip(strict=True) is supported as what one loop or comprehension runs over, of what has a length", call.loc());
        Err(error.help("write it at the head of the loop, or compare the lengths before"))
    }

    /// `for x in iter(a)`: nothing else sees the iterator, so the loop runs over what it is of.
    fn run_from_the_start(&mut self, op: Op<'c>) {
        let iterator = op.operand(0);
        let Some(call) = iterator.def_by("py.call").filter(|call| call.num_operands() == 2 && !call.has_attr("keywords")) else { return };
        let alone = iterator.uses().len() == 1 && !is_repeated(op, iterator) && self.ty(call.operand(0)).as_ref_name() == Some(ITER);
        if alone && matches!(self.ty(iterator), Ty::Iterator(_)) {
            op.set_operand(0, call.operand(1));
            self.forget(call);
            call.erase();
        }
    }

    /// Where an iterator is used more than once, one that remembers where it is takes its place; gives the first op of what makes it.
    pub(super) fn keep_place(&mut self, iterator: Value<'c>, b: &Builder<'c>) -> Option<Op<'c>> {
        let is_plain = |ty: &&Ty| is_iterator(ty) && !is_started(ty) && !ty.has_unknown();
        if self.facts.types.get(&iterator).filter(is_plain).is_none() || is_symbol(&self.engine.instances[self.index].source) {
            return None;
        }
        let uses = self.uses_of(iterator);
        // What holds it may be looked at more than once.
        let again = |(i, (user, _)): (usize, &(Op<'c>, usize))| is_repeated(*user, iterator) || matches!(user.name(), "py.tuple" | "py.list" | "py.closure") || uses[..i].iter().any(|(earlier, _)| !exclusive(*earlier, *user));
        if !uses.iter().enumerate().any(again) {
            return None;
        }
        b.set_loc(iterator.loc());
        let kept = self.called(b, ITER, &[iterator]);
        for (user, place) in uses {
            user.set_operand(place, kept);
        }
        kept.def().and_then(|call| call.operand(0).def())
    }

    /// The uses that take items, or may.
    pub(super) fn uses_of(&self, iterator: Value<'c>) -> Vec<(Op<'c>, usize)> {
        let is_flat = matches!(self.ty(iterator), Ty::Walk(Walk::Flat, _));
        let takes = |op: Op<'c>| !op.is("py.compare") && !op.is("py.part") && !self.only_asks(op) && !(is_flat && is_subscript(op, iterator));
        iterator.uses().into_iter().filter(|(op, _)| takes(*op)).collect()
    }

    /// A call of a function of the tables, or of the library.
    pub(super) fn called(&self, b: &Builder<'c>, name: &str, arguments: &[Value<'c>]) -> Value<'c> {
        let function = b.val("py.ref", &[], self.engine.types.to_mlir(&Ty::Ref(name.into())), &[]);
        b.val("py.call", &[&[function][..], arguments].concat(), self.engine.types.to_mlir(&Ty::Unknown), &[])
    }
}

/// Whether the items of an iterable cannot be found by their places: it remembers where it is, or leaves items out where others count along.
fn needs_steps(ty: &Ty, chained: bool) -> bool {
    match ty {
        Ty::Iterator(_) => true,
        Ty::Filter(parts) => !chained || needs_steps(&parts[1], chained),
        Ty::Map(parts) if parts.len() == 2 => needs_steps(&parts[1], chained),
        Ty::Map(parts) => parts[1..].iter().any(|part| needs_steps(part, false)),
        Ty::Zip(parts) => parts.iter().any(|part| needs_steps(part, false)),
        Ty::Enumerate(inner) => needs_steps(inner, false),
        _ => false,
    }
}

/// Moves the ops of a block to the end of another one, with its arguments replaced.
fn move_ops<'c>(from: Block<'c>, arguments: &[Value<'c>], to: Block<'c>) {
    for (argument, value) in from.args().into_iter().zip(arguments) {
        argument.replace_all_uses(*value);
    }
    for op in from.ops() {
        op.detach();
        to.append(op);
    }
}
