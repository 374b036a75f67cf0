//! What passes for loops that run on a GPU share: which loops may go there, and who makes PTX of their kernels.
//!
//! A module with `zouk.offload = "sm_80"` has its parallel loops run on a GPU of that kind, where they can. `parallelise` marks them, `offload_regions` makes kernels of them. The driver
//! knows the way from a kernel to PTX; it registers, once per process, who is asked.

use crate::form_kernel::is_known;
use std::sync::OnceLock;
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Location, Module, Op};

/// On a module: the GPU. On an `scf.parallel`, the function that is made of it, and its call: that they are for a GPU.
pub const OFFLOAD: &str = "zouk.offload";

/// Makes PTX of a module at stage `loops` with one kernel.
pub trait Assembler: Send + Sync {
    fn assemble(&self, kernels: &mut Module) -> Result<String, Diagnostic>;
}

static ASSEMBLER: OnceLock<&'static dyn Assembler> = OnceLock::new();

/// Says who makes PTX; the first to do so in a process stays.
pub fn register(assembler: &'static dyn Assembler) {
    let _ = ASSEMBLER.set(assembler);
}

pub fn assembler() -> Option<&'static dyn Assembler> {
    ASSEMBLER.get().copied()
}

/// The module around an op.
pub fn module_of(op: Op) -> Option<Op> {
    std::iter::successors(Some(op), |o| o.parent()).find(|o| o.is("builtin.module"))
}

/// On the module of a kernel: a thread whose check fails, or that raises, says so and ends. The host then does what the loop would have done.
pub const CHECKED: &str = "zouk.kernel_checked";

/// Whether an op of a loop that runs on a GPU may raise.
pub fn raises(op: Op) -> bool {
    op.is("rt.check") || op.is("rt.raise") || op.is("rt.index") && op.has_attr("checked")
}

/// Whether what runs in an iteration may raise, in functions that it calls too.
pub fn may_raise(the_loop: Op) -> bool {
    module_of(the_loop).is_some_and(|module| raises_inside(the_loop, module, &mut vec![]))
}

fn raises_inside<'c>(code: Op<'c>, module: Op<'c>, seen: &mut Vec<&'c str>) -> bool {
    let mut found = false;
    code.walk(&mut |op| {
        found |= raises(op);
        if let Some(name) = op.str_attr("callee").filter(|name| op.is("func.call") && !seen.contains(name)) {
            seen.push(name);
            let callee = module.body(0).ops().into_iter().find(|f| f.str_attr("sym_name") == Some(name));
            found |= callee.is_some_and(|callee| raises_inside(callee, module, seen));
        }
    });
    found
}

/// What keeps a loop from running on a GPU, and where it is.
pub fn obstacle<'c>(the_loop: Op<'c>) -> Option<(Location<'c>, &'static str)> {
    let module = module_of(the_loop)?;
    find_obstacle(the_loop, module, &mut vec![])
}

fn find_obstacle<'c>(code: Op<'c>, module: Op<'c>, seen: &mut Vec<&'c str>) -> Option<(Location<'c>, &'static str)> {
    let mut found = None;
    code.walk(&mut |op| {
        if found.is_none() && op != code {
            found = obstacle_of(op, module, seen).map(|(place, what)| (place.unwrap_or(op.loc()), what));
        }
    });
    found
}

fn obstacle_of<'c>(op: Op<'c>, module: Op<'c>, seen: &mut Vec<&'c str>) -> Option<(Option<Location<'c>>, &'static str)> {
    let what = match (op.dialect(), op.name()) {
        ("arith" | "math" | "complex" | "ub" | "cf" | "scf", _) => return None,
        (_, "memref.load" | "memref.store" | "memref.dim" | "memref.cast" | "memref.collapse_shape" | "memref.extract_strided_metadata") => return None,
        (_, "rt.view" | "rt.constant_array" | "func.return") => return None,
        (_, "rt.check") if op.has_attr("pending") => "it calls a function that GPUs do not have",
        (_, "rt.index" | "rt.check" | "rt.raise") => return None,
        (_, "rt.alloc" | "rt.object" | "rt.array") => "it allocates memory",
        (_, "rt.print") => "it prints",
        (_, "func.call") => {
            let name = op.str_attr("callee").unwrap_or_default();
            let callee = module.body(0).ops().into_iter().find(|f| f.str_attr("sym_name") == Some(name));
            let body = callee.filter(|f| f.region(0).first_block().is_some());
            match body {
                Some(_) if seen.contains(&name) => return None,
                Some(body) => {
                    seen.push(name);
                    return find_obstacle(body, module, seen).map(|(place, what)| (Some(place), what));
                }
                None if is_known(name) => return None,
                None => "it calls a function that GPUs do not have",
            }
        }
        _ => "it does what no kernel can",
    };
    Some((None, what))
}
