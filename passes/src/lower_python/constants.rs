//! Literals and frozen globals.

use super::Lower;
use crate::functions::{Const, Val};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Attribute, AttributeLike, BoolAttribute, FloatAttribute, IntegerAttribute, Op};
use zouk_dialects::ty::Ty;

impl<'c> Lower<'c> {
    pub(super) fn constant(&mut self, op: Op<'c>, ty: &Ty) -> Result<Val<'c>, Diagnostic> {
        let Some(attr) = op.attr("value") else { return Err(self.internal("a constant has no value")) };
        let malformed = || self.internal(format!("{attr} is no constant of type {ty}"));
        Ok(match ty {
            Ty::None => Val { constant: Some(Const::None), ..self.val(ty.clone(), vec![]) },
            Ty::Ellipsis => self.val(ty.clone(), vec![]),
            Ty::Str => {
                let text = zouk_dialects::ir::str_value(attr).ok_or_else(malformed)?.to_string();
                Val { constant: Some(Const::Str(text)), ..self.val(ty.clone(), vec![]) }
            }
            Ty::Bool => {
                let value = BoolAttribute::try_from(attr).map_err(|_| malformed())?.value();
                Val { constant: Some(Const::Bool(value)), ..self.val(ty.clone(), vec![self.b.c_bool(value)]) }
            }
            Ty::Int { signed, .. } => {
                let attr = IntegerAttribute::try_from(attr).map_err(|_| malformed())?;
                let value = if *signed { attr.signed_value() as i128 } else { attr.unsigned_value() as i128 };
                let part = self.b.c_int(self.scalar(ty), value as i64);
                Val { constant: Some(Const::Int(value)), ..self.val(ty.clone(), vec![part]) }
            }
            Ty::Float(_) => {
                let value = FloatAttribute::try_from(attr).map_err(|_| malformed())?.value();
                let part = self.b.c_float(self.scalar(ty), value);
                Val { constant: Some(Const::Float(value)), ..self.val(ty.clone(), vec![part]) }
            }
            Ty::Complex(bits) => {
                let (re, im) = complex_parts(attr).ok_or_else(malformed)?;
                let part = self.scalar(&Ty::Float(*bits));
                self.val(ty.clone(), vec![self.b.c_float(part, re), self.b.c_float(part, im)])
            }
            Ty::Time(_) => {
                let count = IntegerAttribute::try_from(attr).map_err(|_| malformed())?.signed_value();
                self.val(ty.clone(), vec![self.b.c_i64(count)])
            }
            Ty::Array(array) => {
                let part = self.b.val("rt.constant_array", &[], self.memref(array), &[("value", attr)]);
                self.val(ty.clone(), vec![part])
            }
            _ => return Err(malformed()),
        })
    }
}

/// The real and imaginary part of a `#complex.number`.
fn complex_parts(attr: Attribute) -> Option<(f64, f64)> {
    let raw = attr.to_raw();
    // SAFETY: the handle is of a live context; the parts are asked of a complex number only.
    unsafe { mlir_sys::mlirAttributeIsAComplex(raw).then(|| (mlir_sys::mlirComplexAttrGetRealDouble(raw), mlir_sys::mlirComplexAttrGetImagDouble(raw))) }
}
