//! Parallel loops that run on a GPU: arrays are copied there, the kernel runs with a thread for each chunk, and what it has written is copied back.
//!
//! Whoever knows a GPU registers it ([`set_gpu`]); nothing here knows a driver. Arrays that overlap are one piece of memory on the GPU as they are here. Of an array with gaps only its elements
//! are written back: what lies between them may belong to others.

use crate::exception::{Exception, set_pending};
use std::{
    ffi::{CStr, c_char},
    sync::OnceLock,
};

/// A GPU, as far as loops need it. Errors are texts.
pub trait Gpu: Send + Sync {
    /// How many threads keep it busy.
    fn threads(&self) -> i64;
    fn allocate(&self, bytes: usize) -> Result<u64, String>;
    fn free(&self, address: u64);
    /// # Safety
    /// The bytes are readable, and `address` has room for them.
    unsafe fn copy_in(&self, address: u64, from: *const u8, bytes: usize) -> Result<(), String>;
    /// # Safety
    /// The bytes are writable, and `address` has as many.
    unsafe fn copy_out(&self, to: *mut u8, address: u64, bytes: usize) -> Result<(), String>;
    /// Runs the kernel `zouk_region` of the PTX in at least so many threads, with arguments as slots, and waits for it.
    fn launch(&self, ptx: &CStr, slots: &[u64], threads: i64) -> Result<(), String>;
}

static GPU: OnceLock<&'static dyn Gpu> = OnceLock::new();

/// The first one stays.
pub fn set_gpu(gpu: &'static dyn Gpu) {
    let _ = GPU.set(gpu);
}

/// Chunks that arrays of their own are made for: they lie in this memory.
const MOST_ELEMENTS: i64 = 1 << 24;

/// Into how many chunks a loop is split, one for each thread of the GPU: see `zouk_parallel_chunks`.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_offload_chunks(trips: i64, cost: i64, elements: i64) -> i64 {
    if trips <= 0 {
        return 0;
    }
    let threads = GPU.get().map_or(1, |gpu| gpu.threads());
    let own = if elements > 0 { (trips.saturating_mul(cost.max(1)) / elements).min(MOST_ELEMENTS / elements).max(1) } else { i64::MAX };
    trips.min(threads).min(own).max(1)
}

/// What an entry of the table of arrays says.
#[repr(C)]
pub struct Place {
    /// The number of the array's first slot: owner, data, sizes, strides in elements.
    slot: i64,
    rank: i64,
    item_size: i64,
    written: i64,
}

/// An array among the arguments.
struct Array<'a> {
    data: usize,
    sizes: &'a [i64],
    strides: &'a [i64],
    item_size: i64,
    written: bool,
    /// The number of the slot with the address.
    slot: usize,
}

impl<'a> Array<'a> {
    fn of(place: &Place, slots: &'a [i64]) -> Array<'a> {
        let (first, rank) = (place.slot as usize, place.rank as usize);
        let (sizes, strides) = slots[first + 2..first + 2 + 2 * rank].split_at(rank);
        Array { data: slots[first + 1] as usize, sizes, strides, item_size: place.item_size, written: place.written != 0, slot: first + 1 }
    }

    /// From its lowest byte to behind its highest; none when it has no elements.
    fn extent(&self) -> Option<(usize, usize)> {
        if self.sizes.contains(&0) {
            return None;
        }
        let (mut low, mut high) = (0, 1);
        for (size, stride) in self.sizes.iter().zip(self.strides) {
            let reach = (size - 1) * stride;
            if reach < 0 { low += reach } else { high += reach }
        }
        let at = |elements: i64| self.data.wrapping_add_signed((elements * self.item_size) as isize);
        Some((at(low), at(high)))
    }

    fn count(&self) -> i64 {
        self.sizes.iter().product()
    }

    /// Calls `each` with where every element lies, in bytes from the first.
    fn each_element(&self, mut each: impl FnMut(isize)) {
        let mut index = vec![0; self.sizes.len()];
        loop {
            let place: i64 = index.iter().zip(self.strides).map(|(i, stride)| i * stride).sum();
            each((place * self.item_size) as isize);
            let Some(axis) = (0..index.len()).rev().find(|axis| index[*axis] + 1 < self.sizes[*axis]) else { return };
            index[axis] += 1;
            index[axis + 1..].fill(0);
        }
    }
}

/// Memory of the GPU that stands for memory here, freed when it is dropped.
struct Mapped<'g> {
    gpu: &'g dyn Gpu,
    low: usize,
    high: usize,
    address: u64,
}

