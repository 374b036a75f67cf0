//! Calls that the interpreter runs because the function cannot be compiled for them, with `nopython=False`.

use crate::{core::Core, dispatcher::function_of};
use pyo3::{
    ffi,
    prelude::*,
    types::{PyDict, PyTuple},
};

/// What the Python function gives, after a warning that says why; the error itself where there is to be no such call.
pub fn instead<'py>(dispatcher: &Bound<'py, PyAny>, core: &Core, arguments: &[*mut ffi::PyObject], error: PyErr) -> PyResult<Bound<'py, PyAny>> {
    let py = dispatcher.py();
    let errors = py.import("zouk.errors")?;
    let is = |name: &str| errors.getattr(name).is_ok_and(|class| error.value(py).is_instance(&class).unwrap_or(false));
    if !core.fallback || !is("ZoukError") || is("InternalError") {
        return Err(error);
    }
    py.import("zouk.object_mode")?.call_method1("warn_of_fallback", (dispatcher, error.value(py)))?;
    call(dispatcher, core, arguments)
}

/// A call of the Python function, with arguments in the order of its parameters.
pub fn call<'py>(dispatcher: &Bound<'py, PyAny>, core: &Core, arguments: &[*mut ffi::PyObject]) -> PyResult<Bound<'py, PyAny>> {
    let py = dispatcher.py();
    // SAFETY: a live dispatcher, and arguments that the caller keeps alive.
    let (function, all) = unsafe {
        let all: Vec<Bound<PyAny>> = arguments.iter().map(|argument| Bound::from_borrowed_ptr(py, *argument)).collect();
        (Bound::from_borrowed_ptr(py, function_of(dispatcher.as_ptr())), all)
    };
    let (positional, named) = all.split_at(core.parameters.positional().min(all.len()));
    let keywords = PyDict::new(py);
    for (name, value) in core.parameters.names[core.parameters.positional()..].iter().zip(named) {
        keywords.set_item(name, value)?;
    }
    function.call(PyTuple::new(py, positional)?, Some(&keywords))
}
