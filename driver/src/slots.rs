//! The calling convention of entry points: see docs/contracts.md, "Calling convention".

use zouk_dialects::ty::Ty;

/// How many slots a value takes.
pub fn slot_count(ty: &Ty) -> usize {
    match ty {
        Ty::Bool | Ty::Int { .. } | Ty::Float(_) | Ty::Time(_) | Ty::Pointer(_) | Ty::Function(_) | Ty::Class(_) => 1,
        Ty::Complex(_) => 2,
        // Elements that are bytes have an axis of their own.
        Ty::Array(array) => 2 + 2 * (array.rank + array.bytes().is_some() as usize),
        Ty::Record(_) => 4,
        Ty::Tuple(parts) | Ty::List(parts) | Ty::Named(_, parts) => parts.iter().map(slot_count).sum(),
        Ty::Slice(parts) => parts.iter().map(slot_count).sum(),
        Ty::Range(_) => 3,
        // Functions that capture nothing, and the number of the one that it is.
        Ty::OneOf(_) => 1,
        Ty::Optional(inner) | Ty::Maybe(inner) => 1 + slot_count(inner),
        _ => 0,
    }
}
