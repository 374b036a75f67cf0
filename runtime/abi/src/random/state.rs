//! The generators that belong to a thread: that of `numpy.random`, and that of Python's `random`.
//!
//! Each is seeded by the operating system when it is first asked for. Compiled code asks once and keeps the address, which is good
//! while the thread lives: code that runs in several threads must ask in each.

use super::binomial::Binomial;
use super::mt19937::Mt19937;
use super::source::Source;
use std::cell::UnsafeCell;
use std::sync::Once;

/// `RandomState`: normal numbers come in pairs, the second of which is kept.
pub struct Legacy {
    pub bits: Mt19937,
    pub gauss: Option<f64>,
    /// What the last binomial numbers were drawn by.
    pub binomial: Option<Binomial>,
}

/// `random.Random`.
pub struct Python {
    pub bits: Mt19937,
    pub gauss: Option<f64>,
}

impl Source for Legacy {
    #[inline]
    fn next_u32(&mut self) -> u32 {
        self.bits.next_u32()
    }
    #[inline]
    fn next_u64(&mut self) -> u64 {
        self.bits.next_u64()
    }
    #[inline]
    fn next_double(&mut self) -> f64 {
        self.bits.next_double()
    }
}

impl Legacy {
    fn new(bits: Mt19937) -> Self {
        Legacy { bits, gauss: None, binomial: None }
    }
}

thread_local! {
    static LEGACY: Box<UnsafeCell<Legacy>> = Box::new(UnsafeCell::new(Legacy::new(unpredictable())));
    static PYTHON: Box<UnsafeCell<Python>> = {
        FORKS.call_once(|| {
            // SAFETY: the handler may run in any child.
            unsafe { libc::pthread_atfork(None, None, Some(after_fork)) };
        });
        Box::new(UnsafeCell::new(Python::new()))
    };
}

static FORKS: Once = Once::new();

/// In a child that `fork` has made: `random` starts anew there, as Python's does, and `numpy.random` goes on, as NumPy's does.
extern "C" fn after_fork() {
    // SAFETY: no compiled code runs in this thread.
    let _ = PYTHON.try_with(|state| unsafe { *state.get() = Python::new() });
}

impl Python {
    fn new() -> Self {
        Python { bits: unpredictable(), gauss: None }
    }
}

fn unpredictable() -> Mt19937 {
    let mut seeds = [0u32; 16];
    // SAFETY: the array has that many bytes.
    let failed = unsafe { libc::getentropy(seeds.as_mut_ptr().cast(), size_of_val(&seeds)) } != 0;
    if failed {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        (seeds[0], seeds[1], seeds[2]) = (now.subsec_nanos(), now.as_secs() as u32, &raw const seeds as usize as u32);
    }
    Mt19937::by_array(&seeds)
}

/// This thread's generator of `numpy.random`.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_random_legacy_state() -> *mut Legacy {
    // A thread that is ending has lost its own.
    LEGACY.try_with(|state| state.get()).unwrap_or_else(|_| Box::into_raw(Box::new(Legacy::new(unpredictable()))))
}

/// This thread's generator of `random`.
#[unsafe(no_mangle)]
pub extern "C" fn zouk_random_python_state() -> *mut Python {
    PYTHON.try_with(|state| state.get()).unwrap_or_else(|_| Box::into_raw(Box::new(Python::new())))
}

/// `numpy.random.seed(seed)`.
///
/// # Safety
/// `state` is of `zouk_random_legacy_state` in this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_random_legacy_seed(state: *mut Legacy, seed: i64) {
    // SAFETY: the caller's promise.
    unsafe { *state = Legacy::new(Mt19937::new(seed as u32)) }
}

/// `numpy.random.seed()`.
///
/// # Safety
/// As of `zouk_random_legacy_seed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_random_legacy_reseed(state: *mut Legacy) {
    // SAFETY: the caller's promise.
    unsafe { *state = Legacy::new(unpredictable()) }
}

/// `random.seed(seed)`, by the size of the integer.
///
/// # Safety
/// `state` is of `zouk_random_python_state` in this thread.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_random_python_seed(state: *mut Python, size: u64) {
    // SAFETY: the caller's promise.
    unsafe { *state = Python { bits: Mt19937::by_size(size), gauss: None } }
}

/// `random.seed()`.
///
/// # Safety
/// As of `zouk_random_python_seed`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn zouk_random_python_reseed(state: *mut Python) {
    // SAFETY: the caller's promise.
    unsafe { *state = Python::new() }
}

pub fn table() -> Vec<(&'static str, usize)> {
    vec![
        ("zouk_random_legacy_state", zouk_random_legacy_state as *const () as usize),
        ("zouk_random_legacy_seed", zouk_random_legacy_seed as *const () as usize),
        ("zouk_random_legacy_reseed", zouk_random_legacy_reseed as *const () as usize),
        ("zouk_random_python_state", zouk_random_python_state as *const () as usize),
        ("zouk_random_python_seed", zouk_random_python_seed as *const () as usize),
        ("zouk_random_python_reseed", zouk_random_python_reseed as *const () as usize),
    ]
}
