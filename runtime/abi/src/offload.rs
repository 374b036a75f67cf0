//! Parallel loops that run on a GPU: arrays are copied there, the kernel runs with a thread for each chunk, and what it has written is copied back.
//!
//! Whoever knows a GPU registers it ([`set_gpu`]); nothing here knows a driver. Arrays that overlap are one piece of memory on the GPU as they are here. Of an array with gaps only its elements
//! are written back: what lies between them may belong to others.
//!
//! Around a loop of launches compiled code holds the arrays there (`zouk_offload_hold`), when it looks at none of them meanwhile: launches then find them, and they come back when the loop has
//! ended (`zouk_offload_let_go`), or when a launch has failed.
//!
//! A kernel may be *checked*: a thread whose iteration raises says so and ends. Nothing of such a launch counts, here or there, and compiled code, which asks (`zouk_offload_failed`), runs the loop
//! itself.

use crate::exception::{Exception, set_pending};
use std::{
    cell::{Cell, RefCell},
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
    /// Copies between two places there that do not overlap.
    fn copy_there(&self, to: u64, from: u64, bytes: usize) -> Result<(), String>;
    /// Runs the kernel `zouk_region` of the PTX in at least so many threads, with arguments as slots, and waits for it. Gives whether a thread of a checked one has raised.
    fn launch(&self, ptx: &CStr, slots: &[u64], threads: i64, checked: bool) -> Result<bool, String>;
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
#[derive(Clone)]
struct Array {
    data: usize,
    sizes: Vec<i64>,
    strides: Vec<i64>,
    item_size: i64,
    written: bool,
    /// The number of the slot with the address.
    slot: usize,
}

impl Array {
    fn of(place: &Place, slots: &[i64]) -> Array {
        let (first, rank) = (place.slot as usize, place.rank as usize);
        let (sizes, strides) = slots[first + 2..first + 2 + 2 * rank].split_at(rank);
        Array { data: slots[first + 1] as usize, sizes: sizes.into(), strides: strides.into(), item_size: place.item_size, written: place.written != 0, slot: first + 1 }
    }

    /// From its lowest byte to behind its highest; none when it has no elements.
    fn extent(&self) -> Option<(usize, usize)> {
        if self.sizes.contains(&0) {
            return None;
        }
        let (mut low, mut high) = (0, 1);
        for (size, stride) in self.sizes.iter().zip(&self.strides) {
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
            let place: i64 = index.iter().zip(&self.strides).map(|(i, stride)| i * stride).sum();
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
    /// As much memory again, once it was needed to undo a launch; 0 before.
    spare: Cell<u64>,
}

impl<'g> Mapped<'g> {
    /// # Safety
    /// The bytes are readable.
    unsafe fn new(gpu: &'g dyn Gpu, low: usize, high: usize) -> Result<Mapped<'g>, String> {
        let mapped = Mapped { gpu, low, high, address: gpu.allocate(high - low)?, spare: Cell::new(0) };
        // SAFETY: the caller's promise, and the room that was just allocated.
        unsafe { gpu.copy_in(mapped.address, low as *const u8, high - low)? };
        Ok(mapped)
    }

    fn address_of(&self, place: usize) -> u64 {
        self.address + (place - self.low) as u64
    }

    fn holds(&self, (low, high): (usize, usize)) -> bool {
        self.low <= low && high <= self.high
    }

    fn meets(&self, (low, high): (usize, usize)) -> bool {
        low < self.high && self.low < high
    }

    /// Keeps what is there for `restore`.
    fn keep(&self) -> Result<(), String> {
        let bytes = self.high - self.low;
        if self.spare.get() == 0 {
            self.spare.set(self.gpu.allocate(bytes)?);
        }
        self.gpu.copy_there(self.spare.get(), self.address, bytes)
    }

    fn restore(&self) -> Result<(), String> {
        self.gpu.copy_there(self.address, self.spare.get(), self.high - self.low)
    }

    /// # Safety
    /// The array lies in this memory, from `low` to `high`, and its elements are writable.
    unsafe fn bring_back(&self, array: &Array, (low, high): (usize, usize)) -> Result<(), String> {
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
        if self.spare.get() != 0 {
            self.gpu.free(self.spare.get());
        }
    }
}

/// Arrays on a GPU, and the memory that they share there.
struct Held<'g> {
    pieces: Vec<Mapped<'g>>,
    arrays: Vec<(Array, (usize, usize))>,
    /// What is here counts, for a while.
    settled: bool,
}

impl<'g> Held<'g> {
    /// # Safety
    /// The arrays are alive.
    unsafe fn new(gpu: &'g dyn Gpu, arrays: Vec<Array>) -> Result<Held<'g>, String> {
        let arrays: Vec<(Array, (usize, usize))> = arrays.into_iter().filter_map(|array| array.extent().map(|extent| (array, extent))).collect();
        // SAFETY: the caller's promise.
        let pieces = pieces(&arrays).into_iter().map(|(low, high)| unsafe { Mapped::new(gpu, low, high) }).collect::<Result<_, _>>()?;
        Ok(Held { pieces, arrays, settled: false })
    }

    /// What has been written comes back.
    ///
    /// # Safety
    /// The arrays are alive, and writable where they are written.
    unsafe fn bring_back(&self) -> Result<(), String> {
        if self.settled {
            return Ok(());
        }
        for (array, extent) in self.arrays.iter().filter(|(array, _)| array.written) {
            if let Some(piece) = self.pieces.iter().find(|piece| piece.holds(*extent)) {
                // SAFETY: the caller's promise.
                unsafe { piece.bring_back(array, *extent)? };
            }
        }
        Ok(())
    }

    /// The GPU has again what is here.
    ///
    /// # Safety
    /// The arrays are alive.
    unsafe fn take_again(&self) -> Result<(), String> {
        // SAFETY: the caller's promise.
        self.pieces.iter().try_for_each(|piece| unsafe { piece.gpu.copy_in(piece.address, piece.low as *const u8, piece.high - piece.low) })
    }
}

/// The extents, those that overlap as one.
fn pieces(arrays: &[(Array, (usize, usize))]) -> Vec<(usize, usize)> {
    let mut all: Vec<(usize, usize)> = arrays.iter().map(|(_, extent)| *extent).collect();
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

thread_local! {
    static HELD: RefCell<Vec<Held<'static>>> = const { RefCell::new(vec![]) };
    /// A thread of the last checked kernel has raised.
    static RAISED: Cell<bool> = const { Cell::new(false) };
}

/// # Safety
/// `places` are `count` entries about the `slots`.
unsafe fn arrays_of(places: *const Place, count: i64, slots: &[i64]) -> Vec<Array> {
    // SAFETY: the caller's promise.
    let places = if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(places, count as usize) } };
    places.iter().map(|place| Array::of(place, slots)).collect()
}

fn the_gpu() -> Result<&'static dyn Gpu, String> {
    GPU.get().copied().ok_or_else(|| "this loop is compiled for a GPU, and the process has none".into())
}

/// The status of compiled code: 0, or 1 with the error pending.
fn status(done: Result<(), String>) -> i64 {
    let Err(message) = done else { return 0 };
    bring_all_back();
    set_pending(Exception { name: "RuntimeError".into(), message, arguments: vec![], traceback: vec![] });
    1
}

/// What is held comes back: an exception leaves the loop that holds it, and nobody else will see to it.
pub(crate) fn bring_all_back() {
    while let Some(held) = HELD.with_borrow_mut(Vec::pop) {
        // SAFETY: the arrays live until the loop that holds them has ended, which is where the exception is raised. A second error adds nothing.
        let _ = unsafe { held.bring_back() };
    }
}

/// Holds arrays on the GPU until `zouk_offload_let_go`. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// `places` are `count` entries about the `slots`, whose arrays live until they are let go, and are writable where they are written. Nobody looks at them meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_hold(places: *const Place, count: i64, slots: *const i64, slot_count: i64) -> i64 {
    // SAFETY: the caller's promise.
    let hold = || unsafe {
        let arrays = arrays_of(places, count, std::slice::from_raw_parts(slots, slot_count as usize));
        let held = Held::new(the_gpu()?, arrays)?;
        HELD.with_borrow_mut(|all| all.push(held));
        Ok(())
    };
    status(hold())
}

/// What was held last comes back. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// `zouk_offload_hold` has been called, and nothing has failed since.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_let_go() -> i64 {
    let held = HELD.with_borrow_mut(Vec::pop);
    // SAFETY: what `zouk_offload_hold` was promised.
    status(held.map_or(Ok(()), |held| unsafe { held.bring_back() }))
}

