//! What a thread of a debugged kernel has left where errors are written (`passes/src/form_kernel/exits.rs`).

use super::{context, kernel::Version, target::target};
use crate::cuda::error::Raised;
use pyo3::{exceptions::PyRuntimeError, prelude::*};

/// The variable of the module: a number, then the block and the thread along x, y, z.
const ERROR: &str = "zouk_error";

/// Waits for the kernel and raises what its first thread that failed has met.
pub fn raise(py: Python, version: &Version) -> PyResult<()> {
    let device = context::enter().raised(py)?;
    let Some((place, _)) = version.global(device, ERROR).raised(py)? else { return Ok(()) };
    let mut words = [0i32; 8];
    let bytes = size_of_val(&words);
    let to = words.as_mut_ptr() as usize;
    let read = || {
        let target = target()?;
        target.synchronize()?;
        target.copy_to_host(to, place, bytes, None)?;
        target.fill(place, 0, bytes, None)
    };
    py.detach(read).raised(py)?;
    let [number, bx, by, bz, x, y, z, _] = words;
    let Some([exception, message, file, function, line]) = usize::try_from(number).ok().and_then(|number| version.code.errors.get(number.checked_sub(1)?)) else { return Ok(()) };
    let place = format!("In function '{function}', file {file}, line {line}, tid=[{x}, {y}, {z}] ctaid=[{bx}, {by}, {bz}]");
    let text = if message.is_empty() { place } else { format!("{place}: {}", message.replace("{}", "…")) };
    let class = py.import("builtins")?.getattr(exception.as_str()).unwrap_or_else(|_| py.get_type::<PyRuntimeError>().into_any());
    Err(PyErr::from_value(class.call1((text,))?))
}
