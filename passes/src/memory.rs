//! What ops at stage `tensor` do to the memory of arrays: which arrays may share memory, and whether something is written between two places.

use zouk_dialects::ir::{Block, Op, TypeLike, Value};

/// The array that a view or cast is of.
pub fn root(mut value: Value) -> Value {
    while let Some(op) = value.def().filter(|o| matches!(o.name(), "rt.view" | "memref.cast" | "memref.collapse_shape")) {
        value = op.operand(0);
    }
    value
}

/// A block of its own: made here, or a constant.
fn is_fresh(root: Value) -> bool {
    root.def().is_some_and(|o| matches!(o.name(), "rt.alloc" | "rt.constant_array" | "rt.array"))
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

/// Whether two arrays may share memory.
pub fn may_alias(a: Value, b: Value) -> bool {
    let (a, b) = (root(a), root(b));
    if a == b {
        return true;
    }
    let apart = |fresh: Value, other: Value| is_fresh(fresh) && (is_fresh(other) || is_argument(other) || !escapes(fresh));
    !apart(a, b) && !apart(b, a)
}

/// Whether the op, or one inside it, may write into the array.
pub fn may_write(op: Op, array: Value) -> bool {
    match op.name() {
        "memref.store" => return may_alias(op.operand(1), array),
        "bufferization.materialize_in_destination" => return may_alias(op.operand(1), array),
        // A function of the runtime works on the arrays that it is given.
        "rt.call" => return op.operands().iter().any(|v| v.ty().is_mem_ref() && may_alias(*v, array)),
        "func.call" => {
            // A block that nothing else knows is out of its reach.
            return has_effects(op) && !(is_fresh(root(array)) && !escapes(root(array)));
        }
        _ => {}
    }
    if op.num_regions() > 0 {
        return op.regions().into_iter().flat_map(|r| r.blocks()).flat_map(|b| b.ops()).any(|inner| may_write(inner, array));
    }
    match op.dialect() {
        "arith" | "math" | "complex" | "tensor" | "bufferization" | "rt" | "scf" | "cf" | "ub" | "func" => false,
        "memref" => !matches!(op.name(), "memref.load" | "memref.dim" | "memref.cast" | "memref.extract_strided_metadata" | "memref.extract_aligned_pointer_as_index"),
        // On tensors: values. On arrays: into the last operands.
        "linalg" => op.num_results() == 0 && op.operands().last().is_some_and(|v| v.ty().is_mem_ref() && may_alias(*v, array)),
        _ => true,
    }
}

/// Whether a call may do anything but compute its result.
fn has_effects(call: Op) -> bool {
    let name = call.str_attr("callee").unwrap_or_default();
    let mut module = call.parent();
    while let Some(op) = module.filter(|o| !o.is("builtin.module")) {
        module = op.parent();
    }
    let callee = module.and_then(|m| m.body(0).ops().into_iter().find(|o| o.str_attr("sym_name") == Some(name)));
    callee.is_none_or(|f| !f.has_attr("llvm.readnone"))
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
