//! Streams: queues of work. What waits for a stream carries its work out itself; a thread in the background does the rest, a little later.
//!
//! So the device is asynchronous for a host that forgets to wait, and costs no hand-over between threads for one that does.

use super::state::{Driver, State};
use super::work::Work;
use super::{Answer, Problem, codes, problem};
use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// Work that nobody waits for begins after this time.
const DELAY: Duration = Duration::from_millis(1);
pub const NON_BLOCKING: u32 = 1;
/// Handles that mean a stream without naming one.
const LEGACY: u64 = 1;
const PER_THREAD: u64 = 2;

pub struct Item {
    order: u64,
    since: Instant,
    work: Work,
}

pub struct Stream {
    pub context: u64,
    pub flags: u32,
    pub priority: i32,
    legacy: bool,
    /// A stream of a thread (`CU_STREAM_PER_THREAD`).
    thread: Option<std::thread::ThreadId>,
    pub queue: VecDeque<Item>,
    /// The order of the work that is being carried out.
    pub running: Option<u64>,
    /// Destroyed, but not empty.
    pub closing: bool,
}

impl Stream {
    pub fn new(context: u64, flags: u32, priority: i32, legacy: bool) -> Stream {
        Stream { context, flags, priority, legacy, thread: None, queue: VecDeque::new(), running: None, closing: false }
    }

    pub fn is_idle(&self) -> bool {
        self.queue.is_empty() && self.running.is_none()
    }

    /// Whether it has work that was submitted before.
    fn has_before(&self, order: u64) -> bool {
        self.running.is_some_and(|running| running < order) || self.queue.front().is_some_and(|item| item.order < order)
    }
}

impl State {
    /// The stream that a handle means in the current context.
    pub fn stream(&mut self, handle: u64) -> Answer<u64> {
        let context = self.current()?;
        let (context, legacy) = (context.handle, context.legacy);
        match handle {
            0 | LEGACY => Ok(legacy),
            PER_THREAD => {
                let thread = std::thread::current().id();
                let known = self.streams.iter().find(|(_, stream)| stream.context == context && stream.thread == Some(thread));
                if let Some((handle, _)) = known {
                    return Ok(*handle);
                }
                let handle = self.handle();
                self.streams.insert(handle, Stream { thread: Some(thread), ..Stream::new(context, 0, 0, false) });
                Ok(handle)
            }
            _ => match self.streams.get(&handle) {
                Some(stream) if stream.closing => problem(codes::INVALID_HANDLE, format!("the stream {handle:#x} was destroyed")),
                Some(stream) if stream.context != context => problem(codes::INVALID_HANDLE, format!("the stream {handle:#x} is one of another context")),
                Some(_) => Ok(handle),
                None => problem(codes::INVALID_HANDLE, format!("{handle:#x} is no stream, or one that was destroyed")),
            },
        }
    }

    pub fn push(&mut self, driver: &Driver, stream: u64, work: Work) {
        self.order += 1;
        let item = Item { order: self.order, since: Instant::now(), work };
        let was_idle = self.streams.values().all(|stream| stream.queue.is_empty());
        if let Some(stream) = self.streams.get_mut(&stream) {
            stream.queue.push_back(item);
        }
        if !self.background {
            self.background = true;
            std::thread::spawn(|| background(super::driver()));
        } else if was_idle {
            driver.submitted.notify_one();
        }
    }

    /// A stream whose first work may begin; `first` is preferred. With `age`, only work that is that old.
    fn runnable(&self, first: Option<u64>, age: Duration) -> Option<u64> {
        let is_runnable = |handle: &u64| {
            let Some(stream) = self.streams.get(handle) else { return false };
            let Some(item) = stream.queue.front() else { return false };
            let allowed = stream.running.is_none() && item.work.is_ready() && (age.is_zero() || item.since.elapsed() >= age);
            allowed && !self.streams.values().any(|other| self.holds_back(stream, other, item.order))
        };
        first.filter(is_runnable).or_else(|| {
            let mut all: Vec<(i32, u64, u64)> = self.streams.iter().filter(|(handle, _)| is_runnable(handle)).map(|(handle, stream)| (stream.priority, stream.queue.front().map_or(0, |item| item.order), *handle)).collect();
            all.sort_unstable();
            all.first().map(|(_, _, handle)| *handle)
        })
    }

