//! Kernels in PTX on the stand-in's machine, against what Rust computes.

mod kernels;
mod support;
