//! The target of the CPU: one device, whose memory is the process's, but its own: transfers copy. Streams run at once, events have times.

use super::{
    driver::{Functions, IpcHandle},
    error::{Failure, INVALID_VALUE, OUT_OF_MEMORY, Result},
    target::{Configuration, Kind, Place, Target, Task},
};
use std::{
    alloc::{Layout, alloc, dealloc},
    ffi::{c_int, c_void},
    ptr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

pub struct Cpu {
    /// Allocations that are not freed.
    live: AtomicUsize,
    /// The next stream's handle: those below are the default streams.
    streams: AtomicUsize,
}

/// When an event was recorded, if it is one that keeps times.
struct Event {
    timing: bool,
    at: Mutex<Option<Instant>>,
}

/// As `cuMemAlloc` aligns.
const ALIGNMENT: usize = 256;
const NOT_SUPPORTED: c_int = 801;
const NOT_PERMITTED: c_int = 800;

/// The device's attributes, by their numbers in `cuda.h`: limits are those of GPUs, so that a program that keeps to them runs on one too.
const ATTRIBUTES: &[(c_int, c_int)] = &[
    (1, 1024),          // MAX_THREADS_PER_BLOCK
    (2, 1024),          // MAX_BLOCK_DIM_X
    (3, 1024),          // MAX_BLOCK_DIM_Y
    (4, 64),            // MAX_BLOCK_DIM_Z
    (5, 0x7fff_ffff),   // MAX_GRID_DIM_X
    (6, 65535),         // MAX_GRID_DIM_Y
    (7, 65535),         // MAX_GRID_DIM_Z
    (8, 48 * 1024),     // MAX_SHARED_MEMORY_PER_BLOCK
    (9, 64 * 1024),     // TOTAL_CONSTANT_MEMORY
    (10, 32),           // WARP_SIZE
    (12, 64 * 1024),    // MAX_REGISTERS_PER_BLOCK
    (18, 1),            // INTEGRATED
    (19, 1),            // CAN_MAP_HOST_MEMORY
    (31, 1),            // CONCURRENT_KERNELS
    (39, 2048),         // MAX_THREADS_PER_MULTI_PROCESSOR
    (41, 1),            // UNIFIED_ADDRESSING
    (75, 8),            // COMPUTE_CAPABILITY_MAJOR
    (76, 0),            // COMPUTE_CAPABILITY_MINOR
    (81, 100 * 1024),   // MAX_SHARED_MEMORY_PER_MULTIPROCESSOR
    (82, 64 * 1024),    // MAX_REGISTERS_PER_MULTIPROCESSOR
    (83, 1),            // MANAGED_MEMORY
    (87, 2),            // SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO
    (88, 1),            // PAGEABLE_MEMORY_ACCESS
    (89, 1),            // CONCURRENT_MANAGED_ACCESS
    (95, 1),            // COOPERATIVE_LAUNCH
    (97, 99 * 1024),    // MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
];

/// Blocks run on so many threads at once.
const MULTIPROCESSORS: c_int = 16;

fn layout(bytes: usize) -> Result<Layout> {
    Layout::from_size_align(bytes.max(1), ALIGNMENT).map_err(|_| Failure::code("cuMemAlloc", OUT_OF_MEMORY))
}

impl Cpu {
    pub const fn new() -> Cpu {
        Cpu { live: AtomicUsize::new(0), streams: AtomicUsize::new(16) }
    }

    fn event(event: usize) -> &'static Event {
        // SAFETY: a box of `create_event`; who has the handle has not destroyed it.
        unsafe { &*(event as *const Event) }
    }

    fn copy(to: usize, from: usize, bytes: usize) {
        // SAFETY: the caller knows both to have so many bytes; views of one array may overlap.
        unsafe { ptr::copy(from as *const u8, to as *mut u8, bytes) }
    }

    /// A line of `/proc/meminfo`, in bytes.
    fn memory(name: &str) -> usize {
        let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or(0) * 1024
    }
}

