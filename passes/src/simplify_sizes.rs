//! Brings the sizes of slices to one form, so that equal ones are the same value: `x[1:]`, `x[:-1]` and `x[:0:-1]` all have `max(n - 1, 0)` elements.
//!
//! The sizes of arrays are not negative, which upstream's patterns do not know. Then `x[:]` of a packed array is seen to be the array.
//!
//! ```mlir before
//! func.func @f(%x: memref<?xf64>) -> (index, index) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %c-1 = arith.constant -1 : index
//!   %n = memref.dim %x, %c0 : memref<?xf64>
//!   %start = arith.minsi %n, %c1 : index
//!   %tail = arith.subi %n, %start : index
//!   %stop = arith.addi %n, %c-1 : index
//!   %cut = arith.minsi %stop, %n : index
//!   %front = arith.maxsi %cut, %c0 : index
//!   return %tail, %front : index, index
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?xf64>) -> (index, index) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c-1 = arith.constant -1 : index
//!     %dim = memref.dim %arg0, %c0 : memref<?xf64>
//!     %0 = arith.minsi %dim, %c1 : index
//!     %c-1_0 = arith.constant -1 : index
//!     %1 = arith.addi %dim, %c-1_0 : index
//!     %c0_1 = arith.constant 0 : index
//!     %2 = arith.maxsi %1, %c0_1 : index
//!     %3 = arith.subi %dim, %0 : index
//!     %4 = arith.addi %dim, %c-1 : index
//!     %5 = arith.minsi %4, %dim : index
//!     %6 = arith.maxsi %4, %c0 : index
//!     return %2, %6 : index, index
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// How deep a value is looked into.
const DEPTH: usize = 8;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for op in module.collect(|o| matches!(o.name(), "arith.minsi" | "arith.maxsi" | "arith.subi" | "arith.select") && o.result(0).ty().is_index()) {
        let b = Builder::before(op);
        let simpler = match op.name() {
            "arith.minsi" => least(op.operand(0), op.operand(1)),
            "arith.maxsi" => greatest(&b, op.operand(0), op.operand(1)),
            "arith.subi" => rest(&b, op.operand(0), op.operand(1)),
            _ => positive_part(op),
        };
        if let Some(value) = simpler {
            op.result(0).replace_all_uses(value);
        }
    }
    for dim in module.collect(|o| o.is("memref.dim")) {
        let size = dim.operand(0).def_by("rt.scratch").zip(Builder::constant_int(dim.operand(1)));
        // Records have one axis more, of known size.
        if let Some((scratch, axis)) = size.filter(|(scratch, axis)| (0..scratch.num_operands() as i64).contains(axis)) {
            dim.result(0).replace_all_uses(scratch.operand(axis as usize));
        }
    }
    for view in module.collect(|o| o.is("rt.view") && is_whole(o)) {
        view.result(0).replace_all_uses(view.operand(0));
    }
    Ok(())
}

/// Whether a view is all of a packed array.
fn is_whole(view: Op) -> bool {
    let (source, ty) = (view.operand(0), view.result(0).ty());
    let (text, rank) = (ty.to_string(), (view.num_operands() - 2) / 2);
    let packed = !text.contains("strided") && !text.contains("affine_map");
    let is_size = |axis: usize| {
        let size = view.operand(2 + axis);
        let asked = size.def_by("memref.dim").is_some_and(|dim| dim.operand(0) == source && Builder::constant_int(dim.operand(1)) == Some(axis as i64));
        asked || source.def_by("rt.alloc").is_some_and(|alloc| alloc.num_operands() == rank && alloc.operand(axis) == size)
    };
    packed && source.ty() == ty && !view.has_attr("bytes") && !view.has_attr("repeats") && is_zero(view.operand(1)) && (0..rank).all(is_size)
}

/// A size, or something made of sizes, is not negative.
pub fn is_size(value: Value, depth: usize) -> bool {
    let Some(op) = value.def().filter(|_| depth < DEPTH) else { return false };
    let all = |from: usize| (from..op.num_operands()).all(|i| is_size(op.operand(i), depth + 1));
    match op.name() {
        "memref.dim" | "tensor.dim" => true,
        "arith.constant" => Builder::constant_int(value).is_some_and(|n| n >= 0),
        "arith.minsi" => all(0),
        "arith.maxsi" => (0..2).any(|i| is_size(op.operand(i), depth + 1)),
        "arith.select" => all(1),
        _ => false,
    }
}

/// `n - c` of a size n and a positive constant c.
fn reduced(value: Value) -> Option<(Value, i64)> {
    let op = value.def_by("arith.addi")?;
    let constant = Builder::constant_int(op.operand(1)).filter(|c| *c < 0 && *c > i64::MIN)?;
    is_size(op.operand(0), 0).then_some((op.operand(0), -constant))
}

/// `max(n - c, 0)`
fn reduced_size(value: Value) -> Option<(Value, i64)> {
    let op = value.def_by("arith.maxsi").filter(|op| is_zero(op.operand(1)))?;
    reduced(op.operand(0))
}

/// `min(n, c)` of a constant c.
fn start_of(value: Value) -> Option<(Value, i64)> {
    let op = value.def_by("arith.minsi")?;
    let constant = Builder::constant_int(op.operand(1)).filter(|c| *c >= 0)?;
    is_size(op.operand(0), 0).then_some((op.operand(0), constant))
}

fn is_zero(value: Value) -> bool {
    Builder::constant_int(value) == Some(0)
}

/// `min(n - c, n)` is `n - c`, `min(n, n - c)` too.
fn least<'c>(a: Value<'c>, b: Value<'c>) -> Option<Value<'c>> {
    [(a, b), (b, a)].into_iter().find(|(less, n)| reduced(*less).is_some_and(|(size, _)| size == *n)).map(|(less, _)| less)
}

/// `max(n, 0)` is n; `max(max(n - a, 0) - min(n, c), 0)` is `max(n - (a + c), 0)`.
fn greatest<'c>(b: &Builder<'c>, value: Value<'c>, zero: Value<'c>) -> Option<Value<'c>> {
    if !is_zero(zero) {
        return None;
    }
    if is_size(value, 0) {
        return Some(value);
    }
    let difference = value.def_by("arith.subi")?;
    let ((n, cut), (same, start)) = (reduced_size(difference.operand(0))?, start_of(difference.operand(1))?);
    (n == same).then_some(())?;
    Some(b.bin("arith.maxsi", b.bin("arith.addi", n, b.c_index(-cut.checked_add(start)?)), zero))
}

/// `n - min(n, c)` is `max(n - c, 0)`.
fn rest<'c>(b: &Builder<'c>, n: Value<'c>, start: Value<'c>) -> Option<Value<'c>> {
    let (same, start) = start_of(start)?;
    (n == same).then(|| b.bin("arith.maxsi", b.bin("arith.addi", n, b.c_index(-start)), b.c_index(0)))
}

/// `select(n > 0, n, 0)` of a size is n.
fn positive_part(op: Op) -> Option<Value> {
    let (condition, n) = (op.operand(0).def_by("arith.cmpi")?, op.operand(1));
    let asks = condition.int_attr("predicate") == Some(4) && condition.operand(0) == n && is_zero(condition.operand(1));
    (asks && is_zero(op.operand(2)) && is_size(n, 0)).then_some(n)
}
