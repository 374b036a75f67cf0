//! `cmath`: the C library's functions of complex numbers, with the exceptions of CPython's.
//!
//! A domain error raises ValueError, a finite argument whose result is not raises OverflowError.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

type Pair<'c> = [Value<'c>; 2];

/// When a function has no value: at infinities that it has no limit at, or at its poles.
type Domain = for<'c> fn(&Lower<'c>, Pair<'c>) -> Option<Value<'c>>;

macro_rules! function {
    ($name:literal, $c:literal, $domain:expr, $overflows:literal) => {
        Function { name: $name, params: "_z", infer: complex1, lower: |l, a, _| evaluated(l, $c, &a[0], $domain, $overflows).into() }
    };
}

pub(super) static TABLE: &[Function] = &[
    function!("cmath.acos", "cacos", everywhere, false),
    function!("cmath.acosh", "cacosh", everywhere, false),
    function!("cmath.asin", "casin", everywhere, false),
    function!("cmath.asinh", "casinh", everywhere, false),
    function!("cmath.atan", "catan", |l, z| Some(unit(l, z[1], z[0])), false),
    function!("cmath.atanh", "catanh", |l, z| Some(unit(l, z[0], z[1])), false),
    function!("cmath.cos", "ccos", |l, z| Some(endless(l, z[0], l.b.cmpf("uno", z[1], z[1]))), true),
    function!("cmath.cosh", "ccosh", |l, z| Some(endless(l, z[1], l.b.cmpf("uno", z[0], z[0]))), true),
    function!("cmath.exp", "cexp", |l, z| Some(endless_power(l, z)), true),
    function!("cmath.sin", "csin", |l, z| Some(endless(l, z[0], l.b.cmpf("uno", z[1], z[1]))), true),
    function!("cmath.sinh", "csinh", |l, z| Some(endless(l, z[1], l.b.cmpf("uno", z[0], z[0]))), true),
    function!("cmath.sqrt", "csqrt", everywhere, false),
    function!("cmath.tan", "ctan", |l, z| Some(endless(l, z[0], l.invert(is_finite(l, z[1])))), false),
    function!("cmath.tanh", "ctanh", |l, z| Some(endless(l, z[1], l.invert(is_finite(l, z[0])))), false),
];

pub(super) static MORE: &[Function] = table! {
    "cmath.log" ("_z, _base="): log_rule => |l, a, _| log(l, a);
    "cmath.log10" ("_z"): complex1 => |l, a, _| {
        let log = evaluated(l, "clog", &a[0], |l, z| Some(zero(l, z)), false);
        log.map(|part| l.float_bin("mul", part, l.b.c_float(part.ty(), std::f64::consts::LOG10_E))).into()
    };
    "cmath.phase" ("_z"): |a| { number(&a[0])?; Ok(Ty::F64.into()) } => |l, a, _| { let z = pair(l, &a[0]); vec![l.float_op("math.atan2", &[z[1], z[0]], z[0].ty())] };
    "cmath.polar" ("_z"): |a| { number(&a[0])?; Ok(Ty::Tuple(vec![Ty::F64; 2]).into()) } => |l, a, _| polar(l, a);
    "cmath.rect" ("_r, _phi"): |a| { (real(&a[0])?, real(&a[1])?); Ok(Ty::C128.into()) } => |l, a, _| rect(l, a);
    "cmath.isfinite" ("_z"): test => |l, a, _| { let z = pair(l, &a[0]); vec![l.b.bin("arith.andi", is_finite(l, z[0]), is_finite(l, z[1]))] };
    "cmath.isinf" ("_z"): test => |l, a, _| { let z = pair(l, &a[0]); vec![l.b.bin("arith.ori", is_infinite(l, z[0]), is_infinite(l, z[1]))] };
    "cmath.isnan" ("_z"): test => |l, a, _| { let z = pair(l, &a[0]); vec![l.b.bin("arith.ori", l.b.cmpf("uno", z[0], z[0]), l.b.cmpf("uno", z[1], z[1]))] };
    "cmath.isclose" ("_a, _b, rel_tol=, abs_tol="): isclose_rule => |l, a, _| isclose(l, a);
};

