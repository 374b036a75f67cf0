//! What compiled code calls: memory blocks, exceptions, printing, random numbers, and the arithmetic that LLVM has no instruction for.
//!
//! Knows no LLVM and nothing of how code is loaded, so that it can be linked, as a static library, into a shared library of compiled code.

pub mod abi;
pub mod arithmetic;
pub mod caller;
pub mod complex;
pub mod exception;
pub mod kernel;
pub mod memory;
pub mod offload;
pub mod outside;
pub mod overlap;
pub mod packing;
pub mod parallel;
pub mod print;
pub mod random;
pub mod text;
pub use zouk_numeric::half;
#[cfg(target_arch = "x86_64")]
pub mod vector_math;
