//! Makes ordinary functions of kernels, for the CPU: a loop over the blocks, and loops over the threads of a block from one barrier to the next.
//!
//! A *piece* is what a thread does between two places where threads wait for each other. Threads run concurrently in it, so that a loop over them gives what CUDA gives; at its end all
//! have arrived. Seven arguments, behind the kernel's own, are the launch: blocks (x, y, z), threads of a block (x, y, z), bytes of dynamic shared memory. Blocks are independent: their loop
//! is marked as a `prange` is, with no question left, and runs on the threads of the runtime.
//!
//! - What is the same for all threads (`kernel_uniformity`) is computed once, before the loop over them.
//! - A value that a later piece needs is computed anew there when that is cheap, and else kept in an array with a place for each thread.
//! - Control flow around a barrier is real control flow where its condition is the same for all threads. Otherwise every thread has a mark that says whether it takes part, and loops run
//!   while one does. Threads that have returned take part in nothing.
//! - Blocks of code that something leaves early run one thread at a time up to a block that has a barrier; the threads wait there for the others.
//!
//! | file | what it is |
//! |---|---|
//! | `launch` | the numbers of the launch, and the loops over blocks and threads |
//! | `pieces` | what a thread does from one meeting to the next |
//! | `memory` | places of values, shared and local arrays |
//! | `thread` | one thread in a piece: where its values come from |
//! | `control` | branches and loops around barriers |
//! | `blocks` | the same for unstructured code |
//! | `lanes` | shuffles, votes, barriers with a result |
//!
//! ```mlir before
//! module attributes {zouk.simt = "cpu"} {
//!   func.func @reverse(%a: memref<?xf32>) attributes {zouk.entry = "reverse", py.arguments = ["!py.array<f32, 1, C>"]} {
//!     %c255 = arith.constant 255 : index
//!     %c256 = arith.constant 256 : index
//!     %t = gpu.thread_id x
//!     %s = rt.scratch "shared"(%c256) : memref<?xf32>
//!     %x = memref.load %a[%t] : memref<?xf32>
//!     memref.store %x, %s[%t] : memref<?xf32>
//!     gpu.barrier
//!     %u = arith.subi %c255, %t : index
//!     %y = memref.load %s[%u] : memref<?xf32>
//!     memref.store %y, %a[%t] : memref<?xf32>
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! #access_group = #llvm.access_group<id = distinct[0]<>>
//! #access_group1 = #llvm.access_group<id = distinct[1]<>>
//! module attributes {zouk.simt = "cpu"} {
//!   func.func @reverse(%arg0: memref<?xf32>, %arg1: i64, %arg2: i64, %arg3: i64, %arg4: i64, %arg5: i64, %arg6: i64, %arg7: i64) attributes {py.arguments = ["!py.array<f32, 1, C>", "si64", "si64", "si64", "si64", "si64", "si64", "si64"], zouk.entry = "reverse"} {
//!     %c1_i64 = arith.constant 1 : i64
//!     %c2147483647_i64 = arith.constant 2147483647 : i64
//!     %0 = arith.cmpi sge, %arg1, %c1_i64 : i64
//!     %1 = arith.cmpi sle, %arg1, %c2147483647_i64 : i64
//!     rt.check %0, "ValueError" "a launch has from 1 to 2147483647 blocks along x"
//!     rt.check %1, "ValueError" "a launch has from 1 to 2147483647 blocks along x"
//!     %c1_i64_0 = arith.constant 1 : i64
//!     %c65535_i64 = arith.constant 65535 : i64
//!     %2 = arith.cmpi sge, %arg2, %c1_i64_0 : i64
//!     %3 = arith.cmpi sle, %arg2, %c65535_i64 : i64
//!     rt.check %2, "ValueError" "a launch has from 1 to 65535 blocks along y"
//!     rt.check %3, "ValueError" "a launch has from 1 to 65535 blocks along y"
//!     %c1_i64_1 = arith.constant 1 : i64
//!     %c65535_i64_2 = arith.constant 65535 : i64
//!     %4 = arith.cmpi sge, %arg3, %c1_i64_1 : i64
//!     %5 = arith.cmpi sle, %arg3, %c65535_i64_2 : i64
//!     rt.check %4, "ValueError" "a launch has from 1 to 65535 blocks along z"
//!     rt.check %5, "ValueError" "a launch has from 1 to 65535 blocks along z"
//!     %c1_i64_3 = arith.constant 1 : i64
//!     %c1024_i64 = arith.constant 1024 : i64
//!     %6 = arith.cmpi sge, %arg4, %c1_i64_3 : i64
//!     %7 = arith.cmpi sle, %arg4, %c1024_i64 : i64
//!     rt.check %6, "ValueError" "a launch has from 1 to 1024 threads along x"
//!     rt.check %7, "ValueError" "a launch has from 1 to 1024 threads along x"
//!     %c1_i64_4 = arith.constant 1 : i64
//!     %c1024_i64_5 = arith.constant 1024 : i64
//!     %8 = arith.cmpi sge, %arg5, %c1_i64_4 : i64
//!     %9 = arith.cmpi sle, %arg5, %c1024_i64_5 : i64
//!     rt.check %8, "ValueError" "a launch has from 1 to 1024 threads along y"
//!     rt.check %9, "ValueError" "a launch has from 1 to 1024 threads along y"
//!     %c1_i64_6 = arith.constant 1 : i64
//!     %c64_i64 = arith.constant 64 : i64
//!     %10 = arith.cmpi sge, %arg6, %c1_i64_6 : i64
//!     %11 = arith.cmpi sle, %arg6, %c64_i64 : i64
//!     rt.check %10, "ValueError" "a launch has from 1 to 64 threads along z"
//!     rt.check %11, "ValueError" "a launch has from 1 to 64 threads along z"
//!     %c0_i64 = arith.constant 0 : i64
//!     %c36028797018963967_i64 = arith.constant 36028797018963967 : i64
//!     %12 = arith.cmpi sge, %arg7, %c0_i64 : i64
//!     %13 = arith.cmpi sle, %arg7, %c36028797018963967_i64 : i64
//!     rt.check %12, "ValueError" "a launch has from 0 to 36028797018963967 bytes of shared memory"
//!     rt.check %13, "ValueError" "a launch has from 0 to 36028797018963967 bytes of shared memory"
//!     %14 = arith.index_cast %arg1 : i64 to index
//!     %15 = arith.index_cast %arg2 : i64 to index
//!     %16 = arith.index_cast %arg3 : i64 to index
//!     %17 = arith.index_cast %arg4 : i64 to index
//!     %18 = arith.index_cast %arg5 : i64 to index
//!     %19 = arith.index_cast %arg6 : i64 to index
//!     %20 = arith.muli %17, %18 : index
//!     %21 = arith.muli %20, %19 : index
//!     %22 = arith.muli %14, %15 : index
//!     %23 = arith.muli %22, %16 : index
//!     %c1 = arith.constant 1 : index
//!     %c1024 = arith.constant 1024 : index
//!     %24 = arith.cmpi sge, %21, %c1 : index
//!     %25 = arith.cmpi sle, %21, %c1024 : index
//!     rt.check %24, "ValueError" "a launch has from 1 to 1024 threads"
//!     rt.check %25, "ValueError" "a launch has from 1 to 1024 threads"
//!     %26 = arith.index_cast %arg7 : i64 to index
//!     %c0 = arith.constant 0 : index
//!     %c1_7 = arith.constant 1 : index
//!     scf.for %arg8 = %c0 to %23 step %c1_7 {
//!       %27 = arith.divui %arg8, %14 : index
//!       %28 = arith.remui %arg8, %14 : index
//!       %29 = arith.remui %27, %15 : index
//!       %30 = arith.divui %27, %15 : index
//!       %31 = arith.remui %30, %16 : index
//!       %c256 = arith.constant 256 : index
//!       %32 = rt.alloc(%c256) : memref<?xf32>
//!       %c4 = arith.constant 4 : index
//!       %33 = arith.muli %c4, %c256 : index
//!       %c0_8 = arith.constant 0 : index
//!       %c256_9 = arith.constant 256 : index
//!       %c255 = arith.constant 255 : index
//!       %c256_10 = arith.constant 256 : index
//!       %c0_11 = arith.constant 0 : index
//!       %c1_12 = arith.constant 1 : index
//!       scf.for %arg9 = %c0_11 to %19 step %c1_12 {
//!         %c0_15 = arith.constant 0 : index
//!         %c1_16 = arith.constant 1 : index
//!         scf.for %arg10 = %c0_15 to %18 step %c1_16 {
//!           %34 = arith.muli %arg9, %18 : index
//!           %35 = arith.addi %34, %arg10 : index
//!           %36 = arith.muli %35, %17 : index
//!           %c0_17 = arith.constant 0 : index
//!           %c1_18 = arith.constant 1 : index
//!           scf.for %arg11 = %c0_17 to %17 step %c1_18 {
//!             %37 = arith.addi %36, %arg11 : index
//!             %38 = memref.load %arg0[%arg11] : memref<?xf32>
//!             memref.store %38, %32[%arg11] : memref<?xf32>
//!           } {zouk.accesses = #access_group, zouk.any_order = [], zouk.threads}
//!         }
//!       }
//!       %c0_13 = arith.constant 0 : index
//!       %c1_14 = arith.constant 1 : index
//!       scf.for %arg9 = %c0_13 to %19 step %c1_14 {
//!         %c0_15 = arith.constant 0 : index
//!         %c1_16 = arith.constant 1 : index
//!         scf.for %arg10 = %c0_15 to %18 step %c1_16 {
//!           %34 = arith.muli %arg9, %18 : index
//!           %35 = arith.addi %34, %arg10 : index
//!           %36 = arith.muli %35, %17 : index
//!           %c0_17 = arith.constant 0 : index
//!           %c1_18 = arith.constant 1 : index
//!           scf.for %arg11 = %c0_17 to %17 step %c1_18 {
//!             %37 = arith.addi %36, %arg11 : index
//!             %38 = arith.subi %c255, %arg11 : index
//!             %39 = memref.load %32[%38] : memref<?xf32>
//!             memref.store %39, %arg0[%arg11] : memref<?xf32>
//!           } {zouk.accesses = #access_group1, zouk.any_order = [], zouk.threads}
//!         }
//!       }
//!     } {zouk.carried = [], zouk.independent, zouk.parallel = "prange"}
//!     return
//!   }
//! }
//! ```

