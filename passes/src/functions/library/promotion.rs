//! NumPy 2's promotion: of arrays and dtypes by what holds both, Python's numbers by their kind alone.

use crate::functions::rules::dtype_of_ref;
use crate::functions::{CallError, TyArg};
use zouk_dialects::ty::{self, Operand, Time, Ty};

/// The dtype of the result of an operation on these: arrays, dtypes, numbers, and tuples of them.
pub fn result_type(arguments: &[TyArg]) -> Result<Ty, CallError> {
    if let Some(records) = super::super::records::result_type(arguments) {
        return records;
    }
    let mut operands = vec![];
    arguments.iter().try_for_each(|argument| collect(&argument.ty, &mut operands))?;
    ty::result_type(&operands).ok_or_else(|| CallError::new("at least one array or dtype is required"))
}

fn collect(ty: &Ty, operands: &mut Vec<Operand>) -> Result<(), CallError> {
    match ty {
        Ty::Ref(name) => operands.push(Operand::strong(&dtype_of_ref(name).ok_or_else(|| not_a_dtype(ty))?)),
        Ty::Tuple(parts) => parts.iter().try_for_each(|part| collect(part, operands))?,
        other => operands.push(Operand::of(other).ok_or_else(|| not_a_dtype(other))?),
    }
    Ok(())
}

fn not_a_dtype(ty: &Ty) -> CallError {
    CallError::new(format!("{} has no dtype", ty.user_name()))
}

/// That of differences: of datetimes they are spans.
pub(super) fn difference(ty: Ty) -> Ty {
    if let Ty::Time(time) = ty { Ty::Time(Time { span: true, ..time }) } else { ty }
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
