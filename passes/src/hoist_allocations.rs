//! Allocates before a loop what every iteration would allocate anew and drop: blocks whose sizes do not change and that no iteration hands on.
//!
//! What must be zero is allocated anew. A loop that does not run allocates nothing: the first size is zero then. A size that may be negative is still looked at where it was.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf64>, %n: index, %k: index) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   scf.for %i = %c0 to %k step %c1 {
//!     %t = rt.alloc(%n) : memref<?xf64>
//!     %x = memref.load %a[%i] : memref<?xf64>
//!     memref.store %x, %t[%c0] : memref<?xf64>
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?xf64>, %arg1: index, %arg2: index) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c0_0 = arith.constant 0 : index
//!     %0 = arith.maxsi %arg1, %c0_0 : index
//!     %1 = arith.cmpi slt, %c0, %arg2 : index
//!     %2 = arith.select %1, %0, %c0_0 : index
//!     %3 = rt.alloc(%2) : memref<?xf64>
//!     scf.for %arg3 = %c0 to %arg2 step %c1 {
//!       %4 = arith.cmpi sge, %arg1, %c0_0 : index
//!       rt.check %4, "ValueError" "negative dimensions are not allowed"
//!       %5 = memref.load %arg0[%arg3] : memref<?xf64>
//!       memref.store %5, %3[%c0] : memref<?xf64>
//!     }
//!     return
//!   }
//! }
//! ```

use crate::memory::ancestor_in;
use crate::parallel::PARALLEL;
use crate::parallel::remarks::{self, Remark, Status};
use crate::pass::{OptionInfo, Options};
use crate::simplify_sizes::is_size;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for alloc in module.collect(|o| o.is("rt.alloc") && o.num_operands() > 0 && !o.has_attr("zeroed")) {
        let loops = loops_to_leave(alloc);
        if let Some(outermost) = loops.last() {
            if is_parallel(*outermost) {
                remarks::add(|| Remark { reason: "one block serves all iterations of a thread's chunk".into(), ..Remark::of(alloc, "allocation", Status::Hoisted) });
            }
            hoist(alloc, *outermost, &loops);
        }
    }
    Ok(())
}

/// Whether a loop runs on several threads, or stands in one that does.
fn is_parallel(the_loop: Op) -> bool {
    std::iter::successors(Some(the_loop), |op| op.parent()).any(|op| op.is("scf.parallel") || op.has_attr(PARALLEL))
}

/// The loops around an allocation, from the innermost on, as far as its sizes do not change; none when an iteration hands the block on.
fn loops_to_leave<'c>(alloc: Op<'c>) -> Vec<Op<'c>> {
    let mut loops: Vec<Op<'c>> = vec![];
    while let Some((body, around)) = loop_around(loops.last().copied().unwrap_or(alloc)) {
        if !alloc.operands().into_iter().all(|size| is_outside(size, around)) || loops.is_empty() && !stays(alloc.result(0), body) {
            break;
        }
        loops.push(around);
    }
    loops
}

/// Moves the allocation before the outermost of the loops.
fn hoist<'c>(alloc: Op<'c>, around: Op<'c>, loops: &[Op<'c>]) {
    let (here, before) = (Builder::before(alloc), Builder::before(around));
    before.set_loc(alloc.loc());
    let zero = before.c_index(0);
    let mut sizes = vec![];
    for size in alloc.operands() {
        if is_size(size, 0) {
            sizes.push(size);
            continue;
        }
        let fine = here.cmpi("sge", size, zero);
        let text = [("exception", here.str("ValueError")), ("message", here.str("negative dimensions are not allowed"))];
        here.op("rt.check", &[fine], &[], &text);
        sizes.push(before.bin("arith.maxsi", size, zero));
    }
    for inner in loops.iter().filter(|l| (0..2).all(|i| is_outside(l.operand(i), around))) {
        let runs = before.cmpi("slt", inner.operand(0), inner.operand(1));
        sizes[0] = before.select(runs, sizes[0], zero);
    }
    alloc.detach();
    alloc.set_operands(&sizes);
    before.insert(alloc);
}

/// The `scf.for` whose body an op stands in.
fn loop_around<'c>(op: Op<'c>) -> Option<(Block<'c>, Op<'c>)> {
    let body = op.block()?;
    // Iterations of a parallel loop do not share a block.
    Some((body, body.parent().filter(|p| p.is("scf.for") && !p.has_attr(PARALLEL))?))
}

/// Whether a value is there before the loop.
fn is_outside<'c>(value: Value<'c>, around: Op<'c>) -> bool {
    let mut block = value.parent_block();
    while let Some(op) = block.and_then(|b| b.parent()) {
        if op == around {
            return false;
        }
        block = op.block();
    }
    true
}

/// Whether the block serves this iteration alone: what uses it or views of it hands it on to nobody.
fn stays<'c>(block: Value<'c>, body: Block<'c>) -> bool {
    block.uses().into_iter().all(|(user, operand)| match user.name() {
        "rt.view" | "memref.cast" | "memref.collapse_shape" => stays(user.result(0), body),
        "memref.store" => operand == 1,
        "rt.atomic" => operand == 0,
        "linalg.generic" | "memref.dim" | "memref.load" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" | "rt.call" | "rt.print" => {
            ancestor_in(user, body).is_some()
        }
        _ => false,
    })
}
