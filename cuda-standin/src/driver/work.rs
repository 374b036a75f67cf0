//! What is in streams, and what carrying it out means.

use super::events::Event;
use super::{Answer, Problem};
use crate::machine::fault::{ILLEGAL_ADDRESS, Outcome};
use crate::machine::grid::{Launch, execute};
use crate::machine::ops::Program;
use crate::memory::Memory;
use std::ffi::c_void;
use std::io::Write;
use std::sync::Arc;

pub type Callback = extern "C" fn(stream: *mut c_void, status: u32, data: *mut c_void);
pub type HostFunction = extern "C" fn(data: *mut c_void);

/// Addresses of the host are numbers here: who submitted the work vouches for them until it is done.
pub enum Work {
    Launch { program: Arc<Program>, launch: Box<Launch> },
    /// From memory that was copied when the work was submitted.
    Staged { to: u64, bytes: Vec<u8> },
    CopyIn { to: u64, from: usize, bytes: u64 },
    CopyOut { to: usize, from: u64, bytes: u64 },
    Copy { to: u64, from: u64, bytes: u64 },
    Set { to: u64, pattern: Vec<u8>, count: u64 },
    Record { event: Arc<Event>, number: u64 },
    Wait { event: Arc<Event>, number: u64 },
    Callback { run: Callback, stream: u64, data: usize },
    HostFunction { run: HostFunction, data: usize },
}

impl Work {
    /// Whether it can be carried out when it is its turn.
    pub fn is_ready(&self) -> bool {
        match self {
            Work::Wait { event, number } => event.is_done(*number),
            _ => true,
        }
    }

    pub fn carry_out(self, memory: &Memory, broken: Option<u32>) -> Answer {
        let gone = |done: bool, to: u64| -> Answer {
            if done { Ok(()) } else { Err(Problem::new(ILLEGAL_ADDRESS, format!("an asynchronous copy or fill comes to memory that is gone: {}", memory.describe(to)))) }
        };
        match self {
            // After an error nothing but the host's functions and events is carried out.
            Work::Callback { run, stream, data } => super::state::in_callback(|| run(stream as *mut c_void, broken.unwrap_or(0), data as *mut c_void)),
            Work::Record { event, number } => event.come_to(number),
            _ if broken.is_some() => {}
            Work::HostFunction { run, data } => super::state::in_callback(|| run(data as *mut c_void)),
            Work::Wait { .. } => {}
            Work::Launch { program, launch } => {
                let (outcome, printed) = execute(&program, &launch, memory);
                if !printed.is_empty() {
                    let mut out = std::io::stdout().lock();
                    // Nobody can be told if nothing can be printed.
                    let _ = out.write_all(printed.as_bytes()).and_then(|()| out.flush());
                }
                let outcome: Outcome<()> = outcome;
                outcome.map_err(|fault| Problem::new(fault.code, fault.text))?;
            }
            Work::Staged { to, bytes } => gone(memory.write(to, &bytes), to)?,
            Work::CopyIn { to, from, bytes } => gone(memory.copy_in(to, from as *const u8, bytes), to)?,
            Work::CopyOut { to, from, bytes } => gone(memory.copy_out(to as *mut u8, from, bytes), from)?,
            Work::Copy { to, from, bytes } => gone(memory.copy(to, from, bytes), to)?,
            Work::Set { to, pattern, count } => gone(memory.set(to, &pattern, count), to)?,
        }
        Ok(())
    }
}
