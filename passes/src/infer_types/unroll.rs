//! Loops over tuples and lists as straight-line code: every element has its own type, and its own constant.
//!
//! A loop over a tuple whose elements have different types has no other form; in library functions, and over `literal_unroll(…)`, every loop takes it.

use super::body::Body;
use crate::library::is_symbol;
use std::collections::HashSet;
use zouk_dialects::ir::{Builder, IntegerAttribute, Op, Value};
use zouk_dialects::ty::Ty;

/// A loop that would be more ops than this stays one.
const MAX_OPS: usize = 20_000;

impl<'c> Body<'_, 'c> {
    /// Puts the iterations of a loop over a tuple in its place; gives the first op of them.
    pub(super) fn unroll(&mut self, op: Op<'c>) -> Option<Op<'c>> {
        if !op.is("py.for") {
            return None;
        }
        let (length, mixed) = self.unrolled(op.operand(0))?;
        let library = is_symbol(&self.engine.instances[self.index].source) || self.asks_to_unroll(op.operand(0));
        let size = length * op.collect(|_| true).len();
        if length == 0 && !library || !(mixed || library || op.has_attr("py.collects")) || size > MAX_OPS || leaves_early(op) {
            return None;
        }
        let first = Builder::before(op).val("py.unbound", &[], self.engine.types.to_mlir(&Ty::Unbound), &[]).def();
        let mut carried = op.operands()[1..].to_vec();
        for i in 0..length {
            let b = Builder::before(op);
            b.set_loc(op.operand(0).loc());
            let item = self.item(&b, op.operand(0), i);
            let copy = op.deep_clone();
            let yielded = move_body(copy, 0, &[&[item][..], &carried].concat(), op);
            copy.erase();
            match yielded {
                Some(values) => carried = values,
                None => {
                    self.forget_from(op);
                    return first;
                }
            }
        }
        match move_body(op, 1, &carried, op) {
            Some(values) => {
                for (result, value) in op.results().into_iter().zip(values) {
                    result.replace_all_uses(value);
                }
                self.forget(op);
                op.erase();
            }
            None => self.forget_from(op),
        }
        first
    }

    /// `literal_unroll(…)`
    fn asks_to_unroll(&self, iterable: Value<'c>) -> bool {
        let callee = iterable.def_by("py.call").map(|call| self.ty(call.operand(0)));
        callee.is_some_and(|callee| callee.as_ref_name() == Some(crate::functions::literals::UNROLL))
    }

    /// The number of items of an iterable whose items can be taken one by one, and whether their types differ.
    fn unrolled(&self, iterable: Value<'c>) -> Option<(usize, bool)> {
        if let Some(parts) = self.ty(iterable).as_sequence() {
            return Some((parts.len(), parts.iter().any(|part| *part != parts[0])));
        }
        let Some((name, operands)) = self.iterator_call(iterable) else { return unrolled_type(&self.ty(iterable)) };
        let parts: Vec<_> = match name.as_str() {
            "builtins.enumerate" | "builtins.reversed" => vec![self.unrolled(*operands.first()?)?],
            "builtins.map" => operands[1..].iter().map(|operand| self.unrolled(*operand)).collect::<Option<_>>()?,
            "builtins.zip" => operands.iter().map(|operand| self.unrolled(*operand)).collect::<Option<_>>()?,
            _ => return None,
        };
        Some((parts.iter().map(|(length, _)| *length).min()?, parts.iter().any(|(_, mixed)| *mixed)))
    }

    /// `enumerate(…)`, `zip(…)` or `reversed(…)`: the function's name and its arguments, none of them by keyword.
    fn iterator_call(&self, value: Value<'c>) -> Option<(String, Vec<Value<'c>>)> {
        let call = value.def_by("py.call").filter(|call| !call.has_attr("keywords"))?;
        let name = self.ty(call.operand(0)).as_ref_name()?.to_string();
        Some((name, call.operands().split_off(1)))
    }

    /// The op for item `i` of an iterable.
    fn item(&mut self, b: &Builder<'c>, iterable: Value<'c>, i: usize) -> Value<'c> {
        let (int, object) = (self.engine.types.to_mlir(&Ty::I64), self.engine.types.to_mlir(&Ty::Unknown));
        let place = |i: usize| b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, i as i64).into())]);
        let call = self.iterator_call(iterable).filter(|_| self.ty(iterable).as_sequence().is_none());
        if call.is_none() && let Some(item) = self.item_of_iterator(b, iterable, i) {
            return item;
        }
        let Some((name, operands)) = call else {
            return b.val("py.getitem", &[iterable, place(i)], object, &[]);
        };
        match name.as_str() {
            "builtins.reversed" => {
                let (length, _) = self.unrolled(operands[0]).unwrap_or_default();
                self.item(b, operands[0], length - 1 - i)
            }
            "builtins.enumerate" => {
                let number = match operands.get(1) {
                    Some(start) => b.val("py.binary", &[*start, place(i)], object, &[("kind", b.str("add"))]),
                    None => place(i),
                };
                let item = self.item(b, operands[0], i);
                b.val("py.tuple", &[number, item], object, &[])
            }
            "builtins.map" => {
                let items = operands[1..].iter().map(|operand| self.item(b, *operand, i));
                let operands: Vec<_> = std::iter::once(operands[0]).chain(items).collect();
                b.val("py.call", &operands, object, &[])
            }
            _ => {
                let items: Vec<_> = operands.iter().map(|operand| self.item(b, *operand, i)).collect();
                b.val("py.tuple", &items, object, &[])
            }
        }
    }

    /// As `item`, of an iterator that another function has made.
    fn item_of_iterator(&mut self, b: &Builder<'c>, iterator: Value<'c>, i: usize) -> Option<Value<'c>> {
        let (object, ty) = (self.engine.types.to_mlir(&Ty::Unknown), self.ty(iterator));
        Some(match &ty {
            Ty::Map(parts) => {
                let parts: Vec<_> = (0..parts.len()).map(|part| self.part_of(b, iterator, part)).collect();
                let items = parts[1..].iter().map(|part| self.item(b, *part, i));
                let operands: Vec<_> = std::iter::once(parts[0]).chain(items).collect();
                b.val("py.call", &operands, object, &[])
            }
            Ty::Zip(parts) => {
                let parts: Vec<_> = (0..parts.len()).map(|part| self.part_of(b, iterator, part)).collect();
                let items: Vec<_> = parts.iter().map(|part| self.item(b, *part, i)).collect();
                b.val("py.tuple", &items, object, &[])
            }
            Ty::Reversed(inner) => {
                let (length, _) = unrolled_type(inner)?;
                let sequence = self.part_of(b, iterator, 0);
                self.item(b, sequence, length - 1 - i)
            }
            _ => return None,
        })
    }

    /// Deletes the op and all that follow it in its block.
    fn forget_from(&mut self, op: Op<'c>) {
        let doomed: Vec<_> = std::iter::successors(Some(op), |op| op.next()).collect();
        for op in doomed.into_iter().rev() {
            self.forget(op);
            op.erase();
        }
    }

    /// Drops what is known of an op that is about to go, and of what is inside it: others may be made at their addresses.
    pub(super) fn forget(&mut self, op: Op<'c>) {
        let inner: HashSet<Op<'c>> = op.collect(|_| true).into_iter().chain([op]).collect();
        for op in &inner {
            let arguments = op.regions().into_iter().flat_map(|region| region.blocks()).flat_map(|block| block.args());
            for value in op.results().into_iter().chain(arguments) {
                self.facts.types.remove(&value);
                self.facts.constants.remove(&value);
            }
            self.facts.exiting.remove(op);
            self.facts.targets.remove(op);
            self.facts.typed_calls.remove(op);
        }
        self.facts.unwrapped.retain(|(address, _)| !inner.iter().any(|op| op.to_raw().ptr as usize == *address));
        self.facts.unwrap_ops.retain(|(op, _)| !inner.contains(op));
    }
}

