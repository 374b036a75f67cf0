//! Reference-counted blocks: what owns the data of arrays.
//!
//! An *owner* is a word: 0 for memory that outlives the call, an odd number for a borrowed foreign object, else the address of a
//! [`Block`]. A block is a header of 64 bytes and, right after it, its data, so data is aligned to 64 bytes.

use std::{
    cell::RefCell,
    mem::size_of,
    ptr::{self, null_mut},
    sync::atomic::{AtomicI64, AtomicUsize, Ordering::*, fence},
};

/// The header of a block.
#[repr(C, align(64))]
pub struct Block {
    references: AtomicUsize,
    /// Bytes of data asked for.
    size: usize,
    /// What the C allocator returned: the block lies inside it, aligned.
    base: *mut u8,
    /// Index of the free list the block goes back to, or `LARGE`.
    class: usize,
    /// Of an instance of a class: how many words of bits its data begin with, which say what slots after them own references.
    words: usize,
    /// The object that Python has for an instance: no reference, and null when there is none. The GIL guards it.
    pub wrapper: *mut (),
    /// Called with `payload` when the last reference goes: gives a foreign owner back.
    drop: Option<unsafe fn(*mut ())>,
    payload: *mut (),
}

/// The bytes between a block and its data.
pub const HEADER: usize = 64;
const _: () = assert!(size_of::<Block>() == HEADER);

impl Block {
    pub fn data(block: *mut Block) -> *mut u8 {
        block.cast::<u8>().wrapping_add(HEADER)
    }

    pub fn size(&self) -> usize {
        self.size
    }

    /// The foreign object that the block keeps alive, if `drop` is what gives such objects back.
    pub fn payload_of(&self, drop: unsafe fn(*mut ())) -> Option<*mut ()> {
        self.drop.is_some_and(|own| std::ptr::fn_addr_eq(own, drop)).then_some(self.payload)
    }

    pub fn references(&self) -> usize {
        self.references.load(Acquire)
    }
}

/// A new block of one reference, null when there is no memory or `bytes` is negative.
pub fn alloc(bytes: i64, zeroed: bool) -> *mut Block {
    let Ok(size) = usize::try_from(bytes) else { return null_mut() };
    let class = (size.max(SMALLEST).next_power_of_two() / SMALLEST).trailing_zeros() as usize;
    let block = if class < CLASSES { small(class, size, zeroed) } else { fresh(size, LARGE, size, zeroed) };
    if !block.is_null() {
        count(1, size as i64);
    }
    block
}

/// A block without data that keeps `payload` alive: the last release calls `drop(payload)`.
pub fn adopt(payload: *mut (), drop: unsafe fn(*mut ())) -> *mut Block {
    let block = alloc(0, false);
    if !block.is_null() {
        // SAFETY: the block is new, nobody else sees it.
        unsafe { ((*block).payload, (*block).drop) = (payload, Some(drop)) };
    }
    block
}

/// A new instance of `slots` slots, all zero; `bits` is the first word of those that say which own references, and the caller writes the others.
pub fn object(slots: i64, bits: u64) -> *mut Block {
    let words = usize::try_from(slots).unwrap_or_default().div_ceil(64);
    let block = alloc((slots + words as i64).saturating_mul(8), true);
    if !block.is_null() && words > 0 {
        // SAFETY: the block is new, and has room for the words.
        unsafe {
            (*block).words = words;
            Block::data(block).cast::<u64>().write(bits);
        }
    }
    block
}

/// How arrays of a foreign owner outlive the call that they are arguments of: gives a block that keeps it alive, null when there is no memory.
pub type Adopter = unsafe fn(owner: u64) -> *mut Block;
static ADOPTER: std::sync::OnceLock<Adopter> = std::sync::OnceLock::new();

/// Says what makes blocks of odd owners. The first one stays.
pub fn set_adopter(adopter: Adopter) {
    let _ = ADOPTER.set(adopter);
}

/// A reference to an owner that lasts: what a field keeps of an array. An odd owner becomes a block.
///
/// # Safety
/// As for `retain`.
pub unsafe fn own(owner: u64) -> u64 {
    if owner & 1 == 0 {
        // SAFETY: the caller's promise.
        unsafe { retain(owner) };
        return owner;
    }
    // SAFETY: an odd owner is one of the caller's, which has said how they are kept.
    ADOPTER.get().map_or(0, |adopter| unsafe { adopter(owner) } as u64)
}

