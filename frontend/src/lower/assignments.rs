//! Assignment to names, tuples, subscripts and attributes; augmented assignment.

use super::{Lowering, names::Slot};
use crate::{Constant, ast::binary_kind, stack::grow};
use rustpython_parser::{
    ast::{Expr, ExprAttribute, Ranged, StmtAugAssign},
    text_size::TextRange,
};
use zouk_dialects::ir::Value;

/// Attributes that are views: what is assigned to them goes into their elements.
const VIEWS: [&str; 3] = ["real", "imag", "flat"];

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn assign(&mut self, target: &'a Expr, value: Value<'c>) {
        match target {
            Expr::Name(name) => {
                if let Some(local) = self.scope.local(name) {
                    let value = self.declared(local, value, name.range);
                    self.slots.set(local, Slot::bound(value));
                }
            }
            Expr::Tuple(t) => grow(|| self.unpack(&t.elts, value, t.range)),
            Expr::List(t) => grow(|| self.unpack(&t.elts, value, t.range)),
            Expr::Subscript(s) => {
                let object = self.expr(&s.value);
                let index = self.array_like(&s.slice);
                self.op(s.range, "py.setitem", &[object, index, value], &[]);
            }
            Expr::Attribute(a) if VIEWS.contains(&a.attr.as_str()) => {
                let view = self.expr(target);
                self.assign_view(a, view, value);
            }
            Expr::Attribute(a) => {
                let object = self.expr(&a.value);
                self.set_attribute(a, object, value);
            }
            other => self.refuse_target(other),
        }
    }

    /// The value of an assignment. What is assigned to items of an array is one.
    pub(super) fn assigned(&mut self, value: &'a Expr, targets: &'a [Expr]) -> Value<'c> {
        if targets.iter().any(|target| matches!(target, Expr::Subscript(_))) { self.array_like(value) } else { self.expr(value) }
    }

    /// `view[...] = value`, where the view is an attribute.
    fn assign_view(&mut self, target: &'a ExprAttribute, view: Value<'c>, value: Value<'c>) {
        let all = self.constant(&Constant::Ellipsis, target.range);
        let name = self.b.str(&target.attr);
        self.op(target.range, "py.setitem", &[view, all, value], &[("attribute", name)]);
    }

    fn set_attribute(&mut self, target: &'a ExprAttribute, object: Value<'c>, value: Value<'c>) {
        let stored = self.globals.attribute_name(&target.attr).into_owned();
        let name = self.constant(&Constant::Str(stored), target.range);
        self.op(target.range, "py.setitem", &[object, name, value], &[("field", self.b.unit())]);
    }

    fn refuse_target(&mut self, target: &'a Expr) {
        match target {
            Expr::Starred(_) => self.unsupported(target.range(), ("`*` in an assignment target", "put it among other targets: `a, *rest = t`")),
            other => self.unsupported(other.range(), ("this assignment target", "assign to a name")),
        }
    }

    fn unpack(&mut self, targets: &'a [Expr], value: Value<'c>, range: TextRange) {
        if let Some(star) = targets.iter().position(Expr::is_starred_expr) {
            return self.unpack_starred(targets, star, value);
        }
        self.b.set_loc(self.location(range));
        let parts = self.b.op("py.unpack", &[value], &vec![self.object; targets.len()], &[]).results();
        if let Some(tuple) = value.def_by("py.tuple").filter(|tuple| tuple.num_operands() == targets.len()) {
            parts.iter().zip(tuple.operands()).for_each(|(part, item)| self.same_module(*part, item));
        }
        targets.iter().zip(parts).for_each(|(target, part)| self.assign(target, part));
    }

    /// `a, *b, c = value`: items from both ends, and a list of those between.
    fn unpack_starred(&mut self, targets: &'a [Expr], star: usize, value: Value<'c>) {
        let after = targets.len() - star - 1;
        for (place, target) in targets.iter().enumerate() {
            let range = target.range();
            let number = |l: &mut Self, n: i64| l.constant(&Constant::Int(n.into()), range);
            match target {
                Expr::Starred(rest) if place == star => {
                    let start = number(self, place as i64);
                    let end = if after > 0 { number(self, -(after as i64)) } else { self.none(range) };
                    let slice = self.value(range, "py.slice", &[start, end, self.none(range)], &[]);
                    let items = self.value(range, "py.getitem", &[value, slice], &[]);
                    let list = self.reference_op("builtins.list", range);
                    let items = self.value(range, "py.call", &[list, items], &[]);
                    self.assign(&rest.value, items);
                }
                target => {
                    let at = if place < star { place as i64 } else { place as i64 - targets.len() as i64 };
                    let at = number(self, at);
                    let item = self.value(range, "py.getitem", &[value, at], &[]);
                    self.assign(target, item);
                }
            }
        }
    }

    /// The target is read once, before the value is computed.
    pub(super) fn augmented_assign(&mut self, s: &'a StmtAugAssign) {
        match &*s.target {
            Expr::Name(name) => {
                let Some(local) = self.scope.local(name) else { return };
                let old = self.read(local, name.range);
                let new = self.augmented(s, old);
                let new = self.declared(local, new, name.range);
                self.slots.set(local, Slot::bound(new));
            }
            Expr::Subscript(target) => {
                let object = self.expr(&target.value);
                let index = self.array_like(&target.slice);
                let old = self.value(target.range, "py.getitem", &[object, index], &[]);
                let new = self.augmented(s, old);
                self.op(target.range, "py.setitem", &[object, index, new], &[]);
            }
            Expr::Attribute(target) if VIEWS.contains(&target.attr.as_str()) => {
                let view = self.expr(&s.target);
                let new = self.augmented(s, view);
                self.assign_view(target, view, new);
            }
            Expr::Attribute(target) => {
                let object = self.expr(&target.value);
                let old = self.value(target.range, "py.attr", &[object], &[("name", self.attribute_name(&target.attr))]);
                let new = self.augmented(s, old);
                self.set_attribute(target, object, new);
            }
            other => self.refuse_target(other),
        }
    }

    fn augmented(&mut self, s: &'a StmtAugAssign, old: Value<'c>) -> Value<'c> {
        let value = self.assigned(&s.value, std::slice::from_ref(&*s.target));
        let attrs = [("kind", self.b.str(binary_kind(s.op))), ("inplace", self.b.unit())];
        self.value(s.range, "py.binary", &[old, value], &attrs)
    }
}
