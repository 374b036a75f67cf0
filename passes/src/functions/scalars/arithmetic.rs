//! Arithmetic, rounding and parts of numbers.

use super::*;
use crate::functions::CallError;
use zouk_dialects::ir::Value;

pub static TABLE: &[Function] = table! {
    "numpy.add" ("_x1, _x2"): number2 => |l, a, ty| operator(l, a, ty, "add");
    "numpy.subtract" ("_x1, _x2"): number2 => |l, a, ty| operator(l, a, ty, "sub");
    "numpy.multiply" ("_x1, _x2"): number2 => |l, a, ty| operator(l, a, ty, "mul");
    "numpy.divide" ("_x1, _x2"): divide_rule => |l, a, ty| divide(l, a, ty);
    "numpy.floor_divide" ("_x1, _x2"): real2 => |l, a, ty| { let (x, y) = operands(l, a, ty); vec![l.floor_division(&x, &y, None)] };
    "numpy.mod" ("_x1, _x2"): real2 => |l, a, ty| { let (x, y) = operands(l, a, ty); vec![l.modulo(&x, &y, None)] };
    "numpy.divmod" ("_x1, _x2"): |a| Ok(Ty::Tuple(vec![real2(a)?.ty; 2]).into()) => |l, a, ty| divmod(l, a, ty);
    "numpy.fmod" ("_x1, _x2"): real2 => |l, a, ty| fmod(l, a, ty);
    "numpy.power" ("_x1, _x2"): number2 => |l, a, ty| power(l, a, ty);
    "numpy.float_power" ("_x1, _x2"): |a| Ok(if number2(a)?.ty.is_complex() { Ty::C128 } else { Ty::F64 }.into()) => |l, a, ty| power(l, a, ty);
    "numpy.negative" ("_x"): same => |l, a, ty| l.unary("neg", &a[0], ty).parts;
    "numpy.positive" ("_x"): same => |l, a, ty| l.cast(&a[0], ty).parts;
    "numpy.absolute" ("_x"): |a| Ok(part(number(&a[0])?).into()) => |l, a, ty| l.absolute(&a[0], ty);
    "numpy.sign" ("_x"): same => |l, a, ty| sign(l, a, ty);
    "numpy.square" ("_x"): same => |l, a, ty| { let x = l.operand(&a[0], ty); l.arithmetic("mul", &x, &x) };
    "numpy.reciprocal" ("_x"): same => |l, a, ty| reciprocal(l, a, ty);
    "numpy.arctan2" ("_x1, _x2"): float2 => |l, a, ty| l.float_function2("math.atan2", &a[0], &a[1], ty);
    "numpy.copysign" ("_x1, _x2"): float2 => |l, a, ty| l.float_function2("math.copysign", &a[0], &a[1], ty);
    "numpy.hypot" ("_x1, _x2"): float2 => |l, a, ty| l.libm_function("hypot", &[&a[0], &a[1]], ty);
    "numpy.nextafter" ("_x1, _x2"): float2 => |l, a, ty| l.next_after(&a[0], &a[1], ty);
    "numpy.spacing" ("_x"): float1 => |l, a, ty| l.spacing(&a[0], ty);
    "numpy.ldexp" ("_x1, _x2"): |a| { integer(&a[1])?; float1(a) } => |l, a, ty| l.ldexp(&a[0], &a[1], ty);
    "numpy.frexp" ("_x"): |a| Ok(Ty::Tuple(vec![float_of(&a[0])?, Ty::I64]).into()) => |l, a, ty| l.frexp(&a[0], ty);
    "numpy.modf" ("_x"): |a| Ok(Ty::Tuple(vec![float_of(&a[0])?; 2]).into()) => |l, a, ty| l.modf(&a[0], ty);
    "numpy.degrees" ("_x"): float1 => |l, a, ty| l.scaled(&a[0], 180.0 / std::f64::consts::PI, ty);
    "numpy.radians" ("_x"): float1 => |l, a, ty| l.scaled(&a[0], std::f64::consts::PI / 180.0, ty);
    "numpy.floor" ("_x"): same_real => |l, a, ty| rounded(l, a, ty, "math.floor");
    "numpy.ceil" ("_x"): same_real => |l, a, ty| rounded(l, a, ty, "math.ceil");
    "numpy.trunc" ("_x"): same_real => |l, a, ty| rounded(l, a, ty, "math.trunc");
    "numpy.rint" ("_x"): inexact1 => |l, a, ty| rounded(l, a, ty, "math.roundeven");
    "numpy.round" ("a, decimals="): round_rule => |l, a, ty| round(l, a, ty);
    "numpy.maximum" ("_x1, _x2"): number_or_bool => |l, a, ty| extreme(l, a, ty, &MAXIMUM);
    "numpy.minimum" ("_x1, _x2"): number_or_bool => |l, a, ty| extreme(l, a, ty, &MINIMUM);
    "numpy.fmax" ("_x1, _x2"): number_or_bool => |l, a, ty| extreme(l, a, ty, &FMAX);
    "numpy.fmin" ("_x1, _x2"): number_or_bool => |l, a, ty| extreme(l, a, ty, &FMIN);
    "numpy.clip" ("a, a_min, a_max"): clip_rule => |l, a, ty| clip(l, a, ty);
    "numpy.logaddexp" ("_x1, _x2"): float2 => |l, a, ty| logaddexp(l, a, ty, "math.exp", 1.0, std::f64::consts::LN_2);
    "numpy.logaddexp2" ("_x1, _x2"): float2 => |l, a, ty| logaddexp(l, a, ty, "math.exp2", std::f64::consts::LOG2_E, 1.0);
    "numpy.heaviside" ("_x1, _x2"): float2 => |l, a, ty| heaviside(l, a, ty);
    "numpy.gcd" ("_x1, _x2"): integer2 => |l, a, _| { let (x, y) = operands(l, a, &Ty::I64); vec![l.gcd(x.parts[0], y.parts[0])] };
    "numpy.lcm" ("_x1, _x2"): integer2 => |l, a, _| { let (x, y) = operands(l, a, &Ty::I64); vec![l.lcm(x.parts[0], y.parts[0])] };
    "numpy.conjugate" ("_x"): same => |l, a, ty| conjugate(l, a, ty);
    "numpy.real" ("_val"): part_rule => |l, a, ty| real_part(l, a, ty);
    "numpy.imag" ("_val"): part_rule => |l, a, ty| imaginary_part(l, a, ty);
    "numpy.angle" ("_z, deg="): angle_rule => |l, a, ty| angle(l, a, ty);
};

