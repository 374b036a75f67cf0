//! A call from Python: pack, find the compiled version, run, unpack. The hit path allocates nothing and runs no Python code.

pub mod bind;
pub mod convert;
pub mod pack;
pub mod unpack;

use crate::{
    core::{Core, Entry},
    dispatcher::{core_of, guarded},
    select,
};
use pack::Packed;
use pyo3::{ffi, prelude::*};
use smallvec::{SmallVec, smallvec};

/// Results of up to this many slots lie on the stack.
const SMALL: usize = 12;

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
        let mut packed = Packed::default();
        if let Err((i, refusal)) = pack::pack_all(arguments, &mut packed) {
            return guarded(|py| Err(crate::errors::refused(py, callable, core, i, arguments[i], refusal)));
        }
        match core.find(&packed.fingerprints) {
            Some(entry) => run(core, entry, &packed.slots),
            None => call_first(callable, core, &packed),
        }
    }
}

/// The first call with these types: compiles, or chooses among the declared signatures.
#[cold]
unsafe fn call_first(callable: *mut ffi::PyObject, core: &Core, packed: &Packed) -> *mut ffi::PyObject {
    let mut found: Option<&Entry> = None;
    let ok = guarded(|py| {
        let dispatcher = unsafe { Bound::from_borrowed_ptr(py, callable) };
        found = Some(select::entry(&dispatcher, core, &packed.fingerprints)?);
        Ok(callable)
    });
    match found {
        Some(entry) if !ok.is_null() => unsafe { run(core, entry, &packed.slots) },
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
            steps.iter().for_each(|step| step.apply(&mut rest, &mut converted));
            unsafe { run_code(core, entry, &converted) }
        }
    }
}

#[inline]
unsafe fn run_code(core: &Core, entry: &Entry, slots: &[u64]) -> *mut ffi::PyObject {
    unsafe {
        let version = &*entry.version;
        let mut results: SmallVec<[u64; SMALL]> = smallvec![0; version.result_slots];
        core.enter();
        let status = if core.nogil {
            let state = ffi::PyEval_SaveThread();
            let status = (version.compiled.entry)(slots.as_ptr(), results.as_mut_ptr());
            ffi::PyEval_RestoreThread(state);
            status
        } else {
            (version.compiled.entry)(slots.as_ptr(), results.as_mut_ptr())
        };
        let object = match status {
            0 => unpack::unpack(&version.unpack, &results, &version.compiled),
            _ => guarded(|py| Err(crate::raise::pending(py, &version.classes))),
        };
        core.leave();
        object
    }
}
