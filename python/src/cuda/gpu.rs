//! The target of a GPU: each operation is a call of the driver.

use super::{
    driver::{Functions, IpcHandle, call},
    error::{Failure, NOT_READY, Result},
    target::{Configuration, Kind, Place, Target, Task},
};
use std::{
    ffi::{CString, c_int, c_void},
    ptr,
};

pub struct Gpu {
    driver: Functions,
    devices: usize,
}

impl Gpu {
    pub fn load() -> Result<Gpu> {
        Functions::load().map(|(driver, devices)| Gpu { driver, devices })
    }

    fn device(&self, device: usize) -> Result<c_int> {
        let mut handle = 0;
        call!(self.driver, cuDeviceGet(&mut handle, device as c_int))?;
        Ok(handle)
    }
}

/// Whether what was asked about is done.
fn done(asked: Result<()>) -> Result<bool> {
    match asked {
        Err(failure) if failure.is(NOT_READY) => Ok(false),
        other => other.map(|()| true),
    }
}

/// Runs a task that the driver was given.
unsafe extern "C" fn run_task(_stream: usize, status: c_int, task: *mut c_void) {
    // SAFETY: `add_callback` made it of a box, and the driver calls once.
    let task = unsafe { Box::from_raw(task.cast::<Task>()) };
    task(status);
}

/// Room for what the driver's compiler says.
const LOG: usize = 8192;
const JIT_ERROR_LOG: c_int = 5;
const JIT_ERROR_LOG_SIZE: c_int = 6;
/// Inputs of the linker.
const PTX: c_int = 1;

/// What the driver's compiler has said.
struct Log {
    text: Vec<u8>,
    keys: [c_int; 2],
    values: [*mut c_void; 2],
}

impl Log {
    fn new() -> Log {
        let mut text = vec![0u8; LOG];
        // The size is passed in the place of an address.
        let values = [text.as_mut_ptr().cast(), LOG as *mut c_void];
        Log { text, keys: [JIT_ERROR_LOG, JIT_ERROR_LOG_SIZE], values }
    }

    /// The failure with the text.
    fn explain(&self, failure: Failure) -> Failure {
        let end = self.text.iter().position(|byte| *byte == 0).unwrap_or(0);
        let text = String::from_utf8_lossy(&self.text[..end]);
        match failure {
            Failure::Code { call, code, .. } if !text.trim().is_empty() => Failure::Code { call, code, more: format!("\n{}", text.trim()) },
            other => other,
        }
    }
}

impl Gpu {
    fn load_image(&self, image: *const c_void) -> Result<usize> {
        let (mut module, mut log) = (0, Log::new());
        call!(self.driver, cuModuleLoadDataEx(&mut module, image, 2, log.keys.as_mut_ptr(), log.values.as_mut_ptr()))
            .map_err(|failure| log.explain(failure))?;
        Ok(module)
    }

    /// A module of the program and of what it is linked with.
    fn load_linked(&self, ptx: &CString, links: &[(c_int, Vec<u8>)]) -> Result<usize> {
        let (mut state, mut log) = (0, Log::new());
        call!(self.driver, cuLinkCreate_v2(2, log.keys.as_mut_ptr(), log.values.as_mut_ptr(), &mut state))?;
        let finish = || {
            let add = |kind: c_int, bytes: &[u8]| {
                call!(
                    self.driver,
                    cuLinkAddData_v2(state, kind, bytes.as_ptr().cast(), bytes.len(), c"<zouk>".as_ptr(), 0, ptr::null_mut(), ptr::null_mut())
                )
            };
            add(PTX, ptx.as_bytes_with_nul())?;
            links.iter().try_for_each(|(kind, bytes)| add(*kind, bytes))?;
            let (mut image, mut size) = (ptr::null_mut(), 0);
            call!(self.driver, cuLinkComplete(state, &mut image, &mut size))?;
            self.load_image(image)
        };
        let module = finish().map_err(|failure| log.explain(failure));
        // The image belongs to the linker.
        call!(self.driver, cuLinkDestroy(state))?;
        module
    }
}

