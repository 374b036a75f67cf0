//! Arrays whose elements are all within 2^31 of the first.

use crate::llvm_dialect::MemRef;
use zouk_dialects::ir::{Op, Value};

/// Where the indices of a load or store begin among its operands.
pub fn first_index(op: Op) -> Option<usize> {
    match op.name() {
        "memref.load" => Some(1),
        "memref.store" => Some(2),
        _ => None,
    }
}

/// An array of the launch, of the block or of the thread, or a part of one.
pub fn is_small(array: Value) -> bool {
    let Some(memref) = MemRef::new(array.ty()) else { return false };
    let Some(op) = array.def() else {
        let function = array.owner_block().and_then(|block| block.parent());
        return function.is_some_and(super::is_kernel);
    };
    match op.name() {
        "rt.scratch" => true,
        "memref.cast" | "rt.view" => {
            let of = op.operand(0);
            MemRef::new(of.ty()).is_some_and(|of| of.item_size() <= memref.item_size()) && is_small(of)
        }
        _ => {
            let count = memref.sizes.iter().try_fold(1i64, |count, size| count.checked_mul((*size)?));
            count.is_some_and(|count| count < 1 << 31) && memref.ty.to_string().find("strided").is_none()
        }
    }
}
