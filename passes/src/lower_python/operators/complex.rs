//! Products and quotients of complex numbers, given as real and imaginary part.

use crate::lower_python::Lower;
use zouk_dialects::ir::Value;

type Complex<'c> = [Value<'c>; 2];

impl<'c> Lower<'c> {
    /// (a + bi)(c + di) = (ac - bd) + (ad + bc)i
    pub fn complex_mul(&self, [a, b]: Complex<'c>, [c, d]: Complex<'c>) -> Complex<'c> {
        let mul = |x, y| self.float_bin("mul", x, y);
        [self.float_bin("sub", mul(a, c), mul(b, d)), self.float_bin("add", mul(a, d), mul(b, c))]
    }

    /// Smith's algorithm, as CPython: divides by the larger part of the divisor first, so that no intermediate overflows.
    pub fn complex_div(&self, [a, b]: Complex<'c>, [c, d]: Complex<'c>) -> Complex<'c> {
        let op = |kind, x, y| self.float_bin(kind, x, y);
        let select = |which, x, y| self.b.select(which, x, y);
        let real_is_larger = self.b.cmpf("oge", self.float_un("math.absf", c), self.float_un("math.absf", d));
        let (large, small) = (select(real_is_larger, c, d), select(real_is_larger, d, c));
        let (x, y) = (select(real_is_larger, a, b), select(real_is_larger, b, a));
        let ratio = op("div", small, large);
        let denominator = op("add", large, op("mul", small, ratio));
        let real = op("add", x, op("mul", y, ratio));
        let cross = op("mul", x, ratio);
        let imaginary = select(real_is_larger, op("sub", y, cross), op("sub", cross, y));
        [op("div", real, denominator), op("div", imaginary, denominator)]
    }

    /// |z|
    pub fn complex_abs(&self, z: &[Value<'c>]) -> Value<'c> {
        self.libm("hypot", &[z[0], z[1]])
    }
}
