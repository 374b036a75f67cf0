//! Structs and arrays of the `llvm` dialect, down to their scalars.

use mlir_sys::*;
use zouk_dialects::ir::{Type, TypeLike};

fn has_id(ty: Type, id: MlirTypeID) -> bool {
    // SAFETY: identities are static.
    unsafe { mlirTypeIDEqual(mlirTypeGetTypeID(ty.to_raw()), id) }
}

pub fn is_struct(ty: Type) -> bool {
    // SAFETY: asks for a static identity.
    has_id(ty, unsafe { mlirLLVMStructTypeGetTypeID() })
}

/// Element type and length of an `!llvm.array`.
fn as_array(ty: Type) -> Option<(Type, i64)> {
    // The C interface has neither the identity of array types nor their length.
    let text = ty.to_string();
    let length = text.strip_prefix("!llvm.array<")?.split(' ').next()?.parse().ok()?;
    // SAFETY: the text says that it is an array type.
    Some((unsafe { Type::from_raw(mlirLLVMArrayTypeGetElementType(ty.to_raw())) }, length))
}

/// The scalars in a type: their positions and types, in order.
pub fn fields(ty: Type) -> Vec<(Vec<i64>, Type)> {
    let mut found = vec![];
    collect(ty, &mut vec![], &mut found);
    found
}

fn collect<'c>(ty: Type<'c>, position: &mut Vec<i64>, found: &mut Vec<(Vec<i64>, Type<'c>)>) {
    // SAFETY: asked of struct types, within their number of elements.
    let parts: Vec<Type> = if is_struct(ty) {
        unsafe { (0..mlirLLVMStructTypeGetNumElementTypes(ty.to_raw())).map(|i| Type::from_raw(mlirLLVMStructTypeGetElementType(ty.to_raw(), i))).collect() }
    } else if let Some((element, length)) = as_array(ty) {
        vec![element; length as usize]
    } else {
        return found.push((position.clone(), ty));
    };
    for (i, part) in parts.into_iter().enumerate() {
        position.push(i as i64);
        collect(part, position, found);
        position.pop();
    }
}