/// The block that an owner names, if it names one.
fn block_of(owner: u64) -> Option<*mut Block> {
    (owner != 0 && owner & 1 == 0).then_some(owner as usize as *mut Block)
}

/// One more reference.
///
/// # Safety
/// `owner` is null, odd, or a live block.
pub unsafe fn retain(owner: u64) {
    if let Some(block) = block_of(owner) {
        // SAFETY: the block is live. A new reference is made from one that is held, so no order is needed.
        unsafe { (*block).references.fetch_add(1, Relaxed) };
    }
}

/// One reference less; the last frees the block.
///
/// # Safety
/// `owner` is null, odd, or a live block of which the caller holds a reference.
pub unsafe fn release(owner: u64) {
    let Some(block) = block_of(owner) else { return };
    // SAFETY: the block is live; whoever takes the count to zero is the only one left, and sees what others wrote before they left.
    unsafe {
        if (*block).references.fetch_sub(1, Release) == 1 {
            fence(Acquire);
            destroy(block);
        }
    }
}

/// Frees a block and all that only it has kept alive. A chain of instances may be long: the dead ones are a list, through `payload`, and no recursion.
unsafe fn destroy(first: *mut Block) {
    let mut dead = first;
    while !dead.is_null() {
        let block = dead;
        // SAFETY: no reference to the block is left.
        unsafe {
            // The first one may be no instance: then it is alone.
            dead = if (*block).words > 0 { (*block).payload.cast() } else { null_mut() };
            release_fields(block, &mut dead);
            free_block(block);
        }
    }
}

/// Gives up the references of an instance's slots. Instances that nobody else holds join the list of the dead.
unsafe fn release_fields(block: *mut Block, dead: &mut *mut Block) {
    // SAFETY: an instance has its words of bits and the slots that they speak of.
    unsafe {
        let words = (*block).words;
        let data = Block::data(block).cast::<u64>();
        for word in 0..words {
            let mut bits = data.add(word).read();
            while bits != 0 {
                let slot = words + 64 * word + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(held) = block_of(data.add(slot).read()) else { continue };
                if (*held).references.fetch_sub(1, Release) != 1 {
                    continue;
                }
                fence(Acquire);
                if (*held).words == 0 {
                    free_block(held);
                } else {
                    (*held).payload = dead.cast();
                    *dead = held;
                }
            }
        }
    }
}

/// Calls the block's hook and frees it.
unsafe fn free_block(block: *mut Block) {
    // SAFETY: no reference is left.
    let (size, class, hook, payload) = unsafe { ((*block).size, (*block).class, (*block).drop.take(), (*block).payload) };
    if let Some(hook) = hook {
        // SAFETY: `adopt` was given the pair.
        unsafe { hook(payload) };
    }
    count(-1, -(size as i64));
    let kept = class != LARGE && FREE.try_with(|free| free.try_borrow_mut().is_ok_and(|mut free| free.put(class, block))).unwrap_or(false);
    if !kept {
        // SAFETY: `base` is of malloc.
        unsafe { libc::free((*block).base.cast()) };
    }
}

// Allocation. Data up to 4 MiB is rounded up to a power of two and reused through lists of the thread that freed it: the kernel would have to map
// and clear the pages of a new block.

const SMALLEST: usize = 64;
const CLASSES: usize = 17;
const KEPT_PER_CLASS: usize = 8;
/// Of blocks of more than 64 KiB fewer are kept.
const MANY: usize = 11;
const KEPT_OF_LARGE: usize = 2;
const LARGE: usize = usize::MAX;
/// From here on the kernel is asked for huge pages, as NumPy does.
const HUGE: usize = 4 << 20;

thread_local!(static FREE: RefCell<FreeLists> = const { RefCell::new(FreeLists([[null_mut(); KEPT_PER_CLASS]; CLASSES], [0; CLASSES])) });

struct FreeLists([[*mut Block; KEPT_PER_CLASS]; CLASSES], [usize; CLASSES]);

