//! The module `math`. As Numba, domain errors give NaN or an infinity instead of raising.

use super::elementwise::Parts;
use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

macro_rules! op {
    ($name:literal) => {
        Function { name: $name, params: "_x", infer: float1, lower: |l, a, ty| l.float_function($name, &a[0], ty) }
    };
}

pub(super) static TABLE: &[Function] = &[
    op!("math.sin"),
    op!("math.cos"),
    op!("math.tan"),
    op!("math.asin"),
    op!("math.acos"),
    op!("math.atan"),
    op!("math.sinh"),
    op!("math.cosh"),
    op!("math.tanh"),
    op!("math.asinh"),
    op!("math.acosh"),
    op!("math.atanh"),
    op!("math.exp"),
    op!("math.exp2"),
    op!("math.expm1"),
    op!("math.log2"),
    op!("math.log10"),
    op!("math.log1p"),
    op!("math.sqrt"),
    op!("math.cbrt"),
    op!("math.erf"),
    op!("math.erfc"),
];

pub(super) static MORE: &[Function] = table! {
    "math.log" ("_x, _base="): log_rule => |l, a, ty| log(l, a, ty);
    "math.pow" ("_x, _y"): float2 => |l, a, ty| {
        let (x, y) = (l.operand(&a[0], ty), l.operand(&a[1], ty));
        l.power(&x, &y, false)
    };
    "math.atan2" ("_y, _x"): float2 => |l, a, ty| l.float_function2("math.atan2", &a[0], &a[1], ty);
    "math.copysign" ("_x, _y"): float2 => |l, a, ty| l.float_function2("math.copysign", &a[0], &a[1], ty);
    "math.fmod" ("_x, _y"): float2 => |l, a, ty| l.float_function2("arith.remf", &a[0], &a[1], ty);
    "math.remainder" ("_x, _y"): float2 => |l, a, ty| l.libm_function("remainder", &[&a[0], &a[1]], ty);
    "math.nextafter" ("_x, _y"): float2 => |l, a, ty| l.next_after(&a[0], &a[1], ty);
    "math.hypot" ("*coordinates"): hypot_rule => |l, a, ty| hypot(l, a, ty);
    "math.dist" ("_p, _q"): dist_rule => |l, a, _| dist(l, a);
    "math.fabs" ("_x"): float1 => |l, a, ty| l.float_function("math.absf", &a[0], ty);
    "math.gamma" ("_x"): float1 => |l, a, ty| l.wide_function("zouk_gamma_f64", &[&a[0]], ty);
    "math.lgamma" ("_x"): float1 => |l, a, ty| l.wide_function("zouk_lgamma_f64", &[&a[0]], ty);
    "math.degrees" ("_x"): float1 => |l, a, ty| l.scaled(&a[0], 180.0 / std::f64::consts::PI, ty);
    "math.radians" ("_x"): float1 => |l, a, ty| l.scaled(&a[0], std::f64::consts::PI / 180.0, ty);
    "math.isnan" ("_x"): real_to_bool => |l, a, _| l.classify("math.isnan", &a[0]);
    "math.isinf" ("_x"): real_to_bool => |l, a, _| l.classify("math.isinf", &a[0]);
    "math.isfinite" ("_x"): real_to_bool => |l, a, _| l.classify("math.isfinite", &a[0]);
    "math.isclose" ("_a, _b, rel_tol=, abs_tol="): isclose_rule => |l, a, _| isclose(l, a);
    "math.floor" ("_x"): real_to_int => |l, a, ty| l.round_to_int("math.floor", &a[0], ty);
    "math.ceil" ("_x"): real_to_int => |l, a, ty| l.round_to_int("math.ceil", &a[0], ty);
    "math.trunc" ("_x"): real_to_int => |l, a, ty| l.round_to_int("math.trunc", &a[0], ty);
    "math.frexp" ("_x"): |a| Ok(Ty::Tuple(vec![float_of(&a[0])?, Ty::I64]).into()) => |l, a, ty| l.frexp(&a[0], ty);
    "math.modf" ("_x"): |a| Ok(Ty::Tuple(vec![float_of(&a[0])?; 2]).into()) => |l, a, ty| l.modf(&a[0], ty);
    "math.ldexp" ("_x, _i"): |a| { integer(&a[1])?; float1(a) } => |l, a, ty| l.ldexp(&a[0], &a[1], ty);
    "math.ulp" ("_x"): float1 => |l, a, ty| ulp(l, a, ty);
    "math.gcd" ("*integers"): integers_rule => |l, a, _| fold_integers(l, a, 0, |l, x, y| l.gcd(x, y));
    "math.lcm" ("*integers"): integers_rule => |l, a, _| fold_integers(l, a, 1, |l, x, y| l.lcm(x, y));
    "math.isqrt" ("_n"): integer_rule => |l, a, _| isqrt(l, a);
    "math.factorial" ("_x"): integer_rule => |l, a, _| factorial(l, a);
    "math.perm" ("_n, _k="): integer_rule => |l, a, _| perm(l, a);
    "math.comb" ("_n, _k"): integer_rule => |l, a, _| comb(l, a);
};

