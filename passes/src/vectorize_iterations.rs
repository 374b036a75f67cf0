//! Runs several iterations of a loop at once, as the lanes of vectors, where the loops inside it cannot be vectorised themselves.
//!
//! LLVM vectorises innermost loops. One that computes the next value from the last — a sum in strict order, an iteration until something escapes — cannot be; the loop around it can, when
//! its iterations are independent: a parallel loop's (`zouk.any_order`), or where `analyse_dependences` shows it. Every lane computes what its iteration would have computed, in that order,
//! so results are the same to the last bit. What is the same in all lanes stays a scalar; what grows by one from lane to lane finds neighbouring elements. Branches whose condition differs
//! between lanes are masks, a loop that lanes leave at different times runs while any lane is in it (Karrenberg and Hack, "Whole-function vectorization", 2011).
//!
//! If iterations may be repeated, because nothing is read that they write, the last vector overlaps the one before it; else the plain loop does what is left over.
//!
//! | file | what it is |
//! |---|---|
//! | `candidate` | which loops, and whether it pays |
//! | `varying` | which values differ between lanes |
//! | `lanes` | values in all lanes, and arithmetic with them |
//! | `elementwise` | ops without regions |
//! | `control` | branches and loops under masks |
//! | `accesses` | loads and stores |
//!
//! ```mlir before
//! func.func @sums(%a: memref<?x?xf64>, %m: index, %n: index) -> memref<?xf64> {
//!   %zero = arith.constant 0.0 : f64
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %b = rt.alloc(%n) : memref<?xf64>
//!   scf.for %i = %c0 to %n step %c1 {
//!     %s = scf.for %j = %c0 to %m step %c1 iter_args(%sum = %zero) -> f64 {
//!       %x = memref.load %a[%j, %i] : memref<?x?xf64>
//!       %next = arith.addf %sum, %x : f64
//!       scf.yield %next : f64
//!     }
//!     memref.store %s, %b[%i] : memref<?xf64>
//!   }
//!   return %b : memref<?xf64>
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @sums(%arg0: memref<?x?xf64>, %arg1: index, %arg2: index) -> memref<?xf64> {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = rt.alloc(%arg2) : memref<?xf64>
//!     %c0_0 = arith.constant 0 : index
//!     %c2 = arith.constant 2 : index
//!     %1 = arith.cmpi slt, %c0, %arg2 : index
//!     %2 = arith.subi %arg2, %c0 : index
//!     %3 = arith.select %1, %2, %c0_0 : index
//!     %4 = arith.cmpi uge, %3, %c2 : index
//!     %base_buffer, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %arg0 : memref<?x?xf64> -> memref<f64>, index, index, index, index, index
//!     %c0_1 = arith.constant 0 : index
//!     %c1_2 = arith.constant 1 : index
//!     %5 = rt.view %arg0[%c0_1, %c0_1, %c1_2] : memref<?x?xf64> to memref<?xf64>
//!     %c1_3 = arith.constant 1 : index
//!     %base_buffer_4, %offset_5, %sizes_6, %strides_7 = memref.extract_strided_metadata %0 : memref<?xf64> -> memref<f64>, index, index, index
//!     %c0_8 = arith.constant 0 : index
//!     %c1_9 = arith.constant 1 : index
//!     %6 = rt.view %0[%c0_8, %c0_8, %c1_9] : memref<?xf64> to memref<?xf64>
//!     %c1_10 = arith.constant 1 : index
//!     scf.if %4 {
//!       %7 = arith.subi %3, %c2 : index
//!       %c1_11 = arith.constant 1 : index
//!       %8 = arith.addi %3, %c1_11 : index
//!       %9 = arith.divui %8, %c2 : index
//!       %c0_12 = arith.constant 0 : index
//!       %c1_13 = arith.constant 1 : index
//!       scf.for %arg3 = %c0_12 to %9 step %c1_13 {
//!         %10 = arith.muli %arg3, %c2 : index
//!         %11 = arith.minui %10, %7 : index
//!         %12 = arith.addi %c0, %11 : index
//!         %13 = vector.broadcast %cst : f64 to vector<2xf64>
//!         %14 = scf.for %arg4 = %c0 to %arg1 step %c1 iter_args(%arg5 = %13) -> (vector<2xf64>) {
//!           %15 = arith.muli %arg4, %strides#0 : index
//!           %16 = arith.addi %12, %15 : index
//!           %17 = vector.load %5[%16] : memref<?xf64>, vector<2xf64>
//!           %18 = arith.addf %arg5, %17 : vector<2xf64>
//!           scf.yield %18 : vector<2xf64>
//!         }
//!         vector.store %14, %6[%12] : memref<?xf64>, vector<2xf64>
//!       }
//!     } else {
//!       scf.for %arg3 = %c0 to %arg2 step %c1 {
//!         %7 = scf.for %arg4 = %c0 to %arg1 step %c1 iter_args(%arg5 = %cst) -> (f64) {
//!           %8 = memref.load %arg0[%arg4, %arg3] : memref<?x?xf64>
//!           %9 = arith.addf %arg5, %8 : f64
//!           scf.yield %9 : f64
//!         }
//!         memref.store %7, %0[%arg3] : memref<?xf64>
//!       }
//!     }
//!     return %0 : memref<?xf64>
//!   }
//! }
//! ```

use crate::analyse_dependences::{self, Tests};
use crate::hoist_checks::say_rare;
use crate::parallel::remarks::{self, Remark, Status};
use crate::parallel::{functions, version};
use crate::pass::{OptionInfo, Options};
use crate::range_analysis::{Facts, Visitor, walk_function};
use crate::summarize_writes;
use candidate::Plan;
use emit::Emit;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, MemRefType, Op, Region, Type, Value};

