//! Reads of a new array become the tensor that it was made of, as long as nothing has been written to the array since: expressions over several statements
//! are then values, which may be fused, and arrays that nobody else looks at are never made. A new array that is overwritten as a whole, as by `t += x`, is
//! another new array from there on.
//!
//! ```mlir before
//! func.func @f(%t: tensor<?xf64>, %n: index, %i: index, %x: f64) -> (tensor<?xf64>, tensor<?xf64>) {
//!   %a = rt.array %t : tensor<?xf64> to memref<?xf64>
//!   %u = bufferization.to_tensor %a restrict : memref<?xf64> to tensor<?xf64>
//!   memref.store %x, %a[%i] : memref<?xf64>
//!   %v = bufferization.to_tensor %a restrict : memref<?xf64> to tensor<?xf64>
//!   return %u, %v : tensor<?xf64>, tensor<?xf64>
//! }
//! ```
//! ```mlir after
//! module {
//!   func.func @f(%arg0: tensor<?xf64>, %arg1: index, %arg2: index, %arg3: f64) -> (tensor<?xf64>, tensor<?xf64>) {
//!     %0 = rt.array %arg0 : tensor<?xf64> to memref<?xf64>
//!     memref.store %arg3, %0[%arg2] : memref<?xf64>
//!     %1 = bufferization.to_tensor %0 restrict : memref<?xf64> to tensor<?xf64>
//!     return %arg0, %1 : tensor<?xf64>, tensor<?xf64>
//!   }
//! }
//! ```

use crate::memory::{ancestor_in, written_between};
use crate::pass::{OptionInfo, Options};
use zouk_dialects::diagnostic::Diagnostic;
use melior::ir::r#type::DimSize;
use zouk_dialects::ir::{Builder, Op, RankedTensorType, ShapedTypeLike, Value};

pub const OPTIONS: &[OptionInfo] = &[];

pub fn run(module: Op, _: &Options) -> Result<(), Diagnostic> {
    for function in module.body(0).ops().into_iter().filter(|o| o.is("func.func")) {
        // A size asked of a new array is one that it was made with: the array itself is not needed for it.
        for dim in function.collect(|o| o.is("memref.dim")) {
            let axis = Builder::constant_int(dim.operand(1)).and_then(|axis| usize::try_from(axis).ok());
            if let Some(size) = axis.and_then(|axis| Some(*sizes(&Builder::before(dim), uncast(dim.operand(0)))?.get(axis)?)) {
                dim.result(0).replace_all_uses(size);
                dim.erase();
            }
        }
        function.collect(|o| o.is("bufferization.materialize_in_destination")).into_iter().for_each(renew);
        for read in function.collect(|o| o.is("bufferization.to_tensor")) {
            let array = uncast(read.operand(0));
            let Some(made) = array.def_by("rt.array") else { continue };
            if made.operand(0).ty() == read.result(0).ty() && !written_between(made, read, array) {
                read.result(0).replace_all_uses(made.operand(0));
                read.erase();
            }
        }
        // What only views and casts looked at goes with them.
        let unused = function.collect(|o| matches!(o.name(), "memref.cast" | "rt.view" | "rt.array"));
        unused.into_iter().rev().filter(|o| o.result(0).is_unused()).for_each(Op::erase);
    }
    Ok(())
}

/// Makes an array of what is assigned to all of one that was made before, where nobody else knows that one: it takes its place from here on.
fn renew(assignment: Op) {
    let tensor = assignment.operand(0);
    let old = uncast(assignment.operand(1));
    let Some(made) = old.def_by("rt.array").filter(|made| made.block() == assignment.block()) else { return };
    let b = Builder::before(assignment);
    let same = made.operand(0).ty() == tensor.ty() && all_sizes(&b, made.operand(0)).is_some_and(|sizes| all_sizes(&b, tensor) == Some(sizes));
    let mut later = vec![];
    if !same || !split_uses(old, assignment, &mut later) {
        return;
    }
    let new = b.val("rt.array", &[tensor], old.ty(), &made.attrs());
    for (user, operand) in later {
        let ty = user.operand(operand).ty();
        let value = if ty == new.ty() { new } else { b.val("memref.cast", &[new], ty, &[]) };
        user.set_operand(operand, value);
    }
    assignment.erase();
}

/// Collects the uses of an array, and of casts of it, after an op. False when something before it goes on to know the array.
fn split_uses<'c>(array: Value<'c>, at: Op<'c>, later: &mut Vec<(Op<'c>, usize)>) -> bool {
    let Some(block) = at.block() else { return false };
    array.uses().into_iter().filter(|(user, _)| *user != at).all(|(user, operand)| {
        let Some(place) = ancestor_in(user, block) else { return false };
        if user.is("memref.cast") {
            return split_uses(user.result(0), at, later);
        }
        if at.is_before(place) {
            later.push((user, operand));
            return true;
        }
        match user.name() {
            "bufferization.to_tensor" | "memref.dim" | "memref.load" => true,
            "rt.view" => {
                let mut after = vec![];
                split_uses(user.result(0), at, &mut after) && after.is_empty()
            }
            _ => false,
        }
    })
}

/// The sizes of a tensor that are values already, broadcast or computed.
fn all_sizes<'c>(b: &Builder<'c>, tensor: Value<'c>) -> Option<Vec<Value<'c>>> {
    match tensor.def_by("rt.broadcast") {
        Some(op) => Some(op.operands()[1..].to_vec()),
        None => tensor_sizes(b, tensor),
    }
}

fn uncast(mut array: Value) -> Value {
    while let Some(op) = array.def_by("memref.cast") {
        array = op.operand(0);
    }
    array
}

/// The sizes that a new array of an elementwise result has.
fn sizes<'c>(b: &Builder<'c>, array: Value<'c>) -> Option<Vec<Value<'c>>> {
    tensor_sizes(b, array.def_by("rt.array")?.operand(0))
}

/// The sizes of a tensor that a `linalg.generic` computes.
pub fn tensor_sizes<'c>(b: &Builder<'c>, tensor: Value<'c>) -> Option<Vec<Value<'c>>> {
    let mut output = tensor;
    // The accumulator of a reduction is filled first.
    while let Some(op) = output.def().filter(|o| matches!(o.name(), "linalg.generic" | "tensor.cast")) {
        output = if op.is("tensor.cast") { op.operand(0) } else { op.operand(op.num_operands() - op.num_results() + output.number()) };
    }
    output.def_by("tensor.empty").map(|empty| empty_sizes(b, empty))
}

/// The sizes of a `tensor.empty`: its operands are those that its type leaves open.
pub fn empty_sizes<'c>(b: &Builder<'c>, empty: Op<'c>) -> Vec<Value<'c>> {
    let ty = RankedTensorType::try_from(empty.result(0).ty()).expect("a tensor");
    let mut open = empty.operands().into_iter();
    let size = |axis: usize| match ty.dim_size(axis) {
        Ok(DimSize::Static(fixed)) => b.c_index(fixed as i64),
        _ => open.next().expect("an operand for each open size"),
    };
    (0..ty.rank()).map(size).collect()
}