use crate::kernel_uniformity::{Uniformity, is_grid_sync, meets};
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use launch::Launch;
use lanes::Arrival;
use memory::Slot;
use std::collections::HashMap;
use std::rc::Rc;
use thread::Thread;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};

mod blocks;
mod control;
mod lanes;
mod launch;
mod memory;
mod pieces;
mod thread;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") != Some("cpu") {
        return Ok(());
    }
    functions(module).into_iter().try_for_each(crate::form_kernel::check_for_cpu)?;
    functions(module).into_iter().filter(|f| f.has_attr("zouk.entry")).try_for_each(|entry| {
        crate::form_kernel::check_result(entry)?;
        kernel(entry)
    })
}

/// What is done with a thread's last values in a piece.
type Finish<'a, 'c> = &'a mut dyn FnMut(&mut Fission<'c>, &mut Thread<'c>) -> Result<(), Diagnostic>;
/// What is done with the last op of a block.
type End<'a, 'c> = &'a mut dyn FnMut(&mut Fission<'c>, &mut Thread<'c>, Op<'c>) -> Result<(), Diagnostic>;

/// A value that is to be true, or false.
type Condition<'c> = (Value<'c>, bool);

/// The threads that take part.
#[derive(Clone)]
struct Mask<'c> {
    marks: Slot<'c>,
    /// The same as conditions, where these follow from a thread's place: they are computed anew.
    conditions: Option<Vec<Condition<'c>>>,
}

