//! What a thread of a debugged kernel has left where errors are written (`passes/src/form_kernel/exits.rs`).

use super::{error::Result, kernel::Version, target::Target};
use pyo3::{exceptions::PyRuntimeError, prelude::*};

/// The variable of the module.
pub const ERROR: &str = "zouk_error";

/// What the first thread that fails writes there: the number of what it raises, and its place.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Failed {
    pub number: i32,
    block: [i32; 3],
    thread: [i32; 3],
    _more: i32,
}

/// The address of the variable, when the kernel is debugged.
pub fn place(version: &Version, device: usize) -> Result<Option<u64>> {
    if version.code.about.errors.is_empty() {
        return Ok(None);
    }
    Ok(version.global(device, ERROR)?.filter(|(_, bytes)| *bytes >= size_of::<Failed>()).map(|(address, _)| address))
}

/// Before a launch in a stream: no thread has failed.
pub fn clear(target: &dyn Target, place: u64, stream: usize) -> Result<()> {
    target.fill(place, 0, size_of::<Failed>(), Some(stream))
}

/// Waits for the launch; which thread has failed.
pub fn read(target: &dyn Target, place: u64, stream: usize) -> Result<Failed> {
    let mut failed = Failed::default();
    target.synchronize_stream(stream)?;
    target.copy_to_host((&raw mut failed) as usize, place, size_of::<Failed>(), None)?;
    Ok(failed)
}

/// The exception of the thread.
pub fn exception(py: Python, version: &Version, failed: &Failed) -> PyErr {
    let known = usize::try_from(failed.number).ok().and_then(|number| version.code.about.errors.get(number.checked_sub(1)?));
    let Some([exception, message, file, function, line]) = known else {
        return crate::errors::new(py, "InternalCompilerError", "a thread of a kernel has failed with a number that stands for nothing");
    };
    let Failed { block, thread, .. } = failed;
    let place = format!("In function '{function}', file {file}, line {line}, tid={thread:?} ctaid={block:?}");
    let text = if message.is_empty() { place } else { format!("{place}: {}", message.replace("{}", "…")) };
    let make = || {
        let class = py.import("builtins")?.getattr(exception.as_str()).unwrap_or_else(|_| py.get_type::<PyRuntimeError>().into_any());
        class.call1((text,))
    };
    make().map_or_else(|error| error, PyErr::from_value)
}
