//! Puts small functions in the place of their calls, so that checks, ranges and loops are seen across them.
//!
//! A callee of one block with no calls of its own left, at most `max-ops` ops long unless it has `zouk.inline`; an operation on whole arrays is one op, since what
//! it computes is fused with what stands around the call. Its ops keep their places: each has the call's location
//! around its own, from which tracebacks still show both lines. Calls of recursive functions, and of functions with
//! blocks, are left to LLVM.
//! A function that has the runtime work on arrays, and is called more than once, stays one.
//!
//! ```mlir before
//! func.func private @half(%x: f64) -> f64 {
//!   %c = arith.constant 0.5 : f64
//!   %r = arith.mulf %x, %c : f64
//!   return %r : f64
//! }
//! func.func @f(%x: f64) -> f64 {
//!   %r = func.call @half(%x) : (f64) -> f64
//!   return %r : f64
//! }
//! ```
//! becomes
//! ```mlir after
//! module {
//!   func.func @f(%arg0: f64) -> f64 {
//!     %cst = arith.constant 5.000000e-01 : f64
//!     %0 = arith.mulf %arg0, %cst : f64
//!     return %0 : f64
//!   }
//! }
//! ```

use crate::pass::{OptionInfo, Options};
use std::collections::{HashMap, HashSet};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Location, Op, TypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[OptionInfo { name: "max-ops", description: "Longer functions are not inlined", initial: "80" }];

pub fn run(module: Op, options: &Options) -> Result<(), Diagnostic> {
    let max_ops = options.get("max-ops").parse().unwrap_or(80);
    let functions: Vec<Op> = module.body(0).ops().into_iter().filter(|o| o.is("func.func") && o.region(0).first_block().is_some()).collect();
    let mut calls: HashMap<&str, usize> = HashMap::new();
    for call in module.collect(|o| o.is("func.call")) {
        *calls.entry(call.str_attr("callee").unwrap_or_default()).or_default() += 1;
    }
    let several = calls.into_iter().filter(|(_, count)| *count > 1).map(|(name, _)| name).collect();
    let mut inliner = Inliner { several, by_name: functions.iter().map(|f| (f.str_attr("sym_name").unwrap_or_default(), *f)).collect(), done: HashSet::new(), active: vec![], max_ops };
    for function in &functions {
        inliner.visit(*function);
    }
    drop_unreached(functions, &inliner.by_name);
    Ok(())
}

struct Inliner<'c> {
    /// The names of functions that are called more than once.
    several: HashSet<&'c str>,
    by_name: HashMap<&'c str, Op<'c>>,
    done: HashSet<Op<'c>>,
    /// The chain of calls being visited: callees are finished before their callers.
    active: Vec<Op<'c>>,
    max_ops: usize,
}

impl<'c> Inliner<'c> {
    fn visit(&mut self, function: Op<'c>) {
        if self.done.contains(&function) || self.active.contains(&function) {
            return;
        }
        self.active.push(function);
        for call in function.collect(|o| o.is("func.call")) {
            let Some(&callee) = call.str_attr("callee").and_then(|name| self.by_name.get(name)) else { continue };
            self.visit(callee);
            if self.done.contains(&callee) && self.fits(callee) {
                inline(call, callee);
            }
        }
        self.active.pop();
        self.done.insert(function);
    }

    /// Whether there is one function for several calls that has the runtime work on arrays: what the call costs is nothing beside that.
    fn is_kernel(&self, callee: Op<'c>) -> bool {
        let on_arrays = |op: Op<'c>| op.is("rt.call") && op.operands().iter().any(|v| v.ty().is_mem_ref());
        callee.str_attr("sym_name").is_some_and(|name| self.several.contains(name)) && !callee.collect(on_arrays).is_empty()
    }

    fn fits(&self, callee: Op<'c>) -> bool {
        let blocks = callee.region(0).blocks();
        let mut ops = 0;
        let mut plain = blocks.len() == 1 && blocks[0].terminator().is_some_and(|t| t.is("func.return"));
        count(callee, &mut |op| {
            ops += !is_free(op) as usize;
            plain &= !matches!(op.name(), "func.call" | "scf.execute_region");
        });
        plain && !self.is_kernel(callee) && (ops <= self.max_ops || callee.has_attr("zouk.inline"))
    }
}

/// Visits the ops inside an op, an operation on tensors as one.
fn count<'c>(op: Op<'c>, visit: &mut dyn FnMut(Op<'c>)) {
    for inner in op.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()) {
        visit(inner);
        if inner.dialect() != "linalg" {
            count(inner, visit);
        }
    }
}

/// What operations on tensors leave nothing of once they are fused.
fn is_free(op: Op) -> bool {
    matches!(op.name(), "tensor.empty" | "bufferization.to_tensor" | "rt.array" | "memref.dim" | "arith.constant")
}

/// Private functions that no other reaches any more go.
fn drop_unreached<'c>(functions: Vec<Op<'c>>, by_name: &HashMap<&'c str, Op<'c>>) {
    let (private, mut open): (Vec<Op>, Vec<Op>) = functions.into_iter().partition(|f| f.str_attr("sym_visibility") == Some("private"));
    let mut reached: HashSet<Op> = open.iter().copied().collect();
    while let Some(function) = open.pop() {
        function.walk(&mut |op| {
            let callee = op.str_attr("callee").filter(|_| op.is("func.call")).and_then(|name| by_name.get(name));
            open.extend(callee.filter(|callee| reached.insert(**callee)));
        });
    }
    private.into_iter().filter(|f| !reached.contains(f)).for_each(Op::erase);
}

/// Clones the callee's body before the call and replaces the call's results.
pub(crate) fn inline<'c>(call: Op<'c>, callee: Op<'c>) {
    let body = callee.body(0);
    let block = call.block().expect("a call is in a block");
    let display = callee.str_attr("py.display").or(callee.str_attr("sym_name")).unwrap_or_default();
    let mut values: HashMap<Value<'c>, Value<'c>> = body.args().into_iter().zip(call.operands()).collect();
    for op in body.ops() {
        if op.is("func.return") {
            for (result, value) in call.results().into_iter().zip(op.operands()) {
                result.replace_all_uses(values.get(&value).copied().unwrap_or(value));
            }
            break;
        }
        let copy = op.deep_clone();
        block.insert_before(call, copy);
        values.extend(op.results().into_iter().zip(copy.results()));
        copy.walk(&mut |inner| {
            for i in 0..inner.num_operands() {
                if let Some(value) = values.get(&inner.operand(i)) {
                    inner.set_operand(i, *value);
                }
            }
            inner.set_loc(called_from(inner.loc(), display, call.loc()));
        });
    }
    call.erase();
}

/// The place in the callee, under the callee's name, called from the caller's place.
pub(crate) fn called_from<'c>(inner: Location<'c>, display: &str, outer: Location<'c>) -> Location<'c> {
    if inner.is_call_site() {
        // Inlined before: what was innermost stays so, the outer place goes around the outermost.
        return Location::call_site(inner.call_site_callee(), called_from(inner.call_site_caller(), display, outer));
    }
    let named = Location::name(zouk_dialects::ir::location_context(inner), display, inner);
    Location::call_site(named, outer)
}
