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

use crate::kernel_uniformity::{Uniformity, is_grid_sync, is_pure, meets};
use crate::llvm_dialect::MemRef;
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use crate::watch_kernels::say;
use launch::Launch;
use lanes::Arrival;
use std::collections::HashMap;
use std::rc::Rc;
use thread::{Slot, Thread};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Block, Builder, MemRefType, Op, Region, Type, TypeLike, Value};

mod blocks;
mod control;
mod lanes;
mod launch;
mod thread;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") != Some("cpu") {
        return Ok(());
    }
    functions(module).into_iter().filter(|f| f.has_attr("zouk.entry")).try_for_each(|entry| {
        crate::form_kernel::check_result(entry)?;
        kernel(entry)
    })
}

/// What is done with a thread's last values in a piece.
type Finish<'a, 'c> = &'a mut dyn FnMut(&mut Fission<'c>, &mut Thread<'c>) -> Result<(), Diagnostic>;
/// What is done with the last op of a block.
type End<'a, 'c> = &'a mut dyn FnMut(&mut Fission<'c>, &mut Thread<'c>, Op<'c>) -> Result<(), Diagnostic>;

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
    /// Whether a thread takes part; none when all do.
    mask: Option<Slot<'c>>,
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
    function.collect(is_cached_access).into_iter().for_each(plain_access);
    // The turn goes to nobody: threads of a block wait for each other at barriers alone.
    function.collect(|op| op.is("rt.simt") && op.str_attr("name") == Some("nanosleep")).into_iter().for_each(Op::erase);
}

