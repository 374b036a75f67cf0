//! Runs parallel loops in chunks: an `scf.parallel` over the chunks, with the loop over one chunk inside it.
//!
//! The runtime says how many chunks there are, from the number of iterations and what one of them costs: one for a loop that is not worth a thread. Every chunk starts from the
//! neutral element of what it carries, or, for extremes, from where the loop starts, and what the chunks come to is put together in their order:
//!
//! - by `scf.reduce`, for what is one associative operation, or the better of two;
//! - through an array with a place for each chunk, for values that belong together (an extreme and its place, a sum and its rounding error), and for the last value.
//!
//! An array that the loop reduces into is one array for each chunk, all of them parts of one block, filled with the neutral element; there are no more of them than the loop's work is worth. A GPU
//! combines integers in the array itself, by atomic operations.
//!
//! In a nest the outermost loop that may be parallel is; loops inside it stay as they are, but for those that a GPU's threads share too (`nest`).
//!
//! ```mlir before
//! func.func @total(%a: memref<?xf64>, %n: index) -> f64 {
//!   %zero = arith.constant 0.0 : f64
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %s = scf.for %i = %c0 to %n step %c1 iter_args(%sum = %zero) -> f64 {
//!     %x = memref.load %a[%i] : memref<?xf64>
//!     %next = arith.addf %sum, %x : f64
//!     scf.yield %next : f64
//!   } {zouk.parallel = "prange", zouk.carried = ["arith.addf"], zouk.independent}
//!   return %s : f64
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func private @zouk_parallel_chunks(i64, i64, i64) -> i64 attributes {passthrough = ["nounwind"], zouk.writes = array<i32>}
//!   func.func @total(%arg0: memref<?xf64>, %arg1: index) -> f64 {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c0_0 = arith.constant 0 : index
//!     %c1_1 = arith.constant 1 : index
//!     %0 = arith.cmpi slt, %c0, %arg1 : index
//!     %1 = arith.subi %arg1, %c0 : index
//!     %2 = arith.subi %1, %c1_1 : index
//!     %3 = arith.addi %2, %c1_1 : index
//!     %4 = arith.select %0, %3, %c0_0 : index
//!     %c9223372036854775807 = arith.constant 9223372036854775807 : index
//!     %5 = arith.cmpi slt, %4, %c0_0 : index
//!     %6 = arith.select %5, %c9223372036854775807, %4 : index
//!     %c2_i64 = arith.constant 2 : i64
//!     %c4_i64 = arith.constant 4 : i64
//!     %7 = arith.divui %c2_i64, %c4_i64 : i64
//!     %c1_i64 = arith.constant 1 : i64
//!     %8 = arith.maxsi %7, %c1_i64 : i64
//!     %c0_i64 = arith.constant 0 : i64
//!     %9 = arith.index_cast %6 : index to i64
//!     %10 = call @zouk_parallel_chunks(%9, %8, %c0_i64) : (i64, i64, i64) -> i64
//!     %11 = arith.index_cast %10 : i64 to index
//!     %c0_2 = arith.constant 0 : index
//!     %c1_3 = arith.constant 1 : index
//!     %12 = scf.parallel (%arg2) = (%c0_2) to (%11) step (%c1_3) init (%cst) -> f64 {
//!       %13 = arith.index_cast %10 : i64 to index
//!       %c1_4 = arith.constant 1 : index
//!       %14 = arith.divui %6, %13 : index
//!       %15 = arith.remui %6, %13 : index
//!       %16 = arith.addi %arg2, %c1_4 : index
//!       %17 = arith.muli %arg2, %14 : index
//!       %18 = arith.minui %arg2, %15 : index
//!       %19 = arith.addi %17, %18 : index
//!       %20 = arith.muli %19, %c1 : index
//!       %21 = arith.addi %c0, %20 : index
//!       %22 = arith.cmpi eq, %16, %13 : index
//!       %23 = arith.muli %16, %14 : index
//!       %24 = arith.minui %16, %15 : index
//!       %25 = arith.addi %23, %24 : index
//!       %26 = arith.muli %25, %c1 : index
//!       %27 = arith.addi %c0, %26 : index
//!       %28 = arith.select %22, %arg1, %27 : index
//!       %cst_5 = arith.constant -0.000000e+00 : f64
//!       %29 = scf.for %arg3 = %21 to %28 step %c1 iter_args(%arg4 = %cst_5) -> (f64) {
//!         %30 = memref.load %arg0[%arg3] : memref<?xf64>
//!         %31 = arith.addf %arg4, %30 : f64
//!         scf.yield %31 : f64
//!       } {zouk.any_order = ["arith.addf"]}
//!       scf.reduce(%29 : f64) {
//!       ^bb0(%arg3: f64, %arg4: f64):
//!         %30 = arith.addf %arg3, %arg4 : f64
//!         scf.reduce.return %30 : f64
//!       }
//!     }
//!     return %12 : f64
//!   }
//! }
//! ```

use crate::analyse_dependences::scratch::{self, SCRATCH};
use crate::parallel::remarks::{self, Remark, Status};
use crate::parallel::{ARRAYS, INDEPENDENT, MARKS, PARALLEL, SLOW, functions, numbers, outermost, replace_inside};
use crate::hoist_checks::say_rare;
use crate::offload::{OFFLOAD, may_raise, module_of, obstacle};
use crate::pass::{OptionInfo, Options};
use crate::vectorize_iterations::ANY_ORDER;
use combine::{Carried, Way};
use nest::Grid;
use own_arrays::OwnArrays;
use zouk_dialects::diagnostic::{Diagnostic, Span};
use zouk_dialects::ir::{Block, Builder, FunctionType, Location, Op, Region, Type, Value};

pub mod combine;
mod cost;
pub mod nest;
mod own_arrays;

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in functions(module) {
        for the_loop in outermost(function).into_iter().filter(|l| l.has_attr(INDEPENDENT)) {
            let inner = inner_remarks(the_loop);
            let offloaded = parallelise(the_loop, true)?;
            for (remark, spread) in inner {
                let (status, reason) = if offloaded && spread { (Status::Gpu, "over one grid of threads with the loop around it") } else { (Status::Serial, "the loop around it runs in parallel") };
                // What is no parallel loop by itself is not said to be serial.
                if status == Status::Gpu || remark.kind != "loop" {
                    remarks::add(|| Remark { status, reason: reason.into(), ..remark });
                }
            }
        }
        function.walk(&mut |op| {
            if op.is("scf.for") {
                MARKS.iter().for_each(|name| _ = op.remove_attr(name));
            }
        });
    }
    Ok(())
}

