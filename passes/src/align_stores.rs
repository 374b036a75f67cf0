//! Has loops store from an address on at which vectors are aligned.
//!
//! A vector that is stored across the border of two cache lines is two stores, and LLVM makes vectors from the first element on, wherever that is: the rows of `v[1:-1, 1:-1]` begin 8
//! bytes behind a border, so that every store of a whole line crosses one. So the elements before the first border are computed one by one, by a copy of the loop that LLVM leaves
//! alone, and the loop goes on from there. What is computed, and in which order, is the same.
//!
//! That is for loops of which LLVM makes vectors and whose time is that of memory: neighbouring elements, quick arithmetic, nothing that is carried on. An array of our own begins at
//! a border. A loop around which there is no other is entered once, and the first part is cheap beside it. A loop over a row of a nest gains where rows are long and several
//! are gone through at once, as in stencils; so such a nest is there a second time, as it was, for short rows: only before the nest can it be asked without loss.
//!
//! ```mlir before
//! module attributes {zouk.machine = [512]} {
//!   func.func @f(%n: index, %x: memref<?xf64>, %y: memref<?xf64>) {
//!     %zero = arith.constant 0 : index
//!     %one = arith.constant 1 : index
//!     scf.for %i = %zero to %n step %one {
//!       %a = memref.load %x[%i] : memref<?xf64>
//!       %b = arith.addf %a, %a : f64
//!       memref.store %b, %y[%i] : memref<?xf64>
//!     }
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! #loop_unroll = #llvm.loop_unroll<disable = true>
//! #loop_vectorize = #llvm.loop_vectorize<disable = true>
//! #loop_annotation = #llvm.loop_annotation<vectorize = #loop_vectorize, unroll = #loop_unroll>
//! module attributes {zouk.machine = [512]} {
//!   func.func @f(%arg0: index, %arg1: memref<?xf64>, %arg2: memref<?xf64>) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     %c256 = arith.constant 256 : index
//!     %0 = arith.addi %c0, %c256 : index
//!     %1 = arith.cmpi sge, %arg0, %0 : index
//!     %c63 = arith.constant 63 : index
//!     %c0_0 = arith.constant 0 : index
//!     %2 = arith.select %1, %c63, %c0_0 : index
//!     %c8 = arith.constant 8 : index
//!     %intptr = memref.extract_aligned_pointer_as_index %arg2 : memref<?xf64> -> index
//!     %3 = arith.muli %c0, %c8 : index
//!     %4 = arith.addi %intptr, %3 : index
//!     %c0_1 = arith.constant 0 : index
//!     %5 = arith.subi %c0_1, %4 : index
//!     %6 = arith.andi %5, %2 : index
//!     %c3 = arith.constant 3 : index
//!     %7 = arith.shrui %6, %c3 : index
//!     %8 = arith.addi %c0, %7 : index
//!     scf.for %arg3 = %c0 to %8 step %c1 {
//!       %9 = memref.load %arg1[%arg3] : memref<?xf64>
//!       %10 = arith.addf %9, %9 : f64
//!       memref.store %10, %arg2[%arg3] : memref<?xf64>
//!     } {llvm.loop_annotation = #loop_annotation}
//!     scf.for %arg3 = %8 to %arg0 step %c1 {
//!       %9 = memref.load %arg1[%arg3] : memref<?xf64>
//!       %10 = arith.addf %9, %9 : f64
//!       memref.store %10, %arg2[%arg3] : memref<?xf64>
//!     }
//!     return
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::outline_parallel::is_made_anew;
use crate::parallel::{functions, is_inside, replace_inside};
use crate::pass::{OptionInfo, Options};
use crate::vectorize_loops::ACCESSES;
use stores::{Store, Strided, streams};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, FunctionType, Op, Region, Type, Value, int_attr_value};

mod stores;

pub const OPTIONS: &[OptionInfo] = &[];

