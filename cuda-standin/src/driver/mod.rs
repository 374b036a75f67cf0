//! The driver's state: devices with their contexts, streams, events and modules, and the rules between them.

pub mod codes;
pub mod device;
pub mod events;
pub mod launches;
pub mod linker;
pub mod modules;
pub mod state;
pub mod storage;
pub mod streams;
pub mod work;

pub use state::{Driver, State, driver};

/// Why a call fails: the code, and what is wrong in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub code: u32,
    pub text: String,
}

pub type Answer<T = ()> = Result<T, Problem>;

impl Problem {
    pub fn new(code: u32, text: impl Into<String>) -> Problem {
        Problem { code, text: text.into() }
    }
}

/// An answer that is a problem.
pub fn problem<T>(code: u32, text: impl Into<String>) -> Answer<T> {
    Err(Problem::new(code, text))
}
