//! Makes a function of what one chunk of a parallel loop does, and a call of it for all chunks.
//!
//! The function takes the number of the chunk and what it uses from around the loop; arrays are borrowed, as in any call. The call, which carries `zouk.region`, gives the
//! number of chunks in place of that of one: `launch_regions` makes of it a call of the runtime. What a chunk comes to goes into an array with a place for each chunk, and is put
//! together after the call, in order. Constants, and the random generators of the thread, are made anew in the function.
//!
//! ```mlir before
//! func.func @fill(%a: memref<?xf64>, %n: index, %x: f64) {
//!   %c0 = arith.constant 0 : index
//!   %c1 = arith.constant 1 : index
//!   scf.parallel (%i) = (%c0) to (%n) step (%c1) {
//!     memref.store %x, %a[%i] : memref<?xf64>
//!   }
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @fill(%arg0: memref<?xf64>, %arg1: index, %arg2: f64) {
//!     %c0 = arith.constant 0 : index
//!     %c1 = arith.constant 1 : index
//!     call @zouk.region.0(%arg1, %arg2, %arg0) {zouk.region} : (index, f64, memref<?xf64>) -> ()
//!     return
//!   }
//!   func.func private @zouk.region.0(%arg0: index, %arg1: f64, %arg2: memref<?xf64>) attributes {py.display = "fill", zouk.raises, zouk.region} {
//!     memref.store %arg1, %arg2[%arg0] : memref<?xf64>
//!     return
//!   }
//! }
//! ```

use crate::llvm_dialect::Symbols;
use crate::lower_linalg::clone_body;
use crate::offload::OFFLOAD;
use crate::parallel::{functions, is_inside, replace_inside};
use crate::parallelise::combine;
use crate::pass::{OptionInfo, Options};
use std::collections::HashMap;
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, FunctionType, Op, Region, Type, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// On a function that runs one chunk, and on the call that stands for all.
pub const REGION: &str = "zouk.region";

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let mut symbols = Symbols::new(module);
    for function in functions(module) {
        // The outer ones first: an inner one is then in the function that was made.
        for op in function.collect(|op| op.is("scf.parallel")) {
            if op.body(0).num_args() != 1 || Builder::constant_int(op.operand(0)) != Some(0) || Builder::constant_int(op.operand(2)) != Some(1) {
                return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", "`scf.parallel` must run from 0 in steps of 1 over one counter", op.loc()));
            }
            if op.results().iter().any(|result| !combine::is_scalar(result.ty())) {
                return Err(Diagnostic::at(ErrorClass::Internal, "stray-op", "`scf.parallel` can reduce numbers only", op.loc()));
            }
            outline(op, function, &mut symbols);
        }
    }
    functions(module).into_iter().for_each(take_memory_once);
    Ok(())
}

/// Moves memory of the stack to the begin of the function, which alone gives it back: an iteration would take it anew.
fn take_memory_once(function: Op) {
    let Some(entry) = function.region(0).first_block() else { return };
    for alloca in function.collect(|op| op.is("memref.alloca") && op.num_operands() == 0 && op.block() != Some(entry)) {
        alloca.detach();
        entry.first().into_iter().for_each(|first| _ = Builder::before(first).insert(alloca));
    }
}

/// Makes a function of the loop's body, and a call of it in the loop's place.
pub fn outline<'c>(op: Op<'c>, function: Op<'c>, symbols: &mut Symbols<'c>) {
    let b = Builder::before(op);
    let (count, body) = (op.operand(1), op.body(0));
    let inits: Vec<Value> = op.operands().into_iter().skip(3).collect();
    let places: Vec<Value> = inits.iter().map(|init| combine::places(&b, count, init.ty())).collect();
    let reduce = body.terminator();
    if let Some(reduce) = reduce {
        let before = Builder::before(reduce);
        reduce.operands().into_iter().zip(&places).for_each(|(total, place)| combine::put(&before, total, *place, body.arg(0)));
    }
    call_for_all(&b, op, function, symbols);
    if let Some(reduce) = reduce {
        put_together(&b, op, reduce, &inits, &places);
    }
    op.erase();
}

