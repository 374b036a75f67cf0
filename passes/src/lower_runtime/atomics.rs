//! Atomics and fences, as the instructions of the machine.

use super::{internal, memref_of};
use crate::expand_atomics::instruction;
use crate::llvm_dialect::{Descriptor, LlvmOps, struct_type};
use zouk_dialects::diagnostic::Diagnostic;
use zouk_dialects::ir::{Builder, Op, TypeLike, Value};

/// Nothing is moved over one, by LLVM's numbers.
const ACQUIRE: i64 = 4;
const ACQUIRE_RELEASE: i64 = 6;
const ALL_IN_ONE_ORDER: i64 = 7;

/// `rt.atomic "kind" %array[indices…, values…]`
pub fn atomic<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<Value<'c>, Diagnostic> {
    let memref = memref_of(op, op.operand(0))?;
    let array = Descriptor::of(b, op.operand(0)).ok_or_else(|| internal(op, "`rt.atomic` needs a ranked memref"))?;
    let all = op.operands();
    if all.len() < memref.rank() + 2 {
        return Err(internal(op, "`rt.atomic` needs an index for each extent, and a value"));
    }
    let (indices, values) = all[1..].split_at(memref.rank());
    let mut place = b.c_i64(0);
    for (axis, index) in indices.iter().enumerate() {
        let stride = b.extract_value(array.value, &[4, axis as i64], b.i64());
        place = b.bin("arith.addi", place, b.bin("arith.muli", b.index_cast(*index, b.i64()), stride));
    }
    let pointer = b.element_pointer(array.data(b), memref.machine_element(b.context), place);
    let kind = op.str_attr("kind").unwrap_or_default();
    let ty = op.result(0).ty();
    if kind == "cas" {
        return Ok(compare_and_swap(b, pointer, values));
    }
    let number = instruction(kind, ty).ok_or_else(|| internal(op, format!("`rt.atomic` has no `{kind}` of {ty}")))?;
    let attrs = [("bin_op", b.int_attr(b.i64(), number)), ("ordering", b.int_attr(b.i64(), ACQUIRE_RELEASE))];
    Ok(b.val("llvm.atomicrmw", &[pointer, values[0]], ty, &attrs))
}

/// Floats are compared by their bits, as CUDA does.
fn compare_and_swap<'c>(b: &Builder<'c>, pointer: Value<'c>, values: &[Value<'c>]) -> Value<'c> {
    let ty = values[0].ty();
    let bits = if ty == b.f64() { b.i64() } else { b.int(32) };
    let as_bits = |value: Value<'c>| if ty.is_float() { b.val("llvm.bitcast", &[value], bits, &[]) } else { value };
    let (expected, new) = (as_bits(values[0]), as_bits(values[1]));
    let pair = struct_type(b.context, &[expected.ty(), b.i1()]);
    let attrs = [("success_ordering", b.int_attr(b.i64(), ACQUIRE_RELEASE)), ("failure_ordering", b.int_attr(b.i64(), ACQUIRE))];
    let result = b.val("llvm.cmpxchg", &[pointer, expected, new], pair, &attrs);
    let old = b.extract_value(result, &[0], expected.ty());
    if ty.is_float() { b.val("llvm.bitcast", &[old], ty, &[]) } else { old }
}

/// `rt.simt "threadfence"` and its like: what blocks write before it they see of each other before what comes after it.
pub fn fence<'c>(b: &Builder<'c>, op: Op<'c>) -> Result<(), Diagnostic> {
    match op.str_attr("name") {
        Some(name) if name.starts_with("threadfence") => {
            b.op("llvm.fence", &[], &[], &[("ordering", b.int_attr(b.i64(), ALL_IN_ONE_ORDER))]);
            Ok(())
        }
        name => Err(internal(op, format!("`rt.simt` {} outside of a kernel", name.unwrap_or_default()))),
    }
}
