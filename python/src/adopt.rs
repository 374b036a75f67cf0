//! Python objects whose arrays compiled code keeps beyond the call: fields of instances own them through a block.
//!
//! Compiled code may run without the GIL, and on other threads. What it does to reference counts there waits until a thread that
//! has the GIL comes by; until then the arguments of the call keep their objects alive.

use pyo3::ffi;
use std::{
    cell::RefCell,
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering::*},
    },
};
use zouk_runtime::memory::{self, Block};

/// Objects, and by how much their counts are still to change.
static WAITING: Mutex<Vec<(usize, bool)>> = Mutex::new(vec![]);
static ANY: AtomicBool = AtomicBool::new(false);

pub fn install() {
    memory::set_adopter(adopt);
}

thread_local!(static HELD: RefCell<Option<Waiting>> = const { RefCell::new(None) });

type Waiting = MutexGuard<'static, Vec<(usize, bool)>>;

fn waiting() -> Waiting {
    WAITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Has the lock free in children of `fork`: the thread that makes one holds it meanwhile.
pub fn survive_forks() {
    unsafe extern "C" fn hold() {
        let _ = HELD.try_with(|held| *held.borrow_mut() = Some(waiting()));
    }
    unsafe extern "C" fn let_go() {
        let _ = HELD.try_with(|held| held.take());
    }
    // SAFETY: the handlers take and give back a lock, whose holders wait for nothing.
    unsafe { libc::pthread_atfork(Some(hold), Some(let_go), Some(let_go)) };
}

/// The block that keeps a borrowed object alive.
unsafe fn adopt(owner: u64) -> *mut Block {
    let object = (owner & !1) as usize;
    let block = memory::adopt(object as *mut (), give_back);
    // Without memory for a block the object is never given back: the field points into it.
    // SAFETY: the object is alive, as an argument of the call.
    unsafe { count(object, true) };
    block
}

unsafe fn give_back(object: *mut ()) {
    // SAFETY: the block had a reference, or will have had one.
    unsafe { count(object as usize, false) }
}

/// The object that a block keeps alive, if it is one of ours.
///
/// # Safety
/// `owner` is that of an array.
pub unsafe fn adopted(owner: u64) -> Option<*mut ffi::PyObject> {
    if owner == 0 || owner & 1 == 1 {
        return None;
    }
    // SAFETY: an even owner is a live block.
    unsafe { (*(owner as usize as *mut Block)).payload_of(give_back).map(|object| object.cast()) }
}

unsafe fn count(object: usize, more: bool) {
    // SAFETY: asked of the interpreter, which is there: objects are.
    unsafe {
        if ffi::PyGILState_Check() == 0 {
            waiting().push((object, more));
            ANY.store(true, Release);
        } else if more {
            ffi::Py_INCREF(object as *mut ffi::PyObject);
        } else {
            ffi::Py_DECREF(object as *mut ffi::PyObject);
        }
    }
}

/// Counts what has waited for the GIL.
///
/// # Safety
/// The GIL is held, and the arguments of the call that has just ended are alive.
#[inline]
pub unsafe fn settle() {
    if ANY.load(Acquire) {
        // SAFETY: the caller's promise.
        unsafe { settle_waiting() };
    }
}

#[cold]
unsafe fn settle_waiting() {
    ANY.store(false, Release);
    let mut waiting = std::mem::take(&mut *waiting());
    // References first: nothing may die that is still to be kept.
    waiting.sort_by_key(|(_, more)| !more);
    for (object, more) in waiting {
        // SAFETY: as above.
        unsafe {
            match more {
                true => ffi::Py_INCREF(object as *mut ffi::PyObject),
                false => ffi::Py_DECREF(object as *mut ffi::PyObject),
            }
        }
    }
}