/// A kernel on its way to loops. `b` is where code goes that runs once for all threads.
struct Fission<'c> {
    b: Rc<Builder<'c>>,
    launch: Launch<'c>,
    uniformity: Uniformity<'c>,
    /// Values of the kernel that are the same for all threads, as they are now.
    shared: HashMap<Value<'c>, Value<'c>>,
    /// Those that every thread has a place for.
    slots: HashMap<Value<'c>, Slot<'c>>,
    /// The piece of every op that stands directly in a block with meetings.
    homes: HashMap<Op<'c>, usize>,
    /// Which threads take part; none when all do.
    mask: Option<Mask<'c>>,
    /// Of those, the ones for which these conditions hold.
    guards: Vec<Condition<'c>>,
    /// Memory that a block of threads needs is allocated before this op.
    room: Op<'c>,
    /// The memory of arrays that threads, or blocks of a grid that meet, have parts of.
    scratch: HashMap<Op<'c>, Value<'c>>,
    /// Dynamic shared memory, once something asks for it.
    dynamic: Option<Value<'c>>,
    /// What the next piece begins with: results of what threads have met for.
    arrivals: Vec<Arrival<'c>>,
}

fn kernel(function: Op) -> Result<(), Diagnostic> {
    make_one_block(function);
    let old = function.body(0);
    gather_places(old);
    crate::form_kernel::check_shared(&[function])?;
    let grid = !function.collect(is_grid_sync).is_empty();
    let uniformity = Uniformity::of(function);
    let (new, launch) = Launch::begin(function, old, grid);
    let b = Rc::new(Builder::at_end(function.context(), new, function.loc()));
    let shared: HashMap<Value, Value> = old.args().into_iter().zip(new.args()).collect();
    let inside = launch.blocks_loop(&b);
    let home = inside.unwrap_or(new);
    let launch = launch.enter(&b, inside);
    let room = b.within(home, || b.c_index(0)).def().expect("a constant is an op");
    let mut fission = Fission {
        b: b.clone(),
        launch,
        uniformity,
        shared,
        slots: HashMap::new(),
        homes: HashMap::new(),
        mask: None,
        guards: vec![],
        room,
        scratch: HashMap::new(),
        dynamic: None,
        arrivals: vec![],
    };
    fission.number(old, &mut 0);
    let done = b.within(home, || fission.block(old, &mut |_, _, _| Ok(())));
    if let Some(block) = inside {
        b.within(block, || b.op("scf.yield", &[], &[], &[]));
    }
    b.op("func.return", &[], &[], &[]);
    done?;
    // A value of the old body in the new one would be gone with it.
    let of_old = |value: Value| std::iter::successors(value.parent_block(), |b| b.parent().and_then(|o| o.block())).any(|block| block == old);
    let stray = new.ops().into_iter().flat_map(|op| op.collect(|op| op.operands().into_iter().any(of_old))).next();
    if let Some(op) = stray {
        return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", format!("an operand of `{}` is lost among the threads", op.name()), op.loc()));
    }
    old.erase();
    Ok(())
}

