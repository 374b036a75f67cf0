//! Types of Python made of tables: those whose objects are too hot for `#[pyclass]`.

use pyo3::{ffi, prelude::*};
use std::{
    ffi::{CStr, c_int, c_void},
    ptr,
};

/// What a type is made of. CPython keeps pointers to the tables of members and getters, which are never freed.
pub struct HeapType {
    pub name: &'static CStr,
    /// Of an object.
    pub size: usize,
    /// Beside the default ones.
    pub flags: std::ffi::c_ulong,
    pub slots: Vec<(c_int, *mut c_void)>,
    pub members: Vec<ffi::PyMemberDef>,
    pub getters: Vec<ffi::PyGetSetDef>,
}

/// A place in the object that Python may read.
pub const fn member(name: &'static CStr, kind: c_int, offset: usize) -> ffi::PyMemberDef {
    ffi::PyMemberDef { name: name.as_ptr(), type_code: kind, offset: offset as isize, flags: ffi::Py_READONLY, doc: ptr::null() }
}

/// An attribute that a function gives.
pub fn getter(name: &'static CStr, get: ffi::getter) -> ffi::PyGetSetDef {
    ffi::PyGetSetDef { name: name.as_ptr(), get: Some(get), ..ffi::PyGetSetDef::default() }
}

impl HeapType {
    pub fn create(self, py: Python) -> PyResult<Bound<PyAny>> {
        let HeapType { name, size, flags, mut slots, mut members, mut getters } = self;
        if !members.is_empty() {
            members.push(ffi::PyMemberDef { name: ptr::null(), type_code: 0, offset: 0, flags: 0, doc: ptr::null() });
            slots.push((ffi::Py_tp_members, Box::leak(members.into_boxed_slice()).as_mut_ptr().cast()));
        }
        if !getters.is_empty() {
            getters.push(ffi::PyGetSetDef::default());
            slots.push((ffi::Py_tp_getset, Box::leak(getters.into_boxed_slice()).as_mut_ptr().cast()));
        }
        slots.push((0, ptr::null_mut()));
        let mut slots: Vec<_> = slots.into_iter().map(|(slot, pfunc)| ffi::PyType_Slot { slot, pfunc }).collect();
        let flags = (ffi::Py_TPFLAGS_DEFAULT | flags) as u32;
        let mut spec = ffi::PyType_Spec { name: name.as_ptr(), basicsize: size as c_int, itemsize: 0, flags, slots: slots.as_mut_ptr() };
        // SAFETY: the tables end as CPython wants them to, and the slots are its own or functions of their types.
        unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyType_FromSpec(&mut spec)) }
    }
}
