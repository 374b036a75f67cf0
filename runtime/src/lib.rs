//! What is alive while compiled code runs: memory blocks, exceptions, printing, object loading, and the object cache.
//!
//! Knows no MLIR. Compiled code sees only the symbols of [`abi`].

pub mod abi;
pub mod arithmetic;
pub mod cache;
pub mod exception;
pub mod loader;
pub mod memory;
pub mod print;
pub mod process;
pub mod text;