/// The program looks at held arrays itself: they come back, until `zouk_offload_resume`. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// As of `zouk_offload_let_go`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_settle() -> i64 {
    status(HELD.with_borrow_mut(|all| {
        all.iter_mut().try_for_each(|held| {
            // SAFETY: what `zouk_offload_hold` was promised.
            unsafe { held.bring_back()? };
            held.settled = true;
            Ok(())
        })
    }))
}

/// The GPU has held arrays again. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// As of `zouk_offload_let_go`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_resume() -> i64 {
    status(HELD.with_borrow_mut(|all| {
        all.iter_mut().try_for_each(|held| {
            // SAFETY: what `zouk_offload_hold` was promised.
            unsafe { held.take_again()? };
            held.settled = false;
            Ok(())
        })
    }))
}

/// Whether a thread of the checked kernel that ran last has raised; asked once.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_offload_failed() -> i64 {
    RAISED.take() as i64
}

/// Runs a kernel of a parallel loop, checked or not. Gives 0, or 1 when an exception is pending.
///
/// # Safety
/// `ptx` is NUL-terminated. `places` are `count` entries about the `slots`, whose arrays are alive and writable where they are written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_offload_launch(ptx: *const c_char, places: *const Place, count: i64, slots: *const i64, slot_count: i64, chunks: i64, checked: i64) -> i64 {
    if chunks <= 0 {
        return 0;
    }
    // SAFETY: the caller's promise.
    status(unsafe { launch(CStr::from_ptr(ptx), places, count, std::slice::from_raw_parts(slots, slot_count as usize), chunks, checked != 0) })
}

