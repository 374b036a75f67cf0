//! Conditions as ops.

use super::gather::Gathered;
use crate::range_analysis::{Facts, Form, Symbol};
use zouk_dialects::ir::{Builder, Type, TypeLike, Value};

/// How a condition is compared: positive terms with negative ones, the constant on either side.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    bits: u32,
    constant_left: bool,
}

/// The bits in which the sums on both sides are exact, 64 or 128, and where the constant is to be for that; none when neither is enough.
pub(super) fn shape(facts: &Facts, form: &Form) -> Option<Shape> {
    let bits = |constant_left: bool| {
        let (left, right) = if constant_left { (form.constant, 0) } else { (0, form.constant) };
        Some(side_bits(facts, form, 1, left)?.max(side_bits(facts, form, -1, right)?))
    };
    let (on_left, on_right) = (bits(true), bits(false));
    let constant_left = match (on_left, on_right) {
        (Some(a), Some(b)) if a == b => form.constant > 0,
        (Some(a), Some(b)) => a < b,
        (a, _) => a.is_some(),
    };
    Some(Shape { bits: if constant_left { on_left } else { on_right }?, constant_left })
}

fn side_bits(facts: &Facts, form: &Form, sign: i128, constant: i128) -> Option<u32> {
    let terms: Vec<_> = form.terms.iter().filter(|(_, c)| c.signum() == sign).collect();
    let bound = |bits: u32| 1u128 << (bits - 1);
    match terms[..] {
        // A value on its own is exact, and so is the negation of a constant that is not the least.
        [] => return [64, 128].into_iter().find(|bits| constant.unsigned_abs() < bound(*bits)),
        [(monomial, c)] if c.abs() == 1 && monomial.1.is_none() && constant == 0 => return Some(64),
        _ => {}
    }
    let size = |symbol: Symbol| {
        let (low, high) = facts.range_of(symbol);
        low.unsigned_abs().max(high.unsigned_abs())
    };
    let magnitude = terms.iter().try_fold(constant.unsigned_abs(), |sum, (monomial, coefficient)| {
        let product = monomial.symbols().try_fold(coefficient.unsigned_abs(), |product, symbol| product.checked_mul(size(symbol)))?;
        sum.checked_add(product)
    })?;
    [64, 128].into_iter().find(|bits| magnitude < bound(*bits))
}

/// The conjunction, an i1.
pub(super) fn all<'c>(b: &Builder<'c>, facts: &Facts<'c>, gathered: &Gathered<'c>) -> Value<'c> {
    let conditions = gathered.conditions.iter().map(|form| match shape(facts, form) {
        Some(shape) => Emit { b, gathered }.condition(form, shape),
        None => b.c_bool(false),
    });
    let all: Vec<_> = conditions.chain(gathered.flags.iter().copied()).collect();
    all.into_iter().reduce(|x, y| b.bin("arith.andi", x, y)).unwrap_or_else(|| b.c_bool(true))
}

struct Emit<'a, 'c> {
    b: &'a Builder<'c>,
    gathered: &'a Gathered<'c>,
}

impl<'c> Emit<'_, 'c> {
    /// `form >= 0`
    fn condition(&self, form: &Form<'c>, shape: Shape) -> Value<'c> {
        let ty = self.b.int(shape.bits);
        let (left, right) = if shape.constant_left { (form.constant, 0) } else { (0, -form.constant) };
        self.b.cmpi("sge", self.side(form, 1, left, ty), self.side(form, -1, right, ty))
    }

    /// The sum of the terms with the sign, times the sign, and a constant.
    fn side(&self, form: &Form<'c>, sign: i128, added: i128, ty: Type<'c>) -> Value<'c> {
        let b = self.b;
        let mut terms: Vec<Value<'c>> = vec![];
        for (monomial, coefficient) in form.terms.iter().filter(|(_, c)| c.signum() == sign) {
            let product = monomial.symbols().map(|s| self.symbol(s, ty)).reduce(|x, y| b.bin("arith.muli", x, y));
            let Some(product) = product else { continue };
            terms.push(match coefficient.abs() {
                1 => product,
                n => b.bin("arith.muli", product, self.constant(ty, n)),
            });
        }
        if added != 0 || terms.is_empty() {
            terms.push(self.constant(ty, added));
        }
        terms.into_iter().reduce(|x, y| b.bin("arith.addi", x, y)).unwrap_or_else(|| b.c_int(ty, 0))
    }

    fn constant(&self, ty: Type<'c>, value: i128) -> Value<'c> {
        match i64::try_from(value) {
            Ok(value) => self.b.c_int(ty, value),
            Err(_) => self.b.val("arith.constant", &[], ty, &[("value", self.b.parse_attr(&format!("{value} : {ty}")))]),
        }
    }

    fn symbol(&self, symbol: Symbol<'c>, ty: Type<'c>) -> Value<'c> {
        let b = self.b;
        let named = |value: Value<'c>| self.gathered.names.get(&value).copied().unwrap_or(value);
        let value = match symbol {
            Symbol::Value(value) => named(value),
            Symbol::Dim(memref, axis) => b.val("memref.dim", &[named(memref), b.c_index(axis)], b.index(), &[]),
        };
        let value = if value.ty().is_index() { b.index_cast(value, b.i64()) } else { value };
        if value.ty() == ty { value } else { b.val("arith.extsi", &[value], ty, &[]) }
    }
}
