//! `isinstance(x, T)`: decided by the types.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub fn rule(a: &Bound<TyArg>) -> Rule {
    let constant = match answers(&a[0].ty, &a[1].ty)? {
        (held, none) if held == none => Some(Const::Bool(held)),
        _ => None,
    };
    Ok(Typed { ty: Ty::Bool, constant })
}

/// `type(x)`: numbers that may be Python's are taken to be, as compiled code does not tell them from NumPy's.
pub fn type_rule(a: &Bound<TyArg>) -> Rule {
    let class = |name: &str| Ok(Ty::Ref(name.into()).into());
    match &a[0].ty {
        Ty::None => class("types.NoneType"),
        Ty::Bool => class("builtins.bool"),
        Ty::Int { bits: 64, signed: true } => class("builtins.int"),
        Ty::Float(64) => class("builtins.float"),
        Ty::Complex(64) => class("builtins.complex"),
        number if number.is_number() => class(&format!("numpy.{}", number.numpy_name().unwrap_or_default())),
        Ty::Str => class("builtins.str"),
        Ty::Tuple(_) => class("builtins.tuple"),
        Ty::List(_) => class("builtins.list"),
        Ty::Range(_) => class("builtins.range"),
        Ty::Slice(_) => class("builtins.slice"),
        other => Err(CallError::new(format!("type() of {} is not supported", other.user_name())).help("ask isinstance(x, int), or for `a.dtype`")),
    }
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    let (held, none) = answers(&a[0].ty, &a[1].ty).unwrap_or((false, false));
    vec![match (held, none) {
        (true, false) => a[0].parts[0],
        (false, true) => l.invert(a[0].parts[0]),
        _ => l.b.c_bool(held),
    }]
}

/// The answer for the value, and for None where the value is optional; the same twice otherwise.
fn answers(value: &Ty, class: &Ty) -> Result<(bool, bool), CallError> {
    match value {
        Ty::Optional(inner) => Ok((is_instance(inner, class)?, is_instance(&Ty::None, class)?)),
        _ => is_instance(value, class).map(|answer| (answer, answer)),
    }
}

fn is_instance(value: &Ty, class: &Ty) -> Result<bool, CallError> {
    match class {
        Ty::Tuple(classes) => {
            let each: Vec<bool> = classes.iter().map(|c| is_instance(value, c)).collect::<Result<_, _>>()?;
            Ok(each.contains(&true))
        }
        Ty::None => Err(CallError::new("isinstance() arg 2 must be a type").help("test for None with `is None`")),
        Ty::Ref(name) => of_class(value, name).ok_or_else(|| {
            let error = CallError::new(format!("isinstance() with {} is not supported", class.user_name()));
            error.help("test for a builtin or NumPy scalar type")
        }),
        other => expected("a class or a tuple of classes", other),
    }
}

/// A float32 counts as `float`, a sized integer as `int`: compiled code does not tell Python's numbers from NumPy's.
fn of_class(value: &Ty, class: &str) -> Option<bool> {
    let signed = |wanted| matches!(value, Ty::Int { signed, .. } if *signed == wanted);
    let time = value.time_of().filter(|_| value.as_array().is_none());
    let (date, span) = (time.is_some_and(|time| !time.span), time.is_some_and(|time| time.span));
    Some(match class {
        "builtins.int" | "numbers.Integral" => value.is_integral(),
        "builtins.float" => value.is_float(),
        "builtins.complex" => value.is_complex(),
        "builtins.bool" => *value == Ty::Bool,
        "builtins.tuple" => matches!(value, Ty::Tuple(_) | Ty::Named(..)),
        "builtins.str" => *value == Ty::Str,
        "builtins.range" => matches!(value, Ty::Range(_)),
        "builtins.slice" => matches!(value, Ty::Slice(_)),
        "builtins.object" => true,
        "builtins.list" => matches!(value, Ty::List(_)),
        "builtins.dict" | "builtins.set" | "builtins.bytes" => false,
        "types.NoneType" => *value == Ty::None,
        "numbers.Real" => value.is_real(),
        "numbers.Number" => value.is_number(),
        "numpy.ndarray" => value.as_array().is_some(),
        "numpy.datetime64" => date,
        "numpy.timedelta64" => span,
        "numpy.generic" => value.is_number() || date || span,
        // A span is a signed integer to NumPy.
        "numpy.number" => value.is_number() && *value != Ty::Bool || span,
        "numpy.integer" => value.is_int() || span,
        "numpy.signedinteger" => signed(true) || span,
        "numpy.unsignedinteger" => signed(false),
        "numpy.inexact" => value.is_float() || value.is_complex(),
        "numpy.floating" => value.is_float(),
        "numpy.complexfloating" => value.is_complex(),
        name if name.starts_with("zouk.named ") => matches!(value, Ty::Named(names, _) if name.ends_with(&format!(" {names}"))),
        name => *value == dtype_of_ref(name)?,
    })
}
