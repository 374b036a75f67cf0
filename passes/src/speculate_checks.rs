//! Takes checks out of loops whose outcome depends on data: a loop runs in chunks, and each chunk first asks whether all its checks pass.
//!
//! If they do the chunk runs without them, a loop that LLVM can vectorise; if not it runs as written and raises where it must. For innermost
//! `scf.for` loops that carry nothing and whose checks depend only on loads that the loop's own stores cannot change: the stored arrays are
//! allocated in this function, or lie apart from the loaded ones (tested before the loop).
//!
//! Checked indices beside other checks (`counts[int(x[i] * n)] += 1`) are computed with them, and kept for the loop that uses them, which need not be one that can be vectorised: what it
//! would have asked for each item is asked for several at once.
//!
//! | file | what it is |
//! |---|---|
//! | `body` | the checks of a loop, and what they are computed from |
//! | `apart` | which arrays share no memory |
//!
//! ```mlir before
//! func.func @f(%a: memref<?xf64>, %n: index) -> memref<?xf64> {
//!   %zero = arith.constant 0.0 : f64
//!   %one = arith.constant 1.0 : f64
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   %b = rt.alloc(%n) : memref<?xf64>
//!   scf.for %i = %c0 to %n step %c1 {
//!     %x = memref.load %a[%i] : memref<?xf64>
//!     %ok = arith.cmpf une, %x, %zero : f64
//!     rt.check %ok, "ZeroDivisionError" "float division by zero"
//!     %y = arith.divf %one, %x : f64
//!     memref.store %y, %b[%i] : memref<?xf64>
//!   }
//!   return %b : memref<?xf64>
//! }
//! ```
//! becomes
//! ```mlir after
//! #loop_unroll = #llvm.loop_unroll<disable = true>
//! #loop_vectorize = #llvm.loop_vectorize<disable = true>
//! #loop_annotation = #llvm.loop_annotation<vectorize = #loop_vectorize, unroll = #loop_unroll>
//! module {
//!   func.func @f(%arg0: memref<?xf64>, %arg1: index) -> memref<?xf64> {
//!     %cst = arith.constant 0.000000e+00 : f64
//!     %cst_0 = arith.constant 1.000000e+00 : f64
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %0 = rt.alloc(%arg1) : memref<?xf64>
//!     %c512 = arith.constant 512 : index
//!     %c0_1 = arith.constant 0 : index
//!     %1 = arith.cmpi slt, %c0, %arg1 : index
//!     %2 = arith.subi %arg1, %c0 : index
//!     %3 = arith.select %1, %2, %c0_1 : index
//!     %4 = arith.divui %3, %c512 : index
//!     %5 = arith.muli %4, %c512 : index
//!     %6 = arith.cmpi ne, %5, %3 : index
//!     %7 = arith.select %6, %c1, %c0_1 : index
//!     %8 = arith.addi %4, %7 : index
//!     scf.for %arg2 = %c0_1 to %8 step %c1 {
//!       %9 = arith.muli %arg2, %c512 : index
//!       %10 = arith.addi %c0, %9 : index
//!       %11 = arith.subi %arg1, %10 : index
//!       %12 = arith.cmpi ult, %11, %c512 : index
//!       %13 = arith.addi %10, %c512 : index
//!       %14 = arith.select %12, %arg1, %13 : index
//!       %true = arith.constant true
//!       %15 = scf.for %arg3 = %10 to %14 step %c1 iter_args(%arg4 = %true) -> (i1) {
//!         %16 = memref.load %arg0[%arg3] : memref<?xf64>
//!         %17 = arith.cmpf une, %16, %cst : f64
//!         %18 = arith.andi %arg4, %17 : i1
//!         scf.yield %18 : i1
//!       }
//!       scf.if %15 {
//!         scf.for %arg3 = %10 to %14 step %c1 {
//!           %16 = memref.load %arg0[%arg3] : memref<?xf64>
//!           %17 = arith.cmpf une, %16, %cst : f64
//!           %18 = arith.divf %cst_0, %16 : f64
//!           memref.store %18, %0[%arg3] : memref<?xf64>
//!         }
//!       } else {
//!         scf.for %arg3 = %10 to %14 step %c1 {
//!           %16 = memref.load %arg0[%arg3] : memref<?xf64>
//!           %17 = arith.cmpf une, %16, %cst : f64
//!           rt.check %17, "ZeroDivisionError" "float division by zero"
//!           %18 = arith.divf %cst_0, %16 : f64
//!           memref.store %18, %0[%arg3] : memref<?xf64>
//!         } {llvm.loop_annotation = #loop_annotation}
//!       }
//!     }
//!     return %0 : memref<?xf64>
//!   }
//! }
//! ```

