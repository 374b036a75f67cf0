//! Drops what would raise in a kernel for a GPU: there is nobody to raise to. What the program itself raises ends the thread, and stays.
//!
//! So do checks of the sizes of whole arrays: without them all threads would go on behind the end of the smaller one.
//!
//! Early, so that nothing is moved or copied for the sake of checks. A kernel that is debugged keeps them.
//!
//! ```mlir before
//! module attributes {zouk.simt = "cuda"} {
//!   func.func @k(%a: memref<?xf32>, %fine: i1, %x: f32, %i: index) {
//!     rt.check %fine, "ValueError" "no"
//!     memref.store %x, %a[%i] : memref<?xf32>
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.simt = "cuda"} {
//!   func.func @k(%arg0: memref<?xf32>, %arg1: i1, %arg2: f32, %arg3: index) {
//!     memref.store %arg2, %arg0[%arg3] : memref<?xf32>
//!     return
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;

/// Of an `rt.check`: it is of the sizes of whole arrays, and ends the thread.
pub const SHAPES: &str = "zouk.shapes";

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") == Some("cuda") && !module.has_attr("zouk.kernel_debug") {
        module.collect(|op| op.is("rt.check") && !op.has_attr(SHAPES) || op.is("rt.raise") && !op.has_attr("statement")).into_iter().for_each(Op::erase);
    }
    Ok(())
}
