//! The exception pending on a thread: raised by compiled code, taken by whoever called it.
//!
//! Compiled code returns a status; nothing ever unwinds through it. All text is copied: the object that raised may be unloaded.

use crate::{abi::Site, text::Scalar};
use std::{
    cell::RefCell,
    ffi::{CStr, c_char},
};

/// One function that the exception passed through.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frame {
    pub file: String,
    pub function: String,
    pub line: i64,
    pub column: i64,
    pub end_line: i64,
    pub end_column: i64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Name of the Python class, `ZeroDivisionError`.
    pub name: String,
    /// The first argument of the exception, unless empty.
    pub message: String,
    /// The arguments after it.
    pub arguments: Vec<Scalar>,
    /// From the function that raised to the outermost: the reverse of what Python prints.
    pub traceback: Vec<Frame>,
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str(&self.name)?;
        let message = (!self.message.is_empty()).then(|| self.message.clone());
        let all: Vec<String> = message.into_iter().chain(self.arguments.iter().map(Scalar::to_string)).collect();
        match &all[..] {
            [] => Ok(()),
            [one] => write!(f, ": {one}"),
            many => write!(f, ": ({})", many.join(", ")),
        }
    }
}

impl std::error::Error for Exception {}

thread_local!(static PENDING: RefCell<Option<Exception>> = const { RefCell::new(None) });

/// The exception pending on this thread, which is then pending no more.
pub fn take_pending() -> Option<Exception> {
    PENDING.take()
}

pub fn has_pending() -> bool {
    PENDING.with_borrow(Option::is_some)
}

/// Makes `exception` pending on this thread: one that another thread raised for it, say.
pub fn set_pending(exception: Exception) {
    PENDING.set(Some(exception))
}

/// # Safety
/// As of `zouk_raise`.
pub(crate) unsafe fn raise(site: *const Site, kinds: *const c_char, arguments: *const u64) {
    // SAFETY: a site is null or valid, and so is its text.
    let (name, message) = match unsafe { site.as_ref() } {
        Some(site) => unsafe { (text(site.exception), text(site.message)) },
        None => Default::default(),
    };
    let name = if name.is_empty() { "RuntimeError".to_string() } else { name };
    // SAFETY: the caller's promise on `kinds` and `arguments`.
    let (message, arguments) = fill_in(message, unsafe { scalars(kinds, arguments) });
    set_pending(Exception { name, message, arguments, traceback: unsafe { frame(site) }.into_iter().collect() });
}

/// Every `{}` of a message stands for an argument; an exception with such a message has no other argument.
fn fill_in(message: String, arguments: Vec<Scalar>) -> (String, Vec<Scalar>) {
    if arguments.is_empty() || !message.contains("{}") {
        return (message, arguments);
    }
    let mut pieces = message.split("{}");
    let first = pieces.next().unwrap_or_default().to_string();
    let mut values = arguments.iter();
    let filled = pieces.fold(first, |text, piece| text + &values.next().map(Scalar::to_string).unwrap_or_default() + piece);
    (filled, vec![])
}

/// # Safety
/// As of `zouk_traceback`.
pub(crate) unsafe fn traceback(site: *const Site) {
    // SAFETY: the caller's promise.
    let Some(frame) = (unsafe { frame(site) }) else { return };
    PENDING.with_borrow_mut(|pending| {
        if let Some(exception) = pending {
            exception.push_frame(frame);
        }
    })
}

impl Exception {
    /// Deep recursion would keep a frame for every level: past 1000, like Python's limit, only the innermost are kept.
    fn push_frame(&mut self, frame: Frame) {
        if self.traceback.len() < 1000 {
            self.traceback.push(frame);
        }
    }
}

unsafe fn frame(site: *const Site) -> Option<Frame> {
    // SAFETY: a site is null or valid, and so is its text.
    unsafe {
        let site = site.as_ref()?;
        let (file, function) = (text(site.file), text(site.function));
        Some(Frame { file, function, line: site.line, column: site.column, end_line: site.end_line, end_column: site.end_column })
    }
}

unsafe fn text(text: *const c_char) -> String {
    // SAFETY: text is null or NUL-terminated.
    if text.is_null() { String::new() } else { unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned() }
}

unsafe fn scalars(kinds: *const c_char, arguments: *const u64) -> Vec<Scalar> {
    if kinds.is_null() || arguments.is_null() {
        return vec![];
    }
    let mut at = 0;
    // SAFETY: `arguments` has the slots that `kinds` asks for.
    unsafe { CStr::from_ptr(kinds) }
        .to_bytes()
        .iter()
        .map_while(|kind| unsafe {
            let slots = Scalar::slots(*kind);
            let slot = |i: usize| if i < slots { arguments.add(at + i).read() } else { 0 };
            let scalar = Scalar::new(*kind, slot(0), slot(1))?;
            at += slots;
            Some(scalar)
        })
        .collect()
}
