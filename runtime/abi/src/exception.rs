//! The exception pending on a thread: raised by compiled code, taken by whoever called it.
//!
//! Compiled code returns a status; nothing ever unwinds through it. All text is copied: the object that raised may be unloaded.

use crate::{
    abi::Site,
    text::{Scalar, quoted},
};
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

/// An argument of an exception.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    Scalar(Scalar),
    Text(String),
    None,
    Tuple(Vec<Argument>),
    /// What `from` names, behind all arguments: the name of a class and what it is called with, or None.
    Cause(Vec<Argument>),
}

impl From<Scalar> for Argument {
    fn from(scalar: Scalar) -> Self {
        Argument::Scalar(scalar)
    }
}

/// As `repr` shows it.
impl std::fmt::Display for Argument {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        match self {
            Argument::Scalar(scalar) => write!(f, "{scalar}"),
            Argument::Text(text) => f.write_str(&quoted(text)),
            Argument::None => f.write_str("None"),
            Argument::Tuple(parts) | Argument::Cause(parts) => {
                let parts: Vec<String> = parts.iter().map(Argument::to_string).collect();
                write!(f, "({}{})", parts.join(", "), if parts.len() == 1 { "," } else { "" })
            }
        }
    }
}

/// The class of NumPy's MemoryErrors, whose arguments are a shape and a dtype: here the dtype's name.
pub const ARRAY_MEMORY_ERROR: &str = "numpy._core._exceptions._ArrayMemoryError";

#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Name of the Python class, `ZeroDivisionError`.
    pub name: String,
    /// The first argument of the exception, unless empty.
    pub message: String,
    /// The arguments after it; a cause is the last of them.
    pub arguments: Vec<Argument>,
    /// From the function that raised to the outermost: the reverse of what Python prints.
    pub traceback: Vec<Frame>,
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        if let (ARRAY_MEMORY_ERROR, [shape, Argument::Text(dtype)]) = (self.name.as_str(), &self.arguments[..]) {
            return write!(f, "MemoryError: Unable to allocate an array with shape {shape} and data type {dtype}");
        }
        f.write_str(&self.name)?;
        let message = (!self.message.is_empty()).then(|| Argument::Text(self.message.clone()));
        let arguments = self.arguments.iter().filter(|argument| !matches!(argument, Argument::Cause(_)));
        let mut all: Vec<Argument> = message.into_iter().chain(arguments.cloned()).collect();
        match (all.len(), all.pop()) {
            // A KeyError shows its key as it would be written.
            (1, Some(Argument::Text(text))) if self.name != "KeyError" => match text.is_empty() {
                true => Ok(()),
                false => write!(f, ": {text}"),
            },
            (1, Some(only)) => write!(f, ": {only}"),
            (_, Some(last)) => {
                all.push(last);
                write!(f, ": {}", Argument::Tuple(all))
            }
            (_, None) => Ok(()),
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
    crate::offload::bring_all_back();
    // SAFETY: a site is null or valid, and so is its text.
    let (name, message) = match unsafe { site.as_ref() } {
        Some(site) => unsafe { (text(site.exception), text(site.message)) },
        None => Default::default(),
    };
    let name = if name.is_empty() { "RuntimeError".to_string() } else { name };
    // SAFETY: the caller's promise on `kinds` and `arguments`.
    let (message, arguments) = fill_in(message, unsafe { read(kinds, arguments) });
    set_pending(Exception { name, message, arguments, traceback: unsafe { frame(site) }.into_iter().collect() });
}

/// A message beside arguments is the compiler's own: every `{}` of it stands for an argument, and it is the only argument of the exception.
fn fill_in(message: String, mut arguments: Vec<Argument>) -> (String, Vec<Argument>) {
    let cause = arguments.pop_if(|last| matches!(last, Argument::Cause(_)));
    if arguments.is_empty() || !message.contains("{}") {
        arguments.extend(cause);
        return (message, arguments);
    }
    let mut pieces = message.split("{}");
    let first = pieces.next().unwrap_or_default().to_string();
    let mut values = arguments.iter();
    let filled = pieces.fold(first, |text, piece| text + &values.next().map(Argument::to_string).unwrap_or_default() + piece);
    (filled, cause.into_iter().collect())
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

/// The arguments that `kinds` spells: scalars by their letters, `s` for a text (a slot with its address), `n` for None, `(…)` for a tuple, `<…>` for a cause.
unsafe fn read(kinds: *const c_char, slots: *const u64) -> Vec<Argument> {
    if kinds.is_null() {
        return vec![];
    }
    let mut at = 0;
    // SAFETY: `slots` is null or has as many as `kinds` asks for.
    let mut slot = || unsafe {
        at += 1;
        (!slots.is_null()).then(|| slots.add(at - 1).read())
    };
    let mut open: Vec<Vec<Argument>> = vec![];
    let mut arguments = vec![];
    // SAFETY: `kinds` is NUL-terminated, and so is every text.
    for kind in unsafe { CStr::from_ptr(kinds) }.to_bytes() {
        let argument = match kind {
            b'(' | b'<' => {
                open.push(std::mem::take(&mut arguments));
                continue;
            }
            b')' | b'>' => {
                let outer = open.pop().unwrap_or_default();
                let parts = std::mem::replace(&mut arguments, outer);
                if *kind == b')' { Argument::Tuple(parts) } else { Argument::Cause(parts) }
            }
            b'n' => Argument::None,
            b's' => Argument::Text(unsafe { text(slot().unwrap_or_default() as *const c_char) }),
            scalar => {
                let first = slot();
                let second = if Scalar::slots(*scalar) == 2 { slot() } else { Some(0) };
                match first.zip(second).and_then(|(a, b)| Scalar::new(*scalar, a, b)) {
                    Some(scalar) => Argument::Scalar(scalar),
                    None => break,
                }
            }
        };
        arguments.push(argument);
    }
    arguments
}
