//! Dtypes as values: their attributes, the limits of their numbers, and which of them hold others. All are constants.

use super::elementwise::Parts;
use super::library::promotion;
use super::rules::*;
use super::{Bound, CallError, Const, Function, TyArg, TypeRule, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::{Ty, promote_types, same_kind};

/// An entry whose value its rule knows.
macro_rules! constants {
    ($($name:literal ($params:literal): $infer:expr;)*) => {
        &[$(Function {
            name: $name,
            params: $params,
            infer: $infer,
            lower: |l, a, ty| {
                let rule: TypeRule = $infer;
                written(l, rule(&arguments(a)), ty)
            },
        }),*]
    };
}

pub(super) static TABLE: &[Function] = constants! {
    "numpy.dtype" ("dtype, align=, copy="): |a| Ok(object(&dtype_of(&a[0])?));
    "numpy.can_cast" ("_from, to, casting="): can_cast;
    "numpy.result_type" ("*arrays_and_dtypes"): |a| Ok(object(&promotion::result_type(&a.rest)?));
    "numpy.promote_types" ("_type1, _type2"): promoted;
    "numpy.issubdtype" ("arg1, arg2"): issubdtype;
    "dtype.kind" ("_t"): |a| Ok(text(kind(&dtype_of(&a[0])?)));
    "dtype.char" ("_t"): |a| Ok(text(letter(&dtype_of(&a[0])?)));
    "dtype.name" ("_t"): |a| Ok(text(&dtype_of(&a[0])?.numpy_name().unwrap_or_default()));
    "dtype.str" ("_t"): |a| { let ty = dtype_of(&a[0])?; Ok(text(&format!("{}{}{}", if size(&ty) == 1 { '|' } else { '<' }, kind(&ty), size(&ty)))) };
    "dtype.alignment" ("_t"): |a| { let ty = dtype_of(&a[0])?; Ok(whole(size(&ty) / if ty.is_complex() { 2 } else { 1 })) };
    "numpy.iinfo" ("type"): |a| limits(&a[0], "iinfo", Ty::is_int, "Invalid integer data type");
    "numpy.finfo" ("dtype"): |a| limits(&a[0], "finfo", |ty| ty.is_float() || ty.is_complex(), "data type not inexact");
    "iinfo.min" ("_i"): |a| { let (bits, signed) = integers(a)?; Ok(integer_of(if signed { -(1 << (bits - 1)) } else { 0 })) };
    "iinfo.max" ("_i"): |a| { let (bits, signed) = integers(a)?; Ok(integer_of((1 << (bits - signed as u32)) - 1)) };
    "iinfo.bits" ("_i"): |a| Ok(whole(integers(a)?.0 as i128));
    "iinfo.kind" ("_i"): |a| Ok(text(kind(&limited(a)?)));
    "iinfo.dtype" ("_i"): |a| Ok(object(&limited(a)?));
    "finfo.dtype" ("_f"): |a| Ok(object(&limited(a)?));
    "finfo.bits" ("_f"): |a| Ok(whole(8 * size(&limited(a)?)));
    "finfo.eps" ("_f"): |a| float(a, f64::EPSILON, f32::EPSILON, power(-10));
    "finfo.epsneg" ("_f"): |a| float(a, f64::EPSILON / 2.0, f32::EPSILON / 2.0, power(-11));
    "finfo.max" ("_f"): |a| float(a, f64::MAX, f32::MAX, 65504.0);
    "finfo.min" ("_f"): |a| float(a, f64::MIN, f32::MIN, -65504.0);
    "finfo.tiny" ("_f"): |a| float(a, f64::MIN_POSITIVE, f32::MIN_POSITIVE, power(-14));
    "finfo.smallest_normal" ("_f"): |a| float(a, f64::MIN_POSITIVE, f32::MIN_POSITIVE, power(-14));
    "finfo.smallest_subnormal" ("_f"): |a| float(a, f64::from_bits(1), f32::from_bits(1), power(-24));
    "finfo.resolution" ("_f"): |a| float(a, 1e-15, 1e-6, 1e-3);
    "finfo.precision" ("_f"): |a| digits(a, 15, 6, 3);
    "finfo.nmant" ("_f"): |a| digits(a, 52, 23, 10);
    "finfo.nexp" ("_f"): |a| digits(a, 11, 8, 5);
    "finfo.iexp" ("_f"): |a| digits(a, 11, 8, 5);
    "finfo.machep" ("_f"): |a| digits(a, -52, -23, -10);
    "finfo.negep" ("_f"): |a| digits(a, -53, -24, -11);
    "finfo.minexp" ("_f"): |a| digits(a, -1022, -126, -14);
    "finfo.maxexp" ("_f"): |a| digits(a, 1024, 128, 16);
};

fn arguments(a: &Bound<Val>) -> Bound<TyArg> {
    a.map(Val::as_argument)
}

/// The constant that a rule gives, as code.
fn written<'c>(l: &mut Lower<'c>, typed: Rule, ty: &Ty) -> Parts<'c> {
    match typed.ok().and_then(|typed| typed.constant) {
        Some(Const::Int(n)) => vec![l.b.c_int(l.scalar(ty), n as i64)],
        Some(Const::Float(f)) => vec![l.b.c_float(l.scalar(ty), f)],
        Some(Const::Bool(b)) => vec![l.b.c_bool(b)],
        _ => vec![],
    }
}

fn object(dtype: &Ty) -> Typed {
    super::attributes::dtype(dtype).into()
}

fn text(text: &str) -> Typed {
    Typed { ty: Ty::Str, constant: Some(Const::Str(text.into())) }
}

fn whole(value: i128) -> Typed {
    Typed { ty: Ty::I64, constant: Some(Const::Int(value)) }
}

