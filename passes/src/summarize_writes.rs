//! Says of every function into which of its arguments it may write (`zouk.writes`), so that passes can move and fuse reads across calls.
//!
//! The least sets that hold together are found by going round until nothing changes; functions may call each other.
//!
//! ```mlir before
//! func.func private @set(%a: memref<?xf64>, %b: memref<?xf64>, %i: index) {
//!   %x = memref.load %a[%i] : memref<?xf64>
//!   memref.store %x, %b[%i] : memref<?xf64>
//!   return
//! }
//! func.func @twice(%a: memref<?xf64>, %i: index) {
//!   call @set(%a, %a, %i) : (memref<?xf64>, memref<?xf64>, index) -> ()
//!   return
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func private @set(%arg0: memref<?xf64>, %arg1: memref<?xf64>, %arg2: index) attributes {zouk.writes = array<i32: 1>} {
//!     %0 = memref.load %arg0[%arg2] : memref<?xf64>
//!     memref.store %0, %arg1[%arg2] : memref<?xf64>
//!     return
//!   }
//!   func.func @twice(%arg0: memref<?xf64>, %arg1: index) attributes {zouk.writes = array<i32: 0>} {
//!     call @set(%arg0, %arg0, %arg1) : (memref<?xf64>, memref<?xf64>, index) -> ()
//!     return
//!   }
//! }
//! ```

use crate::foreign::FOREIGN;
use crate::memory::{calls_out, gives_new, is_fresh, root, synchronises, written};
use crate::pass::{OptionInfo, Options};
use std::collections::{BTreeSet, HashMap};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_some()).collect();
    let name = |f: &Op<'_>| f.str_attr("sym_name").unwrap_or_default().to_string();
    mark_those_that_call_out(&functions);
    let mut writes: HashMap<String, BTreeSet<usize>> = functions.iter().map(|f| (name(f), BTreeSet::new())).collect();
    let mut changed = true;
    while changed {
        changed = false;
        for function in &functions {
            let now = arguments_written(*function, &writes);
            changed |= writes.insert(name(function), now.clone()) != Some(now);
        }
    }
    for function in functions {
        let numbers: Vec<i32> = writes[&name(&function)].iter().map(|i| *i as i32).collect();
        function.set_attr("zouk.writes", Builder::before(function).i32_array(&numbers));
    }
    Ok(())
}

/// A function that calls C or the interpreter is like them to its callers (`zouk.foreign`), and so is one that waits for other threads.
fn mark_those_that_call_out(functions: &[Op]) {
    let mut rest: Vec<Op> = functions.iter().copied().filter(|f| !f.has_attr(FOREIGN)).collect();
    loop {
        let (found, others): (Vec<Op>, Vec<Op>) = rest.into_iter().partition(|f| !f.collect(|op| calls_out(op) || synchronises(op)).is_empty());
        if found.is_empty() {
            return;
        }
        found.iter().for_each(|f| f.set_unit(FOREIGN));
        rest = others;
    }
}

/// Takes back what has been said, once nobody asks or functions are about to change. Of intrinsics it is known from their texts.
pub fn forget(module: Op) {
    let functions = module.body(0).ops().into_iter().filter(|function| !function.has_attr(crate::define_intrinsics::TEXT));
    functions.for_each(|function| _ = function.remove_attr("zouk.writes"));
}

/// The numbers of the arguments that the function may write into, by what is known of those that it calls.
fn arguments_written<'c>(function: Op<'c>, known: &HashMap<String, BTreeSet<usize>>) -> BTreeSet<usize> {
    let arguments = function.body(0).args();
    let mut found = BTreeSet::new();
    let mut add = |target: Value<'c>| {
        let root = root(target);
        match arguments.iter().position(|a| *a == root) {
            Some(number) => _ = found.insert(number),
            None if is_fresh(root) || root.def().is_some_and(|op| op.is("memref.alloca") || op.is("func.call") && gives_new(op, root.number())) => {}
            // It may be any of them.
            None => found.extend((0..arguments.len()).filter(|i| arguments[*i].ty().is_mem_ref())),
        }
    };
    let mut found_all = false;
    function.walk(&mut |op| {
        let callee = op.str_attr("callee").filter(|_| op.is("func.call")).and_then(|name| known.get(name));
        if calls_out(op) {
            found_all = true;
        }
        match callee {
            Some(numbers) => numbers.iter().for_each(|i| add(op.operand(*i))),
            None => written(op).into_iter().for_each(&mut add),
        }
    });
    if found_all { (0..arguments.len()).filter(|i| arguments[*i].ty().is_mem_ref()).collect() } else { found }
}
