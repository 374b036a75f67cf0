//! The machine that executes decoded PTX: warps of 32 lanes in lock-step, blocks of warps, grids of blocks.

pub mod atomics;
pub mod barriers;
pub mod block;
pub mod collectives;
pub mod fault;
pub mod grid;
pub mod host_calls;
pub mod lanes;
pub mod members;
pub mod ops;
pub mod registers;
pub mod spaces;
pub mod transfers;
pub mod warp;
