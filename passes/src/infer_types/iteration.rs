//! What `for` gives per item, and unpacking.

use super::body::Body;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Location, Op};
use zouk_dialects::ty::{Array, Layout, Ty};

impl<'c> Body<'_, 'c> {
    /// The type of the items of an iterable that stands at a place.
    pub(super) fn item_type(&self, iterable: &Ty, at: Location<'c>) -> Result<Ty, Diagnostic> {
        Ok(match iterable {
            Ty::Unknown => Ty::Unknown,
            Ty::Range(inner) => (**inner).clone(),
            Ty::Array(array) if array.rank > 0 => row_type(array),
            Ty::Tuple(parts) => match parts.split_first() {
                None => Ty::None,
                Some((first, rest)) if rest.iter().all(|p| p == first) => first.clone(),
                Some(_) => {
                    let message = format!("cannot iterate over {}: its elements have different types", iterable.user_name());
                    return Err(self.error("heterogeneous-iteration", message, at).help("index the elements by constants"));
                }
            },
            Ty::Enumerate(inner) => match self.item_type(inner, at)? {
                Ty::Unknown => Ty::Unknown,
                item => Ty::Tuple(vec![Ty::I64, item]),
            },
            Ty::Reversed(inner) => self.item_type(inner, at)?,
            Ty::Zip(inners) => {
                let items = inners.iter().map(|t| self.item_type(t, at)).collect::<Result<Vec<_>, _>>()?;
                if items.contains(&Ty::Unknown) { Ty::Unknown } else { Ty::Tuple(items) }
            }
            other => {
                let message = format!("{} is not iterable", other.user_name());
                return Err(self.error("not-iterable", message, at).help("loop over range(), an array, a tuple, enumerate(), zip() or reversed()"));
            }
        })
    }

    pub(super) fn unpack(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        let value = self.operand(op, 0);
        let wanted = op.num_results();
        let types = match &value.ty {
            Ty::Unknown => vec![Ty::Unknown; wanted],
            Ty::Tuple(parts) if parts.len() == wanted => parts.clone(),
            Ty::Tuple(parts) => {
                let message = if parts.len() > wanted {
                    format!("too many values to unpack (expected {wanted})")
                } else {
                    format!("not enough values to unpack (expected {wanted}, got {})", parts.len())
                };
                return Err(self.note_operands(self.error("unpack-count", message, op.loc()), op));
            }
            iterable @ (Ty::Array(_) | Ty::Range(_)) => vec![self.item_type(iterable, op.loc())?; wanted],
            other => {
                let message = format!("cannot unpack {}", other.user_name());
                return Err(self.note_operands(self.error("cannot-unpack", message, op.loc()), op));
            }
        };
        for (i, (result, ty)) in op.results().into_iter().zip(types).enumerate() {
            let constant = value.constant.as_ref().and_then(|tuple| tuple.part(i));
            self.define(result, ty, constant);
        }
        Ok(())
    }
}

/// `a[i]`: an element of a 1-D array, else a view of one dimension less.
pub(super) fn row_type(array: &Array) -> Ty {
    if array.rank == 1 {
        return (*array.element).clone();
    }
    let layout = if array.layout == Layout::C { Layout::C } else { Layout::A };
    Ty::Array(Array { element: array.element.clone(), rank: array.rank - 1, layout, readonly: array.readonly })
}
