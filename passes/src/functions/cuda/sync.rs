//! Barriers of blocks, warps and the grid, and fences.

use crate::functions::elementwise::Parts;
use crate::functions::rules::*;
use crate::functions::{Bound, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ty::Ty;

/// What cooperative groups call a grid.
pub const GRID: &str = "zouk.cuda.cg.GridGroup";

pub(super) static TABLE: &[Function] = table! {
    "zouk.cuda.syncthreads" (""): nothing => |l, _, _| { l.b.op("gpu.barrier", &[], &[], &[]); vec![] };
    "zouk.cuda.syncthreads_count" ("predicate"): predicate => |l, a, _| counted(l, "syncthreads_count", a);
    "zouk.cuda.syncthreads_and" ("predicate"): predicate => |l, a, _| counted(l, "syncthreads_and", a);
    "zouk.cuda.syncthreads_or" ("predicate"): predicate => |l, a, _| counted(l, "syncthreads_or", a);
    "zouk.cuda.syncwarp" ("mask="): |a| { a.get(0).map(integer).transpose()?; nothing(a) } => |l, a, _| {
        let mask = match a.get(0) {
            Some(mask) => l.scalar_as(mask, &Ty::I32),
            None => l.b.c_int(l.b.int(32), -1),
        };
        l.simt("syncwarp", &[mask], &[])
    };
    "zouk.cuda.threadfence" (""): nothing => |l, _, _| l.simt("threadfence", &[], &[]);
    "zouk.cuda.threadfence_block" (""): nothing => |l, _, _| l.simt("threadfence_block", &[], &[]);
    "zouk.cuda.threadfence_system" (""): nothing => |l, _, _| l.simt("threadfence_system", &[], &[]);
    "zouk.cuda.nanosleep" ("ns"): |a| { integer(&a[0])?; nothing(a) } => |l, a, _| {
        let time = l.scalar_as(&a[0], &Ty::I32);
        l.simt("nanosleep", &[time], &[])
    };
    "zouk.cuda.cg.this_grid" (""): |_| Ok(Ty::Ref(GRID.into()).into()) => |_, _, _| vec![];
    "gridgroup.sync()" ("_group"): |_| Ok(Ty::I32.into()) => |l, _, _| {
        l.simt("grid_sync", &[], &[]);
        vec![l.b.c_int(l.b.int(32), 0)]
    };
};

fn nothing(_: &Bound<TyArg>) -> Rule {
    Ok(Ty::None.into())
}

fn predicate(a: &Bound<TyArg>) -> Rule {
    integer(&a[0])?;
    Ok(Ty::I32.into())
}

/// The predicate counts by whether it is zero, however wide it is.
fn counted<'c>(l: &mut Lower<'c>, name: &str, a: &Bound<Val<'c>>) -> Parts<'c> {
    let truth = l.truth(&a[0]);
    let word = l.b.val("arith.extui", &[truth], l.b.int(32), &[]);
    l.simt(name, &[word], &[l.b.int(32)])
}
