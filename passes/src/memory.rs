//! What ops at stage `tensor` do to the memory of arrays: which arrays may share memory, and whether something is written between two places.

use crate::runtime_writes;
use zouk_dialects::ir::{Attribute, Block, Op, TypeLike, Value};

/// The array that a view or cast is of.
pub fn root(mut value: Value) -> Value {
    while let Some(op) = value.def().filter(|o| matches!(o.name(), "rt.view" | "memref.cast" | "memref.collapse_shape")) {
        value = op.operand(0);
    }
    value
}

/// A block of its own: made here, or a constant.
pub fn is_fresh(root: Value) -> bool {
    root.def().is_some_and(|o| matches!(o.name(), "rt.alloc" | "rt.constant_array" | "rt.array" | "rt.object"))
}

/// Whether it is an instance of a class: arrays have no elements of one bit.
pub fn is_instance(value: Value) -> bool {
    value.ty().to_string() == "memref<i1>"
}

/// An argument of the function.
fn is_argument(value: Value) -> bool {
    let Some(block) = value.owner_block() else { return false };
    block.parent().is_some_and(|o| o.is("func.func")) && block.region().and_then(|r| r.first_block()) == Some(block)
}

/// Whether some other value than views may be the array of a fresh root: it went through a call, or a branch.
fn escapes(value: Value) -> bool {
    value.uses().into_iter().any(|(user, _)| match user.name() {
        "rt.view" | "memref.cast" | "memref.collapse_shape" => escapes(user.result(0)),
        "memref.load" | "memref.store" | "memref.dim" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" => false,
        "bufferization.to_tensor" | "bufferization.materialize_in_destination" | "func.return" | "rt.print" | "rt.check" => false,
        name => !name.starts_with("linalg."),
    })
}

/// Whether nothing else but its own views can be the array: it was made here, and went nowhere.
pub fn is_unshared(array: Value) -> bool {
    let root = root(array);
    is_fresh(root) && !escapes(root)
}

/// Whether several places of an array may be one element: of views that were made so, and of arrays with any strides that come from elsewhere.
pub fn may_repeat(mut array: Value) -> bool {
    loop {
        if !array.ty().to_string().contains("strided<[?") {
            return false;
        }
        match array.def() {
            Some(op) if op.has_attr("repeats") => return true,
            Some(op) if matches!(op.name(), "rt.view" | "memref.cast" | "memref.collapse_shape") => array = op.operand(0),
            _ => return !is_fresh(array),
        }
    }
}

/// Whether two arrays may share memory.
pub fn may_alias(a: Value, b: Value) -> bool {
    let (a, b) = (root(a), root(b));
    if a == b {
        return true;
    }
    // Only ops of fields touch instances.
    if is_instance(a) != is_instance(b) {
        return false;
    }
    let apart = |fresh: Value, other: Value| is_fresh(fresh) && (is_fresh(other) || is_argument(other) || !escapes(fresh));
    !apart(a, b) && !apart(b, a)
}

/// The arrays that an op itself writes into, leaving aside those inside it.
pub fn written(op: Op) -> Vec<Value> {
    let arrays = || op.operands().into_iter().filter(|v| v.ty().is_mem_ref());
    match op.name() {
        "memref.store" | "bufferization.materialize_in_destination" | "rt.store_field" => return vec![op.operand(1)],
        "rt.call" => return runtime_writes::written(op),
        "rt.simt" => return arrays().collect(),
        "func.call" => return written_by_call(op),
        "memref.load" | "memref.dim" | "memref.cast" | "memref.collapse_shape" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index" => return vec![],
        _ => {}
    }
    match op.dialect() {
        "arith" | "math" | "complex" | "tensor" | "bufferization" | "rt" | "scf" | "cf" | "ub" | "func" => vec![],
        // On tensors: values. On arrays: into the last operands.
        "linalg" if op.num_results() > 0 || op.num_regions() == 0 => vec![],
        "linalg" => {
            let outputs = op.body(0).terminator().map_or(1, |t| t.num_operands());
            op.operands().into_iter().skip(op.num_operands().saturating_sub(outputs)).filter(|v| v.ty().is_mem_ref()).collect()
        }
        _ => arrays().collect(),
    }
}

