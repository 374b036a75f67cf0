//! The driver's tests, in one binary: linking MLIR takes seconds.

mod codegen;
mod interop;
mod layering;
mod lists;
mod passes;
mod stages;
mod typing;

use std::path::PathBuf;

/// The root of the workspace.
fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace").to_path_buf()
}

/// Whether expectations are to be rewritten.
fn blessing() -> bool {
    std::env::var_os("BLESS").is_some()
}
