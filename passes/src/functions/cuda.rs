//! `zouk.cuda`: what kernels ask of their thread, its block and its warp.

use super::Function;

mod atomic;
mod bits;
mod libdevice;
mod libdevice_pairs;
mod memory;
mod place;
mod sync;
mod vectors;
mod warp;

pub(super) fn tables() -> [&'static [Function]; 9] {
    [place::TABLE, sync::TABLE, memory::TABLE, atomic::TABLE, warp::TABLE, bits::TABLE, libdevice::TABLE, libdevice_pairs::TABLE, vectors::TABLE]
}
