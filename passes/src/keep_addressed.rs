//! Keeps arrays alive whose addresses are given to C: to the end of the block that made them, and not just to their last use.
//!
//! The address may be taken by a function that is called. What happens to it is not seen: it may be kept in a name, or be returned.
//!
//! ```mlir before
//! func.func private @address(%a: memref<?xf64>) -> i64 {
//!   %p = rt.address %a : memref<?xf64>
//!   return %p : i64
//! }
//! func.func private @use(i64)
//! func.func @f(%n: index) {
//!   %a = rt.alloc(%n) : memref<?xf64>
//!   %p = call @address(%a) : (memref<?xf64>) -> i64
//!   call @use(%p) : (i64) -> ()
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func private @address(%arg0: memref<?xf64>) -> i64 {
//!     %0 = rt.address %arg0 : memref<?xf64>
//!     rt.keep %arg0 : memref<?xf64>
//!     return %0 : i64
//!   }
//!   func.func private @use(i64)
//!   func.func @f(%arg0: index) {
//!     %0 = rt.alloc(%arg0) : memref<?xf64>
//!     %1 = call @address(%0) : (memref<?xf64>) -> i64
//!     call @use(%1) : (i64) -> ()
//!     rt.keep %0 : memref<?xf64>
//!     return
//!   }
//! }
//! ```

use crate::memory::root;
use crate::pass::{OptionInfo, Options};
use std::collections::{BTreeSet, HashMap};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Block, Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

/// By function: the numbers of the arguments whose addresses it takes.
type Taken<'c> = HashMap<&'c str, BTreeSet<usize>>;

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.collect(|op| op.is("rt.address")).is_empty() {
        return Ok(());
    }
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_some()).collect();
    let mut taken = Taken::new();
    loop {
        let before: usize = taken.values().map(BTreeSet::len).sum();
        for function in &functions {
            let arguments = function.body(0).args();
            let found = addressed(*function, &taken).into_iter().filter_map(|array| arguments.iter().position(|a| *a == array));
            taken.entry(function.str_attr("sym_name").unwrap_or_default()).or_default().extend(found.collect::<Vec<_>>());
        }
        if taken.values().map(BTreeSet::len).sum::<usize>() == before {
            break;
        }
    }
    for function in functions {
        addressed(function, &taken).into_iter().for_each(keep);
    }
    Ok(())
}

/// The arrays whose addresses are taken in a function, or in those that it calls.
fn addressed<'c>(function: Op<'c>, taken: &Taken<'c>) -> Vec<Value<'c>> {
    let mut found: Vec<Value> = vec![];
    let mut add = |array: Value<'c>| {
        let array = root(array);
        if array.ty().is_mem_ref() && !found.contains(&array) {
            found.push(array);
        }
    };
    function.walk(&mut |op| match op.name() {
        "rt.address" => add(op.operand(0)),
        "func.call" => {
            let numbers = op.str_attr("callee").and_then(|callee| taken.get(callee));
            numbers.into_iter().flatten().filter(|i| **i < op.num_operands()).for_each(|i| add(op.operand(*i)));
        }
        _ => {}
    });
    found
}

/// At the end of the block that the array is of; of a function's first block, at all ends of the function.
fn keep(array: Value) {
    let Some(block) = array.owner_block().or_else(|| array.def().and_then(Op::block)) else { return };
    let blocks = block.region().filter(|region| region.first_block() == Some(block)).map_or(vec![block], |region| region.blocks());
    for end in blocks.into_iter().filter_map(Block::terminator).filter(|op| op.block() == Some(block) || op.successors().is_empty()) {
        let b = Builder::before(end);
        b.set_loc(array.def().map_or(end.loc(), |op| op.loc()));
        b.op("rt.keep", &[array], &[], &[]);
    }
}
