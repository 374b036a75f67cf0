//! Tells LLVM's vectoriser which loops need no looking at: those of array operations, whose iterations are independent.
//!
//! Which they are was settled when arrays got their memory: `zouk-bufferize` tests what may overlap, once and before the loop, and marks the operation.
//! `zouk-lower-linalg` names a group on the innermost loop, and here, where accesses have become instructions, they join it
//! (`llvm.access.group`, `llvm.loop.parallel_accesses`). Without, LLVM would compare the extents of all arrays again before each loop, keep a
//! loop for the case that they overlap, and give up where there are too many.
//!
//! ```mlir before
//! llvm.func @negate(%n: i64, %a: !llvm.ptr, %b: !llvm.ptr) {
//!   %zero = llvm.mlir.constant(0 : i64) : i64
//!   %one = llvm.mlir.constant(1 : i64) : i64
//!   llvm.br ^head(%zero : i64)
//! ^head(%i: i64):
//!   %more = llvm.icmp "slt" %i, %n : i64
//!   llvm.cond_br %more, ^body, ^end
//! ^body:
//!   %from = llvm.getelementptr %a[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
//!   %x = llvm.load %from : !llvm.ptr -> f64
//!   %y = llvm.fneg %x : f64
//!   %to = llvm.getelementptr %b[%i] : (!llvm.ptr, i64) -> !llvm.ptr, f64
//!   llvm.store %y, %to : f64, !llvm.ptr
//!   %next = llvm.add %i, %one : i64
//!   llvm.br ^head(%next : i64) {zouk.independent = #llvm.access_group<id = distinct[0]<>>}
//! ^end:
//!   llvm.return
//! }
//! ```
//! ```mlir after
//! #access_group = #llvm.access_group<id = distinct[0]<>>
//! #loop_annotation = #llvm.loop_annotation<parallelAccesses = #access_group>
//! module {
//!   llvm.func @negate(%arg0: i64, %arg1: !llvm.ptr, %arg2: !llvm.ptr) {
//!     %0 = llvm.mlir.constant(0 : i64) : i64
//!     %1 = llvm.mlir.constant(1 : i64) : i64
//!     llvm.br ^bb1(%0 : i64)
//!   ^bb1(%2: i64):  // 2 preds: ^bb0, ^bb2
//!     %3 = llvm.icmp "slt" %2, %arg0 : i64
//!     llvm.cond_br %3, ^bb2, ^bb3
//!   ^bb2:  // pred: ^bb1
//!     %4 = llvm.getelementptr %arg1[%2] : (!llvm.ptr, i64) -> !llvm.ptr, f64
//!     %5 = llvm.load %4 {access_groups = [#access_group]} : !llvm.ptr -> f64
//!     %6 = llvm.fneg %5 : f64
//!     %7 = llvm.getelementptr %arg2[%2] : (!llvm.ptr, i64) -> !llvm.ptr, f64
//!     llvm.store %6, %7 {access_groups = [#access_group]} : f64, !llvm.ptr
//!     %8 = llvm.add %2, %1 : i64
//!     llvm.br ^bb1(%8 : i64) {loop_annotation = #loop_annotation}
//!   ^bb3:  // pred: ^bb1
//!     llvm.return
//!   }
//! }
//! ```

use crate::bufferize::INDEPENDENT;
use crate::pass::{OptionInfo, Options};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|op| op.is("llvm.func")) {
        let blocks = function.region(0).blocks();
        let latches: Vec<Op> = blocks.iter().filter_map(|block| block.terminator()).filter(|op| op.has_attr(INDEPENDENT)).collect();
        if latches.is_empty() {
            continue;
        }
        let mut before: HashMap<Block, Vec<Block>> = HashMap::new();
        for block in &blocks {
            let successors = block.terminator().map(|op| op.successors()).unwrap_or_default();
            successors.into_iter().for_each(|next| before.entry(next).or_default().push(*block));
        }
        latches.into_iter().for_each(|latch| join(latch, &before));
    }
    Ok(())
}

/// The accesses of the loop that a branch closes join the group that it names.
fn join<'c>(latch: Op<'c>, before: &HashMap<Block<'c>, Vec<Block<'c>>>) {
    let b = Builder::before(latch);
    let (Some(group), [head], Some(last)) = (latch.attr(INDEPENDENT), &latch.successors()[..], latch.block()) else { return };
    latch.remove_attr(INDEPENDENT);
    latch.set_attr("loop_annotation", b.parallel_loop(latch.attr("loop_annotation"), group));
    for access in natural_loop(*head, last, before).iter().flat_map(|block| block.ops()).filter(|op| matches!(op.name(), "llvm.load" | "llvm.store")) {
        access.set_attr("access_groups", b.array(&[group]));
    }
}

/// The blocks from which `last` is reached without passing `head`, and these two.
fn natural_loop<'c>(head: Block<'c>, last: Block<'c>, before: &HashMap<Block<'c>, Vec<Block<'c>>>) -> HashSet<Block<'c>> {
    let mut inside = HashSet::from([head]);
    let mut reached = vec![last];
    while let Some(block) = reached.pop() {
        if inside.insert(block) {
            reached.extend(before.get(&block).into_iter().flatten());
        }
    }
    inside
}
