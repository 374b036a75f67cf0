//! Where kernels run: on a GPU through its driver, or on the CPU, which is a device with memory of its own. Which one is settled when it is first needed.

use super::{
    cpu::Cpu,
    driver::{Functions, IpcHandle},
    error::{Failure, Result},
    gpu::Gpu,
};
use std::{
    ffi::{c_int, c_void},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// What an allocation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Device,
    /// Of the host, with flags of `cuMemHostAlloc`: 1 portable, 2 mapped, 4 write-combined.
    Host(u32),
    /// Of both; whether any stream may reach it.
    Managed { global: bool },
    /// The program's memory, told to the driver; whether devices see it.
    Registered { mapped: bool },
    /// Memory of another process.
    Ipc,
    /// Memory that something else owns.
    External,
}

/// An allocation: its addresses for kernels and for the host, 0 where it has none.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub device: u64,
    pub host: usize,
}

/// Grid and block, stream, bytes of dynamic shared memory.
#[derive(Clone, Copy, Debug)]
pub struct Configuration {
    pub grid: [u32; 3],
    pub block: [u32; 3],
    pub stream: usize,
    pub shared: u32,
}

/// What a callback of a stream is: called once, on any thread.
pub type Task = Box<dyn FnOnce(c_int) + Send>;

/// A device's side of everything. A stream is a handle, 0 the default one; no stream where a call waits for the end.
pub trait Target: Send + Sync {
    fn driver(&self) -> Option<&Functions>;
    fn devices(&self) -> usize;
    fn driver_version(&self) -> Result<c_int>;
    fn name(&self, device: usize) -> Result<String>;
    fn uuid(&self, device: usize) -> Result<[u8; 16]>;
    fn attribute(&self, device: usize, attribute: c_int) -> Result<c_int>;
    fn total_memory(&self, device: usize) -> Result<usize>;
    fn can_access_peer(&self, device: usize, other: usize) -> Result<bool>;
    /// Lets the current context use the memory of another one.
    fn enable_peer_access(&self, context: usize, flags: u32) -> Result<()>;
    /// The context of a device that its users share.
    fn retain(&self, device: usize) -> Result<usize>;
    /// Destroys it, with all that it has.
    fn reset(&self, device: usize) -> Result<()>;
    fn current(&self) -> Result<usize>;
    fn set_current(&self, context: usize) -> Result<()>;
    fn synchronize(&self) -> Result<()>;
    fn memory_info(&self) -> Result<(usize, usize)>;
    fn allocate(&self, kind: Kind, bytes: usize) -> Result<Place>;
    fn register(&self, host: usize, bytes: usize, mapped: bool) -> Result<Place>;
    fn free(&self, kind: Kind, place: Place, bytes: usize) -> Result<()>;
    fn copy_to_device(&self, to: u64, from: usize, bytes: usize, stream: Option<usize>) -> Result<()>;
    fn copy_to_host(&self, to: usize, from: u64, bytes: usize, stream: Option<usize>) -> Result<()>;
    fn copy_on_device(&self, to: u64, from: u64, bytes: usize, stream: Option<usize>) -> Result<()>;
    fn fill(&self, to: u64, byte: u8, bytes: usize, stream: Option<usize>) -> Result<()>;
    fn create_stream(&self) -> Result<usize>;
    fn destroy_stream(&self, stream: usize) -> Result<()>;
    fn synchronize_stream(&self, stream: usize) -> Result<()>;
    fn is_stream_done(&self, stream: usize) -> Result<bool>;
    fn add_callback(&self, stream: usize, task: Task) -> Result<()>;
    fn create_event(&self, timing: bool) -> Result<usize>;
    fn destroy_event(&self, event: usize) -> Result<()>;
    fn record(&self, event: usize, stream: usize) -> Result<()>;
    fn is_event_done(&self, event: usize) -> Result<bool>;
    fn synchronize_event(&self, event: usize) -> Result<()>;
    fn wait(&self, event: usize, stream: usize) -> Result<()>;
    /// Milliseconds.
    fn elapsed(&self, start: usize, end: usize) -> Result<f32>;
    fn ipc_handle(&self, address: u64) -> Result<IpcHandle>;
    fn open_ipc(&self, handle: IpcHandle) -> Result<u64>;
    fn profile(&self, on: bool) -> Result<()>;
    /// Loads a module; gives it and the kernel in it. `links` are further inputs of the linker: their kinds and contents.
    fn load(&self, ptx: &str, entry: &str, links: &[(c_int, Vec<u8>)]) -> Result<(usize, usize)>;
    fn unload(&self, module: usize) -> Result<()>;
    fn global(&self, module: usize, name: &str) -> Result<Option<(u64, usize)>>;
    fn function_attribute(&self, function: usize, attribute: c_int) -> Result<c_int>;
    fn set_function_attribute(&self, function: usize, attribute: c_int, value: c_int) -> Result<()>;
    fn active_blocks(&self, function: usize, block: c_int, shared: usize) -> Result<c_int>;
    /// The size of a block that keeps a device busiest.
    fn best_block(&self, function: usize, shared: usize, limit: c_int) -> Result<c_int>;
    /// # Safety
    /// `parameters` has the address of each parameter of the kernel.
    unsafe fn launch(&self, function: usize, configuration: &Configuration, parameters: *mut *mut c_void, cooperative: bool) -> Result<()>;
}

static GPU: OnceLock<Result<Gpu>> = OnceLock::new();
static CPU: Cpu = Cpu::new();
static TARGET: OnceLock<Result<&'static dyn Target>> = OnceLock::new();
/// The process that the driver was initialised in.
static PROCESS: AtomicU32 = AtomicU32::new(0);

/// The GPU's driver, if there is a device that it can use.
pub fn gpu() -> &'static Result<Gpu> {
    GPU.get_or_init(|| {
        PROCESS.store(std::process::id(), Ordering::Relaxed);
        Gpu::load()
    })
}

/// Whether this is a child of the process that initialised the driver.
pub fn is_forked() -> bool {
    PROCESS.load(Ordering::Relaxed) != std::process::id()
}

fn choose() -> Result<&'static dyn Target> {
    let wanted = std::env::var("ZOUK_CUDA_TARGET").unwrap_or_default();
    let named = std::env::var_os("ZOUK_CUDA_DRIVER").is_some_and(|name| !name.is_empty());
    match wanted.as_str() {
        "cpu" => Ok(&CPU),
        "" if !named => Ok(gpu().as_ref().map_or(&CPU as &dyn Target, |gpu| gpu)),
        // What the program asks for by name it gets, or an error.
        "" | "cuda" => gpu().as_ref().map(|gpu| gpu as &dyn Target).map_err(Clone::clone),
        other => Err(Failure::Unusable(format!("ZOUK_CUDA_TARGET is 'cuda' or 'cpu', not '{other}'"))),
    }
}

pub fn target() -> Result<&'static dyn Target> {
    TARGET.get_or_init(choose).as_ref().copied().map_err(Clone::clone)
}

/// The driver's functions, where kernels run on a GPU.
pub fn driver() -> Option<&'static Functions> {
    TARGET.get()?.as_ref().ok()?.driver()
}

/// Whether kernels run on the CPU: known once something has been asked of the target.
#[inline]
pub fn is_cpu() -> bool {
    TARGET.get().is_some_and(|target| target.as_ref().is_ok_and(|target| target.driver().is_none()))
}