/// # Safety
/// As of `zouk_offload_launch`.
unsafe fn launch(ptx: &CStr, places: *const Place, count: i64, slots: &[i64], chunks: i64, checked: bool) -> Result<(), String> {
    let gpu = the_gpu()?;
    let all = HELD.take();
    // SAFETY: the caller's promise.
    let done = unsafe { launch_beside(gpu, &all, ptx, arrays_of(places, count, slots), slots, (chunks, checked)) };
    HELD.set(all);
    done
}

/// # Safety
/// As of `zouk_offload_launch`, of arrays that were held before too.
unsafe fn launch_beside(gpu: &dyn Gpu, held: &[Held], ptx: &CStr, arrays: Vec<Array>, slots: &[i64], (chunks, checked): (i64, bool)) -> Result<(), String> {
    let known = |extent: (usize, usize)| held.iter().rev().flat_map(|held| &held.pieces).find(|piece| piece.holds(extent));
    let is_known = |array: &Array| array.extent().is_none_or(|extent| known(extent).is_some());
    // Where only a part of an array is held, it all comes back first, and goes again afterwards.
    let is_split = |array: &Array| !is_known(array) && array.extent().is_some_and(|extent| held.iter().flat_map(|held| &held.pieces).any(|piece| piece.meets(extent)));
    let split = arrays.iter().any(is_split);
    let own = arrays.iter().filter(|array| split || !is_known(array)).cloned().collect();
    // What a checked kernel changes of what is held, if it cannot be taken back there, is brought here first.
    let kept: Vec<&Mapped> = if checked && !split { changed(held, &arrays) } else { vec![] };
    let brought = split || kept.iter().any(|piece| piece.keep().is_err());
    // SAFETY: the caller's promise.
    unsafe {
        if brought {
            held.iter().try_for_each(|held| held.bring_back())?;
        }
        let own = Held::new(gpu, own)?;
        let mut arguments: Vec<u64> = slots.iter().map(|slot| *slot as u64).collect();
        for array in &arrays {
            let piece = array.extent().and_then(|extent| own.pieces.iter().find(|piece| piece.holds(extent)).or_else(|| known(extent)));
            arguments[array.slot] = piece.map_or(0, |piece| piece.address_of(array.data));
        }
        if gpu.launch(ptx, &arguments, chunks, checked)? {
            RAISED.set(true);
            return if brought { held.iter().try_for_each(|held| held.take_again()) } else { kept.iter().try_for_each(|piece| piece.restore()) };
        }
        own.bring_back()?;
        if split { held.iter().try_for_each(|held| held.take_again()) } else { Ok(()) }
    }
}

/// The memory of held arrays that a launch writes into.
fn changed<'h, 'g>(held: &'h [Held<'g>], arrays: &[Array]) -> Vec<&'h Mapped<'g>> {
    let written: Vec<(usize, usize)> = arrays.iter().filter(|array| array.written).filter_map(Array::extent).collect();
    held.iter().flat_map(|held| &held.pieces).filter(|piece| written.iter().any(|extent| piece.meets(*extent))).collect()
}
