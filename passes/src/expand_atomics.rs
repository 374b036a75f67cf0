//! Makes plain accesses of atomics on memory that only one thread of the machine has, and loops of compare-and-swap of those that the machine has no instruction for.
//!
//! A block of a kernel on the CPU is one thread's: nothing comes between a load and a store of its shared memory. What the machine has no instruction for are minima and maxima of floats,
//! with CUDA's rules for not-a-number, and differences of floats.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf32>, %i: index, %x: f32) -> f32 {
//!   %old = rt.atomic "max" %a[%i, %x : index, f32] : memref<?xf32> to f32
//!   return %old : f32
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?xf32>, %arg1: index, %arg2: f32) -> f32 {
//!     %0 = memref.load %arg0[%arg1] : memref<?xf32>
//!     %1 = scf.while (%arg3 = %0) : (f32) -> f32 {
//!       %2 = arith.cmpf ord, %arg2, %arg2 : f32
//!       %3 = arith.cmpf olt, %arg3, %arg2 : f32
//!       %4 = arith.andi %3, %2 : i1
//!       %5 = arith.select %4, %arg2, %arg3 : f32
//!       %6 = rt.atomic "cas" %arg0[%arg1, %arg3, %5 : index, f32, f32] : memref<?xf32> to f32
//!       %7 = arith.bitcast %6 : f32 to i32
//!       %8 = arith.bitcast %arg3 : f32 to i32
//!       %9 = arith.cmpi ne, %7, %8 : i32
//!       scf.condition(%9) %6 : f32
//!     } do {
//!     ^bb0(%arg3: f32):
//!       scf.yield %arg3 : f32
//!     }
//!     return %1 : f32
//!   }
//! }
//! ```

use crate::llvm_dialect::MemRef;
use crate::memory::root;
use crate::parallel::PARALLEL;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, IntegerType, Op, Region, Type, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") == Some("cuda") {
        return Ok(());
    }
    for op in module.collect(|op| op.is("rt.atomic")) {
        let Some(rank) = MemRef::new(op.operand(0).ty()).map(|m| m.rank()) else { continue };
        let all = op.operands();
        let (indices, values) = all[1..].split_at(rank.min(all.len() - 1));
        let b = Builder::before(op);
        let old = if is_of_one_thread(op.operand(0)) {
            let old = b.val("memref.load", &[&[all[0]], indices].concat(), op.result(0).ty(), &[]);
            let new = combine(&b, op.str_attr("kind").unwrap_or_default(), old, values);
            b.op("memref.store", &[&[new, all[0]], indices].concat(), &[], &[]);
            old
        } else if op.result(0).ty().is_float() && matches!(op.str_attr("kind"), Some("sub" | "min" | "max" | "nanmin" | "nanmax")) {
            swap_until_done(&b, op, indices, values)
        } else {
            continue;
        };
        op.result(0).replace_all_uses(old);
        op.erase();
    }
    Ok(())
}

/// Whether the memory is made for one block of threads.
fn is_of_one_thread(array: Value) -> bool {
    let alloc = root(array).def_by("rt.alloc");
    alloc.is_some_and(|op| std::iter::successors(op.parent(), |o| o.parent()).any(|around| around.has_attr(PARALLEL) && around.is("scf.for")))
}

/// `do { seen = a[i] } while (a[i] is no longer seen)`, with what is put there
fn swap_until_done<'c>(b: &Builder<'c>, op: Op<'c>, indices: &[Value<'c>], values: &[Value<'c>]) -> Value<'c> {
    let (array, ty, kind) = (op.operand(0), op.result(0).ty(), op.str_attr("kind").unwrap_or_default());
    let start = b.val("memref.load", &[&[array], indices].concat(), ty, &[]);
    let (head, body) = (Region::new(), Region::new());
    let first = head.add_block(&[(ty, op.loc())]);
    b.within(first, || {
        let guess = first.arg(0);
        let new = combine(b, kind, guess, values);
        let operands = [&[array], indices, &[guess, new]].concat();
        let seen = b.val("rt.atomic", &operands, ty, &[("kind", b.str("cas"))]);
        let missed = b.cmpi("ne", bits(b, seen), bits(b, guess));
        b.op("scf.condition", &[missed, seen], &[], &[]);
    });
    let second = body.add_block(&[(ty, op.loc())]);
    b.within(second, || b.op("scf.yield", &[second.arg(0)], &[], &[]));
    b.op_with_regions("scf.while", &[start], &[ty], &[], &[head, body]).result(0)
}

fn bits<'c>(b: &Builder<'c>, value: Value<'c>) -> Value<'c> {
    let ty = value.ty();
    if !ty.is_float() {
        return value;
    }
    let bits = if ty == b.f64() { b.i64() } else { b.int(32) };
    b.val("arith.bitcast", &[value], bits, &[])
}

/// What stands in memory afterwards.
fn combine<'c>(b: &Builder<'c>, kind: &str, old: Value<'c>, values: &[Value<'c>]) -> Value<'c> {
    let value = values[0];
    let float = old.ty().is_float();
    let bin = |integer: &str, of_floats: &str| b.bin(if float { of_floats } else { integer }, old, value);
    match kind {
        "add" => bin("arith.addi", "arith.addf"),
        "sub" => bin("arith.subi", "arith.subf"),
        "and" => b.bin("arith.andi", old, value),
        "or" => b.bin("arith.ori", old, value),
        "xor" => b.bin("arith.xori", old, value),
        "exch" => value,
        "cas" => b.select(b.cmpi("eq", bits(b, old), bits(b, value)), values[1], old),
        "inc" => {
            let next = b.bin("arith.addi", old, b.c_int(old.ty(), 1));
            b.select(b.cmpi("uge", old, value), b.c_int(old.ty(), 0), next)
        }
        "dec" => {
            let next = b.bin("arith.subi", old, b.c_int(old.ty(), 1));
            let starts = b.bin("arith.ori", b.cmpi("eq", old, b.c_int(old.ty(), 0)), b.cmpi("ugt", old, value));
            b.select(starts, value, next)
        }
        _ if float => {
            // Not-a-number stays, and is put nowhere; `nanmin` and `nanmax` put a number in its place.
            let (ordered, any) = if kind.ends_with("max") { ("olt", "ult") } else { ("ogt", "ugt") };
            let number = b.cmpf("ord", value, value);
            let better = b.cmpf(if kind.starts_with("nan") { any } else { ordered }, old, value);
            b.select(b.bin("arith.andi", better, number), value, old)
        }
        "umin" => b.bin("arith.minui", old, value),
        "umax" => b.bin("arith.maxui", old, value),
        "min" | "nanmin" => b.bin("arith.minsi", old, value),
        _ => b.bin("arith.maxsi", old, value),
    }
}

/// The number of `llvm.atomicrmw`'s operation; none of what is done otherwise.
pub fn instruction(kind: &str, ty: Type) -> Option<i64> {
    let of_integers = IntegerType::try_from(ty).is_ok();
    let numbers: [(&str, i64); 12] =
        [("exch", 0), ("add", 1), ("sub", 2), ("and", 3), ("or", 5), ("xor", 6), ("max", 7), ("min", 8), ("umax", 9), ("umin", 10), ("inc", 15), ("dec", 16)];
    match kind {
        "add" if !of_integers => Some(11),
        "exch" => Some(0),
        "nanmax" if of_integers => Some(7),
        "nanmin" if of_integers => Some(8),
        _ => numbers.iter().find(|(name, _)| *name == kind && of_integers).map(|(_, number)| *number),
    }
}
