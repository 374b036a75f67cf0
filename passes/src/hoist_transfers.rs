//! Holds arrays on the GPU around a loop of launches, so that they go there and come back once.
//!
//! A loop is held around when nothing in it but kernels can look at the arrays: what it reads and writes by itself are other arrays. A branch that launches nothing, such as the serial copy of
//! a loop for arguments that overlap, may look: around it the arrays come back. Arrays that iterations hand to each other are held with those that they start from. What leaves the loop
//! by an exception brings the arrays back in the runtime.
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf64>, %ptx: i64, %places: memref<?xi64>, %slots: memref<?xi64>, %steps: index) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %n = arith.constant 6 : i64
//!   scf.for %t = %c0 to %steps step %c1 {
//!     %address = rt.address %a {zouk.written} : memref<?xf64>
//!     %status = rt.call "zouk_offload_launch"(%ptx, %places, %n, %slots, %n, %address, %n) : (i64, memref<?xi64>, i64, memref<?xi64>, i64, i64, i64) -> i64
//!     rt.keep %a : memref<?xf64>
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: memref<?xf64>, %arg1: i64, %arg2: memref<?xi64>, %arg3: memref<?xi64>, %arg4: index) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c6_i64 = arith.constant 6 : i64
//!     %base_buffer, %offset, %sizes, %strides = memref.extract_strided_metadata %arg0 : memref<?xf64> -> memref<f64>, index, index, index
//!     %0 = rt.address %arg0 {zouk.written} : memref<?xf64>
//!     %c0_i64 = arith.constant 0 : i64
//!     %1 = arith.index_cast %sizes : index to i64
//!     %2 = arith.index_cast %strides : index to i64
//!     %c4 = arith.constant 4 : index
//!     %3 = rt.alloc(%c4) : memref<?xi64>
//!     %c0_0 = arith.constant 0 : index
//!     memref.store %c0_i64, %3[%c0_0] : memref<?xi64>
//!     %c1_1 = arith.constant 1 : index
//!     memref.store %0, %3[%c1_1] : memref<?xi64>
//!     %c2 = arith.constant 2 : index
//!     memref.store %1, %3[%c2] : memref<?xi64>
//!     %c3 = arith.constant 3 : index
//!     memref.store %2, %3[%c3] : memref<?xi64>
//!     %4 = rt.constant_array dense<[0, 1, 8, 1, 0]> : tensor<5xi64> as memref<?xi64>
//!     %c1_i64 = arith.constant 1 : i64
//!     %c4_i64 = arith.constant 4 : i64
//!     %5 = rt.call "zouk_offload_hold"(%4, %c1_i64, %3, %c4_i64) : (memref<?xi64>, i64, memref<?xi64>, i64) -> i64
//!     %c0_i64_2 = arith.constant 0 : i64
//!     %6 = arith.cmpi eq, %5, %c0_i64_2 : i64
//!     rt.check %6, "" "" {pending}
//!     scf.for %arg5 = %c0 to %arg4 step %c1 {
//!       %9 = rt.address %arg0 {zouk.written} : memref<?xf64>
//!       %10 = rt.call "zouk_offload_launch"(%arg1, %arg2, %c6_i64, %arg3, %c6_i64, %9, %c6_i64) : (i64, memref<?xi64>, i64, memref<?xi64>, i64, i64, i64) -> i64
//!       rt.keep %arg0 : memref<?xf64>
//!     }
//!     %7 = rt.call "zouk_offload_let_go"() : () -> i64
//!     %c0_i64_3 = arith.constant 0 : i64
//!     %8 = arith.cmpi eq, %7, %c0_i64_3 : i64
//!     rt.check %8, "" "" {pending}
//!     rt.keep %arg0 : memref<?xf64>
//!     return
//!   }
//! }
//! ```

use crate::memory::{calls_out, may_alias, root};
use crate::offload_regions::{LAUNCH, WRITTEN, call_about};
use crate::parallelise::FAILED;
use crate::parallel::{functions, is_inside};
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

const HOLD: &str = "zouk_offload_hold";
const LET_GO: &str = "zouk_offload_let_go";
/// Held arrays are here, for a while.
const SETTLE: &str = "zouk_offload_settle";
const RESUME: &str = "zouk_offload_resume";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in functions(module) {
        if launches(function).is_empty() {
            continue;
        }
        for the_loop in function.collect(|op| matches!(op.name(), "scf.for" | "scf.while")) {
            // An outer loop comes first, and its arrays are then held in the inner ones.
            let around = std::iter::successors(the_loop.parent(), |o| o.parent()).any(|o| o.has_attr(HOLD));
            if !around && !launches(the_loop).is_empty() {
                hold_around(the_loop);
            }
        }
        function.walk(&mut |op| _ = op.remove_attr(HOLD));
    }
    Ok(())
}

