//! What is alive while compiled code runs: memory blocks, exceptions, printing, object loading, and the object cache.
//!
//! Knows no MLIR. Compiled code sees only the symbols of [`abi`]; these are a crate of their own, `zouk-abi`, which needs no LLVM.

pub mod cache;
pub mod loader;
pub mod process;

#[cfg(target_arch = "x86_64")]
pub use zouk_abi::vector_math;
pub use zouk_abi::half;
pub use zouk_abi::{abi, arithmetic, exception, memory, offload, outside, parallel, print, text};