/// The results, from the places of the chunks.
fn put_together<'c>(b: &Builder<'c>, op: Op<'c>, reduce: Op<'c>, inits: &[Value<'c>], places: &[Value<'c>]) {
    if inits.is_empty() {
        return;
    }
    let types: Vec<Type> = inits.iter().map(|init| init.ty()).collect();
    let region = Region::new();
    let arguments: Vec<_> = [b.index()].iter().chain(&types).map(|ty| (*ty, b.loc())).collect();
    let block = region.add_block(&arguments);
    b.within(block, || {
        let mut next = vec![];
        for (k, place) in places.iter().enumerate() {
            let found = combine::get(b, *place, block.arg(0), types[k]);
            let combiner = reduce.body(k);
            let mut values = HashMap::from([(combiner.arg(0), block.arg(k + 1)), (combiner.arg(1), found)]);
            let ops = combiner.ops();
            clone_body(b, &ops[..ops.len() - 1], &mut values);
            let result = combiner.terminator().map(|t| t.operand(0)).unwrap_or(found);
            next.push(values.get(&result).copied().unwrap_or(result));
        }
        b.op("scf.yield", &next, &[], &[]);
    });
    let bounds = [op.operand(0), op.operand(1), op.operand(2)];
    let total = b.op_with_regions("scf.for", &[&bounds[..], inits].concat(), &types, &[], &[region]);
    op.results().into_iter().zip(total.results()).for_each(|(old, new)| old.replace_all_uses(new));
}

/// Moves the body into a function of its own, and calls it.
fn call_for_all<'c>(b: &Builder<'c>, op: Op<'c>, function: Op<'c>, symbols: &mut Symbols<'c>) {
    let captured = captured(op);
    let (made, passed): (Vec<Value>, Vec<Value>) = captured.into_iter().partition(|value| is_made_anew(*value));
    let body = op.body(0);
    let name = symbols.fresh("region");
    let region = Region::new();
    let types: Vec<Type> = [b.index()].into_iter().chain(passed.iter().map(|v| v.ty())).collect();
    let entry = region.add_block(&types.iter().map(|ty| (*ty, op.loc())).collect::<Vec<_>>());
    let inside = Builder::at_end(b.context, entry, op.loc());
    for value in made {
        if let Some(def) = value.def() {
            let copy = inside.insert(def.deep_clone());
            replace_inside(op, value, copy.result(value.number()));
        }
    }
    for (value, argument) in passed.iter().zip(entry.args().into_iter().skip(1)) {
        replace_inside(op, *value, argument);
    }
    body.arg(0).replace_all_uses(entry.arg(0));
    for inner in body.ops() {
        if !inner.is("scf.reduce") {
            inner.detach();
            entry.append(inner);
        }
    }
    inside.op("func.return", &[], &[], &[]);
    let display = function.str_attr("py.display").or(function.str_attr("sym_name")).unwrap_or_default();
    let attrs = [
        ("sym_name", b.str(&name)),
        ("function_type", b.ty_attr(FunctionType::new(b.context, &types, &[]).into())),
        ("sym_visibility", b.str("private")),
        ("py.display", b.str(display)),
        ("zouk.raises", b.unit()),
        (REGION, b.unit()),
    ];
    let made = symbols.b.op_with_regions("func.func", &[], &[], &attrs, &[region]);
    made.set_loc(op.loc());
    let call = b.op("func.call", &[&[op.operand(1)], &passed[..]].concat(), &[], &[("callee", b.symbol(&name)), (REGION, b.unit())]);
    if op.has_attr(OFFLOAD) {
        [made, call].iter().for_each(|op| op.set_attr(OFFLOAD, b.unit()));
    }
}

/// What the loop's body uses from around it, in order.
fn captured<'c>(op: Op<'c>) -> Vec<Value<'c>> {
    let mut found = vec![];
    for block in op.region(0).blocks() {
        for inner in block.ops() {
            inner.walk(&mut |user| {
                for value in user.operands() {
                    if !is_inside(value, op) && !found.contains(&value) {
                        found.push(value);
                    }
                }
            });
        }
    }
    found
}

/// Constants, and the generator that belongs to the thread that asks for it.
pub fn is_made_anew(value: Value) -> bool {
    let Some(op) = value.def().filter(|op| op.num_operands() == 0 && op.num_regions() == 0) else { return false };
    let state = op.is("func.call") && op.str_attr("callee").is_some_and(|name| name.starts_with("zouk_random_") && name.ends_with("_state"));
    state || matches!(op.name(), "arith.constant" | "rt.constant_array" | "ub.poison" | "complex.constant" | "memref.get_global")
}
