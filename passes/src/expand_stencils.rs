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
//! module {
//!   func.func @"mean#elements"(%arg0: !py.object, %arg1: !py.object) -> !py.object attributes {py.defaults = [], py.display = "mean", py.params = ["a[-1]", "a[1]"], py.ufunc} {
//!     %0 = py.constant 2 : si64
//!     %1 = py.binary "add" %arg0, %arg1 : (!py.object, !py.object) -> !py.object
//!     %2 = py.binary "truediv" %1, %0 : (!py.object, si64) -> !py.object
//!     py.return %2 : !py.object
//!   }
//!   func.func @mean(%arg0: !py.object, %arg1: !py.object) -> !py.object attributes {py.defaults = [unit], py.display = "mean", py.keyword_only = 1 : i64, py.params = ["a", "out"]} {
//!     %0 = py.constant 1 : si64
//!     %1 = py.ref : <"@library/stencil._stencil_shape">
//!     %2 = py.call %1(%arg0, %0) : (!py.ref<"@library/stencil._stencil_shape">, !py.object, si64) -> !py.object
//!     %3 = py.constant 1 : si64
//!     %4 = py.tuple(%3) : (si64) -> !py.object
//!     %5 = py.constant 1 : si64
//!     %6 = py.tuple(%5) : (si64) -> !py.object
//!     %7 = py.ref : <"@mean#elements">
//!     %8 = py.ref : <"zouk.library.kernel_type">
//!     %9 = py.call %8(%7, %arg0, %arg0) {zouk.elements = 2 : i64} : (!py.ref<"zouk.library.kernel_type">, !py.ref<"@mean#elements">, !py.object, !py.object) -> !py.object
//!     %10 = py.ref : <"@library/stencil._stencil_target">
//!     %11 = py.call %10(%arg1, %2, %9, %arg0) : (!py.ref<"@library/stencil._stencil_target">, !py.object, !py.object, !py.object, !py.object) -> !py.object
//!     %12 = py.ref : <"@library/stencil._stencil_sizes">
//!     %13 = py.call %12(%2, %4, %6) : (!py.ref<"@library/stencil._stencil_sizes">, !py.object, !py.object, !py.object) -> !py.object
//!     %14 = py.constant 0 : si64
//!     %15 = py.tuple(%14) : (si64) -> !py.object
//!     %16 = py.ref : <"zouk.library.window">
//!     %17 = py.call %16(%arg0, %15, %13) : (!py.ref<"zouk.library.window">, !py.object, !py.object, !py.object) -> !py.object
//!     %18 = py.constant 2 : si64
//!     %19 = py.tuple(%18) : (si64) -> !py.object
//!     %20 = py.ref : <"zouk.library.window">
//!     %21 = py.call %20(%arg0, %19, %13) : (!py.ref<"zouk.library.window">, !py.object, !py.object, !py.object) -> !py.object
//!     %22 = py.ref : <"zouk.library.window">
//!     %23 = py.call %22(%11, %4, %13) : (!py.ref<"zouk.library.window">, !py.object, !py.object, !py.object) -> !py.object
//!     %24 = py.ref : <"@mean#elements">
//!     %25 = py.call %24(%17, %21, %23) keywords ["out"] {zouk.out_is_apart} : (!py.ref<"@mean#elements">, !py.object, !py.object, !py.object) -> !py.object
//!     %26 = py.constant 0 : si64
//!     %27 = py.constant false
//!     %28 = py.ref : <"@library/stencil._stencil_fill">
//!     %29 = py.call %28(%11, %arg1, %4, %6, %26, %27) : (!py.ref<"@library/stencil._stencil_fill">, !py.object, !py.object, !py.object, !py.object, si64, i1) -> !py.object
//!     %30 = py.constant false
//!     %31 = py.ref : <"@library/stencil._stencil_result">
//!     %32 = py.call %31(%11, %arg1, %4, %6, %30) : (!py.ref<"@library/stencil._stencil_result">, !py.object, !py.object, !py.object, !py.object, i1) -> !py.object
//!     py.return %32 : !py.object
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use kernel::Kernel;
use std::collections::HashSet;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::Op;

mod apply;
mod inner;
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
    expand(module)
}

fn expand(module: Op) -> Result<(), Diagnostic> {
    inner::declare(module)?;
    for function in module.body(0).ops().into_iter().filter(|op| op.has_attr(STENCIL)) {
        let kernel = Kernel::new(function)?;
        let variants = kernel.variants()?;
        kernel.apply(&variants);
        function.erase();
    }
    Ok(())
}

/// As `run`, for functions that came into the module while it was inferred; gives what is there of them now.
pub fn expand_added<'c>(module: Op<'c>, added: Vec<Op<'c>>) -> Result<Vec<Op<'c>>, Diagnostic> {
    let concerned = |op: &Op<'c>| op.has_attr(STENCIL) || !op.collect(inner::makes_stencil).is_empty();
    if !added.iter().any(concerned) {
        return Ok(added);
    }
    let before: HashSet<Op> = module.body(0).ops().into_iter().filter(|op| !added.contains(op)).collect();
    expand(module)?;
    Ok(module.body(0).ops().into_iter().filter(|op| !before.contains(op)).collect())
}
