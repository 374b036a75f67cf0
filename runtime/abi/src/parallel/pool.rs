//! The threads of parallel regions. They are started by the first region of a process, and again by that of a child that `fork` has made: threads do not survive it.
//!
//! To wake a thread takes the kernel some microseconds. So a thread that has helped stays on its *seat* for a moment before it sleeps: a region that comes meanwhile is put there, which takes
//! a tenth of one.

use super::Region;
use rayon::{ThreadPool, ThreadPoolBuilder, Yield};
use std::{
    cell::Cell,
    ptr::{null_mut, without_provenance_mut},
    sync::{
        Arc,
        atomic::{AtomicPtr, AtomicUsize, Ordering::*},
    },
    time::{Duration, Instant},
};

/// As large as a main thread's: recursion goes as deep in a region as outside.
const STACK: usize = 8 << 20;
/// How long a thread stays on its seat: some times what it takes to wake it.
const STAY: Duration = Duration::from_micros(50);
/// How often it looks at the seat before it looks at the clock.
const LOOKS: usize = 2;
/// Between two looks, for a third of a microsecond or so: each takes the cache line from a caller that is about to put a region there, and what is over sooner needs no help.
const PAUSES: usize = 16;

struct Pool {
    /// None when no thread could be started: callers run their chunks themselves.
    threads: Option<ThreadPool>,
    /// One for each thread; none when there are more threads than processors, which have others to run.
    seats: Box<[Seat]>,
    /// Regions in the queue.
    queued: AtomicUsize,
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
            let most = said.unwrap_or_else(processors);
            // All threads that ask at once find the same.
            MOST.store(most, Relaxed);
            most
        }
        most => most,
    }
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

/// Has so many threads of the pool help with a region, some time. Whether it was put on seats.
pub(super) fn hand_out(region: &Arc<Region>, helpers: usize) -> bool {
    if helpers == 0 {
        return false;
    }
    let pool = pool();
    let Some(threads) = &pool.threads else { return false };
    let mut left = helpers;
    for seat in pool.seats.iter() {
        if left == 0 {
            return true;
        }
        left -= seat.offer(region) as usize;
    }
    for _ in 0..left {
        let region = region.clone();
        pool.queued.fetch_add(1, Relaxed);
        threads.spawn(move || {
            pool.queued.fetch_sub(1, Relaxed);
            leave_processor(region.processor);
            pool.help(region);
        });
    }
    if left > 0 {
        std::thread::yield_now();
    }
    left < helpers
}

/// Takes the region from the seats where nobody has found it yet: there is nothing left to help with.
pub(super) fn take_back(region: &Arc<Region>) {
    pool().seats.iter().for_each(|seat| seat.take_back(region));
}

impl Pool {
    fn new(count: usize) -> Pool {
        let build = || ThreadPoolBuilder::new().num_threads(count).stack_size(STACK).thread_name(|i| format!("zouk-{}", i + 1)).build().ok();
        let threads = if count == 0 { None } else { build() };
        let seats = if count < processors() { count } else { 0 };
        Pool { threads, seats: (0..seats).map(|_| Seat(AtomicPtr::new(null_mut()))).collect(), queued: AtomicUsize::new(0) }
    }

    /// What a thread does for a region of the queue: it helps, and then with those that come while it is awake.
    fn help(&self, region: Arc<Region>) {
        let number = rayon::current_thread_index().unwrap_or(0);
        let Some(seat) = self.seats.get(number) else { return region.help_too(number, None) };
        if AWAKE.replace(true) {
            // Called by `stay`.
            return region.help_too(number, Some(seat));
        }
        seat.sit();
        let mut next = Some(region);
        while let Some(region) = next {
            region.help_too(number, Some(seat));
            drop(region);
            next = seat.stay(&self.queued);
        }
        AWAKE.set(false);
    }
}

thread_local! {
    /// Whether this thread is at its seat.
    static AWAKE: Cell<bool> = const { Cell::new(false) };
}

/// Where regions are put for a thread that is awake: null while none shall be, `FREE`, or the region that the thread shall help with next, a reference of the `Arc`.
/// It is free while the thread waits and while it looks whether a region has anything left to do, and not while it runs chunks, which may take long.
#[repr(align(128))]
pub(super) struct Seat(AtomicPtr<Region>);

const FREE: *mut Region = without_provenance_mut(1);