mod accesses;
mod candidate;
mod control;
mod elementwise;
mod emit;
mod lanes;
mod varying;

/// On a loop whose iterations may run in any order, also at once: the operations that put together what it carries, such as `["arith.addf"]`.
pub const ANY_ORDER: &str = "zouk.any_order";

pub const OPTIONS: &[OptionInfo] = &[];

/// More run-time tests than this would cost more than they bring.
const MAX_TESTS: usize = 6;

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let bits = candidate::vector_bits(module);
    let plan = |the_loop| Plan::of(the_loop, bits).inspect_err(|reason| stays_scalar(the_loop, reason)).ok();
    let plans = |function| candidate::loops(function).into_iter().filter_map(plan).collect::<Vec<_>>();
    let nests: Vec<(Op, Vec<Plan>)> = functions(module).into_iter().map(|function| (function, plans(function))).filter(|(_, plans)| !plans.is_empty()).collect();
    if !nests.is_empty() {
        summarize_writes::run(module, options)?;
        nests.into_iter().for_each(|(function, plans)| vectorize(module, function, plans, bits));
        summarize_writes::forget(module);
    }
    module.walk(&mut |op| _ = op.remove_attr(ANY_ORDER));
    Ok(())
}

/// Vectorises over loops of one function, which are given outer before inner.
fn vectorize<'c>(module: Op<'c>, function: Op<'c>, plans: Vec<Plan<'c>>, bits: i64) {
    let mut ask = Ask { module, plans: &plans, tests: vec![] };
    walk_function(function, &mut ask);
    let tests = ask.tests;
    let is_independent = |plan: &Plan<'c>| tests.iter().any(|(the_loop, _)| *the_loop == plan.the_loop);
    let best = candidate::best(&plans, is_independent);
    for plan in plans.iter().filter(|plan| !best.contains(&plan.the_loop)) {
        let reason = if is_independent(plan) { "a loop around it, or inside it, runs several iterations at once" } else { "its iterations may need each other" };
        stays_scalar(plan.the_loop, reason);
    }
    for the_loop in best {
        let found = tests.iter().find(|(other, _)| *other == the_loop).map(|(_, tests)| tests);
        let condition = found.and_then(|tests| tests.condition(&Builder::before(the_loop), the_loop));
        let the_loop = condition.map_or(the_loop, |condition| version(the_loop, condition));
        if let Ok(plan) = Plan::of(the_loop, bits) {
            replace(&plan);
        }
    }
}