impl<'g> Mapped<'g> {
    /// # Safety
    /// The bytes are readable.
    unsafe fn new(gpu: &'g dyn Gpu, low: usize, high: usize) -> Result<Mapped<'g>, String> {
        let mapped = Mapped { gpu, low, high, address: gpu.allocate(high - low)? };
        // SAFETY: the caller's promise, and the room that was just allocated.
        unsafe { gpu.copy_in(mapped.address, low as *const u8, high - low)? };
        Ok(mapped)
    }

    fn address_of(&self, place: usize) -> u64 {
        self.address + (place - self.low) as u64
    }

    /// # Safety
    /// The array lies in this memory, and its elements are writable.
    unsafe fn bring_back(&self, array: &Array, low: usize, high: usize) -> Result<(), String> {
        let bytes = high - low;
        // SAFETY: the caller's promise.
        unsafe {
            if array.count() * array.item_size == bytes as i64 {
                return self.gpu.copy_out(low as *mut u8, self.address_of(low), bytes);
            }
            let mut staged = vec![0u8; bytes];
            self.gpu.copy_out(staged.as_mut_ptr(), self.address_of(low), bytes)?;
            let first = array.data - low;
            array.each_element(|place| {
                let from = staged.as_ptr().add(first.wrapping_add_signed(place));
                std::ptr::copy_nonoverlapping(from, (array.data as *mut u8).offset(place), array.item_size as usize);
            });
        }
        Ok(())
    }
}

impl Drop for Mapped<'_> {
    fn drop(&mut self) {
        self.gpu.free(self.address);
    }
}

/// Runs a kernel of a parallel loop. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// `ptx` is NUL-terminated. `places` are `count` entries about the `slots`, whose arrays are alive and writable where they are written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_launch(ptx: *const c_char, places: *const Place, count: i64, slots: *const i64, slot_count: i64, chunks: i64) -> i64 {
    if chunks <= 0 {
        return 0;
    }
    // SAFETY: the caller's promise.
    let done = unsafe {
        let places = if count == 0 { &[] } else { std::slice::from_raw_parts(places, count as usize) };
        run(CStr::from_ptr(ptx), places, std::slice::from_raw_parts(slots, slot_count as usize), chunks)
    };
    match done {
        Ok(()) => 0,
        Err(message) => {
            set_pending(Exception { name: "RuntimeError".into(), message, arguments: vec![], traceback: vec![] });
            1
        }
    }
}

/// # Safety
/// As of `zouk_offload_launch`.
unsafe fn run(ptx: &CStr, places: &[Place], slots: &[i64], chunks: i64) -> Result<(), String> {
    let gpu = *GPU.get().ok_or("this loop is compiled for a GPU, and the process has none")?;
    let arrays: Vec<Array> = places.iter().map(|place| Array::of(place, slots)).collect();
    let extents: Vec<Option<(usize, usize)>> = arrays.iter().map(Array::extent).collect();
    // SAFETY: the caller's promise.
    let mapped: Vec<Mapped> = pieces(&extents).into_iter().map(|(low, high)| unsafe { Mapped::new(gpu, low, high) }).collect::<Result<_, _>>()?;
    let piece_of = |low: usize| mapped.iter().find(|piece| piece.low <= low && low < piece.high);
    let mut arguments: Vec<u64> = slots.iter().map(|slot| *slot as u64).collect();
    for (array, extent) in arrays.iter().zip(&extents) {
        arguments[array.slot] = extent.and_then(|(low, _)| piece_of(low)).map_or(0, |piece| piece.address_of(array.data));
    }
    gpu.launch(ptx, &arguments, chunks)?;
    for (array, extent) in arrays.iter().zip(&extents).filter(|(array, _)| array.written) {
        if let Some((low, high)) = *extent
            && let Some(piece) = piece_of(low)
        {
            // SAFETY: the caller's promise.
            unsafe { piece.bring_back(array, low, high)? };
        }
    }
    Ok(())
}

/// The extents, those that overlap as one.
fn pieces(extents: &[Option<(usize, usize)>]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = extents.iter().flatten().copied().collect();
    all.sort_unstable();
    let mut found: Vec<(usize, usize)> = vec![];
    for (low, high) in all {
        match found.last_mut() {
            Some((_, end)) if low < *end => *end = (*end).max(high),
            _ => found.push((low, high)),
        }
    }
    found
}
