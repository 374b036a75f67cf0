//! Subscripts that may wrap around, and those whose distance is known when the loop runs.
//!
//! A subscript that is not proved to be its form is congruent to it modulo 2^64. Two that differ as forms may then be the same element, unless the forms of all iterations lie
//! within 2^64: that is tested before the loop, in floating point, with room for its rounding.
//!
//! Of a subscript such as `i * k`, or `i * k + j` or `20 * i + j` with j below n, it depends on k and n whether iterations meet. That is tested as well, with numbers that are exact as floats.

use super::accesses::Range;
use crate::range_analysis::{Facts, Form, Symbol, width};
use zouk_dialects::ir::{Builder, Op, Value};

/// How far two subscripts are from each other: `slope · (i - j) + d`, with d between two forms.
#[derive(PartialEq)]
pub struct Span<'c> {
    slope: Form<'c>,
    least: Form<'c>,
    most: Form<'c>,
    /// Whether it is to be tested that the distance of iterations, which are so far from each other, is more than `most`.
    apart: Option<i64>,
}

/// Up to here floats are the integers, also in sums and products that stay below it.
pub const EXACT: f64 = (1u64 << 52) as f64;

impl<'c> Span<'c> {
    /// Of two subscripts, of which one may have wrapped around.
    pub fn of(counter: Symbol<'c>, a: &Range<'c>, b: &Range<'c>) -> Option<Self> {
        let (slope, a_low) = a.low.split(counter)?;
        let [a_high, b_low, b_high] = [&a.high, &b.low, &b.high].map(|form| form.split(counter).map(|(_, rest)| rest));
        Some(Span { slope, least: a_low.minus(&b_high?)?, most: a_high?.minus(&b_low?)?, apart: None })
    }

    /// Of one range of places that moves by what is known when the loop runs.
    pub fn apart(counter: Symbol<'c>, range: &Range<'c>, step: i64) -> Option<Self> {
        let ((slope, low), (same, high)) = (range.low.split(counter)?, range.high.split(counter)?);
        let (least, most) = (low.minus(&high)?, high.minus(&low)?);
        let wide = |symbol: Symbol<'c>| !matches!(symbol, Symbol::Value(value) if width(value.ty()).is_none_or(|width| width < 64));
        // A step of one place is no room for what depends on the run.
        let has_room = match slope.as_constant() {
            None => true,
            Some(slope) => most.as_constant().is_none() && slope.saturating_mul(step as i128).unsigned_abs() > 1,
        };
        let moves = slope == same && has_room;
        (moves && slope.symbols().chain(most.symbols()).all(wide)).then_some(Span { slope, least, most, apart: Some(step) })
    }

    /// Whether it is not known before the loop runs that iterations meet.
    pub fn is_open(&self, facts: &mut Facts<'c>) -> bool {
        let step = self.apart.unwrap_or(1) as i128;
        let short = |facts: &mut Facts<'c>, sign: i128| {
            let stride = Form::default().plus(&self.slope, sign * step);
            stride.is_some_and(|stride| facts.proves(&stride) && self.most.minus(&stride).is_some_and(|over| facts.proves(&over)))
        };
        !short(facts, 1) && !short(facts, -1)
    }

    /// Whether it is less than 2^64 in the whole loop, and enough where that is to be tested.
    pub fn test(&self, b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
        let [low, high] = [0, 1].map(|i| to_float(b, the_loop.operand(i)));
        let distance = b.bin("arith.mulf", size(b, &self.slope), b.bin("arith.subf", high, low));
        let apart = b.bin("arith.addf", size(b, &self.least), size(b, &self.most));
        let fits = b.cmpf("olt", b.bin("arith.addf", distance, apart), b.c_float(b.f64(), 2f64.powi(62)));
        let Some(step) = self.apart else { return fits };
        let stride = b.bin("arith.mulf", b.val("math.absf", &[signed(b, &self.slope)], b.f64(), &[]), b.c_float(b.f64(), step as f64));
        let enough = b.cmpf("ogt", stride, signed(b, &self.most));
        let sizes = b.bin("arith.addf", b.bin("arith.mulf", size(b, &self.slope), b.c_float(b.f64(), step as f64)), size(b, &self.most));
        let exact = b.cmpf("olt", sizes, b.c_float(b.f64(), EXACT));
        b.bin("arith.andi", fits, b.bin("arith.andi", enough, exact))
    }
}

/// At least the absolute value of a form, but for rounding.
fn size<'c>(b: &Builder<'c>, form: &Form<'c>) -> Value<'c> {
    sum_of_sizes(b, form, &mut |symbol| float_of(b, symbol))
}

/// The same of symbols that are i64s by then.
pub fn magnitude<'c>(b: &Builder<'c>, form: &Form<'c>, value: &mut dyn FnMut(Symbol<'c>) -> Value<'c>) -> Value<'c> {
    sum_of_sizes(b, form, &mut |symbol| b.val("arith.sitofp", &[value(symbol)], b.f64(), &[]))
}

fn sum_of_sizes<'c>(b: &Builder<'c>, form: &Form<'c>, float_of: &mut dyn FnMut(Symbol<'c>) -> Value<'c>) -> Value<'c> {
    let constant = b.c_float(b.f64(), form.constant.unsigned_abs() as f64);
    form.terms.iter().fold(constant, |sum, (monomial, coefficient)| {
        let factor = b.c_float(b.f64(), coefficient.unsigned_abs() as f64);
        let product = monomial.symbols().fold(factor, |product, symbol| {
            let absolute = b.val("math.absf", &[float_of(symbol)], b.f64(), &[]);
            b.bin("arith.mulf", product, absolute)
        });
        b.bin("arith.addf", sum, product)
    })
}

/// The value of a form, as far as it is exact as a float.
fn signed<'c>(b: &Builder<'c>, form: &Form<'c>) -> Value<'c> {
    let constant = b.c_float(b.f64(), form.constant as f64);
    form.terms.iter().fold(constant, |sum, (monomial, coefficient)| {
        let factor = b.c_float(b.f64(), *coefficient as f64);
        let product = monomial.symbols().fold(factor, |product, symbol| b.bin("arith.mulf", product, float_of(b, symbol)));
        b.bin("arith.addf", sum, product)
    })
}

fn float_of<'c>(b: &Builder<'c>, symbol: Symbol<'c>) -> Value<'c> {
    match symbol {
        Symbol::Value(value) => to_float(b, visible(b, value)),
        Symbol::Dim(array, axis) => to_float(b, b.val("memref.dim", &[array, b.c_index(axis)], b.index(), &[])),
    }
}

/// A narrow integer as the largest of its width: its sign is not known.
fn to_float<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    match width(value.ty()) {
        Some(width) if width < 64 => b.c_float(b.f64(), 2f64.powi(width as i32)),
        _ => b.val("arith.sitofp", &[b.index_cast(value, b.i64())], b.f64(), &[]),
    }
}

/// The value where the builder is: what is carried into the condition of a `while` has another name in its body.
pub fn visible<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    let found = || {
        let head = value.owner_block().filter(|_| value.def().is_none())?;
        let around = head.parent().filter(|op| op.is("scf.while") && op.body(0) == head)?;
        let body = around.body(1);
        let inside = std::iter::successors(Some(b.block()), |block| block.parent()?.block()).any(|block| block == body);
        let handed = head.terminator()?.operands().into_iter().skip(1).position(|operand| operand == value)?;
        inside.then(|| body.arg(handed))
    };
    found().unwrap_or(value)
}