/// What is to be said of the loops inside one that runs in parallel, and whether they may be spread with it. Their marks go.
fn inner_remarks(the_loop: Op) -> Vec<(Remark, bool)> {
    let spread = if kind(the_loop) == "prange" { nest::levels(the_loop).split_off(1) } else { vec![] };
    let inside = the_loop.collect(|op| op != the_loop && (op.has_attr(PARALLEL) || spread.contains(&op)));
    let said = inside.into_iter().map(|inner| {
        let remark = Remark::of(inner, inner.str_attr(PARALLEL).unwrap_or("loop"), Status::Serial);
        inner.remove_attr(PARALLEL);
        (remark, spread.contains(&inner))
    });
    let said = said.collect();
    if the_loop.has_attr(SLOW) { vec![] } else { said }
}

fn kind<'c>(the_loop: Op<'c>) -> &'c str {
    the_loop.str_attr(PARALLEL).unwrap_or_default()
}

/// Chunks for the threads of the processor, and for those of a GPU.
const CHUNKS: [&str; 2] = ["zouk_parallel_chunks", "zouk_offload_chunks"];

/// The runtime's function that says how many chunks there are.
fn declare_chunks<'c>(module: Op<'c>, name: &str) {
    let body = module.body(0);
    let Some(first) = body.first().filter(|_| !body.ops().iter().any(|op| op.str_attr("sym_name") == Some(name))) else { return };
    let b = Builder::before(first);
    let attrs = [
        ("sym_name", b.str(name)),
        ("function_type", b.ty_attr(FunctionType::new(b.context, &[b.i64(), b.i64(), b.i64()], &[b.i64()]).into())),
        ("sym_visibility", b.str("private")),
        ("passthrough", b.str_array(&["nounwind"])),
        ("zouk.writes", b.parse_attr("array<i32>")),
    ];
    b.op_with_regions("func.func", &[], &[], &attrs, &[Region::new()]);
}

