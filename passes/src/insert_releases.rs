//! Counts references to array blocks: retains where a value gets one more owner, releases where its last owner is last used.
//!
//! A *root* is a value that owns a reference: the result of `rt.adopt` or of a call, or an argument of a block. A function borrows its own
//! arguments. A view, cast or selection is an *alias*: it keeps its roots alive and owns nothing. On every edge of the CFG, at its
//! return to the caller, a reference that dies passes to a block argument or result that takes an alias of it; what else they take is
//! retained, what else dies is released. An array that is never looked at (`ub.poison`) counts as one without an owner, and `zouk-lower-runtime` makes it so.
//!
//! ```mlir before
//! func.func @first(%a: memref<?xf64>, %block: !llvm.ptr, %n: index, %some: i1) -> memref<?xf64> {
//!   %b = rt.adopt %block[%n] : !llvm.ptr to memref<?xf64>
//!   cf.cond_br %some, ^bb1(%b : memref<?xf64>), ^bb1(%a : memref<?xf64>)
//! ^bb1(%c: memref<?xf64>):
//!   return %c : memref<?xf64>
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @first(%arg0: memref<?xf64>, %arg1: !llvm.ptr, %arg2: index, %arg3: i1) -> memref<?xf64> {
//!     %0 = rt.adopt %arg1[%arg2] : !llvm.ptr to memref<?xf64>
//!     cf.cond_br %arg3, ^bb2(%0 : memref<?xf64>), ^bb1(%arg0 : memref<?xf64>)
//!   ^bb1(%1: memref<?xf64>):  // pred: ^bb0
//!     rt.retain %arg0 : memref<?xf64>
//!     rt.release %0 : memref<?xf64>
//!     cf.br ^bb2(%1 : memref<?xf64>)
//!   ^bb2(%2: memref<?xf64>):  // 2 preds: ^bb0, ^bb1
//!     return %2 : memref<?xf64>
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use std::collections::HashSet;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Op, TypeLike};

mod edges;
mod liveness;
mod roots;

use edges::Edges;
use liveness::Liveness;
use roots::Roots;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|op| op.is("func.func")).collect();
    let raising: HashSet<&str> = functions.iter().filter(|f| f.has_attr("zouk.raises")).filter_map(|f| f.str_attr("sym_name")).collect();
    for function in functions.into_iter().filter(|op| op.region(0).first_block().is_some()) {
        check(function)?;
        let roots = Roots::new(function, &raising);
        if !roots.all.is_empty() || returns_array(function) {
            let liveness = Liveness::new(&roots);
            liveness.release_inside_blocks(&roots);
            Edges::new(&roots, &liveness).run();
        }
        function.walk(&mut |op| _ = op.is("func.return") && op.remove_attr("zouk.failure"));
    }
    Ok(())
}

fn returns_array(function: Op) -> bool {
    function.region(0).blocks().into_iter().filter_map(|b| b.terminator()).any(|op| op.is("func.return") && op.operands().iter().any(|v| v.ty().is_mem_ref()))
}

/// Memory without an owner that the runtime knows must not come about, nor meet memory with one.
fn check(function: Op) -> Result<(), Diagnostic> {
    let passes = |op: Op| op.is("func.return") || !op.successors().is_empty();
    let stray = function.collect(|op| match op.name() {
        "memref.alloc" | "memref.dealloc" => true,
        "memref.alloca" => op.result(0).uses().iter().any(|(user, _)| passes(*user)),
        _ => false,
    });
    match stray.first() {
        None => Ok(()),
        Some(op) => Err(Diagnostic::at(ErrorClass::Internal, "stray-op", format!("`{}` has no owner: use `rt.alloc`", op.name()), op.loc())),
    }
}
