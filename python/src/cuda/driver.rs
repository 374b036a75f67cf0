//! The driver of a GPU: its library, loaded when it is first needed, as a table of functions. Names and signatures are those of `cuda.h`.

use super::error::{Failure, Result};
use libloading::Library;
use std::ffi::{c_char, c_int, c_void};

/// `CUipcMemHandle`
#[repr(C)]
#[derive(Clone, Copy)]
pub struct IpcHandle(pub [u8; 64]);

/// `CUstreamCallback`
pub type Callback = unsafe extern "C" fn(usize, c_int, *mut c_void);

macro_rules! functions {
    ($($name:ident($($argument:ty),*);)*) => {
        #[allow(non_snake_case, reason = "the names of the driver")]
        pub struct Functions {
            /// Keeps the code of the functions loaded.
            _library: Library,
            $(pub $name: Option<unsafe extern "C" fn($($argument),*) -> c_int>,)*
        }

        impl Functions {
            fn of(library: Library) -> Functions {
                Functions {
                    // SAFETY: a function of the driver has the signature that its header declares.
                    $($name: unsafe { library.get(concat!(stringify!($name), "\0").as_bytes()) }.ok().map(|symbol| *symbol),)*
                    _library: library,
                }
            }
        }
    };
}

functions! {
    cuInit(u32);
    cuDriverGetVersion(*mut c_int);
    cuGetErrorName(c_int, *mut *const c_char);
    cuDeviceGetCount(*mut c_int);
    cuDeviceGet(*mut c_int, c_int);
    cuDeviceGetName(*mut c_char, c_int, c_int);
    cuDeviceGetUuid_v2(*mut [u8; 16], c_int);
    cuDeviceGetAttribute(*mut c_int, c_int, c_int);
    cuDeviceTotalMem_v2(*mut usize, c_int);
    cuDeviceCanAccessPeer(*mut c_int, c_int, c_int);
    cuDevicePrimaryCtxRetain(*mut usize, c_int);
    cuDevicePrimaryCtxRelease_v2(c_int);
    cuDevicePrimaryCtxReset_v2(c_int);
    cuCtxSetCurrent(usize);
    cuCtxGetCurrent(*mut usize);
    cuCtxSynchronize();
    cuCtxEnablePeerAccess(usize, u32);
    cuMemAlloc_v2(*mut u64, usize);
    cuMemFree_v2(u64);
    cuMemGetInfo_v2(*mut usize, *mut usize);
    cuMemHostAlloc(*mut usize, usize, u32);
    cuMemFreeHost(usize);
    cuMemHostGetDevicePointer_v2(*mut u64, usize, u32);
    cuMemHostRegister_v2(usize, usize, u32);
    cuMemHostUnregister(usize);
    cuMemAllocManaged(*mut u64, usize, u32);
    cuMemcpyHtoD_v2(u64, usize, usize);
    cuMemcpyDtoH_v2(usize, u64, usize);
    cuMemcpyDtoD_v2(u64, u64, usize);
    cuMemcpyHtoDAsync_v2(u64, usize, usize, usize);
    cuMemcpyDtoHAsync_v2(usize, u64, usize, usize);
    cuMemcpyDtoDAsync_v2(u64, u64, usize, usize);
    cuMemsetD8_v2(u64, u8, usize);
    cuMemsetD8Async(u64, u8, usize, usize);
    cuStreamCreate(*mut usize, u32);
    cuStreamDestroy_v2(usize);
    cuStreamSynchronize(usize);
    cuStreamQuery(usize);
    cuStreamWaitEvent(usize, usize, u32);
    cuStreamAddCallback(usize, Callback, *mut c_void, u32);
    cuEventCreate(*mut usize, u32);
    cuEventDestroy_v2(usize);
    cuEventRecord(usize, usize);
    cuEventQuery(usize);
    cuEventSynchronize(usize);
    cuEventElapsedTime(*mut f32, usize, usize);
    cuModuleLoadDataEx(*mut usize, *const c_void, u32, *mut c_int, *mut *mut c_void);
    cuModuleUnload(usize);
    cuModuleGetFunction(*mut usize, usize, *const c_char);
    cuModuleGetGlobal_v2(*mut u64, *mut usize, usize, *const c_char);
    cuFuncGetAttribute(*mut c_int, c_int, usize);
    cuFuncSetAttribute(usize, c_int, c_int);
    cuLinkCreate_v2(u32, *mut c_int, *mut *mut c_void, *mut usize);
    cuLinkAddData_v2(usize, c_int, *const c_void, usize, *const c_char, u32, *mut c_int, *mut *mut c_void);
    cuLinkComplete(usize, *mut *mut c_void, *mut usize);
    cuLinkDestroy(usize);
    cuLaunchKernel(usize, u32, u32, u32, u32, u32, u32, u32, usize, *mut *mut c_void, *mut *mut c_void);
    cuLaunchCooperativeKernel(usize, u32, u32, u32, u32, u32, u32, u32, usize, *mut *mut c_void);
    cuOccupancyMaxActiveBlocksPerMultiprocessor(*mut c_int, usize, c_int, usize);
    cuOccupancyMaxPotentialBlockSize(*mut c_int, *mut c_int, usize, usize, usize, c_int);
    cuIpcGetMemHandle(*mut IpcHandle, u64);
    cuIpcOpenMemHandle_v2(*mut u64, IpcHandle, u32);
    cuIpcCloseMemHandle(u64);
    cuProfilerStart();
    cuProfilerStop();
}