/// Whether an iteration that ran on a GPU since this was asked last has raised: then nothing of its loop has happened.
pub const FAILED: &str = "zouk_offload_failed";

/// Splits the loop into chunks, for a GPU where that is wanted, allowed and possible: gives whether it is.
fn parallelise<'c>(the_loop: Op<'c>, gpu: bool) -> Result<bool, Diagnostic> {
    let carried = Carried::all(the_loop)?;
    let private = private_arrays(the_loop);
    let (offloaded, reason) = if gpu { for_a_gpu(the_loop, &private) } else { (false, String::new()) };
    let instead = (offloaded && may_raise(the_loop)).then(|| the_loop.deep_clone());
    add_remark(the_loop, &carried, offloaded, reason);
    let b = Builder::before(the_loop);
    let ty = the_loop.operand(0).ty();
    let Division { trips, chunks, grid } = Division::of(&b, the_loop, offloaded);
    let count = b.index_cast(chunks, b.index());
    let places: Vec<Option<Value>> = carried.iter().map(|c| matches!(c.way, Way::Placed(..)).then(|| combine::places(&b, count, c.init.ty()))).collect();

    let own: Vec<OwnArrays> = own_arrays::of(&b, the_loop, count, offloaded);
    let reduced: Vec<&Carried> = carried.iter().filter(|c| matches!(c.way, Way::Reduced(..))).collect();
    let types: Vec<Type> = reduced.iter().map(|c| c.init.ty()).collect();
    let inits: Vec<Value> = reduced.iter().map(|c| c.init).collect();
    let region = Region::new();
    let block = region.add_block(&[(b.index(), b.loc())]);
    let bounds = [b.c_index(0), count, b.c_index(1)];
    b.within(block, || {
        let thread = grid.as_ref().map_or_else(|| vec![block.arg(0)], |grid| grid.place(&b, block.arg(0)));
        let along = grid.as_ref().map_or(chunks, Grid::outermost);
        let interleaved = offloaded && carried.iter().all(|c| !c.way.is_ordered());
        let of = Chunk { number: b.index_cast(thread[0], ty), chunks: b.index_cast(along, ty), trips, interleaved, on_a_gpu: offloaded };
        let inner = chunk_loop(&b, the_loop, &of, &carried, &private);
        grid.iter().for_each(|grid| grid.share(inner, &thread));
        if offloaded {
            own_arrays::make_atomic(the_loop, inner);
        }
        own.iter().for_each(|array| array.in_chunk(&b, inner, block.arg(0)));
        let totals = inner.results();
        for (k, place) in places.iter().enumerate() {
            if let Some(place) = place {
                combine::put(&b, totals[k], *place, block.arg(0));
            }
        }
        let results: Vec<Value> = reduced.iter().map(|c| totals[c.number]).collect();
        let regions: Vec<Region> = reduced.iter().map(|c| c.way.region(&b, c.init.ty())).collect();
        b.op_with_regions("scf.reduce", &results, &[], &[], &regions);
    });
    let segments = b.i32_array(&[1, 1, 1, inits.len() as i32]);
    let op = b.op_with_regions("scf.parallel", &[&bounds[..], &inits].concat(), &types, &[("operandSegmentSizes", segments)], &[region]);
    if offloaded {
        op.set_attr(OFFLOAD, b.unit());
    }
    let results = || {
        own.iter().for_each(|array| array.put_together(&b, count));
        let mut results: Vec<(usize, Value)> = reduced.iter().map(|c| c.number).zip(op.results()).chain(combine::placed(&b, &carried, &places, count)).collect();
        results.sort_by_key(|(number, _)| *number);
        results.into_iter().map(|(_, value)| value).collect::<Vec<Value>>()
    };
    let results = match instead {
        Some(instead) => unless_failed(&b, instead, results)?,
        None => results(),
    };
    the_loop.results().into_iter().zip(results).for_each(|(old, new)| old.replace_all_uses(new));
    the_loop.erase();
    Ok(offloaded)
}