fn complex1(a: &Bound<TyArg>) -> Rule {
    number(&a[0])?;
    Ok(Ty::C128.into())
}

fn log_rule(a: &Bound<TyArg>) -> Rule {
    a.get(1).map_or(Ok(()), |base| number(base).map(|_| ()))?;
    complex1(a)
}

fn test(a: &Bound<TyArg>) -> Rule {
    number(&a[0])?;
    Ok(Ty::Bool.into())
}

fn pair<'c>(l: &mut Lower<'c>, z: &Val<'c>) -> Pair<'c> {
    let parts = l.cast(z, &Ty::C128).parts;
    [parts[0], parts[1]]
}

/// A function of the C library where it has a value.
fn evaluated<'c>(l: &mut Lower<'c>, name: &str, z: &Val<'c>, outside: Domain, overflows: bool) -> Pair<'c> {
    let z = pair(l, z);
    if let Some(outside) = outside(l, z) {
        l.check(l.invert(outside), "ValueError", "math domain error");
    }
    let value = l.complex_call(name, &z);
    if overflows {
        check_overflow(l, &z, l.b.bin("arith.ori", is_infinite(l, value[0]), is_infinite(l, value[1])));
    }
    value
}

fn check_overflow<'c>(l: &Lower<'c>, z: &Pair<'c>, infinite: Value<'c>) {
    let finite = l.b.bin("arith.andi", is_finite(l, z[0]), is_finite(l, z[1]));
    l.check(l.invert(l.b.bin("arith.andi", finite, infinite)), "OverflowError", "math range error");
}

fn is_infinite<'c>(l: &Lower<'c>, x: Value<'c>) -> Value<'c> {
    l.b.cmpf("oeq", l.b.val("math.absf", &[x], x.ty(), &[]), l.b.c_float(x.ty(), f64::INFINITY))
}

fn is_finite<'c>(l: &Lower<'c>, x: Value<'c>) -> Value<'c> {
    l.b.cmpf("olt", l.b.val("math.absf", &[x], x.ty(), &[]), l.b.c_float(x.ty(), f64::INFINITY))
}

fn everywhere<'c>(_: &Lower<'c>, _: Pair<'c>) -> Option<Value<'c>> {
    None
}

fn zero<'c>(l: &Lower<'c>, z: Pair<'c>) -> Value<'c> {
    let [re, im] = z.map(|part| l.b.cmpf("oeq", part, l.b.c_float(part.ty(), 0.0)));
    l.b.bin("arith.andi", re, im)
}

/// The poles ±1 along an axis.
fn unit<'c>(l: &Lower<'c>, along: Value<'c>, across: Value<'c>) -> Value<'c> {
    let size = l.b.val("math.absf", &[along], along.ty(), &[]);
    let on_axis = l.b.cmpf("oeq", across, l.b.c_float(across.ty(), 0.0));
    l.b.bin("arith.andi", on_axis, l.b.cmpf("oeq", size, l.b.c_float(size.ty(), 1.0)))
}

/// An infinite angle, unless the other part lets it be.
fn endless<'c>(l: &Lower<'c>, angle: Value<'c>, unless: Value<'c>) -> Value<'c> {
    l.b.bin("arith.andi", is_infinite(l, angle), l.invert(unless))
}

/// e to an infinite imaginary part, unless the real one makes it 0 or is NaN.
fn endless_power<'c>(l: &Lower<'c>, z: Pair<'c>) -> Value<'c> {
    endless(l, z[1], l.b.cmpf("ule", z[0], l.b.c_float(z[0].ty(), f64::NEG_INFINITY)))
}

/// The logarithm to a base is a quotient; of zero it is one of an infinity, as CPython gives.
fn log<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let Some(base) = a.get(1) else { return evaluated(l, "clog", &a[0], |l, z| Some(zero(l, z)), false).into() };
    let log = evaluated(l, "clog", &a[0], everywhere, false);
    let base = evaluated(l, "clog", base, |l, z| Some(zero(l, z)), false);
    l.check(l.invert(zero(l, base)), "ValueError", "math domain error");
    l.complex_div(log, base).into()
}

