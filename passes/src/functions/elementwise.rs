//! Scalar mathematics that `math`, NumPy and the builtins share.

use super::Val;
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

pub type Parts<'c> = Vec<Value<'c>>;

impl<'c> Lower<'c> {
    /// The argument as the one machine value of a scalar type.
    pub fn scalar_as(&mut self, value: &Val<'c>, ty: &Ty) -> Value<'c> {
        self.cast(value, ty).parts[0]
    }

    /// A function of one float.
    pub fn float_function(&mut self, op: &str, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let x = self.scalar_as(x, ty);
        vec![self.float_un(op, x)]
    }

    /// A function of two floats.
    pub fn float_function2(&mut self, op: &str, x: &Val<'c>, y: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let (x, y) = (self.scalar_as(x, ty), self.scalar_as(y, ty));
        vec![self.float_op(op, &[x, y], x.ty())]
    }

    /// libm's function of floats; float32 calls the variant with an `f`.
    pub fn libm_function(&mut self, name: &str, args: &[&Val<'c>], ty: &Ty) -> Parts<'c> {
        let args: Vec<_> = args.iter().map(|v| self.scalar_as(v, ty)).collect();
        vec![self.libm(name, &args)]
    }

    /// The next float from one towards another.
    pub fn next_after(&mut self, x: &Val<'c>, y: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let (x, y) = (self.scalar_as(x, ty), self.scalar_as(y, ty));
        vec![if *ty == Ty::F16 { self.next_half(x, y) } else { self.libm("nextafter", &[x, y]) }]
    }

    /// A function that the runtime has for float64 only.
    pub fn wide_function(&mut self, name: &str, args: &[&Val<'c>], ty: &Ty) -> Parts<'c> {
        let args: Vec<_> = args.iter().map(|v| self.scalar_as(v, &Ty::F64)).collect();
        let wide = self.runtime_call(name, &args, self.b.f64());
        vec![self.convert(wide, &Ty::F64, ty)]
    }

    /// `isnan`, `isinf`, `isfinite`. They say what is true also under fast-math. Integers are finite.
    pub fn classify(&mut self, op: &str, x: &Val<'c>) -> Parts<'c> {
        if !x.ty.is_float() {
            return vec![self.b.c_bool(op == "math.isfinite")];
        }
        vec![self.b.val(op, &[x.parts[0]], self.b.i1(), &[])]
    }

    /// Rounds by `op` and gives an integer; NaN, infinities and what exceeds int64 raise.
    pub fn round_to_int(&mut self, op: &str, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        if !x.ty.is_float() {
            return self.cast(x, ty).parts;
        }
        let x = &self.widened_half(x);
        // A conversion truncates by itself, and beyond 2^53 nothing has a fraction.
        let rounded = if op == "math.trunc" { x.parts[0] } else { self.b.val(op, &[x.parts[0]], x.parts[0].ty(), &[]) };
        vec![self.checked_int(rounded, x)]
    }

    /// The int64 of a float, without its fraction. One comparison on the way: the least integer, and the exceptions, are found out beyond it.
    fn checked_int(&mut self, whole: Value<'c>, x: &Val<'c>) -> Value<'c> {
        let float = whole.ty();
        let (low, high) = (self.b.c_float(float, -9223372036854775808.0), self.b.c_float(float, 9223372036854775808.0));
        let fits = self.b.cmpf("olt", self.b.val("math.absf", &[whole], float, &[]), high);
        let unfit = self.invert(fits);
        let least = self.b.cmpf("oeq", whole, low);
        let nan = self.b.val("math.isnan", &[x.parts[0]], self.b.i1(), &[]);
        let infinite = self.b.val("math.isinf", &[x.parts[0]], self.b.i1(), &[]);
        self.scf_if(
            unfit,
            &mut |l| {
                l.check(l.invert(nan), "ValueError", "cannot convert float NaN to integer");
                l.check(l.invert(infinite), "OverflowError", "cannot convert float infinity to integer");
                l.check(least, "OverflowError", "float too large to convert to int64");
                vec![]
            },
            &mut |_| vec![],
        );
        self.b.val("arith.fptosi", &[self.b.select(fits, whole, low)], self.b.i64(), &[])
    }

    /// `abs`: the least integer is its own; complex numbers have a modulus.
    pub fn absolute(&mut self, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        match &x.ty {
            Ty::Complex(_) => vec![self.complex_abs(&x.parts)],
            Ty::Float(_) => vec![self.float_un("math.absf", x.parts[0])],
            _ => {
                let x = self.cast(x, ty);
                let value = x.parts[0];
                vec![if ty.is_signed() || ty.time_of().is_some() { self.b.val("math.absi", &[value], value.ty(), &[]) } else { value }]
            }
        }
    }

    /// The greatest common divisor, an int64; 2**63 wraps.
    pub fn gcd(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        self.runtime_call("zouk_gcd_i64", &[a, b], self.b.i64())
    }

    /// |a / gcd(a, b)| * |b|, 0 when one is 0; what has more than 64 bits wraps.
    pub fn lcm(&self, a: Value<'c>, b: Value<'c>) -> Value<'c> {
        let (zero, one) = (self.b.c_i64(0), self.b.c_i64(1));
        let gcd = self.gcd(a, b);
        let safe = self.b.select(self.b.cmpi("eq", gcd, zero), one, gcd);
        let absolute = |x: Value<'c>| self.b.val("math.absi", &[x], x.ty(), &[]);
        self.b.bin("arith.muli", absolute(self.b.bin("arith.divsi", a, safe)), absolute(b))
    }

    /// `x * factor`, as CPython converts between degrees and radians.
    pub fn scaled(&mut self, x: &Val<'c>, factor: f64, ty: &Ty) -> Parts<'c> {
        let x = self.scalar_as(x, ty);
        vec![self.float_bin("mul", x, self.b.c_float(x.ty(), factor))]
    }

    /// x · 2**exponent by libm, whose exponent is a C int.
    pub fn ldexp(&mut self, x: &Val<'c>, exponent: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let (x, n) = (self.scalar_as(x, ty), self.scalar_as(exponent, &Ty::I64));
        // No float64 needs more than 2200 steps from one end of its range to the other.
        let (low, high) = (self.b.c_i64(-2200), self.b.c_i64(2200));
        let clamped = self.b.bin("arith.minsi", self.b.bin("arith.maxsi", n, low), high);
        let exponent = self.b.val("arith.trunci", &[clamped], self.b.int(32), &[]);
        vec![self.libm("ldexp", &[x, exponent])]
    }

    /// (mantissa, exponent): 0.5 <= |mantissa| < 1; zeros, infinities and NaN give themselves and 0.
    pub fn frexp(&mut self, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let x = self.scalar_as(x, &Ty::F64);
        let b = &self.b;
        let (i64, f64) = (b.i64(), b.f64());
        let size = b.val("math.absf", &[x], f64, &[]);
        // Subnormals are scaled into the normal range first.
        let subnormal = b.cmpf("olt", size, b.c_float(f64, f64::MIN_POSITIVE));
        let scaled = b.bin("arith.mulf", x, b.select(subnormal, b.c_float(f64, 2f64.powi(54)), b.c_float(f64, 1.0)));
        let bits = b.val("arith.bitcast", &[scaled], i64, &[]);
        let biased = b.bin("arith.andi", b.bin("arith.shrui", bits, b.c_i64(52)), b.c_i64(0x7ff));
        let kept = b.bin("arith.andi", bits, b.c_i64(!(0x7ff << 52)));
        let mantissa = b.val("arith.bitcast", &[b.bin("arith.ori", kept, b.c_i64(1022 << 52))], f64, &[]);
        let power = b.bin("arith.subi", biased, b.select(subnormal, b.c_i64(1022 + 54), b.c_i64(1022)));
        let nonzero = b.cmpf("one", x, b.c_float(f64, 0.0));
        let regular = b.bin("arith.andi", nonzero, b.cmpf("olt", size, b.c_float(f64, f64::INFINITY)));
        let (mantissa, power) = (b.select(regular, mantissa, x), b.select(regular, power, b.c_i64(0)));
        let float = ty.as_tuple().map_or(Ty::F64, |parts| parts[0].clone());
        vec![self.convert(mantissa, &Ty::F64, &float), power]
    }

    /// (fraction, whole), both with the sign of x.
    pub fn modf(&mut self, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let float = ty.as_tuple().map_or(Ty::F64, |parts| parts[0].clone());
        let x = self.scalar_as(x, &float);
        let whole = self.b.val("math.trunc", &[x], x.ty(), &[]);
        let infinite = self.b.val("math.isinf", &[x], self.b.i1(), &[]);
        let rest = self.b.select(infinite, self.b.c_float(x.ty(), 0.0), self.b.bin("arith.subf", x, whole));
        vec![self.b.bin("math.copysign", rest, x), whole]
    }

    /// The distance of the next float away from zero, negative of negative numbers (`numpy.spacing`).
    pub fn spacing(&mut self, x: &Val<'c>, ty: &Ty) -> Parts<'c> {
        let x = self.scalar_as(x, ty);
        if *ty == Ty::F16 {
            return vec![self.half_spacing(x)];
        }
        let [zero, up, down] = [0.0, f64::INFINITY, f64::NEG_INFINITY].map(|c| self.b.c_float(x.ty(), c));
        let infinity = self.b.select(self.b.cmpf("olt", x, zero), down, up);
        let next = self.libm("nextafter", &[x, infinity]);
        vec![self.b.bin("arith.subf", next, x)]
    }

    /// The square root of the sum of squares; intermediate results neither overflow nor underflow.
    pub fn hypot(&self, coordinates: &[Value<'c>]) -> Value<'c> {
        match coordinates {
            [] => self.b.c_float(self.b.f64(), 0.0),
            [x] => self.float_un("math.absf", *x),
            [x, rest @ ..] => rest.iter().fold(*x, |r, y| self.libm("hypot", &[r, *y])),
        }
    }

    /// The larger (`gt`) or smaller (`lt`) as Python picks: the first, unless a later one compares so.
    pub fn pick(&mut self, kind: &str, best: &Val<'c>, next: &Val<'c>) -> Val<'c> {
        let better = self.compare(kind, next, best);
        let parts = best.parts.iter().zip(&next.parts).map(|(b, n)| self.b.select(better, *n, *b)).collect();
        self.val(best.ty.clone(), parts)
    }

    /// Runs over the items of a tuple, 1-D array or range with carried values.
    pub fn iterate(&mut self, items: &Val<'c>, inits: Parts<'c>, body: &mut dyn FnMut(&mut Self, Val<'c>, &[Value<'c>]) -> Parts<'c>) -> Parts<'c> {
        match &items.ty {
            Ty::Tuple(_) | Ty::List(_) => self.elements(items).into_iter().fold(inits, |carried, item| body(self, item, &carried)),
            Ty::Range(inner) => {
                let inner = (**inner).clone();
                let length = self.loop_length(items);
                let (from, to, step) = (self.b.c_index(0), self.b.index_cast(length, self.b.index()), self.b.c_index(1));
                self.scf_for(from, to, step, &inits, &mut |l, i, carried| {
                    let count = l.b.index_cast(i, l.b.i64());
                    let count = l.convert(count, &Ty::I64, &inner);
                    let distance = l.b.bin("arith.muli", count, items.parts[2]);
                    let item = l.b.bin("arith.addi", items.parts[0], distance);
                    let item = l.val(inner.clone(), vec![item]);
                    body(l, item, carried)
                })
            }
            _ => self.fold(items, &inits, body),
        }
    }
}
