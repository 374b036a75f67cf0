//! `isinstance(x, T)`: decided by the types.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, TyArg, Typed, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

pub fn rule(a: &Bound<TyArg>) -> Rule {
    Ok(Typed { ty: Ty::Bool, constant: Some(Const::Bool(is_instance(&a[0].ty, &a[1].ty)?)) })
}

pub fn lower<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Parts<'c> {
    vec![l.b.c_bool(is_instance(&a[0].ty, &a[1].ty).unwrap_or(false))]
}

fn is_instance(value: &Ty, class: &Ty) -> Result<bool, CallError> {
    match class {
        Ty::Tuple(classes) => {
            let each: Vec<bool> = classes.iter().map(|c| is_instance(value, c)).collect::<Result<_, _>>()?;
            Ok(each.contains(&true))
        }
        Ty::Ref(name) => of_class(value, name)
            .ok_or_else(|| CallError::new(format!("isinstance() with {} is not supported", class.user_name())).help("test for a builtin or NumPy scalar type")),
        other => expected("a class or a tuple of classes", other),
    }
}

/// A float32 counts as `float`, a sized integer as `int`: compiled code does not tell Python's numbers from NumPy's.
fn of_class(value: &Ty, class: &str) -> Option<bool> {
    let signed = |wanted| matches!(value, Ty::Int { signed, .. } if *signed == wanted);
    Some(match class {
        "builtins.int" | "numbers.Integral" => value.is_integral(),
        "builtins.float" => value.is_float(),
        "builtins.complex" => value.is_complex(),
        "builtins.bool" => *value == Ty::Bool,
        "builtins.tuple" => value.as_tuple().is_some(),
        "builtins.str" => *value == Ty::Str,
        "builtins.range" => matches!(value, Ty::Range(_)),
        "builtins.slice" => matches!(value, Ty::Slice(_)),
        "builtins.object" => true,
        "builtins.list" | "builtins.dict" | "builtins.set" | "builtins.bytes" => false,
        "types.NoneType" => *value == Ty::None,
        "numbers.Real" => value.is_real(),
        "numbers.Number" => value.is_number(),
        "numpy.ndarray" => value.as_array().is_some(),
        "numpy.generic" => value.is_number(),
        "numpy.number" => value.is_number() && *value != Ty::Bool,
        "numpy.integer" => value.is_int(),
        "numpy.signedinteger" => signed(true),
        "numpy.unsignedinteger" => signed(false),
        "numpy.inexact" => value.is_float() || value.is_complex(),
        "numpy.floating" => value.is_float(),
        "numpy.complexfloating" => value.is_complex(),
        name => *value == dtype_of_ref(name)?,
    })
}