/// Calls a function of the driver; what it returns, or that there is no such function, becomes a failure.
macro_rules! call {
    ($driver:expr, $name:ident($($argument:expr),*)) => {
        match $driver.$name {
            // SAFETY: the arguments are what the header asks for.
            Some(function) => $crate::cuda::error::check(stringify!($name), unsafe { function($($argument),*) }),
            None => Err($crate::cuda::error::Failure::Missing(stringify!($name))),
        }
    };
}
pub(super) use call;

/// The library that `ZOUK_CUDA_DRIVER` names, or the system's.
fn library() -> Result<Library> {
    let named = std::env::var_os("ZOUK_CUDA_DRIVER").filter(|name| !name.is_empty());
    let names = match &named {
        Some(name) => vec![name.as_os_str()],
        None => vec!["libcuda.so.1".as_ref(), "libcuda.so".as_ref()],
    };
    let mut first = None;
    for name in names {
        // SAFETY: the driver may be loaded into any process.
        match unsafe { Library::new(name) } {
            Ok(library) => return Ok(library),
            Err(error) => first = first.or_else(|| Some(std::error::Error::source(&error).map_or_else(|| error.to_string(), ToString::to_string))),
        }
    }
    Err(Failure::Unusable(format!("CUDA driver library cannot be loaded: {}", first.unwrap_or_default())))
}

impl Functions {
    /// The driver, initialised, and how many devices it has.
    pub fn load() -> Result<(Functions, usize)> {
        let driver = Functions::of(library()?);
        call!(driver, cuInit(0)).map_err(|failure| Failure::Unusable(format!("Error at driver init: {}", failure.text(Some(&driver)))))?;
        let mut count = 0;
        call!(driver, cuDeviceGetCount(&mut count))?;
        if count < 1 {
            return Err(Failure::Unusable("the CUDA driver has found no device".into()));
        }
        Ok((driver, count as usize))
    }

    /// The driver's name of a code.
    pub fn error_name(&self, code: c_int) -> Option<String> {
        let mut name = std::ptr::null();
        call!(self, cuGetErrorName(code, &mut name)).ok()?;
        // SAFETY: a constant of the driver.
        (!name.is_null()).then(|| unsafe { std::ffi::CStr::from_ptr(name) }.to_string_lossy().into_owned())
    }
}
