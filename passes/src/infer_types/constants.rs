//! Attributes of `py.constant` as compile-time constants.

use crate::functions::Const;
use zouk_dialects::ir::{Attribute, AttributeLike, FloatAttribute, IntegerAttribute};
use zouk_dialects::ty::Ty;

/// The constant that an attribute of this type holds; none for complex numbers and arrays.
pub(crate) fn read(attr: Attribute, ty: &Ty) -> Option<Const> {
    Some(match ty {
        Ty::None => Const::None,
        Ty::Bool => Const::Bool(int_text(attr)? != 0),
        Ty::Int { signed: true, .. } => Const::Int(IntegerAttribute::try_from(attr).ok()?.signed_value() as i128),
        Ty::Int { signed: false, .. } => Const::Int(IntegerAttribute::try_from(attr).ok()?.unsigned_value() as i128),
        Ty::Float(_) => Const::Float(FloatAttribute::try_from(attr).ok()?.value()),
        Ty::Str => Const::Str(zouk_dialects::ir::str_value(attr)?.to_string()),
        _ => return None,
    })
}

/// `true` is an integer attribute of one bit; its value reads as 0 or -1.
fn int_text(attr: Attribute) -> Option<i64> {
    if attr.is_bool() {
        return Some(attr.to_string().starts_with("true") as i64);
    }
    IntegerAttribute::try_from(attr).ok().map(|a| a.value())
}
