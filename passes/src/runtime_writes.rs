//! What the runtime's functions on arrays write into. All others are taken to write into every array that they are given.

use zouk_dialects::ir::{Op, TypeLike, Value};

/// Functions that the library calls (`compiler.runtime_call`), and the places of the arguments that they write into. A name that ends in `_` stands for one function for each
/// dtype. The signatures of `runtime/` say the same, `*mut` and `*const`: a test holds this to them.
pub const WRITES: &[(&str, &[usize])] = &[
    ("zouk_argpartition_", &[4]),
    ("zouk_argsort_", &[2]),
    ("zouk_bounded_combination", &[]),
    ("zouk_cholesky_", &[3]),
    ("zouk_copy_packed", &[1]),
    ("zouk_det_", &[2]),
    ("zouk_eig_", &[2, 3]),
    ("zouk_eigh_", &[3, 4]),
    ("zouk_fft_", &[6]),
    ("zouk_inv_", &[2]),
    ("zouk_irfft_", &[5]),
    ("zouk_lstsq_", &[6, 7, 8, 9]),
    ("zouk_partition_", &[0]),
    ("zouk_qr_", &[4, 5]),
    ("zouk_qr_raw_", &[3, 4]),
    ("zouk_reshape_strides", &[0]),
    ("zouk_rfft_", &[5]),
    ("zouk_searchsorted_", &[6]),
    ("zouk_select_", &[4]),
    ("zouk_slogdet_", &[2, 3]),
    ("zouk_solve_", &[4]),
    ("zouk_sort_", &[0]),
    ("zouk_stable_sort_", &[0]),
    ("zouk_svd_", &[4, 5, 6]),
    ("zouk_svdvals_", &[3]),
];

/// The arrays that an `rt.call` may write into.
pub fn written<'c>(call: Op<'c>) -> Vec<Value<'c>> {
    let only = call.str_attr("callee").and_then(places);
    let arrays = call.operands().into_iter().enumerate().filter(|(_, value)| value.ty().is_mem_ref());
    arrays.filter(|(i, _)| only.is_none_or(|only| only.contains(i))).map(|(_, array)| array).collect()
}

fn places(callee: &str) -> Option<&'static [usize]> {
    let stem = callee.rfind('_').map_or(callee, |end| &callee[..=end]);
    WRITES.iter().find(|(name, _)| *name == callee || *name == stem).map(|(_, places)| *places)
}
