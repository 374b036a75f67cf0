//! float16: sums, products and quotients are instructions of it (on a CPU LLVM goes through float32, which rounds alike). Everything else computes in
//! float32 and rounds once, as NumPy does, but for what is about neighbours among float16 itself.

use super::Lower;
use crate::functions::{Bound, Function, Val, ufuncs};
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

/// Entries whose code is right for float16 as it is. `round` rounds thrice, as NumPy's.
const OWN: &[&str] = &[
    "numpy.add", "numpy.subtract", "numpy.multiply", "numpy.divide", "numpy.true_divide", "numpy.negative", "numpy.positive", "numpy.square", "numpy.where",
    "numpy.absolute", "numpy.abs", "numpy.fabs", "builtins.abs", "math.fabs", "numpy.round", "numpy.around", "numpy.nextafter", "numpy.spacing", "math.nextafter", "math.ulp",
];

fn is_half(ty: &Ty) -> bool {
    match ty {
        Ty::Tuple(parts) => parts.iter().any(is_half),
        ty => *ty == Ty::F16,
    }
}

/// The type with float32 in the place of float16.
fn wide(ty: &Ty) -> Ty {
    match ty {
        Ty::Tuple(parts) => Ty::Tuple(parts.iter().map(wide).collect()),
        Ty::Float(16) => Ty::F32,
        other => other.clone(),
    }
}

/// Whether an entry computes with numbers, and its code is not for float16.
fn is_widened(name: &str) -> bool {
    let computes = name.starts_with("math.") || matches!(name, "builtins.pow" | "builtins.divmod" | "numpy.angle") || ufuncs::is_universal(name);
    computes && !OWN.contains(&name)
}

impl<'c> Lower<'c> {
    /// What the code of an entry gives for these arguments.
    pub fn entry_code(&mut self, entry: &Function, bound: &Bound<Val<'c>>, result: &Ty) -> Vec<Value<'c>> {
        let mut halves = is_half(result);
        bound.map(|value| halves |= is_half(&value.ty));
        if !halves || !is_widened(entry.name) {
            return (entry.lower)(self, bound, result);
        }
        let widened = bound.map(|value| self.widened_half(value));
        let wide = wide(result);
        let parts = (entry.lower)(self, &widened, &wide);
        let value = self.val(wide, parts);
        self.cast(&value, result).parts
    }

    /// The number as a float32 if it is a float16.
    pub fn widened_half(&mut self, value: &Val<'c>) -> Val<'c> {
        match is_half(&value.ty) {
            true => Val { constant: value.constant.clone(), ..self.cast(value, &wide(&value.ty)) },
            false => value.clone(),
        }
    }

    /// The next float16 from `x` towards `y`: its bits count one more, or less. `x` itself where they are equal.
    pub fn next_half(&self, x: Value<'c>, y: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let (half, bits) = (b.f16(), b.int(16));
        let as_bits = |x: Value<'c>| b.val("arith.bitcast", &[x], bits, &[]);
        let zero = b.c_float(half, 0.0);
        let (from, towards) = (as_bits(x), as_bits(y));
        let away = b.cmpi("eq", b.cmpf("olt", x, y), b.cmpf("ogt", x, zero));
        let step = b.bin("arith.addi", from, b.select(away, b.c_int(bits, 1), b.c_int(bits, -1)));
        let least = b.bin("arith.ori", b.bin("arith.andi", towards, b.c_int(bits, i16::MIN.into())), b.c_int(bits, 1));
        let next = b.select(b.cmpf("oeq", x, zero), least, step);
        let next = b.select(b.cmpf("oeq", x, y), from, next);
        b.select(b.cmpf("uno", x, y), b.c_float(half, f64::NAN), b.val("arith.bitcast", &[next], half, &[]))
    }

    /// `numpy.spacing` of a float16: the distance of the next one above, also of a negative number.
    pub fn half_spacing(&self, x: Value<'c>) -> Value<'c> {
        let b = &self.b;
        let [infinity, nan] = [f64::INFINITY, f64::NAN].map(|c| b.c_float(b.f16(), c));
        let distance = b.bin("arith.subf", self.next_half(x, infinity), x);
        let infinite = b.cmpf("oeq", b.val("math.absf", &[x], x.ty(), &[]), infinity);
        b.select(infinite, nan, distance)
    }
}
