//! What the driver refuses, as Python exceptions of `zouk.cuda.errors`.

use super::{driver::Functions, target};
use pyo3::prelude::*;
use std::ffi::c_int;

pub type Result<T> = std::result::Result<T, Failure>;

#[derive(Clone, Debug)]
pub enum Failure {
    /// A function of the driver returned a code other than 0.
    Code { call: &'static str, code: c_int, more: String },
    /// The driver has no such function.
    Missing(&'static str),
    /// There is no driver, or none that works.
    Unusable(String),
    /// The driver is in a state that we cannot work with.
    State(String),
    /// Memory, a stream or an event that is no more.
    Dead(&'static str),
}

pub const INVALID_VALUE: c_int = 1;
pub const OUT_OF_MEMORY: c_int = 2;
pub const NOT_INITIALIZED: c_int = 3;
pub const NOT_READY: c_int = 600;

/// Codes that launches and transfers may give, for drivers that do not name them and for the CPU.
const NAMES: &[(c_int, &str)] = &[
    (1, "CUDA_ERROR_INVALID_VALUE"),
    (2, "CUDA_ERROR_OUT_OF_MEMORY"),
    (3, "CUDA_ERROR_NOT_INITIALIZED"),
    (4, "CUDA_ERROR_DEINITIALIZED"),
    (100, "CUDA_ERROR_NO_DEVICE"),
    (101, "CUDA_ERROR_INVALID_DEVICE"),
    (200, "CUDA_ERROR_INVALID_IMAGE"),
    (201, "CUDA_ERROR_INVALID_CONTEXT"),
    (205, "CUDA_ERROR_MAP_FAILED"),
    (209, "CUDA_ERROR_NO_BINARY_FOR_GPU"),
    (217, "CUDA_ERROR_PEER_ACCESS_UNSUPPORTED"),
    (218, "CUDA_ERROR_INVALID_PTX"),
    (222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION"),
    (301, "CUDA_ERROR_FILE_NOT_FOUND"),
    (400, "CUDA_ERROR_INVALID_HANDLE"),
    (500, "CUDA_ERROR_NOT_FOUND"),
    (600, "CUDA_ERROR_NOT_READY"),
    (700, "CUDA_ERROR_ILLEGAL_ADDRESS"),
    (701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES"),
    (702, "CUDA_ERROR_LAUNCH_TIMEOUT"),
    (709, "CUDA_ERROR_CONTEXT_IS_DESTROYED"),
    (710, "CUDA_ERROR_ASSERT"),
    (712, "CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED"),
    (713, "CUDA_ERROR_HOST_MEMORY_NOT_REGISTERED"),
    (715, "CUDA_ERROR_ILLEGAL_INSTRUCTION"),
    (716, "CUDA_ERROR_MISALIGNED_ADDRESS"),
    (717, "CUDA_ERROR_INVALID_ADDRESS_SPACE"),
    (719, "CUDA_ERROR_LAUNCH_FAILED"),
    (720, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE"),
    (800, "CUDA_ERROR_NOT_PERMITTED"),
    (801, "CUDA_ERROR_NOT_SUPPORTED"),
    (999, "CUDA_ERROR_UNKNOWN"),
];

#[inline]
pub fn check(call: &'static str, code: c_int) -> Result<()> {
    if code == 0 { Ok(()) } else { Err(Failure::code(call, code)) }
}

fn name(driver: Option<&Functions>, code: c_int) -> String {
    let own = || NAMES.iter().find(|(number, _)| *number == code).map_or("UNKNOWN_CUDA_ERROR".into(), |(_, name)| name.to_string());
    driver.and_then(|driver| driver.error_name(code)).unwrap_or_else(own)
}

impl Failure {
    #[cold]
    pub fn code(call: &'static str, code: c_int) -> Failure {
        Failure::Code { call, code, more: String::new() }
    }

    /// A launch that no device could do, in words.
    pub fn launch(code: c_int, why: String) -> Failure {
        Failure::Code { call: "cuLaunchKernel", code, more: format!(": {why}") }
    }

    pub fn is(&self, wanted: c_int) -> bool {
        matches!(self, Failure::Code { code, .. } if *code == wanted)
    }

    pub fn text(&self, driver: Option<&Functions>) -> String {
        match self {
            // The version of a function is no part of its name for users.
            Failure::Code { call, code, more } => format!("Call to {} results in {}{more}", call.trim_end_matches("_v2"), name(driver, *code)),
            Failure::Missing(function) => format!("Driver missing function: {function}"),
            Failure::Unusable(why) | Failure::State(why) => why.clone(),
            Failure::Dead(what) => format!("{what} that has been freed, or whose context was closed, is used"),
        }
    }

    /// The exception.
    pub fn raise(&self, py: Python) -> PyErr {
        let text = self.text(target::driver());
        let make = || {
            let module = py.import("zouk.cuda.errors")?;
            match self {
                Failure::Code { code: NOT_INITIALIZED, .. } if target::is_forked() => {
                    module.getattr("CudaDriverError")?.call1(("CUDA initialized before forking",))
                }
                Failure::Code { code, .. } => module.getattr("CudaAPIError")?.call1((*code, text)),
                Failure::Missing(_) | Failure::State(_) => module.getattr("CudaDriverError")?.call1((text,)),
                Failure::Unusable(_) => module.getattr("CudaSupportError")?.call1((text,)),
                Failure::Dead(_) => py.import("builtins")?.getattr("RuntimeError")?.call1((text,)),
            }
        };
        make().map_or_else(|error| error, PyErr::from_value)
    }
}

/// The same with a Python exception in place of the failure.
pub trait Raised<T> {
    fn raised(self, py: Python) -> PyResult<T>;
}

impl<T> Raised<T> for Result<T> {
    #[inline]
    fn raised(self, py: Python) -> PyResult<T> {
        self.map_err(|failure| failure.raise(py))
    }
}
