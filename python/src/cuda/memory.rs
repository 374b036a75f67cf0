//! `_zouk.cuda.Memory`: an allocation, or a part of one, which keeps it alive; and transfers.

use super::{
    context::{self, Dead},
    driver::IpcHandle,
    error::{Failure, OUT_OF_MEMORY, Raised, Result},
    target::{Kind, Place, target},
};
use pyo3::{
    PyTraverseError, PyVisit,
    exceptions::{PyBufferError, PyValueError},
    ffi,
    prelude::*,
    types::PyBytes,
};
use std::{
    ffi::c_int,
    sync::atomic::{AtomicBool, Ordering},
};

#[pyclass(frozen, weakref, module = "zouk._zouk.cuda")]
pub struct Memory {
    kind: Kind,
    place: Place,
    bytes: usize,
    device: usize,
    generation: u64,
    alive: AtomicBool,
    /// What owns memory that is not ours.
    owner: Option<Py<PyAny>>,
    /// The allocation that this is a part of.
    whole: Option<Py<Memory>>,
}

impl Memory {
    /// An error once it has been freed.
    #[inline]
    pub fn check(&self) -> Result<()> {
        if let Some(whole) = &self.whole {
            return whole.get().check();
        }
        let now = context::device(self.device)?.generation();
        if self.alive.load(Ordering::Relaxed) && (now == self.generation || self.kind == Kind::External) { Ok(()) } else { Err(Failure::Dead("device memory")) }
    }

    /// An error unless `bytes` from `address` on are in it.
    fn check_range(&self, address: u64, bytes: usize) -> Result<()> {
        self.check()?;
        let start = address.checked_sub(self.place.device);
        match start.and_then(|start| start.checked_add(bytes as u64)) {
            Some(end) if end <= self.bytes as u64 => Ok(()),
            _ => Err(Failure::State("a transfer beyond the end of device memory".into())),
        }
    }

    fn new(kind: Kind, place: Place, bytes: usize, device: usize, owner: Option<Py<PyAny>>) -> Result<Memory> {
        let generation = context::device(device)?.generation();
        Ok(Memory { kind, place, bytes, device, generation, alive: AtomicBool::new(true), owner, whole: None })
    }

    pub fn device_number(&self) -> usize {
        self.device
    }

    fn release(&self) {
        if self.whole.is_none() && self.kind != Kind::External && self.alive.swap(false, Ordering::Relaxed) {
            context::retire(self.device, self.generation, Dead::Memory(self.kind, self.place, self.bytes));
        }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        self.release();
    }
}

#[pymethods]
impl Memory {
    fn __traverse__(&self, visit: PyVisit) -> std::result::Result<(), PyTraverseError> {
        self.owner.iter().try_for_each(|owner| visit.call(owner))?;
        self.whole.iter().try_for_each(|whole| visit.call(whole))
    }

    /// The address for kernels; 0 where it has none.
    #[getter]
    pub fn address(&self) -> u64 {
        self.place.device
    }

    #[getter]
    fn device_pointer_value(&self) -> u64 {
        self.place.device
    }

    #[getter]
    fn host(&self) -> usize {
        self.place.host
    }

    #[getter]
    fn size(&self) -> usize {
        self.bytes
    }

    /// The number of the device.
    #[getter]
    fn device(&self) -> usize {
        self.device
    }

    #[getter]
    fn owner(&self, py: Python) -> Option<Py<PyAny>> {
        self.owner.as_ref().map(|owner| owner.clone_ref(py))
    }

    #[getter]
    fn alive(&self) -> bool {
        self.check().is_ok()
    }

    /// Raises once it has been freed.
    #[pyo3(name = "check")]
    fn check_alive(&self, py: Python) -> PyResult<()> {
        self.check().raised(py)
    }

    /// Frees it before its time: arrays in it are dead.
    fn free(&self, py: Python) -> PyResult<()> {
        if let Some(whole) = &self.whole {
            return whole.get().free(py);
        }
        self.check().raised(py)?;
        if self.kind == Kind::External {
            self.alive.store(false, Ordering::Relaxed);
        } else {
            self.release();
        }
        Ok(())
    }

    /// The part between two offsets.
    #[pyo3(signature = (start, stop=None))]
    fn view(slf: &Bound<Self>, start: usize, stop: Option<usize>) -> PyResult<Memory> {
        let this = slf.get();
        let stop = stop.unwrap_or(this.bytes);
        if start > stop || stop > this.bytes {
            return Err(PyValueError::new_err("the part is not in the memory"));
        }
        let whole = this.whole.as_ref().map_or_else(|| slf.clone().unbind(), |whole| whole.clone_ref(slf.py()));
        let at = |address: u64| if address == 0 { 0 } else { address + start as u64 };
        let place = Place { device: at(this.place.device), host: at(this.place.host as u64) as usize };
        Ok(Memory { kind: this.kind, place, bytes: stop - start, device: this.device, generation: this.generation, alive: AtomicBool::new(true), owner: None, whole: Some(whole) })
    }

