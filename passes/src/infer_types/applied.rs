//! Loops over `map(…)` and `filter(…)`: the loop runs over what they run over, and its body begins with their calls.

use super::body::Body;
use std::cell::RefCell;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, IntegerAttribute, Op, Region, Value};
use zouk_dialects::ty::Ty;

/// Says that a loop's body has the calls.
const APPLIED: &str = "py.applied";

/// A loop that gets its calls.
struct Applying<'c> {
    op: Op<'c>,
    /// Before the loop.
    outside: Builder<'c>,
    /// At the beginning of its body.
    inside: Builder<'c>,
    /// The parts of the iterable, outermost first.
    made: RefCell<Vec<Op<'c>>>,
}

impl<'c> Body<'_, 'c> {
    /// `py.part`
    pub(super) fn part(&mut self, op: Op<'c>) {
        let place = op.int_attr("index").unwrap_or(0) as usize;
        let ty = match self.ty(op.operand(0)) {
            Ty::Map(parts) | Ty::Filter(parts) | Ty::Zip(parts) => parts.get(place).cloned(),
            Ty::Enumerate(inner) | Ty::Reversed(inner) => Some(*inner),
            _ => None,
        };
        self.define(op.result(0), ty.unwrap_or(Ty::Unknown), None);
    }

    /// A part of an iterator, typed.
    pub(super) fn part_of(&mut self, b: &Builder<'c>, iterator: Value<'c>, place: usize) -> Value<'c> {
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let part = b.val("py.part", &[iterator], object, &[("index", b.int_attr(b.i64(), place as i64))]);
        part.def().into_iter().for_each(|op| self.part(op));
        part
    }

    /// Puts the calls of functions that the iterable has in front of a loop's body, once.
    pub(super) fn apply_functions(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let iterable = op.operand(0);
        let ty = self.ty(iterable);
        if op.has_attr(APPLIED) || !has_functions(&ty) {
            return Ok(());
        }
        op.set_unit(APPLIED);
        let body = op.body(0);
        let Some(first) = body.first() else { return Ok(()) };
        let applying = Applying { op, outside: Builder::before(op), inside: Builder::before(first), made: RefCell::default() };
        [&applying.outside, &applying.inside].into_iter().for_each(|b| b.set_loc(iterable.loc()));
        let raw = body.arg(0);
        let uses = raw.uses();
        let item = self.applied(&applying, true, iterable, &ty, raw)?;
        for (user, place) in uses {
            user.set_operand(place, item);
        }
        applying.made.take().into_iter().for_each(|part| self.part(part));
        Ok(())
    }

    /// The item that an iterable gives for a raw one. `chained` says that all items reach the loop's body by themselves, so that it may skip some.
    fn applied(&self, applying: &Applying<'c>, chained: bool, iterable: Value<'c>, ty: &Ty, raw: Value<'c>) -> Result<Value<'c>, Diagnostic> {
        if !has_functions(ty) {
            return Ok(raw);
        }
        let types = &self.engine.types;
        let (int, object) = (types.to_mlir(&Ty::I64), types.to_mlir(&Ty::Unknown));
        let Applying { op, outside, inside, made } = applying;
        let part = |i: usize| {
            let part = outside.val("py.part", &[iterable], object, &[("index", outside.int_attr(outside.i64(), i as i64))]);
            made.borrow_mut().extend(part.def());
            part
        };
        let element = |i: usize| {
            let place = inside.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, i as i64).into())]);
            inside.val("py.getitem", &[raw, place], object, &[])
        };
        match ty {
            Ty::Map(parts) => {
                let mut operands = vec![part(0)];
                if let [_, only] = &parts[..] {
                    operands.push(self.applied(applying, chained, part(1), only, raw)?);
                } else {
                    for (i, inner) in parts.iter().enumerate().skip(1) {
                        operands.push(self.applied(applying, false, part(i), inner, element(i - 1))?);
                    }
                }
                Ok(inside.val("py.call", &operands, object, &[]))
            }
            Ty::Filter(parts) => {
                if !chained {
                    return Err(self.error("unsupported-iterator", "filter() inside of zip(), enumerate() or a map() of several iterables is not supported here", iterable.loc()));
                }
                let item = self.applied(applying, true, part(1), &parts[1], raw)?;
                let tested = if parts[0] == Ty::None { item } else { inside.val("py.call", &[part(0), item], object, &[]) };
                let keeps = inside.val("py.truth", &[tested], inside.i1(), &[]);
                let regions = [Region::new(), Region::new()];
                let blocks = [0, 1].map(|i| Builder::at_end(op.context(), regions[i].add_block(&[]), iterable.loc()));
                blocks[0].op("py.yield", &[], &[], &[]);
                blocks[1].op("py.continue", &op.body(0).args()[1..], &[], &[]);
                inside.op_with_regions("py.if", &[keeps], &[], &[], &regions);
                Ok(item)
            }
            Ty::Enumerate(inner) => {
                let item = self.applied(applying, false, part(0), inner, element(1))?;
                Ok(inside.val("py.tuple", &[element(0), item], object, &[]))
            }
            Ty::Zip(inners) => {
                let mut items = vec![];
                for (i, inner) in inners.iter().enumerate() {
                    items.push(self.applied(applying, false, part(i), inner, element(i))?);
                }
                Ok(inside.val("py.tuple", &items, object, &[]))
            }
            _ => Ok(raw),
        }
    }
}

/// Whether the iterable may have fewer items than what it runs over.
pub(crate) fn skips_items(ty: &Ty) -> bool {
    match ty {
        Ty::Filter(_) | Ty::Iterator(_) => true,
        Ty::Enumerate(inner) => skips_items(inner),
        Ty::Zip(parts) | Ty::Map(parts) => parts.iter().any(skips_items),
        _ => false,
    }
}

/// Whether items of the iterable are made by calls.
pub(super) fn has_functions(ty: &Ty) -> bool {
    match ty {
        Ty::Map(_) | Ty::Filter(_) => true,
        Ty::Enumerate(inner) => has_functions(inner),
        Ty::Zip(inners) => inners.iter().any(has_functions),
        _ => false,
    }
}
