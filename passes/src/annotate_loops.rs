//! Keeps LLVM from unrolling loops around loops.
//!
//! LLVM unrolls a loop of few iterations, whose number it knows, wholly, and what was one inner loop is several, each of which it then vectorises.
//! That pays where inner loops vanish, their numbers being known too, and else makes code long for nothing.
//!
//! ```mlir before
//! func.func @f(%n: index, %x: memref<?xi64>) {
//!   %zero = arith.constant 0 : index
//!   %one = arith.constant 1 : index
//!   %five = arith.constant 5 : index
//!   scf.for %i = %zero to %five step %one {
//!     scf.for %j = %zero to %n step %one {
//!       %y = arith.index_cast %i : index to i64
//!       memref.store %y, %x[%j] : memref<?xi64>
//!     }
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! #loop_unroll = #llvm.loop_unroll<disable = true>
//! #loop_annotation = #llvm.loop_annotation<unroll = #loop_unroll>
//! module {
//!   func.func @f(%arg0: index, %arg1: memref<?xi64>) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c5 = arith.constant 5 : index
//!     scf.for %arg2 = %c0 to %c5 step %c1 {
//!       scf.for %arg3 = %c0 to %arg0 step %c1 {
//!         %0 = arith.index_cast %arg2 : index to i64
//!         memref.store %0, %arg1[%arg3] : memref<?xi64>
//!       }
//!     } {llvm.loop_annotation = #loop_annotation}
//!     return
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let lasting = |op: &Op| op.is("scf.while") || op.is("scf.for") && !is_counted(*op);
    for outer in module.collect(|op| op.is("scf.for") && is_counted(op) && !op.has_attr("llvm.loop_annotation")) {
        if !outer.collect(|op| op != outer && lasting(&op)).is_empty() {
            outer.set_attr("llvm.loop_annotation", Builder::before(outer).parse_attr("#llvm.loop_annotation<unroll = <disable = true>>"));
        }
    }
    Ok(())
}

/// Whether the number of iterations is known.
fn is_counted(op: Op) -> bool {
    (0..3).all(|i| Builder::constant_int(op.operand(i)).is_some())
}
