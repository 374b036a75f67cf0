//! Parallel loops of ordinary functions on a GPU: what the runtime asks of it.

use super::{
    context,
    error::{Failure, Raised, Result},
    target::{Configuration, Kind, Place, target},
};
use pyo3::prelude::*;
use std::{
    collections::HashMap,
    ffi::{CStr, c_void},
    sync::{Mutex, PoisonError},
};
use zouk_runtime::offload::{Gpu, set_gpu};

/// Threads of a block.
const BLOCK: i64 = 128;
/// Threads that each multiprocessor has work for.
const THREADS: i64 = 2048;

/// Functions of kernels that are loaded, by device, the generation of its context, and PTX.
struct Loops {
    loaded: Mutex<Option<HashMap<(usize, u64, String), usize>>>,
}

static LOOPS: Loops = Loops { loaded: Mutex::new(None) };

/// With the context of the device that this thread uses; a failure as a text.
fn with_device<T>(work: impl FnOnce(usize) -> Result<T>) -> std::result::Result<T, String> {
    let text = |failure: Failure| failure.text(target().ok().and_then(|target| target.driver()));
    context::enter().and_then(work).map_err(text)
}

impl Loops {
    /// The kernel of a text, loaded where it is not yet.
    fn function(&self, device: usize, ptx: &CStr) -> Result<usize> {
        let text = ptx.to_string_lossy().into_owned();
        let key = (device, context::device(device)?.generation(), text);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = loaded.get_or_insert_default();
        // Modules of a context that was closed went with it.
        known.retain(|(of, generation, _), _| *of != key.0 || *generation == key.1);
        if let Some(function) = known.get(&key) {
            return Ok(*function);
        }
        let (_, function) = target()?.load(&key.2, "zouk_region", &[])?;
        known.insert(key, function);
        Ok(function)
    }
}

impl Gpu for Loops {
    fn threads(&self) -> i64 {
        with_device(|device| Ok(target()?.attribute(device, 16)? as i64 * THREADS)).unwrap_or(1 << 16)
    }

    fn allocate(&self, bytes: usize) -> std::result::Result<u64, String> {
        with_device(|_| Ok(target()?.allocate(Kind::Device, bytes)?.device))
    }

    fn free(&self, address: u64) {
        // The context may be gone, and the memory with it.
        let _ = with_device(|_| target()?.free(Kind::Device, Place { device: address, host: 0 }, 0));
    }

    unsafe fn copy_in(&self, address: u64, from: *const u8, bytes: usize) -> std::result::Result<(), String> {
        with_device(|_| target()?.copy_to_device(address, from as usize, bytes, None))
    }

    unsafe fn copy_out(&self, to: *mut u8, address: u64, bytes: usize) -> std::result::Result<(), String> {
        with_device(|_| target()?.copy_to_host(to as usize, address, bytes, None))
    }

    fn launch(&self, ptx: &CStr, slots: &[u64], threads: i64) -> std::result::Result<(), String> {
        with_device(|device| {
            let function = self.function(device, ptx)?;
            let blocks = threads / BLOCK + (threads % BLOCK != 0) as i64;
            let configuration = Configuration { grid: [blocks as u32, 1, 1], block: [BLOCK as u32, 1, 1], stream: 0, shared: 0 };
            let mut parameters: Vec<*mut c_void> = slots.iter().map(|slot| std::ptr::from_ref(slot) as *mut c_void).collect();
            // SAFETY: the kernel's parameters are the slots.
            unsafe { target()?.launch(function, &configuration, parameters.as_mut_ptr(), false)? };
            target()?.synchronize()
        })
    }
}

/// The GPU that parallel loops may run on, as `sm_80`; None where kernels run on the CPU.
#[pyfunction]
pub fn offload_chip(py: Python) -> PyResult<Option<String>> {
    if target().raised(py)?.driver().is_none() {
        return Ok(None);
    }
    let device = context::enter().raised(py)?;
    let (major, minor) = context::device(device).and_then(|of| of.limits(device)).raised(py)?.capability;
    set_gpu(&LOOPS);
    Ok(Some(format!("sm_{major}{minor}")))
}