impl Target for Cpu {
    fn driver(&self) -> Option<&Functions> {
        None
    }

    fn devices(&self) -> usize {
        1
    }

    fn driver_version(&self) -> Result<c_int> {
        Ok(12000)
    }

    fn name(&self, _device: usize) -> Result<String> {
        Ok("CPU".into())
    }

    fn uuid(&self, _device: usize) -> Result<[u8; 16]> {
        Ok([0; 16])
    }

    fn attribute(&self, _device: usize, attribute: c_int) -> Result<c_int> {
        if attribute == MULTIPROCESSORS {
            return Ok(zouk_runtime::parallel::settings::zouk_parallel_most_threads() as c_int);
        }
        Ok(ATTRIBUTES.iter().find(|(number, _)| *number == attribute).map_or(0, |(_, value)| *value))
    }

    fn total_memory(&self, _device: usize) -> Result<usize> {
        Ok(Cpu::memory("MemTotal"))
    }

    fn can_access_peer(&self, _device: usize, _other: usize) -> Result<bool> {
        Ok(false)
    }

    fn enable_peer_access(&self, _context: usize, _flags: u32) -> Result<()> {
        Err(Failure::State("kernels run on the CPU, which is the only device: there is no other one to access".into()))
    }

    fn retain(&self, _device: usize) -> Result<usize> {
        Ok(1)
    }

    fn reset(&self, _device: usize) -> Result<()> {
        Ok(())
    }

    fn current(&self) -> Result<usize> {
        Ok(1)
    }

    fn set_current(&self, _context: usize) -> Result<()> {
        Ok(())
    }

    fn synchronize(&self) -> Result<()> {
        Ok(())
    }

    fn memory_info(&self) -> Result<(usize, usize)> {
        Ok((Cpu::memory("MemAvailable"), Cpu::memory("MemTotal")))
    }

    fn allocate(&self, kind: Kind, bytes: usize) -> Result<Place> {
        // SAFETY: the size is not zero.
        let address = unsafe { alloc(layout(bytes)?) } as usize;
        if address == 0 {
            return Err(Failure::code("cuMemAlloc", OUT_OF_MEMORY));
        }
        self.live.fetch_add(1, Ordering::Relaxed);
        Ok(Place { device: address as u64, host: if kind == Kind::Device { 0 } else { address } })
    }

    fn register(&self, host: usize, _bytes: usize, _mapped: bool) -> Result<Place> {
        Ok(Place { device: host as u64, host })
    }

    fn free(&self, kind: Kind, place: Place, bytes: usize) -> Result<()> {
        if matches!(kind, Kind::Device | Kind::Host(_) | Kind::Managed { .. }) {
            // SAFETY: `allocate` made it with the same layout.
            unsafe { dealloc(place.device as *mut u8, layout(bytes)?) };
            self.live.fetch_sub(1, Ordering::Relaxed);
        }
        Ok(())
    }

    fn copy_to_device(&self, to: u64, from: usize, bytes: usize, _stream: Option<usize>) -> Result<()> {
        Cpu::copy(to as usize, from, bytes);
        Ok(())
    }

    fn copy_to_host(&self, to: usize, from: u64, bytes: usize, _stream: Option<usize>) -> Result<()> {
        Cpu::copy(to, from as usize, bytes);
        Ok(())
    }

    fn copy_on_device(&self, to: u64, from: u64, bytes: usize, _stream: Option<usize>) -> Result<()> {
        Cpu::copy(to as usize, from as usize, bytes);
        Ok(())
    }

    fn fill(&self, to: u64, byte: u8, bytes: usize, _stream: Option<usize>) -> Result<()> {
        // SAFETY: the caller knows it to have so many bytes.
        unsafe { ptr::write_bytes(to as *mut u8, byte, bytes) };
        Ok(())
    }

