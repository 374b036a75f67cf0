//! Kernels in PTX on the stand-in's machine, against what Rust computes.

mod atomics;
mod barriers;
mod calls;
mod conversions;
mod floats;
mod integers;
mod kernels;
mod memory;
mod refusals;
mod support;
mod warps;
