//! Takes checks out of loops whose outcome depends on data: a loop runs in chunks, and each chunk first asks whether all its checks pass.
//!
//! If they do the chunk runs without them, a loop that LLVM can vectorise; if not it runs as written and raises where it must. For innermost
//! `scf.for` loops that carry nothing and whose checks depend only on loads that the loop's own stores cannot change: the stored arrays are
//! allocated in this function, or lie apart from the loaded ones (tested before the loop).
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

use crate::llvm_dialect::MemRef;
use crate::hoist_checks::say_rare;
use crate::memory::root;
use crate::pass::{OptionInfo, Options};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, Region, Value};

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
    checks: Vec<Op<'c>>,
    /// The ops of the body that the checks' conditions need, in order.
    slice: Vec<Op<'c>>,
    /// Arrays that may overlap only at run time: stored, loaded by the slice.
    apart: Vec<(Value<'c>, Value<'c>)>,
}

impl<'c> Plan<'c> {
    fn of(nest: Op<'c>) -> Option<Plan<'c>> {
        let body = nest.body(0);
        if nest.num_results() > 0 || nest.has_attr("unsignedCmp") || Builder::constant_int(nest.operand(2)) != Some(1) {
            return None;
        }
        let ops = body.ops();
        let checks: Vec<Op> = ops.iter().copied().filter(|o| o.is("rt.check")).collect();
        let plain = ops.iter().all(|o| o.is("scf.yield") || o.is("rt.check") || o.is("memref.load") || o.is("memref.store") || has_no_effect(*o));
        if checks.is_empty() || !plain || !iterations_are_independent(nest, &ops) {
            return None;
        }
        let slice = slice(&ops, &checks);
        if !slice.iter().all(|o| o.is("memref.load") || is_speculatable(*o)) {
            return None;
        }
        let loaded: HashSet<Value> = slice.iter().filter(|o| o.is("memref.load")).map(|o| o.operand(0)).collect();
        let stored: HashSet<Value> = ops.iter().filter(|o| o.is("memref.store")).map(|o| o.operand(1)).collect();
        let mut apart = vec![];
        for &store in &stored {
            for &load in &loaded {
                if !disjoint(store, load) {
                    if !(is_packed(store) && is_packed(load)) {
                        return None;
                    }
                    apart.push((store, load));
                }
            }
        }
        Some(Plan { nest, checks, slice, apart })
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
        let region = Region::new();
        let block = region.add_block(&[(ty, loc)]);
        b.within(block, || {
            let start = b.bin("arith.addi", from, b.bin("arith.muli", block.arg(0), length));
            let left = b.bin("arith.subi", to, start);
            let end = b.select(b.cmpi("ult", left, length), to, b.bin("arith.addi", start, length));
            let pass = self.all_pass(b, start, end, one);
            let (then, otherwise) = (Region::new(), Region::new());
            b.within(then.add_block(&[]), || {
                let copy = self.copy(b, start, end);
                for check in copy.collect(|o| o.is("rt.check")) {
                    check.erase();
                }
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

    /// Whether every check passes for every item of `[start, end)`: a loop over the slice alone.
    fn all_pass(&self, b: &Builder<'c>, start: Value<'c>, end: Value<'c>, one: Value<'c>) -> Value<'c> {
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
            let mut all = block.arg(1);
            for check in &self.checks {
                let condition = check.operand(0);
                all = b.bin("arith.andi", all, values.get(&condition).copied().unwrap_or(condition));
            }
            b.op("scf.yield", &[all], &[], &[]);
        });
        b.op_with_regions("scf.for", &[start, end, one, yes], &[b.i1()], &[], &[region]).result(0)
    }
}

/// Whether LLVM may vectorise what is left: every store goes elsewhere in every iteration, and what is stored is loaded, if at all, at the same
/// place. Without that the chunks would only cost.
fn iterations_are_independent<'c>(nest: Op<'c>, ops: &[Op<'c>]) -> bool {
    let item = nest.body(0).arg(0);
    let mut varying = HashSet::from([item]);
    for op in ops.iter().filter(|o| has_no_effect(**o)) {
        if op.operands().iter().any(|v| varying.contains(v)) {
            varying.extend(op.results());
        }
    }
    let accesses = |name: &'static str, array: usize| {
        let accesses = ops.iter().filter(move |o| o.is(name));
        accesses.map(move |o| (o.operand(array), o.operands()[array + 1..].to_vec())).collect::<Vec<_>>()
    };
    let (stores, loads) = (accesses("memref.store", 1), accesses("memref.load", 0));
    stores.iter().all(|(array, indices)| {
        let same_place = |other: &(Value<'c>, Vec<Value<'c>>)| other.0 != *array || other.1 == *indices;
        indices.iter().any(|i| varying.contains(i)) && loads.iter().chain(&stores).all(same_place)
    })
}

fn has_no_effect(op: Op) -> bool {
    op.num_regions() == 0 && (matches!(op.dialect(), "arith" | "math" | "complex") || op.is("memref.dim"))
}

/// May be computed for items that are then not reached: an integer division may trap.
fn is_speculatable(op: Op) -> bool {
    let divides = matches!(op.name(), "arith.divsi" | "arith.divui" | "arith.remsi" | "arith.remui" | "arith.floordivsi" | "arith.ceildivsi");
    has_no_effect(op) && !divides
}

/// What the checks' conditions are computed from, within the body.
fn slice<'c>(ops: &[Op<'c>], checks: &[Op<'c>]) -> Vec<Op<'c>> {
    let mut needed: HashSet<Op> = HashSet::new();
    let mut stack: Vec<Value> = checks.iter().map(|c| c.operand(0)).collect();
    while let Some(value) = stack.pop() {
        if let Some(op) = value.def() {
            if op.block() == ops[0].block() && needed.insert(op) {
                stack.extend(op.operands());
            }
        }
    }
    ops.iter().copied().filter(|o| needed.contains(o)).collect()
}

/// Whether two arrays can share no memory: one is (a view of) a block made in this function and the other of another block or of an argument of the function.
fn disjoint(a: Value, b: Value) -> bool {
    let (a, b) = (root(a), root(b));
    let made_here = |v: Value| v.def_by("rt.alloc").is_some();
    let entry = |block: Block| block.region().and_then(|r| r.first_block()) == Some(block);
    let argument = |v: Value| v.owner_block().is_some_and(|block| block.parent().is_some_and(|p| p.is("func.func")) && entry(block));
    a != b && (made_here(a) && (made_here(b) || argument(b)) || made_here(b) && argument(a))
}

/// Whether the elements lie without gaps, in C order.
fn is_packed(array: Value) -> bool {
    let text = array.ty().to_string();
    text.starts_with("memref<") && !text.contains("strided") && !text.contains("affine_map")
}

/// Whether two packed arrays overlap in no byte, asked before the loop.
fn lie_apart<'c>(b: &Builder<'c>, x: Value<'c>, y: Value<'c>) -> Value<'c> {
    let (x_start, x_end) = extent(b, x);
    let (y_start, y_end) = extent(b, y);
    b.bin("arith.ori", b.cmpi("ule", x_end, y_start), b.cmpi("ule", y_end, x_start))
}

/// The addresses of the first byte and past the last.
fn extent<'c>(b: &Builder<'c>, array: Value<'c>) -> (Value<'c>, Value<'c>) {
    let (rank, bytes) = MemRef::new(array.ty()).map_or((0, 1), |memref| (memref.rank(), memref.item_size()));
    let start = b.val("memref.extract_aligned_pointer_as_index", &[array], b.index(), &[]);
    let mut size = b.c_index(bytes);
    for axis in 0..rank {
        let dim = b.val("memref.dim", &[array, b.c_index(axis as i64)], b.index(), &[]);
        size = b.bin("arith.muli", size, dim);
    }
    (start, b.bin("arith.addi", start, size))
}