impl Target for Gpu {
    fn driver(&self) -> Option<&Functions> {
        Some(&self.driver)
    }

    fn devices(&self) -> usize {
        self.devices
    }

    fn driver_version(&self) -> Result<c_int> {
        let mut version = 0;
        call!(self.driver, cuDriverGetVersion(&mut version))?;
        Ok(version)
    }

    fn name(&self, device: usize) -> Result<String> {
        let mut text = [0 as std::ffi::c_char; 256];
        call!(self.driver, cuDeviceGetName(text.as_mut_ptr(), 255, self.device(device)?))?;
        // SAFETY: the driver ends the text; the last byte is zero in any case.
        Ok(unsafe { std::ffi::CStr::from_ptr(text.as_ptr()) }.to_string_lossy().into_owned())
    }

    fn uuid(&self, device: usize) -> Result<[u8; 16]> {
        let mut bytes = [0; 16];
        call!(self.driver, cuDeviceGetUuid_v2(&mut bytes, self.device(device)?))?;
        Ok(bytes)
    }

    fn attribute(&self, device: usize, attribute: c_int) -> Result<c_int> {
        let mut value = 0;
        call!(self.driver, cuDeviceGetAttribute(&mut value, attribute, self.device(device)?))?;
        Ok(value)
    }

    fn total_memory(&self, device: usize) -> Result<usize> {
        let mut bytes = 0;
        call!(self.driver, cuDeviceTotalMem_v2(&mut bytes, self.device(device)?))?;
        Ok(bytes)
    }

    fn can_access_peer(&self, device: usize, other: usize) -> Result<bool> {
        let mut can = 0;
        call!(self.driver, cuDeviceCanAccessPeer(&mut can, self.device(device)?, self.device(other)?))?;
        Ok(can != 0)
    }

    fn enable_peer_access(&self, context: usize, flags: u32) -> Result<()> {
        call!(self.driver, cuCtxEnablePeerAccess(context, flags))
    }

    fn retain(&self, device: usize) -> Result<usize> {
        let mut context = 0;
        call!(self.driver, cuDevicePrimaryCtxRetain(&mut context, self.device(device)?))?;
        Ok(context)
    }

    fn reset(&self, device: usize) -> Result<()> {
        let device = self.device(device)?;
        let reset = call!(self.driver, cuDevicePrimaryCtxReset_v2(device));
        call!(self.driver, cuDevicePrimaryCtxRelease_v2(device))?;
        reset
    }

    fn current(&self) -> Result<usize> {
        let mut context = 0;
        call!(self.driver, cuCtxGetCurrent(&mut context))?;
        Ok(context)
    }

    fn set_current(&self, context: usize) -> Result<()> {
        call!(self.driver, cuCtxSetCurrent(context))
    }

    fn synchronize(&self) -> Result<()> {
        call!(self.driver, cuCtxSynchronize())
    }

    fn memory_info(&self) -> Result<(usize, usize)> {
        let (mut free, mut total) = (0, 0);
        call!(self.driver, cuMemGetInfo_v2(&mut free, &mut total))?;
        Ok((free, total))
    }

    fn allocate(&self, kind: Kind, bytes: usize) -> Result<Place> {
        let mut device = 0;
        match kind {
            Kind::Host(flags) => {
                let mut host = 0;
                call!(self.driver, cuMemHostAlloc(&mut host, bytes, flags))?;
                if flags & 2 != 0
                    && let Err(failure) = call!(self.driver, cuMemHostGetDevicePointer_v2(&mut device, host, 0))
                {
                    let _ = call!(self.driver, cuMemFreeHost(host));
                    return Err(failure);
                }
                Ok(Place { device, host })
            }
            Kind::Managed { global } => {
                call!(self.driver, cuMemAllocManaged(&mut device, bytes, if global { 1 } else { 2 }))?;
                Ok(Place { device, host: device as usize })
            }
            _ => {
                call!(self.driver, cuMemAlloc_v2(&mut device, bytes))?;
                Ok(Place { device, host: 0 })
            }
        }
    }

