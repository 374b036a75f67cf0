//! Calls of a loop on several threads: stretches of the outer loop.

use super::{Loop, Operand};
use ::numpy::npyffi::npy_intp;
use pyo3::ffi;
use std::{
    ffi::{c_char, c_int, c_void},
    ops::Range,
    slice,
    sync::atomic::{AtomicI32, Ordering::Relaxed},
};
use zouk_runtime::parallel::{zouk_parallel_chunks, zouk_parallel_for};

/// About how many nanoseconds an element takes.
const COST: i64 = 2;

/// Exceptions of floating-point arithmetic that NumPy looks for: all but the inexact one.
const FLAGS: c_int = if cfg!(target_arch = "x86_64") { 0x1d } else { 0x0f };

unsafe extern "C" {
    fn feclearexcept(flags: c_int) -> c_int;
    fn fetestexcept(flags: c_int) -> c_int;
    fn feraiseexcept(flags: c_int) -> c_int;
}

struct Work<'a> {
    l: &'a Loop,
    arguments: &'a [*mut c_char],
    dimensions: &'a [npy_intp],
    steps: *const npy_intp,
    chunks: npy_intp,
    /// Floating-point exceptions of all chunks.
    flags: AtomicI32,
}

/// # Safety
/// The arguments are those of the loop.
pub unsafe fn run(l: &Loop, arguments: *mut *mut c_char, dimensions: *const npy_intp, steps: *const npy_intp) -> i32 {
    // SAFETY: NumPy passes as much for each operand.
    let (arguments, dimensions) = unsafe { (slice::from_raw_parts(arguments, l.operands.len()), slice::from_raw_parts(dimensions, l.dimensions())) };
    let cost = l.operands.iter().map(|operand| operand.core.iter().map(|d| dimensions[1 + d]).product::<npy_intp>()).max();
    let chunks = zouk_parallel_chunks(dimensions[0] as i64, COST * cost.unwrap_or(1).max(1) as i64, 0);
    // SAFETY: as above.
    if chunks < 2 || !unsafe { is_independent(l, arguments, dimensions, steps) } {
        return unsafe { l.serial(arguments.as_ptr(), dimensions.as_ptr(), steps) };
    }
    let work = Work { l, arguments, dimensions, steps, chunks: chunks as npy_intp, flags: AtomicI32::new(0) };
    // SAFETY: the chunks write to places of their own; threads that print need the GIL, which this one gives up if it has it.
    unsafe {
        let state = if ffi::PyGILState_Check() == 1 { ffi::PyEval_SaveThread() } else { std::ptr::null_mut() };
        let status = zouk_parallel_for(chunk, (&raw const work).cast(), chunks);
        feraiseexcept(work.flags.load(Relaxed));
        if !state.is_null() {
            ffi::PyEval_RestoreThread(state);
        }
        status
    }
}

unsafe extern "C" fn chunk(captures: *const c_void, number: i64) -> i32 {
    // SAFETY: `run` passes its work.
    unsafe {
        let work = &*captures.cast::<Work>();
        let all = work.dimensions[0];
        let border = |number: npy_intp| (all as i128 * number as i128 / work.chunks as i128) as npy_intp;
        let (from, to) = (border(number as npy_intp), border(number as npy_intp + 1));
        let mut dimensions = work.dimensions.to_vec();
        dimensions[0] = to - from;
        let arguments: Vec<*mut c_char> = work.arguments.iter().enumerate().map(|(k, start)| start.offset(from * *work.steps.add(k))).collect();
        feclearexcept(FLAGS);
        let status = work.l.serial(arguments.as_ptr(), dimensions.as_ptr(), work.steps);
        work.flags.fetch_or(fetestexcept(FLAGS), Relaxed);
        status
    }
}

/// Whether no step reads or writes what another one writes: `reduce` and `accumulate` take their operands from the steps before.
///
/// # Safety
/// The arguments are those of the loop.
unsafe fn is_independent(l: &Loop, arguments: &[*mut c_char], dimensions: &[npy_intp], steps: *const npy_intp) -> bool {
    let mut core_step = l.operands.len();
    let mut places: Vec<(Range<npy_intp>, npy_intp)> = vec![];
    for (k, operand) in l.operands.iter().enumerate() {
        // SAFETY: NumPy passes a step for each operand, then one for each of their core dimensions.
        let (step, core) = unsafe { (*steps.add(k), slice::from_raw_parts(steps.add(core_step), operand.core.len())) };
        core_step += core.len();
        let start = arguments[k] as npy_intp;
        let one = extent(operand, start, dimensions, core);
        let last = step * (dimensions[0] - 1);
        if operand.written && step.abs() < one.end - one.start {
            return false;
        }
        places.push((one.start.min(one.start + last)..one.end.max(one.end + last), step));
    }
    let written = l.operands.iter().enumerate().filter(|(_, operand)| operand.written);
    written.into_iter().all(|(k, _)| {
        let (own, step) = &places[k];
        places.iter().enumerate().all(|(other, (place, other_step))| {
            let apart = place.end <= own.start || own.end <= place.start;
            let same_places = place == own && step == other_step;
            other == k || apart || same_places
        })
    })
}

/// The bytes of an operand at one step.
fn extent(operand: &Operand, start: npy_intp, dimensions: &[npy_intp], core: &[npy_intp]) -> Range<npy_intp> {
    let mut range = start..start + operand.bytes() as npy_intp;
    for (d, stride) in operand.core.iter().zip(core) {
        let last = stride * (dimensions[1 + d] - 1).max(0);
        range = range.start.min(range.start + last)..range.end.max(range.end + last);
    }
    range
}
