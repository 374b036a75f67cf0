//! Blocks: alignment, counting, reuse, foreign owners.

use std::{
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    thread,
};
use zouk_runtime::{
    abi::{zouk_alloc, zouk_object, zouk_release, zouk_retain},
    memory::{self, Block, allocated_bytes, live_blocks},
};

/// The counters are the process's: tests that read them take turns.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

fn release(block: *mut Block) {
    // SAFETY: every test gives back what it was given.
    unsafe { zouk_release(block as u64) }
}

fn data(block: *mut Block, size: usize) -> &'static mut [u8] {
    // SAFETY: the block has `size` bytes; no test uses them after its release.
    unsafe { std::slice::from_raw_parts_mut(Block::data(block), size) }
}

#[test]
fn data_is_aligned_and_zeroed_on_request() {
    let _turn = alone();
    for size in (0..200).chain([1000, 4096, 65535, 65536, 65537, 1 << 20, 5 << 20]) {
        for _ in 0..3 {
            let block = zouk_alloc(size as i64, 1);
            assert_eq!(block as usize % 64, 0);
            assert_eq!(Block::data(block) as usize, block as usize + 64);
            assert!(data(block, size).iter().all(|byte| *byte == 0));
            data(block, size).fill(0xa5);
            release(block);
        }
    }
}

#[test]
fn what_cannot_be_allocated_is_null() {
    for size in [-1, i64::MIN, i64::MAX, i64::MAX - 127, 1 << 60] {
        assert!(zouk_alloc(size, 0).is_null());
        assert!(zouk_alloc(size, 1).is_null());
    }
}

#[test]
fn counters_return_to_where_they_were() {
    let _turn = alone();
    let before = (live_blocks(), allocated_bytes());
    let blocks: Vec<_> = (0..1000).map(|i| zouk_alloc(i * 37, 0)).collect();
    assert_eq!(live_blocks() - before.0, 1000);
    assert_eq!(allocated_bytes() - before.1, (0..1000).map(|i| i * 37).sum::<i64>());
    for block in &blocks {
        // SAFETY: live.
        unsafe { zouk_retain(*block as u64) };
        release(*block);
    }
    assert_eq!(live_blocks() - before.0, 1000);
    blocks.into_iter().for_each(release);
    assert_eq!((live_blocks(), allocated_bytes()), before);
}

#[test]
fn null_and_borrowed_owners_are_left_alone() {
    for owner in [0, 1, 0x7fff_ffff_ffff_fff1] {
        // SAFETY: null or odd.
        unsafe {
            zouk_retain(owner);
            zouk_release(owner);
        }
    }
}

#[test]
fn blocks_cross_threads() {
    let _turn = alone();
    let before = live_blocks();
    let shared = zouk_alloc(64, 1) as u64;
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(move || {
                for i in 0..2000 {
                    // SAFETY: the outer reference keeps the shared block alive.
                    unsafe { zouk_retain(shared) };
                    let own = zouk_alloc(i % 300, 0);
                    unsafe { zouk_release(shared) };
                    release(own);
                }
            });
        }
    });
    assert_eq!(live_blocks(), before + 1);
    // SAFETY: the last reference.
    unsafe { zouk_release(shared) };
    // Allocated on one thread, released on another.
    let blocks: Vec<u64> = (0..100).map(|_| zouk_alloc(100, 0) as u64).collect();
    thread::spawn(move || blocks.into_iter().for_each(|block| release(block as *mut Block))).join().unwrap();
    assert_eq!(live_blocks(), before);
}

#[test]
fn a_foreign_owner_is_given_back_once() {
    let _turn = alone();
    static DROPPED: AtomicUsize = AtomicUsize::new(0);
    unsafe fn drop(payload: *mut ()) {
        DROPPED.fetch_add(payload as usize, SeqCst);
    }
    let block = memory::adopt(7 as *mut (), drop);
    // SAFETY: live until the second release.
    unsafe { zouk_retain(block as u64) };
    release(block);
    assert_eq!(DROPPED.load(SeqCst), 0);
    release(block);
    assert_eq!(DROPPED.load(SeqCst), 7);
    // The header is reused without the hook.
    release(zouk_alloc(0, 0));
    assert_eq!(DROPPED.load(SeqCst), 7);
}

/// An instance of two slots, of which the second owns what is given.
fn instance(held: *mut Block) -> *mut Block {
    let block = zouk_object(2, 0b10);
    // SAFETY: the data are a word of bits and two slots.
    unsafe { Block::data(block).cast::<u64>().add(2).write(held as u64) };
    block
}

#[test]
fn instances_release_what_their_slots_own() {
    let _turn = alone();
    let before = (live_blocks(), allocated_bytes());
    let shared = zouk_alloc(100, 0);
    let [first, second] = [(); 2].map(|()| {
        // SAFETY: the block is live.
        unsafe { zouk_retain(shared as u64) };
        instance(shared)
    });
    release(first);
    // SAFETY: two references are left.
    assert_eq!(unsafe { (*shared).references() }, 2);
    release(second);
    release(shared);
    // A chain that is too long for recursion.
    let mut chain = std::ptr::null_mut();
    for _ in 0..1_000_000 {
        chain = instance(chain);
    }
    release(chain);
    assert_eq!((live_blocks(), allocated_bytes()), before);
}

#[test]
fn slots_beyond_a_word_of_bits() {
    let _turn = alone();
    let before = live_blocks();
    let block = zouk_object(100, 1);
    // SAFETY: two words of bits and a hundred slots.
    unsafe {
        let data = Block::data(block).cast::<u64>();
        assert!((2..102).all(|i| data.add(i).read() == 0));
        data.add(1).write(1 << 30);
        data.add(2).write(zouk_alloc(8, 0) as u64);
        data.add(2 + 94).write(zouk_alloc(8, 0) as u64);
    }
    release(block);
    assert_eq!(live_blocks(), before);
}
