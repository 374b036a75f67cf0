//! `zouk.cuda`: what kernels ask of their thread, its block and its warp.

use super::Function;

mod atomic;
mod bits;
mod fp16;
mod libdevice;
mod libdevice_pairs;
mod memory;
mod place;
mod sync;
mod vectors;
mod warp;

pub use vectors::vector_name;

pub(super) fn tables() -> [&'static [Function]; 10] {
    [place::TABLE, sync::TABLE, memory::TABLE, atomic::TABLE, warp::TABLE, bits::TABLE, fp16::TABLE, libdevice::TABLE, libdevice_pairs::TABLE, vectors::TABLE]
}