fn launches<'c>(code: Op<'c>) -> Vec<Op<'c>> {
    code.collect(|op| op.is("rt.call") && op.str_attr("callee") == Some(LAUNCH))
}

/// An array, and whether kernels write into it.
type Array<'c> = (Value<'c>, bool);

fn hold_around<'c>(the_loop: Op<'c>) {
    let Some(held) = arrays(the_loop) else { return };
    let mut branches = vec![];
    let blocks = the_loop.regions().into_iter().flat_map(|region| region.blocks());
    if held.is_empty() || blocks.into_iter().any(|block| looks(the_loop, block, &held, &mut branches)) {
        return;
    }
    the_loop.set_unit(HOLD);
    for branch in branches {
        if let (Some(first), Some(last)) = (branch.first(), branch.terminator()) {
            call_plainly(&Builder::before(first), SETTLE);
            call_plainly(&Builder::before(last), RESUME);
        }
    }
    let b = Builder::before(the_loop);
    call_about(&b, HOLD, &[], &held, &[]);
    let Some(next) = the_loop.next() else { return };
    let b = Builder::before(next);
    call_plainly(&b, LET_GO);
    for (array, _) in &held {
        b.op("rt.keep", &[*array], &[], &[]);
    }
}

/// The arrays from before the loop that its launches use; none when it is not seen which those are.
fn arrays<'c>(the_loop: Op<'c>) -> Option<Vec<Array<'c>>> {
    let mut found: Vec<Array> = vec![];
    let mut add = |array: Value<'c>, written: bool| match found.iter_mut().find(|(known, _)| *known == array) {
        Some((_, before)) => *before |= written,
        None => found.push((array, written)),
    };
    // What iterations hand on may have been any of what they started from.
    let mut handed_on = None;
    for address in the_loop.collect(|op| op.is("rt.address")) {
        let (array, written) = (root(address.operand(0)), address.has_attr(WRITTEN));
        if !is_inside(array, the_loop) {
            add(array, written);
        } else if array.def().is_some_and(|op| op.is("rt.alloc")) {
            // Made in the iteration: it goes there by itself.
        } else if array.owner_block().and_then(|block| block.parent()) == Some(the_loop) {
            handed_on = Some(handed_on.unwrap_or(false) | written);
        } else {
            return None;
        }
    }
    if let Some(written) = handed_on {
        let inits = the_loop.operands().into_iter().filter(|value| value.ty().is_mem_ref());
        inits.for_each(|init| add(root(init), written));
    }
    Some(found)
}

/// Calls a function of the runtime that takes nothing.
fn call_plainly(b: &Builder, callee: &str) {
    let status = b.val("rt.call", &[], b.i64(), &[("callee", b.str(callee))]);
    crate::offload_regions::check(b, status);
}

/// Whether something in the block besides kernels may look at one of the arrays, leaving aside branches that launch nothing: those are collected.
fn looks<'c>(the_loop: Op<'c>, block: Block<'c>, held: &[Array<'c>], branches: &mut Vec<Block<'c>>) -> bool {
    for op in block.ops() {
        if looks_itself(the_loop, op, held) {
            return true;
        }
        for inner in op.regions().into_iter().flat_map(|region| region.blocks()) {
            let aside = op.is("scf.if") && inner.ops().iter().all(|op| launches(*op).is_empty());
            let mut own = vec![];
            if !looks(the_loop, inner, held, &mut own) {
                branches.append(&mut own);
            } else if aside {
                branches.push(inner);
            } else {
                return true;
            }
        }
    }
    false
}

fn looks_itself<'c>(the_loop: Op<'c>, op: Op<'c>, held: &[Array<'c>]) -> bool {
    let is_held = |array: Value<'c>| {
        let from_before = !is_inside(root(array), the_loop) || root(array).def().is_none_or(|op| !op.is("rt.alloc"));
        from_before && held.iter().any(|(held, _)| may_alias(array, *held))
    };
    match (op.dialect(), op.name()) {
        (_, "memref.load") => is_held(op.operand(0)),
        (_, "memref.store") => is_held(op.operand(1)),
        (_, "rt.call") => !matches!(op.str_attr("callee"), Some(LAUNCH | FAILED)),
        (_, "func.call") => calls_out(op) || op.operands().iter().chain(&op.results()).any(|value| value.ty().is_mem_ref()),
        (_, "rt.print" | "rt.object" | "rt.load_field" | "rt.store_field" | "rt.array" | "rt.foreign") => true,
        ("arith" | "math" | "complex" | "ub" | "scf" | "cf" | "memref" | "rt", _) => false,
        _ => true,
    }
}
