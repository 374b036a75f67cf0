//! Puts functions that ask which thread runs them, or that threads meet in, in the place of their calls.
//!
//! For kernels on the CPU: barriers are then in the kernel itself, where the loops over its threads are made. A function of several blocks becomes an `scf.execute_region`.
//!
//! ```mlir before
//! module attributes {zouk.simt = "cpu"} {
//!   func.func private @place() -> index {
//!     %t = gpu.thread_id x
//!     return %t : index
//!   }
//!   func.func @k(%a: memref<?xindex>) attributes {zouk.entry = "k"} {
//!     %i = call @place() : () -> index
//!     memref.store %i, %a[%i] : memref<?xindex>
//!     return
//!   }
//! }
//! ```
//! ```mlir after
//! module attributes {zouk.simt = "cpu"} {
//!   func.func @k(%arg0: memref<?xindex>) attributes {zouk.entry = "k"} {
//!     %thread_id_x = gpu.thread_id  x
//!     memref.store %thread_id_x, %arg0[%thread_id_x] : memref<?xindex>
//!     return
//!   }
//! }
//! ```

use crate::inline_calls::{called_from, inline};
use crate::parallel::functions;
use crate::pass::{OptionInfo, Options};
use crate::watch_kernels::DEBUG;
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::{Diagnostic, ErrorClass};
use zouk_dialects::ir::{Builder, Op, Region};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    if module.str_attr("zouk.simt") != Some("cpu") {
        return Ok(());
    }
    let all = functions(module);
    let by_name: HashMap<&str, Op> = all.iter().filter_map(|f| Some((f.str_attr("sym_name")?, *f))).collect();
    // Where kernels are watched, all functions that they call are.
    let everything = module.has_attr(DEBUG);
    let mut inliner = Inliner { by_name, done: HashSet::new(), active: vec![], everything };
    all.iter().try_for_each(|function| inliner.visit(*function))?;
    all.into_iter().filter(|f| !f.has_attr("zouk.entry") && knows_thread(*f)).for_each(Op::erase);
    Ok(())
}

struct Inliner<'c> {
    by_name: HashMap<&'c str, Op<'c>>,
    done: HashSet<Op<'c>>,
    active: Vec<Op<'c>>,
    everything: bool,
}

impl<'c> Inliner<'c> {
    fn visit(&mut self, function: Op<'c>) -> Result<(), Diagnostic> {
        if self.done.contains(&function) || self.active.contains(&function) {
            return Ok(());
        }
        self.active.push(function);
        for call in function.collect(|o| o.is("func.call")) {
            let Some(&callee) = call.str_attr("callee").and_then(|name| self.by_name.get(name)) else { continue };
            self.visit(callee)?;
            if !knows_thread(callee) && (!self.everything || self.active.contains(&callee)) {
                continue;
            }
            if self.active.contains(&callee) {
                let message = "a function that asks which thread runs it, or that threads meet in, cannot call itself in a kernel on the CPU";
                return Err(Diagnostic::at(ErrorClass::Unsupported, "kernel-unsupported", message, call.loc()));
            }
            if callee.region(0).blocks().len() == 1 { inline(call, callee) } else { inline_blocks(call, callee) }
        }
        self.active.pop();
        self.done.insert(function);
        Ok(())
    }
}

fn knows_thread(function: Op) -> bool {
    !function.collect(|op| op.dialect() == "gpu" || matches!(op.name(), "rt.scratch" | "rt.simt")).is_empty()
}

/// The blocks of the callee, as one op before the call.
fn inline_blocks<'c>(call: Op<'c>, callee: Op<'c>) {
    let copy = callee.deep_clone();
    let region = Region::new();
    region.take_body(copy.region(0));
    copy.erase();
    let b = Builder::before(call);
    let types: Vec<_> = call.results().iter().map(|r| r.ty()).collect();
    let op = b.op_with_regions("scf.execute_region", &[], &types, &[], &[region]);
    let entry = op.body(0);
    entry.args().into_iter().zip(call.operands()).for_each(|(argument, value)| argument.replace_all_uses(value));
    (0..entry.num_args()).rev().for_each(|i| entry.erase_arg(i));
    for exit in op.collect(|o| o.is("func.return")) {
        Builder::before(exit).op("scf.yield", &exit.operands(), &[], &[]);
        exit.erase();
    }
    let display = callee.str_attr("py.display").or(callee.str_attr("sym_name")).unwrap_or_default();
    op.walk(&mut |inner| {
        if inner != op {
            inner.set_loc(called_from(inner.loc(), display, call.loc()));
        }
    });
    call.results().into_iter().zip(op.results()).for_each(|(old, new)| old.replace_all_uses(new));
    call.erase();
}