/// Says that the loop is parallel, what it puts together, and what is tested for it.
fn add_remark<'c>(the_loop: Op<'c>, carried: &[Carried<'c>], offloaded: bool, reason: String) {
    let mut reductions: Vec<String> = carried.iter().filter_map(|c| c.way.word()).map(String::from).collect();
    reductions.extend(the_loop.has_attr(ARRAYS).then(|| "array".to_string()));
    let tests = the_loop.int_attr(INDEPENDENT).unwrap_or(0) as usize;
    if !the_loop.has_attr(SLOW) {
        let status = if offloaded { Status::Gpu } else { Status::Parallel };
        remarks::add(|| Remark { reductions, tests, reason, ..Remark::of(the_loop, kind(the_loop), status) });
    }
}

/// How a loop is divided.
struct Division<'c> {
    /// How often the loop runs.
    trips: Value<'c>,
    /// The number of chunks, an int64.
    chunks: Value<'c>,
    /// Of a nest that threads of a GPU share.
    grid: Option<Grid<'c>>,
}

impl<'c> Division<'c> {
    fn of(b: &Builder<'c>, the_loop: Op<'c>, offloaded: bool) -> Self {
        let chunks_of = CHUNKS[offloaded as usize];
        if let Some(module) = module_of(the_loop) {
            declare_chunks(module, chunks_of);
        }
        let trips = trips(b, the_loop);
        let cost = cost::of(b, the_loop);
        let elements = own_arrays::elements(b, the_loop, offloaded);
        let chunks = |trips: Value<'c>| b.val("func.call", &[b.index_cast(trips, b.i64()), cost, elements], b.i64(), &[("callee", b.symbol(chunks_of))]);
        let levels = if offloaded { nest::levels(the_loop) } else { vec![the_loop] };
        let grid = (levels.len() > 1).then(|| Grid::new(b, &levels, trips, chunks));
        let chunks = grid.as_ref().map_or_else(|| chunks(trips), |grid| grid.threads(b));
        Division { trips, chunks, grid }
    }
}

/// What comes of the loop's chunks, or, when an iteration has raised on the GPU, of the loop as it runs on the processor: it raises there, with the effects that it has there.
fn unless_failed<'c>(b: &Builder<'c>, instead: Op<'c>, results: impl FnOnce() -> Vec<Value<'c>>) -> Result<Vec<Value<'c>>, Diagnostic> {
    let status = b.val("rt.call", &[], b.i64(), &[("callee", b.str(FAILED))]);
    let failed = b.cmpi("ne", status, b.c_i64(0));
    let types: Vec<Type> = instead.results().iter().map(|result| result.ty()).collect();
    let then = region(b, &[], |block| {
        block.append(instead);
        b.op("scf.yield", &instead.results(), &[], &[]);
    });
    let otherwise = region(b, &[], |_| {
        let results = results();
        b.op("scf.yield", &results, &[], &[]);
    });
    let branch = b.op_with_regions("scf.if", &[failed], &types, &[], &[then, otherwise]);
    say_rare(instead);
    // Arrays that it reduces into are as they were after an exception.
    if instead.has_attr(ARRAYS) {
        instead.set_unit(SLOW);
        parallelise(instead, false)?;
    } else {
        instead.walk(&mut |op| MARKS.iter().for_each(|name| _ = op.remove_attr(name)));
    }
    Ok(branch.results())
}

/// Arrays from before the loop of which every chunk has its own.
fn private_arrays<'c>(the_loop: Op<'c>) -> Vec<Value<'c>> {
    let all = scratch::stored(the_loop);
    numbers(the_loop, SCRATCH).into_iter().filter_map(|i| all.get(i).copied()).collect()
}

/// How often the loop runs, in the type of its counter: unsigned, and of an i64 less than 2^63.
fn trips<'c>(b: &Builder<'c>, the_loop: Op<'c>) -> Value<'c> {
    let [from, to, step] = [0, 1, 2].map(|i| the_loop.operand(i));
    let (zero, one) = (b.c_int(from.ty(), 0), b.c_int(from.ty(), 1));
    let runs = b.cmpi(if the_loop.has_attr("unsignedCmp") { "ult" } else { "slt" }, from, to);
    let most = b.bin("arith.subi", b.bin("arith.subi", to, from), one);
    let trips = if Builder::constant_int(step) == Some(1) { b.bin("arith.addi", most, one) } else { b.bin("arith.addi", b.bin("arith.divui", most, step), one) };
    let trips = b.select(runs, trips, zero);
    // More iterations than an i64 counts are never seen to end.
    let limit = b.c_int(from.ty(), i64::MAX);
    b.select(b.cmpi("slt", trips, zero), limit, trips)
}

