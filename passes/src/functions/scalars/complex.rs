//! Functions of complex numbers as NumPy computes them: those of the C library, and formulas made of them.

use super::*;
use zouk_dialects::ir::Value;

/// The real and the imaginary part.
type Pair<'c> = [Value<'c>; 2];

/// What a function of complex numbers is.
pub enum Complex {
    /// One of the C library.
    C(&'static str),
    Own(for<'c> fn(&mut Lower<'c>, Pair<'c>) -> Pair<'c>),
}

impl Complex {
    pub fn apply<'c>(&self, l: &mut Lower<'c>, z: &Val<'c>, ty: &Ty) -> Parts<'c> {
        match self {
            Complex::C(name) => l.complex_function(name, z, ty),
            Complex::Own(compute) => l.complex_map(z, ty, &mut |l, z| compute(l, z)),
        }
    }
}

fn constant<'c>(l: &Lower<'c>, like: Value<'c>, value: f64) -> Value<'c> {
    l.b.c_float(like.ty(), value)
}

fn scaled<'c>(l: &Lower<'c>, z: Pair<'c>, factor: f64) -> Pair<'c> {
    z.map(|part| l.float_bin("mul", part, constant(l, part, factor)))
}

pub fn exp2<'c>(l: &mut Lower<'c>, z: Pair<'c>) -> Pair<'c> {
    let z = scaled(l, z, std::f64::consts::LN_2);
    l.complex_call("cexp", &z)
}

pub fn log2<'c>(l: &mut Lower<'c>, z: Pair<'c>) -> Pair<'c> {
    let log = l.complex_call("clog", &z);
    scaled(l, log, std::f64::consts::LOG2_E)
}

pub fn log10<'c>(l: &mut Lower<'c>, z: Pair<'c>) -> Pair<'c> {
    let log = l.complex_call("clog", &z);
    scaled(l, log, std::f64::consts::LOG10_E)
}

/// log |1 + z| + i arg(1 + z)
pub fn log1p<'c>(l: &mut Lower<'c>, [x, y]: Pair<'c>) -> Pair<'c> {
    let real = l.float_bin("add", x, constant(l, x, 1.0));
    let size = l.libm("hypot", &[real, y]);
    [l.float_un("math.log", size), l.float_op("math.atan2", &[y, real], y.ty())]
}

/// The real part is expm1(x) cos y - 2 sin²(y/2), which cancels nothing.
pub fn expm1<'c>(l: &mut Lower<'c>, [x, y]: Pair<'c>) -> Pair<'c> {
    let half = l.float_un("math.sin", l.float_bin("div", y, constant(l, y, 2.0)));
    let less = l.float_bin("mul", l.float_bin("mul", constant(l, y, 2.0), half), half);
    let real = l.float_bin("sub", l.float_bin("mul", l.float_un("math.expm1", x), l.float_un("math.cos", y)), less);
    [real, l.float_bin("mul", l.float_un("math.exp", x), l.float_un("math.sin", y))]
}

/// z / |z|; 0 of 0, a unit of what is infinite in one part, NaN of what is so in both.
pub fn sign<'c>(l: &mut Lower<'c>, z: Pair<'c>) -> Pair<'c> {
    let size = l.complex_abs(&z);
    let [zero, one, infinity, nan] = [0.0, 1.0, f64::INFINITY, f64::NAN].map(|c| constant(l, size, c));
    let infinite = z.map(|part| l.b.cmpf("oeq", l.float_un("math.absf", part), infinity));
    let both = l.b.bin("arith.andi", infinite[0], infinite[1]);
    let either = l.b.bin("arith.ori", infinite[0], infinite[1]);
    let none = l.b.cmpf("oeq", size, zero);
    let unknown = l.b.bin("arith.ori", both, l.b.cmpf("uno", size, size));
    std::array::from_fn(|i| {
        let unit = l.b.select(infinite[i], l.b.bin("math.copysign", one, z[i]), zero);
        let plain = l.b.select(none, zero, l.float_bin("div", z[i], size));
        l.b.select(unknown, nan, l.b.select(either, unit, plain))
    })
}

/// 1 / z by the larger part.
pub fn reciprocal<'c>(l: &mut Lower<'c>, [x, y]: Pair<'c>) -> Pair<'c> {
    let op = |kind, a, b| l.float_bin(kind, a, b);
    let (one, minus) = (constant(l, x, 1.0), constant(l, x, -1.0));
    let real_is_larger = l.b.cmpf("ole", l.float_un("math.absf", y), l.float_un("math.absf", x));
    let (large, small) = (l.b.select(real_is_larger, x, y), l.b.select(real_is_larger, y, x));
    let ratio = op("div", small, large);
    let denominator = op("add", large, op("mul", small, ratio));
    let real = op("div", l.b.select(real_is_larger, one, ratio), denominator);
    let imaginary = op("div", l.b.select(real_is_larger, l.negate(ratio), minus), denominator);
    [real, imaginary]
}
