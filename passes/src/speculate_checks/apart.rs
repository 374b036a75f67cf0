//! Whether the arrays that a loop stores into lie apart from those that its checks look at.

use crate::llvm_dialect::MemRef;
use crate::memory::root;
use zouk_dialects::ir::{Block, Builder, Value};

/// Whether two arrays can share no memory: one is (a view of) a block made in this function and the other of another block or of an argument of the function.
pub(super) fn disjoint(a: Value, b: Value) -> bool {
    let (a, b) = (root(a), root(b));
    let made_here = |v: Value| v.def_by("rt.alloc").is_some();
    let entry = |block: Block| block.region().and_then(|r| r.first_block()) == Some(block);
    let argument = |v: Value| v.owner_block().is_some_and(|block| block.parent().is_some_and(|p| p.is("func.func")) && entry(block));
    a != b && (made_here(a) && (made_here(b) || argument(b)) || made_here(b) && argument(a))
}

/// Whether the elements lie without gaps, in C order.
pub(super) fn is_packed(array: Value) -> bool {
    let text = array.ty().to_string();
    text.starts_with("memref<") && !text.contains("strided") && !text.contains("affine_map")
}

/// Whether two packed arrays overlap in no byte, asked before the loop.
pub(super) fn lie_apart<'c>(b: &Builder<'c>, x: Value<'c>, y: Value<'c>) -> Value<'c> {
    let (x_start, x_end) = extent(b, x);
    let (y_start, y_end) = extent(b, y);
    b.bin("arith.ori", b.cmpi("ule", x_end, y_start), b.cmpi("ule", y_end, x_start))
}

/// The addresses of the first byte and past the last.
fn extent<'c>(b: &Builder<'c>, array: Value<'c>) -> (Value<'c>, Value<'c>) {
    let (rank, bytes) = MemRef::new(array.ty()).map_or((0, 1), |memref| (memref.rank(), memref.item_size()));
    let start = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
    let mut size = b.c_index(bytes);
    for axis in 0..rank {
        let dim = b.val("memref.dim", &[array, b.c_index(axis as i64)], b.index(), &[]);
        size = b.bin("arith.muli", size, dim);
    }
    (start, b.bin("arith.addi", start, size))
}
