//! The dtypes of products, and the ones that they are computed in.

use zouk_dialects::ty::Ty;

pub use zouk_dialects::ty::{promote_types as promoted, same_kind};

/// The type of elements that a product is computed in: sums of small integers wrap alike in 32 bits; a sum of truths is true unless it is zero; float16 is summed
/// in float32.
pub fn working(element: &Ty) -> Ty {
    match element {
        Ty::Bool | Ty::Float(16) => Ty::F32,
        Ty::Int { bits: 64, .. } => Ty::I64,
        Ty::Int { .. } => Ty::I32,
        other => other.clone(),
    }
}
