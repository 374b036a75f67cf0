//! Arguments that are integers of more than 64 bits: where all declared signatures have a floating point number in that place, they become floats.

use crate::core::Core;
use pyo3::{ffi, prelude::*, types::{PyFloat, PyInt}};
use zouk_dialects::ty::Ty;

/// The arguments with floats in the place of such integers; none where there are no such places. Integers that no float holds raise OverflowError, as `float` does.
///
/// # Safety
/// The arguments are live objects.
pub unsafe fn as_floats<'py>(py: Python<'py>, core: &Core, arguments: &[*mut ffi::PyObject]) -> PyResult<Option<Vec<Bound<'py, PyAny>>>> {
    let places: Vec<bool> = {
        let table = core.table.borrow();
        let floating = |i: usize| table.versions.iter().all(|version| matches!(version.compiled.arguments.get(i), Some(Ty::Float(_) | Ty::Complex(_))));
        (0..arguments.len()).map(|i| table.frozen && !table.versions.is_empty() && floating(i)).collect()
    };
    let mut any = false;
    let mut all = Vec::with_capacity(arguments.len());
    for (argument, floating) in arguments.iter().zip(places) {
        // SAFETY: the caller's promise.
        let argument = unsafe { Bound::from_borrowed_ptr(py, *argument) };
        let big = floating && argument.cast::<PyInt>().is_ok() && argument.extract::<i64>().is_err() && argument.extract::<u64>().is_err();
        any |= big;
        all.push(if big { PyFloat::new(py, argument.extract()?).into_any() } else { argument });
    }
    Ok(any.then_some(all))
}
