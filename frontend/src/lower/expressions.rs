//! Expressions, and conditions.

use super::{Lowering, closures::Use};
use crate::{
    ast::{binary_kind, compare_kind, is_and, unary_kind},
    fold,
    stack::grow,
    unsupported,
};
use rustpython_parser::{
    ast::{Expr, ExprBinOp, ExprBoolOp, ExprCompare, ExprIfExp, ExprSlice, ExprUnaryOp, Ranged, UnaryOp},
    text_size::TextRange,
};
use zouk_dialects::ir::Value;

impl<'c, 'a> Lowering<'c, 'a> {
    pub(super) fn expr(&mut self, expr: &'a Expr) -> Value<'c> {
        match expr {
            Expr::Name(e) => match (self.scope.function(e), self.scope.local(e)) {
                (Some(function), _) => self.function_value(function, e.range, Use::Kept),
                (None, Some(local)) => self.read(local, e.range),
                (None, None) => self.global(expr),
            },
            Expr::Constant(e) => match fold::literal(&e.value) {
                Some(constant) => self.constant(&constant, e.range),
                None => self.refuse(expr),
            },
            _ => grow(|| self.compound(expr)),
        }
    }

    fn compound(&mut self, expr: &'a Expr) -> Value<'c> {
        match expr {
            Expr::BoolOp(e) => self.bool_op(e, 0, false),
            Expr::NamedExpr(e) => {
                let value = self.expr(&e.value);
                self.assign(&e.target, value);
                value
            }
            Expr::BinOp(e) => self.binary(e),
            Expr::UnaryOp(e) => self.unary(e),
            Expr::IfExp(e) => self.ternary(e),
            Expr::Compare(e) => {
                let left = self.expr(&e.left);
                self.compare(e, 0, left)
            }
            Expr::Call(e) => self.call(e),
            Expr::Attribute(e) => {
                if self.is_global(expr) {
                    return self.global(expr);
                }
                let value = self.expr(&e.value);
                self.value(e.range, "py.attr", &[value], &[("name", self.attribute_name(&e.attr))])
            }
            Expr::Subscript(e) => {
                if let Some(member) = self.member(&e.value, &e.slice, e.range) {
                    return member;
                }
                let value = self.expr(&e.value);
                let index = self.array_like(&e.slice);
                self.value(e.range, "py.getitem", &[value, index], &[])
            }
            Expr::Tuple(e) => {
                let elements: Vec<_> = e.elts.iter().map(|element| self.element(element)).collect();
                let stars = self.stars(&e.elts);
                self.value(e.range, "py.tuple", &elements, stars.as_slice())
            }
            Expr::List(e) => {
                let elements: Vec<_> = e.elts.iter().map(|element| self.element(element)).collect();
                let stars = self.stars(&e.elts);
                self.value(e.range, "py.list", &elements, stars.as_slice())
            }
            Expr::ListComp(e) => self.collect(e.range, &e.generators, &e.elt, false),
            Expr::Slice(e) => self.slice(e),
            Expr::Lambda(e) => self.lambda(e, Use::Kept),
            other => self.refuse(other),
        }
    }

    fn refuse(&mut self, expr: &'a Expr) -> Value<'c> {
        self.unsupported(expr.range(), unsupported::expression(expr));
        self.unbound(expr.range())
    }

    fn binary(&mut self, e: &'a ExprBinOp) -> Value<'c> {
        let left = self.expr(&e.left);
        let right = self.expr(&e.right);
        self.value(e.range, "py.binary", &[left, right], &[("kind", self.b.str(binary_kind(e.op)))])
    }

    /// `-5` is a literal: the smallest int64 has no positive counterpart.
    fn unary(&mut self, e: &'a ExprUnaryOp) -> Value<'c> {
        if let (UnaryOp::USub, Expr::Constant(literal)) = (e.op, &*e.operand) {
            if let Some(constant) = fold::literal(&literal.value).and_then(|value| fold::unary(e.op, value)) {
                return self.constant(&constant, e.range);
            }
        }
        let operand = self.expr(&e.operand);
        self.value(e.range, "py.unary", &[operand], &[("kind", self.b.str(unary_kind(e.op)))])
    }

    fn slice(&mut self, e: &'a ExprSlice) -> Value<'c> {
        let parts = [&e.lower, &e.upper, &e.step].map(|part| match part {
            Some(part) => self.expr(part),
            None => self.none(e.range),
        });
        self.value(e.range, "py.slice", &parts, &[])
    }

    /// An element of a display; one with a `*` is the tuple of several, which the display's op says.
    fn element(&mut self, element: &'a Expr) -> Value<'c> {
        match element {
            Expr::Starred(starred) => self.expr(&starred.value),
            element => self.expr(element),
        }
    }

    /// The `i1` that decides a branch. Of `a and b` only the truth matters here, so its operands need no common type.
    pub(super) fn condition(&mut self, expr: &'a Expr) -> Value<'c> {
        let value = match expr {
            Expr::BoolOp(e) => grow(|| self.bool_op(e, 0, true)),
            _ => self.expr(expr),
        };
        self.truth(expr.range(), value)
    }

    /// `a and b` is `b if a else a`; `a or b` is `a if a else b`. With `truth_only` the values are bools.
    fn bool_op(&mut self, e: &'a ExprBoolOp, from: usize, truth_only: bool) -> Value<'c> {
        let (first, last) = (&e.values[from], from + 1 == e.values.len());
        let range = TextRange::new(first.range().start(), e.range.end());
        if truth_only {
            let truth = self.condition(first);
            return if last { truth } else { self.short_circuit(e, from, range, truth, truth, truth_only) };
        }
        let value = self.expr(first);
        if last {
            return value;
        }
        let truth = self.truth(first.range(), value);
        self.short_circuit(e, from, range, truth, value, truth_only)
    }

    fn short_circuit(&mut self, e: &'a ExprBoolOp, from: usize, range: TextRange, truth: Value<'c>, value: Value<'c>, truth_only: bool) -> Value<'c> {
        let names = self.carried.branch(e);
        let rest = |l: &mut Self| grow(|| l.bool_op(e, from + 1, truth_only));
        let (then, otherwise) = if is_and(e.op) {
            let then = self.value_branch(range, &names, rest);
            (then, self.value_branch(range, &names, |_| value))
        } else {
            let then = self.value_branch(range, &names, |_| value);
            (then, self.value_branch(range, &names, rest))
        };
        self.join(range, truth, &names, then, otherwise).1.unwrap_or(value)
    }

    fn ternary(&mut self, e: &'a ExprIfExp) -> Value<'c> {
        let condition = self.condition(&e.test);
        let names = self.carried.branch(e);
        let then = self.value_branch(e.range, &names, |l| l.expr(&e.body));
        let otherwise = self.value_branch(e.range, &names, |l| l.expr(&e.orelse));
        self.join(e.range, condition, &names, then, otherwise).1.unwrap_or(condition)
    }

    /// `a < b < c` is `a < b and b < c`, with `b` evaluated once.
    fn compare(&mut self, e: &'a ExprCompare, from: usize, left: Value<'c>) -> Value<'c> {
        let (Some(right), Some(op)) = (e.comparators.get(from), e.ops.get(from)) else { return left };
        let start = if from == 0 { e.left.range() } else { e.comparators[from - 1].range() };
        let range = TextRange::new(start.start(), right.range().end());
        let right = self.expr(right);
        let result = self.value(range, "py.compare", &[left, right], &[("kind", self.b.str(compare_kind(*op)))]);
        if from + 1 == e.comparators.len() {
            return result;
        }
        let names = self.carried.branch(e);
        let truth = self.truth(range, result);
        let then = self.value_branch(range, &names, |l| grow(|| l.compare(e, from + 1, right)));
        let otherwise = self.value_branch(range, &names, |_| result);
        self.join(range, truth, &names, then, otherwise).1.unwrap_or(result)
    }
}
