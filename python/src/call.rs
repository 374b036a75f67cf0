//! A call from Python: pack, find the compiled version, run, unpack. The hit path allocates nothing and runs no Python code.

mod big_integers;
pub mod bind;
pub mod buffers;
pub mod convert;
mod fallback;
pub mod pack;
pub mod refused;
pub mod unpack;

use crate::{
    core::{Core, Entry},
    dispatcher::{core_of, function_of, guarded},
    fingerprint::Fingerprint,
    select,
};
use pack::{Refusal, Slots};
use pyo3::{ffi, prelude::*};
use smallvec::{SmallVec, smallvec};
use std::mem::MaybeUninit;

/// Arguments of up to this many slots, and results of up to that many, lie on the stack.
const ARGUMENTS: usize = 64;
const RESULTS: usize = 12;
/// Fingerprints of up to this many arguments lie on the stack.
const COUNT: usize = 8;

pub unsafe extern "C" fn vectorcall(
    callable: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    unsafe {
        let core = core_of(callable);
        let count = ffi::PyVectorcall_NARGS(count) as usize;
        if keywords.is_null() && count == core.parameters.count() && core.parameters.keyword_only == 0 && core.parameters.star.is_none() {
            let arguments = if count == 0 { &[] } else { std::slice::from_raw_parts(arguments, count) };
            return call(callable, core, arguments);
        }
        let all = count + if keywords.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(keywords) as usize };
        let arguments = if all == 0 { &[] } else { std::slice::from_raw_parts(arguments, all) };
        call_by_name(callable, core, arguments, count, keywords)
    }
}

/// What calls of a dispatcher do whose function the interpreter runs.
pub unsafe extern "C" fn interpreted(
    callable: *mut ffi::PyObject,
    arguments: *const *mut ffi::PyObject,
    count: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    unsafe { ffi::PyObject_Vectorcall(function_of(callable), arguments, count, keywords) }
}

/// With keywords or defaults: puts the arguments in order, then calls as usual.
#[cold]
unsafe fn call_by_name(
    callable: *mut ffi::PyObject,
    core: &Core,
    arguments: &[*mut ffi::PyObject],
    positional: usize,
    keywords: *mut ffi::PyObject,
) -> *mut ffi::PyObject {
    unsafe {
        let mut bound = bind::Bound::default();
        let ok = guarded(|py| {
            bind::bind(py, callable, core, arguments, positional, keywords, &mut bound)?;
            Ok(callable)
        });
        if ok.is_null() { ok } else { call(callable, core, &bound.arguments) }
    }
}

#[inline]
unsafe fn call(callable: *mut ffi::PyObject, core: &Core, arguments: &[*mut ffi::PyObject]) -> *mut ffi::PyObject {
    unsafe {
        if arguments.len() > COUNT {
            return call_big(callable, core, arguments, ARGUMENTS);
        }
        let mut fingerprints = [Fingerprint::NONE; COUNT];
        let mut room = [MaybeUninit::uninit(); ARGUMENTS];
        let mut slots = Slots::new(&mut room);
        match pack::pack_all(arguments, &mut slots, &mut fingerprints[..arguments.len()]) {
            Ok(()) => dispatch(callable, core, &mut fingerprints[..arguments.len()], slots.filled(), arguments),
            Err((_, Refusal::Full)) => call_big(callable, core, arguments, 4 * ARGUMENTS),
            Err((i, refusal)) => refuse(callable, core, arguments, i, refusal),
        }
    }
}

/// `call` with room on the heap: twice as much each time it does not suffice.
#[cold]
unsafe fn call_big(callable: *mut ffi::PyObject, core: &Core, arguments: &[*mut ffi::PyObject], room: usize) -> *mut ffi::PyObject {
    unsafe {
        let mut fingerprints = vec![Fingerprint::NONE; arguments.len()];
        let mut places = vec![MaybeUninit::uninit(); room];
        let mut slots = Slots::new(&mut places);
        match pack::pack_all(arguments, &mut slots, &mut fingerprints) {
            Ok(()) => dispatch(callable, core, &mut fingerprints, slots.filled(), arguments),
            Err((_, Refusal::Full)) => call_big(callable, core, arguments, 2 * room),
            Err((i, refusal)) => refuse(callable, core, arguments, i, refusal),
        }
    }
}

