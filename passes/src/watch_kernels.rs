//! In debug mode, has kernels on the CPU say what they do with memory that threads have in common: the runtime finds races.
//!
//! Before every access of an array that is not one thread's own, and before every barrier, a call of the runtime (`runtime/abi/src/kernel.rs`) says which thread is there, and the line. Where
//! whole arrays are computed with, every element is accessed. The runtime raises when threads of a block, or of different blocks, access an element in no order and one of them writes; when threads of a block wait at different barriers, or some at one that others pass by; when shared memory is read
//! before it is written.
//!
//! A thread passes a barrier by in a branch without one, beside a branch with one, if it then goes on with what follows in the same block: an early return is no such branch.
//!
//! ```mlir before
//! module attributes {zouk.simt = "cpu", zouk.kernel_debug} {
//!   func.func @k(%a: memref<?xf32>, %x: f32) attributes {zouk.entry = "k"} {
//!     %t = gpu.thread_id x
//!     memref.store %x, %a[%t] : memref<?xf32>
//!     gpu.barrier
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.kernel_debug, zouk.simt = "cpu"} {
//!   func.func @k(%arg0: memref<?xf32>, %arg1: f32) attributes {zouk.entry = "k"} {
//!     %0 = rt.simt "thread_number"() : () -> i64
//!     %1 = rt.simt "block_number"() : () -> i64
//!     %thread_id_x = gpu.thread_id  x
//!     %c4 = arith.constant 4 : index
//!     %base_buffer, %offset, %sizes, %strides = memref.extract_strided_metadata %arg0 : memref<?xf32> -> memref<f32>, index, index, index
//!     %intptr = memref.extract_aligned_pointer_as_index %arg0 : memref<?xf32> -> index
//!     %2 = arith.muli %thread_id_x, %strides : index
//!     %3 = arith.muli %2, %c4 : index
//!     %4 = arith.addi %intptr, %3 : index
//!     %5 = arith.index_cast %4 : index to i64
//!     %c4_i64 = arith.constant 4 : i64
//!     %c1_i64 = arith.constant 1 : i64
//!     %c4_i64_0 = arith.constant 4 : i64
//!     %6 = rt.call "zouk_kernel_accesses"(%5, %c4_i64, %c1_i64, %1, %0, %c4_i64_0) : (i64, i64, i64, i64, i64, i64) -> i64
//!     %c0_i64 = arith.constant 0 : i64
//!     %7 = arith.cmpi eq, %6, %c0_i64 : i64
//!     rt.check %7, "" "" {pending}
//!     memref.store %arg1, %arg0[%thread_id_x] : memref<?xf32>
//!     %c1_i64_1 = arith.constant 1 : i64
//!     %c5_i64 = arith.constant 5 : i64
//!     %8 = rt.call "zouk_kernel_arrives"(%1, %0, %c1_i64_1, %c5_i64) : (i64, i64, i64, i64) -> i64
//!     %c0_i64_2 = arith.constant 0 : i64
//!     %9 = arith.cmpi eq, %8, %c0_i64_2 : i64
//!     rt.check %9, "" "" {pending}
//!     gpu.barrier
//!     return
//!   }
//! }
//! ```

use crate::kernel_to_loops::is_cached_access;
use crate::kernel_uniformity::{is_grid_sync, is_meeting, is_of_warp};
use crate::llvm_dialect::MemRef;
use crate::memory::root;
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, Span};
use zouk_dialects::ir::{Builder, Op, Region, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// On a module whose kernels are watched.
pub const DEBUG: &str = "zouk.kernel_debug";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") != Some("cpu") || !module.has_attr(DEBUG) {
        return Ok(());
    }
    for function in functions(module).into_iter().filter(|f| f.has_attr("zouk.entry")) {
        let Some(first) = function.body(0).first() else { continue };
        let b = Builder::before(first);
        let [thread, block] = ["thread_number", "block_number"].map(|name| b.val("rt.simt", &[], b.i64(), &[("name", b.str(name))]));
        let mut sites = HashMap::new();
        passes_by(function, block, thread, &mut sites);
        for op in function.collect(|op| is_meeting(op) || accessed(op).is_some()) {
            if is_meeting(op) {
                arrives(op, block, thread, &mut sites);
            } else if let Some(access) = accessed(op).filter(|access| is_shared(access.array)) {
                accesses(op, access, block, thread);
            }
        }
    }
    Ok(())
}

/// What an op does with an array: `kind` 0 reads, 1 writes, 2 does both at once. Without places it is with all elements.
struct Access<'c> {
    array: Value<'c>,
    kind: i64,
    places: Option<Vec<Value<'c>>>,
}

fn accessed(op: Op) -> Option<Access> {
    let operands = op.operands();
    let of = |array: usize, kind: i64, rank_from: usize| {
        let rank = MemRef::new(operands[array].ty()).map_or(0, |memref| memref.rank());
        Access { array: operands[array], kind, places: Some(operands[rank_from..rank_from + rank].to_vec()) }
    };
    match op.name() {
        "memref.load" => Some(of(0, 0, 1)),
        "memref.store" => Some(of(1, 1, 2)),
        "rt.atomic" => Some(of(0, 2, 1)),
        "rt.simt" if is_cached_access(op) => Some(of(0, i64::from(op.num_results() == 0), 1)),
        // Of a whole array; who asks for its sizes reads nothing.
        "bufferization.to_tensor" if op.result(0).uses().iter().any(|(user, _)| !user.is("tensor.dim")) => Some(Access { array: operands[0], kind: 0, places: None }),
        "bufferization.materialize_in_destination" => Some(Access { array: operands[1], kind: 1, places: None }),
        _ => None,
    }
}