/// Moves the ops of a loop's region before an op, with its arguments replaced; gives what it yields, or nothing when it never gets to its end.
fn move_body<'c>(from: Op<'c>, region: usize, arguments: &[Value<'c>], before: Op<'c>) -> Option<Vec<Value<'c>>> {
    let body = from.body(region);
    let outer = before.block().expect("a loop is in a block");
    for (argument, value) in body.args().into_iter().zip(arguments) {
        argument.replace_all_uses(*value);
    }
    for op in body.ops() {
        if op.is("py.yield") {
            return Some(op.operands());
        }
        op.detach();
        outer.insert_before(before, op);
    }
    None
}

/// As `Body::unrolled`, of a `map(…)`, `zip(…)` or `reversed(…)` of tuples that another function has made.
fn unrolled_type(ty: &Ty) -> Option<(usize, bool)> {
    let parts = match ty {
        Ty::Map(parts) => &parts[1..],
        Ty::Zip(parts) => parts,
        Ty::Reversed(inner) => std::slice::from_ref(&**inner),
        _ => {
            let parts = ty.as_sequence()?;
            return Some((parts.len(), parts.iter().any(|part| *part != parts[0])));
        }
    };
    let parts: Vec<_> = parts.iter().map(unrolled_type).collect::<Option<_>>()?;
    Some((parts.iter().map(|(length, _)| *length).min()?, parts.iter().any(|(_, mixed)| *mixed)))
}

/// Whether `break` or `continue` of this loop is in its body.
fn leaves_early(op: Op) -> bool {
    let leaving = op.collect(|inner| matches!(inner.name(), "py.break" | "py.continue"));
    leaving.into_iter().any(|exit| loop_of(exit) == Some(op))
}

/// The loop that a `break` or `continue` is of.
fn loop_of(exit: Op) -> Option<Op> {
    let (mut block, mut parent) = (exit.block()?, exit.parent()?);
    loop {
        let body = match parent.name() {
            "py.for" => Some(parent.body(0)),
            "py.while" => Some(parent.body(1)),
            _ => None,
        };
        if body == Some(block) {
            return Some(parent);
        }
        (block, parent) = (parent.block()?, parent.parent()?);
    }
}
