//! Products, quotients, functions and NumPy's order of complex numbers, given as real and imaginary part.

use crate::functions::Val;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

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

    /// NumPy's quotient: as Smith's, by way of the denominator's inverse; a zero divisor divides both parts.
    pub fn complex_quotient(&self, [a, b]: Complex<'c>, [c, d]: Complex<'c>) -> Complex<'c> {
        let op = |kind, x, y| self.float_bin(kind, x, y);
        let select = |which, x, y| self.b.select(which, x, y);
        let (zero, one) = (self.b.c_float(a.ty(), 0.0), self.b.c_float(a.ty(), 1.0));
        let sizes = [c, d].map(|x| self.float_un("math.absf", x));
        let real_is_larger = self.b.cmpf("oge", sizes[0], sizes[1]);
        let (large, small) = (select(real_is_larger, c, d), select(real_is_larger, d, c));
        let ratio = op("div", small, large);
        let scale = op("div", one, op("add", large, op("mul", small, ratio)));
        let (x, y) = (select(real_is_larger, a, b), select(real_is_larger, b, a));
        let cross = op("mul", x, ratio);
        let real = op("add", x, op("mul", y, ratio));
        let imaginary = select(real_is_larger, op("sub", y, cross), op("sub", cross, y));
        let by_zero = self.b.bin("arith.andi", self.b.cmpf("oeq", c, zero), self.b.cmpf("oeq", d, zero));
        [(real, a), (imaginary, b)].map(|(part, whole)| select(by_zero, op("div", whole, sizes[0]), op("mul", part, scale)))
    }

    /// A function of one complex number; complex64 is computed as complex128 and rounded.
    pub fn complex_function(&mut self, name: &str, z: &Val<'c>, ty: &Ty) -> Vec<Value<'c>> {
        self.complex_map(z, ty, &mut |l, z| l.complex_call(name, &z))
    }

    /// What is computed from a complex128, as a complex number of that type.
    pub fn complex_map(&mut self, z: &Val<'c>, ty: &Ty, compute: &mut dyn FnMut(&mut Self, Complex<'c>) -> Complex<'c>) -> Vec<Value<'c>> {
        let wide = self.cast(z, &Ty::C128).parts;
        let parts = compute(self, [wide[0], wide[1]]).into();
        let wide = self.val(Ty::C128, parts);
        self.cast(&wide, ty).parts
    }

    /// `lt le gt ge` as NumPy: by the real parts, then the imaginary ones; false beside a NaN, but for equal real parts.
    pub fn complex_order(&self, kind: &str, [a, b]: Complex<'c>, [c, d]: Complex<'c>) -> Value<'c> {
        let strict = if kind.starts_with('l') { "olt" } else { "ogt" };
        let apart = self.b.bin("arith.andi", self.b.cmpf(strict, a, c), self.b.cmpf("ord", b, d));
        let level = self.b.bin("arith.andi", self.b.cmpf("oeq", a, c), self.b.cmpf(&format!("o{kind}"), b, d));
        self.b.bin("arith.ori", apart, level)
    }

    /// One side of `np.clip`: the number where it is beyond the bound or has a NaN, else the bound. A NaN beside different real parts does not count.
    pub fn complex_bounded(&self, greatest: bool, x: &Val<'c>, bound: &Val<'c>) -> Vec<Value<'c>> {
        let [[a, b], [c, d]] = [x, bound].map(|v| [v.parts[0], v.parts[1]]);
        let order = if greatest { "ogt" } else { "olt" };
        let level = self.b.bin("arith.andi", self.b.cmpf("oeq", a, c), self.b.cmpf(order, b, d));
        let nan = self.b.bin("arith.ori", self.b.cmpf("uno", a, a), self.b.cmpf("uno", b, b));
        let kept = self.b.bin("arith.ori", nan, self.b.bin("arith.ori", self.b.cmpf(order, a, c), level));
        [(a, c), (b, d)].map(|(x, bound)| self.b.select(kept, x, bound)).into()
    }

    /// The first of two complex numbers where it is greater (or less) or equal, or has a NaN; else the second. One that passes over NaNs takes the
    /// first where the second has one.
    pub fn complex_extreme(&self, greatest: bool, passes_over: bool, first: &Val<'c>, second: &Val<'c>) -> Vec<Value<'c>> {
        let [x, y] = [first, second].map(|v| [v.parts[0], v.parts[1]]);
        let odd = if passes_over { y } else { x };
        let nan = self.b.bin("arith.ori", self.b.cmpf("uno", odd[0], odd[0]), self.b.cmpf("uno", odd[1], odd[1]));
        let first = self.b.bin("arith.ori", nan, self.complex_order(if greatest { "ge" } else { "le" }, x, y));
        x.iter().zip(y).map(|(x, y)| self.b.select(first, *x, y)).collect()
    }
}
