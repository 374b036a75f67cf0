//! The place of a thread in its block and in the grid, and the sizes of both.

use crate::functions::rules::*;
use crate::functions::{Bound, CallError, Const, Function, TyArg, Typed};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

/// `cuda.threadIdx.x`, by its name or as the attribute of a value.
macro_rules! place {
    ($name:literal, $op:literal, $axis:literal) => {
        Function { name: $name, params: "_of=", infer: |_| Ok(Ty::I32.into()), lower: |l, _, _| vec![l.b.index_cast(query(l, $op, $axis), l.b.int(32))] }
    };
}

pub(super) static TABLE: &[Function] = &[
    Function { name: "zouk.cuda.grid", params: "ndim", infer: per_axis, lower: |l, args, _| each_axis(l, rank(args[0].constant.as_ref()), thread_in_grid) },
    Function { name: "zouk.cuda.gridsize", params: "ndim", infer: per_axis, lower: |l, args, _| each_axis(l, rank(args[0].constant.as_ref()), threads_of_grid) },
    place!("zouk.cuda.threadIdx.x", "gpu.thread_id", "x"),
    place!("zouk.cuda.threadIdx.y", "gpu.thread_id", "y"),
    place!("zouk.cuda.threadIdx.z", "gpu.thread_id", "z"),
    place!("zouk.cuda.blockIdx.x", "gpu.block_id", "x"),
    place!("zouk.cuda.blockIdx.y", "gpu.block_id", "y"),
    place!("zouk.cuda.blockIdx.z", "gpu.block_id", "z"),
    place!("zouk.cuda.blockDim.x", "gpu.block_dim", "x"),
    place!("zouk.cuda.blockDim.y", "gpu.block_dim", "y"),
    place!("zouk.cuda.blockDim.z", "gpu.block_dim", "z"),
    place!("zouk.cuda.gridDim.x", "gpu.grid_dim", "x"),
    place!("zouk.cuda.gridDim.y", "gpu.grid_dim", "y"),
    place!("zouk.cuda.gridDim.z", "gpu.grid_dim", "z"),
    Function {
        name: "zouk.cuda.laneid",
        params: "",
        infer: |_| Ok(Ty::I32.into()),
        lower: |l, _, _| vec![l.b.index_cast(l.b.val("gpu.lane_id", &[], l.b.index(), &[]), l.b.int(32))],
    },
    Function { name: "zouk.cuda.warpsize", params: "", infer: |_| Ok(Ty::I32.into()), lower: |l, _, _| vec![l.b.c_int(l.b.int(32), 32)] },
];

/// An int64 for one dimension, else a tuple of them.
fn per_axis(args: &Bound<TyArg>) -> Rule {
    match rank(args[0].constant.as_ref()) {
        1 => Ok(Ty::I64.into()),
        n @ 2..=3 => Ok(Typed::from(Ty::Tuple(vec![Ty::I64; n]))),
        _ => Err(CallError::new("the number of dimensions must be the constant 1, 2 or 3").needs_constants()),
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
