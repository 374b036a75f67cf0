//! Conditions as ops.

use super::gather::Gathered;
use crate::range_analysis::{Facts, Form, Symbol};
use zouk_dialects::ir::{Builder, Type, TypeLike, Value};

/// The bits in which all terms of the form and their sums are exact: 64 or 128; none when neither is enough.
pub(super) fn bits(facts: &Facts, form: &Form) -> Option<u32> {
    let size = |symbol: Symbol| {
        let (low, high) = facts.range_of(symbol);
        low.unsigned_abs().max(high.unsigned_abs())
    };
    let magnitude = form.terms.iter().try_fold(form.constant.unsigned_abs(), |sum, (monomial, coefficient)| {
        let product = monomial.symbols().try_fold(coefficient.unsigned_abs(), |product, symbol| product.checked_mul(size(symbol)))?;
        sum.checked_add(product)
    })?;
    [64, 128].into_iter().find(|bits| magnitude < 1 << (bits - 1))
}

/// The conjunction, an i1.
pub(super) fn all<'c>(b: &Builder<'c>, facts: &Facts<'c>, gathered: &Gathered<'c>) -> Value<'c> {
    let conditions = gathered.conditions.iter().map(|form| condition(b, form, bits(facts, form).unwrap_or(128)));
    let all: Vec<_> = conditions.chain(gathered.flags.iter().copied()).collect();
    all.into_iter().reduce(|x, y| b.bin("arith.andi", x, y)).unwrap_or_else(|| b.c_bool(true))
}

/// `form >= 0`, as a comparison of its positive terms with its negative ones.
fn condition<'c>(b: &Builder<'c>, form: &Form<'c>, bits: u32) -> Value<'c> {
    let ty = b.int(bits);
    let (left, right) = (side(b, form, 1, ty), side(b, form, -1, ty));
    b.cmpi("sge", left, right)
}

/// The sum of the terms with the sign, times the sign.
fn side<'c>(b: &Builder<'c>, form: &Form<'c>, sign: i128, ty: Type<'c>) -> Value<'c> {
    let mut terms: Vec<Value<'c>> = vec![];
    for (monomial, coefficient) in form.terms.iter().filter(|(_, c)| c.signum() == sign) {
        let product = monomial.symbols().map(|s| symbol(b, s, ty)).reduce(|x, y| b.bin("arith.muli", x, y));
        let Some(product) = product else { continue };
        terms.push(match coefficient.abs() {
            1 => product,
            n => b.bin("arith.muli", product, constant(b, ty, n)),
        });
    }
    if form.constant.signum() == sign || terms.is_empty() {
        terms.push(constant(b, ty, (form.constant * sign).max(0)));
    }
    terms.into_iter().reduce(|x, y| b.bin("arith.addi", x, y)).unwrap_or_else(|| b.c_int(ty, 0))
}

fn constant<'c>(b: &Builder<'c>, ty: Type<'c>, value: i128) -> Value<'c> {
    match i64::try_from(value) {
        Ok(value) => b.c_int(ty, value),
        Err(_) => b.val("arith.constant", &[], ty, &[("value", b.parse_attr(&format!("{value} : {ty}")))]),
    }
}

fn symbol<'c>(b: &Builder<'c>, symbol: Symbol<'c>, ty: Type<'c>) -> Value<'c> {
    let value = match symbol {
        Symbol::Value(value) => value,
        Symbol::Dim(memref, axis) => b.val("memref.dim", &[memref, b.c_index(axis)], b.index(), &[]),
    };
    let value = if value.ty().is_index() { b.index_cast(value, b.i64()) } else { value };
    if value.ty() == ty { value } else { b.val("arith.extsi", &[value], ty, &[]) }
}
