//! LLVM's fatal errors as errors.
//!
//! LLVM calls a handler and then ends the process. Ours leaves by unwinding, through frames that have unwind tables but no clean-up, as LLVM's
//! own crash recovery leaves by `longjmp`: what LLVM worked on must then be leaked, never used or freed.

use std::{
    cell::Cell,
    ffi::{CStr, c_char},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::Once,
};

unsafe extern "C-unwind" {
    fn LLVMInstallFatalErrorHandler(handler: extern "C-unwind" fn(*const c_char));
}

thread_local!(static GUARDED: Cell<bool> = const { Cell::new(false) });

struct Fatal(String);

/// Runs `work`, which calls LLVM through functions declared `C-unwind`; a fatal error is returned.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static ONCE: Once = Once::new();
    // SAFETY: installed once, for good.
    ONCE.call_once(|| unsafe { LLVMInstallFatalErrorHandler(on_fatal) });
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.or_else(|payload| match payload.downcast::<Fatal>() {
        Ok(fatal) => Err(fatal.0),
        Err(other) => resume_unwind(other),
    })
}

extern "C-unwind" fn on_fatal(reason: *const c_char) {
    // SAFETY: LLVM hands a NUL-terminated string.
    let reason = unsafe { CStr::from_ptr(reason) }.to_string_lossy().into_owned();
    if GUARDED.get() {
        resume_unwind(Box::new(Fatal(reason)));
    }
    // LLVM ends the process when a handler returns.
    eprintln!("LLVM ERROR: {reason}");
}
