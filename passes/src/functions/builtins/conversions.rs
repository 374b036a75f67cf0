//! `bool`, `int`, `float`, `complex`, `tuple`, `list` as functions.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Typed, Val};
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
        Some(Ty::Str) => int_of_text(&a[0]),
        Some(Ty::Time(time)) if time.span => Ok(Ty::I64.into()),
        Some(_) => real_to_int(a),
    }
}

/// Towards zero.
pub fn int<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, ty: &Ty) -> Parts<'c> {
    match a.get(0) {
        Some(x) if x.ty == Ty::Str => vec![l.b.c_i64(x.constant.as_ref().and_then(text).and_then(|text| whole_number(text).ok()).unwrap_or_default())],
        Some(x) => l.round_to_int("math.trunc", x, ty),
        None => vec![l.b.c_i64(0)],
    }
}

pub fn float_rule(a: &Bound<TyArg>) -> Rule {
    match a.get(0) {
        Some(x) if x.ty == Ty::Str => float_of_text(x),
        Some(TyArg { ty: Ty::Time(time), .. }) if time.span => Ok(Ty::F64.into()),
        Some(x) => real(x).map(|_| Ty::F64.into()),
        None => Ok(Ty::F64.into()),
    }
}

pub fn float<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    vec![match a.get(0) {
        Some(x) if x.ty == Ty::Str => l.b.c_float(l.b.f64(), x.constant.as_ref().and_then(text).and_then(decimal).unwrap_or_default()),
        Some(x) => l.scalar_as(x, &Ty::F64),
        None => l.b.c_float(l.b.f64(), 0.0),
    }]
}

fn text(constant: &Const) -> Option<&str> {
    if let Const::Str(text) = constant { Some(text) } else { None }
}

/// The text without spaces around it and underscores between digits.
fn digits(text: &str) -> Option<String> {
    let bytes = text.trim().as_bytes();
    let between = |i: usize| i > 0 && bytes[i - 1].is_ascii_digit() && bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
    let fine = bytes.iter().enumerate().all(|(i, byte)| *byte != b'_' || between(i));
    fine.then(|| text.trim().replace('_', ""))
}

/// The number that `float` reads from a text.
fn decimal(text: &str) -> Option<f64> {
    digits(text)?.parse().ok()
}

fn float_of_text(x: &TyArg) -> Rule {
    let Some(text) = x.constant.as_ref().and_then(text) else { return Err(CallError::new("float() of a string is supported for constants only")) };
    match decimal(text) {
        Some(value) => Ok(Typed { ty: Ty::F64, constant: Some(Const::Float(value)) }),
        None => Err(CallError::raising("ValueError", format!("could not convert string to float: '{text}'"))),
    }
}

/// The number that `int` reads from a text, which may be too large.
fn whole_number(text: &str) -> Result<i64, std::num::IntErrorKind> {
    let digits = digits(text).ok_or(std::num::IntErrorKind::InvalidDigit)?;
    digits.parse().map_err(|error: std::num::ParseIntError| error.kind().clone())
}

fn int_of_text(x: &TyArg) -> Rule {
    use std::num::IntErrorKind::{NegOverflow, PosOverflow};
    let Some(text) = x.constant.as_ref().and_then(text) else { return Err(CallError::new("int() of a string is supported for constants only")) };
    match whole_number(text) {
        Ok(value) => Ok(Typed { ty: Ty::I64, constant: Some(Const::Int(value.into())) }),
        Err(PosOverflow | NegOverflow) => Err(CallError::new("int() of a string gives a number that does not fit 64 bits")),
        Err(_) => Err(CallError::raising("ValueError", format!("invalid literal for int() with base 10: '{text}'"))),
    }
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
