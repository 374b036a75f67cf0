//! `_zouk.cuda.DeviceArray`: what arrays of a device are to a launch, the slots and the fingerprint of an argument. All else is in Python.

use super::{error::Raised, memory::Memory};
use crate::{
    call::{
        pack::{Refusal, Slots, pack},
        refused::refusal_error,
    },
    fingerprint::{Fingerprint, Shape},
};
use pyo3::{PyTraverseError, PyVisit, ffi, prelude::*};
use smallvec::SmallVec;
use std::{
    mem::MaybeUninit,
    sync::atomic::{AtomicPtr, Ordering},
};

/// An array is described by a *layout*: a NumPy array of its address, sizes, strides and dtype, whose elements nobody looks at.
#[pyclass(subclass, frozen, weakref, module = "zouk._zouk.cuda")]
pub struct DeviceArray {
    slots: SmallVec<[u64; 10]>,
    fingerprint: Fingerprint,
    memory: Py<Memory>,
    layout: Py<PyAny>,
}

static TYPE: AtomicPtr<ffi::PyTypeObject> = AtomicPtr::new(std::ptr::null_mut());

pub fn remember_type(py: Python) {
    TYPE.store(py.get_type::<DeviceArray>().as_type_ptr(), Ordering::Relaxed);
}

/// The array, if it is one.
///
/// # Safety
/// The GIL is held, `object` is live, and `class` is its class.
#[inline]
pub unsafe fn device_array<'a>(object: *mut ffi::PyObject, class: *mut ffi::PyTypeObject) -> Option<&'a DeviceArray> {
    unsafe {
        if ffi::PyType_IsSubtype(class, TYPE.load(Ordering::Relaxed)) == 0 {
            return None;
        }
        let bound: Bound<DeviceArray> = Bound::from_borrowed_ptr(Python::assume_attached(), object).cast_into_unchecked();
        let array: *const DeviceArray = bound.get();
        Some(&*array)
    }
}

impl DeviceArray {
    /// Appends the slots; `Refusal::Raised` when the memory is gone.
    #[inline]
    pub fn pack(&self, slots: &mut Slots) -> Result<Fingerprint, Refusal> {
        if let Err(failure) = self.memory.get().check() {
            // SAFETY: packing holds the GIL.
            let py = unsafe { Python::assume_attached() };
            failure.raise(py).restore(py);
            return Err(Refusal::Raised);
        }
        slots.extend(&self.slots)?;
        Ok(self.fingerprint)
    }
}

impl DeviceArray {
    pub fn layout<'py>(&self, py: Python<'py>) -> &Bound<'py, PyAny> {
        self.layout.bind(py)
    }

    pub fn memory<'py>(&self, py: Python<'py>) -> &Bound<'py, Memory> {
        self.memory.bind(py)
    }

    pub fn address(&self) -> u64 {
        self.slots[1]
    }
}

#[pymethods]
impl DeviceArray {
    /// `record`: it is one record, and no array of them.
    #[new]
    #[pyo3(signature = (layout, memory, record=false))]
    fn new(layout: &Bound<PyAny>, memory: Py<Memory>, record: bool) -> PyResult<DeviceArray> {
        let py = layout.py();
        crate::numpy::load(py)?;
        memory.get().check().raised(py)?;
        let mut room = [MaybeUninit::uninit(); 256];
        let mut slots = Slots::new(&mut room);
        // SAFETY: a live object; the GIL is held.
        let fingerprint = unsafe { pack(layout.as_ptr(), &mut slots) };
        let fingerprint = fingerprint.map_err(|refusal| refusal_error(py, "the array", layout, refusal))?;
        let fingerprint = match fingerprint.shape() {
            Shape::Records { number, rank: 0, readonly, .. } if record => Fingerprint::record(number, readonly),
            _ => fingerprint,
        };
        let mut slots = SmallVec::from_slice(slots.filled());
        // Nobody owns it for the kernel.
        slots[0] = 0;
        Ok(DeviceArray { slots, fingerprint, memory, layout: layout.clone().unbind() })
    }

    fn __traverse__(&self, visit: PyVisit) -> std::result::Result<(), PyTraverseError> {
        visit.call(&self.memory)?;
        visit.call(&self.layout)
    }

    #[getter]
    fn _memory(&self, py: Python) -> Py<Memory> {
        self.memory.clone_ref(py)
    }

    #[getter]
    fn _layout(&self, py: Python) -> Py<PyAny> {
        self.layout.clone_ref(py)
    }

    /// The address of the first element.
    #[getter]
    fn _address(&self) -> u64 {
        self.address()
    }
}
