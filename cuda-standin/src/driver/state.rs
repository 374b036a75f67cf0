//! All that the driver remembers, behind one lock.

use super::device::{MULTIPROCESSORS, Model};
use super::events::Event;
use super::linker::Linker;
use super::modules::{Function, LoadedModule};
use super::streams::Stream;
use super::{Answer, codes, problem};
use crate::memory::Memory;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock};
use std::time::Duration;

/// Addresses for device memory: more than there is memory, so that freed ones come back late.
const ADDRESSES: u64 = 256 << 30;
pub const STACK_SIZE: u64 = 1024;

/// The primary context of a device, while it is retained.
#[derive(Debug)]
pub struct Context {
    pub handle: u64,
    pub device: usize,
    pub retained: u32,
    pub flags: u32,
    /// An error of a kernel: every later call returns it.
    pub broken: Option<super::Problem>,
    pub limits: [u64; 8],
    /// The stream that all others wait for.
    pub legacy: u64,
    /// The contexts whose memory this one may use.
    pub peers: Vec<u64>,
}

pub struct State {
    pub initialised: bool,
    pub model: Model,
    pub devices: usize,
    pub contexts: BTreeMap<u64, Context>,
    pub streams: BTreeMap<u64, Stream>,
    pub events: BTreeMap<u64, Arc<Event>>,
    pub modules: BTreeMap<u64, LoadedModule>,
    pub functions: BTreeMap<u64, Function>,
    pub linkers: BTreeMap<u64, Linker>,
    /// Memory opened from handles: how often.
    pub shared_memory: BTreeMap<u64, u32>,
    next_handle: u64,
    /// Of work, in the order of its submission.
    pub order: u64,
    pub launches: u64,
    pub execute: bool,
    pub time_limit: Duration,
    pub background: bool,
    /// The background thread does nothing: work is done when somebody waits for it.
    pub held: bool,
}

impl Default for State {
    fn default() -> State {
        State {
            initialised: false,
            model: Model { major: 8, minor: 0 },
            devices: 1,
            contexts: BTreeMap::new(),
            streams: BTreeMap::new(),
            events: BTreeMap::new(),
            modules: BTreeMap::new(),
            functions: BTreeMap::new(),
            linkers: BTreeMap::new(),
            shared_memory: BTreeMap::new(),
            // Handles look like pointers that nothing is at.
            next_handle: 0x5a5a_0000_0000,
            order: 0,
            launches: 0,
            execute: true,
            time_limit: Duration::from_secs(60),
            background: false,
            held: false,
        }
    }
}

pub struct Driver {
    pub memory: Memory,
    state: Mutex<State>,
    /// Work was finished.
    pub changed: Condvar,
    /// Work was submitted while the background thread had none.
    pub submitted: Condvar,
}

pub fn driver() -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(|| Driver { memory: Memory::reserve(ADDRESSES), state: Mutex::default(), changed: Condvar::new(), submitted: Condvar::new() })
}

thread_local! {
    /// Contexts of this thread, the current one last.
    static CONTEXTS: RefCell<Vec<u64>> = const { RefCell::new(Vec::new()) };
    /// A host function of a stream is running: it may not call the driver.
    static IN_CALLBACK: RefCell<bool> = const { RefCell::new(false) };
}

