//! Arguments that are memory without being arrays: bytes, bytearrays, memoryviews and `array.array`s are passed as the arrays that NumPy makes of them, which share it.

use crate::numpy;
use pyo3::{
    ffi,
    prelude::*,
    types::{PyByteArray, PyBytes, PyMemoryView},
};

/// The array that shares the memory of a value; none of other values.
pub fn as_array<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyAny>>> {
    let of_python = value.is_exact_instance_of::<PyBytes>() || value.is_exact_instance_of::<PyByteArray>() || value.is_exact_instance_of::<PyMemoryView>();
    if !of_python && !is_array_of_python(value) {
        return Ok(None);
    }
    numpy::load(value.py())?;
    let memory = PyMemoryView::from(value)?;
    value.py().import("numpy")?.call_method1("asarray", (memory,)).map(Some)
}

/// `array.array`, which a program has only if it has imported the module.
fn is_array_of_python(value: &Bound<PyAny>) -> bool {
    let class = value.get_type();
    class.name().is_ok_and(|name| name == "array") && class.module().is_ok_and(|module| module == "array")
}

/// The arguments with arrays in the place of such values; none where there are no such values.
///
/// # Safety
/// The arguments are live objects.
pub unsafe fn with_arrays<'py>(py: Python<'py>, arguments: &[*mut ffi::PyObject]) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let mut any = false;
    let mut all = Vec::with_capacity(arguments.len());
    for argument in arguments {
        // SAFETY: the caller's promise.
        let argument = unsafe { Bound::from_borrowed_ptr(py, *argument) };
        let array = as_array(&argument)?;
        any |= array.is_some();
        all.push(array.unwrap_or(argument));
    }
    Ok(any.then_some(all))
}
