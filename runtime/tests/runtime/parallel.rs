//! Parallel regions: every chunk runs once, the first exception wins, nesting, many callers, `fork`.

use std::ffi::c_void;
use std::sync::atomic::{AtomicI64, Ordering::*};
use zouk_runtime::abi::symbols;
use zouk_runtime::exception::{Exception, set_pending, take_pending};
use zouk_runtime::parallel::settings::*;
use zouk_runtime::parallel::{zouk_parallel_chunks, zouk_parallel_for};

const CHUNKS: usize = 37;

unsafe extern "C" fn count(captures: *const c_void, chunk: i64) -> i32 {
    // SAFETY: the tests hand over as many counters.
    let counters = unsafe { &*(captures as *const [AtomicI64; CHUNKS]) };
    counters[chunk as usize].fetch_add(1, Relaxed);
    0
}

fn run_counting() -> Vec<i64> {
    let counters = [const { AtomicI64::new(0) }; CHUNKS];
    // SAFETY: as `count` asks for.
    assert_eq!(unsafe { zouk_parallel_for(count, &raw const counters as *const c_void, CHUNKS as i64) }, 0);
    counters.iter().map(|c| c.load(Relaxed)).collect()
}

#[test]
fn every_chunk_runs_once() {
    assert_eq!(run_counting(), [1; CHUNKS]);
}

#[test]
fn many_callers_at_once() {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..50).for_each(|_| assert_eq!(run_counting(), [1; CHUNKS])));
        }
    });
}

unsafe extern "C" fn nested(_: *const c_void, _: i64) -> i32 {
    (run_counting() != [1; CHUNKS]) as i32
}

#[test]
fn regions_in_regions() {
    // SAFETY: it looks at no captures.
    assert_eq!(unsafe { zouk_parallel_for(nested, std::ptr::null(), 20) }, 0);
}

unsafe extern "C" fn raise(_: *const c_void, chunk: i64) -> i32 {
    if chunk < 5 {
        return 0;
    }
    set_pending(Exception { name: "ValueError".into(), message: chunk.to_string(), arguments: vec![], traceback: vec![] });
    1
}

#[test]
fn the_first_exception_is_pending() {
    for _ in 0..200 {
        // SAFETY: it looks at no captures.
        assert_eq!(unsafe { zouk_parallel_for(raise, std::ptr::null(), 64) }, 1);
        assert_eq!(take_pending().map(|e| e.message).as_deref(), Some("5"));
    }
}

#[test]
fn chunks_follow_the_settings() {
    std::thread::spawn(|| {
        assert_eq!(zouk_parallel_chunks(0, 1, 0), 0);
        assert_eq!(zouk_parallel_chunks(10, 1, 0), 1);
        zouk_parallel_set_threads(1);
        assert_eq!(zouk_parallel_chunks(1 << 40, 1000, 0), 1);
        assert_eq!(zouk_parallel_threads(), 1);
        let most = zouk_parallel_most_threads();
        zouk_parallel_set_threads(most);
        assert_eq!(zouk_parallel_set_chunk_size(7), 0);
        assert_eq!(zouk_parallel_chunk_size(), 7);
        assert_eq!(zouk_parallel_chunks(15, 1, 0), 3);
        assert!(zouk_parallel_chunks(i64::MAX, 1, 0) > 1);
    })
    .join()
    .expect("the settings of a thread of its own");
}

#[test]
fn a_child_has_its_own_threads() {
    assert_eq!(run_counting(), [1; CHUNKS]);
    // SAFETY: the child only runs a region and leaves.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let fine = run_counting() == [1; CHUNKS];
        // SAFETY: it ends the child.
        unsafe { libc::_exit(if fine { 0 } else { 1 }) }
    }
    let mut status = 0;
    // SAFETY: the child is ours.
    unsafe { libc::waitpid(child, &mut status, 0) };
    assert_eq!(status, 0);
}

#[test]
fn compiled_code_finds_them() {
    assert!(symbols().iter().any(|(name, _)| *name == "zouk_parallel_for"));
}
