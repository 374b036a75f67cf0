//! `f(1, *rest)` and `(1, *rest)`: the items of a tuple as so many operands. How many there are is known once its type is.

use super::body::Body;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, IntegerAttribute, Op, Value};
use zouk_dialects::ty::Ty;

const STARS: &str = "py.stars";

impl<'c> Body<'_, 'c> {
    /// Puts the items in the place of the tuples that have a `*`; gives the first op of what is there instead. Nothing where their types are not known yet.
    pub(super) fn spread(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        if !op.has_attr(STARS) {
            return Ok(None);
        }
        let first = if matches!(op.name(), "py.call" | "py.call_method") { 1 } else { 0 };
        let places = op.array_attr(STARS).into_iter().filter_map(|place| IntegerAttribute::try_from(place).ok());
        let places: Vec<usize> = places.map(|place| first + place.value() as usize).collect();
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let mut operands: Vec<Value> = vec![];
        let mut made = None;
        if places.iter().any(|place| self.ty(op.operand(*place)).has_unknown()) {
            return Ok(None);
        }
        for (place, operand) in op.operands().into_iter().enumerate() {
            if !places.contains(&place) {
                operands.push(operand);
                continue;
            }
            let ty = self.ty(operand);
            let Some(parts) = ty.as_sequence() else {
                let message = format!("`*` before a value of type {}: a tuple is expected", ty.user_name());
                let error = self.note_operands(self.error("unpack-count", message, op.loc()), op);
                return Err(error.help("what has a `*` must be a tuple, so that the number of its items is known"));
            };
            for i in 0..parts.len() {
                let int = self.engine.types.to_mlir(&Ty::I64);
                let index = b.val("py.constant", &[], int, &[("value", IntegerAttribute::new(int, i as i64).into())]);
                made = made.or(index.def());
                operands.push(b.val("py.getitem", &[operand, index], self.engine.types.to_mlir(&Ty::Unknown), &[]));
            }
        }
        let attrs: Vec<_> = op.attrs().into_iter().filter(|(name, _)| *name != STARS).collect();
        let result = b.val(op.name(), &operands, self.engine.types.to_mlir(&Ty::Unknown), &attrs);
        op.result(0).replace_all_uses(result);
        self.forget(op);
        op.erase();
        Ok(made.or(result.def()))
    }

    /// Whether the op waits for the types of tuples that have a `*`.
    pub(super) fn waits_for_items(&mut self, op: Op<'c>) -> bool {
        let waits = op.has_attr(STARS);
        if waits {
            self.define(op.result(0), Ty::Unknown, None);
        }
        waits
    }
}