#[cold]
unsafe fn refuse(callable: *mut ffi::PyObject, core: &Core, arguments: &[*mut ffi::PyObject], i: usize, refusal: Refusal) -> *mut ffi::PyObject {
    guarded(|py| {
        if refusal == Refusal::Type
            && let Some(all) = unsafe { buffers::with_arrays(py, arguments)? }
        {
            let arguments: Vec<_> = all.iter().map(Bound::as_ptr).collect();
            // SAFETY: `all` keeps them alive; null says that an exception is set.
            return Ok(unsafe { call(callable, core, &arguments) });
        }
        if refusal == Refusal::TooLarge
            && let Some(all) = unsafe { big_integers::as_floats(py, core, arguments)? }
        {
            let arguments: Vec<_> = all.iter().map(Bound::as_ptr).collect();
            // SAFETY: as above.
            return Ok(unsafe { call(callable, core, &arguments) });
        }
        let error = unsafe { refused::refused(py, callable, core, i, arguments[i], refusal) };
        let dispatcher = unsafe { Bound::from_borrowed_ptr(py, callable) };
        fallback::instead(&dispatcher, core, arguments, error).map(Bound::into_ptr)
    })
}

#[inline]
unsafe fn dispatch(
    callable: *mut ffi::PyObject,
    core: &Core,
    fingerprints: &mut [Fingerprint],
    slots: &[u64],
    arguments: &[*mut ffi::PyObject],
) -> *mut ffi::PyObject {
    if core.by_value.get() != 0 {
        core.take_values(fingerprints, slots);
    }
    match core.find(fingerprints) {
        Some(entry) => unsafe { run(core, entry, slots) },
        None => unsafe { call_first(callable, core, fingerprints, slots, arguments) },
    }
}

/// The first call with these types: compiles, or chooses among the declared signatures.
#[cold]
unsafe fn call_first(
    callable: *mut ffi::PyObject,
    core: &Core,
    fingerprints: &mut [Fingerprint],
    slots: &[u64],
    arguments: &[*mut ffi::PyObject],
) -> *mut ffi::PyObject {
    let mut found: Option<&Entry> = None;
    let interpreted = guarded(|py| {
        let dispatcher = unsafe { Bound::from_borrowed_ptr(py, callable) };
        if core.runs_interpreted(fingerprints) {
            return fallback::call(&dispatcher, core, arguments).map(Bound::into_ptr);
        }
        loop {
            let by_value = core.by_value.get();
            match select::entry(&dispatcher, core, fingerprints) {
                Ok(entry) => {
                    found = Some(entry);
                    return Ok(std::ptr::null_mut());
                }
                // It asks for another value: with that it is tried again.
                Err(_) if core.by_value.get() != by_value => core.take_values(fingerprints, slots),
                Err(error) => {
                    let result = fallback::instead(&dispatcher, core, arguments, error)?;
                    core.run_interpreted(fingerprints);
                    return Ok(result.into_ptr());
                }
            }
        }
    });
    match found {
        Some(entry) => unsafe { run(core, entry, slots) },
        None => interpreted,
    }
}

#[inline]
unsafe fn run(core: &Core, entry: &Entry, slots: &[u64]) -> *mut ffi::PyObject {
    match &entry.steps {
        None => unsafe { run_code(core, entry, slots) },
        Some(steps) => {
            let mut converted = SmallVec::new();
            let mut rest = slots;
            match steps.iter().try_for_each(|step| step.apply(&mut rest, &mut converted)) {
                Ok(()) => unsafe { run_code(core, entry, &converted) },
                Err(unfit) => guarded(|_| Err(crate::errors::unfit(unfit))),
            }
        }
    }
}

/// Calls the compiled function, and raises what it leaves pending.
///
/// # Safety
/// The GIL is held; `slots` are those that the entry function asks for.
#[inline]
pub unsafe fn run_code(core: &Core, entry: &Entry, slots: &[u64]) -> *mut ffi::PyObject {
    unsafe {
        let version = &*entry.version;
        let mut results: SmallVec<[u64; RESULTS]> = smallvec![0; version.result_slots];
        core.enter();
        let status = if core.nogil {
            let state = ffi::PyEval_SaveThread();
            let status = (version.compiled.entry)(slots.as_ptr(), results.as_mut_ptr());
            ffi::PyEval_RestoreThread(state);
            status
        } else {
            (version.compiled.entry)(slots.as_ptr(), results.as_mut_ptr())
        };
        crate::adopt::settle();
        // What was printed without a newline stands before all that Python prints next.
        zouk_runtime::print::flush();
        let object = match status {
            0 => unpack::unpack(&version.unpack, &results, Some(&version.compiled)),
            _ => {
                zouk_runtime::parallel::leave_raised(&results);
                guarded(|py| Err(crate::raise::pending(py, &entry.classes(py))))
            }
        };
        core.leave();
        if crate::print::has_failed() { crate::print::raise(object) } else { object }
    }
}