/// Whether threads have the memory in common. Constants are written by nobody.
fn is_shared(array: Value) -> bool {
    let root = root(array);
    let own = root.def_by("rt.scratch").is_some_and(|op| op.str_attr("space") == Some("local"));
    !own && !root.def().is_some_and(|op| matches!(op.name(), "rt.constant_array" | "memref.alloca" | "rt.alloc" | "memref.get_global"))
}

/// A call of the runtime, and a check of what it gives.
pub fn say<'c>(b: &Builder<'c>, function: &str, arguments: &[Value<'c>]) {
    let status = b.val("rt.call", arguments, b.i64(), &[("callee", b.str(function))]);
    let fine = b.cmpi("eq", status, b.c_i64(0));
    b.op("rt.check", &[fine], &[], &[("exception", b.str("")), ("message", b.str("")), ("pending", b.unit())]);
}

fn line(op: Op) -> i64 {
    Span::of(op.loc()).map_or(0, |span| span.line as i64)
}

/// The barrier is known by its line and, above that, by the number of its place: a function that is inlined twice has two.
fn arrives<'c>(op: Op<'c>, block: Value<'c>, thread: Value<'c>, sites: &mut HashMap<String, i64>) {
    let b = Builder::before(op);
    let scope = if is_grid_sync(op) { 0 } else if is_of_warp(op) { 2 } else { 1 };
    say(&b, "zouk_kernel_arrives", &[block, thread, b.c_i64(scope), b.c_i64(site(op, sites))]);
}

fn site(op: Op, sites: &mut HashMap<String, i64>) -> i64 {
    let number = sites.len() as i64;
    *sites.entry(op.loc().to_string()).or_insert(number) << 32 | line(op)
}

/// Has threads say so where they do not come to a barrier that others may come to, and go on.
fn passes_by<'c>(function: Op<'c>, block: Value<'c>, thread: Value<'c>, sites: &mut HashMap<String, i64>) {
    let meets = |op: Op| is_meeting(op) && !is_of_warp(op);
    let first = |region: Region<'c>| region.first_block()?.ops().into_iter().flat_map(|op| op.collect(meets)).next();
    let goes_on = |op: Op| is_meeting(op) || accessed(op).is_some_and(|access| is_shared(access.array));
    for branch in function.collect(|op| op.is("scf.if")) {
        let (barrier, other) = match (first(branch.region(0)), first(branch.region(1))) {
            (Some(barrier), None) => (barrier, branch.region(1)),
            (None, Some(barrier)) => (barrier, branch.region(0)),
            _ => continue,
        };
        if !std::iter::successors(branch.next(), |op| op.next()).any(goes_on) {
            continue;
        }
        let body = other.first_block().unwrap_or_else(|| {
            let body = other.add_block(&[]);
            Builder::at_end(branch.context(), body, branch.loc()).op("scf.yield", &[], &[], &[]);
            body
        });
        if let Some(end) = body.terminator() {
            let b = Builder::before(end);
            say(&b, "zouk_kernel_passes_by", &[block, thread, b.c_i64(site(barrier, sites))]);
        }
    }
}

fn accesses<'c>(op: Op<'c>, access: Access<'c>, block: Value<'c>, thread: Value<'c>) {
    let b = Builder::before(op);
    let Some(memref) = MemRef::new(access.array.ty()) else { return };
    let (index, rank) = (b.index(), memref.rank());
    let item = b.c_index(memref.item_size());
    let types = [vec![zouk_dialects::ir::MemRefType::new(memref.element, &[], None, None).into()], vec![index; 1 + 2 * rank]].concat();
    let place = b.op("memref.extract_strided_metadata", &[access.array], &types, &[]);
    let start = b.val("memref.extract_aligned_pointer_as_index", &[access.array], index, &[]);
    let one = |places: &[Value<'c>]| {
        let address = (0..rank).fold(start, |address, axis| {
            let elements = b.bin("arith.muli", places[axis], place.result(2 + rank + axis));
            b.bin("arith.addi", address, b.bin("arith.muli", elements, item))
        });
        let numbers = [b.index_cast(address, b.i64()), b.c_i64(memref.item_size()), b.c_i64(access.kind), block, thread, b.c_i64(line(op))];
        say(&b, "zouk_kernel_accesses", &numbers);
    };
    match access.places {
        Some(places) => one(&places),
        None => each(&b, &(0..rank).map(|axis| place.result(2 + axis)).collect::<Vec<_>>(), &mut vec![], &one),
    }
}

/// Loops over all elements of an array of these sizes, around what is done with the places of each.
fn each<'c>(b: &Builder<'c>, sizes: &[Value<'c>], places: &mut Vec<Value<'c>>, body: &dyn Fn(&[Value<'c>])) {
    let Some((size, inner)) = sizes.split_first() else { return body(places) };
    let region = Region::new();
    let block = region.add_block(&[(b.index(), b.loc())]);
    b.op_with_regions("scf.for", &[b.c_index(0), *size, b.c_index(1)], &[], &[], &[region]);
    b.within(block, || {
        places.push(block.arg(0));
        each(b, inner, places, body);
        places.pop();
        b.op("scf.yield", &[], &[], &[]);
    });
}
