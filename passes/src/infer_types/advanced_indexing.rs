//! Arrays as indices: masks and places.

use super::body::Body;
use crate::advanced_index::{Part, Shape, parts_of};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Body<'_, 'c> {
    /// What the parts of an index into an array are.
    pub(super) fn index_parts(&self, op: Op<'c>, index: &Ty) -> Result<Vec<Part>, Diagnostic> {
        let kind = |part: &Ty| match Part::of(part) {
            Some(kind) => Ok(kind),
            None => {
                let message = match part {
                    Ty::Array(_) => format!("arrays used as indices must be of integer (or boolean) type, not {}", part.user_name()),
                    other => format!("Unsupported array index type {}: integers, slices, `...`, None and arrays of integers or booleans are indices", other.user_name()),
                };
                Err(self.note_operands(self.error("bad-index", message, op.loc()), op))
            }
        };
        parts_of(index).iter().map(kind).collect()
    }

    /// A new array, in C order.
    pub(super) fn advanced_item(&self, array: &Array, parts: &[Part]) -> Ty {
        Ty::array((*array.element).clone(), Shape::of(parts, array.rank).rank(), Layout::C)
    }

    /// How many axes what is assigned to an item of an array may have.
    pub(super) fn assignable_rank(&self, op: Op<'c>, array: &Array, index: &Ty, item: &Ty) -> Result<usize, Diagnostic> {
        let parts = self.index_parts(op, index)?;
        Ok(match (&parts[..], item) {
            ([Part::Mask(all)], _) if *all == array.rank => 1,
            // Further axes in front must have size one.
            (_, Ty::Array(_)) => usize::MAX,
            _ => 0,
        })
    }
}
