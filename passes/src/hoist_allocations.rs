//! Allocates before a loop what every iteration would allocate anew and drop: blocks whose sizes do not change and that no iteration hands on.
//!
//! A loop that does not run allocates nothing: the first size is zero then.
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
//!     %0 = arith.cmpi slt, %c0, %arg2 : index
//!     %c0_0 = arith.constant 0 : index
//!     %1 = arith.select %0, %arg1, %c0_0 : index
//!     %2 = rt.alloc(%1) : memref<?xf64>
//!     scf.for %arg3 = %c0 to %arg2 step %c1 {
//!       %3 = memref.load %arg0[%arg3] : memref<?xf64>
//!       memref.store %3, %2[%c0] : memref<?xf64>
//!     }
//!     return
//!   }
//! }
//! ```

use crate::memory::ancestor_in;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    // From the innermost loops outwards, as far as a block can go.
    for alloc in module.collect(|o| o.is("rt.alloc")) {
        while let Some((body, around)) = loop_around(alloc) {
            let from_outside = |v: &Value| v.parent_block().is_some_and(|b| b != body && !is_inside(b, around));
            if !alloc.operands().iter().all(from_outside) || alloc.num_operands() == 0 || !stays(alloc.result(0), body) {
                break;
            }
            let b = Builder::before(around);
            let runs = b.cmpi("slt", around.operand(0), around.operand(1));
            let first = b.select(runs, alloc.operand(0), b.c_index(0));
            alloc.detach();
            alloc.set_operand(0, first);
            b.insert(alloc);
        }
    }
    Ok(())
}

/// The `scf.for` whose body an op stands in.
fn loop_around<'c>(op: Op<'c>) -> Option<(Block<'c>, Op<'c>)> {
    let body = op.block()?;
    Some((body, body.parent().filter(|p| p.is("scf.for"))?))
}

fn is_inside<'c>(block: Block<'c>, op: Op<'c>) -> bool {
    std::iter::successors(block.parent(), |o| o.parent()).any(|o| o == op)
}

/// Whether the block serves this iteration alone: what uses it or views of it hands it on to nobody.
fn stays<'c>(block: Value<'c>, body: Block<'c>) -> bool {
    block.uses().into_iter().all(|(user, operand)| match user.name() {
        "rt.view" | "memref.cast" | "memref.collapse_shape" => stays(user.result(0), body),
        "memref.store" => operand == 1,
        "linalg.generic" | "memref.dim" | "memref.load" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" | "rt.call" | "rt.print" => {
            ancestor_in(user, body).is_some()
        }
        _ => false,
    })
}