/// Whether the loop runs on a GPU, and why not, where the program asks for one.
fn for_a_gpu<'c>(the_loop: Op<'c>, private: &[Value<'c>]) -> (bool, String) {
    if !module_of(the_loop).is_some_and(|module| module.has_attr(OFFLOAD)) {
        return (false, String::new());
    }
    // It hardly ever runs.
    if the_loop.has_attr(SLOW) {
        return (false, String::new());
    }
    let stays = |what: &str, place: Location| (false, format!("it stays on the processor: {what} (line {})", Span::of(place).unwrap_or_default().line));
    match (obstacle(the_loop), private.first()) {
        (Some((place, what)), _) => stays(what, place),
        (None, Some(array)) => stays("it needs an array of its own in every chunk", array.loc()),
        (None, None) => (true, String::new()),
    }
}

/// One of the chunks of a loop.
struct Chunk<'c> {
    number: Value<'c>,
    chunks: Value<'c>,
    trips: Value<'c>,
    /// It takes every so many iterations, as neighbouring threads of a GPU should, and not neighbouring ones.
    interleaved: bool,
    on_a_gpu: bool,
}

/// The loop over one chunk.
fn chunk_loop<'c>(b: &Builder<'c>, the_loop: Op<'c>, of: &Chunk<'c>, carried: &[Carried<'c>], private: &[Value<'c>]) -> Op<'c> {
    let [from, to, step] = [0, 1, 2].map(|i| the_loop.operand(i));
    let (chunk, chunks) = (of.number, of.chunks);
    let one = b.c_int(chunk.ty(), 1);
    // The first chunks have one iteration more where the rest of the division asks for it.
    let (size, rest) = (b.bin("arith.divui", of.trips, chunks), b.bin("arith.remui", of.trips, chunks));
    let at = |chunk: Value<'c>| {
        let place = b.bin("arith.addi", b.bin("arith.muli", chunk, size), b.bin("arith.minui", chunk, rest));
        b.bin("arith.addi", from, b.bin("arith.muli", place, step))
    };
    let next = b.bin("arith.addi", chunk, one);
    // The end of the last chunk is that of the loop: past it, a sum could leave the integers.
    let mut bounds = [at(chunk), b.select(b.cmpi("eq", next, chunks), to, at(next)), step];
    if of.interleaved {
        // So could a step of all chunks, in loops that end near the largest integer.
        let safe = nest::steps_are_safe(b, to, step);
        let apart = [b.bin("arith.addi", from, b.bin("arith.muli", chunk, step)), to, b.bin("arith.muli", step, chunks)];
        bounds = std::array::from_fn(|i| b.select(safe, apart[i], bounds[i]));
    }
    let inits: Vec<Value> = carried.iter().map(|c| c.start(b)).collect();
    let inner: Op = b.insert(the_loop.deep_clone());
    for (value, own) in private.iter().filter_map(|value| Some((*value, b.insert(value.def()?.deep_clone())))) {
        own.detach();
        Builder::before(inner).insert(own);
        replace_inside(inner, value, own.result(0));
    }
    inner.set_operands(&[&bounds[..], &inits[..]].concat());
    // What a chunk has of its own, its iterations share.
    let ways: Option<Vec<&str>> = carried.iter().map(|c| c.way.operation()).collect();
    if let Some(ways) = ways.filter(|_| !of.on_a_gpu && private.is_empty() && !the_loop.has_attr(ARRAYS) && !the_loop.has_attr(SLOW)) {
        inner.set_attr(ANY_ORDER, b.str_array(&ways));
    }
    MARKS.iter().for_each(|name| _ = inner.remove_attr(name));
    inner
}

/// A region of one block, filled by the closure.
fn region<'c>(b: &Builder<'c>, arguments: &[Type<'c>], fill: impl FnOnce(Block<'c>)) -> Region<'c> {
    let region = Region::new();
    let block = region.add_block(&arguments.iter().map(|ty| (*ty, b.loc())).collect::<Vec<_>>());
    b.within(block, || fill(block));
    region
}