/// The function of the module that a call goes to.
fn callee_of(call: Op) -> Option<Op> {
    let name = call.str_attr("callee").unwrap_or_default();
    let mut module = call.parent();
    while let Some(op) = module.filter(|o| !o.is("builtin.module")) {
        module = op.parent();
    }
    module.and_then(|m| m.body(0).ops().into_iter().find(|o| o.str_attr("sym_name") == Some(name)))
}

/// Whether an array that a call gives was made by the callee, whichever way it ends.
pub fn gives_new(call: Op, number: usize) -> bool {
    let returns = callee_of(call).map(|callee| callee.collect(|op| op.is("func.return"))).unwrap_or_default();
    !returns.is_empty() && returns.iter().all(|op| is_fresh(root(op.operand(number))))
}

/// What a call may write into: arguments that the callee writes into (`zouk.writes`), all arrays where that is not known.
fn written_by_call(call: Op) -> Vec<Value> {
    let callee = callee_of(call);
    let arrays = || call.operands().into_iter().filter(|v| v.ty().is_mem_ref());
    match callee {
        Some(f) if f.has_attr("llvm.readnone") => vec![],
        Some(f) => match f.attr("zouk.writes") {
            Some(writes) => numbers(writes).into_iter().filter_map(|i| (i < call.num_operands()).then(|| call.operand(i))).collect(),
            None => arrays().collect(),
        },
        None => arrays().collect(),
    }
}

/// The elements of `array<i32: 0, 2>`.
fn numbers(attr: Attribute) -> Vec<usize> {
    let text = attr.to_string();
    let list = text.strip_prefix("array<i32: ").and_then(|t| t.strip_suffix('>')).unwrap_or_default();
    list.split(", ").filter_map(|n| n.parse().ok()).collect()
}

/// Whether an op calls what may write to all memory whose address it can have: C, the interpreter, or a function that calls one of them.
pub fn calls_out(op: Op) -> bool {
    op.is("func.call") && callee_of(op).is_some_and(|callee| callee.has_attr(crate::foreign::FOREIGN))
}

/// Whether what other threads of a kernel have written may be seen after the op: barriers, fences, atomics and all that lanes do together.
pub fn synchronises(op: Op) -> bool {
    match op.name() {
        "gpu.barrier" | "rt.atomic" => true,
        "rt.simt" => !matches!(op.str_attr("name"), Some("dynamic_shared_size" | "activemask" | "lanemask_lt")),
        _ => false,
    }
}

/// Whether the op, or one inside it, may write into the array.
pub fn may_write(op: Op, array: Value) -> bool {
    if calls_out(op) || synchronises(op) {
        let root = root(array);
        return !is_fresh(root) || escapes(root);
    }
    written(op).into_iter().any(|target| may_alias(target, array))
        || op.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()).any(|inner| may_write(inner, array))
}

/// Whether something may be written into the array after `from` and before `to`. True also where the way between is not seen.
pub fn written_between<'c>(from: Op<'c>, to: Op<'c>, array: Value<'c>) -> bool {
    let Some(block) = from.block() else { return true };
    let Some(mut at) = ancestor_in(to, block) else { return true };
    if !from.is_before(at) {
        return true;
    }
    let mut first = from.next();
    loop {
        while let Some(op) = first.filter(|o| *o != at) {
            if may_write(op, array) {
                return true;
            }
            first = op.next();
        }
        if at == to {
            return false;
        }
        // Inside a branch of `scf.if` what comes before runs once; inside anything else, all of it may have run.
        if !matches!(at.name(), "scf.if") {
            return may_write(at, array);
        }
        let Some(inner) = at.regions().into_iter().filter_map(|r| r.first_block()).find(|b| ancestor_in(to, *b).is_some()) else { return true };
        first = inner.first();
        at = ancestor_in(to, inner).expect("found just now");
    }
}

/// The op itself, or the one around it, that stands in the block.
pub fn ancestor_in<'c>(op: Op<'c>, block: Block<'c>) -> Option<Op<'c>> {
    let mut at = Some(op);
    while let Some(here) = at {
        if here.block() == Some(block) {
            return Some(here);
        }
        at = here.parent();
    }
    None
}
