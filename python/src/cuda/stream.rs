//! `_zouk.cuda.Stream` and `_zouk.cuda.Event`.

use super::{
    context::{self, Dead},
    error::{Failure, Raised, Result},
    target::{Target, target},
};
use pyo3::{exceptions::PyTypeError, prelude::*, types::PyInt};

/// A stream: one of our own, one of the default streams (handles 0, 1 and 2), or one that others made.
#[pyclass(subclass, frozen, weakref, module = "zouk._zouk.cuda")]
pub struct Stream {
    handle: usize,
    owned: bool,
    device: usize,
    generation: u64,
}

impl Stream {
    /// The handle, unless the stream is dead.
    #[inline]
    pub fn checked(&self) -> Result<usize> {
        if self.owned && context::device(self.device)?.generation() != self.generation {
            return Err(Failure::Dead("a stream"));
        }
        Ok(self.handle)
    }

    /// Runs `body` without the GIL.
    fn with<T: Send>(&self, py: Python, body: impl FnOnce(&dyn Target, usize) -> Result<T> + Send) -> PyResult<T> {
        let handle = self.checked().raised(py)?;
        py.detach(|| context::enter().and_then(|_| body(target()?, handle))).raised(py)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.owned {
            context::retire(self.device, self.generation, Dead::Stream(self.handle));
        }
    }
}

#[pymethods]
impl Stream {
    /// A new stream of the current device, or the one with a handle.
    #[new]
    #[pyo3(signature = (handle=None))]
    fn new(py: Python, handle: Option<usize>) -> PyResult<Stream> {
        let make = || {
            let device = context::enter()?;
            let generation = context::device(device)?.generation();
            Ok(Stream { handle: handle.map_or_else(|| target()?.create_stream(), Ok)?, owned: handle.is_none(), device, generation })
        };
        make().raised(py)
    }

    #[getter]
    fn handle(&self) -> usize {
        self.handle
    }

    #[getter]
    fn external(&self) -> bool {
        !self.owned && self.handle > 2
    }

    fn __int__(&self) -> usize {
        self.handle
    }

    fn __bool__(&self) -> bool {
        self.handle != 0
    }

    /// Waits until all that was put into the stream is done.
    fn synchronize(&self, py: Python) -> PyResult<()> {
        self.with(py, |target, handle| target.synchronize_stream(handle))
    }

    /// Whether all of it is done.
    fn query(&self, py: Python) -> PyResult<bool> {
        self.with(py, |target, handle| target.is_stream_done(handle))
    }

    /// Has `task` called with a status when all that is in the stream so far is done, on a thread of the driver.
    fn call_later(&self, py: Python, task: Py<PyAny>) -> PyResult<()> {
        self.with(py, |target, handle| {
            let run = move |status| {
                Python::try_attach(|py| {
                    let outcome = task.call1(py, (status,));
                    drop(task);
                    if let Err(error) = outcome {
                        error.write_unraisable(py, None);
                    }
                });
            };
            target.add_callback(handle, Box::new(run))
        })
    }
}

/// A mark in a stream.
#[pyclass(subclass, frozen, weakref, module = "zouk._zouk.cuda")]
pub struct Event {
    handle: usize,
    device: usize,
    generation: u64,
}

impl Event {
    fn checked(&self) -> Result<usize> {
        let now = context::device(self.device)?.generation();
        if now == self.generation { Ok(self.handle) } else { Err(Failure::Dead("an event")) }
    }

    fn with<T: Send>(&self, py: Python, body: impl FnOnce(&dyn Target, usize) -> Result<T> + Send) -> PyResult<T> {
        let handle = self.checked().raised(py)?;
        py.detach(|| context::enter().and_then(|_| body(target()?, handle))).raised(py)
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        context::retire(self.device, self.generation, Dead::Event(self.handle));
    }
}

/// The handle of a stream of the program: 0 and None are the default one.
pub fn handle_of(stream: &Bound<PyAny>) -> PyResult<usize> {
    if let Ok(stream) = stream.cast::<Stream>() {
        return stream.get().checked().raised(stream.py());
    }
    if stream.is_none() {
        return Ok(0);
    }
    // The default streams and handles; a plain number is no handle unless `external_stream` says so.
    if let Ok(handle) = stream.extract::<usize>()
        && (handle <= 2 || !stream.is_exact_instance_of::<PyInt>())
    {
        return Ok(handle);
    }
    if stream.hasattr("__cuda_stream__")? {
        let (_, handle): (usize, usize) = stream.call_method0("__cuda_stream__")?.extract()?;
        return Ok(handle);
    }
    if let Ok(handle) = stream.getattr("handle").and_then(|handle| handle.extract()) {
        return Ok(handle);
    }
    let help = if stream.is_instance_of::<PyInt>() { format!("; cuda.external_stream({stream}) is the one with that handle") } else { String::new() };
    Err(PyTypeError::new_err(format!("{} is no stream{help}", stream.repr()?)))
}

#[pyfunction]
pub fn stream_handle(stream: &Bound<PyAny>) -> PyResult<usize> {
    handle_of(stream)
}

#[pymethods]
impl Event {
    #[new]
    #[pyo3(signature = (timing=true))]
    fn new(py: Python, timing: bool) -> PyResult<Event> {
        let make = || {
            let device = context::enter()?;
            Ok(Event { handle: target()?.create_event(timing)?, device, generation: context::device(device)?.generation() })
        };
        make().raised(py)
    }

    #[getter]
    fn handle(&self) -> usize {
        self.handle
    }

    /// Marks what is in the stream so far.
    #[pyo3(signature = (stream=None))]
    fn record(&self, py: Python, stream: Option<&Bound<PyAny>>) -> PyResult<()> {
        let stream = stream.map_or(Ok(0), handle_of)?;
        self.with(py, |target, event| target.record(event, stream))
    }

    /// Whether the stream has come to the mark.
    fn query(&self, py: Python) -> PyResult<bool> {
        self.with(py, |target, event| target.is_event_done(event))
    }

    /// Waits until it has.
    fn synchronize(&self, py: Python) -> PyResult<()> {
        self.with(py, |target, event| target.synchronize_event(event))
    }

    /// All that is put into `stream` from now on waits for the mark.
    #[pyo3(signature = (stream=None))]
    fn wait(&self, py: Python, stream: Option<&Bound<PyAny>>) -> PyResult<()> {
        let stream = stream.map_or(Ok(0), handle_of)?;
        self.with(py, |target, event| target.wait(event, stream))
    }

    /// Milliseconds from this mark to another.
    fn elapsed_time(&self, py: Python, evtend: &Bound<Event>) -> PyResult<f32> {
        let end = evtend.get().checked().raised(py)?;
        self.with(py, |target, start| target.elapsed(start, end))
    }
}