use crate::hoist_checks::say_rare;
use crate::offload::OFFLOAD;
use crate::pass::{OptionInfo, Options};
use apart::{is_packed, lie_apart};
use body::{Checks, iterations_are_independent, may_overlap};
use std::collections::HashMap;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, MemRefType, Op, Region, Value};

mod apart;
mod body;

pub const OPTIONS: &[OptionInfo] = &[OptionInfo { name: "chunk", description: "Iterations that are checked at a time", initial: "512" }];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") == Some("cuda") {
        return Ok(());
    }
    let chunk: i64 = options.get("chunk").parse().unwrap_or(512);
    for nest in module.collect(|o| o.is("scf.for")) {
        if let Some(plan) = Plan::of(nest) {
            plan.rewrite(chunk);
        }
    }
    Ok(())
}

struct Plan<'c> {
    nest: Op<'c>,
    checks: Checks<'c>,
    /// The ops of the body that the checks need, in order.
    slice: Vec<Op<'c>>,
    /// Arrays that may overlap only at run time: stored, loaded by the slice.
    apart: Vec<(Value<'c>, Value<'c>)>,
}

impl<'c> Plan<'c> {
    fn of(nest: Op<'c>) -> Option<Plan<'c>> {
        let body = nest.body(0);
        if is_offloaded(nest) {
            return None;
        }
        if nest.num_results() > 0 || nest.has_attr("unsignedCmp") || Builder::constant_int(nest.operand(2)) != Some(1) {
            return None;
        }
        let ops = body.ops();
        let checks = Checks::of(&ops).filter(Checks::is_worth_it)?;
        if checks.indices.is_empty() && !iterations_are_independent(nest, &ops) || !checks.indices.is_empty() && !keeps_places(nest) {
            return None;
        }
        let slice = checks.slice(&ops)?;
        let apart = may_overlap(&ops, &slice);
        let known = apart.iter().all(|(store, load)| is_packed(*store) && is_packed(*load));
        known.then_some(Plan { nest, checks, slice, apart })
    }

    fn rewrite(self, chunk: i64) {
        let b = Builder::before(self.nest);
        let apart = self.apart.iter().map(|(store, load)| lie_apart(&b, *store, *load)).reduce(|x, y| b.bin("arith.andi", x, y));
        let slow = self.nest;
        let Some(apart) = apart else {
            self.chunks(&b, chunk);
            slow.erase();
            return;
        };
        let (then, otherwise) = (Region::new(), Region::new());
        let (fast_block, slow_block) = (then.add_block(&[]), otherwise.add_block(&[]));
        b.within(fast_block, || {
            self.chunks(&b, chunk);
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.if", &[apart], &[], &[], &[then, otherwise]);
        say_rare(slow);
        slow.detach();
        slow_block.append(slow);
        b.set_end(slow_block);
        b.op("scf.yield", &[], &[], &[]);
    }

    /// `for each chunk: if all checks of its items pass: without them; else: as written`. Chunks are counted: the counter's last place may be the
    /// last integer.
    fn chunks(&self, b: &Builder<'c>, chunk: i64) {
        let [from, to, one] = [0, 1, 2].map(|i| self.nest.operand(i));
        let ty = from.ty();
        let (length, zero) = (b.c_int(ty, chunk), b.c_int(ty, 0));
        let items = b.select(b.cmpi("slt", from, to), b.bin("arith.subi", to, from), zero);
        let whole = b.bin("arith.divui", items, length);
        let rest = b.cmpi("ne", b.bin("arith.muli", whole, length), items);
        let count = b.bin("arith.addi", whole, b.select(rest, one, zero));
        let loc = b.loc();
        let kept: Vec<Value> = self.checks.indices.iter().map(|_| room(self.nest, chunk)).collect();
        let region = Region::new();
        let block = region.add_block(&[(ty, loc)]);
        b.within(block, || {
            let start = b.bin("arith.addi", from, b.bin("arith.muli", block.arg(0), length));
            let left = b.bin("arith.subi", to, start);
            let end = b.select(b.cmpi("ult", left, length), to, b.bin("arith.addi", start, length));
            let pass = self.all_pass(b, [start, end, one], &kept);
            let (then, otherwise) = (Region::new(), Region::new());
            b.within(then.add_block(&[]), || {
                self.without_checks(self.copy(b, start, end), start, &kept);
                b.op("scf.yield", &[], &[], &[]);
            });
            b.within(otherwise.add_block(&[]), || {
                say_rare(self.copy(b, start, end));
                b.op("scf.yield", &[], &[], &[]);
            });
            b.op_with_regions("scf.if", &[pass], &[], &[], &[then, otherwise]);
            b.op("scf.yield", &[], &[], &[]);
        });
        b.op_with_regions("scf.for", &[zero, count, one], &[], &[], &[region]);
    }

    /// The loop over `[start, end)`.
    fn copy(&self, b: &Builder<'c>, start: Value<'c>, end: Value<'c>) -> Op<'c> {
        let copy = b.insert(self.nest.deep_clone());
        copy.set_operand(0, start);
        copy.set_operand(1, end);
        copy
    }

    /// Takes the checks out of a copy of the loop. Indices have been computed already.
    fn without_checks(&self, copy: Op<'c>, start: Value<'c>, kept: &[Value<'c>]) {
        let pairs: HashMap<Op, Op> = self.nest.body(0).ops().into_iter().zip(copy.body(0).ops()).collect();
        for (index, room) in self.checks.indices.iter().zip(kept) {
            let own = pairs[index];
            let b = Builder::before(own);
            let place = b.val("memref.load", &[*room, number(&b, copy.body(0).arg(0), start)], b.index(), &[]);
            own.result(0).replace_all_uses(place);
            own.erase();
        }
        self.checks.plain.iter().chain(self.checks.guarded.iter().map(|(op, _)| op)).for_each(|check| pairs[check].erase());
    }

    /// Whether every check passes for every item of `[start, end)`: a loop over the slice alone, which also keeps the indices.
    fn all_pass(&self, b: &Builder<'c>, [start, end, one]: [Value<'c>; 3], kept: &[Value<'c>]) -> Value<'c> {
        let region = Region::new();
        let block = region.add_block(&[(start.ty(), b.loc()), (b.i1(), b.loc())]);
        let yes = b.c_bool(true);
        b.within(block, || {
            let mut values = HashMap::from([(self.nest.body(0).arg(0), block.arg(0))]);
            for op in &self.slice {
                let copy = b.insert(op.deep_clone());
                for i in 0..copy.num_operands() {
                    if let Some(value) = values.get(&copy.operand(i)) {
                        copy.set_operand(i, *value);
                    }
                }
                values.extend(op.results().into_iter().zip(copy.results()));
            }
            let here = |value: Value<'c>| values.get(&value).copied().unwrap_or(value);
            let mut all = block.arg(1);
            let mut and = |condition| all = b.bin("arith.andi", all, condition);
            self.checks.plain.iter().for_each(|check| and(here(check.operand(0))));
            for (guard, entered) in &self.checks.guarded {
                let condition = here(guard.operand(0));
                and(if *entered { b.bin("arith.xori", condition, yes) } else { condition });
            }
            for (index, room) in self.checks.indices.iter().zip(kept) {
                let (mut place, size) = (here(index.operand(0)), here(index.operand(1)));
                if index.has_attr("wraps") {
                    let from_the_end = b.bin("arith.addi", place, size);
                    place = b.select(b.cmpi("slt", place, b.c_index(0)), from_the_end, place);
                }
                and(b.cmpi("ult", place, size));
                b.op("memref.store", &[place, *room, number(b, block.arg(0), start)], &[], &[]);
            }
            b.op("scf.yield", &[all], &[], &[]);
        });
        b.op_with_regions("scf.for", &[start, end, one, yes], &[b.i1()], &[], &[region]).result(0)
    }
}

/// The place of an item in its chunk.
fn number<'c>(b: &Builder<'c>, item: Value<'c>, start: Value<'c>) -> Value<'c> {
    b.index_cast(b.bin("arith.subi", item, start), b.index())
}

/// A thread of a GPU has few iterations, and no memory for their indices: it checks each.
fn is_offloaded(nest: Op) -> bool {
    std::iter::successors(nest.parent(), |op| op.parent()).any(|op| op.is("scf.parallel") && op.has_attr(OFFLOAD))
}

/// Whether there is memory for the indices of a chunk. Loops that hardly ever run do not need it.
fn keeps_places(nest: Op) -> bool {
    !nest.has_attr("llvm.loop_annotation")
}

/// Memory for a number of each item of a chunk, made once where the function around the loop, or its part of a parallel loop, starts.
fn room<'c>(nest: Op<'c>, chunk: i64) -> Value<'c> {
    let around = std::iter::successors(Some(nest), |op| op.parent());
    let outermost = around.take_while(|op| !matches!(op.name(), "func.func" | "scf.parallel")).last().unwrap_or(nest);
    let b = Builder::before(outermost.block().and_then(|block| block.first()).unwrap_or(outermost));
    let ty = MemRefType::new(b.index(), &[chunk], None, None).into();
    b.val("memref.alloca", &[], ty, &[("operandSegmentSizes", b.i32_array(&[0, 0]))])
}