fn truth(value: bool) -> Typed {
    Typed { ty: Ty::Bool, constant: Some(Const::Bool(value)) }
}

fn size(ty: &Ty) -> i128 {
    ty.item_size().unwrap_or(0) as i128
}

fn kind(ty: &Ty) -> &'static str {
    match ty {
        Ty::Bool => "b",
        Ty::Int { signed: true, .. } => "i",
        Ty::Int { .. } => "u",
        Ty::Float(_) => "f",
        _ => "c",
    }
}

/// NumPy's code of one character; of int64 C's long, as on Linux.
fn letter(ty: &Ty) -> &'static str {
    match ty {
        Ty::Bool => "?",
        Ty::Int { bits: 8, signed } => if *signed { "b" } else { "B" },
        Ty::Int { bits: 16, signed } => if *signed { "h" } else { "H" },
        Ty::Int { bits: 32, signed } => if *signed { "i" } else { "I" },
        Ty::Int { signed, .. } => if *signed { "l" } else { "L" },
        Ty::Float(16) => "e",
        Ty::Float(32) => "f",
        Ty::Float(_) => "d",
        Ty::Complex(32) => "F",
        _ => "D",
    }
}

/// The dtype of an array or a number, or the dtype that is named.
fn dtype_among(arg: &TyArg) -> Result<Ty, CallError> {
    match &arg.ty {
        Ty::Array(array) => Ok((*array.element).clone()),
        ty if ty.is_number() => Ok(ty.clone()),
        _ => dtype_of(arg),
    }
}

fn promoted(a: &Bound<TyArg>) -> Rule {
    let (x, y) = (dtype_of(&a[0])?, dtype_of(&a[1])?);
    promote_types(&x, &y).map(|ty| object(&ty)).ok_or_else(|| no_common_type(&x, &y))
}

fn can_cast(a: &Bound<TyArg>) -> Rule {
    if a[0].ty.is_number() {
        let error = CallError::new("can_cast() does not support Python ints, floats, and complex because the result used to depend on the value.");
        return Err(error.help("name the dtype, or take that of an array: a.dtype"));
    }
    let (from, to) = (dtype_among(&a[0])?, dtype_of(&a[1])?);
    let casting = match a.get(2).map(|c| &c.constant) {
        None => "safe",
        Some(Some(Const::Str(name))) => name,
        Some(_) => return Err(CallError::new("casting must be a constant text")),
    };
    Ok(truth(match casting {
        "no" | "equiv" => from == to,
        "safe" => promote_types(&from, &to).as_ref() == Some(&to),
        "same_kind" => same_kind(&from, &to),
        "unsafe" => true,
        _ => return Err(CallError::raising("ValueError", "casting must be one of 'no', 'equiv', 'safe', 'same_kind', 'unsafe', 'same_value'")),
    }))
}

/// Whether a dtype is another, or of an abstract kind.
fn issubdtype(a: &Bound<TyArg>) -> Rule {
    let ty = dtype_of(&a[0])?;
    let held = match a[1].ty.as_ref_name() {
        Some("numpy.generic") => true,
        Some("numpy.number") => ty != Ty::Bool,
        Some("numpy.inexact") => ty.is_float() || ty.is_complex(),
        Some("numpy.floating") => ty.is_float(),
        Some("numpy.complexfloating") => ty.is_complex(),
        Some("numpy.integer") => ty.is_int(),
        Some("numpy.signedinteger") => ty.is_signed(),
        Some("numpy.unsignedinteger") => ty.is_int() && !ty.is_signed(),
        _ => dtype_of(&a[1])? == ty,
    };
    Ok(truth(held))
}

/// `np.iinfo(dtype)` is named by its dtype; the limits of complex numbers are those of their parts.
fn limits(arg: &TyArg, class: &str, of: fn(&Ty) -> bool, refused: &str) -> Rule {
    let ty = dtype_among(arg)?;
    if !of(&ty) {
        return Err(CallError::new(format!("{refused}: {}", ty.user_name())));
    }
    let ty = if let Ty::Complex(bits) = ty { Ty::Float(bits) } else { ty };
    Ok(Ty::Ref(format!("numpy.{class}.{}", ty.numpy_name().unwrap_or_default())).into())
}

/// The dtype whose limits these are.
fn limited(a: &Bound<TyArg>) -> Result<Ty, CallError> {
    let name = a[0].ty.as_ref_name().and_then(|name| name.rsplit('.').next());
    name.and_then(Ty::from_numpy_name).ok_or_else(|| CallError::new("this has no limits"))
}

fn integers(a: &Bound<TyArg>) -> Result<(u32, bool), CallError> {
    match limited(a)? {
        Ty::Int { bits, signed } => Ok((bits, signed)),
        other => expected("an integer dtype", &other),
    }
}

/// As Python's int: a uint64 where it must be.
fn integer_of(value: i128) -> Typed {
    Typed { ty: if value > i64::MAX as i128 { Ty::U64 } else { Ty::I64 }, constant: Some(Const::Int(value)) }
}

fn power(exponent: i32) -> f64 {
    2f64.powi(exponent)
}

fn float(a: &Bound<TyArg>, double: f64, single: f32, half: f64) -> Rule {
    let ty = limited(a)?;
    let value = match ty {
        Ty::Float(16) => half,
        Ty::Float(32) => single as f64,
        _ => double,
    };
    Ok(Typed { ty, constant: Some(Const::Float(value)) })
}

fn digits(a: &Bound<TyArg>, double: i128, single: i128, half: i128) -> Rule {
    Ok(whole(match limited(a)? {
        Ty::Float(16) => half,
        Ty::Float(32) => single,
        _ => double,
    }))
}
