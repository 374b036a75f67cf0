//! The devices of this process: which one a thread uses, their contexts, and what waits to be freed.
//!
//! A context is that of the device that all of a process share (the *primary* one), retained when it is first used. Closing it ends a *generation*:
//! what was made in an earlier one is dead, and says so when it is used.

use super::{
    error::{Failure, Result},
    target::{Kind, Place, target},
};
use std::{
    cell::Cell,
    collections::HashMap,
    ffi::c_int,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    thread::ThreadId,
};

/// What is to be given back to the driver.
#[derive(Debug)]
pub enum Dead {
    Memory(Kind, Place, usize),
    Stream(usize),
    Event(usize),
    Module(usize),
}

impl Dead {
    fn bytes(&self) -> usize {
        if let Dead::Memory(_, _, bytes) = self { *bytes } else { 0 }
    }

    fn give_back(&self) -> Result<()> {
        let target = target()?;
        match self {
            Dead::Memory(kind, place, bytes) => target.free(*kind, *place, *bytes),
            Dead::Stream(stream) => target.destroy_stream(*stream),
            Dead::Event(event) => target.destroy_event(*event),
            Dead::Module(module) => target.unload(*module),
        }
    }
}

/// What a launch may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub threads: u32,
    pub block: [u32; 3],
    pub grid: [u32; 3],
    /// Bytes of shared memory of a block: as a rule, and if the kernel is told to.
    pub shared: u32,
    pub most_shared: u32,
    pub capability: (c_int, c_int),
}

#[derive(Default)]
pub struct Device {
    context: AtomicUsize,
    generation: AtomicU64,
    pending: Mutex<Vec<Dead>>,
    deferring: AtomicUsize,
    limits: OnceLock<Limits>,
    memory: OnceLock<usize>,
    meeting: Mutex<Meeting>,
}

/// The words in which the blocks of cooperative launches meet. Launches of one stream come one after the other, so each stream has one.
#[derive(Default)]
struct Meeting {
    generation: u64,
    words: HashMap<(usize, Option<ThreadId>), Place>,
}

const WORD: usize = 4;
/// The handle of the default stream of a thread, which is another one in each.
const PER_THREAD: usize = 2;

/// As many wait at most, and of the device's memory a fifth: freeing waits for the device.
const MOST_PENDING: usize = 10;
const MOST_MEMORY: usize = 5;

static DEVICES: OnceLock<Vec<Device>> = OnceLock::new();
/// Contexts that were closed: other threads may still have them.
static CLOSED: Mutex<Vec<usize>> = Mutex::new(vec![]);

// The device that a thread has selected, for when it has no context.
thread_local!(static SELECTED: Cell<usize> = const { Cell::new(0) });

pub fn devices() -> Result<&'static [Device]> {
    if let Some(devices) = DEVICES.get() {
        return Ok(devices);
    }
    let count = target()?.devices();
    Ok(DEVICES.get_or_init(|| (0..count).map(|_| Device::default()).collect()))
}

pub fn device(number: usize) -> Result<&'static Device> {
    devices()?.get(number).ok_or_else(|| Failure::code("cuDeviceGet", 101))
}

/// The device that this thread uses, with its context current.
#[inline]
pub fn enter() -> Result<usize> {
    let target = target()?;
    if target.driver().is_none() {
        return Ok(0);
    }
    let current = target.current()?;
    let devices = devices()?;
    if current != 0
        && let Some(number) = devices.iter().position(|device| device.context.load(Ordering::Relaxed) == current)
    {
        return Ok(number);
    }
    attach(current)
}

/// `enter` when the thread has no context yet, or one that was made by others.
#[cold]
fn attach(current: usize) -> Result<usize> {
    if current == 0 || CLOSED.lock().unwrap_or_else(PoisonError::into_inner).contains(&current) {
        let number = SELECTED.get();
        select(number)?;
        return Ok(number);
    }
    for number in 0..devices()?.len() {
        if device(number)?.retain(number)? == current {
            return Ok(number);
        }
    }
    Err(Failure::State(format!("zouk cannot operate on non-primary CUDA context {current:x}")))
}

/// From now on this thread uses the device.
pub fn select(number: usize) -> Result<()> {
    let context = device(number)?.retain(number)?;
    SELECTED.set(number);
    target()?.set_current(context)
}

/// Destroys the contexts of all devices, with all that they have.
pub fn close() -> Result<()> {
    let mut first = Ok(());
    for (number, device) in devices()?.iter().enumerate() {
        let closed = device.close(number);
        first = first.and(closed);
    }
    first
}

/// Runs `body` with the context of a device current.
pub fn within<T>(number: usize, body: impl FnOnce() -> Result<T>) -> Result<T> {
    let target = target()?;
    let before = target.current()?;
    let context = device(number)?.context.load(Ordering::Relaxed);
    if before == context {
        return body();
    }
    target.set_current(context)?;
    let result = body();
    target.set_current(before)?;
    result
}

impl Device {
    fn retain(&self, number: usize) -> Result<usize> {
        let known = self.context.load(Ordering::Relaxed);
        if known != 0 {
            return Ok(known);
        }
        let context = target()?.retain(number)?;
        self.context.store(context, Ordering::Relaxed);
        Ok(context)
    }