    fn register(&self, host: usize, bytes: usize, mapped: bool) -> Result<Place> {
        let mut device = 0;
        call!(self.driver, cuMemHostRegister_v2(host, bytes, if mapped { 2 } else { 0 }))?;
        if mapped && let Err(failure) = call!(self.driver, cuMemHostGetDevicePointer_v2(&mut device, host, 0)) {
            let _ = call!(self.driver, cuMemHostUnregister(host));
            return Err(failure);
        }
        Ok(Place { device, host })
    }

    fn free(&self, kind: Kind, place: Place, _bytes: usize) -> Result<()> {
        match kind {
            Kind::Device | Kind::Managed { .. } => call!(self.driver, cuMemFree_v2(place.device)),
            Kind::Host(_) => call!(self.driver, cuMemFreeHost(place.host)),
            Kind::Registered { .. } => call!(self.driver, cuMemHostUnregister(place.host)),
            Kind::Ipc => call!(self.driver, cuIpcCloseMemHandle(place.device)),
            Kind::External => Ok(()),
        }
    }

    fn copy_to_device(&self, to: u64, from: usize, bytes: usize, stream: Option<usize>) -> Result<()> {
        match stream {
            None => call!(self.driver, cuMemcpyHtoD_v2(to, from, bytes)),
            Some(stream) => call!(self.driver, cuMemcpyHtoDAsync_v2(to, from, bytes, stream)),
        }
    }

    fn copy_to_host(&self, to: usize, from: u64, bytes: usize, stream: Option<usize>) -> Result<()> {
        match stream {
            None => call!(self.driver, cuMemcpyDtoH_v2(to, from, bytes)),
            Some(stream) => call!(self.driver, cuMemcpyDtoHAsync_v2(to, from, bytes, stream)),
        }
    }

    fn copy_on_device(&self, to: u64, from: u64, bytes: usize, stream: Option<usize>) -> Result<()> {
        match stream {
            None => call!(self.driver, cuMemcpyDtoD_v2(to, from, bytes)),
            Some(stream) => call!(self.driver, cuMemcpyDtoDAsync_v2(to, from, bytes, stream)),
        }
    }

    fn fill(&self, to: u64, byte: u8, bytes: usize, stream: Option<usize>) -> Result<()> {
        match stream {
            None => call!(self.driver, cuMemsetD8_v2(to, byte, bytes)),
            Some(stream) => call!(self.driver, cuMemsetD8Async(to, byte, bytes, stream)),
        }
    }

    fn create_stream(&self) -> Result<usize> {
        let mut stream = 0;
        call!(self.driver, cuStreamCreate(&mut stream, 0))?;
        Ok(stream)
    }

    fn destroy_stream(&self, stream: usize) -> Result<()> {
        call!(self.driver, cuStreamDestroy_v2(stream))
    }

    fn synchronize_stream(&self, stream: usize) -> Result<()> {
        call!(self.driver, cuStreamSynchronize(stream))
    }

    fn is_stream_done(&self, stream: usize) -> Result<bool> {
        done(call!(self.driver, cuStreamQuery(stream)))
    }

    fn add_callback(&self, stream: usize, task: Task) -> Result<()> {
        let task = Box::into_raw(Box::new(task));
        call!(self.driver, cuStreamAddCallback(stream, run_task, task.cast(), 0)).inspect_err(|_| {
            // SAFETY: the driver did not take it.
            drop(unsafe { Box::from_raw(task) });
        })
    }

    fn create_event(&self, timing: bool) -> Result<usize> {
        let mut event = 0;
        call!(self.driver, cuEventCreate(&mut event, if timing { 0 } else { 2 }))?;
        Ok(event)
    }

    fn destroy_event(&self, event: usize) -> Result<()> {
        call!(self.driver, cuEventDestroy_v2(event))
    }

    fn record(&self, event: usize, stream: usize) -> Result<()> {
        call!(self.driver, cuEventRecord(event, stream))
    }

    fn is_event_done(&self, event: usize) -> Result<bool> {
        done(call!(self.driver, cuEventQuery(event)))
    }

    fn synchronize_event(&self, event: usize) -> Result<()> {
        call!(self.driver, cuEventSynchronize(event))
    }

