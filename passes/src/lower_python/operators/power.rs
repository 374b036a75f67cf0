//! `**`.
//!
//! Constant exponents up to 4 of floats are products: within one unit in the last place of C's `pow` (`x ** 2` is the same).

use crate::functions::Val;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

/// Integers wrap, so any product order gives the same; beyond this the runtime's loop is as good.
const LARGEST_UNROLLED: i128 = 64;

impl<'c> Lower<'c> {
    /// `a ** b` of numbers of one type; `raises` for zero to a negative power.
    pub fn power(&mut self, a: &Val<'c>, b: &Val<'c>, raises: bool) -> Vec<Value<'c>> {
        match &a.ty {
            Ty::Complex(_) => self.complex_power(a, b, raises),
            Ty::Float(_) => vec![self.float_power(a, b, raises)],
            _ => vec![self.int_power(a, b, raises)],
        }
    }

    fn int_power(&mut self, a: &Val<'c>, b: &Val<'c>, raises: bool) -> Value<'c> {
        let (x, n) = (a.parts[0], b.parts[0]);
        if let Some(n) = self.constant_int(b).filter(|n| (0..=LARGEST_UNROLLED).contains(n)) {
            return self.product(x, n as u32, &|l, x, y| l.b.bin("arith.muli", x, y)).unwrap_or_else(|| self.b.c_int(x.ty(), 1));
        }
        if self.constant_int(a) == Some(2) {
            // 2 ** n = 1 << n; negative exponents, read as unsigned, shift everything out.
            let inside = self.b.cmpi("ult", n, self.b.c_int(n.ty(), 64));
            let zero = self.b.c_int(n.ty(), 0);
            let shifted = self.b.bin("arith.shli", self.b.c_int(n.ty(), 1), self.b.select(inside, n, zero));
            return self.b.select(inside, shifted, zero);
        }
        let signed = a.ty.is_signed();
        if signed && raises {
            self.check_zero_power(x, n);
        }
        self.runtime_call(if signed { "zouk_pow_i64" } else { "zouk_pow_u64" }, &[x, n], x.ty())
    }

    fn float_power(&mut self, a: &Val<'c>, b: &Val<'c>, raises: bool) -> Value<'c> {
        let (x, y) = (a.parts[0], b.parts[0]);
        match self.constant_int(b) {
            Some(n @ 0..=4) => {
                return self.product(x, n as u32, &|l, x, y| l.float_bin("mul", x, y)).unwrap_or_else(|| self.b.c_float(x.ty(), 1.0));
            }
            Some(-1) => {
                let zero = raises.then_some("0.0 cannot be raised to a negative power");
                self.check_divisor(a, zero);
                return self.float_bin("div", self.b.c_float(x.ty(), 1.0), x);
            }
            _ => {}
        }
        let positive = matches!(&b.constant, Some(crate::functions::Const::Float(f)) if *f >= 0.0);
        if raises && !positive {
            self.check_zero_power(x, y);
        }
        self.float_op("math.powf", &[x, y], x.ty())
    }

    /// Zero to a negative power raises; to minus infinity it is infinite.
    fn check_zero_power(&self, base: Value<'c>, exponent: Value<'c>) {
        let (b, ty) = (&self.b, exponent.ty());
        let negative = match Self::is_float(ty) {
            true => {
                let finite = b.cmpf("one", exponent, b.c_float(ty, f64::NEG_INFINITY));
                b.bin("arith.andi", b.cmpf("olt", exponent, b.c_float(ty, 0.0)), finite)
            }
            false => b.cmpi("slt", exponent, b.c_int(ty, 0)),
        };
        let fine = b.bin("arith.ori", self.is_nonzero(base), self.invert(negative));
        self.check(fine, "ZeroDivisionError", "0.0 cannot be raised to a negative power");
    }

    /// `x ** n` by squaring; `None` for `n = 0`.
    fn product<T: Copy>(&self, x: T, n: u32, times: &dyn Fn(&Self, T, T) -> T) -> Option<T> {
        let (mut result, mut square) = (None, x);
        for bit in 0..u32::BITS - n.leading_zeros() {
            if n >> bit & 1 == 1 {
                result = Some(result.map_or(square, |r| times(self, r, square)));
            }
            if n >> (bit + 1) != 0 {
                square = times(self, square, square);
            }
        }
        result
    }

    /// CPython's `complex.__pow__`: small integers by squaring, the rest in polar form.
    fn complex_power(&mut self, a: &Val<'c>, b: &Val<'c>, raises: bool) -> Vec<Value<'c>> {
        let (x, exponent) = ([a.parts[0], a.parts[1]], [b.parts[0], b.parts[1]]);
        let ty = x[0].ty();
        let (one, zero) = (self.b.c_float(ty, 1.0), self.b.c_float(ty, 0.0));
        if let Some(n) = self.constant_int(b).filter(|n| n.abs() <= 100) {
            let power = self.product(x, n.unsigned_abs() as u32, &|l, x, y| l.complex_mul(x, y)).unwrap_or([one, zero]);
            if n >= 0 {
                return power.into();
            }
            self.check_divisor(a, raises.then_some("0.0 to a negative or complex power"));
            return self.complex_div([one, zero], power).into();
        }
        if raises {
            let nonzero = self.b.bin("arith.ori", self.is_nonzero(x[0]), self.is_nonzero(x[1]));
            let fine = self.b.bin("arith.andi", self.b.cmpf("oeq", exponent[1], zero), self.b.cmpf("oge", exponent[0], zero));
            self.check(self.b.bin("arith.ori", nonzero, fine), "ZeroDivisionError", "0.0 to a negative or complex power");
        }
        let whole = self.b.cmpf("oeq", self.b.val("math.floor", &[exponent[0]], ty, &[]), exponent[0]);
        let small = self.b.cmpf("ole", self.b.val("math.absf", &[exponent[0]], ty, &[]), self.b.c_float(ty, 100.0));
        let real = self.b.cmpf("oeq", exponent[1], zero);
        let by_squaring = self.b.bin("arith.andi", self.b.bin("arith.andi", whole, small), real);
        self.scf_if(by_squaring, &mut |l| l.complex_power_of_int(x, exponent[0]), &mut |l| l.complex_polar_power(x, exponent))
    }

    /// Seven bits hold |n| <= 100.
    fn complex_power_of_int(&mut self, x: [Value<'c>; 2], n: Value<'c>) -> Vec<Value<'c>> {
        let ty = x[0].ty();
        let (one, zero) = (self.b.c_float(ty, 1.0), self.b.c_float(ty, 0.0));
        let count = self.b.val("arith.fptosi", &[self.b.val("math.absf", &[n], ty, &[])], self.b.i64(), &[]);
        let (from, to, step) = (self.b.c_index(0), self.b.c_index(7), self.b.c_index(1));
        let power = self.scf_for(from, to, step, &[one, zero, x[0], x[1], count], &mut |l, _, carried| {
            let (power, square, bits) = ([carried[0], carried[1]], [carried[2], carried[3]], carried[4]);
            let bit = l.b.val("arith.trunci", &[bits], l.b.i1(), &[]);
            let more = l.complex_mul(power, square);
            let next = l.complex_mul(square, square);
            let rest = l.b.bin("arith.shrui", bits, l.b.c_i64(1));
            vec![l.b.select(bit, more[0], power[0]), l.b.select(bit, more[1], power[1]), next[0], next[1], rest]
        });
        let inverse = self.complex_div([one, zero], [power[0], power[1]]);
        let negative = self.b.cmpf("olt", n, zero);
        vec![self.b.select(negative, inverse[0], power[0]), self.b.select(negative, inverse[1], power[1])]
    }

    /// |x|**re · e**(-arg·im) at the angle arg·re + im·ln|x|; 0 for a zero base.
    fn complex_polar_power(&mut self, x: [Value<'c>; 2], exponent: [Value<'c>; 2]) -> Vec<Value<'c>> {
        let ty = x[0].ty();
        let zero = self.b.c_float(ty, 0.0);
        let size = self.libm("hypot", &x);
        let angle = self.float_op("math.atan2", &[x[1], x[0]], ty);
        let length = self.float_op("math.powf", &[size, exponent[0]], ty);
        let decay = self.float_un("math.exp", self.negate(self.float_bin("mul", angle, exponent[1])));
        let turn = self.float_bin("mul", angle, exponent[0]);
        let twist = self.float_bin("add", turn, self.float_bin("mul", exponent[1], self.float_un("math.log", size)));
        let real = self.b.cmpf("oeq", exponent[1], zero);
        let length = self.b.select(real, length, self.float_bin("mul", length, decay));
        let phase = self.b.select(real, turn, twist);
        let nonzero = self.is_nonzero(size);
        ["math.cos", "math.sin"].map(|f| self.b.select(nonzero, self.float_bin("mul", length, self.float_un(f, phase)), zero)).into()
    }

    /// NumPy's power of complex numbers: the runtime's, squares and cubes at once.
    pub fn numpy_complex_power(&mut self, a: &Val<'c>, b: &Val<'c>) -> Vec<Value<'c>> {
        let (x, zero) = ([a.parts[0], a.parts[1]], self.b.c_float(a.parts[0].ty(), 0.0));
        if let Some(n @ 2..=3) = self.constant_int(b) {
            let power = self.product(x, n as u32, &|l, x, y| l.complex_mul(x, y)).expect("a positive exponent");
            let none = self.b.bin("arith.andi", self.b.cmpf("oeq", x[0], zero), self.b.cmpf("oeq", x[1], zero));
            return power.map(|part| self.b.select(none, zero, part)).into();
        }
        let (wide, exponent) = (self.cast(a, &Ty::C128), self.cast(b, &Ty::C128));
        let power = self.complex_call("zouk_pow_c128", &[&wide.parts[..], &exponent.parts].concat()).into();
        let power = self.val(Ty::C128, power);
        self.cast(&power, &a.ty).parts
    }
}
