//! Upstream's `convert-vector-to-llvm`, on the functions that have vectors: it takes its time also over those that have none.
//!
//! And what loops say to LLVM's passes (`llvm.loop_annotation`), which their branches have inherited, gets the name that it has on LLVM's branches.
//!
//! ```mlir before
//! func.func @splat(%x: f64, %y: vector<2xf64>) -> vector<2xf64> {
//!   %v = vector.broadcast %x : f64 to vector<2xf64>
//!   %w = vector.fma %v, %y, %y : vector<2xf64>
//!   return %w : vector<2xf64>
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @splat(%arg0: f64, %arg1: vector<2xf64>) -> vector<2xf64> {
//!     %0 = llvm.mlir.poison : vector<2xf64>
//!     %1 = llvm.mlir.constant(0 : i32) : i32
//!     %2 = llvm.insertelement %arg0, %0[%1 : i32] : vector<2xf64>
//!     %3 = llvm.shufflevector %2, %0 [0, 0] : vector<2xf64>
//!     %4 = llvm.intr.fmuladd(%3, %arg1, %arg1) : (vector<2xf64>, vector<2xf64>, vector<2xf64>) -> vector<2xf64>
//!     return %4 : vector<2xf64>
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Op, run_pipeline};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|op| op.is("func.func")) {
        let mut has_vectors = false;
        function.walk(&mut |op| {
            has_vectors |= op.dialect() == "vector";
            if let Some(annotation) = op.attr("llvm.loop_annotation").filter(|_| op.dialect() == "cf") {
                op.remove_attr("llvm.loop_annotation");
                op.set_attr("loop_annotation", annotation);
            }
        });
        if has_vectors {
            run_pipeline(function, "convert-vector-to-llvm").map_err(|e| Diagnostic::at(ErrorClass::Internal, "internal-error", e, function.loc()))?;
        }
    }
    Ok(())
}
