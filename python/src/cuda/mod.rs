//! CUDA from Python: the driver of a GPU or the CPU in its place, memory, streams, and launches.
//!
//! | file | what it is |
//! |---|---|
//! | `driver` | the driver's functions, from its library |
//! | `target` | what a device can do, and which one this process uses |
//! | `gpu`, `cpu` | the two targets |
//! | `context` | the devices' contexts, and what waits to be freed |
//! | `memory`, `stream`, `array` | Python's objects for allocations, streams and events, and arrays |
//! | `dlpack` | exchange of arrays with other libraries |
//! | `kernel`, `launch` | kernels, and their launches |
//! | `error` | what the driver refuses, as exceptions |
//! | `failures` | what threads of debugged kernels raise |

pub mod array;
mod context;
mod cpu;
mod dlpack;
mod driver;
mod error;
mod failures;
mod gpu;
mod kernel;
mod launch;
mod memory;
mod offload;
mod stream;
mod target;

use error::Raised;
use pyo3::prelude::*;
use std::ffi::c_int;
use target::target;

/// "cuda" or "cpu".
#[pyfunction]
fn execution_target(py: Python) -> PyResult<&'static str> {
    Ok(if target().raised(py)?.driver().is_some() { "cuda" } else { "cpu" })
}

/// Whether there is a GPU with a driver; None, or why not.
#[pyfunction]
fn why_no_gpu() -> Option<String> {
    target::gpu().as_ref().err().map(|failure| failure.text(None))
}

#[pyfunction]
fn device_count(py: Python) -> PyResult<usize> {
    Ok(target().raised(py)?.devices())
}

/// The number of the device that this thread uses.
#[pyfunction]
fn current_device(py: Python) -> PyResult<usize> {
    context::enter().raised(py)
}

#[pyfunction]
fn select_device(py: Python, number: usize) -> PyResult<()> {
    context::select(number).raised(py)
}

/// Destroys the contexts of all devices.
#[pyfunction]
fn close(py: Python) -> PyResult<()> {
    py.detach(context::close).raised(py)
}

/// Destroys the context of a device.
#[pyfunction]
fn reset_device(py: Python, number: usize) -> PyResult<()> {
    py.detach(|| context::device(number)?.close(number)).raised(py)
}

/// The context of the device that this thread uses.
#[pyfunction]
fn context_handle(py: Python) -> PyResult<usize> {
    context::enter().and_then(|_| target()?.current()).raised(py)
}

#[pyfunction]
fn device_name(py: Python, number: usize) -> PyResult<String> {
    target().and_then(|target| target.name(number)).raised(py)
}

#[pyfunction]
fn device_uuid(py: Python, number: usize) -> PyResult<[u8; 16]> {
    target().and_then(|target| target.uuid(number)).raised(py)
}

#[pyfunction]
fn device_attribute(py: Python, number: usize, attribute: c_int) -> PyResult<c_int> {
    target().and_then(|target| target.attribute(number, attribute)).raised(py)
}

#[pyfunction]
fn can_access_peer(py: Python, number: usize, other: usize) -> PyResult<bool> {
    target().and_then(|target| target.can_access_peer(number, other)).raised(py)
}

/// Lets the current context use the memory of another one.
#[pyfunction]
fn enable_peer_access(py: Python, context: usize, flags: u32) -> PyResult<()> {
    context::enter().and_then(|_| target()?.enable_peer_access(context, flags)).raised(py)
}

#[pyfunction]
fn driver_version(py: Python) -> PyResult<c_int> {
    target().and_then(|target| target.driver_version()).raised(py)
}

/// Bytes of the current device: free, total.
#[pyfunction]
fn memory_info(py: Python) -> PyResult<(usize, usize)> {
    context::enter().and_then(|_| target()?.memory_info()).raised(py)
}

#[pyfunction]
fn synchronize(py: Python) -> PyResult<()> {
    py.detach(|| context::enter().and_then(|_| target()?.synchronize())).raised(py)
}

