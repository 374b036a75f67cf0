//! `cuda.fp16`: arithmetic of float16, which a GPU has instructions for, and functions, which compute in float32 and round once.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.fp16.hadd" ("_a, _b"): halves => |l, a, _| binary(l, a, "add");
    "zouk.cuda.fp16.hsub" ("_a, _b"): halves => |l, a, _| binary(l, a, "sub");
    "zouk.cuda.fp16.hmul" ("_a, _b"): halves => |l, a, _| binary(l, a, "mul");
    "zouk.cuda.fp16.hdiv" ("_a, _b"): halves => |l, a, _| binary(l, a, "div");
    "zouk.cuda.fp16.hfma" ("_a, _b, _c"): halves => |l, a, _| {
        let parts = [0, 1, 2].map(|i| l.scalar_as(&a[i], &Ty::F16));
        vec![l.b.val("math.fma", &parts, parts[0].ty(), &[])]
    };
    "zouk.cuda.fp16.hneg" ("_a"): halves => |l, a, _| { let x = l.scalar_as(&a[0], &Ty::F16); vec![l.negate(x)] };
    "zouk.cuda.fp16.habs" ("_a"): halves => |l, a, _| l.float_function("math.absf", &a[0], &Ty::F16);
    "zouk.cuda.fp16.hsin" ("_a"): halves => |l, a, _| wide(l, a, "math.sin");
    "zouk.cuda.fp16.hcos" ("_a"): halves => |l, a, _| wide(l, a, "math.cos");
    "zouk.cuda.fp16.hlog" ("_a"): halves => |l, a, _| wide(l, a, "math.log");
    "zouk.cuda.fp16.hlog10" ("_a"): halves => |l, a, _| wide(l, a, "math.log10");
    "zouk.cuda.fp16.hlog2" ("_a"): halves => |l, a, _| wide(l, a, "math.log2");
    "zouk.cuda.fp16.hexp" ("_a"): halves => |l, a, _| wide(l, a, "math.exp");
    "zouk.cuda.fp16.hexp2" ("_a"): halves => |l, a, _| wide(l, a, "math.exp2");
    "zouk.cuda.fp16.hexp10" ("_a"): halves => |l, a, _| exp10(l, a);
    "zouk.cuda.fp16.hfloor" ("_a"): halves => |l, a, _| wide(l, a, "math.floor");
    "zouk.cuda.fp16.hceil" ("_a"): halves => |l, a, _| wide(l, a, "math.ceil");
    "zouk.cuda.fp16.htrunc" ("_a"): halves => |l, a, _| wide(l, a, "math.trunc");
    "zouk.cuda.fp16.hrint" ("_a"): halves => |l, a, _| wide(l, a, "math.roundeven");
    "zouk.cuda.fp16.hsqrt" ("_a"): halves => |l, a, _| wide(l, a, "math.sqrt");
    "zouk.cuda.fp16.hrsqrt" ("_a"): halves => |l, a, _| reciprocal(l, a, Some("math.sqrt"));
    "zouk.cuda.fp16.hrcp" ("_a"): halves => |l, a, _| reciprocal(l, a, None);
    "zouk.cuda.fp16.heq" ("_a, _b"): compared => |l, a, _| compare(l, a, "eq");
    "zouk.cuda.fp16.hne" ("_a, _b"): compared => |l, a, _| compare(l, a, "ne");
    "zouk.cuda.fp16.hge" ("_a, _b"): compared => |l, a, _| compare(l, a, "ge");
    "zouk.cuda.fp16.hgt" ("_a, _b"): compared => |l, a, _| compare(l, a, "gt");
    "zouk.cuda.fp16.hle" ("_a, _b"): compared => |l, a, _| compare(l, a, "le");
    "zouk.cuda.fp16.hlt" ("_a, _b"): compared => |l, a, _| compare(l, a, "lt");
    "zouk.cuda.fp16.hmax" ("_a, _b"): halves => |l, a, _| extreme(l, a, "gt");
    "zouk.cuda.fp16.hmin" ("_a, _b"): halves => |l, a, _| extreme(l, a, "lt");
};

/// Real numbers, which become float16 first.
fn halves(a: &Bound<TyArg>) -> Rule {
    (0..3).filter_map(|i| a.get(i)).try_for_each(|x| real(x).map(|_| ()))?;
    Ok(Ty::F16.into())
}

fn compared(a: &Bound<TyArg>) -> Rule {
    halves(a).map(|_| Ty::Bool.into())
}

fn binary<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, kind: &str) -> Parts<'c> {
    let [x, y] = [0, 1].map(|i| l.scalar_as(&a[i], &Ty::F16));
    vec![l.float_bin(kind, x, y)]
}

/// The argument, rounded to float16, as a float32.
fn widened<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Val<'c> {
    let half = l.cast(&a[0], &Ty::F16);
    l.cast(&half, &Ty::F32)
}

fn wide<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, op: &str) -> Parts<'c> {
    let x = widened(l, a).parts[0];
    let y = l.float_un(op, x);
    vec![l.convert(y, &Ty::F32, &Ty::F16)]
}

fn exp10<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let x = widened(l, a).parts[0];
    let power = l.float_op("math.powf", &[l.b.c_float(x.ty(), 10.0), x], x.ty());
    vec![l.convert(power, &Ty::F32, &Ty::F16)]
}

fn reciprocal<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, of: Option<&str>) -> Parts<'c> {
    let x = widened(l, a).parts[0];
    let x = of.map_or(x, |op| l.float_un(op, x));
    let quotient = l.float_bin("div", l.b.c_float(x.ty(), 1.0), x);
    vec![l.convert(quotient, &Ty::F32, &Ty::F16)]
}

fn compare<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, kind: &str) -> Parts<'c> {
    let [x, y] = [0, 1].map(|i| l.cast(&a[i], &Ty::F16));
    vec![l.compare(kind, &x, &y)]
}

/// The first number if it compares so, else the second: as Numba's, which of a NaN in the first place gives the second.
fn extreme<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, kind: &str) -> Parts<'c> {
    let [x, y] = [0, 1].map(|i| l.cast(&a[i], &Ty::F16));
    let first = l.compare(kind, &x, &y);
    vec![l.b.select(first, x.parts[0], y.parts[0])]
}
