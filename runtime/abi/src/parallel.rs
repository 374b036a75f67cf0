//! Parallel regions: the chunks of a loop, run by the caller and the threads of a pool.
//!
//! Compiled code asks for the number of chunks (`zouk_parallel_chunks`), which depends on nothing but the loop, the number of threads and what the program has set, and
//! then runs them (`zouk_parallel_for`). Chunks are claimed in order, so when one raises, those before it have run or are running: the exception of the
//! lowest chunk is the first by iteration order, and later chunks need not run.
//!
//! The caller claims chunks like every other thread and, once none is left, waits only for those that others are running. So a region ends also when the pool is
//! busy with other regions, and regions may be nested: a thread waits only for chunks of regions that its own chunk has started.
//!
//! | file | what it is |
//! |---|---|
//! | `pool` | the threads, and how many of them there are |
//! | `settings` | what the program can ask and set |

use crate::{exception, print};
pub use settings::leave_raised;
use settings::{Here, limit};
use std::{
    ffi::c_void,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering::*},
    },
};

pub mod pool;
pub mod settings;

/// One chunk of a region: 0, or 1 when it has made an exception pending on the thread that runs it.
pub type Body = unsafe extern "C" fn(captures: *const c_void, chunk: i64) -> i32;

/// The work, in nanoseconds or so, that a chunk must have: handing it to another thread costs some microseconds.
const LEAST_WORK: i64 = 20_000;
/// Chunks for each thread, so that the threads end together though some chunks take longer.
const CHUNKS_PER_THREAD: i64 = 4;
/// However small the program wants its chunks: results of chunks are kept until all have run.
const MOST_CHUNKS: i64 = 1 << 16;
/// How often the caller looks whether the other threads are done before it sleeps.
const SPINS: usize = 2000;

/// Into how many chunks a loop of `trips` iterations is split, each of which takes about `cost` nanoseconds: none when there is no iteration, one where
/// threads are not worth it. Every chunk needs `elements` of its own in arrays: filling them and putting them together takes about a nanosecond for each, and should take less
/// than the loop itself.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_chunks(trips: i64, cost: i64, elements: i64) -> i64 {
    if trips <= 0 {
        return 0;
    }
    let (threads, size) = (limit() as i64, settings::chunk_size());
    if size > 0 {
        return (trips / size + (trips % size != 0) as i64).min(MOST_CHUNKS);
    }
    if threads == 1 {
        return 1;
    }
    let work = trips.saturating_mul(cost.max(1));
    trips.min(CHUNKS_PER_THREAD * threads).min(work / LEAST_WORK).min(work / elements.max(1)).max(1)
}

/// Runs `body(captures, chunk)` for every chunk in `[0, chunks)`, in any order and on several threads. Gives 0, or 1 when a chunk has raised: the exception of the lowest
/// one is then pending on this thread.
///
/// # Safety
/// `body` may be called with `captures` on several threads at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_parallel_for(body: Body, captures: *const c_void, chunks: i64) -> i32 {
    if chunks == 1 {
        // SAFETY: the caller's promise.
        return unsafe { body(captures, 0) };
    }
    let threads = (limit() as i64).min(chunks).max(0) as usize;
    let region = Arc::new(Region::new(body, captures, chunks, Here::inside(threads)));
    for number in 1..threads {
        let region = region.clone();
        pool::spawn(move || region.help(number));
    }
    region.help(0);
    region.wait()
}

/// Chunks being run.
struct Region {
    body: Body,
    captures: *const c_void,
    chunks: i64,
    here: Here,
    /// The next chunk to claim.
    next: AtomicI64,
    /// Chunks that have been run or skipped.
    done: AtomicI64,
    /// The lowest chunk that has raised so far.
    lowest: AtomicI64,
    raised: Mutex<Option<(i64, exception::Exception)>>,
    all_done: Condvar,
}

// SAFETY: `captures` is handed to `body` alone, which may be called on several threads; it is not looked at once all chunks are done.
unsafe impl Send for Region {}
unsafe impl Sync for Region {}

impl Region {
    fn new(body: Body, captures: *const c_void, chunks: i64, here: Here) -> Self {
        let (next, done, lowest) = (AtomicI64::new(0), AtomicI64::new(0), AtomicI64::new(i64::MAX));
        Region { body, captures, chunks, here, next, done, lowest, raised: Mutex::new(None), all_done: Condvar::new() }
    }

    /// Runs chunks until none is left to claim.
    fn help(&self, number: usize) {
        if self.next.load(Relaxed) >= self.chunks {
            return;
        }
        self.here.numbered(number).during(|| {
            loop {
                let chunk = self.next.fetch_add(1, Relaxed);
                if chunk >= self.chunks {
                    break;
                }
                if chunk < self.lowest.load(Relaxed) {
                    self.run(chunk);
                }
                if self.done.fetch_add(1, AcqRel) + 1 == self.chunks {
                    let _raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
                    self.all_done.notify_all();
                }
            }
        });
        if number > 0 {
            print::flush();
        }
    }

    fn run(&self, chunk: i64) {
        // SAFETY: the promise of `zouk_parallel_for`, which returns only when this chunk is done.
        if unsafe { (self.body)(self.captures, chunk) } == 0 {
            return;
        }
        let Some(exception) = exception::take_pending() else { return };
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        if raised.as_ref().is_none_or(|(first, _)| chunk < *first) {
            *raised = Some((chunk, exception));
            self.lowest.fetch_min(chunk, Relaxed);
        }
    }

    fn is_done(&self) -> bool {
        self.done.load(Acquire) >= self.chunks
    }

    /// Waits for the chunks that others run; the status of all.
    fn wait(&self) -> i32 {
        for _ in 0..SPINS {
            if self.is_done() {
                break;
            }
            std::hint::spin_loop();
        }
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        while !self.is_done() {
            raised = self.all_done.wait(raised).unwrap_or_else(PoisonError::into_inner);
        }
        match raised.take() {
            None => 0,
            Some((_, exception)) => {
                exception::set_pending(exception);
                1
            }
        }
    }
}