/// Says why the iterations of a loop run one after the other.
fn stays_scalar(the_loop: Op, reason: &str) {
    remarks::add(|| Remark { reason: reason.into(), ..Remark::of(the_loop, "loop", Status::Scalar) });
}

/// What must be tested for the loops to be independent; loops that are not are left out.
struct Ask<'a, 'c> {
    module: Op<'c>,
    plans: &'a [Plan<'c>],
    tests: Vec<(Op<'c>, Tests<'c>)>,
}

impl<'c> Visitor<'c> for Ask<'_, 'c> {
    fn visit(&mut self, facts: &mut Facts<'c>, op: Op<'c>) -> Option<Op<'c>> {
        if self.plans.iter().any(|plan| plan.the_loop == op) {
            let tests = match op.has_attr(ANY_ORDER) {
                true => Some(Tests::default()),
                false => analyse_dependences::independence(facts, op, self.module),
            };
            self.tests.extend(tests.filter(|tests| tests.len() <= MAX_TESTS).map(|tests| (op, tests)));
        }
        Some(op)
    }
}

/// Puts the vectorised loop in the place of the loop.
fn replace<'c>(plan: &Plan<'c>) {
    let the_loop = plan.the_loop;
    let b = Builder::before(the_loop);
    let [from, to, one] = [0, 1, 2].map(|i| the_loop.operand(i));
    let ty = from.ty();
    let (zero, lanes) = (b.c_int(ty, 0), b.c_int(ty, plan.lanes));
    let trips = b.select(b.cmpi("slt", from, to), b.bin("arith.subi", to, from), zero);
    if plan.repeatable {
        // ⌈trips / lanes⌉ vectors, of which the last one may begin earlier.
        let enough = b.cmpi("uge", trips, lanes);
        let (then, otherwise) = (Region::new(), Region::new());
        b.within(then.add_block(&[]), || {
            let last = b.bin("arith.subi", trips, lanes);
            let count = b.bin("arith.divui", b.bin("arith.addi", trips, b.c_int(ty, plan.lanes - 1)), lanes);
            vectors(plan, &b, count, |k| b.bin("arith.addi", from, b.bin("arith.minui", b.bin("arith.muli", k, lanes), last)));
            b.op("scf.yield", &[], &[], &[]);
        });
        b.within(otherwise.add_block(&[]), || {
            b.insert(the_loop.deep_clone());
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.if", &[enough], &[], &[], &[then, otherwise]);
    } else {
        let count = b.bin("arith.divui", trips, lanes);
        let at = |k: Value<'c>| b.bin("arith.addi", from, b.bin("arith.muli", k, lanes));
        let (done, totals) = match plan.checked {
            true => vectors_until_failure(plan, &b, count, at),
            false => (count, vectors(plan, &b, count, at)),
        };
        let rest = at(done);
        let plain = b.insert(the_loop.deep_clone());
        plain.set_operands(&[&[rest, to, one], &totals[..]].concat());
        say_rare(plain);
        the_loop.results().into_iter().zip(plain.results()).for_each(|(old, new)| old.replace_all_uses(new));
    }
    let reason = format!("{} iterations at once", plan.lanes);
    remarks::add(|| Remark { reason, ..Remark::of(the_loop, "loop", Status::Vectorized) });
    the_loop.erase();
}

/// `for k in range(count)`: the iterations from `start(k)` on, one in each lane. Gives what all lanes have come to.
fn vectors<'c>(plan: &Plan<'c>, b: &Builder<'c>, count: Value<'c>, start: impl FnOnce(Value<'c>) -> Value<'c>) -> Vec<Value<'c>> {
    let (ty, the_loop) = (count.ty(), plan.the_loop);
    let mut emit = Emit::new(Builder::before(the_loop), plan);
    emit.flatten(plan);
    // Every lane starts as a chunk does: from what changes nothing.
    let inits: Vec<Value> = the_loop.operands()[3..].iter().map(|init| emit.splat(*init)).collect();
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let region = Region::new();
    let block = region.add_block(&[ty].iter().chain(&types).map(|ty| (*ty, b.loc())).collect::<Vec<_>>());
    b.within(block, || {
        let first = start(block.arg(0));
        emit.b.set_end(block);
        let next = emit.iterations(the_loop, first, &block.args()[1..]);
        b.op("scf.yield", &next, &[], &[]);
    });
    let (zero, one) = (b.c_int(ty, 0), b.c_int(ty, 1));
    let vectors = b.op_with_regions("scf.for", &[&[zero, count, one], &inits[..]].concat(), &types, &[], &[region]);
    fold(plan, &vectors.results())
}

/// As `vectors`, until a check fails: gives the number of vectors that are done, too. The plain loop, which comes next, then raises.
fn vectors_until_failure<'c>(plan: &Plan<'c>, b: &Builder<'c>, count: Value<'c>, start: impl Fn(Value<'c>) -> Value<'c>) -> (Value<'c>, Vec<Value<'c>>) {
    let (ty, the_loop) = (count.ty(), plan.the_loop);
    let mut emit = Emit::new(Builder::before(the_loop), plan);
    emit.flatten(plan);
    let failed = flag(the_loop);
    b.op("memref.store", &[b.c_i64(0), failed], &[], &[]);
    emit.failed = Some(failed);
    let carried = the_loop.operands().into_iter().skip(3).map(|init| emit.splat(init));
    let inits: Vec<Value> = [b.c_int(ty, 0), b.c_bool(true)].into_iter().chain(carried).collect();
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let arguments: Vec<_> = types.iter().map(|ty| (*ty, b.loc())).collect();
    let regions = [Region::new(), Region::new()];
    let (before, after) = (regions[0].add_block(&arguments), regions[1].add_block(&arguments));
    b.within(before, || {
        let more = b.bin("arith.andi", b.cmpi("ult", before.arg(0), count), before.arg(1));
        b.op("scf.condition", &[&[more], &before.args()[..]].concat(), &[], &[]);
    });
    b.within(after, || {
        let first = start(after.arg(0));
        emit.b.set_end(after);
        let next = emit.iterations(the_loop, first, &after.args()[2..]);
        let passed = emit.passed().unwrap_or(after.arg(1));
        let (then, otherwise) = (Region::new(), Region::new());
        let block = then.add_block(&[]);
        emit.b.set_end(block);
        emit.store_waiting();
        b.within(block, || b.op("scf.yield", &[], &[], &[]));
        b.op_with_regions("scf.if", &[passed], &[], &[], &[then, otherwise]);
        let done = b.select(passed, b.bin("arith.addi", after.arg(0), b.c_int(ty, 1)), after.arg(0));
        let kept = next.into_iter().zip(after.args().into_iter().skip(2)).map(|(next, before)| b.select(passed, next, before));
        let all: Vec<Value> = [done, passed].into_iter().chain(kept).collect();
        b.op("scf.yield", &all, &[], &[]);
    });
    let vectors = b.op_with_regions("scf.while", &inits, &types, &[], &regions);
    (vectors.result(0), fold(plan, &vectors.results()[2..]))
}

/// What the lanes of what the loop carries come to together.
fn fold<'c>(plan: &Plan<'c>, totals: &[Value<'c>]) -> Vec<Value<'c>> {
    let emit = Emit::new(Builder::before(plan.the_loop), plan);
    let together = |(total, operation): (&Value<'c>, &str)| (1..plan.lanes).fold(emit.extract(*total, 0), |sum, lane| emit.b.bin(operation, sum, emit.extract(*total, lane)));
    totals.iter().zip(plan.the_loop.str_array_attr(ANY_ORDER)).map(together).collect()
}

/// A number in memory, made once where the function around the loop, or its chunk, starts.
fn flag<'c>(the_loop: Op<'c>) -> Value<'c> {
    let around = std::iter::successors(Some(the_loop), |op| op.parent());
    let outermost = around.take_while(|op| !matches!(op.name(), "func.func" | "scf.parallel")).last().unwrap_or(the_loop);
    let first = outermost.block().and_then(|block| block.first()).unwrap_or(outermost);
    let b = Builder::before(first);
    b.val("memref.alloca", &[], MemRefType::new(b.i64(), &[], None, None).into(), &[("operandSegmentSizes", b.i32_array(&[0, 0]))])
}
