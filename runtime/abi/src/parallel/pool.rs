//! The threads of parallel regions. They are started by the first region of a process, and again by that of a child that `fork` has made: threads do not survive it.

use rayon::{ThreadPool, ThreadPoolBuilder};
use std::{
    ptr::null_mut,
    sync::atomic::{AtomicPtr, AtomicUsize, Ordering::*},
};

/// As large as a main thread's: recursion goes as deep in a region as outside.
const STACK: usize = 8 << 20;

struct Pool {
    /// The process whose threads they are.
    process: u32,
    /// None when no thread could be started: callers run their chunks themselves.
    threads: Option<ThreadPool>,
}

/// No lock guards it: a `fork` could copy a lock that some thread holds. Pools are never freed.
static POOL: AtomicPtr<Pool> = AtomicPtr::new(null_mut());

/// How many threads a region may use at most: `ZOUK_NUM_THREADS`, or as many as the process may run at once. Zero until it is asked for.
static MOST: AtomicUsize = AtomicUsize::new(0);

/// How many threads a region may use at most.
pub fn most_threads() -> usize {
    match MOST.load(Relaxed) {
        0 => {
            let said = std::env::var("ZOUK_NUM_THREADS").ok().and_then(|text| text.trim().parse().ok()).filter(|threads| *threads > 0);
            let most = said.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, |n| n.get()));
            // All threads that ask at once find the same.
            MOST.store(most, Relaxed);
            most
        }
        most => most,
    }
}

/// Runs the work on a thread of the pool, some time.
pub fn spawn(work: impl FnOnce() + Send + 'static) {
    if let Some(threads) = &pool().threads {
        threads.spawn(work);
    }
}

fn pool() -> &'static Pool {
    let process = std::process::id();
    let known = POOL.load(Acquire);
    // SAFETY: null, or a pool, which is never freed.
    if let Some(pool) = unsafe { known.as_ref() }
        && pool.process == process
    {
        return pool;
    }
    // The caller of a region is one of its threads.
    let count = most_threads().saturating_sub(1);
    let build = || ThreadPoolBuilder::new().num_threads(count).stack_size(STACK).thread_name(|i| format!("zouk-{}", i + 1)).build().ok();
    let threads = if count == 0 { None } else { build() };
    let made = Box::into_raw(Box::new(Pool { process, threads }));
    match POOL.compare_exchange(known, made, AcqRel, Acquire) {
        // SAFETY: never freed.
        Ok(_) => unsafe { &*made },
        Err(other) => {
            // SAFETY: ours alone; another thread was faster, and its pool is of this process.
            drop(unsafe { Box::from_raw(made) });
            unsafe { &*other }
        }
    }
}
