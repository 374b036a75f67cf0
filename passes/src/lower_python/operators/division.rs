//! `/`, `//` and `%` with Python's signs.

use super::ZeroDivision;
use crate::functions::Val;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    /// `a / b` of floats or complex numbers.
    pub fn true_division(&self, a: &Val<'c>, b: &Val<'c>, zero: ZeroDivision) -> Vec<Value<'c>> {
        self.check_divisor(b, zero);
        match &a.ty {
            Ty::Complex(_) => self.complex_div([a.parts[0], a.parts[1]], [b.parts[0], b.parts[1]]).into(),
            _ => vec![self.float_bin("div", a.parts[0], b.parts[0])],
        }
    }

    /// `a // b` of floats or integers of one type.
    pub fn floor_division(&self, a: &Val<'c>, b: &Val<'c>, zero: ZeroDivision) -> Value<'c> {
        self.check_divisor(b, zero);
        match &a.ty {
            Ty::Float(bits) => self.float_floor_division(a, b, *bits),
            ty => self.int_division(a, b, ty.is_signed(), zero.is_none()).0,
        }
    }

    /// `a % b` of floats or integers of one type.
    pub fn modulo(&self, a: &Val<'c>, b: &Val<'c>, zero: ZeroDivision) -> Value<'c> {
        self.check_divisor(b, zero);
        match &a.ty {
            Ty::Float(bits) => self.float_modulo(a, b, *bits),
            ty => self.int_division(a, b, ty.is_signed(), zero.is_none()).1,
        }
    }

    /// Raises ZeroDivisionError when the divisor is zero; nothing is emitted for a constant other than zero.
    pub fn check_divisor(&self, b: &Val<'c>, zero: ZeroDivision) {
        use crate::functions::Const;
        let Some(text) = zero else { return };
        if matches!(&b.constant, Some(Const::Int(n)) if *n != 0) || matches!(&b.constant, Some(Const::Float(f)) if *f != 0.0) {
            return;
        }
        let nonzero = b.parts.iter().map(|p| self.is_nonzero(*p)).reduce(|x, y| self.b.bin("arith.ori", x, y));
        if let Some(nonzero) = nonzero {
            self.check(nonzero, "ZeroDivisionError", text);
        }
    }

    /// Both, with one check.
    pub fn floor_divmod(&self, a: &Val<'c>, b: &Val<'c>, zero: ZeroDivision) -> (Value<'c>, Value<'c>) {
        self.check_divisor(b, zero);
        match &a.ty {
            Ty::Float(bits) => (self.float_floor_division(a, b, *bits), self.float_modulo(a, b, *bits)),
            ty => self.int_division(a, b, ty.is_signed(), zero.is_none()),
        }
    }

    pub(super) fn is_nonzero(&self, x: Value<'c>) -> Value<'c> {
        if Self::is_float(x.ty()) { self.b.cmpf("une", x, self.b.c_float(x.ty(), 0.0)) } else { self.b.cmpi("ne", x, self.b.c_int(x.ty(), 0)) }
    }

    /// Quotient and remainder with the divisor's sign; unused ones are removed later. `zero_gives_zero` when nothing has excluded a zero divisor.
    fn int_division(&self, a: &Val<'c>, b: &Val<'c>, signed: bool, zero_gives_zero: bool) -> (Value<'c>, Value<'c>) {
        let (x, y) = (a.parts[0], b.parts[0]);
        match self.constant_int(b) {
            Some(n) if n > 0 => return self.divide_by_positive(x, y, n, signed),
            Some(n) if n < -1 => return self.divide_signed(x, y),
            _ => {}
        }
        let (ty, b) = (x.ty(), &self.b);
        let (zero, one) = (b.c_int(ty, 0), b.c_int(ty, 1));
        let by_zero = b.cmpi("eq", y, zero);
        // Also behind a check: machines trap, and upstream takes remainders for ops that may be moved before it. LLVM drops what the check excludes.
        let safe = b.select(by_zero, one, y);
        let (quotient, rest) = if signed {
            // The least integer over -1 traps on x86: `x // -1` is `0 - x` (which wraps), `x % -1` is 0.
            let minus_one = b.cmpi("eq", y, b.c_int(ty, -1));
            let (quotient, rest) = self.divide_signed(x, b.select(minus_one, one, safe));
            (b.select(minus_one, b.bin("arith.subi", zero, x), quotient), rest)
        } else {
            (b.bin("arith.divui", x, safe), b.bin("arith.remui", x, safe))
        };
        if zero_gives_zero { (b.select(by_zero, zero, quotient), b.select(by_zero, zero, rest)) } else { (quotient, rest) }
    }

    /// C's division, then one step down where the remainder has the wrong sign.
    fn divide_signed(&self, x: Value<'c>, y: Value<'c>) -> (Value<'c>, Value<'c>) {
        let (ty, b) = (x.ty(), &self.b);
        let zero = b.c_int(ty, 0);
        let (quotient, rest) = (b.bin("arith.divsi", x, y), b.bin("arith.remsi", x, y));
        let inexact = b.cmpi("ne", rest, zero);
        let opposite = b.cmpi("slt", b.bin("arith.xori", rest, y), zero);
        let below = b.bin("arith.andi", inexact, opposite);
        let down = b.bin("arith.addi", quotient, b.c_int(ty, -1));
        (b.select(below, down, quotient), b.select(below, b.bin("arith.addi", rest, y), rest))
    }

    /// Powers of two shift and mask; others need only look at the remainder's sign.
    fn divide_by_positive(&self, x: Value<'c>, y: Value<'c>, divisor: i128, signed: bool) -> (Value<'c>, Value<'c>) {
        let (ty, b) = (x.ty(), &self.b);
        if divisor.count_ones() == 1 && divisor < 1 << 63 {
            let shift = b.c_int(ty, divisor.trailing_zeros() as i64);
            let mask = b.c_int(ty, (divisor - 1) as i64);
            return (b.bin(if signed { "arith.shrsi" } else { "arith.shrui" }, x, shift), b.bin("arith.andi", x, mask));
        }
        if !signed {
            return (b.bin("arith.divui", x, y), b.bin("arith.remui", x, y));
        }
        let (quotient, rest) = (b.bin("arith.divsi", x, y), b.bin("arith.remsi", x, y));
        let below = b.cmpi("slt", rest, b.c_int(ty, 0));
        let down = b.bin("arith.addi", quotient, b.c_int(ty, -1));
        (b.select(below, down, quotient), b.select(below, b.bin("arith.addi", rest, y), rest))
    }

    /// By way of `fmod`, which is exact. `x // 1.0` is the floor, but NaN of an infinity.
    fn float_floor_division(&self, a: &Val<'c>, b: &Val<'c>, bits: u32) -> Value<'c> {
        let x = a.parts[0];
        if self.constant_int(b) == Some(1) {
            let infinite = self.b.cmpf("oeq", self.float_un("math.absf", x), self.b.c_float(x.ty(), f64::INFINITY));
            return self.b.select(infinite, self.b.c_float(x.ty(), f64::NAN), self.float_un("math.floor", x));
        }
        self.runtime_call(&format!("zouk_floordiv_f{bits}"), &[x, b.parts[0]], x.ty())
    }

    /// By way of `fmod`. `x % 1.0` is `x - floor(x)`: both round the same exact difference, and give +0 for integers.
    fn float_modulo(&self, a: &Val<'c>, b: &Val<'c>, bits: u32) -> Value<'c> {
        let x = a.parts[0];
        if self.constant_int(b) == Some(1) {
            return self.b.bin("arith.subf", x, self.b.val("math.floor", &[x], x.ty(), &[]));
        }
        self.runtime_call(&format!("zouk_mod_f{bits}"), &[x, b.parts[0]], x.ty())
    }
}
