//! IR to IR: the one list of stages and passes (`pipeline`), type inference, lowering.
//!
//! Knows nothing of Python source or of what runs the result.

pub mod functions;
pub mod library;
pub mod pass;
pub mod pipeline;
pub mod stage_check;
mod advanced_index;
mod layout;
mod infer_types;
mod structure_exits;
mod lower_python;
mod memory;
mod forward_arrays;
mod match_shapes;
mod sink_slices;
mod simplify_sizes;
pub mod fuse_elementwise;
mod bufferize;
mod reuse_blocks;
mod hoist_allocations;
mod lower_linalg;
mod range_analysis;
mod eliminate_checks;
mod form_kernel;
mod hoist_checks;
mod hoist_fields;
mod factor_signs;
mod inline_calls;
mod summarize_writes;
mod schedule_products;
pub mod classes;
pub mod define_products;
mod lower_vectors;
mod speculate_checks;
mod llvm_dialect;
mod lower_checks;
mod insert_releases;
mod vector_math;
mod lower_runtime;
mod annotate_loops;
mod vectorize_loops;
mod separate_fields;
mod split_descriptors;
mod make_entries;
mod make_ufunc_loops;
mod write_ir;
