//! The registers of a warp: a row of 32 lanes for each, in one growing array of frames.
//!
//! A predicate is one word, a bit for each lane. Constants are rows of the program, so an operand is always a row.

use bytemuck::Pod;
use std::sync::Arc;

pub const LANES: usize = 32;
/// Words of a frame that hold where each lane returns to: program counter, frame and stack of the caller.
pub const RETURN_PC: Slot = 0;
pub const RETURN_FRAME: Slot = 16;
pub const RETURN_STACK: Slot = 32;
pub const HEADER: u32 = 48;

/// Where a row is: words from the start of the frame, or, with the top bit, of the program's constants.
pub type Slot = u32;
pub const CONSTANT: Slot = 1 << 31;

/// A value of one lane.
pub trait Lane: Pod + Default + PartialOrd + Send + Sync {}

impl Lane for u16 {}
impl Lane for i16 {}
impl Lane for u32 {}
impl Lane for i32 {}
impl Lane for u64 {}
impl Lane for i64 {}
impl Lane for f32 {}
impl Lane for f64 {}

/// What special registers say.
#[derive(Clone, Default)]
pub struct Special {
    pub thread: [Vec<u32>; 3],
    pub block_size: [u32; 3],
    pub block: [u32; 3],
    pub grid_size: [u32; 3],
    pub warp: u32,
    pub warps: u32,
    pub grid: u64,
    pub dynamic_shared: u32,
    pub total_shared: u32,
    pub multiprocessor: u32,
    pub multiprocessors: u32,
    /// Memory by which the blocks of a cooperative grid wait for each other.
    pub workspace: u64,
}

pub struct Registers {
    words: Vec<u64>,
    frame: usize,
    /// Bytes of local memory below the frame's own.
    pub stack: u32,
    constants: Arc<[u64]>,
    pub special: Special,
    /// Instructions executed: the clock.
    pub clock: u64,
}

impl Registers {
    pub fn new(constants: Arc<[u64]>) -> Registers {
        Registers { words: Vec::new(), frame: 0, stack: 0, constants, special: Special::default(), clock: 0 }
    }

    /// Makes the rows of a frame of `words` words at `frame` the ones that slots mean.
    pub fn enter(&mut self, frame: u32, words: u32) {
        self.frame = frame as usize;
        let end = self.frame + words as usize;
        if self.words.len() < end {
            self.words.resize(end, 0);
        }
    }

    fn source(&self, slot: Slot, words: usize) -> &[u64] {
        if slot & CONSTANT != 0 {
            let start = (slot & !CONSTANT) as usize;
            &self.constants[start..start + words]
        } else {
            let start = self.frame + slot as usize;
            &self.words[start..start + words]
        }
    }

    #[inline]
    pub fn get<T: Lane>(&self, slot: Slot) -> [T; LANES] {
        let mut row = [T::default(); LANES];
        row.copy_from_slice(bytemuck::cast_slice(self.source(slot, LANES * size_of::<T>() / 8)));
        row
    }

    /// The value of one lane.
    #[inline]
    pub fn lane<T: Lane>(&self, slot: Slot, lane: usize) -> T {
        bytemuck::cast_slice::<u64, T>(self.source(slot, LANES * size_of::<T>() / 8))[lane]
    }

    #[inline]
    pub fn row<T: Lane>(&mut self, slot: Slot) -> &mut [T] {
        let start = self.frame + slot as usize;
        bytemuck::cast_slice_mut(&mut self.words[start..start + LANES * size_of::<T>() / 8])
    }

    /// Writes the lanes of `mask`.
    #[inline]
    pub fn set<T: Lane>(&mut self, slot: Slot, values: &[T; LANES], mask: u32) {
        let row = self.row::<T>(slot);
        if mask == u32::MAX {
            row.copy_from_slice(values);
        } else {
            for lane in lanes_of(mask) {
                row[lane] = values[lane];
            }
        }
    }

    /// A predicate's lanes.
    #[inline]
    pub fn predicate(&self, slot: Slot) -> u32 {
        self.source(slot, 1)[0] as u32
    }

    #[inline]
    pub fn set_predicate(&mut self, slot: Slot, value: u32, mask: u32) {
        let word = &mut self.words[self.frame + slot as usize];
        *word = u64::from(*word as u32 & !mask | value & mask);
    }

    /// A value of a lane from a row of 16, 32 or 64 bits, zeros above.
    pub fn bits(&self, slot: Slot, width: u32, lane: usize) -> u64 {
        match width {
            16 => self.lane::<u16>(slot, lane).into(),
            32 => self.lane::<u32>(slot, lane).into(),
            _ => self.lane::<u64>(slot, lane),
        }
    }

    pub fn set_bits(&mut self, slot: Slot, width: u32, lane: usize, value: u64) {
        match width {
            16 => self.row::<u16>(slot)[lane] = value as u16,
            32 => self.row::<u32>(slot)[lane] = value as u32,
            _ => self.row::<u64>(slot)[lane] = value,
        }
    }
}

/// The lanes whose bits are set, in order.
#[inline]
pub fn lanes_of(mask: u32) -> impl Iterator<Item = usize> {
    let mut rest = mask;
    std::iter::from_fn(move || {
        (rest != 0).then(|| {
            let lane = rest.trailing_zeros() as usize;
            rest &= rest - 1;
            lane
        })
    })
}
