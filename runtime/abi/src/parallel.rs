//! Parallel regions: the chunks of a loop, run by the caller and the threads of a pool.
//!
//! Compiled code asks for the number of chunks (`zouk_parallel_chunks`), which depends on nothing but the loop, the number of threads and what the program has set, and
//! then runs them (`zouk_parallel_for`). Every thread begins with a part of the chunks, neighbours and the same ones in every region of that many, whose data its caches may have, and then takes
//! what others have left. When a chunk raises, later ones need not run, and all before it do: the exception of the lowest chunk is the first by iteration order.
//!
//! The caller claims chunks like every other thread and, once none is left, waits only for those that others are running. So a region ends also when the pool is
//! busy with other regions, and regions may be nested: a thread waits only for chunks of regions that its own chunk has started.
//!
//! | file | what it is |
//! |---|---|
//! | `pool` | the threads, and how many of them there are |
//! | `settings` | what the program can ask and set |

use crate::{exception, print};
use pool::Seat;
pub use settings::leave_raised;
use settings::{Here, limit};
use std::{
    ffi::c_void,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering::*},
    },
};

pub mod pool;
pub mod settings;

/// One chunk of a region: 0, or 1 when it has made an exception pending on the thread that runs it.
pub type Body = unsafe extern "C" fn(captures: *const c_void, chunk: i64) -> i32;

/// The work, in nanoseconds or so, that a chunk must have: handing it to another thread costs some microseconds.
const LEAST_WORK: i64 = 20_000;
/// Chunks for each thread, so that the threads end together though some chunks take longer.
const CHUNKS_PER_THREAD: i64 = 8;
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
    let threads = (limit() as i64).min(chunks).max(1) as usize;
    let region = Arc::new(Region::new(body, captures, chunks, threads));
    let offered = pool::hand_out(&region, threads - 1);
    region.help(0, 0, None);
    if offered {
        pool::take_back(&region);
    }
    region.wait()
}

/// Chunks being run.
struct Region {
    body: Body,
    captures: *const c_void,
    chunks: i64,
    here: Here,
    /// Where the caller is.
    processor: i32,
    /// Threads that have come to help.
    helpers: AtomicUsize,
    parts: Vec<Part>,
    /// Chunks that have been run or skipped, as far as their threads have found no other.
    done: AtomicI64,
    /// The lowest chunk that has raised so far.
    lowest: AtomicI64,
    raised: Mutex<Option<(i64, exception::Exception)>>,
    /// Whether the caller sleeps, or is about to, until all are done.
    asleep: AtomicBool,
    all_done: Condvar,
}

/// Chunks that one thread begins with.
struct Part {
    /// The next chunk to claim.
    next: AtomicI64,
    end: i64,
    /// Threads that count do not fight over a cache line.
    _apart: [u64; 6],
}

// SAFETY: `captures` is handed to `body` alone, which may be called on several threads; it is not looked at once all chunks are done.
unsafe impl Send for Region {}
unsafe impl Sync for Region {}

impl Region {
    fn new(body: Body, captures: *const c_void, chunks: i64, threads: usize) -> Self {
        let (here, done, lowest) = (Here::inside(threads), AtomicI64::new(0), AtomicI64::new(i64::MAX));
        let start = |part: usize| (chunks as i128 * part as i128 / threads as i128) as i64;
        let parts = (0..threads).map(|part| Part { next: AtomicI64::new(start(part)), end: start(part + 1), _apart: [0; 6] }).collect();
        let (helpers, raised, asleep, all_done) = (AtomicUsize::new(0), Mutex::new(None), AtomicBool::new(false), Condvar::new());
        Region { body, captures, chunks, here, processor: pool::processor(), helpers, parts, done, lowest, raised, asleep, all_done }
    }

    /// Helps as the next thread of those that do beside the caller: the one of that number in the pool.
    fn help_too(&self, of_pool: usize, seat: Option<&Seat>) {
        self.help(self.helpers.fetch_add(1, Relaxed) + 1, (of_pool + 1) % self.parts.len(), seat);
    }

    /// A chunk of this part, or of the next one that has any.
    fn claim(&self, part: &mut usize) -> Option<i64> {
        for _ in 0..self.parts.len() {
            let Part { next, end, .. } = &self.parts[*part];
            if next.load(Relaxed) < *end {
                let chunk = next.fetch_add(1, Relaxed);
                if chunk < *end {
                    return Some(chunk);
                }
            }
            *part = (*part + 1) % self.parts.len();
        }
        None
    }

    /// Runs chunks until none is left to claim, from a part on. The thread's seat is taken back for the next region before the caller can know that all is done: it may begin that at once.
    fn help(&self, number: usize, mut part: usize, seat: Option<&Seat>) {
        let Some(mut chunk) = self.claim(&mut part) else { return };
        if let Some(seat) = seat {
            seat.stand();
        }
        let mut ran = 0;
        self.here.numbered(number).during(|| {
            loop {
                if chunk < self.lowest.load(Relaxed) {
                    self.run(chunk);
                }
                ran += 1;
                match self.claim(&mut part) {
                    Some(next) => chunk = next,
                    None => break,
                }
            }
        });
        // What it has printed stands before what the caller prints next.
        if number > 0 {
            print::flush();
        }
        if let Some(seat) = seat {
            seat.sit();
        }
        // Either this thread sees that the caller sleeps, or the caller, before it does, that all are done: both say theirs first, in an order that all agree on.
        if self.done.fetch_add(ran, SeqCst) + ran == self.chunks && self.asleep.load(SeqCst) {
            let _raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
            self.all_done.notify_all();
        }
    }

    fn run(&self, chunk: i64) {
        // SAFETY: the promise of `zouk_parallel_for`, which returns only when this chunk is done.
        if unsafe { (self.body)(self.captures, chunk) } == 0 {
            return;
        }
        leave_raised(&chunk);
        let Some(exception) = exception::take_pending() else { return };
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        if raised.as_ref().is_none_or(|(first, _)| chunk < *first) {
            *raised = Some((chunk, exception));
            self.lowest.fetch_min(chunk, Relaxed);
        }
    }

    fn is_done(&self) -> bool {
        self.done.load(SeqCst) >= self.chunks
    }

    /// Waits for the chunks that others run; the status of all.
    fn wait(&self) -> i32 {
        for _ in 0..SPINS {
            if self.is_done() {
                break;
            }
            std::hint::spin_loop();
        }
        if !self.is_done() {
            self.sleep();
        }
        if self.lowest.load(Relaxed) == i64::MAX {
            return 0;
        }
        match self.raised.lock().unwrap_or_else(PoisonError::into_inner).take() {
            None => 0,
            Some((_, exception)) => {
                exception::set_pending(exception);
                1
            }
        }
    }

    fn sleep(&self) {
        let mut raised = self.raised.lock().unwrap_or_else(PoisonError::into_inner);
        self.asleep.store(true, SeqCst);
        while !self.is_done() {
            raised = self.all_done.wait(raised).unwrap_or_else(PoisonError::into_inner);
        }
    }
}
