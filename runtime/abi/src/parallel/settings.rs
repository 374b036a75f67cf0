//! What a program can ask and set: the number of threads and the size of chunks, for the thread that sets them; the number of a thread in its region.

use super::pool::most_threads;
use std::cell::{Cell, RefCell};

/// What holds for the thread that runs.
#[derive(Clone, Copy)]
pub struct Here {
    /// The threads that the program wants used; 0 for all.
    wanted: usize,
    /// The threads that a region started here may use; 0 for all that are wanted.
    share: usize,
    /// The number of this thread: no other thread has it that works on the region, or on one around it or in it.
    number: usize,
    /// The iterations of a chunk; 0 for as many as fit.
    chunk_size: i64,
}

thread_local!(static HERE: Cell<Here> = const { Cell::new(Here { wanted: 0, share: 0, number: 0, chunk_size: 0 }) });

impl Here {
    /// In a region of this thread that so many threads work on: they share what it may use.
    pub(super) fn inside(threads: usize) -> Here {
        Here { share: (limit() / threads.max(1)).max(1), chunk_size: 0, ..HERE.get() }
    }

    /// As the thread of that place among those of the region, 0 the caller, which keeps its number: each has the numbers of its share to give away.
    pub(super) fn numbered(self, place: usize) -> Here {
        Here { number: self.number + place * self.share, ..self }
    }

    /// Runs with these settings.
    pub(super) fn during(self, work: impl FnOnce()) {
        let (before, scopes) = (HERE.replace(self), SCOPES.with_borrow(Vec::len));
        work();
        HERE.set(before);
        SCOPES.with_borrow_mut(|all| all.truncate(scopes));
    }
}

/// How many threads a region that starts here may use.
pub(super) fn limit() -> usize {
    match HERE.get().share {
        0 => zouk_parallel_threads() as usize,
        share => share,
    }
}

pub(super) fn chunk_size() -> i64 {
    HERE.get().chunk_size
}

/// How many threads regions use.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_threads() -> i64 {
    match HERE.get().wanted {
        0 => most_threads() as i64,
        wanted => wanted as i64,
    }
}

/// The greatest number of threads that can be set.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_most_threads() -> i64 {
    most_threads() as i64
}

/// Sets how many threads the regions of this thread use. The caller has checked that there are as many.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_set_threads(threads: i64) -> i64 {
    let before = zouk_parallel_threads();
    HERE.set(Here { wanted: threads.clamp(1, most_threads() as i64) as usize, ..HERE.get() });
    before
}

/// The number of this thread in its region, from 0; 0 outside.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_thread() -> i64 {
    HERE.get().number as i64
}

/// How many iterations a chunk has, as the program has set it; 0 when it has not.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_chunk_size() -> i64 {
    chunk_size()
}

/// Sets how many iterations a chunk has in regions of this thread; 0 leaves it to the runtime. Gives what was set before.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_set_chunk_size(size: i64) -> i64 {
    let before = HERE.get();
    HERE.set(Here { chunk_size: size.max(0), ..before });
    before.chunk_size
}

/// A size of chunks that a block of compiled code has set for what it runs.
struct Scope {
    /// Lies in the stack below the frames of the block's function.
    place: usize,
    before: i64,
}

thread_local!(static SCOPES: RefCell<Vec<Scope>> = const { RefCell::new(vec![]) });

/// The address of something in the frame of this function.
#[inline(never)]
fn stack_place() -> usize {
    let here = 0u8;
    std::hint::black_box(std::ptr::from_ref(&here)).addr()
}

/// Begins a block in which chunks have `size` iterations. Gives what `zouk_parallel_leave_chunk_size` ends it by.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_enter_chunk_size(size: i64) -> i64 {
    let before = zouk_parallel_set_chunk_size(size);
    SCOPES.with_borrow_mut(|scopes| {
        scopes.push(Scope { place: stack_place(), before });
        scopes.len() as i64 - 1
    })
}

/// Ends a block, and those that were begun in it.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_parallel_leave_chunk_size(scope: i64) -> i64 {
    let before = SCOPES.with_borrow_mut(|scopes| {
        let before = scopes.get(scope as usize).map(|scope| scope.before);
        scopes.truncate(scope as usize);
        before
    });
    before.map_or(0, |size| zouk_parallel_set_chunk_size(size))
}

/// Ends the blocks of functions that an exception has left: their frames lie below something in the frame of who has called them.
pub fn leave_raised<T>(here: &T) {
    let first = SCOPES.with_borrow(|scopes| {
        if scopes.is_empty() {
            return None;
        }
        let here = std::ptr::from_ref(here).addr();
        scopes.iter().position(|scope| scope.place < here)
    });
    if let Some(first) = first {
        zouk_parallel_leave_chunk_size(first as i64);
    }
}