impl Driver {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    pub fn wait<'a>(&self, state: MutexGuard<'a, State>, condition: &Condvar, time: Duration) -> MutexGuard<'a, State> {
        condition.wait_timeout(state, time).unwrap_or_else(|poisoned| poisoned.into_inner()).0
    }

    /// As it was when the library was loaded; nothing is alive any more.
    pub fn reset(&self) {
        loop {
            let mut state = self.state();
            state.streams.values_mut().for_each(|stream| stream.queue.clear());
            if state.streams.values().any(|stream| stream.running.is_some()) {
                drop(self.wait(state, &self.changed, Duration::from_millis(1)));
                continue;
            }
            let contexts: Vec<u64> = state.contexts.keys().copied().collect();
            for context in contexts {
                self.destroy(&mut state, context);
            }
            for allocation in self.memory.live(|_| true) {
                super::storage::release(&self.memory, allocation.address);
            }
            let background = state.background;
            let next_handle = state.next_handle;
            *state = State { background, next_handle, ..State::default() };
            break;
        }
        CONTEXTS.with_borrow_mut(Vec::clear);
    }

    /// Ends a context and all that belongs to it.
    pub fn destroy(&self, state: &mut State, context: u64) {
        let Some(ended) = state.contexts.remove(&context) else { return };
        state.streams.retain(|_, stream| stream.context != context);
        state.events.retain(|_, event| event.context != context);
        let modules: Vec<u64> = state.modules.iter().filter(|(_, module)| module.context == context).map(|(handle, _)| *handle).collect();
        for module in modules {
            super::modules::unload(&self.memory, state, module);
        }
        state.linkers.retain(|_, linker| linker.context != context);
        for allocation in self.memory.live(|allocation| allocation.device == ended.device) {
            super::storage::release(&self.memory, allocation.address);
        }
    }
}

impl State {
    pub fn handle(&mut self) -> u64 {
        self.next_handle += 64;
        self.next_handle
    }

    pub fn check_initialised(&self) -> Answer {
        if self.initialised { Ok(()) } else { problem(codes::NOT_INITIALIZED, "cuInit was not called") }
    }

    pub fn check_device(&self, device: i32) -> Answer<usize> {
        self.check_initialised()?;
        usize::try_from(device).ok().filter(|device| *device < self.devices).ok_or_else(|| super::Problem::new(codes::INVALID_DEVICE, format!("there is no device {device}: there are {}", self.devices)))
    }

    /// The context of a device, if it is retained.
    pub fn primary(&mut self, device: usize) -> Option<&mut Context> {
        self.contexts.values_mut().find(|context| context.device == device)
    }

    pub fn new_context(&mut self, device: usize) -> u64 {
        let handle = self.handle();
        let legacy = self.handle();
        self.streams.insert(legacy, Stream::new(handle, 0, 0, true));
        let limits = [STACK_SIZE, 1 << 20, 8 << 20, 2, 2048, 128, 0, 0];
        self.contexts.insert(handle, Context { handle, device, retained: 0, flags: 0, broken: None, limits, legacy, peers: vec![] });
        handle
    }

    /// The current context, which must be usable.
    pub fn current(&self) -> Answer<&Context> {
        self.check_initialised()?;
        if IN_CALLBACK.with_borrow(|inside| *inside) {
            return problem(codes::NOT_PERMITTED, "a host function of a stream calls the driver");
        }
        let Some(handle) = current_handle() else { return problem(codes::INVALID_CONTEXT, "no context is current in this thread") };
        let Some(context) = self.contexts.get(&handle) else { return problem(codes::CONTEXT_IS_DESTROYED, "the context that is current in this thread was destroyed") };
        match &context.broken {
            Some(broken) => Err(broken.clone()),
            None => Ok(context),
        }
    }

    pub fn multiprocessors(&self) -> u32 {
        MULTIPROCESSORS
    }
}

pub fn current_handle() -> Option<u64> {
    CONTEXTS.with_borrow(|contexts| contexts.last().copied()).filter(|handle| *handle != 0)
}

/// Changes the stack of contexts of this thread.
pub fn contexts<R>(change: impl FnOnce(&mut Vec<u64>) -> R) -> R {
    CONTEXTS.with_borrow_mut(change)
}

/// Runs a host function of a stream.
pub fn in_callback(run: impl FnOnce()) {
    IN_CALLBACK.with_borrow_mut(|inside| *inside = true);
    run();
    IN_CALLBACK.with_borrow_mut(|inside| *inside = false);
}