fn polar<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let z = pair(l, &a[0]);
    let size = l.complex_abs(&z);
    check_overflow(l, &z, is_infinite(l, size));
    vec![size, l.float_op("math.atan2", &[z[1], z[0]], size.ty())]
}

/// r (cos phi + i sin phi); an infinite r takes the signs only, and what has no angle stays real.
fn rect<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let [r, phi] = [0, 1].map(|i| l.scalar_as(&a[i], &Ty::F64));
    let none = l.b.cmpf("ueq", r, l.b.c_float(r.ty(), 0.0));
    l.check(l.invert(endless(l, phi, none)), "ValueError", "math domain error");
    let directions = ["math.cos", "math.sin"].map(|f| l.float_un(f, phi));
    let infinite = is_infinite(l, r);
    let endless = l.b.bin("arith.andi", infinite, l.b.cmpf("ord", phi, phi));
    let straight = l.b.cmpf("oeq", phi, l.b.c_float(phi.ty(), 0.0));
    let [re, im] = directions.map(|direction| {
        let sign = l.b.bin("math.copysign", l.b.c_float(r.ty(), 1.0), direction);
        l.float_bin("mul", r, l.b.select(endless, sign, direction))
    });
    let nothing = l.b.c_float(r.ty(), 0.0);
    // Of no angle the product has the sign of both; of no length and no finite angle both parts are 0.
    let flat = l.b.bin("math.copysign", nothing, l.float_bin("mul", l.b.bin("math.copysign", l.b.c_float(r.ty(), 1.0), r), phi));
    let lost = l.b.bin("arith.andi", l.b.cmpf("oeq", r, nothing), l.invert(is_finite(l, phi)));
    let size = l.b.val("math.absf", &[r], r.ty(), &[]);
    let re = l.b.select(l.b.bin("arith.andi", infinite, l.b.cmpf("uno", phi, phi)), size, re);
    [(r, re), (flat, im)].map(|(without_angle, part)| l.b.select(lost, nothing, l.b.select(straight, without_angle, part))).into()
}

fn isclose_rule(a: &Bound<TyArg>) -> Rule {
    (number(&a[0])?, number(&a[1])?);
    (2..4).filter_map(|i| a.get(i)).try_for_each(|x| real(x).map(|_| ()))?;
    Ok(Ty::Bool.into())
}

/// a == b, or both are finite and |a - b| <= max(rel·|a|, rel·|b|, abs)
fn isclose<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let (x, y) = (pair(l, &a[0]), pair(l, &a[1]));
    let [rel, abs] = [(2, 1e-9), (3, 0.0)].map(|(i, default)| match a.get(i) {
        Some(value) => l.scalar_as(value, &Ty::F64),
        None => l.b.c_float(l.b.f64(), default),
    });
    let b = &l.b;
    let none = b.c_float(b.f64(), 0.0);
    let fine = b.bin("arith.andi", b.cmpf("uge", rel, none), b.cmpf("uge", abs, none));
    l.check(fine, "ValueError", "tolerances must be non-negative");
    let distance = l.complex_abs(&[b.bin("arith.subf", x[0], y[0]), b.bin("arith.subf", x[1], y[1])]);
    let or = |p, q| b.bin("arith.ori", p, q);
    let near = |of: Pair<'c>| b.cmpf("ole", distance, b.bin("arith.mulf", rel, l.complex_abs(&of)));
    let close = or(or(near(x), near(y)), b.cmpf("ole", distance, abs));
    let endless = [x[0], x[1], y[0], y[1]].map(|part| is_infinite(l, part)).into_iter().reduce(or).expect("four parts");
    let equal = b.bin("arith.andi", b.cmpf("oeq", x[0], y[0]), b.cmpf("oeq", x[1], y[1]));
    vec![or(equal, b.bin("arith.andi", l.invert(endless), close))]
}