/// A body of several blocks becomes an `scf.execute_region` in one block.
fn make_one_block(function: Op) {
    let blocks = function.region(0).blocks();
    if blocks.len() == 1 {
        return;
    }
    let region = Region::new();
    region.take_body(function.region(0));
    let entry = blocks[0];
    let types: Vec<_> = entry.args().iter().map(|a| (a.ty(), a.loc())).collect();
    let outer = function.region(0).add_block(&types);
    entry.args().into_iter().zip(outer.args()).for_each(|(old, new)| old.replace_all_uses(new));
    (0..types.len()).rev().for_each(|i| entry.erase_arg(i));
    let b = Builder::at_end(function.context(), outer, function.loc());
    let op = b.op_with_regions("scf.execute_region", &[], &[], &[], &[region]);
    for exit in op.collect(|o| o.is("func.return")) {
        Builder::before(exit).op("scf.yield", &[], &[], &[]);
        exit.erase();
    }
    b.op("func.return", &[], &[], &[]);
}

/// Moves what asks where a thread is, and arrays of blocks and threads, to the start of the kernel, where every piece finds it.
fn gather_places(entry: Block) {
    let Some(function) = entry.parent() else { return };
    let alone = |op: Op| op.is("rt.simt") && !meets(op);
    let wanted = |op: Op| op.num_operands() == 0 && op.num_results() == 1 && (op.dialect() == "gpu" || alone(op)) || op.is("rt.scratch");
    for op in function.collect(wanted).into_iter().rev() {
        let Some(first) = entry.first().filter(|first| *first != op) else { continue };
        op.detach();
        entry.insert_before(first, op);
        for (i, size) in op.operands().into_iter().enumerate() {
            if let Some(constant) = size.def_by("arith.constant") {
                let copy = Builder::before(op).insert(constant.deep_clone());
                op.set_operand(i, copy.result(0));
            }
        }
    }
    let mut first: HashMap<i64, Op> = HashMap::new();
    // Where a function is inlined several times, its array of the block is one.
    for op in function.collect(|op| op.is("rt.scratch") && op.str_attr("space") == Some("shared")) {
        let Some(id) = op.int_attr("id") else { continue };
        match first.get(&id) {
            Some(same) => {
                op.result(0).replace_all_uses(same.result(0));
                op.erase();
            }
            None => _ = first.insert(id, op),
        }
    }
    function.collect(is_cached_access).into_iter().for_each(plain_access);
    // The turn goes to nobody: threads of a block wait for each other at barriers alone.
    function.collect(|op| op.is("rt.simt") && op.str_attr("name") == Some("nanosleep")).into_iter().for_each(Op::erase);
}

/// A load or store that says how it is cached.
pub fn is_cached_access(op: Op) -> bool {
    let name = op.str_attr("name").unwrap_or_default();
    op.is("rt.simt") && matches!(name, "ldca" | "ldcg" | "ldcs" | "ldlu" | "ldcv" | "stcg" | "stcs" | "stwb" | "stwt")
}

/// The CPU has one way to access memory.
fn plain_access(op: Op) {
    let (b, operands) = (Builder::before(op), op.operands());
    if op.num_results() == 1 {
        let loaded = b.val("memref.load", &operands, op.result(0).ty(), &[]);
        op.result(0).replace_all_uses(loaded);
    } else if let Some((value, place)) = operands.split_last() {
        b.op("memref.store", &[&[*value], place].concat(), &[], &[]);
    }
    op.erase();
}

/// Puts other values in the place of an op's operands.
fn replace<'c>(op: Op<'c>, with: &dyn Fn(Value<'c>) -> Option<Value<'c>>) {
    for i in 0..op.num_operands() {
        if let Some(value) = with(op.operand(i)) {
            op.set_operand(i, value);
        }
    }
}
