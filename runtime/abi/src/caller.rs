//! What C programs call in a shared library of compiled code, under names made of the function's: see `docs/c-library.md`.

use crate::{exception, print};
use std::{
    cell::RefCell,
    ffi::{CStr, CString, c_char},
    ptr::null,
};

thread_local!(static LAST: RefCell<Option<CString>> = const { RefCell::new(None) });

/// The exception of the last call on this thread that failed, as the last line of a Python traceback: `IndexError: …`; null when none has.
/// The text is valid until this is called again after another failure.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_error() -> *const c_char {
    let pending = exception::take_pending().map(|exception| CString::new(exception.to_string().replace('\0', "\\x00")).unwrap_or_default());
    LAST.try_with(|last| {
        let mut last = last.borrow_mut();
        if pending.is_some() {
            *last = pending;
        }
        last.as_ref().map_or(null(), |text| text.as_ptr())
    })
    .unwrap_or(null())
}

/// Makes a `ValueError` pending: the caller's arguments are not what the function was compiled for.
///
/// # Safety
/// `message` is null or NUL-terminated.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_refuse(message: *const c_char) {
    // SAFETY: the caller's promise.
    let message = if message.is_null() { String::new() } else { unsafe { CStr::from_ptr(message) }.to_string_lossy().into_owned() };
    exception::set_pending(exception::Exception { name: "ValueError".into(), message, arguments: vec![], traceback: vec![] });
}

/// Writes what was printed since the last newline.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_flush() {
    print::flush();
}
