//! A stand-in for the CUDA driver, for machines without a GPU.
//!
//! The library exports the driver API by its documented names and signatures. It checks every call against what is documented, counts
//! allocations and calls, fails on demand, and executes the PTX that it is given: `ptx` reads it, `decode` makes operations of it,
//! `machine` executes them on the bytes of `memory`; `driver` has contexts, streams and modules, and `api` the exported functions.

pub mod api;
pub mod decode;
pub mod driver;
pub mod machine;
pub mod memory;
pub mod ptx;
pub mod soft;
