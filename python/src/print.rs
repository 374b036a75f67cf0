//! Text that compiled code prints goes where Python's `print` would write it, and errors of that stream reach the caller.
//!
//! Compiled code does not stop where it prints: the first error is kept, nothing more is written, and the call raises it at its end.

use pyo3::{call::PyCallArgs, ffi, prelude::*};
use std::{
    cell::RefCell,
    sync::atomic::{AtomicUsize, Ordering},
};

/// How many threads keep an error: what every call looks at.
static FAILED: AtomicUsize = AtomicUsize::new(0);

thread_local!(static ERROR: RefCell<Option<PyErr>> = const { RefCell::new(None) });

/// The hooks that the runtime calls.
pub fn install() {
    zouk_runtime::print::set_print_hook(|text| on_stdout("write", (text,)));
    zouk_runtime::print::set_flush_hook(|| on_stdout("flush", ()));
}

fn on_stdout(method: &str, arguments: impl for<'py> PyCallArgs<'py>) {
    if ERROR.with_borrow(Option::is_some) {
        return;
    }
    Python::try_attach(|py| {
        let call = || -> PyResult<()> {
            let stdout = py.import("sys")?.getattr("stdout")?;
            if !stdout.is_none() {
                stdout.call_method1(method, arguments)?;
            }
            Ok(())
        };
        if let Err(error) = call() {
            ERROR.set(Some(error));
            FAILED.fetch_add(1, Ordering::Relaxed);
        }
    });
}

/// Whether a thread, perhaps this one, could not print.
#[inline]
pub fn has_failed() -> bool {
    FAILED.load(Ordering::Relaxed) != 0
}

/// Raises this thread's error, if there is one, in place of the call's outcome: Python would not have come that far.
///
/// # Safety
/// The GIL is held; `outcome` is a new reference, or null with an exception set.
#[cold]
pub unsafe fn raise(outcome: *mut ffi::PyObject) -> *mut ffi::PyObject {
    let Some(error) = ERROR.take() else { return outcome };
    FAILED.fetch_sub(1, Ordering::Relaxed);
    // SAFETY: the GIL is held; the outcome is ours to drop.
    unsafe {
        ffi::Py_XDECREF(outcome);
        error.restore(Python::assume_attached());
    }
    std::ptr::null_mut()
}
