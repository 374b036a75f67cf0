//! The runtime as compiled code and the driver meet it.

mod arithmetic;
mod cache;
#[cfg(target_arch = "x86_64")]
mod double_double;
mod exception;
mod loader;
mod memory;
mod numeric;
mod offload;
mod oracle;
mod parallel;
mod print;
mod text;
#[cfg(target_arch = "x86_64")]
mod vector_math;