    fn create_stream(&self) -> Result<usize> {
        Ok(self.streams.fetch_add(1, Ordering::Relaxed))
    }

    fn destroy_stream(&self, _stream: usize) -> Result<()> {
        Ok(())
    }

    fn synchronize_stream(&self, _stream: usize) -> Result<()> {
        Ok(())
    }

    fn is_stream_done(&self, _stream: usize) -> Result<bool> {
        Ok(true)
    }

    fn add_callback(&self, _stream: usize, task: Task) -> Result<()> {
        task(0);
        Ok(())
    }

    fn create_event(&self, timing: bool) -> Result<usize> {
        Ok(Box::into_raw(Box::new(Event { timing, at: Mutex::default() })) as usize)
    }

    fn destroy_event(&self, event: usize) -> Result<()> {
        // SAFETY: `create_event` made it; its owner destroys it once.
        drop(unsafe { Box::from_raw(event as *mut Event) });
        Ok(())
    }

    fn record(&self, event: usize, _stream: usize) -> Result<()> {
        *Cpu::event(event).at.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        Ok(())
    }

    fn is_event_done(&self, _event: usize) -> Result<bool> {
        Ok(true)
    }

    fn synchronize_event(&self, _event: usize) -> Result<()> {
        Ok(())
    }

    fn wait(&self, _event: usize, _stream: usize) -> Result<()> {
        Ok(())
    }

    fn elapsed(&self, start: usize, end: usize) -> Result<f32> {
        let at = |event| Some(Cpu::event(event)).filter(|event| event.timing).and_then(|event| *event.at.lock().unwrap_or_else(PoisonError::into_inner));
        // As the driver answers about events that were never recorded, or keep no times.
        let (Some(start), Some(end)) = (at(start), at(end)) else { return Err(Failure::code("cuEventElapsedTime", 400)) };
        let seconds = end.checked_duration_since(start).map_or_else(|| -start.duration_since(end).as_secs_f64(), |past| past.as_secs_f64());
        Ok((1e3 * seconds) as f32)
    }

    fn ipc_handle(&self, _address: u64) -> Result<IpcHandle> {
        Err(Failure::code("cuIpcGetMemHandle", NOT_SUPPORTED))
    }

    fn open_ipc(&self, _handle: IpcHandle) -> Result<u64> {
        Err(Failure::code("cuIpcOpenMemHandle", NOT_SUPPORTED))
    }

    fn profile(&self, _on: bool) -> Result<()> {
        Ok(())
    }

    fn load(&self, _ptx: &str, _entry: &str, _links: &[(c_int, Vec<u8>)]) -> Result<(usize, usize)> {
        Err(Failure::code("cuModuleLoadDataEx", NOT_PERMITTED))
    }

    fn unload(&self, _module: usize) -> Result<()> {
        Ok(())
    }

    fn global(&self, _module: usize, _name: &str) -> Result<Option<(u64, usize)>> {
        Ok(None)
    }

    fn function_attribute(&self, _function: usize, _attribute: c_int) -> Result<c_int> {
        Err(Failure::code("cuFuncGetAttribute", NOT_SUPPORTED))
    }

    fn set_function_attribute(&self, _function: usize, _attribute: c_int, _value: c_int) -> Result<()> {
        Err(Failure::code("cuFuncSetAttribute", NOT_SUPPORTED))
    }

    fn active_blocks(&self, _function: usize, block: c_int, _shared: usize) -> Result<c_int> {
        Ok(2048 / block.max(1))
    }

    fn best_block(&self, _function: usize, _shared: usize, limit: c_int) -> Result<c_int> {
        Ok(limit.min(256))
    }

    unsafe fn launch(&self, _function: usize, _of: &Configuration, _parameters: *mut *mut c_void, _cooperative: bool) -> Result<()> {
        Err(Failure::code("cuLaunchKernel", INVALID_VALUE))
    }
}