fn divide<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    if ty.is_complex() { l.complex_quotient([x.parts[0], x.parts[1]], [y.parts[0], y.parts[1]]).into() } else { l.true_division(&x, &y, None) }
}

fn power<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    if ty.is_complex() { l.numpy_complex_power(&x, &y) } else { l.power(&x, &y, false) }
}

/// Real numbers divide as floats.
fn divide_rule(a: &Bound<TyArg>) -> Rule {
    let ty = common(&a[0], &a[1])?;
    Ok(if ty.is_int() { Ty::F64 } else { ty }.into())
}

/// The type of the parts of a complex number; other numbers widen.
fn part(ty: &Ty) -> Ty {
    if let Ty::Complex(bits) = ty { Ty::Float(*bits) } else { widened(ty) }
}

/// Of arrays the library has the functions.
fn part_rule(a: &Bound<TyArg>) -> Rule {
    Ok(part(number(&a[0])?).into())
}

fn divmod<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let part = ty.as_tuple().map_or(Ty::F64, |parts| parts[0].clone());
    let (x, y) = operands(l, a, &part);
    let (quotient, rest) = l.floor_divmod(&x, &y, None);
    vec![quotient, rest]
}

/// C's remainder, with the sign of the dividend; 0 for an integer zero divisor.
fn fmod<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    let (x, y) = (x.parts[0], y.parts[0]);
    if ty.is_float() {
        return vec![l.float_bin("rem", x, y)];
    }
    let (zero, one) = (l.b.c_i64(0), l.b.c_i64(1));
    let mut unsafe_divisor = l.b.cmpi("eq", y, zero);
    if ty.is_signed() {
        unsafe_divisor = l.b.bin("arith.ori", unsafe_divisor, l.b.cmpi("eq", y, l.b.c_i64(-1)));
    }
    vec![l.b.bin(if ty.is_signed() { "arith.remsi" } else { "arith.remui" }, x, l.b.select(unsafe_divisor, one, y))]
}