#[pyfunction]
fn profile(py: Python, on: bool) -> PyResult<()> {
    context::enter().and_then(|_| target()?.profile(on)).raised(py)
}

/// Frees what waits to be freed on the current device.
#[pyfunction]
fn flush(py: Python) -> PyResult<()> {
    py.detach(|| context::enter().and_then(|number| context::device(number)?.flush(number).and(offload::flush(number)))).raised(py)
}

/// How many things wait to be freed on the current device.
#[pyfunction]
fn waiting(py: Python) -> PyResult<usize> {
    context::enter().and_then(|number| Ok(context::device(number)?.waiting())).raised(py)
}

/// Whether nothing is freed for now: one more, or one less, who wants it so. Gives the number of the device.
#[pyfunction]
fn defer(py: Python, on: bool, number: Option<usize>) -> PyResult<usize> {
    let number = number.map_or_else(context::enter, Ok).raised(py)?;
    context::device(number).raised(py)?.defer(on);
    Ok(number)
}

#[pyfunction]
fn is_deferring(py: Python) -> PyResult<bool> {
    context::enter().and_then(|number| Ok(context::device(number)?.is_deferring())).raised(py)
}

/// The module `zouk._zouk.cuda`.
pub fn module(parent: &Bound<PyModule>) -> PyResult<()> {
    let py = parent.py();
    let module = PyModule::new(py, "cuda")?;
    module.add_class::<memory::Memory>()?;
    module.add_class::<stream::Stream>()?;
    module.add_class::<stream::Event>()?;
    module.add_class::<array::DeviceArray>()?;
    module.add_class::<kernel::Kernel>()?;
    module.add_class::<dlpack::Borrowed>()?;
    array::remember_type(py);
    module.add("LaunchConfiguration", launch::create_type(py)?)?;
    let functions = [
        wrap_pyfunction!(execution_target, &module)?,
        wrap_pyfunction!(why_no_gpu, &module)?,
        wrap_pyfunction!(device_count, &module)?,
        wrap_pyfunction!(current_device, &module)?,
        wrap_pyfunction!(select_device, &module)?,
        wrap_pyfunction!(close, &module)?,
        wrap_pyfunction!(reset_device, &module)?,
        wrap_pyfunction!(context_handle, &module)?,
        wrap_pyfunction!(device_name, &module)?,
        wrap_pyfunction!(device_uuid, &module)?,
        wrap_pyfunction!(device_attribute, &module)?,
        wrap_pyfunction!(can_access_peer, &module)?,
        wrap_pyfunction!(enable_peer_access, &module)?,
        wrap_pyfunction!(driver_version, &module)?,
        wrap_pyfunction!(memory_info, &module)?,
        wrap_pyfunction!(synchronize, &module)?,
        wrap_pyfunction!(profile, &module)?,
        wrap_pyfunction!(flush, &module)?,
        wrap_pyfunction!(waiting, &module)?,
        wrap_pyfunction!(defer, &module)?,
        wrap_pyfunction!(is_deferring, &module)?,
        wrap_pyfunction!(offload::offload_chip, &module)?,
        wrap_pyfunction!(stream::stream_handle, &module)?,
        wrap_pyfunction!(memory::allocate, &module)?,
        wrap_pyfunction!(memory::register, &module)?,
        wrap_pyfunction!(memory::external, &module)?,
        wrap_pyfunction!(memory::open_ipc, &module)?,
        wrap_pyfunction!(memory::copy_to_device, &module)?,
        wrap_pyfunction!(memory::copy_to_host, &module)?,
        wrap_pyfunction!(memory::copy_on_device, &module)?,
        wrap_pyfunction!(memory::fill, &module)?,
        wrap_pyfunction!(dlpack::dlpack_device, &module)?,
        wrap_pyfunction!(dlpack::to_dlpack, &module)?,
        wrap_pyfunction!(dlpack::from_dlpack, &module)?,
    ];
    functions.into_iter().try_for_each(|function| module.add_function(function))?;
    parent.add("cuda", module)
}
