//! Makes ordinary functions of stencils: one for a point of the array, and one that applies it to the whole array.
//!
//! A function with `py.stencil` (the mode of the border) is the kernel of a stencil: it indexes arrays relative to a point. In its place come
//!
//! - the function that is called, with the kernel's parameters and `out`: it makes the result, computes what is not border, and then the border;
//! - `#elements`, where all relative indices are constants: the kernel as a function of the elements that it reads, called as one under `@vectorize` is, with a
//!   view of the array for each index;
//! - `#inside`, where some are not: the kernel with the position as further parameters, called in loops;
//! - `#border`, for modes that continue the array over its edges: as `#inside`, with places outside mapped into the array.
//!
//! ```mlir before
//! func.func @mean(%a: !py.object) -> !py.object attributes {py.params = ["a"], py.defaults = [], py.display = "mean", py.stencil = "constant"} {
//!   %minus = py.constant -1 : si64
//!   %plus = py.constant 1 : si64
//!   %x = py.getitem %a[%minus] : (!py.object, si64) -> !py.object
//!   %y = py.getitem %a[%plus] : (!py.object, si64) -> !py.object
//!   %two = py.constant 2 : si64
//!   %sum = py.binary "add" %x, %y : (!py.object, !py.object) -> !py.object
//!   %r = py.binary "truediv" %sum, %two : (!py.object, si64) -> !py.object
//!   py.return %r : !py.object
//! }
//! ```
//! becomes
//! ```mlir after
//! ```

use crate::pass::{OptionInfo, Options};
use kernel::Kernel;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;

mod apply;
mod kernel;
mod variants;

pub const OPTIONS: &[OptionInfo] = &[];

/// Of a kernel: the mode of the border.
const STENCIL: &str = "py.stencil";
/// Of a kernel: the value of the border, where the program gives one.
const CVAL: &str = "py.stencil_cval";
/// Of a kernel: the least and the greatest relative index along each axis.
const NEIGHBORHOOD: &str = "py.stencil_neighborhood";
/// Of a kernel: the parameters that are indexed as usual.
const STANDARD: &str = "py.stencil_standard";
/// Of a `py.for`: its items are points of the array, in no order.
pub const POINTS: &str = "zouk.points";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|op| op.has_attr(STENCIL)) {
        let kernel = Kernel::new(function)?;
        let variants = kernel.variants()?;
        kernel.apply(&variants);
        function.erase();
    }
    Ok(())
}
