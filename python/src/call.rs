//! A call from Python: pack, find the compiled version, run, unpack. The hit path allocates nothing and runs no Python code.

pub mod bind;
pub mod convert;
pub mod pack;
pub mod refused;
pub mod unpack;

use crate::{
    core::{Core, Entry},
    dispatcher::{core_of, guarded},
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
        if keywords.is_null() && count == core.parameters.count() && core.parameters.keyword_only == 0 {
            let arguments = if count == 0 { &[] } else { std::slice::from_raw_parts(arguments, count) };
            return call(callable, core, arguments);
        }
        let all = count + if keywords.is_null() { 0 } else { ffi::PyTuple_GET_SIZE(keywords) as usize };
        let arguments = if all == 0 { &[] } else { std::slice::from_raw_parts(arguments, all) };
        call_by_name(callable, core, arguments, count, keywords)
    }
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
            Ok(()) => dispatch(callable, core, &fingerprints[..arguments.len()], slots.filled()),
            Err((_, Refusal::Full)) => call_big(callable, core, arguments, 4 * ARGUMENTS),
            Err((i, refusal)) => guarded(|py| Err(refused::refused(py, callable, core, i, arguments[i], refusal))),
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
            Ok(()) => dispatch(callable, core, &fingerprints, slots.filled()),
            Err((_, Refusal::Full)) => call_big(callable, core, arguments, 2 * room),
            Err((i, refusal)) => guarded(|py| Err(refused::refused(py, callable, core, i, arguments[i], refusal))),
        }
    }
}

#[inline]
unsafe fn dispatch(callable: *mut ffi::PyObject, core: &Core, fingerprints: &[Fingerprint], slots: &[u64]) -> *mut ffi::PyObject {
    match core.find(fingerprints) {
        Some(entry) => unsafe { run(core, entry, slots) },
        None => unsafe { call_first(callable, core, fingerprints, slots) },
    }
}

/// The first call with these types: compiles, or chooses among the declared signatures.
#[cold]
unsafe fn call_first(callable: *mut ffi::PyObject, core: &Core, fingerprints: &[Fingerprint], slots: &[u64]) -> *mut ffi::PyObject {
    let mut found: Option<&Entry> = None;
    let ok = guarded(|py| {
        let dispatcher = unsafe { Bound::from_borrowed_ptr(py, callable) };
        found = Some(select::entry(&dispatcher, core, fingerprints)?);
        Ok(callable)
    });
    match found {
        Some(entry) if !ok.is_null() => unsafe { run(core, entry, slots) },
        _ => std::ptr::null_mut(),
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

#[inline]
unsafe fn run_code(core: &Core, entry: &Entry, slots: &[u64]) -> *mut ffi::PyObject {
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
        // What was printed without a newline stands before all that Python prints next.
        zouk_runtime::print::flush();
        let object = match status {
            0 => unpack::unpack(&version.unpack, &results, &version.compiled),
            _ => guarded(|py| Err(crate::raise::pending(py, &entry.classes(py)))),
        };
        core.leave();
        if crate::print::has_failed() { crate::print::raise(object) } else { object }
    }
}
