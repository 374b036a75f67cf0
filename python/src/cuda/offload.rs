//! Parallel loops of ordinary functions on a GPU: what the runtime asks of it.

use super::{
    context, failures,
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

/// Functions of kernels that are loaded, by device, the generation of its context, and PTX; small blocks of memory.
struct Loops {
    loaded: Mutex<Option<HashMap<(usize, u64, String), Loaded>>>,
    blocks: Mutex<Option<Blocks>>,
    /// Held from the launch of a checked kernel until it is known whether it has failed: its launches share one place for that.
    checking: Mutex<()>,
}

#[derive(Clone, Copy)]
struct Loaded {
    function: usize,
    /// Where a thread that raises says so, in a checked kernel.
    error: Option<u64>,
}

static LOOPS: Loops = Loops { loaded: Mutex::new(None), blocks: Mutex::new(None), checking: Mutex::new(()) };

/// Small blocks are kept for the next loop: what the chunks of a reduction come to needs some at every launch, and the driver's own freeing waits for the device.
#[derive(Default)]
struct Blocks {
    /// Device, generation and size of those in use, by address.
    used: HashMap<u64, (usize, u64, usize)>,
    /// Device, generation, size and address of those kept.
    kept: Vec<(usize, u64, usize, u64)>,
}

/// Bytes of a block that is kept at most; they come in powers of two.
const SMALL: usize = 1 << 20;
const LEAST: usize = 256;
const MOST_KEPT: usize = 32;

impl Loops {
    fn blocks<T>(&self, with: impl FnOnce(&mut Blocks) -> T) -> T {
        with(self.blocks.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_default())
    }
}

/// Gives the kept blocks of the current device back to the driver.
pub fn flush(device: usize) -> Result<()> {
    let generation = context::device(device)?.generation();
    let kept = LOOPS.blocks(|blocks| {
        let (mine, others) = std::mem::take(&mut blocks.kept).into_iter().partition(|(of, ..)| *of == device);
        blocks.kept = others;
        let mine: Vec<(usize, u64, usize, u64)> = mine;
        mine
    });
    // Those of a context that was closed went with it.
    kept.into_iter().filter(|(_, of, ..)| *of == generation).try_for_each(|(.., address)| target()?.free(Kind::Device, Place { device: address, host: 0 }, 0))
}

/// With the context of the device that this thread uses; a failure as a text.
fn with_device<T>(work: impl FnOnce(usize) -> Result<T>) -> std::result::Result<T, String> {
    let text = |failure: Failure| failure.text(target().ok().and_then(|target| target.driver()));
    context::enter().and_then(work).map_err(text)
}

impl Loops {
    /// The kernel of a text, loaded where it is not yet.
    fn function(&self, device: usize, ptx: &CStr, checked: bool) -> Result<Loaded> {
        let text = ptx.to_string_lossy().into_owned();
        let key = (device, context::device(device)?.generation(), text);
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let known = loaded.get_or_insert_default();
        // Modules of a context that was closed went with it.
        known.retain(|(of, generation, _), _| *of != key.0 || *generation == key.1);
        if let Some(function) = known.get(&key) {
            return Ok(*function);
        }
        let (module, function) = target()?.load(&key.2, "zouk_region", &[])?;
        let error = if checked { target()?.global(module, failures::ERROR)?.map(|(address, _)| address) } else { None };
        let made = Loaded { function, error };
        known.insert(key, made);
        Ok(made)
    }
}

impl Gpu for Loops {
    fn threads(&self) -> i64 {
        with_device(|device| Ok(target()?.attribute(device, 16)? as i64 * THREADS)).unwrap_or(1 << 16)
    }

    fn allocate(&self, bytes: usize) -> std::result::Result<u64, String> {
        with_device(|device| {
            if bytes > SMALL {
                return Ok(target()?.allocate(Kind::Device, bytes)?.device);
            }
            let (size, generation) = (bytes.next_power_of_two().max(LEAST), context::device(device)?.generation());
            let known = self.blocks(|blocks| {
                let place = blocks.kept.iter().position(|(of, made, room, _)| (*of, *made, *room) == (device, generation, size))?;
                Some(blocks.kept.swap_remove(place).3)
            });
            let address = known.map_or_else(|| Ok(target()?.allocate(Kind::Device, size)?.device), Ok)?;
            self.blocks(|blocks| blocks.used.insert(address, (device, generation, size)));
            Ok(address)
        })
    }

    fn free(&self, address: u64) {
        // The context may be gone, and the memory with it.
        let _ = with_device(|_| {
            if let Some((device, generation, size)) = self.blocks(|blocks| blocks.used.remove(&address)) {
                let lives = context::device(device)?.generation() == generation;
                let keeps = self.blocks(|blocks| {
                    let room = lives && blocks.kept.len() < MOST_KEPT;
                    blocks.kept.extend(room.then_some((device, generation, size, address)));
                    room
                });
                if keeps || !lives {
                    return Ok(());
                }
            }
            target()?.free(Kind::Device, Place { device: address, host: 0 }, 0)
        });
    }

    unsafe fn copy_in(&self, address: u64, from: *const u8, bytes: usize) -> std::result::Result<(), String> {
        with_device(|_| target()?.copy_to_device(address, from as usize, bytes, None))
    }

    unsafe fn copy_out(&self, to: *mut u8, address: u64, bytes: usize) -> std::result::Result<(), String> {
        with_device(|_| target()?.copy_to_host(to as usize, address, bytes, None))
    }

    fn copy_there(&self, to: u64, from: u64, bytes: usize) -> std::result::Result<(), String> {
        with_device(|_| target()?.copy_on_device(to, from, bytes, None))
    }

    fn launch(&self, ptx: &CStr, slots: &[u64], threads: i64, checked: bool) -> std::result::Result<bool, String> {
        with_device(|device| {
            let Loaded { function, error } = self.function(device, ptx, checked)?;
            let blocks = threads / BLOCK + (threads % BLOCK != 0) as i64;
            let configuration = Configuration { grid: [blocks as u32, 1, 1], block: [BLOCK as u32, 1, 1], stream: 0, shared: 0 };
            let mut parameters: Vec<*mut c_void> = slots.iter().map(|slot| std::ptr::from_ref(slot) as *mut c_void).collect();
            let _checking = error.map(|_| self.checking.lock().unwrap_or_else(PoisonError::into_inner));
            // SAFETY: the kernel's parameters are the slots.
            unsafe { target()?.launch(function, &configuration, parameters.as_mut_ptr(), false)? };
            target()?.synchronize()?;
            let Some(error) = error else { return Ok(false) };
            let failed = failures::read(target()?, error, 0)?.number != 0;
            if failed {
                failures::clear(target()?, error, 0)?;
            }
            Ok(failed)
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
