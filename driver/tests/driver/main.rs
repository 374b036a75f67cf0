//! The driver's tests, in one binary: linking MLIR takes seconds.

mod codegen;
mod documented;
mod interop;
mod layering;
mod lists;
mod passes;
mod runtime_writes;
mod signatures;
mod stages;
mod typing;

use std::path::PathBuf;
/// As in `zouk-passes`: the example pass of `documented` is written as one of its files.
use zouk_passes::pass;

/// The root of the workspace.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_path_buf()
}

/// Whether expectations are to be rewritten.
fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}