    /// Ends the generation.
    pub fn close(&self, number: usize) -> Result<()> {
        let (target, context) = (target()?, self.context.load(Ordering::Relaxed));
        if context == 0 && target.driver().is_some() {
            return Ok(());
        }
        let flushed = self.flush(number);
        self.generation.fetch_add(1, Ordering::Relaxed);
        self.context.store(0, Ordering::Relaxed);
        self.pending().clear();
        {
            let mut closed = CLOSED.lock().unwrap_or_else(PoisonError::into_inner);
            if !closed.contains(&context) {
                closed.push(context);
            }
        }
        let is_current = target.current().is_ok_and(|current| current == context);
        let reset = target.reset(number);
        if is_current {
            target.set_current(0)?;
        }
        reset.and(flushed)
    }

    #[inline]
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    fn pending(&self) -> std::sync::MutexGuard<'_, Vec<Dead>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many things wait to be freed.
    pub fn waiting(&self) -> usize {
        self.pending().len()
    }

    /// Nothing is freed while anyone defers.
    pub fn defer(&self, on: bool) {
        if on {
            self.deferring.fetch_add(1, Ordering::Relaxed);
        } else {
            self.deferring.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub fn is_deferring(&self) -> bool {
        self.deferring.load(Ordering::Relaxed) != 0
    }

    /// Frees all that waits; the first failure is told when all have been tried.
    pub fn flush(&self, number: usize) -> Result<()> {
        let mut dead = std::mem::take(&mut *self.pending());
        dead.extend(self.words());
        if dead.is_empty() {
            return Ok(());
        }
        let mut tried = false;
        let flushed = within(number, || {
            tried = true;
            let mut first = Ok(());
            for dead in &dead {
                let freed = dead.give_back();
                first = first.and(freed);
            }
            first
        });
        if !tried {
            // Without the context nothing was freed: another time.
            self.pending().extend(dead);
        }
        flushed
    }

    /// A launch into a stream with the address of its word, in the current context. Meanwhile no word is freed.
    pub fn meet<T>(&self, stream: usize, launch: impl FnOnce(u64) -> Result<T>) -> Result<T> {
        let mut meeting = self.meeting.lock().unwrap_or_else(PoisonError::into_inner);
        if meeting.generation != self.generation() {
            // Those before died with their context.
            *meeting = Meeting { generation: self.generation(), words: HashMap::new() };
        }
        let key = (stream, (stream == PER_THREAD).then(|| std::thread::current().id()));
        if let Some(known) = meeting.words.get(&key) {
            return launch(known.device);
        }
        let target = target()?;
        let place = target.allocate(Kind::Device, WORD)?;
        target.fill(place.device, 0, WORD, Some(stream))?;
        meeting.words.insert(key, place);
        launch(place.device)
    }

    /// All words, to be freed: that waits for the launches that have them.
    fn words(&self) -> Vec<Dead> {
        let mut meeting = self.meeting.lock().unwrap_or_else(PoisonError::into_inner);
        let words = std::mem::take(&mut meeting.words);
        let lives = meeting.generation == self.generation();
        words.into_values().filter(|_| lives).map(|place| Dead::Memory(Kind::Device, place, WORD)).collect()
    }

    /// The word of a stream that is being destroyed: another stream may get the handle while launches of this one still run.
    fn forget_word(&self, stream: usize) -> Option<Place> {
        let mut meeting = self.meeting.lock().unwrap_or_else(PoisonError::into_inner);
        if meeting.generation == self.generation() { meeting.words.remove(&(stream, None)) } else { None }
    }

    fn memory(&self, number: usize) -> usize {
        *self.memory.get_or_init(|| target().and_then(|target| target.total_memory(number)).unwrap_or(usize::MAX))
    }

    pub fn limits(&self, number: usize) -> Result<&Limits> {
        if let Some(limits) = self.limits.get() {
            return Ok(limits);
        }
        let target = target()?;
        let read = |attribute| target.attribute(number, attribute);
        let size = |attribute| read(attribute).map(|value| value as u32);
        let shared = size(8)?;
        let limits = Limits {
            threads: size(1)?,
            block: [size(2)?, size(3)?, size(4)?],
            grid: [size(5)?, size(6)?, size(7)?],
            shared,
            most_shared: size(97)?.max(shared),
            capability: (read(75)?, read(76)?),
        };
        Ok(self.limits.get_or_init(|| limits))
    }
}

/// Gives back what was made in a generation of a device, now or with others.
pub fn retire(number: usize, generation: u64, dead: Dead) {
    let Ok(device) = device(number) else { return };
    let on_cpu = target().is_ok_and(|target| target.driver().is_none());
    if generation != device.generation() {
        // It died with its context; the CPU's memory has none.
        if on_cpu && !matches!(dead, Dead::Module(_)) {
            let _ = dead.give_back();
        }
        return;
    }
    let many = {
        let word = if let Dead::Stream(stream) = dead { device.forget_word(stream) } else { None };
        let mut pending = device.pending();
        pending.extend(word.map(|place| Dead::Memory(Kind::Device, place, WORD)));
        pending.push(dead);
        on_cpu || pending.len() > MOST_PENDING || pending.iter().map(Dead::bytes).sum::<usize>() > device.memory(number) / MOST_MEMORY
    };
    if many && !device.is_deferring() {
        // What cannot be freed is lost: nobody waits for an answer.
        let _ = device.flush(number);
    }
}