    /// The legacy stream and the blocking ones wait for each other.
    fn holds_back(&self, stream: &Stream, other: &Stream, order: u64) -> bool {
        let blocking = |stream: &Stream| stream.flags & NON_BLOCKING == 0;
        let related = stream.context == other.context && ((stream.legacy && !other.legacy && blocking(other)) || (other.legacy && !stream.legacy && blocking(stream)));
        related && other.has_before(order)
    }

    pub fn is_idle(&self, context: u64) -> bool {
        self.streams.values().filter(|stream| stream.context == context).all(Stream::is_idle)
    }
}

impl Driver {
    /// Carries out the first work of a stream. The lock is free meanwhile.
    fn step(&self, mut state: std::sync::MutexGuard<'_, State>, handle: u64) {
        let Some(stream) = state.streams.get_mut(&handle) else { return };
        let context = stream.context;
        let Some(item) = stream.queue.pop_front() else { return };
        stream.running = Some(item.order);
        let broken = state.contexts.get(&context).and_then(|context| context.broken.as_ref()).map(|broken| broken.code);
        drop(state);
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| item.work.carry_out(&self.memory, broken)));
        let done = done.unwrap_or_else(|_| problem(codes::UNKNOWN, "the stand-in failed while it executed work of a stream"));
        let mut state = self.state();
        if let Err(found) = done
            && let Some(context) = state.contexts.get_mut(&context)
        {
            context.broken.get_or_insert(found);
        }
        if let Some(stream) = state.streams.get_mut(&handle) {
            stream.running = None;
            if stream.closing && stream.queue.is_empty() {
                state.streams.remove(&handle);
            }
        }
        self.changed.notify_all();
    }

    /// Carries out work until `done` holds.
    pub fn drain(&self, first: Option<u64>, done: impl Fn(&State) -> bool) -> Answer {
        loop {
            let state = self.state();
            if done(&state) {
                return Ok(());
            }
            if let Some(handle) = state.runnable(first, Duration::ZERO) {
                self.step(state, handle);
            } else if state.streams.values().any(|stream| stream.running.is_some()) {
                drop(self.wait(state, &self.changed, Duration::from_millis(10)));
            } else {
                return problem(codes::UNKNOWN, "work waits for an event that can never come");
            }
        }
    }

    /// Waits for a stream; the error of a kernel, if there was one.
    pub fn synchronise(&self, stream: u64) -> Answer {
        self.drain(Some(stream), |state| state.streams.get(&stream).is_none_or(Stream::is_idle))?;
        self.state().current().map(|_| ())
    }

    /// Waits for all of the current context.
    pub fn synchronise_context(&self) -> Answer {
        let context = self.state().current()?.handle;
        self.drain(None, |state| state.is_idle(context))?;
        self.state().current().map(|_| ())
    }
}

/// Carries out what nobody waits for.
fn background(driver: &'static Driver) {
    loop {
        let state = driver.state();
        if !state.held && state.streams.values().all(|stream| stream.queue.is_empty()) {
            drop(driver.wait(state, &driver.submitted, Duration::from_secs(3600)));
            std::thread::sleep(DELAY);
            continue;
        }
        match state.runnable(None, DELAY).filter(|_| !state.held) {
            Some(handle) => driver.step(state, handle),
            None => {
                drop(state);
                std::thread::sleep(DELAY / 2);
            }
        }
    }
}

/// What was found for a handle that is no object.
pub fn no_handle(what: &str, handle: u64) -> Problem {
    Problem::new(codes::INVALID_HANDLE, format!("{handle:#x} is no {what}, or one that is gone"))
}
