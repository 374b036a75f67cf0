//! Subscripts that may wrap around.
//!
//! A subscript that is not proved to be its form is congruent to it modulo 2^64. Two that differ as forms may then be the same element, unless the forms of all iterations lie
//! within 2^64: that is tested before the loop, in floating point, with room for its rounding.

use super::accesses::Range;
use crate::range_analysis::{Form, Symbol, width};
use zouk_dialects::ir::{Builder, Op, Value};

/// How far two subscripts are from each other: `slope · (i - j) + d`, with d between two forms.
#[derive(PartialEq)]
pub struct Span<'c> {
    slope: Form<'c>,
    least: Form<'c>,
    most: Form<'c>,
}

impl<'c> Span<'c> {
    /// Of two subscripts, of which one may have wrapped around.
    pub fn of(counter: Symbol<'c>, a: &Range<'c>, b: &Range<'c>) -> Option<Self> {
        let (slope, a_low) = a.low.split(counter)?;
        let [a_high, b_low, b_high] = [&a.high, &b.low, &b.high].map(|form| form.split(counter).map(|(_, rest)| rest));
        Some(Span { slope, least: a_low.minus(&b_high?)?, most: a_high?.minus(&b_low?)? })
    }

    /// Whether it is less than 2^64 in the whole loop.
    pub fn test(&self, b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
        let [low, high] = [0, 1].map(|i| to_float(b, the_loop.operand(i)));
        let distance = b.bin("arith.mulf", magnitude(b, &self.slope), b.bin("arith.subf", high, low));
        let apart = b.bin("arith.addf", magnitude(b, &self.least), magnitude(b, &self.most));
        b.cmpf("olt", b.bin("arith.addf", distance, apart), b.c_float(b.f64(), 2f64.powi(62)))
    }
}

/// At least the absolute value of a form, but for rounding.
fn magnitude<'c>(b: &Builder<'c>, form: &Form<'c>) -> Value<'c> {
    let constant = b.c_float(b.f64(), form.constant.unsigned_abs() as f64);
    form.terms.iter().fold(constant, |sum, (monomial, coefficient)| {
        let factor = b.c_float(b.f64(), coefficient.unsigned_abs() as f64);
        let product = monomial.symbols().fold(factor, |product, symbol| b.bin("arith.mulf", product, absolute(b, symbol)));
        b.bin("arith.addf", sum, product)
    })
}

fn absolute<'c>(b: &Builder<'c>, symbol: Symbol<'c>) -> Value<'c> {
    let float = match symbol {
        Symbol::Value(value) => to_float(b, value),
        Symbol::Dim(array, axis) => to_float(b, b.val("memref.dim", &[array, b.c_index(axis)], b.index(), &[])),
    };
    b.val("math.absf", &[float], b.f64(), &[])
}

/// A narrow integer as the largest of its width: its sign is not known.
fn to_float<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    match width(value.ty()) {
        Some(width) if width < 64 => b.c_float(b.f64(), 2f64.powi(width as i32)),
        _ => b.val("arith.sitofp", &[b.index_cast(value, b.i64())], b.f64(), &[]),
    }
}
