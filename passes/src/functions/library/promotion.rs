//! NumPy 2's promotion: of arrays and dtypes by what holds both, Python's numbers by their kind alone.

use crate::functions::rules::dtype_of_ref;
use crate::functions::{CallError, TyArg};
use zouk_dialects::ty::Ty;

/// What stands for an argument in a promotion.
enum Rank {
    Strong(Ty),
    /// A number of Python's: only its kind counts beside arrays and dtypes.
    Weak(Ty),
}

/// The dtype of the result of an operation on these: arrays, dtypes, numbers, and tuples of them.
pub(super) fn result_type(arguments: &[TyArg]) -> Result<Ty, CallError> {
    let mut ranks = vec![];
    arguments.iter().try_for_each(|argument| collect(&argument.ty, &mut ranks))?;
    let strong = ranks.iter().filter_map(|rank| if let Rank::Strong(ty) = rank { Some(ty.clone()) } else { None });
    let strong = strong.reduce(|a, b| promote(&a, &b));
    let weak = ranks.iter().filter_map(|rank| if let Rank::Weak(ty) = rank { Some(ty.clone()) } else { None });
    let weak = weak.reduce(|a, b| promote(&a, &b));
    match (strong, weak) {
        (Some(strong), Some(weak)) => Ok(beside(strong, &weak)),
        (Some(only), None) | (None, Some(only)) => Ok(only),
        (None, None) => Err(CallError::new("at least one array or dtype is required")),
    }
}

fn collect(ty: &Ty, ranks: &mut Vec<Rank>) -> Result<(), CallError> {
    match ty {
        Ty::Array(array) => ranks.push(Rank::Strong((*array.element).clone())),
        Ty::Ref(name) => ranks.push(Rank::Strong(dtype_of_ref(name).ok_or_else(|| not_a_dtype(ty))?)),
        Ty::Tuple(parts) => parts.iter().try_for_each(|part| collect(part, ranks))?,
        &Ty::Bool | &Ty::I64 | &Ty::F64 | &Ty::C128 => ranks.push(Rank::Weak(ty.clone())),
        number if number.is_number() => ranks.push(Rank::Strong(number.clone())),
        other => return Err(not_a_dtype(other)),
    }
    Ok(())
}

fn not_a_dtype(ty: &Ty) -> CallError {
    CallError::new(format!("{} has no dtype", ty.user_name()))
}

/// A dtype beside Python's numbers of some kind.
fn beside(strong: Ty, weak: &Ty) -> Ty {
    match weak {
        Ty::Bool => strong,
        Ty::Int { .. } => if strong == Ty::Bool { Ty::I64 } else { strong },
        Ty::Float(_) => if strong.is_integral() { Ty::F64 } else { strong },
        _ => match strong {
            Ty::Float(bits) => Ty::Complex(bits),
            Ty::Complex(_) => strong,
            _ => Ty::C128,
        },
    }
}

/// `np.promote_types`
fn promote(a: &Ty, b: &Ty) -> Ty {
    match (a, b) {
        _ if a == b => a.clone(),
        (Ty::Bool, other) | (other, Ty::Bool) => other.clone(),
        (Ty::Int { bits: x, signed: s }, Ty::Int { bits: y, signed: t }) if s == t => Ty::Int { bits: *x.max(y), signed: *s },
        (Ty::Int { bits: x, signed }, Ty::Int { bits: y, .. }) => {
            let (signed, unsigned) = if *signed { (x, y) } else { (y, x) };
            let bits = *signed.max(&(2 * unsigned));
            if bits > 64 { Ty::F64 } else { Ty::Int { bits, signed: true } }
        }
        _ => {
            let bits = float_bits(a).max(float_bits(b));
            if a.is_complex() || b.is_complex() { Ty::Complex(bits) } else { Ty::Float(bits) }
        }
    }
}

/// The width of the floats that hold the values; those of integers of more than 16 bits are float64.
fn float_bits(ty: &Ty) -> u32 {
    match ty {
        Ty::Float(bits) | Ty::Complex(bits) => *bits,
        Ty::Int { bits: 32.., .. } => 64,
        _ => 32,
    }
}

/// The type in which functions of real or complex numbers compute: float64 for integers.
pub(super) fn inexact(ty: Ty) -> Ty {
    if ty.is_integral() { Ty::F64 } else { ty }
}

/// That of the real part.
pub(super) fn float_of_type(ty: Ty) -> Ty {
    match inexact(ty) {
        Ty::Complex(bits) => Ty::Float(bits),
        other => other,
    }
}
