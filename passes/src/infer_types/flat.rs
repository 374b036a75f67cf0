//! `array.flat[index]`: the elements in C order as if they were an array of one axis.

use super::body::Body;
use crate::advanced_index::{Part, parts_of};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;
use zouk_dialects::ty::{Layout, Ty};

impl<'c> Body<'_, 'c> {
    /// An element, or a new array.
    pub(super) fn flat_item(&self, op: Op<'c>, array: &Ty, index: &Ty) -> Result<Ty, Diagnostic> {
        let element = array.as_array().map_or(Ty::Unknown, |a| (*a.element).clone());
        let rank = match self.index_parts(op, index)?[..] {
            [Part::At] => return Ok(element),
            [] | [Part::Slice | Part::Ellipsis | Part::Mask(1)] => 1,
            [Part::Places(rank)] => rank,
            _ => {
                let parts = parts_of(index).iter().map(Ty::user_name).collect::<Vec<_>>().join(", ");
                let message = format!("a flat iterator is indexed by one integer, slice, `...`, or array of integers, or by a 1-d mask, not by ({parts})");
                return Err(self.note_operands(self.error("bad-index", message, op.loc()), op));
            }
        };
        Ok(Ty::array(element, rank, Layout::C))
    }

    pub(super) fn set_flat(&self, op: Op<'c>, array: &Ty, index: &Ty, item: &Ty) -> Result<(), Diagnostic> {
        let target = self.flat_item(op, array, index)?;
        let Ty::Array(array) = array else { return Ok(()) };
        self.check_writable(op, array)?;
        if parts_of(index).is_empty() {
            return Err(self.error("bad-index", "assigning to a flat iterator with a 0-d index is not supported", op.loc()));
        }
        let element = match item {
            Ty::Array(a) if target.as_array().is_some() || a.rank == 0 => &*a.element,
            item => item,
        };
        if !crate::functions::times::storable(&element, &array.element) {
            let what = if target.as_array().is_some() { "elements" } else { "an element" };
            let message = format!("cannot assign {} to {what} of a flat iterator over {}", item.user_name(), Ty::Array(array.clone()).user_name());
            return Err(self.note_operands(self.error("bad-assignment", message, op.loc()), op));
        }
        Ok(())
    }
}