    fn wait(&self, event: usize, stream: usize) -> Result<()> {
        call!(self.driver, cuStreamWaitEvent(stream, event, 0))
    }

    fn elapsed(&self, start: usize, end: usize) -> Result<f32> {
        let mut milliseconds = 0.0;
        call!(self.driver, cuEventElapsedTime(&mut milliseconds, start, end))?;
        Ok(milliseconds)
    }

    fn ipc_handle(&self, address: u64) -> Result<IpcHandle> {
        let mut handle = IpcHandle([0; 64]);
        call!(self.driver, cuIpcGetMemHandle(&mut handle, address))?;
        Ok(handle)
    }

    fn open_ipc(&self, handle: IpcHandle) -> Result<u64> {
        let mut address = 0;
        // 1: access of peers is enabled where it is needed.
        call!(self.driver, cuIpcOpenMemHandle_v2(&mut address, handle, 1))?;
        Ok(address)
    }

    fn profile(&self, on: bool) -> Result<()> {
        if on { call!(self.driver, cuProfilerStart()) } else { call!(self.driver, cuProfilerStop()) }
    }

    fn load(&self, ptx: &str, entry: &str, links: &[(c_int, Vec<u8>)]) -> Result<(usize, usize)> {
        let zero = |_| Failure::State("a zero byte in the text of a kernel".into());
        let (ptx, entry) = (CString::new(ptx).map_err(zero)?, CString::new(entry).map_err(zero)?);
        let module = if links.is_empty() { self.load_image(ptx.as_ptr().cast())? } else { self.load_linked(&ptx, links)? };
        let mut function = 0;
        if let Err(failure) = call!(self.driver, cuModuleGetFunction(&mut function, module, entry.as_ptr())) {
            let _ = call!(self.driver, cuModuleUnload(module));
            return Err(failure);
        }
        Ok((module, function))
    }

    fn unload(&self, module: usize) -> Result<()> {
        call!(self.driver, cuModuleUnload(module))
    }

    fn global(&self, module: usize, name: &str) -> Result<Option<(u64, usize)>> {
        let (mut address, mut bytes) = (0, 0);
        let name = CString::new(name).map_err(|_| Failure::State("a zero byte in the name of a variable".into()))?;
        match call!(self.driver, cuModuleGetGlobal_v2(&mut address, &mut bytes, module, name.as_ptr())) {
            Err(failure) if failure.is(500) => Ok(None),
            other => other.map(|()| Some((address, bytes))),
        }
    }

    fn function_attribute(&self, function: usize, attribute: c_int) -> Result<c_int> {
        let mut value = 0;
        call!(self.driver, cuFuncGetAttribute(&mut value, attribute, function))?;
        Ok(value)
    }

    fn set_function_attribute(&self, function: usize, attribute: c_int, value: c_int) -> Result<()> {
        call!(self.driver, cuFuncSetAttribute(function, attribute, value))
    }

    fn active_blocks(&self, function: usize, block: c_int, shared: usize) -> Result<c_int> {
        let mut blocks = 0;
        call!(self.driver, cuOccupancyMaxActiveBlocksPerMultiprocessor(&mut blocks, function, block, shared))?;
        Ok(blocks)
    }

    fn best_block(&self, function: usize, shared: usize, limit: c_int) -> Result<c_int> {
        let (mut grid, mut block) = (0, 0);
        call!(self.driver, cuOccupancyMaxPotentialBlockSize(&mut grid, &mut block, function, 0, shared, limit))?;
        Ok(block)
    }

    unsafe fn launch(&self, function: usize, of: &Configuration, parameters: *mut *mut c_void, cooperative: bool) -> Result<()> {
        let ([gx, gy, gz], [bx, by, bz]) = (of.grid, of.block);
        if cooperative {
            return call!(self.driver, cuLaunchCooperativeKernel(function, gx, gy, gz, bx, by, bz, of.shared, of.stream, parameters));
        }
        call!(self.driver, cuLaunchKernel(function, gx, gy, gz, bx, by, bz, of.shared, of.stream, parameters, ptr::null_mut()))
    }
}