/// -1, 0 or 1; NaN of NaN.
fn sign<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    if ty.is_complex() {
        return complex::sign(l, [a[0].parts[0], a[0].parts[1]]).into();
    }
    let x = l.scalar_as(&a[0], ty);
    let b = &l.b;
    if ty.is_float() {
        let [zero, one, minus] = [0.0, 1.0, -1.0].map(|c| b.c_float(x.ty(), c));
        // Zero and NaN are their own signs, apart from -0.
        let other = b.select(b.cmpf("oeq", x, zero), zero, x);
        return vec![b.select(b.cmpf("ogt", x, zero), one, b.select(b.cmpf("olt", x, zero), minus, other))];
    }
    let (zero, one, minus) = (b.c_i64(0), b.c_i64(1), b.c_i64(-1));
    let nonzero = b.select(b.cmpi("eq", x, zero), zero, one);
    vec![if ty.is_signed() { b.select(b.cmpi("slt", x, zero), minus, nonzero) } else { nonzero }]
}

/// 1 / x; of an integer the quotient towards zero, 0 for 0.
fn reciprocal<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    if ty.is_complex() {
        return complex::reciprocal(l, [a[0].parts[0], a[0].parts[1]]).into();
    }
    let x = l.scalar_as(&a[0], ty);
    if ty.is_float() {
        return vec![l.float_bin("div", l.b.c_float(x.ty(), 1.0), x)];
    }
    let b = &l.b;
    let one = b.c_i64(1);
    let unit = b.cmpi("eq", x, one);
    let unit = if ty.is_signed() { b.bin("arith.ori", unit, b.cmpi("eq", x, b.c_i64(-1))) } else { unit };
    vec![b.select(unit, x, b.c_i64(0))]
}

fn rounded<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, op: &str) -> Parts<'c> {
    let x = l.cast(&a[0], ty);
    if ty.is_int() { x.parts } else { x.parts.iter().map(|part| l.b.val(op, &[*part], part.ty(), &[])).collect() }
}

fn round_rule(a: &Bound<TyArg>) -> Rule {
    a.get(1).map_or(Ok(()), |d| integer(d).map(|_| ()))?;
    same(a)
}

/// rint(x · 10**decimals) / 10**decimals, as NumPy.
fn round<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Some(decimals) = a.get(1) else { return rounded(l, a, ty, "math.roundeven") };
    if ty.is_int() {
        let (x, digits) = (l.scalar_as(&a[0], ty), l.scalar_as(decimals, &Ty::I64));
        return vec![l.runtime_call("zouk_round_i64", &[x, digits], l.b.i64())];
    }
    let digits = l.scalar_as(decimals, &Ty::I64);
    let size = l.b.val("math.absi", &[digits], digits.ty(), &[]);
    let size = l.convert(size, &Ty::I64, &part(ty));
    let scale = l.b.val("math.powf", &[l.b.c_float(size.ty(), 10.0), size], size.ty(), &[]);
    let parts = l.cast(&a[0], ty).parts;
    let even = |v: Value<'c>| l.b.val("math.roundeven", &[v], v.ty(), &[]);
    let finer = l.b.cmpi("sge", digits, l.b.c_i64(0));
    let round = |x: Value<'c>| {
        let fine = l.b.bin("arith.divf", even(l.b.bin("arith.mulf", x, scale)), scale);
        let coarse = l.b.bin("arith.mulf", even(l.b.bin("arith.divf", x, scale)), scale);
        l.b.select(finer, fine, coarse)
    };
    parts.into_iter().map(round).collect()
}

/// Two bools stay bool.
fn number_or_bool(a: &Bound<TyArg>) -> Rule {
    if a[0].ty == Ty::Bool && a[1].ty == Ty::Bool { Ok(Ty::Bool.into()) } else { number2(a) }
}

/// The larger or smaller of two numbers.
struct Extreme {
    float: &'static str,
    signed: &'static str,
    unsigned: &'static str,
    greatest: bool,
    passes_over_nan: bool,
}

const MAXIMUM: Extreme = Extreme { float: "arith.maximumf", signed: "arith.maxsi", unsigned: "arith.maxui", greatest: true, passes_over_nan: false };
const MINIMUM: Extreme = Extreme { float: "arith.minimumf", signed: "arith.minsi", unsigned: "arith.minui", greatest: false, passes_over_nan: false };
const FMAX: Extreme = Extreme { float: "arith.maxnumf", passes_over_nan: true, ..MAXIMUM };
const FMIN: Extreme = Extreme { float: "arith.minnumf", passes_over_nan: true, ..MINIMUM };