impl FreeLists {
    fn take(&mut self, class: usize) -> Option<*mut Block> {
        self.1[class] = self.1[class].checked_sub(1)?;
        Some(self.0[class][self.1[class]])
    }

    fn put(&mut self, class: usize, block: *mut Block) -> bool {
        let room = self.1[class] < if class < MANY { KEPT_PER_CLASS } else { KEPT_OF_LARGE };
        if room {
            self.0[class][self.1[class]] = block;
            self.1[class] += 1;
        }
        room
    }
}

impl Drop for FreeLists {
    fn drop(&mut self) {
        for class in 0..CLASSES {
            while let Some(block) = self.take(class) {
                // SAFETY: a block in a list is dead, its base is of malloc.
                unsafe { libc::free((*block).base.cast()) };
            }
        }
    }
}

fn small(class: usize, size: usize, zeroed: bool) -> *mut Block {
    let reused = FREE.try_with(|free| free.try_borrow_mut().ok().and_then(|mut free| free.take(class))).ok().flatten();
    let Some(block) = reused else { return fresh(SMALLEST << class, class, size, zeroed) };
    // SAFETY: a block of this class has room for `size`.
    unsafe {
        let base = (*block).base;
        block.write(Block { references: AtomicUsize::new(1), size, base, class, words: 0, wrapper: null_mut(), drop: None, payload: null_mut() });
        if zeroed {
            ptr::write_bytes(Block::data(block), 0, size);
        }
    }
    block
}

/// A block from the C allocator. `calloc` gives pages of a large block that the kernel has zeroed, untouched.
fn fresh(capacity: usize, class: usize, size: usize, zeroed: bool) -> *mut Block {
    let Some(total) = capacity.checked_add(2 * HEADER).filter(|total| *total <= isize::MAX as usize) else { return null_mut() };
    // SAFETY: the block lies within `base`, aligned: 64 bytes of slack are enough.
    unsafe {
        let base = if zeroed { libc::calloc(total, 1) } else { libc::malloc(total) }.cast::<u8>();
        if base.is_null() {
            return null_mut();
        }
        if size >= HUGE {
            prefer_huge_pages(base, total);
        }
        let block = base.add(base.align_offset(HEADER)).cast::<Block>();
        block.write(Block { references: AtomicUsize::new(1), size, base, class, words: 0, wrapper: null_mut(), drop: None, payload: null_mut() });
        block
    }
}

#[cfg(target_os = "linux")]
unsafe fn prefer_huge_pages(base: *mut u8, total: usize) {
    const PAGE: usize = 4096;
    let skip = base.align_offset(PAGE);
    if skip < total {
        // SAFETY: the range is within the allocation. The advice may fail: it is only advice.
        unsafe { libc::madvise(base.add(skip).cast(), (total - skip) & !(PAGE - 1), libc::MADV_HUGEPAGE) };
    }
}

#[cfg(not(target_os = "linux"))]
unsafe fn prefer_huge_pages(_: *mut u8, _: usize) {}

// Counters. Threads are spread over shards, so that allocating in parallel does not fight over one cache line.

#[repr(align(128))]
struct Shard(AtomicI64, AtomicI64);
const SHARDS: usize = 32;
static COUNTERS: [Shard; SHARDS] = [const { Shard(AtomicI64::new(0), AtomicI64::new(0)) }; SHARDS];
static NEXT_SHARD: AtomicUsize = AtomicUsize::new(0);
thread_local!(static SHARD: usize = NEXT_SHARD.fetch_add(1, Relaxed) % SHARDS);

fn count(blocks: i64, bytes: i64) {
    let shard = &COUNTERS[SHARD.with(|shard| *shard)];
    shard.0.fetch_add(blocks, Relaxed);
    shard.1.fetch_add(bytes, Relaxed);
}

/// Blocks that are referenced now.
pub fn live_blocks() -> i64 {
    COUNTERS.iter().map(|shard| shard.0.load(Relaxed)).sum()
}

/// Bytes of data of these blocks.
pub fn allocated_bytes() -> i64 {
    COUNTERS.iter().map(|shard| shard.1.load(Relaxed)).sum()
}