impl Seat {
    /// Puts the region on the seat if a thread waits there.
    fn offer(&self, region: &Arc<Region>) -> bool {
        if self.0.load(Relaxed) != FREE {
            return false;
        }
        let given = Arc::into_raw(region.clone()).cast_mut();
        let taken = self.0.compare_exchange(FREE, given, Release, Relaxed).is_ok();
        if !taken {
            // SAFETY: made above, and nobody has seen it.
            drop(unsafe { Arc::from_raw(given) });
        }
        taken
    }

    fn take_back(&self, region: &Arc<Region>) {
        let given = Arc::as_ptr(region).cast_mut();
        if self.0.load(Relaxed) == given && self.0.compare_exchange(given, FREE, Relaxed, Relaxed).is_ok() {
            // SAFETY: the reference that `offer` has put there; the thread has not seen it.
            drop(unsafe { Arc::from_raw(given) });
        }
    }

    /// From now on regions may come.
    pub(super) fn sit(&self) {
        // One that is there already stays.
        let _ = self.0.compare_exchange(null_mut(), FREE, Release, Relaxed);
    }

    /// Until the thread sits again no region comes, but for one that is there already.
    pub(super) fn stand(&self) {
        let _ = self.0.compare_exchange(FREE, null_mut(), Relaxed, Relaxed);
    }

    /// Waits a moment for a region to be put here, and helps with those in the queue meanwhile.
    fn stay(&self, queued: &AtomicUsize) -> Option<Arc<Region>> {
        let mut end = Instant::now() + STAY;
        loop {
            for _ in 0..LOOKS {
                if self.0.load(Relaxed) != FREE {
                    break;
                }
                (0..PAUSES).for_each(|_| std::hint::spin_loop());
            }
            if self.0.load(Relaxed) != FREE {
                let found = self.0.swap(FREE, AcqRel);
                // Or it has just been taken back.
                if found != FREE {
                    // SAFETY: what `offer` has put there, taken once: this thread makes its seat null only below and in `stand`.
                    return Some(unsafe { Arc::from_raw(found) });
                }
            } else if queued.load(Relaxed) > 0 && rayon::yield_now() == Some(Yield::Executed) {
                end = Instant::now() + STAY;
            } else if Instant::now() >= end && self.0.compare_exchange(FREE, null_mut(), Relaxed, Relaxed).is_ok() {
                return None;
            }
        }
    }
}

/// The processor that this thread is on, or -1.
pub(super) fn processor() -> i32 {
    // SAFETY: no arguments.
    unsafe { libc::sched_getcpu() }
}

/// Goes to another processor if this one is where the caller of a region is. A thread that is woken often starts on the processor of the one that wakes it, which is
/// busy from then on, and the kernel sees to that only after some tens of milliseconds. The processors that the thread may use stay what they are.
fn leave_processor(busy: i32) {
    if busy < 0 || processor() != busy {
        return;
    }
    let size = size_of::<libc::cpu_set_t>();
    // SAFETY: sets of the size that is said, of this thread; the number is one that the kernel has given, and `CPU_CLR` looks at nothing beyond the set.
    unsafe {
        let mut allowed: libc::cpu_set_t = std::mem::zeroed();
        if busy as usize >= 8 * size || libc::sched_getaffinity(0, size, &mut allowed) != 0 || libc::CPU_COUNT(&allowed) < 2 {
            return;
        }
        let mut others = allowed;
        libc::CPU_CLR(busy as usize, &mut others);
        if libc::sched_setaffinity(0, size, &others) == 0 {
            libc::sched_setaffinity(0, size, &allowed);
        }
    }
}

fn pool() -> &'static Pool {
    let known = POOL.load(Acquire);
    // SAFETY: null, or a pool, which is never freed.
    if let Some(pool) = unsafe { known.as_ref() } {
        return pool;
    }
    forget_in_children();
    // The caller of a region is one of its threads.
    let made = Box::into_raw(Box::new(Pool::new(most_threads().saturating_sub(1))));
    match POOL.compare_exchange(known, made, AcqRel, Acquire) {
        // SAFETY: never freed.
        Ok(_) => unsafe { &*made },
        Err(other) => {
            // SAFETY: ours alone; another thread was faster.
            drop(unsafe { Box::from_raw(made) });
            unsafe { &*other }
        }
    }
}

/// A child of `fork` has none of the threads: it starts without a pool.
fn forget_in_children() {
    unsafe extern "C" fn forget() {
        POOL.store(null_mut(), Release);
    }
    // SAFETY: the handler does what may be done in a child: it stores a word. Where there is no room for it, no pool could be made either.
    unsafe { libc::pthread_atfork(None, None, Some(forget)) };
}
