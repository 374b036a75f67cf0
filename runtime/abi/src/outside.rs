//! Where compiled code meets the program around it: exceptions that leave a function which C called, and blocks that the interpreter runs.
//!
//! Without hooks, in a library of its own say, an exception is written to standard error and there is no interpreter.

use crate::exception::{Exception, set_pending, take_pending};
use std::{
    ffi::{CStr, c_char},
    sync::OnceLock,
};

/// What the program around compiled code does for it.
pub struct Hooks {
    /// Reports the pending exception of the function that has this entry point.
    pub ignore: fn(entry: usize),
    /// Runs a block of Python, by its address: types of the arguments, their slots, room for the slots of the results. False when an exception is pending.
    ///
    /// # Safety
    /// As of `zouk_call_python`.
    pub call: unsafe fn(block: usize, types: &str, arguments: *const u64, results: *mut u64) -> bool,
}

static HOOKS: OnceLock<Hooks> = OnceLock::new();

/// The first hooks stay.
pub fn set_hooks(hooks: Hooks) {
    let _ = HOOKS.set(hooks);
}

/// The exception pending on this thread has left a function that C called; `entry` is the function's entry point.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_ignore_exception(entry: *const ()) {
    match HOOKS.get() {
        Some(hooks) => (hooks.ignore)(entry as usize),
        None => drop(take_pending().map(|exception| eprintln!("Exception ignored in a function that C called: {exception}"))),
    }
}

/// Runs a block of Python. Gives 1 when an exception is pending.
///
/// # Safety
/// `block` is what the program has given for the block; `types` is NUL-terminated; `arguments` has the slots of these types, and
/// `results` has room for those of the block's results. The arrays among the arguments give up a reference each.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_call_python(block: *const (), types: *const c_char, arguments: *const u64, results: *mut u64) -> i32 {
    let Some(hooks) = HOOKS.get() else {
        let message = "there is no interpreter to run this block".to_string();
        set_pending(Exception { name: "RuntimeError".into(), message, arguments: vec![], traceback: vec![] });
        return 1;
    };
    // SAFETY: the caller's promise.
    let done = unsafe { (hooks.call)(block as usize, &CStr::from_ptr(types).to_string_lossy(), arguments, results) };
    !done as i32
}

/// What has been printed without a newline goes where `print` writes: C goes on.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_print_written() {
    crate::print::flush();
}
