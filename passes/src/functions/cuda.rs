//! `zouk.cuda`: the place of a thread in the grid.

use super::{Bound, CallError, Const, Function, TyArg, Typed};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

pub(super) static TABLE: &[Function] = &[
    Function { name: "zouk.cuda.grid", params: "ndim", infer: per_axis, lower: |l, args, _| each_axis(l, rank(args[0].constant.as_ref()), thread_in_grid) },
    Function { name: "zouk.cuda.gridsize", params: "ndim", infer: per_axis, lower: |l, args, _| each_axis(l, rank(args[0].constant.as_ref()), threads_of_grid) },
    Function {
        name: "zouk.cuda.syncthreads",
        params: "",
        infer: |_| Ok(Ty::None.into()),
        lower: |l, _, _| {
            l.b.op("gpu.barrier", &[], &[], &[]);
            vec![]
        },
    },
];

/// An int64 for one dimension, else a tuple of them.
fn per_axis(args: &Bound<TyArg>) -> Result<Typed, CallError> {
    match rank(args[0].constant.as_ref()) {
        1 => Ok(Ty::I64.into()),
        n @ 2..=3 => Ok(Ty::Tuple(vec![Ty::I64; n]).into()),
        _ => Err(CallError::new("the number of dimensions must be the constant 1, 2 or 3")),
    }
}

fn rank(constant: Option<&Const>) -> usize {
    match constant {
        Some(Const::Int(n)) => usize::try_from(*n).unwrap_or(0),
        _ => 0,
    }
}

fn each_axis<'c>(l: &mut Lower<'c>, rank: usize, value: fn(&Lower<'c>, &str) -> Value<'c>) -> Vec<Value<'c>> {
    let axes = ["x", "y", "z"];
    axes[..rank].iter().map(|axis| l.b.index_cast(value(l, axis), l.b.i64())).collect()
}

fn query<'c>(l: &Lower<'c>, op: &str, axis: &str) -> Value<'c> {
    l.b.val(op, &[], l.b.index(), &[("dimension", l.b.parse_attr(&format!("#gpu<dim {axis}>")))])
}

/// `blockIdx * blockDim + threadIdx`
fn thread_in_grid<'c>(l: &Lower<'c>, axis: &str) -> Value<'c> {
    let block = l.b.bin("arith.muli", query(l, "gpu.block_id", axis), query(l, "gpu.block_dim", axis));
    l.b.bin("arith.addi", block, query(l, "gpu.thread_id", axis))
}

/// `gridDim * blockDim`
fn threads_of_grid<'c>(l: &Lower<'c>, axis: &str) -> Value<'c> {
    l.b.bin("arith.muli", query(l, "gpu.grid_dim", axis), query(l, "gpu.block_dim", axis))
}
