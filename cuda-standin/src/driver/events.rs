//! Events: marks in streams, with the time when they were come to.

use super::state::State;
use super::{Answer, codes, problem};
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

pub const BLOCKING_SYNC: u32 = 1;
pub const DISABLE_TIMING: u32 = 2;
pub const INTERPROCESS: u32 = 4;

#[derive(Debug)]
pub struct Event {
    pub context: u64,
    pub flags: u32,
    /// How often it was put into a stream, and which of these were come to last.
    recorded: AtomicU64,
    done: AtomicU64,
    time: Mutex<Option<Instant>>,
}

impl Event {
    pub fn new(context: u64, flags: u32) -> Event {
        Event { context, flags, recorded: AtomicU64::new(0), done: AtomicU64::new(0), time: Mutex::new(None) }
    }

    /// A new record; its number.
    pub fn record(&self) -> u64 {
        self.recorded.fetch_add(1, Ordering::AcqRel) + 1
    }

    pub fn come_to(&self, number: u64) {
        if let Ok(mut time) = self.time.lock() {
            *time = Some(Instant::now());
        }
        self.done.fetch_max(number, Ordering::AcqRel);
    }

    pub fn last(&self) -> u64 {
        self.recorded.load(Ordering::Acquire)
    }

    pub fn is_done(&self, number: u64) -> bool {
        self.done.load(Ordering::Acquire) >= number
    }

    /// Milliseconds from one to another.
    pub fn elapsed(&self, end: &Event) -> Answer<f32> {
        if (self.flags | end.flags) & DISABLE_TIMING != 0 {
            return problem(codes::INVALID_HANDLE, "an event was created without timing");
        }
        if self.last() == 0 || end.last() == 0 {
            return problem(codes::INVALID_HANDLE, "an event was never recorded");
        }
        if !self.is_done(self.last()) || !end.is_done(end.last()) {
            return problem(codes::NOT_READY, "an event was not come to yet");
        }
        let time = |event: &Event| event.time.lock().ok().and_then(|time| *time);
        let (Some(start), Some(end)) = (time(self), time(end)) else { return problem(codes::INVALID_HANDLE, "an event has no time") };
        let milliseconds = if end >= start { (end - start).as_secs_f64() } else { -(start - end).as_secs_f64() } * 1e3;
        Ok(milliseconds as f32)
    }
}

impl State {
    pub fn event(&self, handle: u64) -> Answer<Arc<Event>> {
        self.current()?;
        self.events.get(&handle).cloned().ok_or_else(|| super::Problem::new(codes::INVALID_HANDLE, format!("{handle:#x} is no event, or one that was destroyed")))
    }
}