/// Loops that are entered once stay whole when they have fewer iterations.
const FEW: i64 = 256;
/// Loops in nests do when they store fewer bytes, or go through fewer rows at once.
const ROW: i64 = 6144;
const STREAMS: usize = 4;
/// Bytes of a vector below which few stores cross a border.
const NARROW: i64 = 32;
/// Longer bodies are not copied.
const MAX_OPS: usize = 80;

const ANNOTATION: &str = "llvm.loop_annotation";
const STEADY: &str = "#llvm.loop_annotation<unroll = <runtimeDisable = true>>";
const PLAIN: &str = "#llvm.loop_annotation<vectorize = <disable = true>, unroll = <disable = true>>";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let bytes = module.array_attr("zouk.machine").into_iter().find_map(int_attr_value).unwrap_or(0) / 8;
    if bytes < NARROW {
        return Ok(());
    }
    let mut symbols = Symbols::new(module);
    for function in functions(module).into_iter().filter(|f| !f.str_array_attr("passthrough").contains(&"optsize")) {
        for the_loop in function.collect(|op| op.is("scf.for")) {
            if let Some(stores) = Store::all(the_loop) {
                split(the_loop, &stores, bytes, &mut symbols);
            }
        }
    }
    Ok(())
}

/// Splits the loop, or has a copy of the loops around it with one that is split.
fn split<'c>(the_loop: Op<'c>, stores: &[Store<'c>], bytes: i64, symbols: &mut Symbols<'c>) {
    let nested = std::iter::successors(the_loop.parent(), |op| op.parent()).any(|op| matches!(op.name(), "scf.for" | "scf.while"));
    let enough = if nested { ROW / stores[0].size() } else { FEW };
    let strided = Strided::all(the_loop);
    if let [Some(from), Some(to)] = [0, 1].map(|i| Builder::constant_int(the_loop.operand(i)))
        && to.saturating_sub(from) < enough
    {
        return;
    }
    if !nested {
        let b = Builder::before(the_loop);
        let pays = pays(&b, the_loop, enough, &strided);
        peel(the_loop, stores, bytes, b.select(pays, b.c_index(bytes - 1), b.c_index(0)));
    } else if strided.is_empty() && streams(the_loop) >= STREAMS && split_apart(the_loop, enough, symbols) {
        peel(the_loop, stores, bytes, Builder::before(the_loop).c_index(bytes - 1));
        the_loop.set_attr(ANNOTATION, Builder::before(the_loop).parse_attr(STEADY));
    }
}

/// Leaves the nest as it is for short rows, and calls a function that has it for long ones: beside each other LLVM would make less of both. Whether the loop is now one of long rows.
fn split_apart<'c>(the_loop: Op<'c>, enough: i64, symbols: &mut Symbols<'c>) -> bool {
    let nest = nest(the_loop);
    let (Some(next), Some(function)) = (nest.next(), std::iter::successors(nest.parent(), |op| op.parent()).find(|op| op.is("func.func"))) else { return false };
    let b = Builder::before(next);
    b.set_loc(nest.loc());
    let pays = pays(&b, the_loop, enough, &[]);
    let regions = [Region::new(), Region::new()];
    let [long, short] = [0, 1].map(|i| regions[i].add_block(&[]));
    b.within(short, || {
        b.insert(nest.deep_clone());
        b.op("scf.yield", &[], &[], &[]);
    });
    b.within(long, || {
        call(&b, nest, function, symbols);
        b.op("scf.yield", &[], &[], &[]);
    });
    b.op_with_regions("scf.if", &[pays], &[], &[], &regions);
    true
}

/// The outermost loop around nothing but this one before which its bounds are known.
fn nest(the_loop: Op) -> Op {
    let mut nest = the_loop;
    while let Some(around) = nest.parent().filter(|op| op.is("scf.for") && op.num_results() == 0) {
        let alone = around.body(0).ops().into_iter().all(|op| op == nest || op.dialect() == "arith" || matches!(op.name(), "scf.yield" | "memref.dim"));
        if !alone || the_loop.operands().iter().any(|value| is_inside(*value, around)) {
            break;
        }
        nest = around;
    }
    nest
}