fn log_rule(a: &Bound<TyArg>) -> Rule {
    if a.get(1).is_some() { float2(a) } else { float1(a) }
}

fn log<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let log = l.float_function("math.log", &a[0], ty);
    let Some(base) = a.get(1) else { return log };
    let base = l.float_function("math.log", base, ty);
    vec![l.float_bin("div", log[0], base[0])]
}

fn hypot_rule(a: &Bound<TyArg>) -> Rule {
    let floats: Vec<Ty> = a.rest.iter().map(float_of).collect::<Result<_, _>>()?;
    Ok(floats.into_iter().reduce(wider).unwrap_or(Ty::F64).into())
}

fn hypot<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let coordinates: Vec<_> = a.rest.iter().map(|v| l.scalar_as(v, ty)).collect();
    vec![l.hypot(&coordinates)]
}

fn dist_rule(a: &Bound<TyArg>) -> Rule {
    match (&a[0].ty, &a[1].ty) {
        (Ty::Tuple(p), Ty::Tuple(q)) if p.len() != q.len() => Err(CallError::new("both points must have the same number of dimensions")),
        (Ty::Tuple(p), Ty::Tuple(q)) if p.iter().chain(q).all(Ty::is_real) => Ok(Ty::F64.into()),
        (Ty::Tuple(_), other) | (other, _) => expected("a tuple of real numbers", other),
    }
}

fn dist<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let (p, q) = (l.elements(&a[0]), l.elements(&a[1]));
    let differences: Vec<_> = p
        .iter()
        .zip(&q)
        .map(|(x, y)| {
            let (x, y) = (l.scalar_as(x, &Ty::F64), l.scalar_as(y, &Ty::F64));
            l.float_bin("sub", x, y)
        })
        .collect();
    vec![l.hypot(&differences)]
}

fn isclose_rule(a: &Bound<TyArg>) -> Rule {
    (0..4).filter_map(|i| a.get(i)).try_for_each(|x| real(x).map(|_| ()))?;
    Ok(Ty::Bool.into())
}

/// a == b, or both are finite and |a - b| <= max(|rel·a|, |rel·b|, abs)
fn isclose<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let mut argument = |i: usize, default: f64| match a.get(i) {
        Some(value) => l.scalar_as(value, &Ty::F64),
        None => l.b.c_float(l.b.f64(), default),
    };
    let (x, y, rel, abs) = (argument(0, 0.0), argument(1, 0.0), argument(2, 1e-9), argument(3, 0.0));
    let b = &l.b;
    let zero = b.c_float(b.f64(), 0.0);
    if a.get(2).is_some() || a.get(3).is_some() {
        let fine = b.bin("arith.andi", b.cmpf("uge", rel, zero), b.cmpf("uge", abs, zero));
        l.check(fine, "ValueError", "tolerances must be non-negative");
    }
    let size = |v: Value<'c>| b.val("math.absf", &[v], v.ty(), &[]);
    let distance = size(b.bin("arith.subf", y, x));
    let near = |of: Value<'c>| b.cmpf("ole", distance, size(b.bin("arith.mulf", rel, of)));
    let or = |p, q| b.bin("arith.ori", p, q);
    let close = or(or(near(x), near(y)), b.cmpf("ole", distance, abs));
    let finite = b.cmpf("one", distance, b.c_float(b.f64(), f64::INFINITY));
    vec![or(b.cmpf("oeq", x, y), b.bin("arith.andi", finite, close))]
}

/// The value of the least significant bit: |x| to the next float up, or down from the largest.
fn ulp<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let x = l.scalar_as(&a[0], ty);
    let x = l.b.val("math.absf", &[x], x.ty(), &[]);
    let next = |x: Value<'c>, y: Value<'c>| if *ty == Ty::F16 { l.next_half(x, y) } else { l.libm("nextafter", &[x, y]) };
    let infinity = l.b.c_float(x.ty(), f64::INFINITY);
    let up = next(x, infinity);
    let down = next(x, l.b.c_float(x.ty(), f64::NEG_INFINITY));
    let largest = l.b.cmpf("oeq", up, infinity);
    let distance = l.b.select(largest, l.b.bin("arith.subf", x, down), l.b.bin("arith.subf", up, x));
    vec![l.b.select(l.b.cmpf("oeq", x, infinity), x, distance)]
}

fn integer_rule(a: &Bound<TyArg>) -> Rule {
    (0..2).filter_map(|i| a.get(i)).try_for_each(|x| integer(x).map(|_| ()))?;
    Ok(Ty::I64.into())
}