    /// A handle for other processes.
    fn ipc_handle<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.check().raised(py)?;
        let handle = context::within(self.device, || target()?.ipc_handle(self.place.device)).raised(py)?;
        Ok(PyBytes::new(py, &handle.0))
    }

    /// Memory that the host reaches is a buffer.
    unsafe fn __getbuffer__(slf: Bound<Self>, view: *mut ffi::Py_buffer, flags: c_int) -> PyResult<()> {
        let this = slf.get();
        if this.place.host == 0 {
            return Err(PyBufferError::new_err("memory of a device is no buffer; copy_to_host() of the array copies it"));
        }
        this.check().raised(slf.py())?;
        // SAFETY: the view holds a reference of this object, which has the memory until then.
        let status = unsafe { ffi::PyBuffer_FillInfo(view, slf.as_ptr(), this.place.host as *mut _, this.bytes as isize, 0, flags) };
        if status == 0 { Ok(()) } else { Err(PyErr::fetch(slf.py())) }
    }
}

/// Memory of the current device: "device", "host" (with flags), "managed" (1: for all streams).
#[pyfunction]
#[pyo3(signature = (bytes, kind="device", flags=0))]
pub fn allocate(py: Python, bytes: usize, kind: &str, flags: u32) -> PyResult<Memory> {
    let kind = match kind {
        "device" => Kind::Device,
        "host" => Kind::Host(flags),
        "managed" => Kind::Managed { global: flags != 0 },
        other => return Err(PyValueError::new_err(format!("there is no kind of memory '{other}'"))),
    };
    let make = || {
        let number = context::enter()?;
        let target = target()?;
        let place = match target.allocate(kind, bytes.max(1)) {
            // What waits to be freed may be enough.
            Err(failure) if failure.is(OUT_OF_MEMORY) && context::device(number)?.waiting() != 0 => {
                context::device(number)?.flush(number)?;
                target.allocate(kind, bytes.max(1))
            }
            other => other,
        }?;
        Memory::new(kind, place, bytes.max(1), number, None)
    };
    make().raised(py)
}

/// Tells the driver of memory of the host, which `owner` keeps.
#[pyfunction]
pub fn register(py: Python, host: usize, bytes: usize, mapped: bool, owner: Py<PyAny>) -> PyResult<Memory> {
    let make = || {
        let number = context::enter()?;
        let place = target()?.register(host, bytes, mapped)?;
        Memory::new(Kind::Registered { mapped }, place, bytes, number, Some(owner))
    };
    make().raised(py)
}

/// Memory of the device that `owner` keeps.
#[pyfunction]
#[pyo3(signature = (address, bytes, owner=None))]
pub fn external(py: Python, address: u64, bytes: usize, owner: Option<Py<PyAny>>) -> PyResult<Memory> {
    let number = context::enter().raised(py)?;
    Memory::new(Kind::External, Place { device: address, host: 0 }, bytes, number, owner).raised(py)
}

/// Memory of another process.
#[pyfunction]
pub fn open_ipc(py: Python, handle: &[u8], bytes: usize) -> PyResult<Memory> {
    let handle: [u8; 64] = handle.try_into().map_err(|_| PyValueError::new_err("a handle of memory has 64 bytes"))?;
    let make = || {
        let number = context::enter()?;
        let device = target()?.open_ipc(IpcHandle(handle))?;
        Memory::new(Kind::Ipc, Place { device, host: 0 }, bytes, number, None)
    };
    make().raised(py)
}

/// `bytes` from the host's address `from` to the address `to` in `memory`.
#[pyfunction]
#[pyo3(signature = (memory, to, from_, bytes, stream=None))]
pub fn copy_to_device(py: Python, memory: &Bound<Memory>, to: u64, from_: usize, bytes: usize, stream: Option<usize>) -> PyResult<()> {
    memory.get().check_range(to, bytes).raised(py)?;
    py.detach(|| context::enter().and_then(|_| target()?.copy_to_device(to, from_, bytes, stream))).raised(py)
}

#[pyfunction]
#[pyo3(signature = (memory, from_, to, bytes, stream=None))]
pub fn copy_to_host(py: Python, memory: &Bound<Memory>, from_: u64, to: usize, bytes: usize, stream: Option<usize>) -> PyResult<()> {
    memory.get().check_range(from_, bytes).raised(py)?;
    py.detach(|| context::enter().and_then(|_| target()?.copy_to_host(to, from_, bytes, stream))).raised(py)
}

#[pyfunction]
#[pyo3(signature = (memory, to, source, from_, bytes, stream=None))]
pub fn copy_on_device(py: Python, memory: &Bound<Memory>, to: u64, source: &Bound<Memory>, from_: u64, bytes: usize, stream: Option<usize>) -> PyResult<()> {
    memory.get().check_range(to, bytes).raised(py)?;
    source.get().check_range(from_, bytes).raised(py)?;
    py.detach(|| context::enter().and_then(|_| target()?.copy_on_device(to, from_, bytes, stream))).raised(py)
}

#[pyfunction]
#[pyo3(signature = (memory, to, byte, bytes, stream=None))]
pub fn fill(py: Python, memory: &Bound<Memory>, to: u64, byte: u8, bytes: usize, stream: Option<usize>) -> PyResult<()> {
    memory.get().check_range(to, bytes).raised(py)?;
    py.detach(|| context::enter().and_then(|_| target()?.fill(to, byte, bytes, stream))).raised(py)
}