/// Whether the loop has so many iterations, and is one over neighbours.
fn pays<'c>(b: &Builder<'c>, the_loop: Op<'c>, enough: i64, strided: &[Strided<'c>]) -> Value<'c> {
    let (from, to) = (the_loop.operand(0), the_loop.operand(1));
    let long = b.cmpi("sge", to, b.bin("arith.addi", from, b.c_int(from.ty(), enough)));
    // The sum may have wrapped.
    let grows = Builder::constant_int(from).is_none().then(|| b.cmpi("slt", from, to));
    let adjacent = strided.iter().map(|array| array.is_adjacent(b));
    grows.into_iter().chain(adjacent).fold(long, |all, also| b.bin("arith.andi", all, also))
}

/// Moves loops into a function of their own, and calls it.
fn call<'c>(b: &Builder<'c>, nest: Op<'c>, function: Op<'c>, symbols: &mut Symbols<'c>) {
    let mut captured = vec![];
    nest.walk(&mut |user| {
        for value in user.operands() {
            if !is_inside(value, nest) && !captured.contains(&value) {
                captured.push(value);
            }
        }
    });
    let (made, passed): (Vec<Value>, Vec<Value>) = captured.into_iter().partition(|value| is_made_anew(*value));
    let name = symbols.fresh("rows");
    let region = Region::new();
    let types: Vec<Type> = passed.iter().map(|value| value.ty()).collect();
    let entry = region.add_block(&types.iter().map(|ty| (*ty, nest.loc())).collect::<Vec<_>>());
    let attrs = [
        ("sym_name", b.str(&name)),
        ("function_type", b.ty_attr(FunctionType::new(b.context, &types, &[]).into())),
        ("sym_visibility", b.str("private")),
        ("passthrough", b.str_array(&["noinline", "nounwind"])),
        ("py.display", b.str(function.str_attr("py.display").or(function.str_attr("sym_name")).unwrap_or_default())),
    ];
    let rows = symbols.b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
    rows.set_loc(nest.loc());
    let inside = Builder::at_end(b.context, entry, nest.loc());
    let copies: Vec<(Value, Op)> = made.into_iter().filter_map(|value| Some((value, inside.insert(value.def()?.deep_clone())))).collect();
    nest.detach();
    inside.insert(nest);
    inside.op("func.return", &[], &[], &[]);
    copies.into_iter().for_each(|(value, copy)| replace_inside(rows, value, copy.result(value.number())));
    passed.iter().zip(entry.args()).for_each(|(value, argument)| replace_inside(rows, *value, argument));
    b.op("func.call", &passed, &[], &[("callee", b.symbol(&name))]);
}

/// Runs the first iterations apart, up to the one that stores at a border. `limit` is the bytes of a vector less one, or 0 if there are to be none.
fn peel<'c>(the_loop: Op<'c>, stores: &[Store<'c>], bytes: i64, mut limit: Value<'c>) {
    let b = Builder::before(the_loop);
    let from = the_loop.operand(0);
    let address = stores[0].start(&b, the_loop);
    for other in &stores[1..] {
        // Borders of several arrays are met at once, or it does not pay.
        let apart = b.bin("arith.xori", address, other.start(&b, the_loop));
        let together = b.cmpi("eq", b.bin("arith.andi", apart, b.c_index(bytes - 1)), b.c_index(0));
        limit = b.select(together, limit, b.c_index(0));
    }
    let missing = b.bin("arith.andi", b.bin("arith.subi", b.c_index(0), address), limit);
    let iterations = b.bin("arith.shrui", missing, b.c_index(stores[0].size().ilog2() as i64));
    let border = b.bin("arith.addi", from, b.index_cast(iterations, from.ty()));
    let apart = b.insert(the_loop.deep_clone());
    apart.set_operand(1, border);
    apart.remove_attr(ACCESSES);
    apart.set_attr(ANNOTATION, b.parse_attr(PLAIN));
    the_loop.set_operand(0, border);
}
