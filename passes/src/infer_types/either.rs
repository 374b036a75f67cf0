//! A flag that the library wants as a constant, and the program knows only at run time: one call for each of its two values.
//!
//! Only flags that leave the type of the result alone are chosen so.

use super::body::Body;
use crate::library;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{BoolAttribute, Builder, Op, Region};
use zouk_dialects::ty::Ty;

/// Parameters with which a function gives the same type for True and False.
const FLAGS: &[&str] = &["assume_unique", "bias", "copy", "deg", "endpoint", "equal_nan", "hermitian", "increasing", "invert", "right", "rowvar", "wrap"];

impl<'c> Body<'_, 'c> {
    /// Puts the calls with True and with False in the place of a call with a flag known at run time; gives the first op of them.
    pub(super) fn choose_flag(&mut self, op: Op<'c>) -> Result<Option<Op<'c>>, Diagnostic> {
        let Some(place) = self.flag_operand(op)? else { return Ok(None) };
        let b = Builder::before(op);
        b.set_loc(op.loc());
        let object = self.engine.types.to_mlir(&Ty::Unknown);
        let truth = b.val("py.truth", &[op.operand(place)], b.i1(), &[]);
        let branches = [true, false].map(|value| {
            let region = Region::new();
            b.within(region.add_block(&[]), || {
                let bool_type = self.engine.types.to_mlir(&Ty::Bool);
                let flag = b.val("py.constant", &[], bool_type, &[("value", BoolAttribute::new(b.context, value).into())]);
                let call = op.deep_clone();
                call.set_operand(place, flag);
                b.op("py.yield", &[b.insert(call).result(0)], &[], &[]);
            });
            region
        });
        let result = b.op_with_regions("py.if", &[truth], &[object], &[], &branches).result(0);
        op.result(0).replace_all_uses(result);
        self.forget(op);
        op.erase();
        Ok(truth.def())
    }

    fn flag_operand(&mut self, op: Op<'c>) -> Result<Option<usize>, Diagnostic> {
        let Some((name, first)) = self.numpy_call(op) else { return Ok(None) };
        if library::get().is_none() {
            return Ok(None);
        }
        let Some(symbol) = self.engine.library_function(&name)? else { return Ok(None) };
        let literal = self.engine.sources[symbol.as_str()].str_array_attr("py.literal");
        for flag in FLAGS.iter().filter(|flag| literal.contains(flag)) {
            if let Some(place) = self.operand_for(op, &name, first, flag)? {
                let value = op.operand(place);
                if (self.ty(value) == Ty::Bool || self.ty(value).is_int()) && self.constant(value).is_none() {
                    return Ok(Some(place));
                }
            }
        }
        Ok(None)
    }
}