fn extreme<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, which: &Extreme) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    match ty {
        Ty::Complex(_) => l.complex_extreme(which.greatest, which.passes_over_nan, &x, &y),
        Ty::Float(_) => vec![l.float_op(which.float, &[x.parts[0], y.parts[0]], x.parts[0].ty())],
        _ => vec![l.b.bin(if ty.is_signed() { which.signed } else { which.unsigned }, x.parts[0], y.parts[0])],
    }
}

fn clip_rule(a: &Bound<TyArg>) -> Rule {
    let mut ty = number(&a[0])?.clone();
    for bound in [&a[1], &a[2]] {
        if bound.ty == Ty::None {
            continue;
        }
        ty = common(&TyArg { ty, constant: None }, bound)?;
    }
    if a[1].ty == Ty::None && a[2].ty == Ty::None {
        return Err(CallError::new("one of a_min and a_max must be given"));
    }
    Ok(ty.into())
}

/// minimum(maximum(x, low), high); None leaves a side open.
fn clip<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let mut x = l.cast(&a[0], ty);
    for (bound, which) in [&a[1], &a[2]].into_iter().zip([&MAXIMUM, &MINIMUM]) {
        if bound.ty != Ty::None {
            let bound = l.cast(bound, ty);
            let parts = match ty {
                Ty::Complex(_) => l.complex_bounded(which.greatest, &x, &bound),
                _ => extreme(l, &Bound::of(vec![x, bound]), ty, which),
            };
            x = l.val(ty.clone(), parts);
        }
    }
    x.parts
}

/// m + log(1 + e**-d) of the larger m and the distance d; equal arguments (infinities too) give x + log 2.
fn logaddexp<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty, exp: &str, unit: f64, two: f64) -> Parts<'c> {
    let (x, y) = operands(l, a, ty);
    let (x, y) = (x.parts[0], y.parts[0]);
    let larger = l.b.select(l.b.cmpf("ogt", x, y), x, y);
    let difference = l.float_bin("sub", x, y);
    let distance = l.float_un("math.absf", difference);
    let tail = l.float_un("math.log1p", l.float_un(exp, l.negate(distance)));
    let tail = if unit == 1.0 { tail } else { l.float_bin("mul", tail, l.b.c_float(x.ty(), unit)) };
    let sum = l.float_bin("add", larger, tail);
    let equal = l.float_bin("add", x, l.b.c_float(x.ty(), two));
    let nan = l.b.cmpf("uno", x, y);
    vec![l.b.select(nan, difference, l.b.select(l.b.cmpf("oeq", x, y), equal, sum))]
}

/// 0 below zero, the second argument at zero, 1 above; NaN of NaN.
fn heaviside<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let (x, at_zero) = operands(l, a, ty);
    let (x, at_zero) = (x.parts[0], at_zero.parts[0]);
    let b = &l.b;
    let [zero, one] = [0.0, 1.0].map(|c| b.c_float(x.ty(), c));
    let beside = b.select(b.cmpf("olt", x, zero), zero, b.select(b.cmpf("ogt", x, zero), one, x));
    vec![b.select(b.cmpf("oeq", x, zero), at_zero, beside)]
}

fn conjugate<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let parts = l.cast(&a[0], ty).parts;
    if ty.is_complex() { vec![parts[0], l.negate(parts[1])] } else { parts }
}

fn real_part<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    if a[0].ty.is_complex() { vec![a[0].parts[0]] } else { l.cast(&a[0], ty).parts }
}

fn imaginary_part<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    if a[0].ty.is_complex() {
        return vec![a[0].parts[1]];
    }
    let zero = l.val(Ty::Bool, vec![l.b.c_bool(false)]);
    l.cast(&zero, ty).parts
}

fn angle_rule(a: &Bound<TyArg>) -> Rule {
    Ok(match number(&a[0])? {
        Ty::Float(bits) | Ty::Complex(bits) => Ty::Float(*bits),
        _ => Ty::F64,
    }
    .into())
}

fn angle<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Ty::Float(bits) = ty else { panic!("{ty} is no float") };
    let z = l.cast(&a[0], &Ty::Complex(*bits)).parts;
    let radians = l.float_op("math.atan2", &[z[1], z[0]], z[0].ty());
    let Some(deg) = a.get(1) else { return vec![radians] };
    let deg = l.truth(deg);
    let degrees = l.float_bin("mul", radians, l.b.c_float(radians.ty(), 180.0 / std::f64::consts::PI));
    vec![l.b.select(deg, degrees, radians)]
}
