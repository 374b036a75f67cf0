//! The exported functions, with the signatures of cuda.h. Pointers are the caller's word; nothing else is.
//!
//! `calls!` makes of each body an `extern "C"` function that counts, fails on demand, and lets no panic out.

pub mod contexts;
pub mod copies;
pub mod devices;
pub mod events;
pub mod hooks;
pub mod launches;
pub mod linking;
pub mod memory;
pub mod modules;
pub mod pointers;
pub mod streams;

use crate::driver::{Answer, codes};
use std::collections::VecDeque;
use std::ffi::CString;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// An exported function: how often it was called.
pub struct Call {
    pub name: &'static str,
    pub count: AtomicU64,
}

impl Call {
    pub const fn new(name: &'static str) -> Call {
        Call { name, count: AtomicU64::new(0) }
    }

    /// Whether a name means this function: with or without the version behind it.
    pub fn is_named(&self, name: &str) -> bool {
        self.name == name || self.name.strip_suffix("_v2") == Some(name)
    }
}

/// A failure that is asked for: of a function, after so many calls.
pub struct Failure {
    pub function: String,
    pub code: u32,
    pub after: i64,
}

pub static FAILURES: Mutex<Vec<Failure>> = Mutex::new(Vec::new());
pub static ANY_FAILURE: AtomicBool = AtomicBool::new(false);
/// The last problems in words; pointers to them were given away, so some are kept.
static PROBLEMS: Mutex<VecDeque<CString>> = Mutex::new(VecDeque::new());
const KEPT: usize = 256;

pub fn set_problem(text: &str) {
    if let (Ok(mut problems), Ok(text)) = (PROBLEMS.lock(), CString::new(text.replace('\0', " "))) {
        if problems.len() == KEPT {
            problems.pop_front();
        }
        problems.push_back(text);
    }
}

pub fn last_problem() -> *const std::ffi::c_char {
    PROBLEMS.lock().ok().and_then(|problems| problems.back().map(|text| text.as_ptr())).unwrap_or(c"".as_ptr())
}

fn asked_to_fail(call: &Call) -> Option<u32> {
    if !ANY_FAILURE.load(Ordering::Acquire) {
        return None;
    }
    let mut failures = FAILURES.lock().ok()?;
    let index = failures.iter().position(|failure| call.is_named(&failure.function))?;
    if failures[index].after > 0 {
        failures[index].after -= 1;
        return None;
    }
    let code = failures.remove(index).code;
    ANY_FAILURE.store(!failures.is_empty(), Ordering::Release);
    Some(code)
}

/// Runs the body of an exported function.
pub fn guarded(call: &Call, body: impl FnOnce() -> Answer) -> u32 {
    call.count.fetch_add(1, Ordering::Relaxed);
    if let Some(code) = asked_to_fail(call) {
        set_problem(&format!("{}: the failure {code} that was asked for", call.name));
        return code;
    }
    let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(body));
    match answer {
        Ok(Ok(())) => 0,
        Ok(Err(problem)) => {
            if problem.code != codes::NOT_READY {
                set_problem(&format!("{}: {}", call.name, problem.text));
            }
            problem.code
        }
        Err(panic) => {
            let text = panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
            set_problem(&format!("{}: the stand-in failed: {}", call.name, text.unwrap_or_default()));
            codes::UNKNOWN
        }
    }
}

/// Exported functions of the driver, and the list of them.
macro_rules! calls {
    ($($(#[$note:meta])* fn $name:ident($($argument:ident: $ty:ty),* $(,)?) $body:block)*) => {
        #[allow(non_upper_case_globals, reason = "a counter has its function's name")]
        mod counters {
            $(pub static $name: super::super::Call = super::super::Call::new(stringify!($name));)*
        }
        $(
            $(#[$note])*
            #[allow(non_snake_case, reason = "the driver's names")]
            #[unsafe(no_mangle)]
            pub extern "C" fn $name($($argument: $ty),*) -> u32 {
                crate::api::guarded(&counters::$name, || -> crate::driver::Answer { $body })
            }
        )*
        pub static CALLS: &[&super::Call] = &[$(&counters::$name),*];
    };
}
pub(crate) use calls;

/// All exported functions of the driver.
pub fn all() -> impl Iterator<Item = &'static Call> {
    [contexts::CALLS, copies::CALLS, devices::CALLS, events::CALLS, launches::CALLS, linking::CALLS, memory::CALLS, modules::CALLS, streams::CALLS].into_iter().flatten().copied()
}
