//! The names of `rt.simt`, as CUDA C has them, and what they take and give.
//!
//! `mask` is an i32 with a bit for each lane of a warp; `T` is i32, i64, f32 or f64; places are indices, one for each axis of the array.
//! Which lanes take part is said by the mask, not by the op's place.

/// Of a constant array: it is for constant memory.
pub const CONSTANT: &str = "zouk.constant";

/// Name, arguments, results.
pub const NAMES: &[(&str, &str, &str)] = &[
    // All threads of the block meet; how many, whether all, whether any came with a word that is not 0.
    ("syncthreads_count", "i32", "i32"),
    ("syncthreads_and", "i32", "i32"),
    ("syncthreads_or", "i32", "i32"),
    ("syncwarp", "mask", ""),
    // All threads of the grid meet: the launch is cooperative.
    ("grid_sync", "", ""),
    ("threadfence", "", ""),
    ("threadfence_block", "", ""),
    ("threadfence_system", "", ""),
    ("nanosleep", "i32", ""),
    // Bytes of shared memory that the launch adds to the kernel's own.
    ("dynamic_shared_size", "", "i32"),
    // The value of another lane: of that number, so many before, so many after, with these bits of its number changed. One's own where there is none.
    ("shfl_sync", "mask, T, i32", "T"),
    ("shfl_up_sync", "mask, T, i32", "T"),
    ("shfl_down_sync", "mask, T, i32", "T"),
    ("shfl_xor_sync", "mask, T, i32", "T"),
    ("all_sync", "mask, i1", "i1"),
    ("any_sync", "mask, i1", "i1"),
    // Whether all lanes say the same.
    ("eq_sync", "mask, i1", "i1"),
    ("ballot_sync", "mask, i1", "i32"),
    // The lanes that have the same bits; all of the mask if all have, else 0, and whether they have.
    ("match_any_sync", "mask, T", "i32"),
    ("match_all_sync", "mask, T", "i32, i1"),
    ("activemask", "", "i32"),
    ("lanemask_lt", "", "i32"),
    // Loads and stores of one element that say how it is cached.
    ("ldca", "array, places…", "element"),
    ("ldcg", "array, places…", "element"),
    ("ldcs", "array, places…", "element"),
    ("ldlu", "array, places…", "element"),
    ("ldcv", "array, places…", "element"),
    ("stcg", "array, places…, element", ""),
    ("stcs", "array, places…, element", ""),
    ("stwb", "array, places…, element", ""),
    ("stwt", "array, places…, element", ""),
];
