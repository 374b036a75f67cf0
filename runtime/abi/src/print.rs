//! `print`: text gathers on the thread that prints and leaves it a line at a time, through a hook.
//!
//! So the lines of several threads do not mix, and Python's `sys.stdout` is written once a line. What has no newline at its end leaves
//! with `flush=True`, or when whoever called compiled code asks for it after the call: then it stands before all that is printed next.

use crate::text::Scalar;
use std::{
    cell::{Cell, RefCell},
    fmt::Write as _,
    io::Write as _,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
};

static HOOK: RwLock<fn(&str)> = RwLock::new(to_stdout);

/// C's stream is flushed whenever it is written.
static FLUSH_HOOK: RwLock<fn()> = RwLock::new(|| ());

/// Text without a newline leaves when it has grown this long.
const LIMIT: usize = 8 << 10;

/// Where printed text goes; the default is the process's standard output. A panic of the hook is contained: compiled code does not unwind.
pub fn set_print_hook(hook: fn(&str)) {
    *HOOK.write().unwrap_or_else(PoisonError::into_inner) = hook;
}

/// What `print(…, flush=True)` does once its text has been handed over. Panics are contained as those of the other hook.
pub fn set_flush_hook(hook: fn()) {
    *FLUSH_HOOK.write().unwrap_or_else(PoisonError::into_inner) = hook;
}

/// Hands over what this thread has printed since its last newline. For whoever called compiled code, after every call: it costs a look.
#[inline]
pub fn flush() {
    // One load while no thread has such text.
    if WAITING.load(Ordering::Relaxed) != 0 && IN_LINE.get() {
        hand_over_line();
    }
}

#[cold]
fn hand_over_line() {
    set_in_line(false);
    let _ = LINE.try_with(|line| line.take()).map(|line| hand_over(&line.0));
}

/// `flush=True`
pub(crate) fn flush_stream() {
    flush();
    let hook = *FLUSH_HOOK.read().unwrap_or_else(PoisonError::into_inner);
    let _ = catch_unwind(AssertUnwindSafe(hook));
}

pub(crate) fn text(text: &str) {
    let ready = LINE.try_with(|line| {
        let mut line = line.borrow_mut();
        line.0.push_str(text);
        let end = if line.0.len() > LIMIT { line.0.len() } else { line.0.rfind('\n').map_or(0, |at| at + 1) };
        let rest = line.0.split_off(end);
        set_in_line(!rest.is_empty());
        std::mem::replace(&mut line.0, rest)
    });
    // A thread that is ending keeps no line.
    hand_over(ready.as_deref().unwrap_or(text));
}

pub(crate) fn value(kind: u8, a: u64, b: u64) {
    let Some(scalar) = Scalar::new(kind, a, b) else { return };
    let _ = LINE.try_with(|line| write!(line.borrow_mut().0, "{scalar}"));
    set_in_line(true);
}

thread_local! {
    static LINE: RefCell<Line> = const { RefCell::new(Line(String::new())) };
    /// Whether there is text in it.
    static IN_LINE: Cell<bool> = const { Cell::new(false) };
}

/// How many threads have text in theirs.
static WAITING: AtomicUsize = AtomicUsize::new(0);

fn set_in_line(waits: bool) {
    if IN_LINE.replace(waits) != waits {
        let _ = if waits { WAITING.fetch_add(1, Ordering::Relaxed) } else { WAITING.fetch_sub(1, Ordering::Relaxed) };
    }
}

#[derive(Default)]
struct Line(String);

fn hand_over(text: &str) {
    if !text.is_empty() {
        let hook = *HOOK.read().unwrap_or_else(PoisonError::into_inner);
        let _ = catch_unwind(AssertUnwindSafe(|| hook(text)));
    }
}

unsafe extern "C" {
    #[cfg_attr(target_os = "macos", link_name = "__stdoutp")]
    static stdout: *mut libc::FILE;
}

/// Through C's stream, so that it stays in order with what a C program writes there.
fn to_stdout(text: &str) {
    let _ = std::io::stdout().flush();
    // SAFETY: the C library makes the stream before anything runs and keeps it; the text has that many bytes.
    unsafe {
        libc::fwrite(text.as_ptr().cast(), 1, text.len(), stdout);
        libc::fflush(stdout);
    }
}
