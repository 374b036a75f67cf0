//! Computes in place: a result takes the block of an operand of the same sizes and dtype that nothing looks at afterwards.
//!
//! Each element of the operand is read just before the result's element is written over it. So `x = a - m; y = x / s` needs one block, and
//! `x -= m` of an array that was made here none of its own.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
//!   %x = rt.alloc(%n) : memref<?xf64>
//!   linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%a : memref<?xf64>) outs(%x : memref<?xf64>) {
//!   ^bb0(%in: f64, %out: f64):
//!     %0 = math.sin %in : f64
//!     linalg.yield %0 : f64
//!   }
//!   %y = rt.alloc(%n) : memref<?xf64>
//!   linalg.generic {indexing_maps = [affine_map<(d0) -> (d0)>, affine_map<(d0) -> (d0)>], iterator_types = ["parallel"]}
//!       ins(%x : memref<?xf64>) outs(%y : memref<?xf64>) {
//!   ^bb0(%in: f64, %out: f64):
//!     %0 = math.cos %in : f64
//!     linalg.yield %0 : f64
//!   }
//!   return %y : memref<?xf64>
//! }
//! ```
//! ```mlir after
//! #map = affine_map<(d0) -> (d0)>
//! module {
//!   func.func @f(%arg0: memref<?xf64>, %arg1: index) -> memref<?xf64> {
//!     %0 = rt.alloc(%arg1) : memref<?xf64>
//!     linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%arg0 : memref<?xf64>) outs(%0 : memref<?xf64>) {
//!     ^bb0(%in: f64, %out: f64):
//!       %1 = math.sin %in : f64
//!       linalg.yield %1 : f64
//!     }
//!     linalg.generic {indexing_maps = [#map, #map], iterator_types = ["parallel"]} ins(%0 : memref<?xf64>) outs(%0 : memref<?xf64>) {
//!     ^bb0(%in: f64, %out: f64):
//!       %1 = math.cos %in : f64
//!       linalg.yield %1 : f64
//!     }
//!     return %0 : memref<?xf64>
//!   }
//! }
//! ```

use crate::fuse_elementwise::group::is_parallel;
use crate::memory::ancestor_in;
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Op, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for op in module.collect(|o| o.is("linalg.generic") && o.num_results() == 0) {
        let maps = op.array_attr("indexing_maps");
        let outputs = op.body(0).terminator().map_or(0, |t| t.num_operands());
        let inputs = op.num_operands() - outputs;
        if !is_parallel(op) {
            continue;
        }
        for output in inputs..op.num_operands() {
            let block = op.operand(output);
            let Some(alloc) = own_block(op, block) else { continue };
            let fits = |i: &usize| {
                let candidate = op.operand(*i);
                let same = |a: Op| a.operands() == alloc.operands();
                maps[*i] == maps[output]
                    && candidate.ty() == block.ty()
                    && candidate.def_by("rt.alloc").is_some_and(|a| a.block() == op.block() && same(a) && (a.is_before(alloc) || block.uses().iter().all(|(user, _)| !user.is("memref.dim"))))
                    && (0..op.num_operands()).all(|j| j == *i || op.operand(j) != candidate || j < inputs && maps[j] == maps[output])
                    && ends_at(op, candidate)
            };
            if let Some(input) = (0..inputs).find(fits) {
                block.replace_all_uses(op.operand(input));
                alloc.erase();
            }
        }
    }
    Ok(())
}

/// The allocation of a result, if that is the first op to use it.
fn own_block<'c>(op: Op<'c>, block: Value<'c>) -> Option<Op<'c>> {
    let alloc = block.def_by("rt.alloc").filter(|a| a.block() == op.block())?;
    let early = |user: Op<'c>| op.block().and_then(|b| ancestor_in(user, b)).is_none_or(|at| at != op && at.is_before(op) && !user.is("memref.dim"));
    (!block.uses().into_iter().any(|(user, _)| early(user))).then_some(alloc)
}

/// Whether nothing looks at the block after the op, itself or a view of it.
fn ends_at<'c>(op: Op<'c>, block: Value<'c>) -> bool {
    let Some(here) = op.block() else { return false };
    block.uses().into_iter().all(|(user, _)| match user.name() {
        "memref.dim" => true,
        // Only as it is: as a view it may be read in another order.
        _ if user == op => true,
        "rt.view" | "memref.cast" | "memref.collapse_shape" => ends_before(op, user.result(0)),
        "linalg.generic" | "memref.load" | "memref.store" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" => {
            ancestor_in(user, here).is_some_and(|at| at != op && at.is_before(op))
        }
        _ => false,
    })
}

/// The same of a view, which the op does not use either.
fn ends_before<'c>(op: Op<'c>, view: Value<'c>) -> bool {
    ends_at(op, view) && view.uses().into_iter().all(|(user, _)| user != op)
}
