//! The stand-in's own functions, for tests: counters, failures on demand, what was wrong.

use super::pointers::text;
use super::{ANY_FAILURE, FAILURES, Failure, all, last_problem};
use crate::driver::driver;
use crate::memory::{Allocation, Kind};
use std::ffi::{c_char, c_int};
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Runs a hook; nothing of it may unwind into the caller.
fn quietly<R>(otherwise: R, run: impl FnOnce() -> R) -> R {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or(otherwise)
}

/// Everything as it was when the library was loaded: no contexts, no memory, counters at zero.
#[unsafe(no_mangle)]
pub extern "C" fn standin_reset() {
    quietly((), || {
        driver().reset();
        all().for_each(|call| call.count.store(0, Ordering::Relaxed));
        if let Ok(mut failures) = FAILURES.lock() {
            failures.clear();
        }
        ANY_FAILURE.store(false, Ordering::Release);
        super::set_problem("");
    });
}

/// Lets a call of `function` fail with `code`: the next one if `after` is 0, else the one after so many more. Not 0 if there is no such
/// function.
#[unsafe(no_mangle)]
pub extern "C" fn standin_fail(function: *const c_char, code: c_int, after: c_int) -> c_int {
    quietly(1, || {
        let Ok(name) = text(function) else { return 1 };
        if !all().any(|call| call.is_named(&name)) {
            return 1;
        }
        if let Ok(mut failures) = FAILURES.lock() {
            failures.push(Failure { function: name, code: code as u32, after: after.into() });
        }
        ANY_FAILURE.store(true, Ordering::Release);
        0
    })
}

fn live(which: impl Fn(&Allocation) -> bool) -> Vec<Allocation> {
    driver().memory.live(which)
}

fn is_device(allocation: &Allocation) -> bool {
    matches!(allocation.kind, Kind::Device | Kind::Heap)
}

fn is_host(allocation: &Allocation) -> bool {
    allocation.kind.on_host()
}

/// Device memory, managed and page-locked memory that is alive; variables of modules are not counted.
#[unsafe(no_mangle)]
pub extern "C" fn standin_live_allocations() -> u64 {
    quietly(0, || live(|allocation| is_device(allocation) || is_host(allocation)).len() as u64)
}

#[unsafe(no_mangle)]
pub extern "C" fn standin_live_bytes() -> u64 {
    quietly(0, || live(|allocation| is_device(allocation) || is_host(allocation)).iter().map(|allocation| allocation.bytes).sum())
}

/// Of `cuMemAlloc` only.
#[unsafe(no_mangle)]
pub extern "C" fn standin_live_device_allocations() -> u64 {
    quietly(0, || live(is_device).len() as u64)
}

#[unsafe(no_mangle)]
pub extern "C" fn standin_live_device_bytes() -> u64 {
    quietly(0, || live(is_device).iter().map(|allocation| allocation.bytes).sum())
}

/// Of managed, page-locked and registered memory.
#[unsafe(no_mangle)]
pub extern "C" fn standin_live_host_allocations() -> u64 {
    quietly(0, || live(is_host).len() as u64)
}

/// Live objects of a kind: "streams", "events", "modules", "functions", "linkers", "contexts".
#[unsafe(no_mangle)]
pub extern "C" fn standin_live(kind: *const c_char) -> u64 {
    quietly(0, || {
        let state = driver().state();
        let count = match text(kind).as_deref() {
            // The legacy stream of each context is none that anybody made.
            Ok("streams") => state.streams.values().filter(|stream| !stream.closing).count().saturating_sub(state.contexts.len()),
            Ok("events") => state.events.len(),
            Ok("modules") => state.modules.len(),
            Ok("functions") => state.functions.len(),
            Ok("linkers") => state.linkers.len(),
            Ok("contexts") => state.contexts.len(),
            _ => 0,
        };
        count as u64
    })
}

/// How often a function was called since the library was loaded or reset.
#[unsafe(no_mangle)]
pub extern "C" fn standin_calls(function: *const c_char) -> u64 {
    quietly(0, || {
        let Ok(name) = text(function) else { return 0 };
        all().filter(|call| call.is_named(&name)).map(|call| call.count.load(Ordering::Relaxed)).sum()
    })
}

/// Of all functions together.
#[unsafe(no_mangle)]
pub extern "C" fn standin_all_calls() -> u64 {
    quietly(0, || all().map(|call| call.count.load(Ordering::Relaxed)).sum())
}

/// Off: launches are checked and not executed.
#[unsafe(no_mangle)]
pub extern "C" fn standin_execute(on: c_int) {
    quietly((), || driver().state().execute = on != 0);
}

/// Off: work of streams is done when somebody waits for it, and never before. On again after a reset.
#[unsafe(no_mangle)]
pub extern "C" fn standin_background(on: c_int) {
    quietly((), || driver().state().held = on == 0);
}

/// How many devices there are, and of which compute capability. Contexts that exist keep theirs.
#[unsafe(no_mangle)]
pub extern "C" fn standin_set_devices(count: c_int, major: c_int, minor: c_int) {
    quietly((), || {
        let mut state = driver().state();
        state.devices = count.max(0) as usize;
        (state.model.major, state.model.minor) = (major, minor);
    });
}

/// After how many milliseconds a kernel is ended with CUDA_ERROR_LAUNCH_TIMEOUT.
#[unsafe(no_mangle)]
pub extern "C" fn standin_set_time_limit(milliseconds: u64) {
    quietly((), || driver().state().time_limit = Duration::from_millis(milliseconds));
}

/// What the last call that failed was wrong about, in words.
#[unsafe(no_mangle)]
pub extern "C" fn standin_last_problem() -> *const c_char {
    quietly(c"".as_ptr(), last_problem)
}
