//! `zouk.get_num_threads` and its like: what a program asks of and sets for parallel loops.

use super::rules::*;
use super::{Bound, CallError, Function, TyArg, Val};
use crate::lower_python::Lower;
use zouk_dialects::ir::Value;
use zouk_dialects::ty::Ty;

pub(super) static TABLE: &[Function] = table! {
    "zouk.get_num_threads" (""): |_| Ok(Ty::I64.into()) => |l, _, _| ask(l, "zouk_parallel_threads");
    "zouk.get_thread_id" (""): |_| Ok(Ty::I64.into()) => |l, _, _| ask(l, "zouk_parallel_thread");
    "zouk.get_parallel_chunksize" (""): |_| Ok(Ty::I64.into()) => |l, _, _| ask(l, "zouk_parallel_chunk_size");
    // What a block under `with parallel_chunksize(n):` begins and ends with.
    "zouk.enter_parallel_chunksize" ("_n"): |a| { count(&a[0], "The parallel chunksize must be an integer")?; Ok(Ty::I64.into()) } => |l, a, _| enter_chunk_size(l, a, "zouk_parallel_enter_chunk_size");
    "zouk.leave_parallel_chunksize" ("_scope"): |a| { integer(&a[0])?; Ok(Ty::None.into()) } => |l, a, _| {
        l.runtime_effect("zouk_parallel_leave_chunk_size", &[a[0].parts[0]], &[l.b.i64()]);
        vec![]
    };
    "zouk.set_num_threads" ("n"): |a| { count(&a[0], "The number of threads specified must be an integer")?; Ok(Ty::None.into()) } => |l, a, _| set_threads(l, a);
    "zouk.set_parallel_chunksize" ("n"): |a| { count(&a[0], "The parallel chunksize must be an integer")?; Ok(Ty::I64.into()) } => |l, a, _| enter_chunk_size(l, a, "zouk_parallel_set_chunk_size");
};

/// Whether it is an integer; the messages are those that Python code gets.
fn count(n: &TyArg, message: &str) -> Result<(), CallError> {
    integer(n).map(|_| ()).map_err(|_| CallError::new(message))
}

fn ask<'c>(l: &Lower<'c>, symbol: &str) -> Vec<Value<'c>> {
    l.runtime_effect(symbol, &[], &[l.b.i64()])
}

fn number<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Value<'c> {
    let n = l.cast(&a[0], &Ty::I64);
    n.parts[0]
}

fn set_threads<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>) -> Vec<Value<'c>> {
    let n = number(l, a);
    let most = ask(l, "zouk_parallel_most_threads")[0];
    let fits = l.b.bin("arith.andi", l.b.cmpi("sge", n, l.b.c_i64(1)), l.b.cmpi("sle", n, most));
    l.check_ints(fits, "ValueError", "The number of threads must be between 1 and {}", &[most]);
    l.runtime_effect("zouk_parallel_set_threads", &[n], &[l.b.i64()]);
    vec![]
}

fn enter_chunk_size<'c>(l: &mut Lower<'c>, a: &Bound<Val<'c>>, symbol: &str) -> Vec<Value<'c>> {
    let n = number(l, a);
    l.check(l.b.cmpi("sge", n, l.b.c_i64(0)), "ValueError", "chunksize must be greater than or equal to zero");
    l.runtime_effect(symbol, &[n], &[l.b.i64()])
}