fn integers_rule(a: &Bound<TyArg>) -> Rule {
    a.rest.iter().try_for_each(|x| integer(x).map(|_| ()))?;
    Ok(Ty::I64.into())
}

fn fold_integers<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, empty: i64, step: fn(&Lower<'c>, Value<'c>, Value<'c>) -> Value<'c>) -> Parts<'c> {
    // One argument goes with the neutral element, which gives its absolute value.
    let start = l.b.c_i64(empty);
    let values: Vec<_> = a.rest.iter().map(|v| l.scalar_as(v, &Ty::I64)).collect();
    vec![values.into_iter().fold(start, |x, y| step(l, x, y))]
}

/// The float64 square root is off by at most one; a step down and a step up make it exact.
fn isqrt<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let n = l.scalar_as(&a[0], &Ty::I64);
    let b = &l.b;
    l.check(b.cmpi("sge", n, b.c_i64(0)), "ValueError", "isqrt() argument must be nonnegative");
    let (float, one) = (b.f64(), b.c_i64(1));
    let root = b.val("math.sqrt", &[b.val("arith.sitofp", &[n], float, &[])], float, &[]);
    let guess = b.val("arith.fptosi", &[root], b.i64(), &[]);
    let over = b.cmpi("ugt", b.bin("arith.muli", guess, guess), n);
    let guess = b.select(over, b.bin("arith.subi", guess, one), guess);
    let next = b.bin("arith.addi", guess, one);
    let under = b.cmpi("ule", b.bin("arith.muli", next, next), n);
    vec![b.select(under, next, guess)]
}

fn factorial<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let n = l.scalar_as(&a[0], &Ty::I64);
    l.check(l.b.cmpi("sge", n, l.b.c_i64(0)), "ValueError", "factorial() not defined for negative values");
    vec![falling_product(l, n, n, |l, product, factor, _| checked_mul(l, product, factor))]
}

fn perm<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let n = l.scalar_as(&a[0], &Ty::I64);
    let k = a.get(1).filter(|k| k.ty != Ty::None).map_or(n, |k| l.scalar_as(k, &Ty::I64));
    let count = selection_size(l, n, k);
    let product = falling_product(l, n, count, |l, product, factor, _| checked_mul(l, product, factor));
    vec![l.b.select(l.b.cmpi("sgt", k, n), l.b.c_i64(0), product)]
}

/// C(n, i) = C(n, i - 1) · (n - i + 1) / i, divided by common factors first so that only the result can overflow.
fn comb<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let (n, k) = (l.scalar_as(&a[0], &Ty::I64), l.scalar_as(&a[1], &Ty::I64));
    let count = selection_size(l, n, k);
    let count = l.b.bin("arith.minsi", count, l.b.bin("arith.subi", n, count));
    let product = falling_product(l, n, count, |l, product, factor, i| {
        let common = l.gcd(product, i);
        let (product, i) = (l.b.bin("arith.divsi", product, common), l.b.bin("arith.divsi", i, common));
        let factor = l.b.bin("arith.divsi", factor, i);
        checked_mul(l, product, factor)
    });
    vec![l.b.select(l.b.cmpi("sgt", k, n), l.b.c_i64(0), product)]
}

/// Checks n and k; gives k, or 0 when it exceeds n.
fn selection_size<'c>(l: &Lower<'c>, n: Value<'c>, k: Value<'c>) -> Value<'c> {
    let zero = l.b.c_i64(0);
    l.check(l.b.cmpi("sge", n, zero), "ValueError", "n must be a non-negative integer");
    l.check(l.b.cmpi("sge", k, zero), "ValueError", "k must be a non-negative integer");
    l.b.select(l.b.cmpi("sgt", k, n), zero, k)
}

/// Folds n, n - 1, … (`count` of them, numbered from 1) into a product.
fn falling_product<'c>(
    l: &mut Lower<'c>,
    n: Value<'c>,
    count: Value<'c>,
    step: fn(&mut Lower<'c>, Value<'c>, Value<'c>, Value<'c>) -> Value<'c>,
) -> Value<'c> {
    let (zero, one) = (l.b.c_i64(0), l.b.c_i64(1));
    l.scf_for(zero, count, one, &[one], &mut |l, i, carried| {
        let factor = l.b.bin("arith.subi", n, i);
        let number = l.b.bin("arith.addi", i, one);
        vec![step(l, carried[0], factor, number)]
    })[0]
}

fn checked_mul<'c>(l: &mut Lower<'c>, x: Value<'c>, y: Value<'c>) -> Value<'c> {
    let product = l.b.op("arith.mulsi_extended", &[x, y], &[x.ty(), x.ty()], &[]);
    let sign = l.b.bin("arith.shrsi", product.result(0), l.b.c_i64(63));
    l.check(l.b.cmpi("eq", product.result(1), sign), "OverflowError", "result too large for int64");
    product.result(0)
}