/// A load or store that says how it is cached.
fn is_cached_access(op: Op) -> bool {
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

impl<'c> Fission<'c> {
    fn number(&mut self, block: Block<'c>, next: &mut usize) {
        for op in block.ops() {
            self.homes.insert(op, *next);
            if meets(op) {
                for inner in op.regions().into_iter().flat_map(|r| r.blocks()) {
                    *next += 1;
                    self.number(inner, next);
                }
                *next += 1;
            }
        }
    }

    /// The piece that an op belongs to.
    fn home(&self, op: Op<'c>) -> Option<usize> {
        std::iter::successors(Some(op), |o| o.parent()).find_map(|o| self.homes.get(&o).copied())
    }

    /// All pieces of a block. `end` is given its last op, in the last piece.
    fn block(&mut self, block: Block<'c>, end: End<'_, 'c>) -> Result<(), Diagnostic> {
        let mut pending = vec![];
        for op in block.ops() {
            if meets(op) {
                self.meeting(op, &std::mem::take(&mut pending))?;
            } else {
                pending.push(op);
            }
        }
        let Some(last) = pending.pop() else { return Ok(()) };
        self.piece(&pending, last, &[], &mut |this, thread| end(this, thread, last))
    }

    /// What threads meet at, after the ops before it.
    fn meeting(&mut self, op: Op<'c>, before: &[Op<'c>]) -> Result<(), Diagnostic> {
        match op.name() {
            "gpu.barrier" => self.piece(before, op, &[], &mut |_, _| Ok(())),
            "rt.simt" => self.together(op, before),
            "scf.if" => self.branch(op, before),
            "scf.for" => self.counted(op, before),
            "scf.while" => self.conditional(op, before),
            "scf.execute_region" => self.unstructured(op, before),
            name => Err(Diagnostic::at(ErrorClass::Internal, "stray-op", format!("threads cannot meet inside of `{name}`"), op.loc())),
        }
    }

    /// One loop over the threads: what they have met for, the ops, `finish`. `last` is the op behind them, of the same piece.
    fn piece(&mut self, ops: &[Op<'c>], last: Op<'c>, clears: &[Slot<'c>], finish: Finish<'_, 'c>) -> Result<(), Diagnostic> {
        let home = self.homes.get(&last).copied().unwrap_or_default();
        let arrivals = std::mem::take(&mut self.arrivals);
        let mut own = vec![];
        for op in ops {
            if !self.is_shared(*op) {
                own.push(*op);
            } else if !self.shared.contains_key(&op.result(0)) {
                self.share(*op)?;
            }
        }
        self.b.set_loc(ops.first().unwrap_or(&last).loc());
        self.threads(clears, &mut |this, thread| {
            for arrival in &arrivals {
                this.arrive(thread, arrival)?;
                this.keep(thread, arrival.op, home)?;
            }
            for op in &own {
                this.take(thread, *op)?;
                this.keep(thread, *op, home)?;
            }
            finish(this, thread)
        })
    }

    /// Whether the op can run once for all threads.
    fn is_shared(&self, op: Op<'c>) -> bool {
        let uniform = op.num_results() > 0 && op.results().into_iter().all(|r| self.uniformity.is_uniform(r));
        uniform && (is_pure(op) || matches!(op.name(), "gpu.block_id" | "gpu.block_dim" | "gpu.grid_dim" | "rt.scratch" | "rt.simt"))
    }

    fn share(&mut self, op: Op<'c>) -> Result<(), Diagnostic> {
        self.b.set_loc(op.loc());
        let results = match op.name() {
            "gpu.block_id" | "gpu.block_dim" | "gpu.grid_dim" => vec![self.launch.number(op)],
            "rt.scratch" => vec![self.scratch_of_block(op)?],
            "rt.simt" => vec![self.b.index_cast(self.launch.dynamic, op.result(0).ty())],
            _ => {
                let copy = self.b.insert(op.deep_clone());
                let shared = &self.shared;
                copy.walk(&mut |inner| replace(inner, &|value| shared.get(&value).copied()));
                copy.results()
            }
        };
        self.shared.extend(op.results().into_iter().zip(results));
        Ok(())
    }

    /// An array of the block: `dynamic` ones are all of one memory.
    fn scratch_of_block(&mut self, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
        let b = Builder::before(self.room);
        b.set_loc(op.loc());
        if op.str_attr("space") != Some("dynamic") {
            let sizes = constants(&b, op)?;
            let array = b.val("rt.alloc", &sizes, op.result(0).ty(), &[]);
            let item = b.c_index(MemRef::new(array.ty()).map_or(1, |memref| memref.item_size()));
            self.watch_unwritten(&b, array, sizes.iter().copied().fold(item, |bytes, size| b.bin("arith.muli", bytes, size)));
            return Ok(array);
        }
        let bytes = self.launch.dynamic;
        let memory = match self.dynamic {
            Some(memory) => memory,
            None => {
                let memory = b.val("rt.alloc", &[bytes], memory_type(b.int(8)), &[]);
                self.watch_unwritten(&b, memory, bytes);
                memory
            }
        };
        self.dynamic = Some(memory);
        Ok(thread::dynamic_view(&b, memory, bytes, op))
    }

    /// In debug mode: shared memory that nobody has written.
    fn watch_unwritten(&self, b: &Builder<'c>, array: Value<'c>, bytes: Value<'c>) {
        if self.launch.watched {
            let start = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
            say(b, "zouk_kernel_shares", &[b.index_cast(start, b.i64()), b.index_cast(bytes, b.i64())]);
        }
    }

    /// Keeps what later pieces need of the op's results.
    fn keep(&mut self, thread: &mut Thread<'c>, op: Op<'c>, home: usize) -> Result<(), Diagnostic> {
        for result in op.results() {
            if self.leaves(result, home) && self.cost(result).is_none() {
                let slot = self.slot(result)?;
                slot.put(&thread.b, thread.linear, thread.values[&result]);
            }
        }
        Ok(())
    }

    /// Whether another piece uses the value, itself or through views of it.
    fn leaves(&self, value: Value<'c>, home: usize) -> bool {
        value.uses().into_iter().any(|(user, _)| {
            let through = || is_pure(user) && user.results().into_iter().any(|r| r.ty().is_mem_ref() && self.leaves(r, home));
            self.home(user) != Some(home) || through()
        })
    }

    /// The place that every thread has for a value.
    fn slot(&mut self, value: Value<'c>) -> Result<Slot<'c>, Diagnostic> {
        if let Some(slot) = self.slots.get(&value) {
            return Ok(*slot);
        }
        let slot = self.fresh(value.ty(), value)?;
        self.slots.insert(value, slot);
        Ok(slot)
    }

    fn fresh(&mut self, ty: Type<'c>, of: Value<'c>) -> Result<Slot<'c>, Diagnostic> {
        let b = Builder::before(self.room);
        Slot::new(&b, self.launch.count, ty).ok_or_else(|| {
            let message = "a name that is another array in each thread cannot be kept while the threads of the block wait for each other";
            Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, of.loc()).help("take the part of the array after the barrier")
        })
    }

    fn marks(&mut self) -> Slot<'c> {
        let b = Builder::before(self.room);
        Slot::new(&b, self.launch.count, b.i1()).expect("bits have an array")
    }

    /// Whether a thread has the mark; code that runs once for all.
    fn any(&self, marks: Slot<'c>) -> Value<'c> {
        let b = &self.b;
        let region = Region::new();
        let body = region.add_block(&[(b.index(), b.loc()), (b.i1(), b.loc())]);
        b.within(body, || {
            let mark = marks.get(b, body.arg(0));
            let next = b.bin("arith.ori", body.arg(1), mark);
            b.op("scf.yield", &[next], &[], &[]);
        });
        let operands = [b.c_index(0), self.launch.count, b.c_index(1), b.c_bool(false)];
        b.op_with_regions("scf.for", &operands, &[b.i1()], &[], &[region]).result(0)
    }
}

/// The sizes of an array, which are constants.
fn constants<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Vec<Value<'c>>, Diagnostic> {
    let size = |value: Value<'c>| Builder::constant_int(value).map(|n| b.c_index(n));
    let sizes: Option<Vec<Value<'c>>> = op.operands().into_iter().map(size).collect();
    sizes.ok_or_else(|| {
        let message = format!("the shape of a {} array must be a constant", op.str_attr("space").unwrap_or_default());
        Diagnostic::at(ErrorClass::Typing, "kernel-unsupported", message, op.loc())
    })
}

fn memory_type<'c>(element: Type<'c>) -> Type<'c> {
    MemRefType::new(element, &[i64::MIN], None, None).into()
}

/// Puts other values in the place of an op's operands.
fn replace<'c>(op: Op<'c>, with: &dyn Fn(Value<'c>) -> Option<Value<'c>>) {
    for i in 0..op.num_operands() {
        if let Some(value) = with(op.operand(i)) {
            op.set_operand(i, value);
        }
    }
}
