//! `bool`, `int`, `float`, `complex`, `tuple`, `list` as functions.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

/// `tuple(…)` and `list(…)` of a tuple or a list: how many elements they have is part of the type.
pub fn sequence_rule(a: &Bound<TyArg>, kind: fn(Vec<Ty>) -> Ty) -> Rule {
    let Some(of) = a.get(0) else { return Ok(kind(vec![]).into()) };
    match of.ty.as_sequence() {
        Some(parts) => Ok(Typed { ty: kind(parts.to_vec()), constant: of.constant.clone() }),
        None => expected("a tuple or a list", &of.ty).map_err(|error| error.help("how many elements there are must be known when it is compiled: use an array")),
    }
}

pub fn bool_rule(_: &Bound<TyArg>) -> Rule {
    Ok(Ty::Bool.into())
}

pub fn bool<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    vec![match a.get(0) {
        Some(x) => l.truth(x),
        None => l.b.c_bool(false),
    }]
}

/// Integers widen to 64 bits and keep their sign; a span is its count.
pub fn int_rule(a: &Bound<TyArg>) -> Rule {
    match a.get(0).map(|x| &x.ty) {
        None => Ok(Ty::I64.into()),
        Some(Ty::Str) => Err(CallError::new("int() of a string is not supported")),
        Some(Ty::Time(time)) if time.span => Ok(Ty::I64.into()),
        Some(_) => real_to_int(a),
    }
}

/// Towards zero.
pub fn int<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    match a.get(0) {
        Some(x) => l.round_to_int("math.trunc", x, ty),
        None => vec![l.b.c_i64(0)],
    }
}

pub fn float_rule(a: &Bound<TyArg>) -> Rule {
    match a.get(0) {
        Some(x) if x.ty == Ty::Str => Err(CallError::new("float() of a string is not supported").help("use `np.inf` or `np.nan` for special values")),
        Some(TyArg { ty: Ty::Time(time), .. }) if time.span => Ok(Ty::F64.into()),
        Some(x) => real(x).map(|_| Ty::F64.into()),
        None => Ok(Ty::F64.into()),
    }
}

pub fn float<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    vec![match a.get(0) {
        Some(x) => l.scalar_as(x, &Ty::F64),
        None => l.b.c_float(l.b.f64(), 0.0),
    }]
}

/// complex64 only of parts of float32 or less (or of a complex64), as Numba.
pub fn complex_rule(a: &Bound<TyArg>) -> Rule {
    let parts: Vec<&Ty> = (0..2).filter_map(|i| a.get(i)).map(number).collect::<Result<_, _>>()?;
    let narrow = !parts.is_empty() && parts.iter().all(|t| matches!(t, Ty::Float(16 | 32) | Ty::Complex(32)));
    Ok(if narrow { Ty::C64 } else { Ty::C128 }.into())
}

/// real + imag * 1j, either of which may be complex itself.
pub fn complex<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    let Ty::Complex(bits) = ty else { panic!("{ty} is not complex") };
    let part = l.scalar(&Ty::Float(*bits));
    let zero = l.b.c_float(part, 0.0);
    let mut given = |i: usize| a.get(i).map(|x| (l.cast(x, ty).parts, x.ty.is_complex()));
    let (real, imag) = (given(0), given(1));
    let (re, im) = real.as_ref().map_or((zero, zero), |(p, _)| (p[0], p[1]));
    match imag {
        None => vec![re, im],
        Some((p, false)) => match real {
            Some((_, true)) => vec![re, l.float_bin("add", im, p[0])],
            _ => vec![re, p[0]],
        },
        Some((p, true)) => vec![l.float_bin("sub", re, p[1]), l.float_bin("add", im, p[0])],
    }
}
